#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/sys/language.h"

static void set(const char *name, const char *value)
{
    assert_int_equal(value == NULL ? unsetenv(name) : setenv(name, value, 1), 0);
}

/* The language under these three variables; NULL: not set. */
static enum language under(const char *all, const char *messages, const char *lang)
{
    set("LC_ALL", all);
    set("LC_MESSAGES", messages);
    set("LANG", lang);
    language_init();
    return language_get();
}

static void each_variable_is_looked_at(void **state)
{
    (void)state;
    assert_int_equal(under("es_MX.UTF-8", NULL, NULL), LANGUAGE_ES);
    assert_int_equal(under(NULL, "es_MX.UTF-8", NULL), LANGUAGE_ES);
    assert_int_equal(under(NULL, NULL, "es"), LANGUAGE_ES);
    assert_int_equal(under("en_US", NULL, NULL), LANGUAGE_EN);
    assert_int_equal(under("de_DE", NULL, NULL), LANGUAGE_EN);
}

static void the_first_that_is_set_decides(void **state)
{
    (void)state;
    assert_int_equal(under("C", "es", "es"), LANGUAGE_EN);
    assert_int_equal(under(NULL, "es", "en"), LANGUAGE_ES);
    assert_int_equal(under(NULL, "en", "es"), LANGUAGE_EN);
    assert_int_equal(under("es", "en", "en"), LANGUAGE_ES);
}

static void an_empty_one_is_not_set(void **state)
{
    (void)state;
    assert_int_equal(under("", "", "es"), LANGUAGE_ES);
    assert_int_equal(under("", "en", "es"), LANGUAGE_EN);
}

static void an_option_chooses_of_two(void **state)
{
    (void)state;
    assert_true(language_choose("es"));
    assert_int_equal(language_get(), LANGUAGE_ES);
    assert_string_equal(TR("yes", "sí"), "sí");
    assert_true(language_choose("en"));
    assert_int_equal(language_get(), LANGUAGE_EN);
    assert_string_equal(TR("yes", "sí"), "yes");
    language_set(LANGUAGE_ES);
    assert_false(language_choose("es_MX"));
    assert_int_equal(language_get(), LANGUAGE_EN);
    assert_false(language_choose(""));
}

static void causes_are_in_that_language(void **state)
{
    (void)state;
    language_set(LANGUAGE_EN);
    assert_string_equal(errno_words(ENOENT), strerror(ENOENT));
    language_set(LANGUAGE_ES);
    assert_string_equal(errno_words(ENOENT), "no existe el archivo o la carpeta");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_variable_is_looked_at),
        cmocka_unit_test(the_first_that_is_set_decides),
        cmocka_unit_test(an_empty_one_is_not_set),
        cmocka_unit_test(an_option_chooses_of_two),
        cmocka_unit_test(causes_are_in_that_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
