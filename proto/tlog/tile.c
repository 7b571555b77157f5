#include "proto/tlog/tile.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/base/scan.h"

void tile_path(char out[TILE_PATH_MAX], const struct tile *t)
{
    int at = t->level == TILE_ENTRIES ? snprintf(out, TILE_PATH_MAX, "tile/entries/")
                                      : snprintf(out, TILE_PATH_MAX, "tile/%d/", t->level);
    unsigned group[8], groups = 0;
    uint64_t n = t->n;
    do {
        group[groups++] = (unsigned)(n % 1000);
        n /= 1000;
    } while (n > 0 && groups < 8);
    while (groups-- > 0)
        at += snprintf(out + at, (size_t)(TILE_PATH_MAX - at), groups > 0 ? "x%03u/" : "%03u",
                       group[groups]);
    if (t->width < TILE_WIDTH)
        snprintf(out + at, (size_t)(TILE_PATH_MAX - at), ".p/%u", t->width);
}

/* Three digits at s. */
static int group_of_three(struct span s)
{
    if (s.n < 3)
        return -1;
    int v = 0;
    for (size_t i = 0; i < 3; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

int tile_path_parse(struct tile *out, struct span path)
{
    char copy[TILE_PATH_MAX];
    *out = (struct tile){ .width = TILE_WIDTH };
    if (path.n >= sizeof copy || !span_starts(path, "tile/"))
        return -1;
    struct span rest = span_of(path.p + 5, path.n - 5);
    uint64_t v;
    const uint8_t *slash = rest.n == 0 ? NULL : memchr(rest.p, '/', rest.n);
    if (slash == NULL)
        return -1;
    struct span level = span_of(rest.p, (size_t)(slash - rest.p));
    if (span_is(level, "entries"))
        out->level = TILE_ENTRIES;
    else if (decimal_parse(&v, level) != 0 || v > 63)
        return -1;
    else
        out->level = (int)v;
    rest = span_of(slash + 1, rest.n - level.n - 1);
    for (;;) {
        bool more = rest.n > 0 && rest.p[0] == 'x';
        int group = group_of_three(span_of(rest.p + more, rest.n - more));
        if (group < 0 || out->n > (UINT64_MAX - 999) / 1000)
            return -1;
        out->n = out->n * 1000 + (uint64_t)group;
        rest = span_of(rest.p + 3 + more, rest.n - 3 - more);
        if (!more)
            break;
        if (rest.n == 0 || rest.p[0] != '/')
            return -1;
        rest = span_of(rest.p + 1, rest.n - 1);
    }
    if (rest.n > 0) {
        if (!span_starts(rest, ".p/") || decimal_parse(&v, span_of(rest.p + 3, rest.n - 3)) != 0 ||
            v < 1 || v > 255)
            return -1;
        out->width = (unsigned)v;
    }
    /* Canonical iff it is what we would have written: no x000/ in front, no other freedom. */
    tile_path(copy, out);
    return span_is(path, copy) ? 0 : -1;
}

/* Hashes that a tree of that size has at a tile level. */
static uint64_t level_width(uint64_t size, int level)
{
    return level >= TILE_LEVELS ? 0 : level <= 0 ? size : size >> (8 * level);
}

unsigned tile_width(uint64_t size, int level, uint64_t n)
{
    uint64_t width = level_width(size, level);
    if (n >= (width + TILE_WIDTH - 1) / TILE_WIDTH)
        return 0;
    uint64_t left = width - n * TILE_WIDTH;
    return left > TILE_WIDTH ? TILE_WIDTH : (unsigned)left;
}

uint64_t tile_count(uint64_t size, int level)
{
    return (level_width(size, level) + TILE_WIDTH - 1) / TILE_WIDTH;
}

unsigned bundle_split(struct span *entry, unsigned width, struct span bundle)
{
    struct scan s = scan_of(bundle);
    for (unsigned i = 0; i < width; i++) {
        entry[i] = scan_bytes(&s, scan_u16(&s));
        if (s.bad)
            return i;
    }
    return scan_done(&s) ? width : width - 1;
}

size_t bundle_length(struct span bundle, unsigned width)
{
    struct scan s = scan_of(bundle);
    size_t n = 0;
    for (unsigned i = 0; i < width && !s.bad; i++)
        n += 2 + scan_bytes(&s, scan_u16(&s)).n;
    return s.bad ? bundle.n : n;
}

size_t tile_bytes_max(const struct tile *t)
{
    return (size_t)t->width * (t->level == TILE_ENTRIES ? 2 + ENTRY_MAX : HASH_BYTES);
}

size_t tile_part_of_full(struct span full, const struct tile *t)
{
    struct span entry[TILE_WIDTH];
    if (t->level != TILE_ENTRIES)
        return full.n == TILE_BYTES ? t->width * sizeof(struct hash) : 0;
    return bundle_split(entry, TILE_WIDTH, full) == TILE_WIDTH ? bundle_length(full, t->width) : 0;
}

void tile_root(struct hash *out, const struct hash *hashes, unsigned n)
{
    struct frontier f = { 0 };
    struct hash done[64];
    for (unsigned i = 0; i < n; i++)
        frontier_append(&f, &hashes[i], done);
    frontier_root(&f, out);
}

void tile_nodes_set(struct tile_nodes *t, const struct hash *hashes, unsigned width)
{
    unsigned kept = t->width < width ? t->width : width;
    while (kept > 0 && memcmp(t->node, hashes, kept * sizeof *hashes) != 0)
        kept /= 2; /* never while the log only grows */
    memcpy(t->node + kept, hashes + kept, (width - kept) * sizeof *hashes);
    for (unsigned height = 1; width >> height > 0; height++) {
        const struct hash *below = tile_node(t, height - 1, 0);
        struct hash *level = t->node + (tile_node(t, height, 0) - t->node);
        for (unsigned i = kept >> height; i < width >> height; i++)
            hash_node(&level[i], &below[2 * i], &below[2 * i + 1]);
    }
    t->width = width;
}

void tile_nodes_copy(struct tile_nodes *out, const struct tile_nodes *t)
{
    out->width = t->width;
    for (unsigned height = 0; t->width >> height > 0; height++) {
        size_t at = (size_t)(tile_node(t, height, 0) - t->node);
        memcpy(out->node + at, t->node + at, (t->width >> height) * sizeof *t->node);
    }
}

static int known_node(struct hash *out, const struct tile_source *source, const struct tile *t,
                      unsigned within, unsigned at)
{
    const struct tile_nodes *nodes = source->nodes(source->ctx, t->level, t->n);
    if (nodes == NULL || nodes->width < at + (1u << within))
        return -1;
    *out = *tile_node(nodes, within, at >> within);
    return 0;
}

/* The root of the perfect subtree at that height whose first leaf is index << height. */
static int node(struct hash *out, const struct tile_source *source, unsigned height, uint64_t index)
{
    struct hash hashes[TILE_WIDTH];
    struct tile t = { .level = (int)(height / 8) };
    unsigned within = height % 8;
    uint64_t first = index << within; /* of the 2^within hashes of that tile level */
    t.n = first / TILE_WIDTH;
    unsigned at = (unsigned)(first % TILE_WIDTH);
    if (source->nodes != NULL)
        return known_node(out, source, &t, within, at);
    t.width = tile_width(source->size, t.level, t.n);
    if (t.width < at + (1u << within) || source->read(source->ctx, &t, hashes) != 0)
        return -1;
    tile_root(out, hashes + at, 1u << within);
    return 0;
}

/* MTH(D[from:to]), where from is a multiple of the smallest power of two that is not below to-from:
 * all subtrees that proofs are made of. */
static int range(struct hash *out, const struct tile_source *source, uint64_t from, uint64_t to)
{
    struct frontier f = { .size = to - from };
    for (int height = 63; height >= 0; height--) {
        if (!(f.size >> height & 1))
            continue;
        if (node(&f.node[height], source, (unsigned)height, from >> height) != 0)
            return -1;
        from += UINT64_C(1) << height;
    }
    frontier_root(&f, out);
    return 0;
}

int tile_subtree(void *tile_source, uint64_t from, uint64_t to, struct hash *out)
{
    const struct tile_source *source = tile_source;
    return to > source->size ? -1 : range(out, source, from, to);
}

/* The largest power of two below n; n >= 2. */
static uint64_t split_point(uint64_t n)
{
    uint64_t k = 1;
    while (k < n - k)
        k *= 2;
    return k;
}

int source_remainders(struct hash remainder[static 64], const struct tile_source *source)
{
    struct frontier f = { .size = source->size };
    for (unsigned height = 0; height < 64; height++)
        if ((f.size >> height & 1) != 0 &&
            node(&f.node[height], source, height, (f.size >> height) - 1) != 0)
            return -1;
    tree_remainders(&f, remainder);
    return 0;
}

/* The last node at that height, which is the sibling of the one before it: the only node of an
 * inclusion path over which there may be fewer than 1 << height leaves. */
static int last_sibling(struct hash *out, const struct tile_source *source, unsigned height,
                        uint64_t index)
{
    if ((source->size >> height) > index)
        return node(out, source, height, index);
    if (source->remainder == NULL)
        return range(out, source, index << height, source->size);
    *out = source->remainder[height];
    return 0;
}

int proof_inclusion(struct hash path[static PROOF_MAX], const struct tile_source *source,
                    uint64_t index)
{
    int n = 0;
    if (index >= source->size)
        return -1;
    uint64_t at = index, last = source->size - 1;
    for (unsigned height = 0; last > 0; height++, at >>= 1, last >>= 1) {
        if (at == last && (at & 1) == 0)
            continue; /* it stands alone: it is its own parent */
        bool to_last = (at ^ 1) == last;
        if ((to_last ? last_sibling : node)(&path[n++], source, height, at ^ 1) != 0)
            return -1;
    }
    return n;
}

int proof_consistency(struct hash proof[static PROOF_MAX], const struct tile_source *source,
                      uint64_t old_size, bool seeded)
{
    uint64_t from = 0, to = source->size;
    int n = 0;
    if (old_size == 0 || old_size > to)
        return -1;
    if (old_size == to && !seeded)
        return 0;
    /* SUBPROOF of RFC 6962, 2.1.2, without recursion and from the root down; `whole` is its b. */
    bool whole = true;
    while (old_size != to) {
        uint64_t middle = from + split_point(to - from);
        bool left = old_size <= middle;
        if (range(&proof[n++], source, left ? middle : from, left ? to : middle) != 0)
            return -1;
        if (left) {
            to = middle;
        } else {
            from = middle;
            whole = false;
        }
    }
    if ((!whole || seeded) && range(&proof[n++], source, from, to) != 0)
        return -1;
    for (int i = 0; i < n / 2; i++) {
        struct hash h = proof[i];
        proof[i] = proof[n - 1 - i];
        proof[n - 1 - i] = h;
    }
    return n;
}
