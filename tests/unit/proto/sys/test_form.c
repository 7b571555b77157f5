#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/sys/form.h"

static const struct form_option options[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "a folder", "una carpeta"),
    FORM_OWN("key", "FILE", "ARCHIVO", "a key", "una clave"),
    FORM_OWN("kept", "N", "N", "how many", "cuántos"),
    FORM_OWN("age", "SECONDS", "SEGUNDOS", "how old", "qué tan viejo"),
    FORM_OWN("yes", NULL, NULL, "do not ask", "no pregunta"),
    FORM_OWN("elsewhere", NULL, NULL, "of no form here", "de ninguna"),
    FORM_OWN("help", NULL, NULL, "this", "esto"),
    FORM_END,
};

static const struct form_program program = { "prog", "help", options, NULL };

/* What a printing function writes; to be freed. */
static char *printed(void (*print)(FILE *, const struct form_program *, const struct form *,
                                   enum language),
                     const struct form *f, enum language language)
{
    char *text;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    assert_non_null(to);
    print(to, &program, f, language);
    assert_int_equal(fclose(to), 0);
    return text;
}

static void synopsis(const char *text, enum language language, const char *want)
{
    const struct form f = { "do", text, NULL };
    char *got = printed(form_print_synopsis, &f, language);
    assert_string_equal(got, want);
    free(got);
}

static void a_form_says_what_is_needed(void **state)
{
    (void)state;
    static const char form[] = "dir! [ key= | kept ] age- RECEIPT… 'yes";
    assert_int_equal(form_need(form, "dir"), FORM_MUST);
    assert_int_equal(form_need(form, "key"), FORM_MAY);
    assert_int_equal(form_need(form, "kept"), FORM_MAY);
    assert_int_equal(form_need(form, "age"), FORM_MAY);
    assert_int_equal(form_need(form, "yes"), FORM_NOT); /* a word */
    assert_int_equal(form_need(form, "di"), FORM_NOT);
    assert_int_equal(form_need(form, "RECEIPT"), FORM_NOT);
    assert_int_equal(form_need("key , key!", "key"), FORM_MUST);
    assert_int_equal(form_need("key! , key", "key"), FORM_MUST);
    assert_int_equal(form_need("key!…", "key"), FORM_MUST);
    assert_true(form_has(form, "RECEIPT"));
    assert_false(form_has(form, "FILE"));
    assert_false(form_has(form, "dir"));
}

static void getopt_gets_the_options_of_the_form(void **state)
{
    (void)state;
    struct option list[sizeof options / sizeof *options];
    form_getopt(list, &program, "kept dir! yes RECEIPT");
    const struct {
        const char *name;
        int has_arg, val;
    } want[] = { { "dir", required_argument, FORM_FIRST },
                 { "kept", required_argument, FORM_FIRST + 2 },
                 { "yes", no_argument, FORM_FIRST + 4 },
                 { "help", no_argument, FORM_FIRST + 6 } };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_string_equal(list[i].name, want[i].name);
        assert_int_equal(list[i].has_arg, want[i].has_arg);
        assert_int_equal(list[i].val, want[i].val);
    }
    assert_null(list[sizeof want / sizeof *want].name);
}

static void the_synopsis_is_the_form(void **state)
{
    (void)state;
    synopsis("dir! key!… yes age-", LANGUAGE_EN, "  prog do --dir DIR --key FILE… [--yes]\n");
    synopsis("dir! key!… yes age-", LANGUAGE_ES,
             "  prog do --dir CARPETA --key ARCHIVO… [--yes]\n");
    synopsis("( dir= | [ key= ] RECEIPT… )", LANGUAGE_ES,
             "  prog do (--dir CARPETA | [--key ARCHIVO] RECIBO…)\n");
    synopsis("'show FILE , OTHER dir!", LANGUAGE_EN,
             "  prog do show FILE\n  prog do OTHER --dir DIR\n");
}

static void long_ones_go_on_further_in(void **state)
{
    (void)state;
#define SIX "kept kept kept kept kept kept"
#define SHOWN "  prog do [--kept N] [--kept N] [--kept N] [--kept N] [--kept N] [--kept N]"
    synopsis(SIX " ABCD", LANGUAGE_EN, SHOWN " ABCD\n"); /* FORM_COLUMNS */
    synopsis(SIX " ABCDE yes", LANGUAGE_EN, SHOWN "\n         ABCDE [--yes]\n");
}

static void narrow(const char *text, const char *want)
{
    char *got = NULL;
    size_t n;
    FILE *to = open_memstream(&got, &n);
    assert_non_null(to);
    form_print_narrow(to, text);
    assert_int_equal(fclose(to), 0);
    assert_string_equal(got, want);
    free(got);
}

#define TEN "ñ bcdefgh " /* columns */
#define SIXTY TEN TEN TEN TEN TEN TEN

static void too_long_lines_go_on_below_their_last_column(void **state)
{
    (void)state;
    narrow("short\n\n  a  b\n", "short\n\n  a  b\n");
    narrow(SIXTY TEN "123456 890", SIXTY TEN "123456 890\n"); /* FORM_COLUMNS */
    narrow(SIXTY TEN "123456 8901", SIXTY TEN "123456\n  8901\n");
    narrow("  --name N   needed  " SIXTY "end",
           "  --name N   needed  " TEN TEN TEN TEN TEN "ñ bcdefgh\n"
           "                     end\n");
    narrow("  a  " SIXTY TEN TEN "x", "  a  " SIXTY TEN "ñ\n     bcdefgh x\n");
}

static void a_word_that_is_too_long_stands_alone(void **state)
{
    (void)state;
#define FORTY "1234567890123456789012345678901234567890"
    narrow("  a  " FORTY FORTY FORTY " b", "  a\n     " FORTY FORTY FORTY "\n     b\n");
    narrow(FORTY FORTY FORTY, FORTY FORTY FORTY "\n");
}

static void an_own_meaning_comes_first(void **state)
{
    (void)state;
    static const struct form_option own[] = {
        FORM_OWN("key", "JUDGE", "JUEZ", "the key of a judge", "la clave de un juez"),
        FORM_END,
    };
    const struct form f = { "do", "dir! key", own };
    char *got = printed(form_print_synopsis, &f, LANGUAGE_EN);
    assert_string_equal(got, "  prog do --dir DIR [--key JUDGE]\n");
    free(got);
    got = printed(form_print_options, &f, LANGUAGE_ES);
    assert_string_equal(got, "  --dir CARPETA  necesaria  una carpeta\n"
                             "  --key JUEZ                la clave de un juez\n"
                             "  --help                    esto\n");
    free(got);
}

static void where_nothing_is_needed_there_is_no_mark(void **state)
{
    (void)state;
    const struct form f = { "do", "age- yes", NULL };
    char *got = printed(form_print_options, &f, LANGUAGE_ES);
    assert_string_equal(got, "  --age SEGUNDOS  qué tan viejo\n"
                             "  --yes           no pregunta\n"
                             "  --help          esto\n");
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_says_what_is_needed),
        cmocka_unit_test(getopt_gets_the_options_of_the_form),
        cmocka_unit_test(the_synopsis_is_the_form),
        cmocka_unit_test(long_ones_go_on_further_in),
        cmocka_unit_test(too_long_lines_go_on_below_their_last_column),
        cmocka_unit_test(a_word_that_is_too_long_stands_alone),
        cmocka_unit_test(an_own_meaning_comes_first),
        cmocka_unit_test(where_nothing_is_needed_there_is_no_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
