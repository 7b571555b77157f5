#include "proto/text/nearest.h"

#include <string.h>

#include "tests/unit/fixture.h"

static const char *meant(const char *said)
{
    static const char *const words[] = { "replay", "report", "receipt", "revoke", "key", "keygen" };
    struct nearest n = { .said = said };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        nearest_offer(&n, words[i]);
    return n.best == NULL ? "-" : n.best;
}

static void test_one_mistake(void **state)
{
    (void)state;
    assert_string_equal(meant("replayy"), "replay"); /* one too many */
    assert_string_equal(meant("repay"), "replay");   /* one too few */
    assert_string_equal(meant("raplay"), "replay");  /* another */
    assert_string_equal(meant("rpelay"), "replay");  /* swapped */
    assert_string_equal(meant("REPORT"), "report");
    assert_string_equal(meant("kye"), "key");
}

static void test_how_many(void **state)
{
    (void)state;
    assert_string_equal(meant("raplxy"), "replay"); /* two of six */
    assert_string_equal(meant("raxlxy"), "-");      /* three of six */
    assert_string_equal(meant("xkxx"), "-");        /* all but one of four */
    assert_string_equal(meant("k"), "-");           /* nothing would be left of it */
    assert_string_equal(meant(""), "-");
    assert_string_equal(meant("wombat"), "-");
}

static void test_beginnings(void **state)
{
    (void)state;
    assert_string_equal(meant("rec"), "receipt");
    assert_string_equal(meant("rep"), "replay"); /* the first of equals */
    assert_string_equal(meant("keyge"), "keygen");
    assert_string_equal(meant("re"), "-");
    assert_string_equal(meant("key"), "key"); /* the word itself, not what begins with it */
}

static void test_long_words(void **state)
{
    char word[NEAREST_MAX + 2];
    struct nearest n = { .said = word };
    (void)state;
    memset(word, 'a', sizeof word);
    word[NEAREST_MAX + 1] = 0;
    nearest_offer(&n, word);
    assert_null(n.best);
    word[NEAREST_MAX] = 0;
    nearest_offer(&n, word);
    assert_ptr_equal(n.best, word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_mistake),
        cmocka_unit_test(test_how_many),
        cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
