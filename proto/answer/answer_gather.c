#include "proto/answer/answer_gather.h"

#include <stdlib.h>

#include "proto/record/entry.h"
#include "proto/tlog/shared_proof.h"

/* Of a part's bytes: proofs, tables and the checkpoint take less than the rest. */
#define ENTRY_BYTES_MAX (ANSWER_PART_MAX - 5 * 1024 * 1024)

void gathering_free(struct gathering *g)
{
    for (size_t i = 0; i < g->n; i++) {
        buf_free(&g->list[i]->bytes);
        free(g->list[i]);
    }
    free(g->list);
    g->list = NULL;
    g->n = g->room = 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The place of the first entry whose index is not below this one. */
static size_t place_in(const struct gathering *g, uint64_t index)
{
    size_t from = 0, to = g->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (g->list[middle]->index < index)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

int gathered_record(struct record *out, const struct gathered *e)
{
    struct refusal why;
    struct entry header = { 0 };
    *out = (struct record){ .kind = KIND_NONE };
    if (entry_parse(&header, buf_span(&e->bytes), &why) == 0 &&
        record_parse(out, header.note, &why) == 0)
        return 1;
    return why.reason == REASON_MEMORY ? -1 : 0;
}

static enum answer_made read_entry(struct gathered *e, const struct gathering *g)
{
    struct record r;
    if (g->source->entry(g->source->ctx, e->index, &e->bytes) != 0)
        return e->bytes.failed ? ANSWER_MEMORY : ANSWER_UNREAD;
    if (e->bytes.failed)
        return ANSWER_MEMORY;
    if (e->bytes.n > ENTRY_MAX)
        return ANSWER_UNREAD;
    hash_leaf(&e->leaf, buf_span(&e->bytes));
    int form = gathered_record(&r, e);
    if (form < 0)
        return ANSWER_MEMORY;
    if (form > 0) {
        e->kind = r.kind;
        if (r.under.entry < e->index) /* of genesis it is 0 */
            e->under = r.under.entry;
        record_free(&r);
    }
    return ANSWER_MADE;
}

static bool make_place(struct gathering *g)
{
    if (g->n < g->room)
        return true;
    size_t room = g->room == 0 ? 64 : g->room * 2;
    struct gathered **more = realloc(g->list, room * sizeof *more);
    if (more == NULL)
        return false;
    g->list = more;
    g->room = room;
    return true;
}

enum answer_made gather_read(struct gathering *g, uint64_t index, struct gathered **out)
{
    size_t at = place_in(g, index);
    if (at < g->n && g->list[at]->index == index) {
        *out = g->list[at];
        return ANSWER_MADE;
    }
    if (index >= g->size)
        return ANSWER_UNREAD;
    struct gathered *e = make_place(g) ? calloc(1, sizeof *e) : NULL;
    if (e == NULL)
        return ANSWER_MEMORY;
    e->index = index;
    e->under = e->via = NO_ENTRY;
    enum answer_made made = read_entry(e, g);
    if (made != ANSWER_MADE) {
        buf_free(&e->bytes);
        free(e);
        return made;
    }
    memmove(g->list + at + 1, g->list + at, (g->n - at) * sizeof *g->list);
    g->list[at] = *out = e;
    g->n++;
    return ANSWER_MADE;
}

enum answer_made gather_carry(struct gathering *g, uint64_t index)
{
    while (index != NO_ENTRY) {
        struct gathered *e;
        enum answer_made made = gather_read(g, index, &e);
        if (made != ANSWER_MADE || e->carried)
            return made;
        e->carried = true;
        e->before = g->last;
        g->last = e;
        g->carried++;
        g->bytes += e->bytes.n;
        index = e->under;
    }
    return ANSWER_MADE;
}

void gather_put_back(struct gathering *g, size_t carried)
{
    while (g->carried > carried) {
        struct gathered *e = g->last;
        e->carried = false;
        g->last = e->before;
        g->carried--;
        g->bytes -= e->bytes.n;
    }
    g->hashes = g->counted = 0;
}

/* ---- the caps of a part ---------------------------------------------------------------------- */

enum answer_made gather_indexes(const struct gathering *g, uint64_t **out)
{
    size_t n = 0;
    uint64_t *index = calloc(g->carried + 1, sizeof *index);
    *out = index;
    if (index == NULL)
        return ANSWER_MEMORY;
    for (size_t i = 0; i < g->n; i++)
        if (g->list[i]->carried)
            index[n++] = g->list[i]->index;
    return ANSWER_MADE;
}

static int no_subtree(void *ctx, uint64_t from, uint64_t to, struct hash *out)
{
    (void)ctx;
    (void)from;
    (void)to;
    *out = (struct hash){ 0 };
    return 0;
}

static int count_hash(void *ctx, const struct hash *hash)
{
    size_t *n = ctx;
    (void)hash;
    (*n)++;
    return 0;
}

/* A proof is counted without a hash being read. */
static enum answer_made count_hashes(struct gathering *g)
{
    uint64_t *index;
    size_t n = 0;
    enum answer_made made = gather_indexes(g, &index);
    if (made == ANSWER_MADE &&
        shared_proof_make(g->size, index, g->carried, no_subtree, NULL, count_hash, &n) != 0)
        made = ANSWER_UNREAD;
    free(index);
    g->hashes = n;
    g->counted = g->carried;
    return made;
}

enum answer_made gather_fits(struct gathering *g, size_t hashes_max, bool *fits)
{
    size_t most = hashes_max == 0 ? ANSWER_HASHES_MAX : hashes_max, depth = 0;
    enum answer_made made = ANSWER_MADE;
    while (depth < 63 && g->size >> depth > 0)
        depth++;
    /* No leaf adds more than its own path. Hashes are counted only where that may be too many. */
    if (g->hashes + (g->carried - g->counted) * depth > most)
        made = count_hashes(g);
    *fits = g->carried <= ANSWER_ENTRIES_MAX && g->bytes <= ENTRY_BYTES_MAX &&
            g->hashes + (g->carried - g->counted) * depth <= most;
    return made;
}

/* ---- warrant keys ---------------------------------------------------------------------------- */

/* What an entry names, while its keys are looked at. */
struct name_walk {
    struct gathering *g;
    unsigned abouts;       /* how many names by `about` led to the entry */
    bool deeper;           /* a chain of `about` was not followed to its end */
    bool carry;            /* what is named is carried */
    uint64_t only;         /* nothing but this entry is at hand; NO_ENTRY: all are */
    uint64_t via;          /* the first named entry that passes the key on */
    enum answer_made made; /* why a look-up failed */
};

static enum answer_made judge_keys(struct gathering *g, struct gathered *e, unsigned abouts,
                                   bool *deeper);
static enum answer_made carry_names(struct gathering *g, const struct gathered *e, unsigned abouts);

static enum named_entry_result name_of(void *ctx, uint64_t index, enum kind target,
                                       struct named_entry *out)
{
    struct name_walk *w = ctx;
    struct gathered *e;
    unsigned abouts = w->abouts + (target == KIND_ANY);
    if (w->only != NO_ENTRY && w->only != index)
        return NAMED_UNKNOWN;
    w->made = gather_read(w->g, index, &e);
    if (w->made == ANSWER_MADE && w->carry)
        w->made = gather_carry(w->g, index);
    if (w->made != ANSWER_MADE)
        return NAMED_MEMORY;
    *out = (struct named_entry){ .leaf = e->leaf, .kind = e->kind };
    if (target != KIND_ANY && e->kind != target)
        return NAMED_FOUND;
    if (abouts > ABOUT_DEPTH_MAX) {
        w->deeper = true;
        return NAMED_FOUND;
    }
    w->made = judge_keys(w->g, e, abouts, &w->deeper);
    if (w->made == ANSWER_MADE && w->carry)
        w->made = carry_names(w->g, e, abouts);
    if (w->made != ANSWER_MADE)
        return NAMED_MEMORY;
    out->about = e->about;
    out->warrant = &w->g->question->key;
    out->warrants = e->has_key;
    if (e->has_key && w->via == NO_ENTRY)
        w->via = index;
    return NAMED_FOUND;
}

/* Sets *keys to those of an entry, by what w lets be seen. Returns whether it has the key that is
 * asked for; false with w->made where that failed. */
static bool walk_names(struct entry_keys *keys, const struct gathered *e, struct name_walk *w)
{
    struct record r;
    int form = gathered_record(&r, e);
    w->made = form < 0 ? ANSWER_MEMORY : ANSWER_MADE;
    if (form <= 0)
        return false;
    enum named_entry_result result = entry_keys_of(keys, e->index, &r, name_of, w);
    if (result == NAMED_MEMORY && w->made == ANSWER_MADE)
        w->made = ANSWER_MEMORY;
    record_free(&r);
    return w->made == ANSWER_MADE && entry_keys_have(keys, &w->g->question->key);
}

/* What is found is kept only where no chain was cut off: where it was, that depends on how far down
 * in a chain the entry stands. */
static enum answer_made judge_keys(struct gathering *g, struct gathered *e, unsigned abouts,
                                   bool *deeper)
{
    struct entry_keys keys = { .n = 0 };
    struct name_walk w = { .g = g, .abouts = abouts, .only = NO_ENTRY, .via = NO_ENTRY };
    if (e->judged)
        return ANSWER_MADE;
    e->has_key = walk_names(&keys, e, &w);
    e->about = keys.about;
    e->via = w.via;
    e->judged = w.made == ANSWER_MADE && !w.deeper;
    *deeper = *deeper || w.deeper;
    if (w.made == ANSWER_MADE && e->has_key && w.via != NO_ENTRY) {
        /* It may have the key by itself, or name that entry by a wrong hash. */
        struct name_walk alone = { .g = g, .only = e->index, .via = NO_ENTRY };
        if (walk_names(&keys, e, &alone))
            e->via = NO_ENTRY;
        w.made = alone.made;
    }
    entry_keys_free(&keys);
    return w.made;
}

/* Whether an entry has its key of the one that it is said to have it of. */
static bool rests_on_via(struct gathering *g, const struct gathered *e, enum answer_made *made)
{
    struct entry_keys keys = { .n = 0 };
    struct name_walk w = { .g = g, .only = e->via, .via = NO_ENTRY };
    bool has = walk_names(&keys, e, &w);
    entry_keys_free(&keys);
    *made = w.made;
    return has;
}

/* Carries all that an entry names, and what that names, as far as keys are passed on. */
static enum answer_made carry_names(struct gathering *g, const struct gathered *e, unsigned abouts)
{
    struct entry_keys keys = { .n = 0 };
    struct name_walk w = {
        .g = g, .abouts = abouts, .carry = true, .only = NO_ENTRY, .via = NO_ENTRY
    };
    walk_names(&keys, e, &w);
    entry_keys_free(&keys);
    return w.made;
}

enum answer_made gather_with_key(struct gathering *g, uint64_t index)
{
    struct gathered *e = NULL;
    bool deeper = false;
    enum answer_made made = gather_carry(g, index);
    if (made == ANSWER_MADE)
        made = gather_read(g, index, &e);
    if (made != ANSWER_MADE || g->question->type != INDEX_KEY_WARRANT)
        return made;
    made = judge_keys(g, e, 0, &deeper);
    /* One chain of names shows that it has the key. That it has not takes all of them. */
    while (made == ANSWER_MADE && e->has_key && e->via != NO_ENTRY) {
        if (!rests_on_via(g, e, &made))
            return made == ANSWER_MADE ? carry_names(g, e, 0) : made;
        made = gather_carry(g, e->via);
        if (made == ANSWER_MADE)
            made = gather_read(g, e->via, &e);
    }
    return made == ANSWER_MADE && !e->has_key ? carry_names(g, e, 0) : made;
}
