/* bitacora.h: replays of logs that have an index. */
#include "tests/unit/proto/lib/lib_served.h"

#include "tests/unit/proto/answer/answer_fixture.h"

static struct indexed x;
static bitacora_policy *its_log;
static unsigned tables_asked; /* files of tables */
static bool no_tables;        /* they are missing */

static int start(void **state)
{
    (void)state;
    lib_start();
    indexed_start(&x);
    its_log = policy_of(text_of("log %s\nquorum none\n", vkey_text(&x.l, THE_LOG)));
    tables_asked = 0;
    no_tables = false;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_policy_free(its_log);
    indexed_free(&x);
    stop_serving();
    lib_stop();
    return 0;
}

static bitacora_fetched fetch_indexed(void *arg, const char *path, bitacora_sink *sink)
{
    char its[INDEX_PATH_MAX];
    if (strncmp(path, "index/", 6) != 0)
        return fetch(arg, path, sink);
    tables_asked++;
    for (size_t i = 0; i < x.files && !no_tables; i++) {
        index_table_path(its, &x.file[i].root, &x.file[i].f);
        if (strcmp(path, its) == 0)
            return give(sink, buf_span(&x.file[i].bytes));
    }
    return BITACORA_MISSING;
}

static bitacora_result replay_indexed(bitacora_replay *r, const struct buf *state)
{
    stop_serving();
    files_make(&served.files, &x.l, x.l.n);
    log_checkpoint(&served.checkpoint, &x.l, x.l.n);
    return bitacora_replay_run(ctx, r, fetch_indexed, &served, state == NULL ? NULL : state->p,
                               state == NULL ? 0 : state->n);
}

static void an_honest_index_is_proven(void **state)
{
    struct buf kept = { 0 };
    (void)state;
    const uint64_t ends[] = { x.l.n };
    add_honest_index(&x, ends, 1, NULL);
    bitacora_replay *r = replay_new(its_log);
    assert_int_equal(replay_indexed(r, NULL), BITACORA_PROVEN);
    none();
    assert_int_equal(tables_asked, 0); /* they are computed again */
    keep(&kept, r);
    /* Behind a state the tables of before are read. */
    const uint64_t more[] = { ends[0], x.l.n };
    add_honest_index(&x, more, 2, NULL);
    assert_int_equal(replay_indexed(r, &kept), BITACORA_PROVEN);
    none();
    buf_free(&kept);
    bitacora_replay_free(r);
}

/* The third table says that an entry has a key that it has not. */
static void lie(void)
{
    struct answer_question q = question_of(INDEX_KEY_WARRANT, REFERENCE);
    const uint64_t ends[] = { x.l.n };
    struct cover cover = { .tables = 2 };
    uint64_t first = add_honest_index(&x, ends, 1, NULL);
    put_honest_table(&x, &cover.table[0], 0, first);
    struct index_row row;
    index_row_set(&row, &q.key, first);
    put_table(&x, &cover.table[1], first, x.l.n, &row, 1, 0);
    cover.end = x.l.n;
    add_index(&x, &cover);
}

static void an_index_that_lies_is_bad_and_convicts(void **state)
{
    const char *text;
    size_t n;
    bitacora_evidence *e;
    (void)state;
    lie();
    bitacora_replay *r = replay_new(its_log);
    assert_int_equal(replay_indexed(r, NULL), BITACORA_BAD);
    assert_true(has_found("index", NULL));
    assert_true(tables_asked > 0);
    text = bitacora_replay_evidence(r, &n);
    assert_non_null(text);
    assert_int_equal(bitacora_evidence_verify(ctx, its_log, text, n, &e), BITACORA_PROVEN);
    assert_string_equal(bitacora_evidence_claim(e), "index");
    assert_int_equal(bitacora_finding_result(bitacora_evidence_finding(e)), BITACORA_BAD);
    bitacora_evidence_free(e);
    /* Without its files it is as bad, and convicts nobody. */
    no_tables = true;
    assert_int_equal(replay_indexed(r, NULL), BITACORA_BAD);
    assert_true(has_found("index", NULL));
    assert_null(bitacora_replay_evidence(r, &n));
    bitacora_replay_free(r);
}

/* Some 200 bytes of each entry, and no more than there may be. */
static void an_index_takes_as_much_memory_as_there_may_be(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    add_honest_index(&x, ends, 1, NULL);
    bitacora_replay *r = replay_new(its_log);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_REPLAY_MEMORY, 100), BITACORA_PROVEN);
    assert_int_equal(replay_indexed(r, NULL), BITACORA_MEMORY);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_REPLAY_MEMORY, 1 << 20),
                     BITACORA_PROVEN);
    assert_int_equal(replay_indexed(r, NULL), BITACORA_PROVEN);
    bitacora_replay_free(r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_honest_index_is_proven),
        TEST(an_index_that_lies_is_bad_and_convicts),
        TEST(an_index_takes_as_much_memory_as_there_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
