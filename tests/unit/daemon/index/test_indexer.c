/* indexer.h with a sequencer, over a store that is only memory: what is signed, what is refused, and
 * what is not signed any more. */
#include "daemon/index/indexer.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/index/fresh_rows.h"
#include "daemon/index/row_maker.h"
#include "daemon/state/cover_find.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

#define NOTES 6

struct sent_notes {
    struct submission submission; /* first */
    struct submitted note[NOTES];
    struct buf bytes[NOTES];
};

struct office {
    struct world *world;
    char dir[32];
    struct index_folder files;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned back; /* submissions that came back */
    bool own_back;
};

static void take_finished(void *ctx, struct submission *first)
{
    struct office *o = ctx;
    pthread_mutex_lock(&o->lock);
    for (; first != NULL; first = submission_of(first->work.next))
        o->back++;
    pthread_cond_signal(&o->changed);
    pthread_mutex_unlock(&o->lock);
}

static void take_fatal(void *ctx)
{
    (void)ctx;
}

/* The sequencer and the indexer behind where the store stands. */
static void start(struct office *o)
{
    struct service *s = &o->world->service;
    struct tip tip;
    const struct sequencer_callbacks callbacks = { .finish = take_finished,
                                                   .fatal = take_fatal,
                                                   .ctx = o };
    registry_free(world_load(o->world, &tip));
    s->indexer = indexer_new(s, &o->files, tip.edge.frontier.size);
    assert_non_null(s->indexer);
    const struct sequencer_listener listener = indexer_listener(s->indexer);
    s->sequencer = sequencer_new(s, o->world->signer, &tip, &callbacks, &listener);
    assert_non_null(s->sequencer);
}

static void stop(struct office *o)
{
    struct service *s = &o->world->service;
    indexer_stop(s->indexer);
    sequencer_free(s->sequencer);
    indexer_free(s->indexer);
    s->sequencer = NULL;
    s->indexer = NULL;
}

static int office_open(void **state)
{
    struct office *o = calloc(1, sizeof *o);
    o->world = world_new(30);
    strcpy(o->dir, "/tmp/bitacora-unit.XXXXXX");
    assert_non_null(mkdtemp(o->dir));
    assert_int_equal(table_files_open(&o->files, o->dir), 0);
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->changed, NULL);
    start(o);
    *state = o;
    return 0;
}

static bool nobody_needs(void *ctx, const struct hash *root)
{
    (void)ctx;
    (void)root;
    return false;
}

static int office_close(void **state)
{
    struct office *o = *state;
    stop(o);
    table_files_sweep(&o->files, nobody_needs, NULL);
    assert_int_equal(rmdir(o->files.path), 0);
    assert_int_equal(rmdir(o->dir), 0);
    world_free(o->world);
    pthread_cond_destroy(&o->changed);
    pthread_mutex_destroy(&o->lock);
    free(o);
    return 0;
}

/* ---- what somebody does ---------------------------------------------------------------------- */

/* Appends requests and a response, as a daemon does. */
static void append_some(struct office *o)
{
    struct sent_notes *s = calloc(1, sizeof *s);
    struct world *w = o->world;
    struct refusal why;
    s->submission = (struct submission){ .batch = true, .count = NOTES, .note = s->note };
    for (size_t i = 0; i < NOTES; i++) {
        struct submitted *n = &s->note[i];
        struct draft d = i % 2 == 0 ? BY(REQUESTER, KIND_REQUEST) : BY(HOLDER, KIND_RESPONSE);
        log_note(&s->bytes[i], &w->log, &d);
        n->submission = &s->submission;
        n->note = buf_span(&s->bytes[i]);
        assert_int_equal(record_parse(&n->record, n->note, &why), 0);
        assert_int_equal(signers_signer(&w->service.signers, &n->record, &n->signer, &why), 0);
    }
    unsigned before = o->back;
    sequencer_push(w->service.sequencer, &s->submission);
    pthread_mutex_lock(&o->lock);
    while (o->back == before)
        pthread_cond_wait(&o->changed, &o->lock);
    pthread_mutex_unlock(&o->lock);
    for (size_t i = 0; i < NOTES; i++) {
        record_free(&s->note[i].record);
        buf_free(&s->bytes[i]);
    }
    free(s);
}

