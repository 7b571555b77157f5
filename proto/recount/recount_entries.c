/* The keys of entries, as they come and as they are read again. */
#include <stdlib.h>

#include "proto/record/entry.h"
#include "proto/recount/recount_inner.h"

#define UNKNOWN_MAX 1024 /* stretches of entries; more of them are taken together */

/* ---- entries whose keys are not known -------------------------------------------------------- */

static bool is_unknown(const struct recount *x, uint64_t index)
{
    for (size_t i = x->unknowns; i-- > 0;)
        if (index >= x->unknown[i].from && index < x->unknown[i].to)
            return true;
    return false;
}

/* For one more. */
static bool make_room(struct recount *x)
{
    size_t cap = x->unknown_cap == 0 ? 16 : 2 * x->unknown_cap;
    if (x->unknowns < x->unknown_cap)
        return true;
    struct unknown_entries *more =
        x->unknown_cap == UNKNOWN_MAX ? NULL : realloc(x->unknown, cap * sizeof *more);
    if (more == NULL)
        return false;
    x->unknown = more;
    x->unknown_cap = cap;
    return true;
}

static void widen(struct unknown_entries *u, uint64_t index, bool told)
{
    u->from = index < u->from ? index : u->from;
    u->to = index >= u->to ? index + 1 : u->to;
    u->told = u->told && told;
}

/* Where there is no room the last stretch takes in what is between. */
static void add_unknown(struct recount *x, uint64_t index, bool told)
{
    size_t n = x->unknowns;
    if (is_unknown(x, index))
        return;
    if (n > 0 && x->unknown[n - 1].to == index && x->unknown[n - 1].told == told)
        x->unknown[n - 1].to++;
    else if (make_room(x))
        x->unknown[x->unknowns++] = (struct unknown_entries){ index, index + 1, told };
    else if (n > 0)
        widen(&x->unknown[n - 1], index, told);
    else
        x->failed = true;
}

enum rests_on recount_rests_on(const struct recount *x, uint64_t from, uint64_t to)
{
    enum rests_on worst = ALL_KNOWN;
    for (size_t i = 0; i < x->unknowns; i++) {
        const struct unknown_entries *u = &x->unknown[i];
        if (u->from < to && from < u->to)
            worst = !u->told ? SOME_UNREAD : worst == ALL_KNOWN ? SOME_TOLD : worst;
    }
    return worst;
}

/* ---- rows of one entry ----------------------------------------------------------------------- */

static int put_row(struct recount *x, const struct index_row *row)
{
    return x->again != NULL ? row_sorter_add(x->again, row)
                            : tape_append(&x->tape[TAPE_PENDING], row, sizeof *row);
}

/* Puts the rows of an entry where they belong, and sets x->known.keys. Returns whether its keys are
 * known. */
static bool put_rows(struct recount *x, uint64_t index, const struct record *record)
{
    struct index_row row;
    enum named_entry_result result = known_keys_of(&x->known, index, record);
    x->failed = x->failed || result == NAMED_MEMORY;
    if (result != NAMED_FOUND)
        add_unknown(x, index, !x->known.unread);
    for (size_t i = 0; i < x->known.keys.n && result == NAMED_FOUND && !x->failed; i++) {
        index_row_set(&row, &x->known.keys.key[i], index);
        x->failed = put_row(x, &row) != 0;
    }
    return result == NAMED_FOUND;
}

static void put_record(struct recount *x, const struct recount_entry *e,
                       const struct record *record)
{
    bool known = put_rows(x, e->index, record);
    enum kind kind = record == NULL ? KIND_NONE : record->kind;
    if (x->again == NULL && known_keys_keep(&x->known, e->leaf, kind, known) != 0)
        x->failed = true;
}

/* An entry that is no v1 form is none, whatever the rest of it says. */
static void put_bytes(struct recount *x, const struct recount_entry *e)
{
    struct refusal why = { .reason = REASON_NONE };
    struct entry header;
    struct record r;
    bool form =
        entry_parse(&header, e->bytes, &why) == 0 && record_parse(&r, header.note, &why) == 0;
    if (!form && why.reason == REASON_MEMORY)
        x->failed = true;
    else
        put_record(x, e, form ? &r : NULL);
    if (form)
        record_free(&r);
}

static void put_entry(struct recount *x, const struct recount_entry *e)
{
    if (e->readable && e->record != NULL) {
        put_record(x, e, e->record);
    } else if (e->readable) {
        put_bytes(x, e);
    } else if (x->again == NULL) { /* a later one may name it */
        if (known_keys_lack(&x->known, e->leaf) != 0)
            x->failed = true;
    }
}

/* ---- as they come ---------------------------------------------------------------------------- */

void recount_take(struct recount *x, const struct recount_entry *e)
{
    if (!e->readable)
        add_unknown(x, e->index, true);
    if ((x->setup.eager || e->covers) && !x->collecting)
        recount_begin(x, e->index);
    if (x->collecting && !x->failed)
        put_entry(x, e);
}

void recount_read_entry(struct recount *x, const struct recount_entry *e)
{
    if (!e->readable)
        add_unknown(x, e->index, false);
    if (!x->failed)
        put_entry(x, e);
}

void recount_begin(struct recount *x, uint64_t to)
{
    x->collecting = true;
    if (x->setup.open(x->setup.ctx, x->tape) != 0) {
        x->failed = true;
        return;
    }
    x->known.items = &x->tape[TAPE_ITEMS];
    x->known.warrants = &x->tape[TAPE_WARRANTS];
    x->known.read = x->setup.read;
    x->known.read_ctx = x->setup.ctx;
    x->known.first = x->known.next = x->cover.entry == NO_ENTRY ? 0 : x->cover.end;
    x->setup.read_again(x->setup.ctx, x, x->known.first, to);
    x->failed = x->failed || x->known.next != to;
}

void recount_sort_again(struct recount *x, uint64_t from, uint64_t to, struct row_sorter *sorter)
{
    x->again = sorter;
    x->setup.read_again(x->setup.ctx, x, from, to);
    x->again = NULL;
}
