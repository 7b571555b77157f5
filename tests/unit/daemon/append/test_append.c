/* append.h over a store that fails: what becomes of records in the store. */
#include "daemon/append/append.h"

#include <stdlib.h>

#include "proto/tlog/checkpoint.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

/* ---- what was appended ----------------------------------------------------------------------- */

static void same_entries(struct store_txn *txn, const struct log *l)
{
    for (uint64_t i = 0; i < l->n; i++) {
        struct buf bytes = { 0 };
        struct hash leaf;
        assert_int_equal(store_entry(txn, i, &bytes, &leaf), STORE_OK);
        assert_true(span_eq(buf_span(&bytes), buf_span(&l->entry[i])));
        assert_true(hash_eq(&leaf, &l->leaf[i]));
        buf_free(&bytes);
    }
}

static void same_tiles(struct store_txn *txn, const struct log *l)
{
    struct files f;
    files_make(&f, l, l->n);
    for (size_t i = 0; i < f.n; i++) {
        struct buf bytes = { 0 };
        assert_int_equal(store_tile(txn, &f.file[i].tile, &bytes), STORE_OK);
        assert_true(span_eq(buf_span(&bytes), buf_span(&f.file[i].bytes)));
        buf_free(&bytes);
    }
    assert_true(f.n >= 2);
    files_free(&f);
}

static void same_checkpoint(struct store_txn *txn, const struct log *l)
{
    struct buf ours = { 0 }, theirs = { 0 };
    log_checkpoint(&ours, l, l->n);
    assert_int_equal(store_head(txn, &theirs), STORE_OK);
    assert_true(span_eq(buf_span(&ours), buf_span(&theirs)));
    buf_free(&ours);
    buf_free(&theirs);
}

static void same_log(struct store *store, const struct log *l)
{
    struct store_txn *txn;
    assert_int_equal(store_begin(&txn, store, STORE_READ), STORE_OK);
    same_entries(txn, l);
    same_tiles(txn, l);
    same_checkpoint(txn, l);
    store_end(txn);
}

static void makes_the_log_that_a_verifier_expects(void **state)
{
    (void)state;
    /* Within the first tile; at its edge; beyond it, with a partial tile of level 1. */
    const size_t sizes[] = { 9, 255, 256, 257, 600 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct world *w = world_new(sizes[i]);
        same_log(w->service.store, &w->log);
        world_free(w);
    }
}

static void goes_on_where_the_last_batch_ended(void **state)
{
    (void)state;
    struct world *w = world_new(250);
    for (int batch = 0; batch < 10; batch++) {
        uint64_t before = w->log.n;
        log_add(&w->log, BY(AUDITOR, KIND_ANCHOR));
        if (batch % 2 == 0)
            log_add(&w->log, BY(REQUESTER, KIND_PRODUCT));
        world_append(w->service.store, w->signer, &w->log, before, &w->tip);
        same_log(w->service.store, &w->log);
    }
    assert_int_equal(w->log.n, 265);
    world_free(w);
}

/* ---- indexes --------------------------------------------------------------------------------- */

static void expect_list(struct store_txn *txn, enum store_list list, const char *name,
                        const uint64_t *index, size_t n)
{
    uint64_t got[32];
    size_t count;
    assert_int_equal(store_list(txn, list, span_str(name), 0, got, COUNT(got), &count), STORE_OK);
    assert_int_equal(count, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(got[i], index[i]);
}

static void can_be_found_by_id_signer_and_warrant(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    struct store_txn *txn;
    struct entry e;
    struct record r;
    struct refusal why;
    uint64_t at;
    assert_int_equal(store_begin(&txn, w->service.store, STORE_READ), STORE_OK);
    assert_int_equal(entry_parse(&e, buf_span(&w->log.entry[w->log.request]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    uint32_t number = 3; /* after two registrars of genesis, and the judge */
    assert_int_equal(store_id(txn, r.id, number, &at), STORE_OK);
    assert_int_equal(at, w->log.request);
    assert_int_equal(store_id(txn, r.id, number + 1, &at), STORE_ABSENT);
    record_free(&r);
    expect_list(txn, LIST_REGISTRY, "", (const uint64_t[]){ 0, 1, 2, 3, 4, 5 }, 6);
    expect_list(txn, LIST_WARRANT, "1/2026", &w->log.warrant, 1);
    expect_list(txn, LIST_SIGNER, "fgr.example.mx/a.lopez", (const uint64_t[]){ 2, 7 }, 2);
    expect_list(txn, LIST_SIGNER, "nadie.example.mx/x", NULL, 0);
    store_end(txn);
    world_free(w);
}

/* ---- a store that fails ---------------------------------------------------------------------- */

/* A batch of three, one of which refers to an earlier entry, in a store that may fail. */
static enum store_result append_three(struct world *w, struct append *a)
{
    static const struct draft of[] = { BY(REQUESTER, KIND_PRODUCT), BY(AUDITOR, KIND_ANCHOR),
                                       BY(HOLDER, KIND_DESTRUCTION) };
    struct store_txn *txn;
    enum store_result r = store_begin(&txn, w->service.store, STORE_WRITE);
    if (r != STORE_OK)
        return r;
    append_begin(a, txn, &w->tip);
    for (size_t i = 0; r == STORE_OK && i < COUNT(of); i++) {
        struct buf note = { 0 };
        struct record record;
        struct refusal why;
        struct hash leaf;
        uint64_t index;
        log_note(&note, &w->log, &of[i]);
        assert_int_equal(record_parse(&record, buf_span(&note), &why), 0);
        r = append_record(a, &record, 3, w->log.now, &a->bytes, &index, &leaf);
        record_free(&record);
        buf_free(&note);
    }
    if (r == STORE_OK)
        r = append_finish(a, w->signer);
    if (r == STORE_OK)
        return store_commit(txn);
    store_end(txn);
    return r;
}

static void says_what_the_store_said(void **state)
{
    (void)state;
    const enum store_result results[] = { STORE_FULL, STORE_MEMORY, STORE_IO, STORE_PANIC,
                                          STORE_DAMAGED };
    unsigned swept = 0;
    struct append *a = calloc(1, sizeof *a);
    struct world *w = world_new(255); /* so that a bundle is closed, too */
    struct store *store = w->service.store;
    for (size_t k = 0; k < COUNT(results); k++) {
        for (unsigned nth = 1;; nth++) {
            store_fake_fail(store, nth, results[k], false);
            enum store_result r = append_three(w, a);
            if (!store_fake_failed(store)) {
                assert_int_equal(r, STORE_OK);
                break;
            }
            assert_int_equal(r, results[k]);
            swept++;
            store_fake_fail(store, 0, STORE_OK, false);
            if (results[k] == STORE_PANIC)
                assert_int_equal(store_reopen(store), STORE_OK);
            if (k == 0)
                same_log(store, &w->log); /* without any of the three */
        }
        w->tip = a->next; /* the last of each sweep stays */
    }
    /* Three entries with an id and two lists or so, a tile, a partial tile, a head, a commit. */
    assert_true(swept >= COUNT(results) * 12);
    world_free(w);
    append_free(a);
    free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_log_that_a_verifier_expects),
        cmocka_unit_test(goes_on_where_the_last_batch_ended),
        cmocka_unit_test(can_be_found_by_id_signer_and_warrant),
        cmocka_unit_test(says_what_the_store_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
