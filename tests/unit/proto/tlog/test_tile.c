#include "tests/unit/fixture.h"

static void paths_are_those_of_tlog_tiles(void **state)
{
    static const struct {
        struct tile tile;
        const char *path;
    } cases[] = {
        { { 0, 0, 256 }, "tile/0/000" },
        { { 0, 0, 1 }, "tile/0/000.p/1" },
        { { 1, 999, 255 }, "tile/1/999.p/255" },
        { { 0, 1000, 256 }, "tile/0/x001/000" },
        { { 3, 1234067, 256 }, "tile/3/x001/x234/067" },
        { { 63, 1234067, 8 }, "tile/63/x001/x234/067.p/8" },
        { { TILE_ENTRIES, 0, 256 }, "tile/entries/000" },
        { { TILE_ENTRIES, 1001000, 17 }, "tile/entries/x001/x001/000.p/17" },
        { { 0, INT64_MAX / 256, 256 }, "tile/0/x036/x028/x797/x018/x963/967" },
        { { 0, 18446744073709550616u, 256 }, "tile/0/x018/x446/x744/x073/x709/x550/616" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char path[TILE_PATH_MAX];
        struct tile t;
        tile_path(path, &cases[i].tile);
        assert_string_equal(path, cases[i].path);
        assert_int_equal(tile_path_parse(&t, span_str(path)), 0);
        assert_true(t.level == cases[i].tile.level && t.n == cases[i].tile.n &&
                    t.width == cases[i].tile.width);
    }
}

static void other_paths_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/x/000",
        "tile/Entries/000",
        "tile/0/x000/000",
        "tile/0/x000/x001/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/x001/x000",
        "tile/0/X001/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/-1",
        "tile/0/000.p/1/",
        "tile/0/000/",
        "tile/0/000 ",
        "tile/0/0a0",
        "tile/0/000.q/1",
        "tile/0/000p/1",
        "tile//000",
        "tiles/0/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/x000/000",
        "tile/entries/x000/000",
    };
    struct tile t;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (tile_path_parse(&t, fenced(span_str(bad[i]))) == 0)
            fail_msg("parsed '%s'", bad[i]);
}