static void read_cover(struct office *o, struct cover *cover)
{
    struct store_txn *t;
    uint64_t size;
    assert_int_equal(store_begin(&t, o->world->service.store, STORE_READ), STORE_OK);
    assert_int_equal(tip_size(t, &size), STORE_OK);
    assert_int_equal(cover_find(cover, t, size), STORE_OK);
    store_end(t);
}

static uint64_t size_of(struct office *o)
{
    uint64_t size;
    struct hash root;
    newest_get(&o->world->service.newest, &size, &root, NULL);
    return size;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void what_is_new_is_covered_once(void **state)
{
    struct office *o = *state;
    struct cover cover;
    uint64_t entry = 0, covered = 0;
    read_cover(o, &cover);
    assert_int_equal(cover.entry, NO_ENTRY);
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered), INDEXED);
    assert_int_equal(entry, 30);
    assert_int_equal(covered, 30);
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered),
                     INDEXED_NOTHING);
    assert_int_equal(size_of(o), 31);
    read_cover(o, &cover);
    assert_int_equal(cover.entry, 30);
    assert_int_equal(cover.tables, 1);
    assert_int_equal(cover.end, 30);
    append_some(o);
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered), INDEXED);
    assert_int_equal(covered, 31 + NOTES);
    read_cover(o, &cover);
    assert_int_equal(cover.tables, 2);
    world_agrees(o->world);
}

/* Rows that were collected while entries came are those that the store gives. */
static void rows_from_memory_are_those_of_the_store(void **state)
{
    struct office *o = *state;
    struct cover first, second;
    uint64_t entry, covered;
    append_some(o);
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered), INDEXED);
    append_some(o);
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered), INDEXED);
    read_cover(o, &first);
    for (size_t i = 0; i < first.tables; i++) {
        assert_true(table_file_is_there(&o->files, &first.table[i]));
        table_file_remove(&o->files, &first.table[i].root);
    }
    /* Another indexer makes them again from the store, or says that they are wrong. */
    stop(o);
    start(o);
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered),
                     INDEXED_NOTHING);
    read_cover(o, &second);
    assert_int_equal(second.entry, first.entry);
    for (size_t i = 0; i < first.tables; i++)
        assert_true(table_file_is_there(&o->files, &first.table[i]));
}

static void tables_that_come_out_otherwise_end_it(void **state)
{
    struct office *o = *state;
    struct cover cover;
    uint64_t entry, covered;
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered), INDEXED);
    read_cover(o, &cover);
    table_file_remove(&o->files, &cover.table[0].root);
    store_fake_set_entry(o->world->service.store, 12, &o->world->log.entry[8]);
    append_some(o);
    uint64_t size = size_of(o);
    assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered), INDEXED_WRONG);
    assert_int_equal(size_of(o), size);
    append_some(o); /* that goes on */
    assert_int_equal(size_of(o), size + NOTES);
    assert_false(table_file_is_there(&o->files, &cover.table[0]));
    store_fake_set_entry(o->world->service.store, 12, &o->world->log.entry[12]);
}

/* Whichever call to the store fails: nothing wrong is signed, and it succeeds afterwards. */
static void a_store_that_fails(void **state)
{
    struct office *o = *state;
    struct cover cover;
    uint64_t entry, covered;
    for (unsigned nth = 1; nth < 400; nth++) {
        append_some(o);
        store_fake_fail(o->world->service.store, nth, STORE_MEMORY, false);
        enum indexed r = indexer_run_once(o->world->service.indexer, &entry, &covered);
        bool failed = store_fake_failed(o->world->service.store);
        store_fake_fail(o->world->service.store, 0, STORE_OK, false);
        if (r != INDEXED) {
            assert_int_equal(r, INDEXED_NOT);
            stop(o);
            start(o);
            assert_int_equal(indexer_run_once(o->world->service.indexer, &entry, &covered),
                             INDEXED);
        }
        read_cover(o, &cover);
        assert_int_equal(cover.entry, size_of(o) - 1);
        assert_int_equal(cover.end, cover.entry);
        if (!failed)
            return;
    }
    fail_msg("the store is called without end");
}

