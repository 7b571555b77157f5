/* How a casebook takes in the entries of a log. */
#include "client/audit/casebook_intake.h"
#include "client/base/lost.h"

/* ---- signers --------------------------------------------------------------------------------- */

/* Signers have numbers in the order of their enrolment, the registrars of genesis first. */
static void take_genesis(struct casebook *cb, const struct event *event)
{
    (void)!shelf_add(&cb->signers, value_size(value_member(event->object, "registrars")));
}

static void take_enrolment(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    const char *function = object_text(o, "function"), *role = object_text(o, "role");
    struct signer_facts *facts = shelf_add(&cb->signers, 1);
    if (facts == NULL)
        return;
    facts->state = casebook_word(cb, object_text(o, "jurisdiction"));
    facts->function = casebook_code(cb, event, VOCABULARY_FUNCTION_OR_SECTOR, "function");
    facts->level = casebook_code(cb, event, VOCABULARY_LEVEL, "level");
    if (strcmp(role, role_name(ROLE_HOLDER)) != 0 || function == NULL)
        return;
    word pair[2] = { casebook_word(cb, object_text(o, "authority")),
                     casebook_word(cb, event_code(event, VOCABULARY_SECTOR, function)) };
    uint32_t at = (uint32_t)cb->lists.n;
    word *to = shelf_add(&cb->lists, 2);
    if (to == NULL)
        return;
    memcpy(to, pair, sizeof pair);
    key_index_put(&cb->sectors, span_str(object_text(o, "authority")), at);
}

/* ---- entries --------------------------------------------------------------------------------- */

static void note_time(struct casebook *cb, const struct judged *e)
{
    if (!e->has_header)
        return;
    cb->disordered = cb->disordered || e->accepted < cb->last;
    cb->last = e->accepted;
}

static void add_row(struct casebook *cb, const struct judged *e, const struct row *row)
{
    shelf_push(&cb->rows, row);
    if (cb->partial)
        shelf_push(&cb->sparse, &e->index);
    note_time(cb, e);
}

void casebook_skip(struct casebook *cb, const struct judged *e)
{
    struct row row = { .accepted = e->has_header ? e->accepted : NO_TIME, .signer = NO_SIGNER };
    add_row(cb, e, &row);
}

bool casebook_take(struct casebook *cb, const struct event *event)
{
    uint32_t number = 0;
    switch (event->e->kind) {
    case KIND_GENESIS:
        take_genesis(cb, event);
        break;
    case KIND_ENROLL:
        take_enrolment(cb, event);
        break;
    case KIND_WARRANT:
        number = casebook_take_warrant(cb, event);
        break;
    case KIND_EXTENSION:
        casebook_take_extension(cb, event);
        break;
    case KIND_REQUEST:
        number = casebook_take_request(cb, event);
        break;
    case KIND_TRANSFER:
        casebook_take_transfer(cb, event);
        break;
    default:
        casebook_take_about_request(cb, event);
        break;
    }
    struct row row = { .accepted = event->e->accepted,
                       .signer = event->e->signer,
                       .number = number,
                       .kind = (uint8_t)event->e->kind };
    add_row(cb, event->e, &row);
    return !lost_any();
}
