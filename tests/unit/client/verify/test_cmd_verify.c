/* The command `verify`: receipts and answers, offline and against the log as it is now. What it
 * says is read from its JSON. */
#include <time.h>

#include "client/base/lost.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/client/verify/verify_fixture.h"
#include "tests/unit/proto/answer/answer_fixture.h"

/* ---- what is good ---------------------------------------------------------------------------- */

static void a_receipt_is_good_offline_and_against_the_log(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    args.log = NULL;
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_true(json_is_true(json_object_get(said, "ok")));
    assert_null(of_receipt(0, "renewed"));
    args.log = url;
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_true(json_is_true(json_object_get(said, "ok")));
    assert_string_equal(json_string_value(json_object_get(said, "verdict")), "good");
    assert_true(json_is_null(of_receipt(0, "renewed")));
    assert_true(json_is_null(of_receipt(0, "indexed")));
    assert_int_equal(json_array_size(of_receipt(0, "revocations")), 0);
    convicts(NULL);
    serve(&x.l, EARLY, 0, 0); /* of the same size */
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
}

static void without_the_log_nothing_is_decided(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_string_equal(json_string_value(of_receipt(0, "verdict")), "undecided");
    log_folder_put(&folder, "log/checkpoint", span_str("nonsense\n"));
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    assert_int_equal(json_array_size(of_receipt(0, "findings")), 0); /* it is the log's */
    assert_true(json_is_false(json_object_get(said, "ok")));
    serve(&x.l, x.l.n, 0, 0);
    log_folder_drop(&folder, text_of("log/tile/0/000.p/%zu", x.l.n));
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%zu", x.l.n));
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
}

static void entries_that_the_log_does_not_show_leave_it_open(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    serve(&x.l, x.l.n, 0, 0);
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%zu", x.l.n));
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("missing", "undecided", NO_ENTRY);
}

static void what_cannot_be_read_is_undecided(void **state)
{
    (void)state;
    args.log = NULL;
    assert_int_equal(verify("nothing", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("missing", "undecided", NO_ENTRY);
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    assert_int_equal(verify("receipt", "nothing"), OUTCOME_UNDECIDED);
    assert_string_equal(json_string_value(of_receipt(0, "verdict")), "good");
    args.operands = 0;
    assert_int_equal(run(), OUTCOME_USAGE);
    args.operands = 2;
    args.opening = "nothing";
    assert_int_equal(run(), OUTCOME_USAGE);
    args.operands = 0;
    args.log = url;
    assert_int_equal(run(), OUTCOME_USAGE);
    args.log = NULL;
    assert_int_equal(run(), OUTCOME_UNDECIDED);
}

/* ---- another history ------------------------------------------------------------------------- */

static void a_log_of_another_history_is_a_fork(void **state)
{
    struct log other;
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    another(&other, EARLY - 1, EARLY + 3);
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("fork", "bad", NO_ENTRY);
    convicts("fork");
    serve(&other, EARLY, 0, 0); /* of one size */
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    convicts("fork");
    log_free(&other);
}

static void a_shorter_log_may_contradict_a_receipt(void **state)
{
    struct log other;
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    serve(&x.l, EARLY - 1, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("stale", "undecided", NO_ENTRY);
    another(&other, REQUEST - 1, REQUEST); /* another entry before the receipt's */
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    convicts("link");
    log_free(&other);
    another(&other, REQUEST, REQUEST + 1); /* another one in its place */
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    convicts("leaves");
    log_free(&other);
}

static void a_shorter_log_that_shows_nothing_leaves_it_open(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    serve(&x.l, EARLY - 1, 0, 0);
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%d", EARLY - 1));
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_int_equal(json_array_size(of_receipt(0, "findings")), 2); /* missing, stale */
}

static void a_bad_receipt_is_held_against_the_log_all_the_same(void **state)
{
    struct log other;
    (void)state;
    uint64_t bad = log_add(&x.l, BY(JUDGE, KIND_REQUEST)); /* a judge requests nothing */
    write_receipt("receipt", &x.l, x.l.n, bad, 0);
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("role", "bad", bad);
    another(&other, EARLY, x.l.n);
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    const json_t *list = of_receipt(0, "findings");
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "code")),
                        "role");
    assert_true(json_array_size(list) > 1);
    convicts("fork");
    assert_int_equal(json_array_size(of_receipt(0, "revocations")), 0); /* nobody asks */
    log_free(&other);
}

