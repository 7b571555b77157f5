/* signer_standing.h: each way in which a store and what was signed last can stand to each other. */
#include "daemon/append/signer_standing.h"

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

#define HELD 12 /* entries in the store */

/* The store holds HELD entries; the log of the world goes on with three more. */
static struct world *world_with_more(void)
{
    struct world *w = world_new(HELD);
    for (size_t i = 0; i < 3; i++)
        log_add(&w->log, BY(REQUESTER, KIND_PRODUCT));
    return w;
}

static struct last_signed signed_at(const struct world *w, uint64_t size)
{
    struct last_signed last = { .size = size };
    log_root(&w->log, size, &last.root);
    return last;
}

static struct last_signed another(const struct world *w, uint64_t size)
{
    struct last_signed last = signed_at(w, size);
    last.root.b[0] ^= 1;
    return last;
}

/* A batch of the entries from `from` to before `until`, behind the first `from`. */
static struct journaled batch_of(const struct world *w, uint64_t from, uint64_t until,
                                 struct buf *bytes)
{
    struct journaled j = { .size = from };
    log_root(&w->log, from, &j.root);
    for (uint64_t i = from; i < until; i++) {
        buf_add_u16(bytes, (uint16_t)w->log.entry[i].n);
        buf_add_span(bytes, buf_span(&w->log.entry[i]));
    }
    j.entries = buf_span(bytes);
    return j;
}

static void expect(const struct world *w, struct last_signed last, const struct journaled *j,
                   enum standing standing)
{
    assert_int_equal(signer_standing(&last, w->service.store, &w->tip, j), standing);
}

static void a_signer_that_signed_nothing(void **state)
{
    struct world *w = world_with_more();
    (void)state;
    expect(w, (struct last_signed){ .size = 0 }, NULL, STANDING_EMPTY);
    world_free(w);
}

static void they_agree(void **state)
{
    struct world *w = world_with_more();
    (void)state;
    expect(w, signed_at(w, HELD), NULL, STANDING_SAME);
    expect(w, another(w, HELD), NULL, STANDING_LOST);
    world_free(w);
}

static void the_store_is_ahead(void **state)
{
    struct world *w = world_with_more();
    (void)state;
    for (uint64_t size = 1; size < HELD; size++) {
        expect(w, signed_at(w, size), NULL, STANDING_BEHIND);
        expect(w, another(w, size), NULL, STANDING_LOST);
    }
    world_free(w);
}

static void the_signer_is_ahead(void **state)
{
    struct world *w = world_with_more();
    struct buf bytes = { 0 }, fewer = { 0 };
    struct journaled j = batch_of(w, HELD, HELD + 3, &bytes);
    struct journaled two = batch_of(w, HELD, HELD + 2, &fewer);
    (void)state;
    expect(w, signed_at(w, HELD + 3), NULL, STANDING_LOST);
    expect(w, signed_at(w, HELD + 3), &j, STANDING_UNFINISHED);
    expect(w, another(w, HELD + 3), &j, STANDING_LOST);
    expect(w, signed_at(w, HELD + 3), &two, STANDING_LOST); /* it leads elsewhere */
    expect(w, signed_at(w, HELD + 2), &j, STANDING_LOST);
    struct last_signed longer = signed_at(w, HELD + 3);
    longer.size++;
    expect(w, longer, &j, STANDING_LOST);
    j.entries.n--; /* it divides into no entries */
    expect(w, signed_at(w, HELD + 3), &j, STANDING_LOST);
    buf_free(&bytes);
    buf_free(&fewer);
    world_free(w);
}

/* Of the batch that comes next nobody knows whether it was signed. */
static void a_batch_that_comes_next_is_finished_first(void **state)
{
    struct world *w = world_with_more();
    struct buf bytes = { 0 }, old = { 0 };
    struct journaled j = batch_of(w, HELD, HELD + 3, &bytes);
    struct journaled before = batch_of(w, HELD - 2, HELD, &old); /* which is in the store */
    (void)state;
    expect(w, signed_at(w, HELD), &j, STANDING_UNFINISHED);
    expect(w, signed_at(w, HELD), &before, STANDING_SAME);
    j.root.b[0] ^= 1; /* behind another history */
    expect(w, signed_at(w, HELD), &j, STANDING_SAME);
    buf_free(&bytes);
    buf_free(&old);
    world_free(w);
}

static void a_store_that_cannot_be_read_says_nothing(void **state)
{
    static const enum store_result results[] = { STORE_MEMORY, STORE_IO, STORE_DAMAGED };
    struct world *w = world_with_more();
    unsigned failed = 0;
    (void)state;
    for (size_t k = 0; k < COUNT(results); k++)
        for (unsigned nth = 1;; nth++) {
            store_fake_fail(w->service.store, nth, results[k], false);
            struct last_signed last = signed_at(w, HELD - 1);
            enum standing s = signer_standing(&last, w->service.store, &w->tip, NULL);
            if (!store_fake_failed(w->service.store)) {
                assert_int_equal(s, STANDING_BEHIND);
                break;
            }
            assert_int_equal(s, STANDING_UNKNOWN);
            failed++;
        }
    assert_true(failed >= 2 * COUNT(results)); /* it begins, and reads */
    store_fake_fail(w->service.store, 0, STORE_OK, false);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signer_that_signed_nothing),
        cmocka_unit_test(they_agree),
        cmocka_unit_test(the_store_is_ahead),
        cmocka_unit_test(the_signer_is_ahead),
        cmocka_unit_test(a_batch_that_comes_next_is_finished_first),
        cmocka_unit_test(a_store_that_cannot_be_read_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
