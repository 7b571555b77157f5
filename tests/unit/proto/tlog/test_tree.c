#include "tests/unit/fixture.h"

#include "proto/base/scan.h"
#include "proto/tlog/tile.h"

static struct hash hash_of(struct span hex)
{
    struct hash h;
    assert_int_equal(unhex(h.b, sizeof h.b, hex), HASH_BYTES);
    return h;
}

static uint64_t number_of(struct span digits)
{
    uint64_t v = UINT64_MAX; /* what the vectors' -1 stands for */
    if (!span_is(digits, "18446744073709551615"))
        assert_int_equal(decimal_parse(&v, digits), 0);
    return v;
}

static size_t hashes_of(struct hash *out, const struct span *word, size_t words)
{
    assert_in_range(words, 0, PROOF_MAX);
    for (size_t i = 0; i < words; i++)
        out[i] = hash_of(word[i]);
    return words;
}

/* ---- known answers ------------------------------------------------------------------------- */

static struct frontier eight;

static void eight_line(const struct span *word, size_t words)
{
    uint8_t input[16];
    struct hash leaf, root, want, done[64];
    assert_int_equal(words, 3);
    hash_leaf(&leaf, span_of(input, unhex(input, sizeof input, word[0])));
    want = hash_of(word[1]);
    assert_true(hash_eq(&leaf, &want));
    frontier_append(&eight, &leaf, done);
    frontier_root(&eight, &root);
    want = hash_of(word[2]);
    assert_true(hash_eq(&root, &want));
}

