/* Replays of logs whose files are cut, too long, missing, or contradict each other. */
#include "tests/unit/proto/verify/replay_logs.h"

#include <stdlib.h>

static void every_shorter_or_longer_file_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < files40.n; i++) {
        struct file *file = &files40.file[i];
        size_t whole = file->bytes.n;
        buf_add_u8(&file->bytes, 0); /* the room for one more */
        for (size_t n = 0; n <= whole + 1; n += n + every() < whole ? every() : 1) {
            file->bytes.n = n;
            struct run *r = run_replay(&forty, &files40, 40, &root40, true);
            if (n == whole)
                expect_none(&r->found);
            else if (!found_bad(&r->found))
                fail_msg("%s of %zu bytes", path_of(file), n);
            run_free(r);
        }
        file->bytes.n = whole;
    }
}

static void a_missing_file_is_undecided_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < files300.n; i++) {
        files300.file[i].gone = true;
        struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
        assert_int_equal(r->end, REPLAY_INCOMPLETE);
        expect_only(&r->found, REASON_MISSING, VERDICT_UNDECIDED, NO_ENTRY);
        assert_string_equal(r->found.f[0].why.subject, path_of(&files300.file[i]));
        run_free(r);
        files300.file[i].gone = false;
    }
}

/* Without a bundle the tile still says what the leaves are, so that what follows can be judged. */
static void entries_behind_a_missing_bundle_are_judged(void **state)
{
    struct run *r;
    (void)state;
    files_find(&files300, TILE_ENTRIES, 0)->gone = true;
    files_find(&files300, TILE_ENTRIES, 1)->bytes.p[100] ^= 1;
    r = run_replay(&three_hundred, &files300, 300, &root300, true);
    assert_true(found_at(&r->found, REASON_LEAF, 256));
    assert_int_equal(found_count(&r->found, REASON_MISSING), 1);
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    run_free(r);
    files_find(&files300, TILE_ENTRIES, 0)->gone = false;
    files_find(&files300, TILE_ENTRIES, 1)->bytes.p[100] ^= 1;
}

/* What a bundle that is cut off proves is said once, and nothing is made up for the rest. */
static void a_bundle_cut_off_without_its_tile_is_found_once(void **state)
{
    struct file *bundle = files_find(&files40, TILE_ENTRIES, 0), *tile = files_find(&files40, 0, 0);
    size_t whole = bundle->bytes.n;
    (void)state;
    tile->gone = true;
    bundle->bytes.n = 20 + forty.entry[0].n + forty.entry[1].n;
    struct run *r = run_replay(&forty, &files40, 40, &root40, true);
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_MISSING, NO_ENTRY));
    assert_true(found_at(&r->found, REASON_BUNDLE, 2));
    run_free(r);
    tile->gone = false;
    bundle->bytes.n = whole;
}

/* A tile is not accused for what a cut bundle and a missing tile above leave open. */
static void a_cut_bundle_and_a_missing_tile_above_accuse_no_other_tile(void **state)
{
    struct file *bundle = files_find(&files300, TILE_ENTRIES, 0),
                *above = files_find(&files300, 1, 0);
    size_t whole = bundle->bytes.n;
    (void)state;
    above->gone = true;
    bundle->bytes.n = whole - 10;
    struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_BUNDLE, 255));
    assert_true(found_at(&r->found, REASON_MISSING, NO_ENTRY));
    run_free(r);
    above->gone = false;
    bundle->bytes.n = whole;
}

/* Neither leads to the root: nobody can say which of them was altered. */
static void a_bundle_and_its_tile_may_both_be_wrong(void **state)
{
    struct file *bundle = files_find(&files40, TILE_ENTRIES, 0), *tile = files_find(&files40, 0, 0);
    (void)state;
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
    tile->bytes.p[5] ^= 1;
    struct run *r = run_replay(&forty, &files40, 40, &root40, true);
    assert_int_equal(r->end, REPLAY_CONTRADICTS);
    assert_true(found_at(&r->found, REASON_ROOT, NO_ENTRY));
    run_free(r);
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
    tile->bytes.p[5] ^= 1;
}

/* The tile above would decide between them, and is not there. */
static void where_the_tile_above_is_missing_nothing_is_proven(void **state)
{
    struct file *bundle = files_find(&files300, TILE_ENTRIES, 0),
                *above = files_find(&files300, 1, 0);
    (void)state;
    above->gone = true;
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
    struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
    assert_int_not_equal(r->end, REPLAY_PROVEN);
    assert_true(found_at(&r->found, REASON_MISSING, NO_ENTRY));
    /* The tile is no more believed than the bundle: no entry is called altered. */
    assert_true(found_at(&r->found, REASON_TILE, NO_ENTRY));
    assert_int_equal(found_count(&r->found, REASON_LEAF), 0);
    run_free(r);
    above->gone = false;
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
}

