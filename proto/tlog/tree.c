#include "proto/tlog/tree.h"

unsigned frontier_append(struct frontier *f, const struct hash *leaf, struct hash done[static 64])
{
    struct hash h = *leaf;
    unsigned height = 0;
    for (; f->size >> height & 1; height++) {
        hash_node(&h, &f->node[height], &h);
        done[height] = h;
    }
    f->node[height] = h;
    f->size++;
    return height;
}

void frontier_root(const struct frontier *f, struct hash *out)
{
    if (f->size == 0) {
        hash_bytes(out, span_of(NULL, 0));
        return;
    }
    bool first = true;
    for (unsigned height = 0; height < 64; height++) {
        if (!(f->size >> height & 1))
            continue;
        if (first)
            *out = f->node[height];
        else
            hash_node(out, &f->node[height], out);
        first = false;
    }
}

void tree_remainders(const struct frontier *f, struct hash remainder[static 64])
{
    bool any = false;
    struct hash h;
    for (unsigned height = 0; height < 64; height++) {
        if (any)
            remainder[height] = h;
        if (!(f->size >> height & 1))
            continue;
        if (any)
            hash_node(&h, &f->node[height], &h);
        else
            h = f->node[height];
        any = true;
    }
}

int tree_root_of_inclusion(struct hash *out, uint64_t index, uint64_t size, const struct hash *leaf,
                           const struct hash *path, size_t n)
{
    if (index >= size)
        return -1;
    uint64_t fn = index, sn = size - 1;
    struct hash r = *leaf;
    for (size_t i = 0; i < n; i++) {
        if (sn == 0)
            return -1;
        if ((fn & 1) || fn == sn) {
            hash_node(&r, &path[i], &r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(&r, &r, &path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0)
        return -1;
    *out = r;
    return 0;
}

int tree_roots_of_consistency(struct hash *old_root, struct hash *new_root, uint64_t old_size,
                              uint64_t new_size, const struct hash *seed, const struct hash *proof,
                              size_t n)
{
    if (old_size == 0 || old_size > new_size)
        return -1;
    if (old_size == new_size) {
        *old_root = *new_root = *seed;
        return n == 0 ? 0 : -1;
    }
    bool power = (old_size & (old_size - 1)) == 0;
    if (!power && n == 0)
        return -1;
    struct hash fr = power ? *seed : proof[0], sr = fr;
    uint64_t fn = old_size - 1, sn = new_size - 1;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    for (size_t i = power ? 0 : 1; i < n; i++) {
        if (sn == 0)
            return -1;
        if ((fn & 1) || fn == sn) {
            hash_node(&fr, &proof[i], &fr);
            hash_node(&sr, &proof[i], &sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(&sr, &sr, &proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0)
        return -1;
    *old_root = fr;
    *new_root = sr;
    return 0;
}

bool tree_consistent(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
                     const struct hash *new_root, const struct hash *proof, size_t n)
{
    struct hash fr, sr;
    return tree_roots_of_consistency(&fr, &sr, old_size, new_size, old_root, proof, n) == 0 &&
           hash_eq(&fr, old_root) && hash_eq(&sr, new_root);
}
