/* pending.h: how much may wait for an entry that names it, in all and of one signer. */
#include "daemon/store/pending.h"

#include "tests/unit/fixture.h"

#define BLOCK 4096 /* what a file takes on the disk is a multiple of this */

static struct pending p;

static void begin_with(int64_t blobs, int64_t bytes, int64_t share)
{
    const struct pending_limits limits = { .blobs = blobs, .bytes = bytes, .share = share };
    assert_int_equal(pending_init(&p, &limits), 0);
}

static void expect_begin(uint32_t signer, uint64_t size, enum pending_result result)
{
    int64_t blobs = p.blobs, bytes = p.bytes;
    assert_int_equal(pending_begin(&p, signer, size), result);
    if (result != PENDING_OK) /* then nothing was counted */
        assert_true(p.blobs == blobs && p.bytes == bytes);
}

static const uint8_t *name_of(uint8_t n)
{
    static uint8_t name[HASH_BYTES];
    memset(name, n, sizeof name);
    return name;
}

static void all_together_have_a_limit(void **state)
{
    (void)state;
    begin_with(2, 100 * BLOCK, 100);
    expect_begin(1, 1, PENDING_OK);
    expect_begin(2, 1, PENDING_OK);
    expect_begin(3, 1, PENDING_CROWDED);
    pending_cancel(&p, 1, 1);
    expect_begin(3, 1, PENDING_OK);
    pending_destroy(&p);
}

/* By what they take on the disk. */
static void bytes_are_counted_in_blocks(void **state)
{
    (void)state;
    begin_with(100, 3 * BLOCK, 100);
    expect_begin(1, 1, PENDING_OK);
    expect_begin(2, BLOCK + 1, PENDING_OK);
    assert_int_equal(p.bytes, 3 * BLOCK);
    expect_begin(3, 1, PENDING_CROWDED);
    pending_cancel(&p, 2, BLOCK + 1);
    assert_int_equal(p.bytes, BLOCK);
    expect_begin(3, 2 * BLOCK, PENDING_OK);
    pending_destroy(&p);
}

static void one_signer_has_a_share(void **state)
{
    (void)state;
    begin_with(10, 1000 * BLOCK, 20);
    expect_begin(1, 1, PENDING_OK);
    expect_begin(1, 1, PENDING_OK);
    expect_begin(1, 1, PENDING_SHARE);
    expect_begin(2, 1, PENDING_OK);
    pending_destroy(&p);
    begin_with(1000, 100 * BLOCK, 2);
    expect_begin(1, 1, PENDING_OK);
    expect_begin(1, BLOCK + 1, PENDING_SHARE);
    expect_begin(1, BLOCK, PENDING_OK);
    pending_destroy(&p);
}

/* Else a small limit would keep all of them out. */
static void one_blob_is_never_more_than_a_share(void **state)
{
    (void)state;
    begin_with(3, 10 * BLOCK, 1);
    expect_begin(1, 5 * BLOCK, PENDING_OK);
    expect_begin(1, 1, PENDING_SHARE);
    pending_destroy(&p);
}

static void what_is_named_or_gone_leaves(void **state)
{
    (void)state;
    begin_with(10, 100 * BLOCK, 10);
    expect_begin(1, BLOCK, PENDING_OK);
    pending_name(&p, name_of(1), 1, BLOCK);
    expect_begin(1, 1, PENDING_SHARE);
    pending_leave(&p, name_of(2)); /* nobody knows it */
    assert_int_equal(p.blobs, 1);
    pending_leave(&p, name_of(1));
    assert_true(p.blobs == 0 && p.bytes == 0);
    pending_leave(&p, name_of(1));
    assert_true(p.blobs == 0 && p.bytes == 0);
    expect_begin(1, 1, PENDING_OK); /* its share is free again */
    pending_destroy(&p);
}

/* Of those from before the start nobody knows who put them. */
static void what_was_there_counts_towards_the_totals_alone(void **state)
{
    (void)state;
    begin_with(3, 100 * BLOCK, 34);
    pending_found(&p, name_of(1), 1);
    pending_found(&p, name_of(2), BLOCK);
    assert_true(p.blobs == 2 && p.bytes == 2 * BLOCK);
    expect_begin(PENDING_NOBODY - 1, 1, PENDING_OK);
    expect_begin(2, 1, PENDING_CROWDED);
    pending_leave(&p, name_of(2));
    assert_true(p.blobs == 2 && p.bytes == 2 * BLOCK);
    expect_begin(2, 1, PENDING_OK);
    pending_destroy(&p);
}

static void limits_can_change(void **state)
{
    (void)state;
    const struct pending_limits fewer = { .blobs = 1, .bytes = BLOCK, .share = 100 };
    const struct pending_limits more = { .blobs = 3, .bytes = 100 * BLOCK, .share = 100 };
    begin_with(2, 100 * BLOCK, 100);
    expect_begin(1, 1, PENDING_OK);
    expect_begin(2, 1, PENDING_OK);
    pending_limit(&p, &fewer);
    expect_begin(3, 1, PENDING_CROWDED);
    assert_int_equal(p.blobs, 2); /* what is there stays */
    pending_limit(&p, &more);
    expect_begin(3, 1, PENDING_OK);
    pending_destroy(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_can_change),
        cmocka_unit_test(all_together_have_a_limit),
        cmocka_unit_test(bytes_are_counted_in_blocks),
        cmocka_unit_test(one_signer_has_a_share),
        cmocka_unit_test(one_blob_is_never_more_than_a_share),
        cmocka_unit_test(what_is_named_or_gone_leaves),
        cmocka_unit_test(what_was_there_counts_towards_the_totals_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
