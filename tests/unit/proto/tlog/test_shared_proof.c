#include "tests/unit/fixture.h"

#include "proto/tlog/shared_proof.h"

#define LEAVES_MAX 40

static struct hash leaves[LEAVES_MAX];

static int plain_subtree(void *ctx, uint64_t from, uint64_t to, struct hash *out)
{
    assert_true(from < to && to <= *(uint64_t *)ctx);
    plain_root(out, leaves + from, (size_t)(to - from));
    return 0;
}

struct list {
    struct hash hash[64];
    size_t n;
};

static int put_in_list(void *list, const struct hash *hash)
{
    struct list *l = list;
    assert_true(l->n < COUNT(l->hash));
    l->hash[l->n++] = *hash;
    return 0;
}

/* Leaves by the bits of a number. */
static size_t chosen(struct placed_leaf *placed, uint64_t *index, uint64_t bits)
{
    size_t n = 0;
    for (uint64_t i = 0; i < LEAVES_MAX; i++)
        if (bits >> i & 1) {
            placed[n] = (struct placed_leaf){ .index = i, .leaf = leaves[i] };
            index[n++] = i;
        }
    return n;
}

static struct list made_of(const uint64_t *index, size_t n, uint64_t size)
{
    struct list l = { .n = 0 };
    assert_int_equal(shared_proof_make(size, index, n, plain_subtree, &size, put_in_list, &l), 0);
    return l;
}

static bool leads_to_root(const struct placed_leaf *placed, size_t n, uint64_t size,
                          const struct list *l)
{
    struct hash root, want;
    plain_root(&want, leaves, (size_t)size);
    return shared_proof_root(&root, size, placed, n, l->hash, l->n) == 0 && hash_eq(&root, &want);
}

