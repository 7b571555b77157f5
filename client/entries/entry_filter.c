#include "client/entries/entry_filter.h"

#include <string.h>

#include "client/base/say.h"

static bool say_no_kind(struct span word)
{
    struct buf name = { 0 };
    buf_add_span(&name, word);
    struct nearest meant = { .said = buf_str(&name) };
    say(TR("--kind: there is no kind %s", "--kind: no existe el tipo %s"), buf_str(&name));
    for (enum kind k = KIND_GENESIS; k < KIND_COUNT; k++)
        nearest_offer(&meant, kind_name(k));
    say_meant("", &meant);
    buf_free(&name);
    return false;
}

/* Words with commas between them. */
static bool read_kinds(struct entry_filter *f, const char *list)
{
    f->kinds = list != NULL;
    while (list != NULL) {
        size_t n = strcspn(list, ",");
        struct span word = span_of(list, n);
        enum kind k = kind_of_name(word);
        if (k < KIND_GENESIS)
            return say_no_kind(word);
        f->of_kind[k] = true;
        list = list[n] == ',' ? list + n + 1 : NULL;
    }
    return true;
}

bool entry_filter_read(struct entry_filter *out, const struct entry_filter_words *words)
{
    *out = (struct entry_filter){ .authority = words->authority, .holder = words->holder };
    return period_read(&out->period, words->from, words->to) && read_kinds(out, words->kind);
}

static bool is_text(const struct value *v, const char *text)
{
    return value_is(v, VALUE_STRING) && strcmp(value_text(v), text) == 0;
}

static const struct enrolment *enrolment_of(const struct judged *e, const struct registry *registry)
{
    return e->counts && e->signer != NO_SIGNER ? registry_get(registry, e->signer) : NULL;
}

static bool of_authority(const struct judged *e, const struct enrolment *signer, const char *code)
{
    return (signer != NULL && strcmp(signer->authority, code) == 0) ||
           is_text(value_member(e->record->object, "authority"), code);
}

static bool of_holder(const struct judged *e, const struct enrolment *signer, const char *code)
{
    if ((signer != NULL && signer->role == ROLE_HOLDER && strcmp(signer->authority, code) == 0) ||
        is_text(value_member(e->record->object, "holder"), code))
        return true;
    value_foreach (value_member(e->record->object, "holders"), holder)
        if (is_text(holder, code))
            return true;
    return false;
}

bool entry_filter_takes(const struct entry_filter *f, const struct judged *e,
                        const struct registry *registry)
{
    const struct enrolment *signer = enrolment_of(e, registry);
    if (!period_is_all(&f->period) && !(e->has_header && period_has(&f->period, e->accepted)))
        return false;
    if (e->record == NULL) /* nobody knows what it says */
        return !f->kinds && f->authority == NULL && f->holder == NULL;
    return (!f->kinds || f->of_kind[e->record->kind]) &&
           (f->authority == NULL || of_authority(e, signer, f->authority)) &&
           (f->holder == NULL || of_holder(e, signer, f->holder));
}