static void two_receipts_are_held_together(void **state)
{
    struct log other;
    (void)state;
    args.log = NULL;
    another(&other, EARLY - 1, EARLY);
    write_receipt("one", &x.l, EARLY, REQUEST, 0);
    write_receipt("two", &other, EARLY, REQUEST, 0);
    assert_int_equal(verify("one", "two"), OUTCOME_BAD);
    only(json_object_get(said, "findings"), "fork", "bad", NO_ENTRY);
    assert_string_equal(json_string_value(of_receipt(0, "verdict")), "good");
    convicts("fork");
    write_receipt("two", &x.l, x.l.n, REQUEST, 0);
    assert_int_equal(verify("one", "two"), OUTCOME_PROVEN);
    convicts(NULL);
    log_free(&other);
}

static void clocks_must_allow_both(void **state)
{
    (void)state;
    size_t last = x.l.n - 1;
    /* The receipt's tree was cosigned long after the entry behind it had been accepted. */
    write_receipt("receipt", &x.l, EARLY, REQUEST, now_seconds() - 1800);
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("clock", "undecided", EARLY);
    /* And in time; the log's tree before its last entry. */
    write_receipt("receipt", &x.l, last, REQUEST, now_seconds() - 1800);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    write_receipt("receipt", &x.l, last, REQUEST, now_seconds() + 1800);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("clock", "undecided", last);
}

/* ---- witnesses that were replaced, and freshness --------------------------------------------- */

static void what_lacks_a_witness_may_be_proven_again(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, now_seconds() - 3600);
    write_policy("v");
    serve(&x.l, x.l.n, 0, now_seconds());
    args.log = NULL;
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("quorum", "undecided", NO_ENTRY);
    args.log = url;
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_int_equal(json_integer_value(json_object_get(of_receipt(0, "renewed"), "size")), x.l.n);
    assert_int_equal(json_array_size(of_receipt(0, "findings")), 0);
    write_policy("g"); /* now both are asked for */
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_true(json_is_null(of_receipt(0, "renewed")));
    of_receipt_only("quorum", "undecided", NO_ENTRY);
}

static void what_is_good_needs_a_log_that_is_good(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, now_seconds() - 3600);
    write_policy("w");
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_string_equal(json_string_value(of_receipt(0, "verdict")), "undecided");
    assert_int_equal(json_array_size(of_receipt(0, "findings")), 0); /* it is the log's */
}

static bool is_told(const char *code)
{
    size_t i;
    json_t *f;
    json_array_foreach (of_receipt(0, "findings"), i, f)
        if (strcmp(json_string_value(json_object_get(f, "code")), code) == 0)
            return true;
    return false;
}

static void what_is_old_is_undecided(void **state)
{
    (void)state;
    write_policy("w");
    write_receipt("receipt", &x.l, EARLY, REQUEST, 1000); /* in 1970 */
    args.log = NULL;
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_false(is_told("stale"));
    args.max_age = "86400";
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_true(is_told("stale"));
    args.max_age = "x";
    assert_int_equal(verify("receipt", NULL), OUTCOME_USAGE);
}

static void a_bad_receipt_is_not_proven_again(void **state)
{
    (void)state;
    uint64_t bad = log_add(&x.l, BY(JUDGE, KIND_REQUEST));
    write_receipt("receipt", &x.l, x.l.n, bad, now_seconds());
    write_policy("v");
    serve(&x.l, x.l.n, 0, now_seconds());
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    assert_true(json_is_null(of_receipt(0, "renewed")));
}

/* ---- revocations ----------------------------------------------------------------------------- */

static uint64_t revoke_key(enum who who, const char *reason)
{
    uint64_t index = log_add(&x.l, BY(REGISTRAR, KIND_REVOKE,
                                      .members = text_of("\"vkey\":\"%s\",\"reason\":\"%s\"",
                                                         vkey_text(&x.l, who), reason)));
    log_client_free(service);
    service = log_fake_client(&x.l, x.l.n + 1);
    log_fake_hint(service, index);
    log_fake_serve(service);
    return index;
}

