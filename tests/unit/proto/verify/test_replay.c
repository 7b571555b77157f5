/* Replays of honest logs, and of altered ones: each alteration is found, and nothing else is
 * accused. */
#include "tests/unit/proto/verify/replay_logs.h"

#include <stdlib.h>

static void honest_logs_are_proven(void **state)
{
    struct run *r = run_replay(&forty, &files40, 40, &root40, false);
    (void)state;
    expect_none(&r->found);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(judge_signatures(r->judge), 40);
    run_free(r);
    r = run_replay(&three_hundred, &files300, 300, &root300, false);
    expect_none(&r->found);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(judge_signatures(r->judge), 300);
    run_free(r);
}

static void honest_logs_of_every_small_size_are_proven(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 40; size++) {
        struct files f;
        struct hash root;
        files_make(&f, &forty, size);
        log_root(&forty, size, &root);
        struct run *r = run_replay(&forty, &f, size, &root, true);
        expect_none(&r->found);
        assert_int_equal(r->end, REPLAY_PROVEN);
        run_free(r);
        files_free(&f);
    }
}

static void listeners_hear_of_every_entry_and_bundle(void **state)
{
    struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
    (void)state;
    for (size_t i = 0; i < 300; i++)
        assert_true(hash_eq(&r->known[i].leaf, &three_hundred.leaf[i]));
    run_free(r);
}

static bool count_bundles(void *ctx, uint64_t done, uint64_t size)
{
    unsigned *bundles = ctx;
    assert_true(done <= size && size == 300);
    ++*bundles;
    return true;
}

static bool stop_at_once(void *ctx, uint64_t done, uint64_t size)
{
    unsigned *bundles = ctx;
    assert_true(done < size);
    ++*bundles;
    return false;
}

static void progress_is_told_after_each_bundle(void **state)
{
    struct found found = { .n = 0 };
    struct edge *edge = calloc(1, sizeof *edge);
    struct source source = files_source(&files300);
    struct judge_setup judge = { .log = three_hundred.who[THE_LOG].key.vkey,
                                 .structure = true,
                                 .found = found_add,
                                 .found_ctx = &found };
    unsigned bundles = 0;
    struct replay_setup setup = { .source = &source,
                                  .size = 300,
                                  .root = root300,
                                  .judge = judge_new(&judge),
                                  .found = found_add,
                                  .found_ctx = &found,
                                  .progress = count_bundles,
                                  .progress_ctx = &bundles };
    (void)state;
    assert_true(edge != NULL && setup.judge != NULL);
    assert_int_equal(replay_run(&setup, edge), REPLAY_PROVEN);
    assert_int_equal(bundles, 2);
    judge_free(setup.judge);
    setup.judge = judge_new(&judge);
    setup.progress = stop_at_once;
    memset(edge, 0, sizeof *edge);
    files_find(&files300, 1, 0)->gone = true; /* of what was not read no tile is asked for */
    assert_int_equal(replay_run(&setup, edge), REPLAY_INCOMPLETE);
    assert_int_equal(bundles, 3);
    expect_none(&found);
    files_find(&files300, 1, 0)->gone = false;
    judge_free(setup.judge);
    free(edge);
}

/* ---- flipped bits -------------------------------------------------------------------------- */

/* What a flip in a file must lead to: a bad finding that names the file; for a bundle, the entry.
 */
static void flip_is_found(const struct log *l, struct files *f, size_t size,
                          const struct hash *root, struct file *file, size_t bit, bool structure)
{
    file->bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    struct run *r = run_replay(l, f, size, root, structure);
    bool named = false;
    for (size_t i = 0; i < r->found.n; i++) {
        const struct finding *b = &r->found.f[i];
        bool bundle = file->tile.level == TILE_ENTRIES;
        named =
            named || (b->verdict == VERDICT_BAD && strcmp(b->why.subject, path_of(file)) == 0 &&
                      (bundle ? b->entry / TILE_WIDTH == file->tile.n &&
                                    (b->why.reason == REASON_LEAF || b->why.reason == REASON_BUNDLE)
                              : b->why.reason == REASON_TILE));
        if (b->verdict == VERDICT_BAD && b->why.reason != REASON_LEAF &&
            b->why.reason != REASON_BUNDLE && b->why.reason != REASON_TILE)
            fail_msg("%s, bit %zu: %s accuses somebody else", path_of(file), bit,
                     reason_name(b->why.reason));
    }
    if (!named)
        fail_msg("%s, bit %zu: not found", path_of(file), bit);
    run_free(r);
    file->bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

static void every_flipped_bit_of_forty_entries_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < files40.n; i++)
        for (size_t bit = 0; bit < 8 * files40.file[i].bytes.n; bit += every())
            flip_is_found(&forty, &files40, 40, &root40, &files40.file[i], bit, true);
}

/* With every record judged, too: nothing else may come of it. A prime step meets all bits. */
static void flipped_bits_are_found_where_records_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < files40.n; i++)
        for (size_t bit = i; bit < 8 * files40.file[i].bytes.n; bit += 331 * every())
            flip_is_found(&forty, &files40, 40, &root40, &files40.file[i], bit, false);
}

static void flipped_bits_of_full_tiles_and_bundles_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < files300.n; i++)
        for (size_t bit = i; bit < 8 * files300.file[i].bytes.n; bit += 331 * every())
            flip_is_found(&three_hundred, &files300, 300, &root300, &files300.file[i], bit, true);
}

/* ---- entries moved about in the bundle alone ----------------------------------------------- */

