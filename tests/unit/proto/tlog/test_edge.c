#include "tests/unit/fixture.h"

#include <stdlib.h>

#define LARGE 65793

static struct leaves leaves;

static int make_large(void **state)
{
    (void)state;
    leaves_make(&leaves, LARGE - 2);
    return 0;
}

static int free_large(void **state)
{
    (void)state;
    leaves_free(&leaves);
    return 0;
}

static struct edge *new_edge(void)
{
    struct edge *e = calloc(1, sizeof *e);
    assert_non_null(e);
    return e;
}

/* What has been heard of full tiles, held against the plain tree. */
struct heard {
    uint64_t next[2]; /* the tile that must come next at levels 0 and 1 */
    int stop_at;      /* the level at which to ask for a stop, or -1 */
};

static int hear(void *ctx, const struct tile *t, const struct hash *hashes)
{
    struct heard *h = ctx;
    assert_in_range(t->level, 0, 1);
    assert_int_equal(t->n, h->next[t->level]);
    assert_int_equal(t->width, TILE_WIDTH);
    assert_memory_equal(hashes, &leaves.level[t->level][t->n * TILE_WIDTH],
                        TILE_WIDTH * sizeof *hashes);
    assert_true(t->level == 0 || h->next[0] == (t->n + 1) * TILE_WIDTH); /* lowest level first */
    h->next[t->level]++;
    return t->level == h->stop_at ? 7 : 0;
}

static bool interesting(size_t n)
{
    return n <= 3 || (n >= 254 && n <= 258) || n == 512 || (n >= 65534 && n <= 65538) ||
           n == LARGE - 2;
}

static void check_edge(const struct edge *e, size_t n)
{
    struct hash root, want;
    plain_root(&want, leaves.level[0], n);
    edge_root(e, &root);
    assert_true(hash_eq(&root, &want));
    assert_int_equal(e->frontier.size, n);
    for (int level = 0; level < 3; level++) {
        size_t width = n >> (8 * level);
        assert_int_equal(edge_width(e, level), width % TILE_WIDTH);
        assert_memory_equal(e->tile[level], &leaves.level[level][width / TILE_WIDTH * TILE_WIDTH],
                            edge_width(e, level) * sizeof(struct hash));
    }
    struct edge *again = new_edge();
    memcpy(again->tile, e->tile, sizeof e->tile);
    edge_from_tiles(again, n);
    edge_root(again, &root);
    assert_true(hash_eq(&root, &want));
    free(again);
}

static void an_edge_grows_like_the_plain_tree(void **state)
{
    struct edge *e = new_edge();
    struct heard heard = { .stop_at = -1 };
    struct hash root, empty;
    (void)state;
    edge_root(e, &root);
    hash_bytes(&empty, span_of(NULL, 0));
    assert_true(hash_eq(&root, &empty));
    for (size_t n = 1; n <= LARGE - 2; n++) {
        assert_int_equal(edge_append(e, &leaves.level[0][n - 1], hear, &heard), 0);
        assert_int_equal(heard.next[0], n / 256);
        assert_int_equal(heard.next[1], n / 65536);
        if (interesting(n))
            check_edge(e, n);
    }
    free(e);
}

static void a_rebuilt_edge_grows_on(void **state)
{
    static const size_t from[] = { 1, 100, 255, 256, 257, 65535, 65536, 65537 };
    (void)state;
    for (size_t i = 0; i < COUNT(from); i++) {
        struct edge *e = new_edge(), *again = new_edge();
        for (size_t n = 0; n < from[i]; n++)
            edge_append(e, &leaves.level[0][n], NULL, NULL);
        for (int level = 0; level < TILE_LEVELS; level++) /* only what a state file keeps */
            memcpy(again->tile[level], e->tile[level], edge_width(e, level) * sizeof(struct hash));
        edge_from_tiles(again, from[i]);
        for (size_t n = from[i]; n < from[i] + 200; n++)
            edge_append(again, &leaves.level[0][n], NULL, NULL);
        check_edge(again, from[i] + 200);
        free(e);
        free(again);
    }
}

static void a_listener_can_stop_it(void **state)
{
    struct edge *e = new_edge();
    struct heard heard = { .stop_at = 0 };
    (void)state;
    for (size_t n = 1; n < 256; n++)
        assert_int_equal(edge_append(e, &leaves.level[0][n - 1], hear, &heard), 0);
    assert_int_equal(edge_append(e, &leaves.level[0][255], hear, &heard), 7);
    free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edge_grows_like_the_plain_tree),
        cmocka_unit_test(a_rebuilt_edge_grows_on),
        cmocka_unit_test(a_listener_can_stop_it),
    };
    return cmocka_run_group_tests_name("edge", tests, make_large, free_large);
}