static int start(void **state)
{
    (void)state;
    many_leaves(leaves, LEAVES_MAX);
    return 0;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void every_choice_of_leaves_of_small_trees_is_proven(void **state)
{
    struct placed_leaf placed[LEAVES_MAX];
    uint64_t index[LEAVES_MAX];
    (void)state;
    for (uint64_t size = 1; size <= 10; size++)
        for (uint64_t bits = 1; bits < UINT64_C(1) << size; bits++) {
            size_t n = chosen(placed, index, bits);
            struct list l = made_of(index, n, size);
            assert_true(leads_to_root(placed, n, size, &l));
        }
}

/* The order in FORMATS: the tree is walked from its root, the left half first. */
static void the_order_is_that_of_a_walk_from_the_root(void **state)
{
    const uint64_t index[] = { 1, 4 };
    struct hash want[4];
    (void)state;
    struct list l = made_of(index, 2, 7);
    want[0] = leaves[0];
    plain_root(&want[1], leaves + 2, 2);
    want[2] = leaves[5];
    want[3] = leaves[6];
    assert_int_equal(l.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(hash_eq(&l.hash[i], &want[i]));
}

/* Of one leaf it has the hashes of an inclusion path, in another order. */
static void of_one_leaf_it_is_as_long_as_its_path(void **state)
{
    struct hash path[PROOF_MAX];
    (void)state;
    for (uint64_t i = 0; i < LEAVES_MAX; i++)
        assert_int_equal(made_of(&i, 1, LEAVES_MAX).n,
                         plain_path(path, (size_t)i, leaves, LEAVES_MAX));
}

static void of_all_leaves_it_is_empty(void **state)
{
    struct placed_leaf placed[LEAVES_MAX];
    uint64_t index[LEAVES_MAX];
    (void)state;
    size_t n = chosen(placed, index, (UINT64_C(1) << LEAVES_MAX) - 1);
    struct list l = made_of(index, n, LEAVES_MAX);
    assert_int_equal(l.n, 0);
    assert_true(leads_to_root(placed, n, LEAVES_MAX, &l));
}

static void every_hash_and_leaf_counts(void **state)
{
    struct placed_leaf placed[LEAVES_MAX];
    uint64_t index[LEAVES_MAX];
    (void)state;
    size_t n = chosen(placed, index, UINT64_C(0x8100400023));
    struct list good = made_of(index, n, LEAVES_MAX);
    assert_true(leads_to_root(placed, n, LEAVES_MAX, &good));
    for (size_t i = 0; i < good.n; i++) {
        struct list l = good;
        l.hash[i].b[31] ^= 1;
        assert_false(leads_to_root(placed, n, LEAVES_MAX, &l));
    }
    for (size_t i = 0; i < n; i++) {
        placed[i].leaf.b[0] ^= 1;
        assert_false(leads_to_root(placed, n, LEAVES_MAX, &good));
        placed[i].leaf.b[0] ^= 1;
    }
}

static void a_list_of_another_length_is_none(void **state)
{
    struct placed_leaf placed[LEAVES_MAX];
    uint64_t index[LEAVES_MAX];
    struct hash root;
    (void)state;
    size_t n = chosen(placed, index, 0x11);
    struct list l = made_of(index, n, 11);
    assert_true(leads_to_root(placed, n, 11, &l));
    l.n++;
    assert_int_equal(shared_proof_root(&root, 11, placed, n, l.hash, l.n), -1);
    l.n -= 2;
    for (; l.n > 0; l.n--) {
        struct span end = fenced(span_of(l.hash, l.n * sizeof *l.hash));
        assert_int_equal(
            shared_proof_root(&root, 11, placed, n, (const struct hash *)(const void *)end.p, l.n),
            -1);
    }
}

static void leaves_ascend_and_are_in_the_tree(void **state)
{
    const struct placed_leaf swapped[] = { { 1, leaves[1] }, { 0, leaves[0] } },
                             twice[] = { { 0, leaves[0] }, { 0, leaves[0] } },
                             beyond[] = { { 0, leaves[0] }, { 2, leaves[1] } };
    const uint64_t indexes[][2] = { { 1, 0 }, { 0, 0 }, { 0, 2 } };
    uint64_t size = 2;
    struct list l = { .n = 0 };
    struct hash root;
    (void)state;
    assert_int_equal(shared_proof_root(&root, 2, swapped, 2, NULL, 0), -1);
    assert_int_equal(shared_proof_root(&root, 1, twice, 2, NULL, 0), -1);
    assert_int_equal(shared_proof_root(&root, 2, beyond, 2, NULL, 0), -1);
    for (size_t i = 0; i < COUNT(indexes); i++)
        assert_int_equal(shared_proof_make(2, indexes[i], 2, plain_subtree, &size, put_in_list, &l),
                         -1);
}

/* The right half is at hand, of the left one nothing. */
static void half_a_tree_has_no_root(void **state)
{
    const struct placed_leaf right = { 1, leaves[1] }, both[] = { { 0, leaves[0] }, right };
    struct hash root;
    (void)state;
    assert_int_equal(shared_proof_root(&root, 2, &right, 1, NULL, 0), -1);
    assert_int_equal(shared_proof_root(&root, 2, both, 1, NULL, 0), -1);
    assert_int_equal(shared_proof_root(&root, 2, both, 2, NULL, 0), 0);
}

/* With no leaf one hash, the root itself, would prove anything. */
static void no_leaf_proves_nothing(void **state)
{
    uint64_t size = 2;
    struct list l = { .n = 0 };
    struct hash root;
    (void)state;
    plain_root(&l.hash[0], leaves, 2);
    assert_int_equal(shared_proof_root(&root, 2, NULL, 0, l.hash, 1), -1);
    assert_int_equal(shared_proof_make(2, NULL, 0, plain_subtree, &size, put_in_list, &l), -1);
}

/* The largest tree that there can be. */
static void a_tree_of_2_to_63_leaves_is_walked(void **state)
{
    const struct placed_leaf last = { INT64_MAX - UINT64_C(1), leaves[0] };
    struct hash path[63], root, other;
    (void)state;
    many_leaves(path, COUNT(path));
    /* The last leaf of 2^63 - 1: all else stands to its left, 2^62, 2^61, ... 2 leaves. */
    assert_int_equal(shared_proof_root(&root, INT64_MAX, &last, 1, path, 62), 0);
    other = leaves[0];
    for (size_t i = 62; i-- > 0;)
        hash_node(&other, &path[i], &other);
    assert_true(hash_eq(&root, &other));
}

static int fails(void *ctx, uint64_t from, uint64_t to, struct hash *out)
{
    (void)ctx;
    (void)from;
    (void)to;
    memset(out, 0, sizeof *out);
    return -1;
}

static int stops(void *ctx, const struct hash *hash)
{
    (void)hash;
    return ++*(int *)ctx;
}

static void failures_go_up(void **state)
{
    const uint64_t index = 3;
    uint64_t size = 8;
    int calls = 6;
    struct list l = { .n = 0 };
    (void)state;
    assert_int_equal(shared_proof_make(8, &index, 1, fails, NULL, put_in_list, &l), -1);
    assert_int_equal(l.n, 0);
    assert_int_equal(shared_proof_make(8, &index, 1, plain_subtree, &size, stops, &calls), 7);
    assert_int_equal(calls, 7);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_choice_of_leaves_of_small_trees_is_proven),
        TEST(the_order_is_that_of_a_walk_from_the_root),
        TEST(of_one_leaf_it_is_as_long_as_its_path),
        TEST(of_all_leaves_it_is_empty),
        TEST(every_hash_and_leaf_counts),
        TEST(a_list_of_another_length_is_none),
        TEST(leaves_ascend_and_are_in_the_tree),
        TEST(half_a_tree_has_no_root),
        TEST(no_leaf_proves_nothing),
        TEST(a_tree_of_2_to_63_leaves_is_walked),
        TEST(failures_go_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