/* ---- the sequencer's own checks -------------------------------------------------------------- */

static struct office *asked;

static void own_finished(struct own_record *own)
{
    (void)own;
    pthread_mutex_lock(&asked->lock);
    asked->own_back = true;
    pthread_cond_signal(&asked->changed);
    pthread_mutex_unlock(&asked->lock);
}

/* Has the sequencer append a record of the log's own. Returns why not, or REASON_NONE. */
static enum reason say(struct office *o, enum kind kind, const char *members)
{
    struct own_record own;
    own_record_begin(&own, kind, own_finished);
    buf_adds(&own.members, members);
    asked = o;
    o->own_back = false;
    sequencer_push_own(o->world->service.sequencer, &own);
    pthread_mutex_lock(&o->lock);
    while (!o->own_back)
        pthread_cond_wait(&o->changed, &o->lock);
    pthread_mutex_unlock(&o->lock);
    enum reason r = own.note.outcome == OUTCOME_APPENDED ? REASON_NONE : own.note.why.reason;
    own_record_free(&own);
    return r;
}

static const char *table(unsigned entries, char root)
{
    char text[45] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    text[0] = root;
    return text_of("{\"entries\":%u,\"rows\":9,\"root\":\"%s\"}", entries, text);
}

static const char *tables(const char *list)
{
    return text_of("\"version\":1,\"tables\":[%s]", list);
}

static void the_sequencer_asks_for_itself(void **state)
{
    struct office *o = *state;
    uint64_t size = size_of(o);
    assert_int_equal(say(o, KIND_INDEX, tables(table(31, 'A'))), REASON_REF_LATER);
    assert_int_equal(say(o, KIND_INDEX, text_of("\"version\":2,\"tables\":[%s]", table(9, 'A'))),
                     REASON_VERSION);
    assert_int_equal(say(o, KIND_GENESIS, "\"version\":1"),
                     REASON_SIGNER_REFUSES); /* it is not signed */
    assert_int_equal(size_of(o), size);
    assert_int_equal(say(o, KIND_INDEX, tables(text_of("%s,%s", table(10, 'A'), table(20, 'B')))),
                     REASON_NONE);
    assert_int_equal(size_of(o), size + 1);
    assert_int_equal(say(o, KIND_INDEX, tables(text_of("%s,%s", table(10, 'A'), table(20, 'B')))),
                     REASON_INDEX_AGAIN);
    assert_int_equal(say(o, KIND_INDEX, tables(table(29, 'A'))), REASON_INDEX_AGAIN);
    assert_int_equal(say(o, KIND_INDEX, tables(text_of("%s,%s", table(11, 'A'), table(20, 'B')))),
                     REASON_INDEX_BOUNDS);
    assert_int_equal(
        say(o, KIND_INDEX,
            tables(text_of("%s,%s,%s", table(10, 'C'), table(20, 'B'), table(1, 'D')))),
        REASON_INDEX_CHANGED);
    assert_int_equal(size_of(o), size + 1);
    assert_int_equal(say(o, KIND_INDEX, tables(table(31, 'E'))), REASON_NONE);
    assert_int_equal(size_of(o), size + 2);
    /* Also as somebody finds it who starts anew. */
    stop(o);
    start(o);
    assert_int_equal(say(o, KIND_INDEX, tables(table(31, 'E'))), REASON_INDEX_AGAIN);
    world_agrees(o->world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_new_is_covered_once, office_open, office_close),
        cmocka_unit_test_setup_teardown(rows_from_memory_are_those_of_the_store, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(tables_that_come_out_otherwise_end_it, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(a_store_that_fails, office_open, office_close),
        cmocka_unit_test_setup_teardown(the_sequencer_asks_for_itself, office_open, office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
