/* findings.h: findings for programs, and those that nobody is shown. */
#include "client/remote/findings.h"

#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "tests/unit/fixture.h"

static struct findings f;

static int stop(void **state)
{
    (void)state;
    findings_free(&f);
    lost_forget();
    return 0;
}

static void add(enum verdict verdict, enum reason reason, uint64_t entry)
{
    struct finding x = { .verdict = verdict, .entry = entry, .related = NO_ENTRY };
    refuse(&x.why, reason, "it");
    findings_add(&f, &x);
}

static const char *word(const json_t *v, const char *member)
{
    return json_string_value(json_object_get(v, member));
}

static void each_is_said_in_json(void **state)
{
    (void)state;
    add(VERDICT_BAD, REASON_FORK, NO_ENTRY);
    add(VERDICT_UNDECIDED, REASON_MISSING, 7);
    json_t *list = findings_json(&f);
    assert_int_equal(json_array_size(list), 2);
    const json_t *one = json_array_get(list, 0), *two = json_array_get(list, 1);
    assert_string_equal(word(one, "code"), reason_code(REASON_FORK));
    assert_string_equal(word(one, "verdict"), "bad");
    assert_true(json_is_null(json_object_get(one, "entry")));
    assert_string_equal(word(two, "code"), reason_code(REASON_MISSING));
    assert_string_equal(word(two, "verdict"), "undecided");
    assert_int_equal(json_integer_value(json_object_get(two, "entry")), 7);
    json_decref(list);
}

/* What tells a program why nothing was decided (INTERFACES, 10.2) is the first that leaves it open,
 * not what convicts. */
static void the_first_undecided_one_is_the_trouble(void **state)
{
    (void)state;
    trouble_keep();
    add(VERDICT_BAD, REASON_FORK, NO_ENTRY);
    add(VERDICT_UNDECIDED, REASON_MISSING, 7);
    add(VERDICT_UNDECIDED, REASON_UNREADABLE, 8);
    json_decref(findings_json(&f));
    json_t *object = json_pack("{s:s}", "verdict", "undecided");
    trouble_add(object);
    const json_t *error = json_object_get(object, "error");
    assert_string_equal(word(error, "code"), reason_code(REASON_MISSING));
    json_decref(object);
}

/* Wherever in the list the one stands that tells of memory. */
static void without_memory_something_is_lost(void **state)
{
    (void)state;
    assert_false(findings_lost(&f));
    add(VERDICT_UNDECIDED, REASON_MISSING, 7);
    assert_false(findings_lost(&f));
    assert_false(lost_any());
    add(VERDICT_UNDECIDED, REASON_MEMORY, NO_ENTRY);
    assert_true(findings_lost(&f));
    assert_true(lost_any());
    lost_forget();
    add(VERDICT_UNDECIDED, REASON_MISSING, 8);
    assert_true(findings_lost(&f));
    assert_true(lost_any());
    lost_forget();
    findings_free(&f);
    f.memory = true; /* one that is not listed for that */
    assert_true(findings_lost(&f));
    assert_true(lost_any());
    f.memory = false;
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_is_said_in_json),
        TEST(the_first_undecided_one_is_the_trouble),
        TEST(without_memory_something_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
