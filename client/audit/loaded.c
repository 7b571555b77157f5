#include "client/audit/loaded.h"

#include <string.h>

#define TIME_LIMIT ((int64_t)1 << 48) /* milliseconds: past the year 9999, by months */
#define SPAN_LIMIT ((int64_t)1 << 60) /* what is added to a time */

#define X(name, vocabulary, en, es) +1
enum { CAUSE_COUNT = 0 CAUSES(X) };
#undef X

/* ---- values ---------------------------------------------------------------------------------- */

/* A byte that is neither 0 nor 1 must not be read as a bool at all. */
static bool is_bool(const bool *b)
{
    uint8_t byte;
    memcpy(&byte, b, 1);
    return byte <= 1;
}

bool loaded_time_is_sound(int64_t ms)
{
    return ms == NO_TIME || (ms > -TIME_LIMIT && ms < TIME_LIMIT);
}

static bool times_are_sound(const int64_t *const *times)
{
    for (; *times != NULL; times++)
        if (!loaded_time_is_sound(**times))
            return false;
    return true;
}

static bool is_span(int64_t ms)
{
    return ms >= 0 && ms < SPAN_LIMIT;
}

/* An entry of the log, or none. */
static bool is_entry(const struct casebook *cb, uint64_t entry)
{
    return entry < cb->rows.n || entry == NO_ENTRY;
}

static bool are_entries(const struct casebook *cb, const uint64_t *entry, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_entry(cb, entry[i]))
            return false;
    return true;
}

static bool is_signer(const struct casebook *cb, uint32_t signer)
{
    return signer < cb->signers.n || signer == NO_SIGNER;
}

/* The text ends with a zero, so that each of its places begins a string. */
static bool is_word(const struct casebook *cb, word w)
{
    return w == 0 || w - 1 < cb->text.n;
}

static bool are_words(const struct casebook *cb, const word *w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_word(cb, w[i]))
            return false;
    return true;
}

static bool is_range(const struct shelf *s, uint32_t first, uint32_t n)
{
    return (uint64_t)first + n <= s->n;
}

/* ---- a casebook ------------------------------------------------------------------------------ */

static bool row_is_sound(const struct casebook *cb, const struct row *r)
{
    return loaded_time_is_sound(r->accepted) && is_signer(cb, r->signer) &&
           is_bool(&r->distrusted) && r->kind < KIND_COUNT &&
           (r->kind != KIND_REQUEST || r->number < cb->requests.n) &&
           (r->kind != KIND_WARRANT || r->number < cb->warrants.n);
}

static bool warrant_is_sound(const struct casebook *cb, const struct warrant *w)
{
    const word words[] = { w->ref, w->court, w->level, w->matter };
    const uint64_t entries[] = { w->entry, w->extension };
    const int64_t *times[] = { &w->accepted,
                               &w->window.from,
                               &w->window.until,
                               &w->data_window.from,
                               &w->data_window.until,
                               &w->end,
                               NULL };
    return are_words(cb, words, sizeof words / sizeof *words) && are_entries(cb, entries, 2) &&
           times_are_sound(times) && is_signer(cb, w->signer) &&
           is_range(&cb->lists, w->categories, w->categories_n) &&
           is_range(&cb->lists, w->used_by, w->used_by_n) &&
           is_range(&cb->lists, w->holders, w->holders_n) &&
           is_range(&cb->subjects, w->subjects, w->subjects_n) && is_bool(&w->live);
}

static bool request_times_are_sound(const struct request *r)
{
    const int64_t *times[] = { &r->accepted,
                               &r->notify_after,
                               &r->answer_by,
                               &r->answer_accepted,
                               &r->delivery_accepted,
                               &r->fulfilled,
                               &r->notice_accepted,
                               &r->notice_fulfilled,
                               &r->notice_earliest,
                               &r->first_ratification_accepted,
                               &r->deferred_until,
                               &r->told_accepted,
                               NULL };
    return times_are_sound(times) && is_span(r->notify_days) && is_span(r->hours);
}

