/* snapshot.h: the right edge of one tree, copied from an edge that grows. */
#include "daemon/state/snapshot.h"

#include <stdlib.h>

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

/* The lowest level has the last leaves of the log; the note is its checkpoint. */
static void expect_edge(const struct snapshot *s, const struct log *l, size_t size)
{
    size_t last = size / TILE_WIDTH * TILE_WIDTH;
    struct buf note = { 0 };
    assert_int_equal(s->size, size);
    assert_int_equal(s->edge[0].width, size - last);
    for (size_t i = last; i < size; i++)
        assert_true(hash_eq(tile_node(&s->edge[0], 0, (unsigned)(i - last)), &l->leaf[i]));
    log_checkpoint(&note, l, size);
    assert_true(span_eq(buf_span(&note), span_of((const uint8_t *)s->note, s->note_length)));
    buf_free(&note);
}

static void has_the_edge_of_its_tree(void **state)
{
    static const struct {
        size_t size;
        int levels;
    } tree[] = { { 9, 1 }, { 255, 1 }, { 256, 2 }, { 257, 2 }, { 600, 2 } };
    (void)state;
    for (size_t i = 0; i < COUNT(tree); i++) {
        struct world *w = world_new(tree[i].size);
        struct growing_edge *edge = calloc(1, sizeof *edge);
        struct snapshot *s = snapshot_new(edge, &w->tip);
        assert_non_null(s);
        assert_int_equal(s->levels, tree[i].levels);
        expect_edge(s, &w->log, tree[i].size);
        if (tree[i].levels == 2)
            assert_int_equal(s->edge[1].width, tree[i].size / TILE_WIDTH);
        snapshot_release(s);
        free(edge);
        world_free(w);
    }
}

/* The older one stays what it was when the edge grows, also past the end of a tile. */
static void is_constant_while_the_edge_grows(void **state)
{
    struct world *small = world_new(250), *large = world_new(300);
    struct growing_edge *edge = calloc(1, sizeof *edge);
    struct snapshot *before = snapshot_new(edge, &small->tip);
    struct snapshot *after = snapshot_new(edge, &large->tip);
    (void)state;
    expect_edge(before, &small->log, 250);
    expect_edge(after, &large->log, 300);
    snapshot_release(before);
    snapshot_release(after);
    free(edge);
    world_free(small);
    world_free(large);
}

static void lives_as_long_as_somebody_uses_it(void **state)
{
    struct world *w = world_new(0);
    struct growing_edge *edge = calloc(1, sizeof *edge);
    struct snapshot *s = snapshot_new(edge, &w->tip);
    (void)state;
    assert_ptr_equal(snapshot_keep(s), s);
    assert_int_equal(atomic_load(&s->users), 2);
    snapshot_release(s);
    assert_int_equal(atomic_load(&s->users), 1);
    expect_edge(s, &w->log, w->log.n);
    snapshot_release(s);
    assert_null(snapshot_keep(NULL));
    snapshot_release(NULL);
    free(edge);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_edge_of_its_tree),
        cmocka_unit_test(is_constant_while_the_edge_grows),
        cmocka_unit_test(lives_as_long_as_somebody_uses_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
