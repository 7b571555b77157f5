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
        if (tile_path_parse(&t, span_str(bad[i])) == 0)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_those_of_tlog_tiles),
        cmocka_unit_test(other_paths_are_refused),
        cmocka_unit_test(widths_follow_from_the_size),
        cmocka_unit_test(bundles_divide_exactly_or_not),
        cmocka_unit_test(tile_roots_are_plain_roots),
        cmocka_unit_test(inclusion_proofs_around_tile_edges_verify),
        cmocka_unit_test(consistency_proofs_around_tile_edges_verify),
    };
    return cmocka_run_group_tests_name("tile", tests, make_large, free_large);
}