static void widths_follow_from_the_size(void **state)
{
    static const struct {
        uint64_t size;
        int level;
        uint64_t n;
        unsigned width;
        uint64_t count;
    } cases[] = {
        { 0, 0, 0, 0, 0 },
        { 1, 0, 0, 1, 1 },
        { 255, 0, 0, 255, 1 },
        { 256, 0, 0, 256, 1 },
        { 256, 0, 1, 0, 1 },
        { 257, 0, 0, 256, 2 },
        { 257, 0, 1, 1, 2 },
        { 255, 1, 0, 0, 0 },
        { 256, 1, 0, 1, 1 },
        { 511, 1, 0, 1, 1 },
        { 65535, 1, 0, 255, 1 },
        { 65536, 1, 0, 256, 1 },
        { 65536, 2, 0, 1, 1 },
        { 65537, 2, 0, 1, 1 },
        { 65537, 1, 1, 0, 1 },
        { 65792, 1, 1, 1, 2 },
        { 65537, 0, 256, 1, 257 },
        { 300, TILE_ENTRIES, 1, 44, 2 },
        { 300, TILE_ENTRIES, 2, 0, 2 },
        { INT64_MAX, 7, 0, 127, 1 },
        { INT64_MAX, 8, 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(tile_width(cases[i].size, cases[i].level, cases[i].n), cases[i].width);
        assert_int_equal(tile_count(cases[i].size, cases[i].level), cases[i].count);
    }
}

static void bundles_divide_exactly_or_not(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        unsigned width, readable;
    } cases[] = {
        { "\0\1a\0\2bc", 7, 2, 2 },
        { "\0\0\0\0", 4, 2, 2 },
        { "\0\1a\0\2b", 6, 2, 1 }, /* cut off */
        { "\0\1a\0", 4, 2, 1 },
        { "\0\1a", 3, 2, 1 },
        { "", 0, 2, 0 },
        { "\0\1a\0\2bcd", 8, 2, 1 }, /* too long */
        { "\0\1a\0\2bc", 7, 1, 0 },
        { "\xff\xff", 2, 1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span entry[2];
        assert_int_equal(bundle_split(entry, cases[i].width, span_of(cases[i].bytes, cases[i].n)),
                         cases[i].readable);
        if (cases[i].readable > 0 && cases[i].bytes[1] != 0)
            assert_true(span_is(entry[0], "a"));
    }
}

/* ---- proofs of larger trees ---------------------------------------------------------------- */

#define LARGE 65792

static struct leaves leaves;
static const size_t sizes[] = { 1, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 65791 };

static int make_large(void **state)
{
    (void)state;
    leaves_make(&leaves, LARGE - 1);
    return 0;
}

static int free_large(void **state)
{
    (void)state;
    leaves_free(&leaves);
    return 0;
}

static void a_bundle_is_cut_behind_an_entry(void **state)
{
    struct span bundle = span_of("\0\2ab\0\0\0\3cde\0\1f", 14);
    (void)state;
    assert_int_equal(bundle_length(bundle, 0), 0);
    assert_int_equal(bundle_length(bundle, 1), 4);
    assert_int_equal(bundle_length(bundle, 2), 6);
    assert_int_equal(bundle_length(bundle, 3), 11);
    assert_int_equal(bundle_length(bundle, 4), 14);
    assert_int_equal(bundle_length(bundle, 5), 14); /* there are no five */
    assert_int_equal(bundle_length(span_of(bundle.p, 10), 3), 10);
    assert_int_equal(bundle_length(span_of(bundle.p, 10), 2), 6);
    assert_int_equal(bundle_length(span_of(bundle.p, 0), 1), 0);
}

/* Of a full tile, or bundle, its first hashes or entries. */
static void a_part_is_the_beginning_of_a_full_tile(void **state)
{
    static const uint8_t bytes[TILE_BYTES + 1];
    struct tile hashes = { .level = 1, .width = 3 }, entries = { TILE_ENTRIES, 0, 5 };
    struct buf full = { 0 };
    (void)state;
    assert_int_equal(tile_bytes_max(&hashes), 3 * HASH_BYTES);
    assert_int_equal(tile_bytes_max(&entries), 5 * (2 + ENTRY_MAX));
    assert_int_equal(tile_part_of_full(span_of(bytes, TILE_BYTES), &hashes), 3 * HASH_BYTES);
    assert_int_equal(tile_part_of_full(span_of(bytes, TILE_BYTES - 1), &hashes), 0);
    assert_int_equal(tile_part_of_full(span_of(bytes, TILE_BYTES + 1), &hashes), 0);
    for (int i = 0; i < TILE_WIDTH; i++)
        buf_add(&full, "\0\1a", 3);
    assert_int_equal(tile_part_of_full(buf_span(&full), &entries), 15);
    assert_int_equal(tile_part_of_full(span_of(full.p, full.n - 1), &entries), 0);
    assert_int_equal(tile_part_of_full(span_of(bytes, TILE_BYTES), &entries), 0);
    buf_free(&full);
}

static void tile_roots_are_plain_roots(void **state)
{
    struct hash root, want;
    (void)state;
    for (unsigned n = 1; n <= TILE_WIDTH; n++) {
        tile_root(&root, leaves.level[0], n);
        plain_root(&want, leaves.level[0], n);
        assert_true(hash_eq(&root, &want));
    }
}

static void inclusion_proofs_around_tile_edges_verify(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        struct tile_source source = leaves_source(&leaves, sizes[s]);
        size_t at[] = { 0, 1, 254, 255, 256, 257, 65535, 65536, sizes[s] / 2, sizes[s] - 1 };
        struct hash want, got, path[PROOF_MAX];
        plain_root(&want, leaves.level[0], sizes[s]);
        for (size_t i = 0; i < COUNT(at); i++) {
            if (at[i] >= sizes[s])
                continue;
            int n = proof_inclusion(path, &source, at[i]);
            assert_in_range(n, 0, PROOF_MAX);
            assert_int_equal(tree_root_of_inclusion(&got, at[i], sizes[s], &leaves.level[0][at[i]],
                                                    path, (size_t)n),
                             0);
            assert_true(hash_eq(&got, &want));
        }
    }
}

static void consistency_proofs_around_tile_edges_verify(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        struct tile_source source = leaves_source(&leaves, sizes[s]);
        struct hash old_root, new_root, proof[PROOF_MAX];
        plain_root(&new_root, leaves.level[0], sizes[s]);
        for (size_t o = 0; o <= s; o++) {
            plain_root(&old_root, leaves.level[0], sizes[o]);
            int n = proof_consistency(proof, &source, sizes[o], false);
            assert_in_range(n, 0, PROOF_MAX);
            assert_true(
                tree_consistent(sizes[o], &old_root, sizes[s], &new_root, proof, (size_t)n));
        }
    }
}

