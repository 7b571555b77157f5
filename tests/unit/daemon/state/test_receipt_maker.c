/* receipt_maker.h: receipts out of the store equal those that proto's own functions make, and are
 * proven by proto's own verifier. */
#include "daemon/state/receipt_maker.h"

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

#define ENTRIES 600 /* two full bundles, and a tail */

static struct world *w;

static int start(void **state)
{
    (void)state;
    w = world_new(ENTRIES);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_free(w);
    return 0;
}

/* The receipt as proto makes it, from the fixture's log. */
static void expected_receipt(struct buf *out, size_t size, uint64_t index, struct span checkpoint)
{
    struct chain c;
    chain_make(&c, &w->log, size, index);
    receipt_format(out, c.entry, c.n, checkpoint);
}

static void expect_receipt(const struct buf *got, size_t size, uint64_t index,
                           struct span checkpoint)
{
    struct buf expected = { 0 };
    expected_receipt(&expected, size, index, checkpoint);
    assert_true(span_eq(buf_span(got), buf_span(&expected)));
    buf_free(&expected);
}

static void expect_proven(const struct buf *text, const struct policy *policy, uint64_t index)
{
    struct receipt_report report;
    struct found found = { .n = 0 };
    assert_int_equal(
        receipt_judge(&report, policy, buf_span(text), &w->log.leaf[0], found_add, &found),
        VERDICT_GOOD);
    assert_int_equal(report.index, index);
    assert_int_equal(report.size, ENTRIES);
    expect_none(&found);
}

static void every_entry_has_its_receipt(void **state)
{
    (void)state;
    struct policy *policy = log_policy(&w->log);
    struct span newest = span_of(w->tip.checkpoint, w->tip.checkpoint_length);
    for (int twice = 0; twice < 2; twice++) /* read; then kept */
        for (uint64_t i = 0; i < ENTRIES; i += every()) {
            struct buf text = { 0 };
            assert_int_equal(receipt_build(&text, &w->service, span_of(NULL, 0), i), STORE_OK);
            expect_receipt(&text, ENTRIES, i, newest);
            if (twice == 0)
                expect_proven(&text, policy, i);
            buf_free(&text);
        }
    policy_free(policy);
}

static void older_checkpoints_have_theirs(void **state)
{
    (void)state;
    const size_t sizes[] = { 1, 2, 9, 255, 256, 257, 511, 512, 513, 599, 600 };
    for (size_t k = 0; k < COUNT(sizes); k++) {
        struct buf checkpoint = { 0 }, text = { 0 };
        log_checkpoint(&checkpoint, &w->log, sizes[k]);
        for (uint64_t i = 0; i < sizes[k]; i += i + 11 < sizes[k] ? 11 : 1) {
            buf_clear(&text);
            assert_int_equal(receipt_build(&text, &w->service, buf_span(&checkpoint), i), STORE_OK);
            expect_receipt(&text, sizes[k], i, buf_span(&checkpoint));
        }
        assert_int_equal(receipt_build(&text, &w->service, buf_span(&checkpoint), sizes[k]),
                         STORE_ABSENT);
        buf_free(&checkpoint);
        buf_free(&text);
    }
}