static void a_key_that_was_revoked_later_stands_unless_it_is_in_doubt(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    uint64_t left = revoke_key(REQUESTER, "left_office");
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_int_equal(json_array_size(of_receipt(0, "revocations")), 1);
    const json_t *r = json_array_get(of_receipt(0, "revocations"), 0);
    assert_int_equal(json_integer_value(json_object_get(r, "entry")), left);
    uint64_t lost = revoke_key(JUDGE, "key_compromise");
    write_receipt("warrant", &x.l, EARLY, 6, 0); /* a judge's */
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("warrant", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("compromise", "undecided", 6);
    const json_t *f = json_array_get(of_receipt(0, "findings"), 0);
    assert_int_equal(json_integer_value(json_object_get(f, "related")), lost);
}

static void what_was_signed_behind_a_revocation_convicts(void **state)
{
    (void)state;
    uint64_t revoked = revoke_key(REQUESTER, "left_office");
    uint64_t late = log_add(&x.l, BY(REQUESTER, KIND_REQUEST));
    write_receipt("receipt", &x.l, x.l.n, late, 0);
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("enrolment", "bad", late);
    const json_t *f = json_array_get(of_receipt(0, "findings"), 0);
    assert_int_equal(json_integer_value(json_object_get(f, "related")), revoked);
    convicts("entry");
    assert_string_equal(json_string_value(json_object_get(said, "verdict")), "bad");
}

static void answers_that_show_nothing_or_something_bad_are_told(void **state)
{
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    uint64_t revoked = revoke_key(REQUESTER, "left_office");
    serve(&x.l, x.l.n, 0, 0);
    log_fake_spoil(service, revoked);
    log_fake_serve(service);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    only(json_object_get(said, "findings"), "receipt", "bad", NO_ENTRY);
    assert_true(json_is_null(of_receipt(0, "revocations")));
    log_fake_hint(service, x.l.n + 7);
    log_fake_spoil(service, NO_ENTRY);
    log_fake_serve(service);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("unreadable", "undecided", NO_ENTRY);
    log_fake_set(service, true, false);
    log_fake_serve(service);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_true(json_is_null(of_receipt(0, "revocations"))); /* it could not be asked */
}

/* ---- the index ------------------------------------------------------------------------------- */

static void the_index_must_list_the_entry(void **state)
{
    (void)state;
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct index_row *rows;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    const uint64_t ends[] = { x.l.n };
    uint64_t honest = add_honest_index(&x, ends, 1, NULL);
    serve(&x.l, x.l.n, 0, 0);
    newest_index(honest);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_true(json_is_true(of_receipt(0, "indexed")));
    size_t kept = 0, n = honest_rows(&x, 0, cover.end, &rows);
    for (size_t i = 0; i < n; i++)
        if (index_row_entry(&rows[i]) != REQUEST)
            rows[kept++] = rows[i];
    put_table(&x, &cover.table[0], 0, cover.end, rows, kept, 0);
    free(rows);
    uint64_t lying = add_index(&x, &cover);
    serve(&x.l, x.l.n, 0, 0);
    newest_index(lying);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    assert_true(json_is_false(of_receipt(0, "indexed")));
    of_receipt_only("index", "bad", lying);
    convicts("index");
}

/* ---- answers --------------------------------------------------------------------------------- */

static const json_t *of_answer(const char *member)
{
    return json_object_get(json_array_get(json_object_get(said, "answers"), 0), member);
}

static void an_answer_is_good_offline_and_against_the_log(void **state)
{
    struct log other;
    (void)state;
    const uint64_t ends[] = { 7, x.l.n };
    uint64_t index = add_honest_index(&x, ends, COUNT(ends), NULL);
    write_answer("answer", index, INDEX_KEY_WARRANT, REFERENCE);
    another(&other, EARLY, x.l.n + 2);
    args.log = NULL;
    assert_int_equal(verify("answer", NULL), OUTCOME_PROVEN);
    assert_string_equal(json_string_value(of_answer("verdict")), "good");
    args.log = url;
    assert_int_equal(verify("answer", NULL), OUTCOME_UNDECIDED); /* there is no log */
    assert_string_equal(json_string_value(of_answer("verdict")), "undecided");
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("answer", NULL), OUTCOME_PROVEN);
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("answer", NULL), OUTCOME_BAD);
    convicts("fork");
    log_free(&other);
}

static void an_answer_needs_its_witnesses_of_late(void **state)
{
    (void)state;
    const uint64_t ends[] = { 7, x.l.n };
    uint64_t index = add_honest_index(&x, ends, COUNT(ends), NULL);
    args.log = NULL;
    write_policy("w");
    write_answer("answer", index, INDEX_KEY_WARRANT, REFERENCE);
    assert_int_equal(verify("answer", NULL), OUTCOME_UNDECIDED);
    only(of_answer("findings"), "quorum", "undecided", NO_ENTRY);
    args.max_age = "1";
    assert_int_equal(verify("answer", NULL), OUTCOME_UNDECIDED);
    only(of_answer("findings"), "quorum", "undecided", NO_ENTRY);
    args.max_age = NULL;
    write_cosigned_answer("answer", index, INDEX_KEY_WARRANT, REFERENCE, now_seconds());
    assert_int_equal(verify("answer", NULL), OUTCOME_PROVEN);
    args.max_age = "1"; /* the fixture's log is of a day in 2026 */
    if ((uint64_t)time(NULL) > now_seconds() + 1) {
        assert_int_equal(verify("answer", NULL), OUTCOME_UNDECIDED);
        only(of_answer("findings"), "stale", "undecided", NO_ENTRY);
    }
    /* A log that lacks its witness proves no answer. */
    args.max_age = NULL;
    args.log = url;
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("answer", NULL), OUTCOME_UNDECIDED);
    assert_string_equal(json_string_value(of_answer("verdict")), "undecided");
    serve(&x.l, x.l.n, now_seconds(), 0);
    assert_int_equal(verify("answer", NULL), OUTCOME_PROVEN);
}