static bool request_is_sound(const struct casebook *cb, const struct request *r)
{
    const word words[] = { r->authority, r->level,  r->function, r->state, r->holder, r->sector,
                           r->basis,     r->ground, r->purpose,  r->ref,   r->outcome };
    const uint64_t entries[] = { r->entry,        r->answer,   r->delivery,
                                 r->notice,       r->deferral, r->first_ratification,
                                 r->ratification, r->told };
    return are_words(cb, words, sizeof words / sizeof *words) &&
           are_entries(cb, entries, sizeof entries / sizeof *entries) &&
           request_times_are_sound(r) && is_signer(cb, r->signer) &&
           is_range(&cb->lists, r->categories, r->categories_n) &&
           r->resolved <= RESOLVED_SEVERAL && r->ratified <= RATIFIED_REFUSED &&
           (r->resolved != RESOLVED || r->warrant < cb->warrants.n) && is_bool(&r->emergency) &&
           is_bool(&r->automated) && is_bool(&r->retained) && is_bool(&r->direct_access);
}

static bool named_is_sound(const struct casebook *cb, const struct named *n)
{
    return is_bool(&n->by_warrant) && n->number < (n->by_warrant ? cb->warrants.n : cb->requests.n);
}

static bool rows_and_cases_are_sound(const struct casebook *cb)
{
    for (uint64_t i = 0; i < cb->rows.n; i++)
        if (!row_is_sound(cb, shelf_at(&cb->rows, i)))
            return false;
    for (uint64_t i = 0; i < cb->warrants.n; i++)
        if (!warrant_is_sound(cb, shelf_at(&cb->warrants, i)))
            return false;
    for (uint64_t i = 0; i < cb->requests.n; i++)
        if (!request_is_sound(cb, shelf_at(&cb->requests, i)))
            return false;
    for (uint64_t i = 0; i < cb->named.n; i++)
        if (!named_is_sound(cb, shelf_at(&cb->named, i)))
            return false;
    return true;
}

static bool words_are_sound(const struct casebook *cb)
{
    if (cb->text.n > 0 && *(const uint8_t *)shelf_at(&cb->text, cb->text.n - 1) != 0)
        return false;
    for (uint64_t i = 0; i < cb->lists.n; i++)
        if (!is_word(cb, *(const word *)shelf_at(&cb->lists, i)))
            return false;
    for (uint64_t i = 0; i < cb->subjects.n; i++)
        if (!is_word(cb, ((const struct subject *)shelf_at(&cb->subjects, i))->type))
            return false;
    for (uint64_t i = 0; i < cb->signers.n; i++) {
        const struct signer_facts *s = shelf_at(&cb->signers, i);
        if (!is_word(cb, s->state) || !is_word(cb, s->function) || !is_word(cb, s->level))
            return false;
    }
    return true;
}

static bool may_be_word(const void *ctx, uint32_t number)
{
    return number != 0 && is_word(ctx, number);
}

static bool may_be_warrant(const void *ctx, uint32_t number)
{
    return number < ((const struct casebook *)ctx)->warrants.n;
}

static bool may_be_pair(const void *ctx, uint32_t number)
{
    return is_range(&((const struct casebook *)ctx)->lists, number, 2);
}

static bool may_be_named(const void *ctx, uint32_t number)
{
    return number < ((const struct casebook *)ctx)->named.n;
}

bool loaded_casebook_is_sound(const struct casebook *cb, uint64_t entries)
{
    return cb->rows.n == entries && is_bool(&cb->disordered) && loaded_time_is_sound(cb->last) &&
           words_are_sound(cb) && rows_and_cases_are_sound(cb) &&
           key_index_is_sound(&cb->words, may_be_word, cb) &&
           key_index_is_sound(&cb->refs, may_be_warrant, cb) &&
           key_index_is_sound(&cb->sectors, may_be_pair, cb) &&
           key_index_is_sound(&cb->blobs, may_be_named, cb);
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool answer_is_sound(const struct casebook *cb, const struct rule_answer *a)
{
    if (a->rule <= RULE_NONE || a->rule >= RULE_COUNT || a->result >= RESULTS ||
        a->causes > CAUSES_MAX || !is_entry(cb, a->entry) || !is_entry(cb, a->request) ||
        !are_entries(cb, a->related, RELATED_MAX))
        return false;
    for (size_t i = 0; i < a->causes; i++)
        if (a->cause[i].cause >= CAUSE_COUNT || !is_word(cb, a->cause[i].code) ||
            !loaded_time_is_sound(a->cause[i].time))
            return false;
    return true;
}

bool loaded_answers_are_sound(const struct answers *as, const struct casebook *cb)
{
    for (uint64_t i = 0; i < as->list.n; i++)
        if (!answer_is_sound(cb, shelf_at(&as->list, i)))
            return false;
    return true;
}
