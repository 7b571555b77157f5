/* replaying.h of a log that has an index: its tables are recomputed, from where the last run ended,
 * and a wrong one convicts. What each lie comes to is test_index_replay.c's question. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/replay/replaying.h"
#include "proto/verify/evidence.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct log_folder folder;
static struct indexed x;
static char policy[96], state_path[96], evidence[96];
static struct replay_options options;
static judged_fn *look;
static int tapes_left; /* that can be made; -1: all */
static struct {
    enum outcome outcome;
    uint64_t total;
    struct finding first;
    struct index_replay_report report;
    uint64_t from;
} ran;

int __real_tape_file_new(struct tape *out, const char *dir);
int __wrap_tape_file_new(struct tape *out, const char *dir);

int __wrap_tape_file_new(struct tape *out, const char *dir)
{
    if (tapes_left != 0) {
        tapes_left -= tapes_left > 0;
        return __real_tape_file_new(out, dir);
    }
    errno = ENOSPC;
    return -1;
}

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct skey witness;
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    log_folder_policy(&folder, &x.l, &witness, "none");
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    snprintf(state_path, sizeof state_path, "%s/state", folder.dir);
    snprintf(evidence, sizeof evidence, "%s/evidence", folder.dir);
    options = (struct replay_options){
        .trust = { .policy = policy, .evidence = evidence, .max_age = -1, .tolerate = -1 },
        .dir = folder.dir
    };
    tapes_left = -1;
    look = NULL;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    indexed_free(&x);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static void put_tables(void)
{
    for (size_t i = 0; i < x.files; i++)
        log_folder_table(&folder, &x.file[i].root, &x.file[i].f, buf_span(&x.file[i].bytes));
}

static int open_files(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* Of the first entries. */
static void run(size_t size)
{
    int before = open_files();
    memset(&ran, 0, sizeof ran);
    log_folder_write(&folder, &x.l, size);
    struct replaying *r = replaying_open(&options, &ran.outcome);
    assert_non_null(r);
    assert_int_equal(replaying_run(r, look, NULL), OUTCOME_PROVEN);
    ran.outcome = replaying_conclude(r);
    ran.total = r->findings.total;
    ran.from = r->first;
    if (r->findings.kept > 0)
        ran.first = r->findings.list[0];
    index_replay_report(r->index, &ran.report);
    assert_int_equal(replaying_close(r, ran.outcome), ran.outcome);
    assert_int_equal(open_files(), before); /* no temporary file stays */
}

static void expect_right(uint64_t entries, uint64_t newest)
{
    assert_int_equal(ran.outcome, OUTCOME_PROVEN);
    assert_int_equal(ran.total, 0);
    assert_int_equal(ran.report.entries, entries);
    assert_int_equal(ran.report.newest, newest);
    assert_true(ran.report.right);
}

static void convicts(const char *claim)
{
    struct evidence_report report;
    struct buf bytes = { 0 };
    FILE *in = fopen(evidence, "rb");
    assert_non_null(in);
    for (int c; (c = getc(in)) != EOF;)
        buf_add_u8(&bytes, (uint8_t)c);
    fclose(in);
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&bytes), NULL), 0);
    assert_string_equal(report.claim, claim);
    buf_free(&bytes);
}

/* An index of entries 0 to 19, of whose rows one is not there. */
static uint64_t add_wrong_index(void)
{
    struct cover cover = { .tables = 1, .end = 20 };
    struct index_row *rows;
    size_t n = honest_rows(&x, 0, 20, &rows);
    put_table(&x, &cover.table[0], 0, 20, rows, n - 1, 0);
    free(rows);
    return add_index(&x, &cover);
}

static void tables_are_those_of_the_entries(void **state)
{
    (void)state;
    uint64_t index = add_honest_index(&x, (const uint64_t[]){ 7, 20 }, 2, NULL);
    run(x.l.n);
    expect_right(1, index);
}

static void a_run_goes_on_with_the_tables_that_were_right(void **state)
{
    (void)state;
    options.state = state_path;
    uint64_t first = add_honest_index(&x, (const uint64_t[]){ 7, 20 }, 2, NULL);
    size_t size = x.l.n;
    run(size);
    expect_right(1, first);
    add_request(&x, x.warrant[0], REFERENCE);
    uint64_t second = add_honest_index(&x, (const uint64_t[]){ 20, x.l.n }, 2, NULL);
    put_tables();
    run(x.l.n);
    assert_int_equal(ran.from, size);
    expect_right(2, second);
    /* As a run from the start says. */
    options.state = NULL;
    run(x.l.n);
    expect_right(2, second);
}

static void a_wrong_table_convicts(void **state)
{
    (void)state;
    uint64_t index = add_wrong_index();
    run(x.l.n);
    assert_int_equal(ran.outcome, OUTCOME_BAD);
    assert_int_equal(ran.first.why.reason, REASON_INDEX_TABLE);
    assert_int_equal(ran.first.entry, index);
    assert_false(ran.report.right);
    assert_int_not_equal(access(evidence, F_OK), 0); /* without its files nobody can be shown it */
    put_tables();
    run(x.l.n);
    assert_int_equal(ran.outcome, OUTCOME_BAD);
    convicts("index");
}

/* Somebody else has written the state of a fork meanwhile. */
static void put_other_state(void *ctx, const struct judged *e)
{
    (void)ctx;
    if (e->index == x.l.n - 1)
        assert_int_equal(rename(log_folder_path(&folder, "other"), state_path), 0);
}

/* Evidence of what was found first stays. */
static void a_wrong_table_is_not_put_in_the_place_of_a_fork(void **state)
{
    struct log ours = x.l, other;
    (void)state;
    log_copy(&other, &ours, ours.n - 1);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    x.l = other;
    options.state = text_of("%s/other", folder.dir);
    run(x.l.n);
    assert_int_equal(ran.outcome, OUTCOME_PROVEN);
    log_free(&x.l);
    x.l = ours;
    options.state = state_path;
    add_wrong_index();
    put_tables();
    look = put_other_state;
    run(x.l.n);
    assert_int_equal(ran.outcome, OUTCOME_BAD);
    assert_false(ran.report.right);
    convicts("fork");
}

static void without_room_for_it_nothing_is_decided(void **state)
{
    (void)state;
    add_honest_index(&x, (const uint64_t[]){ 7, 20 }, 2, NULL);
    for (tapes_left = 0; tapes_left < RECOUNT_TAPES; tapes_left++) {
        int left = tapes_left;
        run(x.l.n);
        assert_int_equal(ran.outcome, OUTCOME_UNDECIDED);
        assert_false(ran.report.right);
        tapes_left = left;
    }
    tapes_left = -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tables_are_those_of_the_entries),
        TEST(a_run_goes_on_with_the_tables_that_were_right),
        TEST(a_wrong_table_convicts),
        TEST(a_wrong_table_is_not_put_in_the_place_of_a_fork),
        TEST(without_room_for_it_nothing_is_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
