#include "proto/verify/replay.h"

#include <stdlib.h>

#define PART (TILE_WIDTH / STRETCH_PARTS)
#define AHEAD_BYTES_MAX (4 << 20) /* of bundles that wait; beyond that no more are read */
#define BUNDLE_KEPT_MAX (1 << 20) /* a larger buffer is not kept */

/* One bundle of entries and its level-0 tile, as they were read and as they were decided on. */
struct stretch {
    const struct judge *judge;
    uint64_t n;
    unsigned width;
    unsigned from; /* entries before this one were replayed in an earlier run */
    enum fetch got;
    struct refusal why; /* if it is FETCH_FAILED */
    struct buf bundle;
    struct span entry[TILE_WIDTH];
    unsigned readable; /* entries of the bundle that could be told apart */
    bool has_bundle, has_tile;
    struct hash computed[TILE_WIDTH]; /* leaf hashes of the readable entries */
    struct hash tile[TILE_WIDTH];
    struct hash chosen[TILE_WIDTH];
    uint64_t looked[STRETCH_PARTS];          /* n + 1 of the stretch whose part was looked into */
    struct checked_note checked[TILE_WIDTH]; /* of the readable entries */
};

struct replay {
    const struct replay_setup *setup;
    struct edge *edge;
    bool incomplete;       /* something could not be read, or not as it stands in the tree */
    struct tile *suspects; /* tile files that differ from what was computed */
    size_t suspect_count, suspect_cap;
    struct stretch *ring; /* those that were read, in their order from `oldest` on */
    unsigned depth, oldest, waiting;
    uint64_t next;        /* the stretch to be read next */
    size_t bytes_waiting; /* of their bundles */
};

/* ---- ahead of the judge ---------------------------------------------------------------------- */

/* The note of an entry stands behind its first empty line. */
static struct span note_in(struct span entry)
{
    const uint8_t *end = memmem(entry.p, entry.n, "\n\n", 2);
    return end == NULL ? span_of("", 0) : span_of(end + 2, (size_t)(entry.p + entry.n - end) - 2);
}

static void check_ahead(struct stretch *s, unsigned i, struct note_gather *g)
{
    s->checked[i].good = false;
    if (g->key != NULL && i >= s->from && judge_of_records(s->judge))
        record_gather(g, &s->checked[i], note_in(s->entry[i]));
}

void stretch_gather(struct stretch *s, unsigned part, struct note_gather *g)
{
    for (unsigned i = part * PART; i < (part + 1) * PART && i < s->readable; i++) {
        hash_leaf(&s->computed[i], s->entry[i]);
        check_ahead(s, i, g);
    }
    s->looked[part] = s->n + 1;
}

void stretch_look(struct stretch *s, unsigned part, key_fn *key, void *ctx)
{
    struct note_gather g = { .key = key, .ctx = ctx };
    stretch_gather(s, part, &g);
}

/* ---- findings -------------------------------------------------------------------------------- */

static void tell_replay(struct replay *r, enum verdict verdict, uint64_t entry,
                        const struct refusal *why)
{
    struct finding f = { .verdict = verdict, .why = *why, .entry = entry, .related = NO_ENTRY };
    if (verdict == VERDICT_UNDECIDED)
        r->incomplete = true;
    r->setup->found(r->setup->found_ctx, &f);
}

static void tell_file(struct replay *r, enum verdict verdict, uint64_t entry, enum reason reason,
                      const struct tile *t)
{
    char path[TILE_PATH_MAX];
    struct refusal why;
    tile_path(path, t);
    refuse(&why, reason, path);
    tell_replay(r, verdict, entry, &why);
}

static void suspect(struct replay *r, const struct tile *t)
{
    if (r->suspect_count == r->suspect_cap) {
        size_t cap = r->suspect_cap == 0 ? 16 : r->suspect_cap * 2;
        struct tile *more = realloc(r->suspects, cap * sizeof *more);
        if (more == NULL) {
            tell_file(r, VERDICT_UNDECIDED, NO_ENTRY, REASON_UNREADABLE, t);
            return;
        }
        r->suspects = more;
        r->suspect_cap = cap;
    }
    r->suspects[r->suspect_count++] = *t;
}

