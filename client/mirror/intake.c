#include "client/mirror/intake.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/record/entry.h"

/* The full tile of a level that was proven last: those below it are asked for one after another. */
struct proven_tile {
    bool set;
    uint64_t n;
    struct hash hash[TILE_WIDTH];
};

struct intake {
    struct source source;
    struct logfiles *here, *there;
    void (*keep)(void *ctx, const char *name, struct span bytes);
    void *ctx;
    uint64_t size;
    struct hash root;
    bool anew, doubts, used_here;
    bool edge_read, edge_proven;
    bool edge_kept[TILE_LEVELS]; /* its partial tile */
    struct edge edge;            /* the partial tile of each level */
    struct proven_tile known[TILE_LEVELS];
};

static void keep_tile(struct intake *in, const struct tile *t, struct span bytes)
{
    char name[TILE_PATH_MAX];
    tile_path(name, t);
    in->keep(in->ctx, name, bytes);
}

static struct tile tile_at(const struct intake *in, int level, uint64_t n)
{
    return (struct tile){ .level = level, .n = n, .width = tile_width(in->size, level, n) };
}

/* ---- from the root down ---------------------------------------------------------------------- */

/* Reads the partial tiles of all levels, and holds them together against the root. */
static void read_edge(struct intake *in)
{
    struct hash root;
    struct refusal why;
    in->edge_read = true;
    for (int level = 0; level < TILE_LEVELS; level++) {
        uint64_t hashes = in->size >> (8 * level);
        struct tile t = tile_at(in, level, hashes / TILE_WIDTH);
        if (hashes % TILE_WIDTH != 0 &&
            source_hashes(logfiles_source(in->there), &t, in->edge.tile[level], &why) != FETCH_OK)
            return;
    }
    edge_from_tiles(&in->edge, in->size);
    edge_root(&in->edge, &root);
    in->edge_proven = hash_eq(&root, &in->root);
}

/* Reads a full tile whose root is known. Returns whether it has that root. */
static bool read_full(const struct logfiles *l, const struct tile *t, const struct hash *root,
                      struct hash *out)
{
    struct hash got;
    struct refusal why;
    const struct source *source = logfiles_source((struct logfiles *)l);
    if (source_hashes(source, t, out, &why) != FETCH_OK)
        return false;
    tile_root(&got, out, TILE_WIDTH);
    return hash_eq(&got, root);
}

/* The hashes of a tile, proven; NULL if they cannot be. Valid until the next call. */
static const struct hash *proven(struct intake *in, int level, uint64_t n)
{
    struct tile t = tile_at(in, level, n);
    if (!in->edge_read)
        read_edge(in);
    if (!in->edge_proven || t.width == 0)
        return NULL;
    if (t.width < TILE_WIDTH)
        return in->edge.tile[level];
    struct proven_tile *k = &in->known[level];
    if (k->set && k->n == n)
        return k->hash;
    const struct hash *above =
        level + 1 < TILE_LEVELS ? proven(in, level + 1, n / TILE_WIDTH) : NULL;
    k->n = n;
    k->set = false;
    if (above == NULL)
        return NULL;
    const struct hash *root = &above[n % TILE_WIDTH];
    bool here = !in->anew && read_full(in->here, &t, root, k->hash);
    k->set = here || read_full(in->there, &t, root, k->hash);
    if (!k->set)
        return NULL;
    if (!here)
        keep_tile(in, &t, span_of(k->hash, sizeof k->hash));
    return k->hash;
}

static bool bundle_is(struct span bundle, unsigned width, const struct hash *leaf)
{
    struct span entry[TILE_WIDTH];
    struct hash got;
    if (bundle_split(entry, width, bundle) != width)
        return false;
    for (unsigned i = 0; i < width; i++) {
        hash_leaf(&got, entry[i]);
        if (!hash_eq(&got, &leaf[i]))
            return false;
    }
    return true;
}

/* ---- what a replay reads --------------------------------------------------------------------- */

static enum fetch read_here(struct intake *in, const struct tile *t, size_t max, struct buf *out)
{
    struct refusal why;
    size_t start = out->n;
    const struct source *here = logfiles_source(in->here);
    if (t->width < TILE_WIDTH || in->anew || here->tile(here->ctx, t, max, out, &why) != FETCH_OK) {
        out->n = start;
        return FETCH_MISSING;
    }
    in->used_here = true;
    return FETCH_OK;
}

static enum fetch read_raw(struct intake *in, const struct tile *t, size_t max, struct buf *out,
                           struct refusal *why)
{
    const struct source *there = logfiles_source(in->there);
    if (read_here(in, t, max, out) == FETCH_OK)
        return FETCH_OK;
    return there->tile(there->ctx, t, max, out, why);
}

/* A bundle of the copy is left to the replay to judge: it reads it anyway. */
static enum fetch read_bundle(struct intake *in, const struct tile *t, size_t max, struct buf *out,
                              struct refusal *why)
{
    const struct source *there = logfiles_source(in->there);
    size_t start = out->n;
    if (read_here(in, t, max, out) == FETCH_OK)
        return FETCH_OK;
    const struct hash *leaf = in->doubts ? NULL : proven(in, 0, t->n);
    enum fetch got = there->tile(there->ctx, t, max, out, why);
    if (got != FETCH_OK || out->failed)
        return got;
    struct span bundle = span_of(out->p + start, out->n - start);
    if (leaf != NULL && bundle_is(bundle, t->width, leaf))
        keep_tile(in, t, bundle);
    else
        in->doubts = true;
    return FETCH_OK;
}

static enum fetch read_tile(void *ctx, const struct tile *t, size_t max, struct buf *out,
                            struct refusal *why)
{
    struct intake *in = ctx;
    if (t->level == TILE_ENTRIES)
        return read_bundle(in, t, max, out, why);
    const struct hash *hash = in->doubts ? NULL : proven(in, t->level, t->n);
    if (hash == NULL) {
        in->doubts = true;
        return read_raw(in, t, max, out, why);
    }
    struct span bytes = span_of(hash, t->width * sizeof *hash);
    buf_add_span(out, bytes);
    if (t->width < TILE_WIDTH && !in->edge_kept[t->level])
        keep_tile(in, t, bytes);
    in->edge_kept[t->level] = in->edge_kept[t->level] || t->width < TILE_WIDTH;
    return FETCH_OK;
}

/* ---- life and death -------------------------------------------------------------------------- */

struct intake *intake_new(struct logfiles *here, struct logfiles *there,
                          void (*keep_fn)(void *ctx, const char *name, struct span bytes),
                          void *ctx)
{
    struct intake *in = kept(calloc(1, sizeof *in));
    if (in == NULL)
        return NULL;
    in->source = (struct source){ .tile = read_tile, .ctx = in };
    in->here = here;
    in->there = there;
    in->keep = keep_fn;
    in->ctx = ctx;
    return in;
}

void intake_free(struct intake *in)
{
    free(in);
}

void intake_begin(struct intake *in, uint64_t size, const struct hash *root, bool anew)
{
    in->size = size;
    in->root = *root;
    in->anew = anew;
    in->doubts = in->used_here = in->edge_read = in->edge_proven = false;
    for (int level = 0; level < TILE_LEVELS; level++)
        in->edge_kept[level] = in->known[level].set = false;
}

const struct source *intake_source(struct intake *in)
{
    return &in->source;
}

bool intake_doubts(const struct intake *in)
{
    return in->doubts;
}

bool intake_used_here(const struct intake *in)
{
    return in->used_here;
}