/* What a log's clock and a witness's say of each other is asked of answers, too. */
static void the_clocks_of_an_answer_and_the_log_must_allow_both(void **state)
{
    (void)state;
    const uint64_t ends[] = { 7, x.l.n };
    uint64_t index = add_honest_index(&x, ends, COUNT(ends), NULL);
    write_cosigned_answer("answer", index, INDEX_KEY_WARRANT, REFERENCE, now_seconds() + 7200);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR)); /* accepted two hours before that */
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("answer", NULL), OUTCOME_UNDECIDED);
    only(of_answer("findings"), "clock", "undecided", x.l.n - 1);
}

static void an_answer_may_leave_out_what_a_receipt_shows(void **state)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct index_row *rows;
    (void)state;
    uint64_t mine = x.warrant[0];
    size_t kept = 0, n = honest_rows(&x, 0, cover.end, &rows);
    for (size_t i = 0; i < n; i++)
        if (index_row_entry(&rows[i]) != mine)
            rows[kept++] = rows[i];
    put_table(&x, &cover.table[0], 0, cover.end, rows, kept, 0);
    free(rows);
    uint64_t lying = add_index(&x, &cover);
    uint64_t later = add_request(&x, x.warrant[0], REFERENCE);
    args.log = NULL;
    write_answer("answer", lying, INDEX_KEY_SIGNER, x.l.who[JUDGE].key.vkey.name);
    write_receipt("receipt", &x.l, x.l.n, mine, 0);
    assert_int_equal(verify("answer", "receipt"), OUTCOME_BAD);
    only(json_object_get(said, "findings"), "index", "bad", lying);
    assert_string_equal(json_string_value(of_answer("verdict")), "good");
    assert_int_equal(verify("receipt", "answer"), OUTCOME_BAD);
    write_receipt("receipt", &x.l, x.l.n, x.other, 0); /* it is in the answer */
    assert_int_equal(verify("answer", "receipt"), OUTCOME_PROVEN);
    write_receipt("receipt", &x.l, x.l.n, REQUEST, 0); /* it is no judge's */
    assert_int_equal(verify("answer", "receipt"), OUTCOME_PROVEN);
    write_receipt("receipt", &x.l, x.l.n, later, 0); /* behind what the index covers */
    write_answer("answer", lying, INDEX_KEY_SIGNER, x.l.who[REQUESTER].key.vkey.name);
    assert_int_equal(verify("answer", "receipt"), OUTCOME_PROVEN);
    log_add(&x.l, BY(JUDGE, KIND_REQUEST)); /* bad by itself: it convicts for that alone */
    write_receipt("receipt", &x.l, x.l.n, x.l.n - 1, 0);
    assert_int_equal(verify("answer", "receipt"), OUTCOME_BAD);
    assert_int_equal(json_array_size(json_object_get(said, "findings")), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_receipt_is_good_offline_and_against_the_log),
        TEST(without_the_log_nothing_is_decided),
        TEST(entries_that_the_log_does_not_show_leave_it_open),
        TEST(what_cannot_be_read_is_undecided),
        TEST(a_log_of_another_history_is_a_fork),
        TEST(a_shorter_log_may_contradict_a_receipt),
        TEST(a_shorter_log_that_shows_nothing_leaves_it_open),
        TEST(a_bad_receipt_is_held_against_the_log_all_the_same),
        TEST(two_receipts_are_held_together),
        TEST(clocks_must_allow_both),
        TEST(what_lacks_a_witness_may_be_proven_again),
        TEST(what_is_good_needs_a_log_that_is_good),
        TEST(what_is_old_is_undecided),
        TEST(a_bad_receipt_is_not_proven_again),
        TEST(a_key_that_was_revoked_later_stands_unless_it_is_in_doubt),
        TEST(what_was_signed_behind_a_revocation_convicts),
        TEST(answers_that_show_nothing_or_something_bad_are_told),
        TEST(the_index_must_list_the_entry),
        TEST(an_answer_is_good_offline_and_against_the_log),
        TEST(an_answer_needs_its_witnesses_of_late),
        TEST(the_clocks_of_an_answer_and_the_log_must_allow_both),
        TEST(an_answer_may_leave_out_what_a_receipt_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