static struct tile tile_at(const struct replay *r, int level, uint64_t n)
{
    return (struct tile){ .level = level, .n = n, .width = tile_width(r->setup->size, level, n) };
}

/* Reads a tile of hashes; says what is wrong with it. Returns true if the hashes are there. */
static bool read_hashes(struct replay *r, const struct tile *t, struct hash *out)
{
    struct refusal why;
    switch (source_hashes(r->setup->source, t, out, &why)) {
    case FETCH_OK:
        return true;
    case FETCH_MISSING:
        tell_replay(r, VERDICT_UNDECIDED, NO_ENTRY, &why);
        break;
    case FETCH_FAILED:
        tell_replay(r, why.reason == REASON_TILE ? VERDICT_BAD : VERDICT_UNDECIDED, NO_ENTRY, &why);
        break;
    }
    return false;
}

static void read_bundle(struct replay *r, struct stretch *s)
{
    struct tile t = tile_at(r, TILE_ENTRIES, s->n);
    if (s->bundle.cap > BUNDLE_KEPT_MAX)
        buf_free(&s->bundle);
    buf_clear(&s->bundle);
    s->got = r->setup->source->tile(r->setup->source->ctx, &t, (size_t)t.width * (2 + ENTRY_MAX),
                                    &s->bundle, &s->why);
    s->has_bundle = s->got == FETCH_OK && !s->bundle.failed;
    s->readable = s->has_bundle ? bundle_split(s->entry, s->width, buf_span(&s->bundle)) : 0;
}

/* A bundle that could not be read is told of when it is its turn. */
static void tell_bundle(struct replay *r, const struct stretch *s)
{
    struct tile t = tile_at(r, TILE_ENTRIES, s->n);
    if (s->has_bundle)
        return;
    if (s->got == FETCH_FAILED)
        tell_replay(r, VERDICT_UNDECIDED, NO_ENTRY, &s->why);
    else
        tell_file(r, VERDICT_UNDECIDED, NO_ENTRY,
                  s->got == FETCH_MISSING ? REASON_MISSING : REASON_UNREADABLE, &t);
}

static bool tile_agrees(const struct stretch *s)
{
    for (unsigned i = s->from; i < s->readable; i++)
        if (!hash_eq(&s->computed[i], &s->tile[i]))
            return false;
    return s->readable == s->width;
}

/* Would the whole tree have the signed root if this last, partial stretch had these leaves? */
static bool gives_root(const struct replay *r, const struct stretch *s, const struct hash *leaves)
{
    struct frontier f = r->edge->frontier;
    struct hash done[64], root;
    for (unsigned i = s->from; i < s->width; i++)
        frontier_append(&f, &leaves[i], done);
    frontier_root(&f, &root);
    return hash_eq(&root, &r->setup->root);
}

/* Bundle and tile contradict each other: the tile above, or for the last stretch the root itself,
 * says which of them is as it was signed. */
static bool tile_is_right(struct replay *r, const struct stretch *s)
{
    if (s->readable < s->width)
        return true; /* the tile is all there is */
    if ((s->n + 1) * TILE_WIDTH >= r->setup->size)
        return !gives_root(r, s, s->computed) && gives_root(r, s, s->tile);
    struct hash above[TILE_WIDTH], root;
    struct tile t = tile_at(r, 1, s->n / TILE_WIDTH);
    if (!read_hashes(r, &t, above))
        return false;
    tile_root(&root, s->tile, s->width);
    return hash_eq(&root, &above[s->n % TILE_WIDTH]);
}