/* Tiles, of which one read fails: the one that `left` comes to. */
struct failing {
    struct tile_source below;
    size_t left;
};

static int failing_read(void *ctx, const struct tile *t, struct hash *out)
{
    struct failing *f = ctx;
    return f->left-- == 0 ? -1 : f->below.read(f->below.ctx, t, out);
}

static struct tile_source failing_source(struct failing *f, size_t at)
{
    f->left = at;
    return (struct tile_source){ .read = failing_read, .ctx = f, .size = f->below.size };
}

static void a_proof_needs_each_of_its_tiles(void **state)
{
    (void)state;
    for (size_t s = 3; s < COUNT(sizes); s++) {
        struct failing f = { .below = leaves_source(&leaves, sizes[s]) };
        struct hash proof[PROOF_MAX];
        const size_t at[] = { 0, 1, 255, sizes[s] / 2 + 1, sizes[s] - 2, sizes[s] - 1 };
        for (size_t a = 0; a < COUNT(at); a++) {
            struct tile_source whole = failing_source(&f, SIZE_MAX);
            assert_true(proof_inclusion(proof, &whole, at[a]) > 0);
            for (size_t reads = SIZE_MAX - f.left, i = 0; i < reads; i++) {
                struct tile_source source = failing_source(&f, i);
                assert_int_equal(proof_inclusion(proof, &source, at[a]), -1);
            }
            whole = failing_source(&f, SIZE_MAX);
            assert_true(proof_consistency(proof, &whole, at[a] + 1, true) > 0);
            for (size_t reads = SIZE_MAX - f.left, i = 0; i < reads; i++) {
                struct tile_source source = failing_source(&f, i);
                assert_int_equal(proof_consistency(proof, &source, at[a] + 1, true), -1);
            }
        }
    }
}

static void there_are_no_proofs_beyond_a_tree(void **state)
{
    struct hash proof[PROOF_MAX];
    struct tile_source source = leaves_source(&leaves, 1);
    (void)state;
    assert_int_equal(proof_inclusion(proof, &source, 0), 0);
    assert_int_equal(proof_inclusion(proof, &source, 1), -1);
    assert_int_equal(proof_inclusion(proof, &source, 2), -1);
    assert_int_equal(proof_consistency(proof, &source, 0, false), -1);
    assert_int_equal(proof_consistency(proof, &source, 1, false), 0);
    assert_int_equal(proof_consistency(proof, &source, 2, false), -1);
    assert_int_equal(tile_subtree(&source, 0, 1, proof), 0);
    assert_true(hash_eq(proof, &leaves.level[0][0]));
    assert_int_equal(tile_subtree(&source, 0, 2, proof), -1);
}

/* ---- nodes that are kept -------------------------------------------------------------------- */

/* The tiles of each level with their nodes; each is set anew, at the width that it has, when it
 * is asked for. */
struct kept {
    const struct leaves *leaves;
    size_t size;
    bool missing;
    struct tile_nodes level[3];
};

static const struct tile_nodes *kept_nodes(void *ctx, int level, uint64_t n)
{
    struct kept *k = ctx;
    if (k->missing)
        return NULL;
    assert_in_range(level, 0, 2);
    tile_nodes_set(&k->level[level], &k->leaves->level[level][n * TILE_WIDTH],
                   tile_width(k->size, level, n));
    return &k->level[level];
}

static int no_read(void *ctx, const struct tile *t, struct hash *out)
{
    (void)ctx;
    (void)t;
    (void)out;
    fail_msg("a tile was read");
    return -1;
}

static void expect_path(struct kept *k, const struct hash *remainder, size_t index)
{
    struct tile_source source = {
        .read = no_read, .nodes = kept_nodes, .ctx = k, .size = k->size, .remainder = remainder
    };
    struct hash path[PROOF_MAX], want[PROOF_MAX];
    size_t n = plain_path(want, index, k->leaves->level[0], k->size);
    assert_int_equal(proof_inclusion(path, &source, index), n);
    assert_memory_equal(path, want, n * sizeof *path);
}

static void kept_nodes_give_the_plain_paths_of_all_small_trees(void **state)
{
    static struct kept k;
    struct frontier f = { 0 };
    struct hash done[64], grown[64], read[64];
    (void)state;
    k = (struct kept){ .leaves = &leaves };
    for (k.size = 1; k.size <= 520; k.size++) {
        struct tile_source source = { .nodes = kept_nodes, .ctx = &k, .size = k.size };
        frontier_append(&f, &leaves.level[0][k.size - 1], done);
        tree_remainders(&f, grown);
        assert_int_equal(source_remainders(read, &source), 0);
        for (unsigned height = 0; height < 64; height++)
            if ((k.size & ((UINT64_C(1) << height) - 1)) != 0)
                assert_true(hash_eq(&grown[height], &read[height]));
        for (size_t index = k.size % every(); index < k.size; index += every())
            expect_path(&k, index % 2 == 0 ? grown : NULL, index);
    }
}