/* Puts these entries (by index) into the bundle of forty. */
static struct run *replay_bundle_of(const size_t *index, size_t n)
{
    struct buf *b = &files_find(&files40, TILE_ENTRIES, 0)->bytes, whole = *b;
    *b = (struct buf){ 0 };
    for (size_t i = 0; i < n; i++) {
        buf_add_u16(b, (uint16_t)forty.entry[index[i]].n);
        buf_add_span(b, buf_span(&forty.entry[index[i]]));
    }
    struct run *r = run_replay(&forty, &files40, 40, &root40, false);
    buf_free(b);
    *b = whole;
    return r;
}

static void entries_dropped_from_the_bundle_are_found(void **state)
{
    (void)state;
    for (size_t drop = 0; drop < 40; drop++) {
        size_t index[39];
        for (size_t i = 0; i < 39; i++)
            index[i] = i < drop ? i : i + 1;
        struct run *r = replay_bundle_of(index, 39);
        assert_true(found_at(&r->found, drop < 39 ? REASON_LEAF : REASON_BUNDLE, drop));
        assert_true(found_at(&r->found, REASON_BUNDLE, 39));
        assert_int_equal(found_count(&r->found, REASON_BUNDLE), 1);
        run_free(r);
    }
}

static void entries_doubled_in_the_bundle_are_found(void **state)
{
    (void)state;
    for (size_t twice = 0; twice < 39; twice++) {
        size_t index[41];
        for (size_t i = 0; i < 41; i++)
            index[i] = i <= twice ? i : i - 1;
        struct run *r = replay_bundle_of(index, 40); /* the last one falls off */
        assert_true(found_at(&r->found, REASON_LEAF, twice + 1));
        run_free(r);
        r = replay_bundle_of(index, 41); /* one too many */
        assert_true(twice == 38 || found_at(&r->found, REASON_LEAF, twice + 1));
        assert_true(found_at(&r->found, REASON_BUNDLE, 39));
        run_free(r);
    }
}

static void entries_swapped_in_the_bundle_are_found(void **state)
{
    (void)state;
    for (size_t a = 0; a < 39; a++) {
        size_t index[40];
        for (size_t i = 0; i < 40; i++)
            index[i] = i == a ? a + 1 : i == a + 1 ? a : i;
        struct run *r = replay_bundle_of(index, 40);
        assert_int_equal(found_count(&r->found, REASON_LEAF), 2);
        assert_true(found_at(&r->found, REASON_LEAF, a) && found_at(&r->found, REASON_LEAF, a + 1));
        run_free(r);
    }
}

static void an_entry_replaced_in_the_bundle_is_found(void **state)
{
    size_t index[40];
    (void)state;
    for (size_t i = 0; i < 40; i++)
        index[i] = i == 20 ? 25 : i; /* validly signed, elsewhere */
    struct run *r = replay_bundle_of(index, 40);
    assert_true(found_at(&r->found, REASON_LEAF, 20));
    assert_int_equal(found_count(&r->found, REASON_LEAF), 1);
    run_free(r);
}

/* An altered entry is the courier's fault, not its signer's: what rests on it is undecided. */
static void what_rests_on_an_altered_entry_is_undecided(void **state)
{
    struct file *bundle = files_find(&files40, TILE_ENTRIES, 0);
    size_t at = 0;
    (void)state;
    for (size_t i = 0; i < 2; i++)
        at += 2 + forty.entry[i].n;
    bundle->bytes.p[at + 300] ^= 1; /* entry 2 enrols the requester */
    struct run *r = run_replay(&forty, &files40, 40, &root40, false);
    assert_true(found_at(&r->found, REASON_LEAF, 2));
    for (size_t i = 0; i < r->found.n; i++)
        assert_true(r->found.f[i].entry == 2 || r->found.f[i].verdict == VERDICT_UNDECIDED);
    assert_true(found_at(&r->found, REASON_KEY_UNKNOWN, 7));
    run_free(r);
    bundle->bytes.p[at + 300] ^= 1;
}

/* The same for genesis, which says what skew is and who enrols. */
static void an_altered_genesis_accuses_nobody_else(void **state)
{
    struct log l;
    struct files f;
    struct hash root;
    (void)state;
    log_start(&l, ",\"skew\":86400");
    log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 80000000));
    files_make(&f, &l, l.n);
    log_root(&l, l.n, &root);
    struct run *r = run_replay(&l, &f, l.n, &root, false);
    expect_none(&r->found);
    run_free(r);
    f.file[0].bytes.p[200] ^= 1;
    r = run_replay(&l, &f, l.n, &root, false);
    assert_true(found_at(&r->found, REASON_LEAF, 0));
    for (size_t i = 0; i < r->found.n; i++)
        assert_true(r->found.f[i].entry == 0 || r->found.f[i].verdict == VERDICT_UNDECIDED);
    run_free(r);
    files_free(&f);
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_logs_are_proven),
        cmocka_unit_test(honest_logs_of_every_small_size_are_proven),
        cmocka_unit_test(listeners_hear_of_every_entry_and_bundle),
        cmocka_unit_test(progress_is_told_after_each_bundle),
        cmocka_unit_test(every_flipped_bit_of_forty_entries_is_found),
        cmocka_unit_test(flipped_bits_are_found_where_records_are_judged),
        cmocka_unit_test(flipped_bits_of_full_tiles_and_bundles_are_found),
        cmocka_unit_test(entries_dropped_from_the_bundle_are_found),
        cmocka_unit_test(entries_doubled_in_the_bundle_are_found),
        cmocka_unit_test(entries_swapped_in_the_bundle_are_found),
        cmocka_unit_test(an_entry_replaced_in_the_bundle_is_found),
        cmocka_unit_test(what_rests_on_an_altered_entry_is_undecided),
        cmocka_unit_test(an_altered_genesis_accuses_nobody_else),
    };
    return cmocka_run_group_tests_name("replay", tests, make_logs, free_logs);
}
