/* A tape that is a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/sys/tape_file.h"

#define PIECE 40000 /* bytes: less than the buffer, and more than half of it */

static uint8_t byte_at(uint64_t at)
{
    return (uint8_t)(at * 7 + at / 251);
}

static void add(struct tape *t, size_t n)
{
    uint8_t *bytes = malloc(n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(t->length + i);
    assert_int_equal(tape_append(t, bytes, n), 0);
    free(bytes);
}

static void check(const struct tape *t, uint64_t at, size_t n)
{
    uint8_t *bytes = malloc(n + 1);
    assert_int_equal(tape_read(t, at, bytes, n), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(bytes[i], byte_at(at + i));
    free(bytes);
}

static void test_what_is_added_is_read(void **state)
{
    struct tape t;
    (void)state;
    assert_int_equal(tape_file_new(&t, NULL), 0);
    add(&t, 10);
    check(&t, 0, 10);
    for (int i = 0; i < 5; i++)
        add(&t, PIECE); /* some of it is in the file, some waits */
    check(&t, 0, (size_t)t.length);
    check(&t, t.length - 1, 1);
    check(&t, t.length - PIECE - 3, PIECE);
    add(&t, 5 * PIECE); /* more than the buffer holds */
    check(&t, t.length - 6 * PIECE, 6 * PIECE);
    add(&t, 3);
    check(&t, 0, (size_t)t.length);
    tape_file_close(&t);
    tape_file_close(&t);
}

static void test_nothing_is_read_that_was_not_added(void **state)
{
    struct tape t;
    uint8_t bytes[8];
    (void)state;
    assert_int_equal(tape_file_new(&t, NULL), 0);
    add(&t, 7);
    assert_int_equal(tape_read(&t, 0, bytes, 8), -1);
    assert_int_equal(tape_read(&t, 8, bytes, 0), -1);
    assert_int_equal(tape_read(&t, UINT64_MAX, bytes, 2), -1);
    assert_int_equal(tape_read(&t, 7, bytes, 0), 0);
    tape_file_close(&t);
}

static void test_what_is_forgotten_leaves_the_rest(void **state)
{
    struct tape t;
    (void)state;
    assert_int_equal(tape_file_new(&t, NULL), 0);
    for (int i = 0; i < 20; i++)
        add(&t, PIECE);
    tape_forget(&t, PIECE, 11 * PIECE);
    tape_forget(&t, 19 * PIECE, t.length); /* waits in part */
    check(&t, 0, PIECE);
    check(&t, 11 * PIECE, 8 * PIECE);
    add(&t, PIECE);
    check(&t, 20 * PIECE, PIECE);
    tape_file_close(&t);
}

static void test_existing_file_is_only_read(void **state)
{
    char path[] = "/tmp/bitacora-tape-XXXXXX";
    struct tape t;
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (uint64_t i = 0; i < 300; i++) {
        uint8_t b = byte_at(i);
        assert_int_equal(write(fd, &b, 1), 1);
    }
    close(fd);
    assert_int_equal(tape_file_open(&t, path), 0);
    assert_int_equal(t.length, 300);
    check(&t, 0, 300);
    assert_int_equal(tape_append(&t, "x", 1), -1);
    assert_int_equal(t.length, 300);
    tape_file_close(&t);
    unlink(path);
    assert_int_equal(tape_file_open(&t, path), -1);
    assert_int_equal(tape_file_open(&t, "/tmp"), -1);
    assert_int_equal(tape_file_new(&t, "/tmp/bitacora-no-such-folder"), -1);
    tape_file_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_added_is_read),
        cmocka_unit_test(test_nothing_is_read_that_was_not_added),
        cmocka_unit_test(test_what_is_forgotten_leaves_the_rest),
        cmocka_unit_test(test_existing_file_is_only_read),
    };
    return cmocka_run_group_tests_name("tape_file", tests, NULL, NULL);
}