/* Decides on the leaf hashes of a stretch. Returns false if there are none to decide on. */
static bool choose(struct replay *r, struct stretch *s)
{
    struct tile t = tile_at(r, 0, s->n);
    if (!s->has_tile && s->readable < s->width)
        return false;
    if (!s->has_tile || tile_agrees(s)) {
        memcpy(s->chosen, s->computed, sizeof s->chosen);
        /* What an earlier run knew still stands in this tile file, and must stand in it. */
        for (unsigned i = 0; s->has_tile && i < s->from; i++)
            if (!hash_eq(&s->tile[i], &r->edge->tile[0][i])) {
                suspect(r, &t);
                break;
            }
        return true;
    }
    if (tile_is_right(r, s)) {
        memcpy(s->chosen, s->tile, sizeof s->chosen);
    } else {
        memcpy(s->chosen, s->computed, sizeof s->chosen);
        suspect(r, &t);
    }
    return true;
}

static int compare_full(void *ctx, const struct tile *t, const struct hash *hashes)
{
    struct replay *r = ctx;
    struct hash file[TILE_WIDTH];
    if (t->level > 0 && read_hashes(r, t, file) && memcmp(file, hashes, sizeof file) != 0)
        suspect(r, t);
    return 0;
}

/* An entry whose bytes are not those in the tree: it says nothing, and the run cannot end well. */
static void altered_entry(struct replay *r, const struct stretch *s, unsigned i)
{
    struct tile t = tile_at(r, TILE_ENTRIES, s->n);
    uint64_t index = s->n * TILE_WIDTH + i;
    r->incomplete = true;
    if (i < s->readable)
        tell_file(r, VERDICT_BAD, index, REASON_LEAF, &t);
    else if (i == s->readable && s->has_bundle)
        tell_file(r, VERDICT_BAD, index, REASON_BUNDLE, &t);
}

static void judge_one(struct replay *r, const struct stretch *s, unsigned i)
{
    uint64_t index = s->n * TILE_WIDTH + i;
    struct judge *judge = r->setup->judge;
    enum kind kind = KIND_UNDECIDED;
    if (i < s->readable && hash_eq(&s->computed[i], &s->chosen[i])) {
        kind = judge_entry_checked(judge, index, &s->chosen[i], s->entry[i], &s->checked[i]);
    } else {
        altered_entry(r, s, i);
        judge_unreadable(judge, index, &s->chosen[i]);
    }
    if (r->setup->seen != NULL)
        r->setup->seen(r->setup->seen_ctx, index, kind, &s->chosen[i]);
    edge_append(r->edge, &s->chosen[i], compare_full, r);
}

static bool replay_stretch(struct replay *r, struct stretch *s)
{
    struct tile t = tile_at(r, 0, s->n);
    tell_bundle(r, s);
    for (unsigned part = 0; part < STRETCH_PARTS; part++)
        if (s->looked[part] != s->n + 1)
            stretch_look(s, part, NULL, NULL);
    s->has_tile = read_hashes(r, &t, s->tile);
    bool chosen = choose(r, s);
    /* Entries of an earlier run stand in this bundle again, and must be what they were. */
    for (unsigned i = 0; i < s->from; i++)
        if (i >= s->readable || !hash_eq(&s->computed[i], &r->edge->tile[0][i]))
            altered_entry(r, s, i);
    if (!chosen && s->readable >= s->from)
        altered_entry(r, s, s->readable);
    for (unsigned i = s->from; chosen && i < s->width; i++)
        judge_one(r, s, i);
    return chosen;
}

/* The partial tiles above level 0, once all entries are in. */
static void compare_partial(struct replay *r)
{
    for (int level = 1; level < TILE_LEVELS; level++) {
        unsigned width = edge_width(r->edge, level);
        uint64_t hashes = r->setup->size >> (8 * level);
        struct tile t = tile_at(r, level, hashes / TILE_WIDTH);
        struct hash file[TILE_WIDTH];
        if (width > 0 && read_hashes(r, &t, file) &&
            memcmp(file, r->edge->tile[level], width * sizeof *file) != 0)
            suspect(r, &t);
    }
}

