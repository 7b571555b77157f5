/* likeness.h: texts that look the same, and where they differ. */
#include "client/show/likeness.h"

#include <string.h>

#include "client/base/lost.h"
#include "tests/unit/fixture.h"

#define LATIN "CJF-1/2026"
#define HYPHEN                                                                                     \
    "CJF\xE2\x80\x91"                                                                              \
    "1/2026" /* U+2011 */
#define CYRILLIC                                                                                   \
    "\xD0\xA1"                                                                                     \
    "JF-1/2026" /* U+0421 */

static void expect_words(const char *asked, const char *text, enum language language,
                         const char *words)
{
    struct buf b = { 0 };
    language_set(language);
    likeness_words(&b, asked, text);
    assert_string_equal(buf_str(&b), words);
    buf_free(&b);
}

static void what_a_reader_confuses_looks_the_same(void **state)
{
    (void)state;
    assert_true(looks_the_same(LATIN, HYPHEN));
    assert_true(looks_the_same(CYRILLIC, LATIN));
    assert_true(looks_the_same("l0", "lO"));
}

static void the_same_is_no_likeness_and_another_is_none(void **state)
{
    (void)state;
    assert_false(looks_the_same(LATIN, LATIN));
    assert_false(looks_the_same(LATIN, "CJF-2/2026"));
    assert_false(looks_the_same("", LATIN));
}

static void skeletons_agree_where_texts_look_the_same(void **state)
{
    struct buf a = likeness_of(LATIN, LIKENESS_LOOKS), b = likeness_of(CYRILLIC, LIKENESS_LOOKS);
    (void)state;
    assert_true(a.n > 0);
    assert_true(span_eq(buf_span(&a), buf_span(&b)));
    buf_free(&a);
    buf_free(&b);
}

static void a_difference_is_told_by_its_place(void **state)
{
    json_t *meant = json_pack("[{s:i,s:s,s:s}]", "at", 4, "asked", "U+002D", "there", "U+2011");
    json_t *made = likeness_json(LATIN, HYPHEN);
    (void)state;
    assert_true(json_equal(made, meant));
    json_decref(made);
    json_decref(meant);
    expect_words(LATIN, HYPHEN, LANGUAGE_EN, "U+2011 instead of U+002D (4)");
    expect_words(LATIN, HYPHEN, LANGUAGE_ES, "U+2011 en vez de U+002D (4)");
}

static void more_and_missing_are_told_with_the_character_behind(void **state)
{
    json_t *meant = json_pack("[{s:i,s:n,s:s}]", "at", 1, "asked", "there", "U+0020");
    json_t *made = likeness_json("ab", " ab");
    (void)state;
    assert_true(json_equal(made, meant));
    json_decref(made);
    json_decref(meant);
    expect_words("ab", "abc", LANGUAGE_EN, "U+0063 more (3)");
    expect_words("abc", "ac", LANGUAGE_EN, "U+0062 missing (2)");
    expect_words("abc", "ac", LANGUAGE_ES, "falta U+0062 (2)");
    expect_words("ac", "abc", LANGUAGE_ES, "U+0062 de más (2)");
}

/* With as few differences as possible: one letter moved is two, and not all of them. */
static void differences_are_as_few_as_possible(void **state)
{
    (void)state;
    expect_words("abcdef", "bcdefa", LANGUAGE_EN, "U+0061 missing (1), U+0061 more (6)");
    expect_words(LATIN, LATIN, LANGUAGE_EN, "");
    expect_words("", "", LANGUAGE_EN, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_reader_confuses_looks_the_same),
        cmocka_unit_test(the_same_is_no_likeness_and_another_is_none),
        cmocka_unit_test(skeletons_agree_where_texts_look_the_same),
        cmocka_unit_test(a_difference_is_told_by_its_place),
        cmocka_unit_test(more_and_missing_are_told_with_the_character_behind),
        cmocka_unit_test(differences_are_as_few_as_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
