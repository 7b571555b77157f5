#include "proto/replay.h"

#include <stdlib.h>

/* One bundle of entries and its level-0 tile, as they were read and as they were decided on. */
struct stretch {
    uint64_t n;
    unsigned width;
    unsigned from; /* entries before this one were replayed in an earlier run */
    struct buf bundle;
    struct span entry[TILE_WIDTH];
    unsigned readable; /* entries of the bundle that could be told apart */
    bool has_bundle, has_tile;
    struct hash computed[TILE_WIDTH]; /* leaf hashes of the readable entries */
    struct hash tile[TILE_WIDTH];
    struct hash chosen[TILE_WIDTH];
};

struct replay {
    const struct replay_setup *setup;
    struct edge *edge;
    bool incomplete;       /* something could not be read, or not as it stands in the tree */
    struct tile *suspects; /* tile files that differ from what was computed */
    size_t suspect_count, suspect_cap;
};

static void tell(struct replay *r, enum verdict verdict, uint64_t entry, const struct refusal *why)
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
    tell(r, verdict, entry, &why);
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
        tell(r, VERDICT_UNDECIDED, NO_ENTRY, &why);
        break;
    case FETCH_FAILED:
        tell(r, why.reason == REASON_TILE ? VERDICT_BAD : VERDICT_UNDECIDED, NO_ENTRY, &why);
        break;
    }
    return false;
}

static void read_bundle(struct replay *r, struct stretch *s)
{
    struct tile t = tile_at(r, TILE_ENTRIES, s->n);
    struct refusal why;
    buf_clear(&s->bundle);
    s->readable = 0;
    enum fetch got = r->setup->source->tile(r->setup->source->ctx, &t,
                                            (size_t)t.width * (2 + ENTRY_MAX), &s->bundle, &why);
    s->has_bundle = got == FETCH_OK && !s->bundle.failed;
    if (s->has_bundle)
        s->readable = bundle_split(s->entry, s->width, buf_span(&s->bundle));
    else if (got == FETCH_FAILED)
        tell(r, VERDICT_UNDECIDED, NO_ENTRY, &why);
    else
        tell_file(r, VERDICT_UNDECIDED, NO_ENTRY,
                  got == FETCH_MISSING ? REASON_MISSING : REASON_UNREADABLE, &t);
    for (unsigned i = 0; i < s->readable; i++)
        hash_leaf(&s->computed[i], s->entry[i]);
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
        kind = judge_entry(judge, index, &s->chosen[i], s->entry[i]);
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
    read_bundle(r, s);
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
        tell(r, VERDICT_BAD, NO_ENTRY, &why);
    }
    return !all || r->incomplete ? REPLAY_INCOMPLETE : proven ? REPLAY_PROVEN : REPLAY_CONTRADICTS;
}

enum replay_end replay_run(const struct replay_setup *setup, struct edge *edge)
{
    struct replay r = { .setup = setup, .edge = edge };
    struct stretch *s = calloc(1, sizeof *s);
    bool all = s != NULL;
    if (s == NULL) {
        struct refusal why;
        refuse(&why, REASON_MEMORY, "");
        tell(&r, VERDICT_UNDECIDED, NO_ENTRY, &why);
        return REPLAY_INCOMPLETE;
    }
    while (all && edge->frontier.size < setup->size) {
        s->n = edge->frontier.size / TILE_WIDTH;
        s->from = (unsigned)(edge->frontier.size % TILE_WIDTH);
        s->width = tile_width(setup->size, 0, s->n);
        all = replay_stretch(&r, s);
        if (all && setup->progress != NULL)
            all = setup->progress(setup->progress_ctx, edge->frontier.size, setup->size);
    }
    enum replay_end end = finish(&r, all);
    buf_free(&s->bundle);
    free(s);
    free(r.suspects);
    return end;
}
