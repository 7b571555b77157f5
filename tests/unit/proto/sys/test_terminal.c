#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "proto/sys/terminal.h"

static char *text; /* what was printed */
static size_t length;

static FILE *begin(void)
{
    FILE *f = open_memstream(&text, &length);
    assert_non_null(f);
    return f;
}

static void printed(FILE *f, const char *want)
{
    assert_int_equal(fclose(f), 0);
    assert_string_equal(text, want);
    free(text);
}

static void prints(const char *stranger, const char *want)
{
    FILE *f = begin();
    terminal_print(f, "%s", stranger);
    printed(f, want);
}

static void plain_text_passes(void **state)
{
    (void)state;
    prints("Juzgado 1º, «Ñandú»", "Juzgado 1º, «Ñandú»");
    prints("", "");
}

static void what_moves_the_cursor_does_not(void **state)
{
    (void)state;
    prints("a\033[2J\033[H", "a\\x1b[2J\\x1b[H");
    prints("good\rbad\b\b", "good\\rbad\\x08\\x08");
    prints("\xC2\x9B"
           "2J",
           "\\u{009b}2J");
}

static void nor_what_turns_text_around(void **state)
{
    (void)state;
    prints("\xE2\x80\xAE"
           "abc",
           "\\u{202e}abc");
    prints("\xE2\x81\xA6"
           "abc",
           "\\u{2066}abc");
}

static void only_the_format_begins_lines(void **state)
{
    (void)state;
    FILE *f = begin();
    terminal_print(f, "\n%s: no\n", "x\nbitacora: proven");
    printed(f, "\nx\\nbitacora: proven: no\n");
    f = begin();
    terminal_print(f, "one\n%s\n", "two");
    printed(f, "one\ntwo\n");
}

static void print_between(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print_between(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    terminal_vprint(to, "\033[1m", "\033[0m\n", format, args);
    va_end(args);
}

static void what_is_put_around_is_ours(void **state)
{
    (void)state;
    FILE *f = begin();
    print_between(f, "%s", "\033");
    printed(f, "\033[1m\\x1b\033[0m\n");
    assert_true(terminal_is_whole());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_passes),
        cmocka_unit_test(what_moves_the_cursor_does_not),
        cmocka_unit_test(nor_what_turns_text_around),
        cmocka_unit_test(only_the_format_begins_lines),
        cmocka_unit_test(what_is_put_around_is_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
