#include "client/audit/casebook_intake.h"
#include "client/base/lost.h"
#include "proto/base/base64.h"

void casebook_open(struct casebook *cb)
{
    shelf_open(&cb->rows, sizeof(struct row));
    shelf_open(&cb->requests, sizeof(struct request));
    shelf_open(&cb->warrants, sizeof(struct warrant));
    shelf_open(&cb->subjects, sizeof(struct subject));
    shelf_open(&cb->lists, sizeof(word));
    shelf_open(&cb->text, 1);
    shelf_open(&cb->named, sizeof(struct named));
    shelf_open(&cb->signers, sizeof(struct signer_facts));
    shelf_open(&cb->sparse, sizeof(uint64_t));
    key_index_open(&cb->words);
    key_index_open(&cb->refs);
    key_index_open(&cb->sectors);
    key_index_open(&cb->blobs);
    key_index_open(&cb->named_refs);
    key_index_open(&cb->skeletons);
    cb->last = NO_TIME;
    cb->disordered = false;
    cb->partial = false;
}

void casebook_close(struct casebook *cb)
{
    struct shelf *shelves[] = { &cb->rows, &cb->requests, &cb->warrants, &cb->subjects, &cb->lists,
                                &cb->text, &cb->named,    &cb->signers,  &cb->sparse };
    for (size_t i = 0; i < sizeof shelves / sizeof *shelves; i++)
        shelf_close(shelves[i]);
    key_index_close(&cb->words);
    key_index_close(&cb->refs);
    key_index_close(&cb->sectors);
    key_index_close(&cb->blobs);
    key_index_close(&cb->named_refs);
    key_index_close(&cb->skeletons);
}

/* ---- words ----------------------------------------------------------------------------------- */

/* A word's number is the place behind its first character. */
const char *casebook_text(const struct casebook *cb, word w)
{
    return w == 0 ? "" : shelf_at(&cb->text, w - 1);
}

word casebook_word(struct casebook *cb, const char *text)
{
    uint32_t at = 0, w;
    if (text == NULL)
        return 0;
    while (key_index_next(&cb->words, span_str(text), &at, &w))
        if (strcmp(casebook_text(cb, w), text) == 0)
            return w;
    w = (word)cb->text.n + 1;
    char *to = shelf_add(&cb->text, strlen(text) + 1);
    if (to == NULL)
        return 0;
    memcpy(to, text, strlen(text));
    key_index_put(&cb->words, span_str(text), w);
    return w;
}

const word *casebook_words(const struct casebook *cb, uint32_t list)
{
    return shelf_at(&cb->lists, list);
}

bool casebook_has(const struct casebook *cb, uint32_t list, uint32_t n, word w)
{
    for (uint32_t i = 0; i < n; i++)
        if (casebook_words(cb, list)[i] == w)
            return true;
    return false;
}

word casebook_code(struct casebook *cb, const struct event *event, enum vocabulary v,
                   const char *member)
{
    return casebook_word(cb, event_code(event, v, object_text(event->object, member)));
}

void casebook_take_list(struct casebook *cb, const struct event *event, enum vocabulary v,
                        const char *member, uint32_t *list, uint32_t *n)
{
    const struct value *array = value_member(event->object, member);
    *list = (uint32_t)cb->lists.n;
    value_foreach (array, code) {
        word w = casebook_word(cb, event_code(event, v, value_text(code)));
        shelf_push(&cb->lists, &w);
    }
    *n = (uint32_t)(cb->lists.n - *list);
}

const struct signer_facts *casebook_signer(const struct casebook *cb, const struct event *event)
{
    return shelf_at(&cb->signers, event->e->signer);
}

void casebook_name_blob(struct casebook *cb, const struct sealed *s, bool by_warrant,
                        uint32_t number)
{
    uint32_t at = 0, last;
    /* A request or warrant that names a blob several times is noted once. All that it names is
     * noted in one go, and key_index_next() gives the newest first: so the newest is enough to look
     * at. */
    if (key_index_next(&cb->blobs, span_of(s->sealed, HASH_BYTES), &at, &last)) {
        const struct named *before = shelf_at(&cb->named, last);
        if (before->number == number && before->by_warrant == by_warrant &&
            memcmp(before->blob, s->sealed, HASH_BYTES) == 0)
            return;
    }
    struct named named = { .by_warrant = by_warrant, .number = number };
    memcpy(named.blob, s->sealed, HASH_BYTES);
    if (shelf_push(&cb->named, &named))
        key_index_put(&cb->blobs, span_of(s->sealed, HASH_BYTES), (uint32_t)(cb->named.n - 1));
}

/* ---- requests and warrants ------------------------------------------------------------------- */

/* The place of an entry's row in a partial casebook; the number of rows if it has none. */
static uint64_t sparse_place(const struct casebook *cb, uint64_t entry)
{
    uint64_t low = 0, high = cb->sparse.n;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (*(const uint64_t *)shelf_at(&cb->sparse, middle) < entry)
            low = middle + 1;
        else
            high = middle;
    }
    bool there = low < cb->sparse.n && *(const uint64_t *)shelf_at(&cb->sparse, low) == entry;
    return there ? low : cb->rows.n;
}

const struct row *casebook_row(const struct casebook *cb, uint64_t entry)
{
    uint64_t place = cb->partial ? sparse_place(cb, entry) : entry;
    return place < cb->rows.n ? shelf_at(&cb->rows, place) : NULL;
}

static void *of_entry(const struct casebook *cb, uint64_t entry, enum kind kind,
                      const struct shelf *of)
{
    const struct row *row = casebook_row(cb, entry);
    return row != NULL && row->kind == kind && row->number < of->n ? shelf_at(of, row->number)
                                                                   : NULL;
}

struct request *casebook_request(const struct casebook *cb, uint64_t entry)
{
    return of_entry(cb, entry, KIND_REQUEST, &cb->requests);
}

struct warrant *casebook_warrant(const struct casebook *cb, uint64_t entry)
{
    return of_entry(cb, entry, KIND_WARRANT, &cb->warrants);
}

struct warrant *casebook_warrant_of(const struct casebook *cb, const struct request *r)
{
    return r->resolved == RESOLVED ? shelf_at(&cb->warrants, r->warrant) : NULL;
}

int64_t request_notice_due(const struct request *r)
{
    int64_t from = r->delivery_accepted;
    if (r->notify_after > from)
        from = r->notify_after;
    if (r->deferred_until > from)
        from = r->deferred_until;
    return from + r->notify_days;
}
