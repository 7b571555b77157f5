/* finding_list.h: a list that is full hides nothing that convicts, and counts what it does not
 * list. */
#include "proto/verify/finding_list.h"

#include <stdio.h>

#include "tests/unit/fixture.h"

static void add(struct findings *f, enum verdict verdict, enum reason reason, uint64_t entry)
{
    struct finding x = { .verdict = verdict, .entry = entry, .related = NO_ENTRY };
    refuse(&x.why, reason, "");
    findings_add(f, &x);
}

static void bad(struct findings *f, uint64_t entry)
{
    add(f, VERDICT_BAD, REASON_LINK, entry);
}

static void undecided(struct findings *f, uint64_t entry)
{
    add(f, VERDICT_UNDECIDED, REASON_VERSION, entry);
}

/* The entries of the list, as text. */
static const char *entries(const struct findings *f)
{
    static char text[256];
    size_t at = 0;
    text[0] = 0;
    for (size_t i = 0; i < f->kept; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%d ", (int)f->list[i].entry);
    return text;
}

static void the_worst_is_the_verdict(void **state)
{
    struct findings f = { 0 };
    (void)state;
    assert_int_equal(findings_verdict(&f), VERDICT_GOOD);
    undecided(&f, 1);
    assert_int_equal(findings_verdict(&f), VERDICT_UNDECIDED);
    assert_false(f.bad);
    bad(&f, 2);
    undecided(&f, 3);
    assert_int_equal(findings_verdict(&f), VERDICT_BAD);
    assert_int_equal(f.total, 3);
    assert_string_equal(entries(&f), "1 2 3 ");
    findings_free(&f);
    assert_int_equal(findings_verdict(&f), VERDICT_GOOD);
}

static void in_a_full_list_the_bad_ones_stay(void **state)
{
    struct findings f = { .max = 4 };
    (void)state;
    bad(&f, 1);
    undecided(&f, 2);
    undecided(&f, 3);
    bad(&f, 4);
    assert_string_equal(entries(&f), "1 2 3 4 ");
    undecided(&f, 5); /* counts, and is not listed */
    assert_string_equal(entries(&f), "1 2 3 4 ");
    bad(&f, 6); /* in place of the last undecided one */
    assert_string_equal(entries(&f), "1 2 4 6 ");
    bad(&f, 7);
    assert_string_equal(entries(&f), "1 4 6 7 ");
    bad(&f, 8); /* there is none any more */
    assert_string_equal(entries(&f), "1 4 6 7 ");
    assert_int_equal(f.total, 8);
    assert_true(f.undecided);
    findings_free(&f);
}

static void a_full_list_may_begin_with_what_is_undecided(void **state)
{
    struct findings f = { .max = 2 };
    (void)state;
    undecided(&f, 1);
    bad(&f, 2);
    bad(&f, 3);
    assert_string_equal(entries(&f), "2 3 ");
    findings_free(&f);
}

static void without_a_limit_of_its_own_a_list_has_one(void **state)
{
    struct findings f = { 0 };
    (void)state;
    for (size_t i = 0; i < FINDINGS_KEPT_MAX + 1; i++)
        undecided(&f, i);
    assert_int_equal(f.kept, FINDINGS_KEPT_MAX);
    assert_int_equal(f.total, FINDINGS_KEPT_MAX + 1);
    findings_clear(&f);
    assert_int_equal(f.kept + f.total, 0);
    assert_int_equal(findings_verdict(&f), VERDICT_GOOD);
    findings_free(&f);
}

static void what_is_forgotten_does_not_count(void **state)
{
    const enum reason clocks[] = { REASON_TIME, REASON_VERSION };
    struct findings f = { .max = 8 };
    (void)state;
    undecided(&f, 1);
    bad(&f, 2);
    undecided(&f, 3);
    add(&f, VERDICT_UNDECIDED, REASON_QUORUM, 4);
    findings_forget(&f, clocks, COUNT(clocks));
    assert_string_equal(entries(&f), "2 4 ");
    assert_int_equal(f.total, 2);
    assert_int_equal(f.max, 8);
    findings_forget(&f, (const enum reason[]){ REASON_LINK }, 1);
    assert_string_equal(entries(&f), "4 ");
    assert_int_equal(findings_verdict(&f), VERDICT_UNDECIDED);
    findings_forget(&f, (const enum reason[]){ REASON_LINK, REASON_QUORUM }, 2);
    assert_int_equal(findings_verdict(&f), VERDICT_GOOD);
    assert_int_equal(f.total, 0);
    findings_free(&f);
}

/* Of those that are not listed nobody knows the reason: their verdict stays. */
static void what_is_not_listed_is_not_forgotten(void **state)
{
    struct findings f = { .max = 1 };
    (void)state;
    bad(&f, 1);
    bad(&f, 2);
    undecided(&f, 3);
    findings_forget(&f, (const enum reason[]){ REASON_LINK }, 1);
    assert_int_equal(f.kept, 0);
    assert_int_equal(f.total, 2);
    assert_int_equal(findings_verdict(&f), VERDICT_BAD);
    assert_true(f.undecided);
    findings_free(&f);
}

/* Nor do they become worse. */
static void what_is_forgotten_leaves_others_as_they_are(void **state)
{
    struct findings f = { .max = 1 };
    (void)state;
    undecided(&f, 1);
    undecided(&f, 2);
    findings_forget(&f, (const enum reason[]){ REASON_TIME, REASON_VERSION }, 2);
    assert_true(f.total == 1 && !f.bad && f.undecided);
    findings_free(&f);
    f = (struct findings){ .max = 1 };
    bad(&f, 1);
    bad(&f, 2);
    findings_forget(&f, (const enum reason[]){ REASON_LINK }, 1);
    assert_true(f.total == 1 && f.bad && !f.undecided);
    findings_free(&f);
}

/* Only a log that is convicted already may be left unread. */
static void there_are_enough_when_so_many_convict(void **state)
{
    struct findings f = { .max = 1 };
    (void)state;
    for (int i = 0; i < 100000; i++)
        undecided(&f, 1);
    assert_false(findings_enough(&f));
    bad(&f, 2);
    assert_true(findings_enough(&f));
    findings_clear(&f);
    bad(&f, 2);
    for (int i = 0; i < 99998; i++)
        undecided(&f, 1);
    assert_false(findings_enough(&f));
    undecided(&f, 1);
    assert_true(findings_enough(&f));
    findings_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_is_the_verdict),
        cmocka_unit_test(in_a_full_list_the_bad_ones_stay),
        cmocka_unit_test(a_full_list_may_begin_with_what_is_undecided),
        cmocka_unit_test(without_a_limit_of_its_own_a_list_has_one),
        cmocka_unit_test(what_is_forgotten_does_not_count),
        cmocka_unit_test(what_is_not_listed_is_not_forgotten),
        cmocka_unit_test(what_is_forgotten_leaves_others_as_they_are),
        cmocka_unit_test(there_are_enough_when_so_many_convict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
