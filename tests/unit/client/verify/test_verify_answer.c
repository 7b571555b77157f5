/* verify_answer.h: what the log of now makes of an answer, and what answers and receipts make of
 * each other. */
#include "client/verify/verify_answer.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct log_folder folder;
static struct indexed x;
static struct trust trust;
static struct verified_answer *answer;
static struct accepted now;
static struct logfiles *files;
static struct receipt_check receipt;
static struct buf text;

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    trust = (struct trust){ .policy = x.policy, .max_age = -1 };
    return 0;
}

static void close_answer(void)
{
    verified_answers_free(answer, answer != NULL);
    answer = NULL;
}

static void close_receipt(void)
{
    receipt_check_free(&receipt);
    receipt = (struct receipt_check){ .path = NULL };
}

static int stop(void **state)
{
    (void)state;
    close_answer();
    close_receipt();
    accepted_free(&now);
    now = (struct accepted){ .note = { 0 } };
    logfiles_free(files);
    files = NULL;
    buf_free(&text);
    text = (struct buf){ 0 };
    indexed_free(&x);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* An index up to that entry, and the answer that rests on it, in `text`. */
static void make(enum index_key_type type, const char *value, uint64_t end)
{
    const uint64_t ends[] = { 7, end };
    struct answer_question q = question_of(type, value);
    struct answer_ask ask = ask_of(&x, add_honest_index(&x, ends, COUNT(ends), NULL), &q);
    buf_clear(&text);
    make_answer(&text, &x, &ask);
}

/* One whose only table is backwards. */
static void make_bad(void)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct answer_question q = question_of(INDEX_KEY_WARRANT, REFERENCE);
    struct index_row *rows;
    size_t n = honest_rows(&x, 0, x.l.n, &rows);
    for (size_t i = 0; i < n / 2; i++) {
        struct index_row row = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = row;
    }
    put_table(&x, &cover.table[0], 0, x.l.n, rows, n, 0);
    free(rows);
    struct answer_ask ask = ask_of(&x, add_index(&x, &cover), &q);
    make_answer(&text, &x, &ask);
}

static enum outcome verify(const struct log_now *log)
{
    close_answer();
    answer = calloc(1, sizeof *answer);
    assert_non_null(answer);
    return verify_answer(answer, &trust, log_folder_path(&folder, "nothing"), buf_span(&text), log);
}

static enum outcome verify_offline(void)
{
    const struct log_now none = { .files = NULL };
    return verify(&none);
}

/* The log of now, as it is in the folder; at is its size. */
static struct log_now log_at(size_t at, bool good)
{
    struct findings told = { 0 };
    log_folder_write(&folder, &x.l, at);
    files = logfiles_of_dir(folder.dir);
    assert_int_equal(accepted_fetch(&now, &trust, files, &told), VERDICT_GOOD);
    findings_free(&told);
    return (struct log_now){ files, &now, true, good };
}

/* ---- against the log of now ------------------------------------------------------------------ */

static void an_answer_may_be_in_memory(void **state)
{
    (void)state;
    make(INDEX_KEY_WARRANT, REFERENCE, x.l.n);
    assert_int_equal(verify_offline(), OUTCOME_PROVEN); /* its path leads nowhere */
    buf_clear(&text);
    assert_int_equal(verify_offline(), OUTCOME_UNDECIDED);
    assert_int_equal(answer->check.findings.list[0].why.reason, REASON_MISSING);
}

static void what_is_good_is_undecided_where_the_log_is(void **state)
{
    (void)state;
    make(INDEX_KEY_WARRANT, REFERENCE, x.l.n);
    struct log_now log = log_at(x.l.n, true);
    assert_int_equal(verify(&log), OUTCOME_PROVEN);
    log.now_good = false;
    assert_int_equal(verify(&log), OUTCOME_UNDECIDED);
    assert_int_equal(answer->check.findings.total, 0);
}

static void what_is_bad_is_bad_whatever_the_log_is(void **state)
{
    (void)state;
    make_bad();
    struct log_now log = log_at(x.l.n, false);
    assert_int_equal(verify(&log), OUTCOME_BAD);
    assert_int_equal(answer->check.verdict, VERDICT_BAD);
}

/* Where there is no checkpoint of now nothing is compared. */
static void a_log_that_shows_no_checkpoint_is_not_compared(void **state)
{
    struct accepted none = { .note = { 0 } };
    (void)state;
    make(INDEX_KEY_WARRANT, REFERENCE, x.l.n);
    struct log_now log = log_at(x.l.n, false);
    log.now = &none;
    log.has_now = false;
    assert_int_equal(verify(&log), OUTCOME_UNDECIDED);
    assert_int_equal(answer->check.findings.total, 0);
}