static void what_is_at_hand_is_not_read_again(void **state)
{
    (void)state;
    struct span newest = span_of(w->tip.checkpoint, w->tip.checkpoint_length);
    uint64_t last = ENTRIES - 1;
    struct entry e;
    struct record r;
    struct refusal why;
    struct buf text = { 0 };
    struct span bytes = buf_span(&w->log.entry[last]);
    assert_int_equal(entry_parse(&e, bytes, &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    assert_int_equal(receipt_build_known(&text, &w->service, last, bytes, r.under.entry), STORE_OK);
    expect_receipt(&text, ENTRIES, last, newest);
    /* What it rests on is kept by now, and its path is in memory: the store is not asked. */
    buf_clear(&text);
    store_fake_fail(w->service.store, 0, STORE_OK, false);
    assert_int_equal(receipt_build_known(&text, &w->service, last, bytes, r.under.entry), STORE_OK);
    expect_receipt(&text, ENTRIES, last, newest);
    assert_int_equal(store_fake_calls(w->service.store), 0);
    record_free(&r);
    buf_free(&text);
}

static void beyond_the_checkpoint_there_is_none(void **state)
{
    (void)state;
    struct buf text = { 0 };
    assert_int_equal(receipt_build(&text, &w->service, span_of(NULL, 0), ENTRIES), STORE_ABSENT);
    assert_int_equal(receipt_build(&text, &w->service, span_of(NULL, 0), NO_ENTRY), STORE_ABSENT);
    assert_int_equal(text.n, 0);
    buf_free(&text);
}

/* ---- tiles ----------------------------------------------------------------------------------- */

static void full_tiles_are_kept(void **state)
{
    (void)state;
    const void *bytes;
    struct buf file = { 0 };
    receipts_forget(&w->service);
    for (uint64_t n = 0; n < 2; n++) {
        const struct tile tile = { .level = 0, .n = n, .width = TILE_WIDTH };
        assert_null(receipts_tile(&w->service, &tile, &bytes));
        buf_clear(&file);
        assert_int_equal(receipts_read_tile(&file, &w->service, &tile), STORE_OK);
        assert_int_equal(file.n, TILE_BYTES);
        assert_memory_equal(file.p, &w->log.leaf[n * TILE_WIDTH], TILE_BYTES);
        struct cached *kept = receipts_tile(&w->service, &tile, &bytes);
        assert_non_null(kept);
        assert_memory_equal(bytes, &w->log.leaf[n * TILE_WIDTH], TILE_BYTES);
        cached_release(kept);
    }
    const struct tile partial = { .level = 0, .n = 2, .width = TILE_WIDTH };
    const struct tile higher = { .level = 1, .n = 0, .width = TILE_WIDTH };
    assert_int_equal(receipts_read_tile(&file, &w->service, &partial), STORE_ABSENT);
    assert_int_equal(receipts_read_tile(&file, &w->service, &higher), STORE_ABSENT);
    receipts_forget(&w->service);
    assert_null(receipts_tile(&w->service, &(struct tile){ .width = TILE_WIDTH }, &bytes));
    buf_free(&file);
}

static void expect_file(const struct tile *t, struct span expected)
{
    struct buf file = { 0 };
    assert_int_equal(receipts_read_tile(&file, &w->service, t), STORE_OK);
    assert_true(span_eq(buf_span(&file), expected));
    buf_free(&file);
}

static void each_width_of_each_file_is_read(void **state)
{
    (void)state;
    struct buf bundle = { 0 };
    for (uint64_t n = 0; n < 3; n++) {
        buf_clear(&bundle);
        unsigned most = tile_width(ENTRIES, 0, n);
        for (unsigned width = 1; width <= most; width++) {
            const struct buf *entry = &w->log.entry[n * TILE_WIDTH + width - 1];
            buf_add_u16(&bundle, (uint16_t)entry->n);
            buf_add_span(&bundle, buf_span(entry));
            const struct tile entries = { .level = TILE_ENTRIES, .n = n, .width = width };
            const struct tile hashes = { .level = 0, .n = n, .width = width };
            expect_file(&entries, buf_span(&bundle));
            expect_file(&hashes, span_of(&w->log.leaf[n * TILE_WIDTH], (size_t)width * HASH_BYTES));
        }
    }
    buf_free(&bundle);
}

/* ---- a store that fails ---------------------------------------------------------------------- */

/* Each way in which building a receipt may fail: nothing is said, and later it works. */
static void a_failing_store_gives_no_receipt(void **state)
{
    (void)state;
    const enum store_result results[] = { STORE_MEMORY, STORE_IO, STORE_DAMAGED };
    const uint64_t indexes[] = { 3, ENTRIES - 1 }; /* of a bundle; of the tail */
    struct span newest = span_of(w->tip.checkpoint, w->tip.checkpoint_length);
    unsigned swept = 0;
    for (size_t k = 0; k < COUNT(results) * COUNT(indexes); k++) {
        uint64_t index = indexes[k % COUNT(indexes)];
        bool failed = true;
        for (unsigned nth = 1; failed; nth++) {
            struct buf text = { 0 };
            receipts_forget(&w->service);
            store_fake_fail(w->service.store, nth, results[k / COUNT(indexes)], false);
            enum store_result r = receipt_build(&text, &w->service, span_of(NULL, 0), index);
            failed = store_fake_failed(w->service.store);
            assert_int_equal(r, failed ? results[k / COUNT(indexes)] : STORE_OK);
            if (failed)
                assert_int_equal(text.n, 0);
            else
                expect_receipt(&text, ENTRIES, index, newest);
            swept += failed;
            buf_free(&text);
        }
    }
    assert_in_range(swept, 4 * COUNT(results) * COUNT(indexes), 1000);
}

static void expect_damage(const struct tile *t)
{
    struct buf file = { 0 };
    receipts_forget(&w->service);
    assert_int_equal(receipts_read_tile(&file, &w->service, t), STORE_DAMAGED);
    assert_int_equal(file.n, 0);
    buf_free(&file);
}

static void expect_no_receipt(uint64_t index)
{
    struct buf text = { 0 };
    receipts_forget(&w->service);
    assert_int_equal(receipt_build(&text, &w->service, span_of(NULL, 0), index), STORE_DAMAGED);
    assert_int_equal(text.n, 0);
    buf_free(&text);
}

/* What a disk returns that is not what was written is given to nobody: a verifier would hold it for
 * the operator's doing. */
static void what_is_damaged_is_not_given_away(void **state)
{
    (void)state;
    const uint64_t indexes[] = { 3, ENTRIES - 1 }; /* of a full bundle; of the tail */
    struct buf other = { 0 };
    struct hash leaf;
    hash_leaf(&leaf, span_str("other"));
    for (size_t i = 0; i < COUNT(indexes); i++) {
        uint64_t index = indexes[i], n = index / TILE_WIDTH;
        unsigned width = tile_width(ENTRIES, 0, n);
        const struct tile entries = { .level = TILE_ENTRIES, .n = n, .width = width };
        const struct tile hashes = { .level = 0, .n = n, .width = width };
        buf_clear(&other);
        buf_add_span(&other, buf_span(&w->log.entry[index]));
        other.p[other.n / 2] ^= 1;
        store_fake_set_entry(w->service.store, index, &other);
        expect_damage(&entries);
        expect_no_receipt(index);
        store_fake_set_entry(w->service.store, index, &w->log.entry[index]);
        if (width == TILE_WIDTH) { /* the hashes of the tail are in memory */
            store_fake_set_leaf(w->service.store, index, &leaf);
            expect_damage(&hashes);
            expect_damage(&entries);
            expect_no_receipt(index + 1);
            store_fake_set_leaf(w->service.store, index, &w->log.leaf[index]);
        }
        expect_file(&hashes, span_of(&w->log.leaf[n * TILE_WIDTH], (size_t)width * HASH_BYTES));
    }
    buf_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_has_its_receipt),
        cmocka_unit_test(older_checkpoints_have_theirs),
        cmocka_unit_test(what_is_at_hand_is_not_read_again),
        cmocka_unit_test(beyond_the_checkpoint_there_is_none),
        cmocka_unit_test(full_tiles_are_kept),
        cmocka_unit_test(each_width_of_each_file_is_read),
        cmocka_unit_test(a_failing_store_gives_no_receipt),
        cmocka_unit_test(what_is_damaged_is_not_given_away),
    };
    return cmocka_run_group_tests(tests, start, end);
}
