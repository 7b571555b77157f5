#include "tests/unit/fixture.h"

#include <stdlib.h>

#define HEAD "bitacora/v1 entry\n7\n2026-11-21T16:00:00.000Z\n"
#define LINK "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

static void expect(const char *bytes, enum reason reason)
{
    struct entry e;
    struct refusal why = { .reason = REASON_NONE };
    int got = entry_parse(&e, span_str(bytes), &why);
    if ((got == 0) != (reason == REASON_NONE) || why.reason != reason)
        fail_msg("%s (%s) instead of %s for '%s'", reason_name(why.reason), why.subject,
                 reason_name(reason), bytes);
}

static void an_entry_is_read_into_its_parts(void **state)
{
    struct entry e;
    struct refusal why;
    struct buf again = { 0 };
    (void)state;
    assert_int_equal(entry_parse(&e, span_str(HEAD LINK "\nthe note\n"), &why), 0);
    assert_int_equal(e.index, 7);
    assert_true(e.accepted == INT64_C(1795276800000));
    assert_int_equal(e.link.b[31], 31);
    assert_true(span_is(e.note, "the note\n"));
    entry_format(&again, &e);
    assert_true(span_is(buf_span(&again), HEAD LINK "\nthe note\n"));
    buf_free(&again);
}

static void the_header_has_one_form(void **state)
{
    static const char *const bad[] = {
        "",
        "bitacora/v1 entry",
        "bitacora/v1 entry\n",
        "Bitacora/v1 entry\n7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora-v1 entry\n7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "Bitacora/v2 entry\n7\n",
        "bitacora/v1 Entry\n7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v1 record\n7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v1 entry \n7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v0 entry\n7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v01 entry\n7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "\n" HEAD LINK "\n",
        "bitacora/v1 entry\n07\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v1 entry\n-7\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v1 entry\n\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v1 entry\n9223372036854775808\n2026-11-21T16:00:00.000Z\n" LINK "\n",
        "bitacora/v1 entry\n7\n2026-11-21T16:00:00Z\n" LINK "\n",
        "bitacora/v1 entry\n7\n2026-11-31T16:00:00.000Z\n" LINK "\n",
        "bitacora/v1 entry\r\n7\r\n2026-11-21T16:00:00.000Z\r\n",
        HEAD "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n\n",
        HEAD "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n\n",
        HEAD "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n\n",
        HEAD "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh\xFF=\n\n",
        HEAD "\n\n",
        HEAD LINK,
        HEAD LINK "x\n",
        HEAD LINK " \nnote\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        expect(bad[i], REASON_ENTRY_FORM);
    expect(HEAD LINK "\n", REASON_NONE); /* that there is no record in it is record's to say */
}

static void later_versions_are_undecided(void **state)
{
    (void)state;
    expect("bitacora/v2 entry\n", REASON_VERSION);
    expect("bitacora/v2 anything\nat all", REASON_VERSION);
    expect("bitacora/v99999999999999999999999 entry\n", REASON_VERSION);
    expect("bitacora/v2 entry", REASON_ENTRY_FORM);
    expect("bitacora/v2\n", REASON_ENTRY_FORM);
}

static void entries_have_at_most_65535_bytes(void **state)
{
    struct buf b = { 0 };
    struct entry e;
    struct refusal why;
    (void)state;
    buf_adds(&b, HEAD LINK "\n");
    while (b.n < ENTRY_MAX)
        buf_adds(&b, "x");
    assert_int_equal(entry_parse(&e, buf_span(&b), &why), 0);
    buf_adds(&b, "x");
    assert_int_equal(entry_parse(&e, buf_span(&b), &why), -1);
    assert_int_equal(why.reason, REASON_ENTRY_FORM);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_read_into_its_parts),
        cmocka_unit_test(the_header_has_one_form),
        cmocka_unit_test(later_versions_are_undecided),
        cmocka_unit_test(entries_have_at_most_65535_bytes),
    };
    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