static void what_is_no_answer_of_the_log_is_not_compared(void **state)
{
    (void)state;
    make(INDEX_KEY_WARRANT, REFERENCE, x.l.n);
    struct log_now log = log_at(x.l.n, true);
    buf_clear(&text);
    buf_adds(&text, "bitacora/v1 answer\nnonsense\n");
    assert_int_equal(verify(&log), OUTCOME_UNDECIDED);
    assert_int_equal(answer->check.findings.total, 1);
    assert_false(lost_any());
}

/* ---- against receipts ------------------------------------------------------------------------ */

static void hold(uint64_t index)
{
    struct chain c;
    struct buf note = { 0 }, bytes = { 0 };
    chain_make(&c, &x.l, x.l.n, index);
    log_checkpoint(&note, &x.l, x.l.n);
    receipt_format(&bytes, c.entry, c.n, buf_span(&note));
    log_folder_put(&folder, "receipt", buf_span(&bytes));
    buf_free(&bytes);
    buf_free(&note);
    close_receipt();
    receipt_check(&receipt, &trust, log_folder_path(&folder, "receipt"));
    assert_true(receipt.entry_stands);
}

/* How many entries the answer is said to leave out. */
static uint64_t told(void)
{
    struct findings f = { 0 };
    verified_answers_compare(answer, 1, &receipt, 1, &f);
    uint64_t n = f.total;
    if (n > 0) {
        assert_int_equal(f.list[0].verdict, VERDICT_BAD);
        assert_int_equal(f.list[0].why.reason, REASON_INDEX_LEFT_OUT);
        assert_true(f.list[0].related == receipt.report.index);
    }
    findings_free(&f);
    return n;
}

/* An answer about the judge's entries that lacks the first warrant. */
static void make_lying(void)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct answer_question q = question_of(INDEX_KEY_SIGNER, x.l.who[JUDGE].key.vkey.name);
    struct index_row *rows;
    size_t kept = 0, n = honest_rows(&x, 0, cover.end, &rows);
    for (size_t i = 0; i < n; i++)
        if (index_row_entry(&rows[i]) != x.warrant[0])
            rows[kept++] = rows[i];
    put_table(&x, &cover.table[0], 0, cover.end, rows, kept, 0);
    free(rows);
    struct answer_ask ask = ask_of(&x, add_index(&x, &cover), &q);
    make_answer(&text, &x, &ask);
    assert_int_equal(verify_offline(), OUTCOME_PROVEN);
}

static void only_what_stands_convicts_an_answer(void **state)
{
    (void)state;
    make_lying();
    hold(x.warrant[0]);
    assert_int_equal(told(), 1);
    receipt.entry_stands = false;
    assert_int_equal(told(), 0);
    receipt.entry_stands = true;
    uint64_t size = receipt.report.size;
    receipt.report.size = 0;
    assert_int_equal(told(), 0);
    receipt.report.size = size;
    answer->check.verdict = VERDICT_UNDECIDED;
    assert_int_equal(told(), 0);
    answer->check.verdict = VERDICT_GOOD;
    receipt.report.cp.checkpoint.origin = span_str("another.example/log");
    assert_int_equal(told(), 0);
}

/* Entries from the end of the index on are in no answer. */
static void an_answer_ends_where_its_index_does(void **state)
{
    (void)state;
    uint64_t late = add_request(&x, x.warrant[0], REFERENCE);
    make(INDEX_KEY_SIGNER, x.l.who[REQUESTER].key.vkey.name, late);
    assert_int_equal(verify_offline(), OUTCOME_PROVEN);
    hold(late);
    assert_int_equal(told(), 0);
    hold(x.l.request); /* which is in it */
    assert_int_equal(told(), 0);
}

/* What an entry has by what it names no receipt proves. */
static void keys_that_an_entry_has_of_others_do_not_count(void **state)
{
    (void)state;
    uint64_t about = add_correction(&x, add_request(&x, x.warrant[0], REFERENCE));
    make(INDEX_KEY_WARRANT, "99/2025", x.l.n);
    assert_int_equal(verify_offline(), OUTCOME_PROVEN);
    hold(about);
    assert_int_equal(told(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_may_be_in_memory),
        TEST(what_is_good_is_undecided_where_the_log_is),
        TEST(what_is_bad_is_bad_whatever_the_log_is),
        TEST(a_log_that_shows_no_checkpoint_is_not_compared),
        TEST(what_is_no_answer_of_the_log_is_not_compared),
        TEST(only_what_stands_convicts_an_answer),
        TEST(an_answer_ends_where_its_index_does),
        TEST(keys_that_an_entry_has_of_others_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
