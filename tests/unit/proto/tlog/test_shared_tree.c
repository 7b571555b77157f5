#include "proto/tlog/shared_tree.h"

#include "proto/tlog/shared_proof.h"
#include "tests/unit/fixture.h"

#define LEAVES_MAX 21

static struct hash leaves[LEAVES_MAX];

static int plain_subtree(void *ctx, uint64_t from, uint64_t to, struct hash *out)
{
    (void)ctx;
    plain_root(out, leaves + from, (size_t)(to - from));
    return 0;
}

static struct hash proof[64];
static size_t proof_hashes;

static int put(void *ctx, const struct hash *hash)
{
    (void)ctx;
    assert_true(proof_hashes < COUNT(proof));
    proof[proof_hashes++] = *hash;
    return 0;
}

static int start(void **state)
{
    (void)state;
    many_leaves(leaves, LEAVES_MAX);
    return 0;
}

/* The tree of that size with those leaves at hand that bits say. */
static struct shared_tree tree_of(uint64_t size, uint64_t bits)
{
    static struct placed_leaf placed[LEAVES_MAX];
    uint64_t index[LEAVES_MAX];
    size_t n = 0;
    for (uint64_t i = 0; i < size; i++)
        if (bits >> i & 1) {
            placed[n] = (struct placed_leaf){ .index = i, .leaf = leaves[i] };
            index[n++] = i;
        }
    proof_hashes = 0;
    assert_int_equal(shared_proof_make(size, index, n, plain_subtree, NULL, put, NULL), 0);
    struct span end = fenced(span_of(proof, proof_hashes * sizeof *proof));
    return (struct shared_tree){
        .size = size, .leaf = placed, .leaves = n, .proof = (const struct hash *)end.p
    };
}

static void paths_are_those_of_leaves_at_hand(void **state)
{
    static const uint64_t bits[] = { 1, 0x100000, 0x21, 0x5A5A5, 0x1FFFFF };
    struct hash path[PROOF_MAX], want[PROOF_MAX];
    (void)state;
    for (uint64_t size = 1; size <= LEAVES_MAX; size++)
        for (size_t b = 0; b < COUNT(bits); b++) {
            uint64_t chosen = bits[b] & ((UINT64_C(1) << size) - 1);
            if (chosen == 0)
                continue;
            struct shared_tree t = tree_of(size, chosen);
            for (uint64_t i = 0; i < size; i++) {
                int n = shared_tree_path(&t, i, path);
                assert_int_equal(n, chosen >> i & 1 ? (int)plain_path(want, i, leaves, size) : -1);
                if (n > 0)
                    assert_memory_equal(path, want, (size_t)n * sizeof *path);
            }
        }
}

/* Each subtree that a proof could ask for is right, or is not there. */
static void subtrees_are_plain_or_not_there(void **state)
{
    static const uint64_t bits[] = { 1, 0x21, 0x5A5A5, 0x1FFFFF };
    (void)state;
    for (size_t b = 0; b < COUNT(bits); b++) {
        struct shared_tree t = tree_of(LEAVES_MAX, bits[b]);
        size_t there = 0;
        for (uint64_t from = 0; from < LEAVES_MAX; from++)
            for (uint64_t to = from + 1; to <= LEAVES_MAX; to++) {
                struct hash got, want;
                if (shared_tree_subtree(&t, from, to, &got) != 0)
                    continue;
                plain_root(&want, leaves + from, (size_t)(to - from));
                assert_true(hash_eq(&got, &want));
                there++;
            }
        assert_in_range(there, 1, 2 * LEAVES_MAX);
        assert_int_equal(shared_tree_subtree(&t, 0, LEAVES_MAX, &(struct hash){ 0 }), 0);
    }
    struct shared_tree t = tree_of(LEAVES_MAX, 1);
    assert_int_equal(shared_tree_subtree(&t, 8, 9, &(struct hash){ 0 }), -1);
    assert_int_equal(shared_tree_subtree(&t, 1, 3, &(struct hash){ 0 }), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_those_of_leaves_at_hand),
        cmocka_unit_test(subtrees_are_plain_or_not_there),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
