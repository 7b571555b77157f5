#include "client/show/csv.h"

#include "tests/unit/fixture.h"

static void expect_cell(const char *text, const char *cell)
{
    struct buf out = { 0 };
    csv_cell(&out, text);
    assert_string_equal(buf_str(&out), cell);
    buf_free(&out);
}

static void a_plain_text_stands_as_it_is(void **state)
{
    (void)state;
    expect_cell("", "");
    expect_cell("mx.fgr", "mx.fgr");
    expect_cell("a b='c'", "a b='c'");
    expect_cell("categoría", "categoría");
}

static void what_separates_is_quoted(void **state)
{
    (void)state;
    expect_cell("a,b", "\"a,b\"");
    expect_cell("a;b", "\"a;b\"");
    expect_cell("a\tb", "\"a\tb\"");
    expect_cell("a\r\nb", "\"a\r\nb\"");
    expect_cell("say \"no\"", "\"say \"\"no\"\"\"");
}

static void a_formula_is_none(void **state)
{
    static const char *const beginnings[] = { "=",
                                              "+",
                                              "-",
                                              "@",
                                              " =",
                                              "\xC2\xA0=",
                                              "\xEF\xBC\x9D" /* a full-width = */,
                                              "\xE2\x88\x92" /* a minus */ };
    (void)state;
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        struct buf text = { 0 }, cell = { 0 };
        buf_addf(&text, "%s1+1", beginnings[i]);
        buf_addf(&cell, "\"'%s1+1\"", beginnings[i]);
        expect_cell(buf_str(&text), buf_str(&cell));
        buf_free(&text);
        buf_free(&cell);
    }
}

/* A spreadsheet may take other characters than commas for what separates cells. */
static void nor_is_one_behind_another_separator(void **state)
{
    (void)state;
    expect_cell("a;=1+1", "\"a;'=1+1\"");
    expect_cell("a\n=1+1", "\"a\n'=1+1\"");
    expect_cell("a\t@SUM(1)", "\"a\t'@SUM(1)\"");
    expect_cell("a;1=1", "\"a;1=1\"");
    expect_cell("\t=1+1", "\"'\t'=1+1\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_text_stands_as_it_is),
        cmocka_unit_test(what_separates_is_quoted),
        cmocka_unit_test(a_formula_is_none),
        cmocka_unit_test(nor_is_one_behind_another_separator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
