/* tip.h: the end of a log read out of a store, which may be damaged or fail. */
#include "daemon/state/tip.h"

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

static enum store_result load_by(const struct world *w, const struct vkey *key, const char **cause)
{
    struct store_txn *txn;
    struct tip tip;
    struct registry *registry;
    enum store_result r = store_begin(&txn, w->service.store, STORE_READ);
    if (r != STORE_OK)
        return r;
    struct log_own_keys keys;
    own_keys_single(&keys, key);
    r = tip_load(&tip, &registry, txn, &keys, cause);
    if (r == STORE_OK)
        registry_free(registry);
    store_end(txn);
    return r;
}

/* Ends the world, whose store is damaged so that it must be refused with that phrase. */
static void expect_damage(struct world *w, const char *phrase)
{
    const char *cause = NULL;
    assert_int_equal(load_by(w, &w->service.vkey, &cause), STORE_DAMAGED);
    assert_string_equal(cause, phrase);
    world_free(w);
}

static void says_where_the_log_stands(void **state)
{
    (void)state;
    const size_t sizes[] = { 9, 255, 256, 257, 600 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct world *w = world_new(sizes[i]);
        struct tip tip;
        struct hash root, expected;
        struct buf checkpoint = { 0 };
        struct registry *registry = world_load(w, &tip);
        log_root(&w->log, sizes[i], &expected);
        log_checkpoint(&checkpoint, &w->log, sizes[i]);
        edge_root(&tip.edge, &root);
        assert_int_equal(tip.edge.frontier.size, sizes[i]);
        assert_true(hash_eq(&root, &expected));
        assert_true(hash_eq(&tip.last_leaf, &w->log.leaf[sizes[i] - 1]));
        assert_int_equal(tip.last_time, w->log.now - 1000);
        assert_int_equal(tip.skew, 600 * 1000);
        assert_true(span_eq(buf_span(&checkpoint), span_of(tip.checkpoint, tip.checkpoint_length)));
        assert_int_equal(registry_count(registry), 7); /* two of genesis, five enrolled */
        registry_free(registry);
        buf_free(&checkpoint);
        world_free(w);
    }
}

static void a_log_of_another_key_is_refused(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    const char *cause;
    assert_int_equal(load_by(w, &w->log.who[STRANGER].key.vkey, &cause), STORE_DAMAGED);
    assert_string_equal(cause, "the checkpoint is not one that log.key signed");
    world_free(w);
}

static void put_head(struct world *w, const struct buf *note)
{
    struct store_txn *txn;
    assert_int_equal(store_begin(&txn, w->service.store, STORE_WRITE), STORE_OK);
    assert_int_equal(store_put_head(txn, buf_span(note)), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void a_checkpoint_of_other_tiles_is_refused(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    struct buf text = { 0 }, note = { 0 };
    checkpoint_format(&text, ORIGIN, w->log.n, &w->log.leaf[0]);
    note_sign(&note, buf_span(&text), &w->log.who[THE_LOG].key);
    put_head(w, &note);
    buf_free(&text);
    buf_free(&note);
    expect_damage(w, "the tiles do not give the signed root");
}

static void a_changed_checkpoint_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0;; i++) {
        struct world *w = world_new(0);
        struct buf note = { 0 };
        const char *cause;
        log_checkpoint(&note, &w->log, w->log.n);
        bool more = i < note.n;
        if (more) {
            note.p[i] ^= 1;
            put_head(w, &note);
            assert_int_equal(load_by(w, &w->service.vkey, &cause), STORE_DAMAGED);
        }
        buf_free(&note);
        world_free(w);
        if (!more)
            break;
    }
}

static void damage_is_named(void **state)
{
    (void)state;
    struct world *w = world_new(300);
    store_fake_set_entry(w->service.store, 299, NULL);
    expect_damage(w, "the last entry is missing");

    w = world_new(300);
    store_fake_set_entry(w->service.store, 299, &w->log.entry[298]);
    expect_damage(w, "the last entry is not the last leaf of the tree");

    w = world_new(300);
    struct buf other = { 0 }; /* the same but for a letter of its signature */
    buf_add(&other, w->log.entry[299].p, w->log.entry[299].n);
    other.p[other.n - 10] ^= 1;
    store_fake_set_entry(w->service.store, 299, &other);
    buf_free(&other);
    expect_damage(w, "the last entry is not the last leaf of the tree");

    w = world_new(300);
    store_fake_set_leaf(w->service.store, 299, &w->log.leaf[298]);
    expect_damage(w, "the tiles do not give the signed root");

    w = world_new(300);
    store_fake_set_entry(w->service.store, 2, NULL);
    expect_damage(w, "an enrolment is missing");

    w = world_new(300);
    struct buf cut = { 0 };
    buf_add(&cut, w->log.entry[2].p, w->log.entry[2].n - 1);
    store_fake_set_entry(w->service.store, 2, &cut);
    buf_free(&cut);
    expect_damage(w, "an enrolment cannot be read");

    w = world_new(300);
    store_fake_set_entry(w->service.store, 0, &w->log.entry[1]);
    expect_damage(w, "entry 0 is not this log's genesis");
}

static void a_registry_of_several_pages_is_read(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    struct tip tip;
    uint64_t before = w->log.n;
    while (w->log.n < before + 300)
        log_add(&w->log, BY(JUDGE, KIND_ERASURE));
    uint64_t last = log_enroll(&w->log, STRANGER, "auditor", "");
    world_append(w->service.store, w->signer, &w->log, before, &w->tip);
    struct registry *registry = world_load(w, &tip);
    assert_int_equal(registry_count(registry), 8);
    assert_int_equal(registry_get(registry, 7)->entry, last);
    registry_free(registry);
    world_free(w);
}

static void an_empty_store_holds_no_log(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    store_fake_close(w->service.store);
    w->service.store = store_fake_open();
    expect_damage(w, "there is no checkpoint");
}

static void a_failing_store_is_not_damage(void **state)
{
    (void)state;
    const enum store_result results[] = { STORE_MEMORY, STORE_IO, STORE_PANIC };
    struct world *w = world_new(300);
    for (size_t k = 0; k < COUNT(results); k++) {
        unsigned nth = 1;
        for (bool failed = true; failed; nth++) {
            const char *cause;
            store_fake_fail(w->service.store, nth, results[k], false);
            enum store_result r = load_by(w, &w->service.vkey, &cause);
            failed = store_fake_failed(w->service.store);
            assert_int_equal(r, failed ? results[k] : STORE_OK);
            store_fake_fail(w->service.store, 0, STORE_OK, false);
            if (failed && results[k] == STORE_PANIC)
                assert_int_equal(store_reopen(w->service.store), STORE_OK);
        }
        assert_true(nth > 10); /* begin, head, two tiles, last entry, list, six that enrol */
    }
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_where_the_log_stands),
        cmocka_unit_test(a_log_of_another_key_is_refused),
        cmocka_unit_test(a_checkpoint_of_other_tiles_is_refused),
        cmocka_unit_test(a_changed_checkpoint_is_refused),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(a_registry_of_several_pages_is_read),
        cmocka_unit_test(an_empty_store_holds_no_log),
        cmocka_unit_test(a_failing_store_is_not_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