static enum fetch fail_tile(void *ctx, const struct tile *t, size_t max, struct buf *out,
                            struct refusal *why)
{
    struct files *f = ctx;
    struct source files = files_source(f);
    if (files_find(f, t->level, t->n)->gone) {
        refuse(why, REASON_UNREADABLE, "the network");
        return FETCH_FAILED;
    }
    return files.tile(files.ctx, t, max, out, why);
}

static void what_could_not_be_fetched_is_undecided(void **state)
{
    (void)state;
    for (size_t i = 0; i < files300.n; i++) {
        struct found found = { .n = 0 };
        struct edge *edge = calloc(1, sizeof *edge);
        struct source source = { .tile = fail_tile, .ctx = &files300 };
        struct judge_setup judge = { .log = three_hundred.who[THE_LOG].key.vkey,
                                     .structure = true,
                                     .found = found_add,
                                     .found_ctx = &found };
        struct replay_setup setup = { .source = &source,
                                      .size = 300,
                                      .root = root300,
                                      .judge = judge_new(&judge),
                                      .found = found_add,
                                      .found_ctx = &found };
        assert_true(edge != NULL && setup.judge != NULL);
        files300.file[i].gone = true;
        assert_int_equal(replay_run(&setup, edge), REPLAY_INCOMPLETE);
        expect_only(&found, REASON_UNREADABLE, VERDICT_UNDECIDED, NO_ENTRY);
        assert_string_equal(found.f[0].why.subject, "the network");
        files300.file[i].gone = false;
        judge_free(setup.judge);
        free(edge);
    }
}

/* A bundle that breaks off, or of which nothing could be kept: none of it counts. */
static enum fetch fetch_half(void *ctx, const struct tile *t, size_t max, struct buf *out,
                             struct refusal *why)
{
    const enum fetch *got = ctx;
    struct source files = files_source(&files40);
    assert_int_equal(files.tile(files.ctx, t, max, out, why), FETCH_OK);
    if (t->level != TILE_ENTRIES)
        return FETCH_OK;
    out->n /= 2;
    out->failed = *got == FETCH_OK;
    refuse(why, REASON_UNREADABLE, "the network");
    return *got;
}

static void half_a_bundle_is_none(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        enum fetch got = how == 0 ? FETCH_FAILED : FETCH_OK;
        struct found found = { .n = 0 };
        struct edge *edge = calloc(1, sizeof *edge);
        struct source source = { .tile = fetch_half, .ctx = &got };
        struct judge_setup judge = { .log = forty.who[THE_LOG].key.vkey,
                                     .found = found_add,
                                     .found_ctx = &found };
        struct replay_setup setup = { .source = &source,
                                      .size = 40,
                                      .root = root40,
                                      .judge = judge_new(&judge),
                                      .found = found_add,
                                      .found_ctx = &found };
        assert_true(edge != NULL && setup.judge != NULL);
        assert_int_equal(replay_run(&setup, edge), REPLAY_INCOMPLETE);
        expect_only(&found, REASON_UNREADABLE, VERDICT_UNDECIDED, NO_ENTRY);
        assert_string_equal(found.f[0].why.subject,
                            how == 0 ? "the network" : "tile/entries/000.p/40");
        assert_int_equal(judge_signatures(setup.judge), 0);
        judge_free(setup.judge);
        free(edge);
    }
}

/* Where the last bundle is a full one the root decides, whatever the tiles above say. */
static void two_tiles_that_agree_do_not_outvote_the_root(void **state)
{
    struct files f;
    struct hash root, *hashes;
    (void)state;
    files_make(&f, &three_hundred, 256);
    log_root(&three_hundred, 256, &root);
    files_find(&f, 0, 0)->bytes.p[5] ^= 1;
    hashes = (struct hash *)(void *)files_find(&f, 0, 0)->bytes.p;
    tile_root((struct hash *)(void *)files_find(&f, 1, 0)->bytes.p, hashes, 256);
    struct run *r = run_replay(&three_hundred, &f, 256, &root, true);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(r->found.n, 2);
    assert_int_equal(found_count(&r->found, REASON_TILE), 2);
    run_free(r);
    files_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shorter_or_longer_file_is_found),
        cmocka_unit_test(a_missing_file_is_undecided_and_named),
        cmocka_unit_test(entries_behind_a_missing_bundle_are_judged),
        cmocka_unit_test(a_bundle_cut_off_without_its_tile_is_found_once),
        cmocka_unit_test(a_cut_bundle_and_a_missing_tile_above_accuse_no_other_tile),
        cmocka_unit_test(what_could_not_be_fetched_is_undecided),
        cmocka_unit_test(half_a_bundle_is_none),
        cmocka_unit_test(two_tiles_that_agree_do_not_outvote_the_root),
        cmocka_unit_test(a_bundle_and_its_tile_may_both_be_wrong),
        cmocka_unit_test(where_the_tile_above_is_missing_nothing_is_proven),
    };
    return cmocka_run_group_tests_name("replay_files", tests, make_logs, free_logs);
}
