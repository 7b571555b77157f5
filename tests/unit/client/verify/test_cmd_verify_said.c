/* `verify`: answers beside receipts, presentations and openings, and what is said of all of
 * them. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/judge/presentation.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/client/verify/verify_fixture.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static void an_answer_and_a_receipt_of_two_histories_convict(void **state)
{
    struct log other;
    (void)state;
    const uint64_t ends[] = { 7, x.l.n };
    write_answer("answer", add_honest_index(&x, ends, COUNT(ends), NULL), INDEX_KEY_WARRANT,
                 REFERENCE);
    another(&other, EARLY, x.l.n);
    write_receipt("receipt", &other, other.n, REQUEST, 0);
    args.log = NULL;
    assert_int_equal(verify("answer", "receipt"), OUTCOME_BAD);
    only(json_object_get(said, "findings"), "fork", "bad", NO_ENTRY);
    convicts("fork");
    log_folder_put(&folder, "answer", span_str("bitacora/v1 answer\nnonsense\n"));
    assert_int_equal(verify("answer", "receipt"), OUTCOME_UNDECIDED);
    assert_int_equal(json_array_size(json_object_get(said, "findings")), 0);
    log_free(&other);
}

static void of_two_bad_answers_the_first_is_evidence(void **state)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct index_row *rows;
    (void)state;
    size_t n = honest_rows(&x, 0, x.l.n, &rows);
    for (size_t i = 0; i < n / 2; i++) {
        struct index_row row = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = row;
    }
    put_table(&x, &cover.table[0], 0, x.l.n, rows, n, 0);
    free(rows);
    write_answer("answer", add_index(&x, &cover), INDEX_KEY_WARRANT, REFERENCE);
    args.log = NULL;
    assert_int_equal(verify("answer", "answer"), OUTCOME_BAD);
    convicts("index");
}

/* What comes out of a pipe is read once. */
static void an_answer_may_come_through_a_pipe(void **state)
{
    struct buf text = { 0 };
    (void)state;
    const uint64_t ends[] = { 7, x.l.n };
    args.log = NULL;
    write_answer("answer", add_honest_index(&x, ends, COUNT(ends), NULL), INDEX_KEY_WARRANT,
                 REFERENCE);
    FILE *in = fopen(log_folder_path(&folder, "answer"), "rb");
    assert_non_null(in);
    for (int c; (c = getc(in)) != EOF;)
        buf_add_u8(&text, (uint8_t)c);
    fclose(in);
    assert_int_equal(mkfifo(log_folder_path(&folder, "pipe"), 0600), 0);
    for (size_t less = 0; less < 2; less++) {
        pid_t writer = fork();
        if (writer == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* it waits for a reader */
            FILE *out = fopen(log_folder_path(&folder, "pipe"), "wb");
            _exit(out == NULL || fwrite(text.p, 1, text.n - less, out) != text.n - less ||
                  fclose(out) != 0);
        }
        int status = -1;
        assert_int_equal(verify("pipe", NULL), less == 0 ? OUTCOME_PROVEN : OUTCOME_UNDECIDED);
        assert_int_equal(waitpid(writer, &status, 0), writer);
        assert_int_equal(status, 0);
        assert_int_equal(json_array_size(json_object_get(said, "answers")), 1);
    }
    buf_free(&text);
}

/* It may be longer than any receipt. */
static void an_answer_may_be_long(void **state)
{
    (void)state;
    args.log = NULL;
    log_folder_put(&folder, "answer", span_str("bitacora/v1 answer\nnonsense\n"));
    assert_int_equal(truncate(log_folder_path(&folder, "answer"), RECEIPT_MAX + 1), 0);
    assert_int_equal(verify("answer", NULL), OUTCOME_UNDECIDED);
    assert_int_equal(json_array_size(json_object_get(said, "answers")), 1);
}

static void what_good_means_is_said_where_something_is(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    args.log = NULL;
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_non_null(strstr(told, "good says"));
    assert_null(strstr(told, "presentation"));
    assert_int_equal(verify("receipt", "nothing"), OUTCOME_UNDECIDED);
    assert_non_null(strstr(told, "good says"));
    assert_int_equal(verify("nothing", NULL), OUTCOME_UNDECIDED);
    assert_null(strstr(told, "good says"));
    args.json = false;
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_null(said);
    assert_null(strchr(written, '{'));
    assert_non_null(strstr(written, "good"));
}

/* That the index could not be asked is no finding, but it is said. */
static void an_index_that_cannot_be_read_is_told(void **state)
{
    char path[INDEX_PATH_MAX];
    (void)state;
    const uint64_t ends[] = { x.l.n };
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    uint64_t index = add_honest_index(&x, ends, 1, NULL);
    serve(&x.l, x.l.n, 0, 0);
    newest_index(index);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_null(strstr(told, "could not be looked up"));
    index_table_path(path, &x.file[0].root, &x.file[0].f);
    log_folder_drop(&folder, text_of("log/%s", path));
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_non_null(strstr(told, "could not be looked up"));
    assert_true(json_is_null(of_receipt(0, "indexed")));
}

static void a_presentation_is_for_the_gate(void **state)
{
    struct buf note = { 0 };
    struct entry_ref ref = { .entry = REQUEST };
    (void)state;
    memcpy(ref.hash, x.l.leaf[REQUEST].b, HASH_BYTES);
    presentation_sign(&note, ORIGIN, "mx.holder", &ref, x.l.now, NULL, &x.l.who[REQUESTER].key);
    log_folder_put(&folder, "note", buf_span(&note));
    args.log = NULL;
    assert_int_equal(verify("note", NULL), OUTCOME_UNDECIDED);
    assert_non_null(strstr(told, "presentation"));
    buf_free(&note);
}

static void put_vector(const char *name, const char *vector)
{
    struct buf bytes = { 0 };
    vector_read(&bytes, vector);
    log_folder_put(&folder, name, buf_span(&bytes));
    buf_free(&bytes);
}

static void an_opening_is_verified_with_its_receipt(void **state)
{
    char opening[128], receipt[128];
    char *operand[1] = { receipt };
    (void)state;
    put_vector("policy", "disclosure/bad/policy");
    put_vector("opening", "disclosure/bad/good-full");
    snprintf(opening, sizeof opening, "%s", log_folder_path(&folder, "opening"));
    snprintf(receipt, sizeof receipt, "%s", log_folder_path(&folder, "receipt"));
    args.log = NULL;
    args.opening = opening;
    args.operand = operand;
    args.operands = 0;
    assert_int_equal(run(), OUTCOME_PROVEN);
    args.operands = 1; /* which is not there */
    assert_int_equal(run(), OUTCOME_UNDECIDED);
    args.operands = 0;
    args.max_age = "x";
    assert_int_equal(run(), OUTCOME_USAGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_and_a_receipt_of_two_histories_convict),
        TEST(of_two_bad_answers_the_first_is_evidence),
        TEST(an_answer_may_come_through_a_pipe),
        TEST(an_answer_may_be_long),
        TEST(what_good_means_is_said_where_something_is),
        TEST(an_index_that_cannot_be_read_is_told),
        TEST(a_presentation_is_for_the_gate),
        TEST(an_opening_is_verified_with_its_receipt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
