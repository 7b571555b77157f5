/* batch_redo.h: a journaled batch becomes what it was, or nothing. */
#include "daemon/append/batch_redo.h"

#include <stdlib.h>

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

#define HELD 12 /* entries in the store */
#define MORE 3

struct desk {
    struct world *w; /* its log has MORE entries more than its store */
    struct append *append;
    struct registry *registry;
    struct buf bytes;
    uint64_t told; /* entries that were told of */
};

static int desk_open(void **state)
{
    static const struct draft of[MORE] = { BY(REQUESTER, KIND_PRODUCT), BY(AUDITOR, KIND_ANCHOR),
                                           BY(HOLDER, KIND_DESTRUCTION) };
    struct desk *d = calloc(1, sizeof *d);
    struct tip tip;
    d->w = world_new(HELD);
    d->append = calloc(1, sizeof *d->append);
    d->registry = world_load(d->w, &tip);
    for (size_t i = 0; i < MORE; i++)
        log_add(&d->w->log, of[i]);
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *d = *state;
    append_free(d->append);
    free(d->append);
    buf_free(&d->bytes);
    registry_free(d->registry);
    world_free(d->w);
    free(d);
    return 0;
}

static void add(struct desk *d, struct span entry)
{
    buf_add_u16(&d->bytes, (uint16_t)entry.n);
    buf_add_span(&d->bytes, entry);
}

static struct journaled batch(struct desk *d)
{
    struct journaled j = { .size = HELD, .entries = buf_span(&d->bytes) };
    log_root(&d->w->log, HELD, &j.root);
    return j;
}

/* The entries of the log from `from` on. */
static struct journaled batch_from(struct desk *d, uint64_t from)
{
    buf_clear(&d->bytes);
    for (uint64_t i = from; i < d->w->log.n; i++)
        add(d, buf_span(&d->w->log.entry[i]));
    return batch(d);
}

static void told(void *ctx, uint64_t index, const struct hash *leaf, int64_t accepted,
                 const struct record *record)
{
    struct desk *d = ctx;
    struct entry e;
    struct refusal why;
    assert_int_equal(index, HELD + d->told);
    assert_true(hash_eq(leaf, &d->w->log.leaf[index]));
    assert_int_equal(entry_parse(&e, buf_span(&d->w->log.entry[index]), &why), 0);
    assert_int_equal(accepted, e.accepted);
    assert_true(span_eq(record->note, e.note));
    d->told++;
}

/* Redoes a batch, and commits what came of it. */
static enum store_result redo(struct desk *d, struct journaled j)
{
    struct store_txn *txn;
    enum store_result r = store_begin(&txn, d->w->service.store, STORE_WRITE);
    d->told = 0;
    if (r != STORE_OK)
        return r;
    append_begin(d->append, txn, &d->w->tip);
    r = batch_redo(d->append, j, d->registry, told, d);
    if (r == STORE_OK)
        r = append_finish(d->append, d->w->signer);
    if (r == STORE_OK)
        return store_commit(txn);
    store_end(txn);
    return r;
}

static void expect_log(struct desk *d, uint64_t size)
{
    struct tip tip;
    struct hash root, expected;
    registry_free(world_load(d->w, &tip));
    edge_root(&tip.edge, &root);
    log_root(&d->w->log, size, &expected);
    assert_int_equal(tip.edge.frontier.size, size);
    assert_true(hash_eq(&root, &expected));
}

static void a_batch_becomes_what_it_was(void **state)
{
    struct desk *d = *state;
    assert_int_equal(redo(d, batch_from(d, HELD)), STORE_OK);
    assert_int_equal(d->told, MORE);
    expect_log(d, HELD + MORE);
}

static void expect_damaged(struct desk *d, struct journaled j, uint64_t whole)
{
    assert_int_equal(redo(d, j), STORE_DAMAGED);
    assert_int_equal(d->told, whole);
    expect_log(d, HELD);
}

static void entries_of_another_place_are_damage(void **state)
{
    struct desk *d = *state;
    expect_damaged(d, batch_from(d, HELD + 1), 0);
    expect_damaged(d, batch_from(d, HELD - 1), 0);
}

static void what_divides_into_no_entries_is_damage(void **state)
{
    struct desk *d = *state;
    struct journaled j = batch_from(d, HELD);
    j.entries.n--;
    expect_damaged(d, j, MORE - 1);
    add(d, span_str("bitacora/v1 nothing\n"));
    expect_damaged(d, batch(d), MORE);
    buf_clear(&d->bytes);
    add(d, span_str(""));
    expect_damaged(d, batch(d), 0);
}

/* Another byte of the header: its index, its time, its link. The record's are under a signature. */
static void another_header_is_damage(void **state)
{
    struct desk *d = *state;
    struct entry e;
    struct refusal why;
    struct buf bytes = { 0 };
    assert_int_equal(entry_parse(&e, buf_span(&d->w->log.entry[HELD]), &why), 0);
    e.index++;
    entry_format(&bytes, &e);
    e.index--;
    e.link.b[31] ^= 1;
    buf_clear(&d->bytes);
    add(d, buf_span(&bytes));
    expect_damaged(d, batch(d), 0);
    buf_clear(&bytes);
    entry_format(&bytes, &e);
    buf_clear(&d->bytes);
    add(d, buf_span(&bytes));
    expect_damaged(d, batch(d), 0);
    buf_free(&bytes);
}

static void nobody_signs_who_is_not_enrolled(void **state)
{
    struct desk *d = *state;
    struct log other;
    log_copy(&other, &d->w->log, HELD);
    log_add(&other, BY(STRANGER, KIND_PRODUCT, .under = log_ref(&other, 2)));
    buf_clear(&d->bytes);
    add(d, buf_span(&other.entry[HELD]));
    expect_damaged(d, batch(d), 0);
    log_free(&other);
}

static void says_what_the_store_said(void **state)
{
    static const enum store_result results[] = { STORE_FULL, STORE_MEMORY, STORE_IO };
    struct desk *d = *state;
    struct store *store = d->w->service.store;
    unsigned swept = 0;
    for (size_t k = 0; k < COUNT(results); k++)
        for (unsigned nth = 1; nth <= 12; nth++) {
            store_fake_fail(store, nth, results[k], false);
            assert_int_equal(redo(d, batch_from(d, HELD)), results[k]);
            assert_true(store_fake_failed(store));
            store_fake_fail(store, 0, STORE_OK, false);
            swept++;
        }
    assert_int_equal(swept, 12 * COUNT(results));
    expect_log(d, HELD);
    assert_int_equal(redo(d, batch_from(d, HELD)), STORE_OK); /* and later it works */
    expect_log(d, HELD + MORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_batch_becomes_what_it_was, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(entries_of_another_place_are_damage, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(what_divides_into_no_entries_is_damage, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(another_header_is_damage, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(nobody_signs_who_is_not_enrolled, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(says_what_the_store_said, desk_open, desk_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