static void the_eight_leaves_have_their_roots(void **state)
{
    struct hash root, want;
    (void)state;
    eight = (struct frontier){ 0 };
    frontier_root(&eight, &root);
    want = hash_of(span_str("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    assert_true(hash_eq(&root, &want));
    vector_lines("tree/good/eight.txt", eight_line);
    assert_int_equal(eight.size, 8);
}

static bool inclusion_verifies(const struct span *word, size_t words)
{
    struct hash root = hash_of(word[3]), leaf = hash_of(word[4]), path[PROOF_MAX], got;
    size_t n = hashes_of(path, word + 5, words - 5);
    return tree_root_of_inclusion(&got, number_of(word[1]), number_of(word[2]), &leaf, path, n) ==
               0 &&
           hash_eq(&got, &root);
}

static void good_inclusion(const struct span *word, size_t words)
{
    if (!inclusion_verifies(word, words))
        fail_msg("%.*s refused", (int)word[0].n, (const char *)word[0].p);
}

static void bad_inclusion(const struct span *word, size_t words)
{
    if (inclusion_verifies(word, words))
        fail_msg("%.*s verified", (int)word[0].n, (const char *)word[0].p);
}

static bool consistency_verifies(const struct span *word, size_t words)
{
    struct hash old_root = hash_of(word[3]), new_root = hash_of(word[4]), proof[PROOF_MAX];
    size_t n = hashes_of(proof, word + 5, words - 5);
    return tree_consistent(number_of(word[1]), &old_root, number_of(word[2]), &new_root, proof, n);
}

static void good_consistency(const struct span *word, size_t words)
{
    if (!consistency_verifies(word, words))
        fail_msg("%.*s refused", (int)word[0].n, (const char *)word[0].p);
}

static void bad_consistency(const struct span *word, size_t words)
{
    if (consistency_verifies(word, words))
        fail_msg("%.*s verified", (int)word[0].n, (const char *)word[0].p);
}

static void inclusion_vectors(void **state)
{
    (void)state;
    vector_lines("tree/good/inclusion.txt", good_inclusion);
    vector_lines("tree/bad/inclusion.txt", bad_inclusion);
}

static void consistency_vectors(void **state)
{
    (void)state;
    vector_lines("tree/good/consistency.txt", good_consistency);
    vector_lines("tree/bad/consistency.txt", bad_consistency);
}

/* ---- every proof of small trees ------------------------------------------------------------ */

#define SMALL 70

static struct leaves leaves;
static struct hash roots[SMALL + 2];

static int make_small(void **state)
{
    (void)state;
    leaves_make(&leaves, SMALL + 1);
    for (size_t n = 0; n <= SMALL + 1; n++)
        plain_root(&roots[n], leaves.level[0], n);
    return 0;
}

static int free_small(void **state)
{
    (void)state;
    leaves_free(&leaves);
    return 0;
}

static void frontiers_have_the_plain_root(void **state)
{
    struct frontier f = { 0 };
    struct hash root, done[64];
    (void)state;
    for (size_t n = 1; n <= SMALL; n++) {
        unsigned heights = frontier_append(&f, &leaves.level[0][n - 1], done);
        frontier_root(&f, &root);
        assert_true(hash_eq(&root, &roots[n]));
        assert_int_equal(f.size, n);
        for (unsigned h = 1; h <= heights; h++) { /* the perfect subtrees that end here */
            plain_root(&root, &leaves.level[0][n - (1u << h)], 1u << h);
            assert_true(hash_eq(&done[h - 1], &root));
        }
        assert_true((n & ((1u << heights) - 1)) == 0 && (n >> heights & 1));
    }
}

static bool includes(size_t index, size_t size, const struct hash *leaf, const struct hash *path,
                     size_t n)
{
    struct hash root;
    return tree_root_of_inclusion(&root, index, size, leaf, path, n) == 0 &&
           hash_eq(&root, &roots[size]);
}

/* One proof, and all that is nearly it. */
static void inclusion_of(size_t index, size_t size)
{
    struct tile_source source = leaves_source(&leaves, size);
    struct hash path[PROOF_MAX + 1], plain[PROOF_MAX];
    struct hash leaf = leaves.level[0][index];
    int n = proof_inclusion(path, &source, index);
    assert_int_equal(n, plain_path(plain, index, leaves.level[0], size));
    assert_memory_equal(path, plain, (size_t)n * sizeof *path);
    assert_true(includes(index, size, &leaf, path, (size_t)n));
    leaf.b[0] ^= 1;
    assert_false(includes(index, size, &leaf, path, (size_t)n));
    leaf.b[0] ^= 1;
    for (int i = 0; i < n; i++) {
        path[i].b[31] ^= 1;
        assert_false(includes(index, size, &leaf, path, (size_t)n));
        path[i].b[31] ^= 1;
    }
    path[n] = roots[1];
    assert_false(includes(index, size, &leaf, path, (size_t)n + 1));
    assert_true(n == 0 || !includes(index, size, &leaf, path, (size_t)n - 1));
    for (size_t other = 0; other <= SMALL + 1; other++) {
        assert_true(other == index || !includes(other, size, &leaf, path, (size_t)n));
        assert_true(other == size || !includes(index, other, &leaf, path, (size_t)n));
    }
}

static void every_inclusion_proof_verifies_and_nothing_like_it(void **state)
{
    (void)state;
    for (size_t size = 1; size <= SMALL; size++)
        for (size_t index = 0; index < size; index++)
            inclusion_of(index, size);
}

static bool consistent(size_t old_size, size_t new_size, const struct hash *proof, size_t n)
{
    return tree_consistent(old_size, &roots[old_size], new_size, &roots[new_size], proof, n);
}

static void consistency_of(size_t old_size, size_t new_size)
{
    struct tile_source source = leaves_source(&leaves, new_size);
    struct hash proof[PROOF_MAX + 1], none = { { 0 } };
    int n = proof_consistency(proof, &source, old_size, false);
    assert_in_range(n, 0, PROOF_MAX);
    assert_true(consistent(old_size, new_size, proof, (size_t)n));
    for (int i = 0; i < n; i++) {
        proof[i].b[7] ^= 0x80;
        assert_false(consistent(old_size, new_size, proof, (size_t)n));
        proof[i].b[7] ^= 0x80;
    }
    proof[n] = roots[1];
    assert_false(consistent(old_size, new_size, proof, (size_t)n + 1));
    assert_true(n == 0 || !consistent(old_size, new_size, proof, (size_t)n - 1));
    assert_false(tree_consistent(old_size, &none, new_size, &roots[new_size], proof, (size_t)n));
    assert_false(tree_consistent(old_size, &roots[old_size], new_size, &none, proof, (size_t)n));
    for (size_t other = 0; old_size != new_size && other <= SMALL + 1; other++) {
        assert_true(other == old_size || !consistent(other, new_size, proof, (size_t)n));
        assert_true(other == new_size || !consistent(old_size, other, proof, (size_t)n));
    }
}

static void every_consistency_proof_verifies_and_nothing_like_it(void **state)
{
    (void)state;
    for (size_t size = 1; size <= SMALL; size++)
        for (size_t old_size = 1; old_size <= size; old_size++)
            consistency_of(old_size, size);
}

/* A seeded proof rebuilds both roots without knowing either: what evidence rests on. */
static void seeded_proofs_rebuild_both_roots(void **state)
{
    (void)state;
    for (size_t size = 1; size <= SMALL; size++) {
        struct tile_source source = leaves_source(&leaves, size);
        for (size_t old_size = 1; old_size <= size; old_size++) {
            struct hash proof[PROOF_MAX], old_root, new_root;
            int n = proof_consistency(proof, &source, old_size, true);
            bool seed = old_size == size || (old_size & (old_size - 1)) == 0;
            assert_in_range(n, 1, PROOF_MAX);
            assert_int_equal(tree_roots_of_consistency(&old_root, &new_root, old_size, size,
                                                       &proof[0], proof + seed, (size_t)n - seed),
                             0);
            assert_true(hash_eq(&old_root, &roots[old_size]));
            assert_true(hash_eq(&new_root, &roots[size]));
        }
    }
}

static void proofs_that_cannot_be_are_refused(void **state)
{
    struct tile_source source = leaves_source(&leaves, 10);
    struct hash proof[PROOF_MAX], root;
    (void)state;
    assert_int_equal(proof_inclusion(proof, &source, 10), -1);
    assert_int_equal(proof_consistency(proof, &source, 0, false), -1);
    assert_int_equal(proof_consistency(proof, &source, 11, false), -1);
    assert_int_equal(tree_root_of_inclusion(&root, 0, 0, &roots[1], proof, 0), -1);
    assert_false(tree_consistent(0, &roots[0], 10, &roots[10], proof, 0));
    assert_false(tree_consistent(10, &roots[10], 9, &roots[9], proof, 0));
    struct hash old_root;
    for (uint64_t old_size = 0; old_size <= 20; old_size++)
        for (uint64_t size = 0; size < old_size; size++)
            for (size_t n = 0; n <= 8; n++)
                assert_int_equal(tree_roots_of_consistency(&old_root, &root, old_size, size,
                                                           &roots[1], proof, n),
                                 -1);
    for (size_t n = 0; n <= 8; n++) {
        assert_int_equal(tree_roots_of_consistency(&old_root, &root, 0, 9, &roots[1], proof, n),
                         -1);
        /* Longer than any proof. */
        assert_int_equal(tree_roots_of_consistency(&old_root, &root, 8, 16, &roots[1], proof, n),
                         n == 1 ? 0 : -1);
        assert_int_equal(tree_root_of_inclusion(&root, 2, 8, &roots[1], proof, n), n == 3 ? 0 : -1);
    }
    struct span none = fenced(span_of(NULL, 0));
    assert_int_equal(tree_roots_of_consistency(&old_root, &root, 7, 9, &roots[1],
                                               (const struct hash *)(const void *)none.p, 0),
                     -1);
    leaves.missing = true;
    assert_int_equal(proof_inclusion(proof, &source, 3), -1);
    assert_int_equal(proof_consistency(proof, &source, 3, false), -1);
    assert_int_equal(proof_consistency(proof, &source, 8, true), -1);
    leaves.missing = false;
}

/* A leaf is no node: hashes of the two are tagged. */
static void leaves_and_nodes_are_told_apart(void **state)
{
    struct hash node, leaf, both[2] = { roots[1], roots[2] };
    (void)state;
    hash_node(&node, &both[0], &both[1]);
    hash_leaf(&leaf, span_of(both, sizeof both));
    assert_false(hash_eq(&node, &leaf));
    hash_node(&both[0], &both[0], &both[1]); /* out may be an argument */
    assert_true(hash_eq(&both[0], &node));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_eight_leaves_have_their_roots),
        cmocka_unit_test(inclusion_vectors),
        cmocka_unit_test(consistency_vectors),
        cmocka_unit_test(frontiers_have_the_plain_root),
        cmocka_unit_test(every_inclusion_proof_verifies_and_nothing_like_it),
        cmocka_unit_test(every_consistency_proof_verifies_and_nothing_like_it),
        cmocka_unit_test(seeded_proofs_rebuild_both_roots),
        cmocka_unit_test(proofs_that_cannot_be_are_refused),
        cmocka_unit_test(leaves_and_nodes_are_told_apart),
    };
    return cmocka_run_group_tests_name("tree", tests, make_small, free_small);
}
