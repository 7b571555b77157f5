#include "client/show/entry_json.h"

#include "client/base/lost.h"
#include "tests/unit/fixture.h"

/* Each entry of a small log, judged in its order, as the JSON that is made of it while it is
 * judged. */

#define SHOWN_MAX 16

struct shown_log {
    struct log l;
    struct judge *judge;
    struct findings findings;
    json_t *entry[SHOWN_MAX];
};

static struct shown_log s;

static void keep_json(void *ctx, const struct judged *e)
{
    (void)ctx;
    s.entry[e->index] =
        entry_json(e, judge_registry(s.judge), entry_verdict(&s.findings, e->index));
}

static enum lookup look_up(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    struct entry e;
    struct record r;
    struct refusal why;
    out->leaf = s.l.leaf[index];
    out->kind = KIND_NONE;
    if (entry_parse(&e, buf_span(&s.l.entry[index]), &why) == 0 &&
        record_parse(&r, e.note, &why) == 0) {
        out->kind = r.kind;
        record_free(&r);
    }
    return LOOKUP_FOUND;
}

static void judge_all(void)
{
    struct judge_setup setup = { .log = s.l.who[THE_LOG].key.vkey,
                                 .size = s.l.n,
                                 .lookup = look_up,
                                 .found = findings_add,
                                 .found_ctx = &s.findings,
                                 .judged = keep_json };
    s.judge = judge_new(&setup);
    for (size_t i = 0; i < s.l.n; i++)
        judge_entry(s.judge, i, &s.l.leaf[i], buf_span(&s.l.entry[i]));
}

static int start(void **state)
{
    (void)state;
    log_start(&s.l, "");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHOWN_MAX; i++)
        json_decref(s.entry[i]);
    judge_free(s.judge);
    findings_free(&s.findings);
    log_free(&s.l);
    s = (struct shown_log){ 0 };
    return 0;
}

static const char *text_at(size_t entry, const char *member)
{
    const char *text = json_string_value(json_object_get(s.entry[entry], member));
    return text == NULL ? "(none)" : text;
}

static bool is_null_at(size_t entry, const char *member)
{
    return json_is_null(json_object_get(s.entry[entry], member));
}

static bool ok_at(size_t entry)
{
    return json_is_true(json_object_get(s.entry[entry], "ok"));
}

static void a_good_entry_has_all_members(void **state)
{
    (void)state;
    judge_all();
    const json_t *request = s.entry[7];
    assert_int_equal(json_integer_value(json_object_get(request, "entry")), 7);
    assert_string_equal(text_at(7, "kind"), "request");
    assert_string_equal(text_at(7, "signer"), s.l.who[REQUESTER].key.vkey.name);
    assert_string_equal(text_at(7, "role"), "requester");
    assert_int_equal(json_integer_value(json_object_get(request, "enrolled")),
                     s.l.who[REQUESTER].entry);
    assert_string_equal(text_at(7, "verdict"), "good");
    assert_true(ok_at(7));
    assert_true(json_is_object(json_object_get(request, "record")));
    assert_int_equal(strlen(text_at(7, "hash")), 44);
    assert_int_equal(strlen(text_at(7, "accepted")), strlen("2026-01-31T10:00:00.000Z"));
    assert_string_equal(text_at(7, "at"), json_string_value(json_object_get(
                                              json_object_get(request, "record"), "at")));
}

static void what_the_log_signs_has_its_role(void **state)
{
    (void)state;
    judge_all();
    assert_string_equal(text_at(0, "kind"), "genesis");
    assert_string_equal(text_at(0, "role"), "log");
    assert_true(ok_at(0));
    assert_string_equal(text_at(1, "role"), "registrar"); /* of genesis: of no authority */
    assert_string_equal(text_at(1, "authority"), "");
}

static void bytes_that_are_no_entry_are_told_as_such(void **state)
{
    (void)state;
    size_t at = log_add_bytes(&s.l, span_str("nothing"));
    judge_all();
    assert_string_equal(text_at(at, "kind"), "-");
    assert_true(is_null_at(at, "record") && is_null_at(at, "signer") && is_null_at(at, "enrolled"));
    assert_true(is_null_at(at, "accepted") && is_null_at(at, "at"));
    assert_string_equal(text_at(at, "verdict"), "bad");
    assert_false(ok_at(at));
}

static void who_is_not_enrolled_has_no_role(void **state)
{
    (void)state;
    size_t at = log_add(&s.l, BY(STRANGER, KIND_REQUEST));
    judge_all();
    assert_string_equal(text_at(at, "kind"), "request");
    assert_string_equal(text_at(at, "signer"), s.l.who[STRANGER].key.vkey.name);
    assert_string_equal(text_at(at, "role"), "");
    assert_true(is_null_at(at, "enrolled"));
    assert_string_equal(text_at(at, "verdict"), "bad");
    assert_true(ok_at(7)); /* the others stay what they are */
}

static void a_bad_reference_is_bad_though_the_signer_counts(void **state)
{
    (void)state;
    s.l.request = 1; /* an enrolment, which a response cannot answer */
    size_t at = log_add(&s.l, BY(HOLDER, KIND_RESPONSE));
    judge_all();
    assert_string_equal(text_at(at, "role"), "holder");
    assert_string_equal(text_at(at, "verdict"), "bad");
    assert_false(ok_at(at));
}

static void what_does_not_count_is_never_good(void **state)
{
    (void)state;
    size_t at = log_add(&s.l, BY(STRANGER, KIND_REQUEST));
    judge_all();
    entry_json_judge(s.entry[at], VERDICT_GOOD);
    assert_string_equal(text_at(at, "verdict"), "undecided");
    assert_false(ok_at(at));
    entry_json_judge(s.entry[7], VERDICT_BAD);
    assert_string_equal(text_at(7, "verdict"), "bad");
    assert_false(ok_at(7));
}

static void a_finding_that_is_not_listed_leaves_doubt(void **state)
{
    struct findings f = { .max = 1 };
    struct finding one = { .verdict = VERDICT_BAD, .entry = 3, .related = NO_ENTRY };
    (void)state;
    findings_add(&f, &one);
    assert_int_equal(entry_verdict(&f, 3), VERDICT_BAD);
    assert_int_equal(entry_verdict(&f, 4), VERDICT_GOOD);
    findings_add(&f, &one);
    assert_int_equal(entry_verdict(&f, 4), VERDICT_UNDECIDED);
    findings_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_good_entry_has_all_members, start, stop),
        cmocka_unit_test_setup_teardown(what_the_log_signs_has_its_role, start, stop),
        cmocka_unit_test_setup_teardown(bytes_that_are_no_entry_are_told_as_such, start, stop),
        cmocka_unit_test_setup_teardown(who_is_not_enrolled_has_no_role, start, stop),
        cmocka_unit_test_setup_teardown(a_bad_reference_is_bad_though_the_signer_counts, start,
                                        stop),
        cmocka_unit_test_setup_teardown(what_does_not_count_is_never_good, start, stop),
        cmocka_unit_test(a_finding_that_is_not_listed_leaves_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