static enum replay_end finish(struct replay *r, bool all)
{
    struct hash root;
    struct refusal why;
    edge_root(r->edge, &root);
    if (all)
        compare_partial(r);
    bool proven = all && hash_eq(&root, &r->setup->root);
    for (size_t i = 0; i < r->suspect_count; i++)
        tell_file(r, VERDICT_BAD, NO_ENTRY, REASON_TILE, &r->suspects[i]);
    if (all && !proven) {
        struct buf text = { 0 };
        buf_add_base64(&text, root.b, HASH_BYTES);
        refuse(&why, REASON_ROOT, buf_str(&text));
        buf_free(&text);
        tell_replay(r, VERDICT_BAD, NO_ENTRY, &why);
    }
    return !all || r->incomplete ? REPLAY_INCOMPLETE : proven ? REPLAY_PROVEN : REPLAY_CONTRADICTS;
}

/* ---- run ------------------------------------------------------------------------------------- */

static int open_ring(struct replay *r)
{
    r->depth = r->setup->ahead == NULL ? 1 : r->setup->ahead->depth;
    r->ring = calloc(r->depth, sizeof *r->ring);
    for (unsigned i = 0; r->ring != NULL && i < r->depth; i++)
        r->ring[i].judge = r->setup->judge;
    return r->ring == NULL ? -1 : 0;
}

static void close_ring(struct replay *r)
{
    for (unsigned i = 0; i < r->depth; i++)
        buf_free(&r->ring[i].bundle);
    free(r->ring);
}

static bool may_read(const struct replay *r)
{
    if (r->next * TILE_WIDTH >= r->setup->size)
        return false;
    /* Nobody is enrolled before the first bundle is judged: those behind it would be looked into in
     * vain. */
    bool first = r->next == r->edge->frontier.size / TILE_WIDTH + 1 && r->edge->frontier.size == 0;
    return r->waiting == 0 ||
           (r->waiting < r->depth && r->bytes_waiting < AHEAD_BYTES_MAX && !first);
}

static void read_next(struct replay *r)
{
    unsigned slot = (r->oldest + r->waiting) % r->depth;
    struct stretch *s = &r->ring[slot];
    uint64_t done = r->edge->frontier.size;
    s->n = r->next++;
    s->from = s->n == done / TILE_WIDTH ? (unsigned)(done % TILE_WIDTH) : 0;
    s->width = tile_width(r->setup->size, 0, s->n);
    read_bundle(r, s);
    r->waiting++;
    r->bytes_waiting += s->bundle.n;
    if (r->setup->ahead != NULL)
        r->setup->ahead->begin(r->setup->ahead->ctx, slot, s);
}

/* The oldest that was read, nobody else at it any more. */
static struct stretch *take_oldest(struct replay *r)
{
    unsigned slot = r->oldest;
    if (r->setup->ahead != NULL)
        r->setup->ahead->end(r->setup->ahead->ctx, slot);
    r->oldest = (slot + 1) % r->depth;
    r->waiting--;
    r->bytes_waiting -= r->ring[slot].bundle.n;
    return &r->ring[slot];
}

static bool replay_all(struct replay *r)
{
    const struct replay_setup *setup = r->setup;
    bool all = true;
    r->next = r->edge->frontier.size / TILE_WIDTH;
    while (all && r->edge->frontier.size < setup->size) {
        while (may_read(r))
            read_next(r);
        all = replay_stretch(r, take_oldest(r));
        if (all && setup->progress != NULL)
            all = setup->progress(setup->progress_ctx, r->edge->frontier.size, setup->size);
    }
    while (r->waiting > 0)
        take_oldest(r);
    return all;
}

enum replay_end replay_run(const struct replay_setup *setup, struct edge *edge)
{
    struct replay r = { .setup = setup, .edge = edge };
    if (open_ring(&r) != 0) {
        struct refusal why;
        refuse(&why, REASON_MEMORY, "");
        tell_replay(&r, VERDICT_UNDECIDED, NO_ENTRY, &why);
        return REPLAY_INCOMPLETE;
    }
    enum replay_end end = finish(&r, replay_all(&r));
    close_ring(&r);
    free(r.suspects);
    return end;
}