static void kept_nodes_give_the_plain_paths_of_large_trees(void **state)
{
    static struct kept k;
    struct hash remainder[64];
    uint32_t random = 1;
    (void)state;
    k = (struct kept){ .leaves = &leaves };
    for (int i = 0; i < 60;
         i++) { /* sizes up and down: what a tile holds is never taken for what it should */
        random = random * 1664525 + 1013904223;
        k.size = i < (int)COUNT(sizes) ? sizes[i] : 1 + (random >> 8) % (LARGE - 1);
        struct tile_source source = { .nodes = kept_nodes, .ctx = &k, .size = k.size };
        assert_int_equal(source_remainders(remainder, &source), 0);
        size_t at[] = { 0, 255, 256, 65535, 65536, k.size / 2, k.size / 3, k.size - 1 };
        for (size_t a = 0; a < COUNT(at); a++)
            if (at[a] < k.size)
                expect_path(&k, remainder, at[a]);
    }
}

/* A commit that failed: the tile goes on from fewer hashes, and with others. */
static void nodes_follow_hashes_that_change(void **state)
{
    static struct tile_nodes t, copy, fresh;
    struct hash hashes[TILE_WIDTH];
    (void)state;
    t.width = 0;
    memcpy(hashes, leaves.level[0], sizeof hashes);
    for (unsigned round = 0; round < 200; round++) {
        unsigned width = round * 97 % (TILE_WIDTH + 1), changed = round * 31 % TILE_WIDTH;
        if (round % 3 == 0)
            hashes[changed].b[round % HASH_BYTES] ^= 1;
        tile_nodes_set(&t, hashes, width);
        memset(&fresh, 0, sizeof fresh);
        tile_nodes_set(&fresh, hashes, width);
        memset(&copy, 0, sizeof copy);
        tile_nodes_copy(&copy, &t);
        assert_memory_equal(&copy, &fresh, sizeof copy);
        for (unsigned height = 0; height <= 8; height++)
            for (unsigned at = 0; at < width >> height; at++) {
                struct hash want;
                plain_root(&want, hashes + (at << height), (size_t)1 << height);
                assert_true(hash_eq(tile_node(&t, height, at), &want));
            }
    }
}

static void nodes_that_cannot_be_had_are_said(void **state)
{
    static struct kept k;
    struct hash path[PROOF_MAX], remainder[64];
    struct tile_source source = { .nodes = kept_nodes, .ctx = &k, .size = 300 };
    (void)state;
    k = (struct kept){ .leaves = &leaves, .size = 300, .missing = true };
    assert_int_equal(proof_inclusion(path, &source, 3), -1);
    assert_int_equal(source_remainders(remainder, &source), -1);
    k.missing = false;
    k.size = 298; /* fewer than the tree has */
    assert_int_equal(proof_inclusion(path, &source, 299), -1);
    k.size = 300;
    assert_int_equal(proof_inclusion(path, &source, 299),
                     plain_path(path, 299, leaves.level[0], 300));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_those_of_tlog_tiles),
        cmocka_unit_test(other_paths_are_refused),
        cmocka_unit_test(widths_follow_from_the_size),
        cmocka_unit_test(bundles_divide_exactly_or_not),
        cmocka_unit_test(a_bundle_is_cut_behind_an_entry),
        cmocka_unit_test(a_part_is_the_beginning_of_a_full_tile),
        cmocka_unit_test(tile_roots_are_plain_roots),
        cmocka_unit_test(inclusion_proofs_around_tile_edges_verify),
        cmocka_unit_test(consistency_proofs_around_tile_edges_verify),
        cmocka_unit_test(a_proof_needs_each_of_its_tiles),
        cmocka_unit_test(there_are_no_proofs_beyond_a_tree),
        cmocka_unit_test(kept_nodes_give_the_plain_paths_of_all_small_trees),
        cmocka_unit_test(kept_nodes_give_the_plain_paths_of_large_trees),
        cmocka_unit_test(nodes_follow_hashes_that_change),
        cmocka_unit_test(nodes_that_cannot_be_had_are_said),
    };
    return cmocka_run_group_tests_name("tile", tests, make_large, free_large);
}
