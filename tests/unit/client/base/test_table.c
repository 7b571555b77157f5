/* table.h: columns as wide as what is shown, and nothing printed of a table that lost a cell. */
#include "client/base/table.h"

#include <stdlib.h>
#include <string.h>

#include "client/base/lost.h"
#include "tests/unit/fixture.h"

/* What is printed of a table, for the next call. */
static const char *printed(const struct text_table *t, int indent)
{
    static char text[2000];
    FILE *to = tmpfile();
    assert_non_null(to);
    table_print(t, indent, to);
    rewind(to);
    text[fread(text, 1, sizeof text - 1, to)] = 0;
    fclose(to);
    return text;
}

static void add_all(struct text_table *t, const char *const *cell, size_t n)
{
    for (size_t i = 0; i < n; i++)
        table_add(t, cell[i]);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    static const char *const cell[] = { "a", "of", "three", "1", "22", "" };
    struct text_table t = { .columns = 3 };
    (void)state;
    add_all(&t, cell, COUNT(cell));
    assert_string_equal(printed(&t, 2), "  a  of\n  1  22\n");
    table_free(&t);
}

static void nothing_ends_with_spaces_and_gaps_stay_gaps(void **state)
{
    static const char *const cell[] = { "x", "wide heading", "z", "1", "", "3", "longer", "", "" };
    struct text_table t = { .columns = 3 };
    (void)state;
    add_all(&t, cell, 3);
    table_add(&t, "1");
    table_add(&t, "2");
    table_add(&t, "3");
    add_all(&t, cell + 3, 6);
    assert_string_equal(printed(&t, 0), "x       wide heading  z\n"
                                        "1       2             3\n"
                                        "1                     3\n"
                                        "longer\n");
    table_free(&t);
}

static void accents_take_one_place(void **state)
{
    static const char *const cell[] = { "Título", "b", "abcdef", "c" };
    struct text_table t = { .columns = 2 };
    (void)state;
    add_all(&t, cell, COUNT(cell));
    assert_string_equal(printed(&t, 0), "Título  b\nabcdef  c\n");
    table_free(&t);
}

/* A name could steer the terminal, or break the line. */
static void a_cell_is_what_may_be_shown(void **state)
{
    static const char *const cell[] = { "h", "a\x1b[2J\nb" };
    struct text_table t = { .columns = 1 };
    (void)state;
    add_all(&t, cell, COUNT(cell));
    const char *text = printed(&t, 0);
    assert_null(strchr(text, '\x1b'));
    assert_int_equal(strcspn(text, "\n"), 1);
    assert_ptr_equal(strrchr(text, '\n'), text + strlen(text) - 1); /* two lines, no third */
    assert_ptr_equal(strchr(text + 2, '\n'), strrchr(text, '\n'));
    table_free(&t);
}

static void numbers_are_formatted_and_null_is_empty(void **state)
{
    struct text_table t = { .columns = 2 };
    (void)state;
    table_add(&t, "n");
    table_add(&t, "m");
    table_addf(&t, "%d of %s", 7, "x");
    table_add(&t, NULL);
    assert_string_equal(printed(&t, 0), "n\n7 of x\n");
    table_free(&t);
    assert_int_equal(t.cells, 0);
    assert_int_equal(t.columns, 2);
}

static void many_rows_are_kept(void **state)
{
    struct text_table t = { .columns = 1 };
    (void)state;
    for (int i = 0; i < 100; i++)
        table_addf(&t, "%d", i);
    assert_int_equal(t.cells, 100);
    assert_string_equal(t.cell[0], "0");
    assert_string_equal(t.cell[99], "99");
    table_free(&t);
}

static void a_table_that_lost_a_cell_is_not_printed(void **state)
{
    struct text_table t = { .columns = 1 };
    (void)state;
    table_add(&t, "heading");
    t.failed = true;
    table_add(&t, "cell");
    assert_int_equal(t.cells, 1);
    assert_string_equal(printed(&t, 0), "");
    table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(nothing_ends_with_spaces_and_gaps_stay_gaps),
        cmocka_unit_test(accents_take_one_place),
        cmocka_unit_test(a_cell_is_what_may_be_shown),
        cmocka_unit_test(numbers_are_formatted_and_null_is_empty),
        cmocka_unit_test(many_rows_are_kept),
        cmocka_unit_test(a_table_that_lost_a_cell_is_not_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
