/* Tapes in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "proto/base/memory_tape.h"

#define STEP 10007 /* bytes: no piece ends where one of them does */

static void add(struct tape *t, size_t n)
{
    uint8_t *bytes = malloc(n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)((t->length + i) % 251);
    assert_int_equal(tape_append(t, bytes, n), 0);
    free(bytes);
}

static void check(const struct tape *t, uint64_t at, size_t n)
{
    uint8_t *bytes = malloc(n + 1);
    assert_int_equal(tape_read(t, at, bytes, n), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(bytes[i], (at + i) % 251);
    free(bytes);
}

static void test_what_is_added_is_read(void **state)
{
    struct memory_tapes share = { .most = 1 << 20 };
    struct tape t;
    uint8_t byte;
    (void)state;
    assert_int_equal(memory_tape_new(&t, &share), 0);
    for (int i = 0; i < 9; i++)
        add(&t, STEP);
    check(&t, 0, (size_t)t.length);
    check(&t, 3 * STEP + 1, 4 * STEP);
    assert_int_equal(tape_read(&t, t.length, &byte, 1), -1);
    assert_int_equal(tape_read(&t, t.length, &byte, 0), 0);
    memory_tape_free(&t);
    memory_tape_free(&t);
    assert_int_equal(share.used, 0);
}

static void test_what_is_forgotten_makes_room(void **state)
{
    struct memory_tapes share = { .most = 10 * STEP };
    struct tape t, other;
    uint8_t bytes[STEP] = { 0 };
    (void)state;
    assert_int_equal(memory_tape_new(&t, &share), 0);
    assert_int_equal(memory_tape_new(&other, &share), 0);
    while (tape_append(&t, bytes, STEP) == 0)
        ;
    uint64_t length = t.length;
    assert_true(length >= 7 * STEP && length <= 10 * STEP);
    assert_int_equal(tape_append(&other, bytes, STEP), -1);
    assert_int_equal(other.length, 0);
    uint64_t used = share.used;
    tape_forget(&t, STEP, 6 * STEP); /* bytes 10,007 to 60,042: two whole pieces */
    assert_int_equal(share.used, used - 2 * 16 * 1024);
    assert_int_equal(tape_read(&t, 0, bytes, STEP), 0);
    assert_int_equal(tape_read(&t, 6 * STEP, bytes, STEP), 0);
    assert_int_equal(tape_read(&t, 3 * STEP, bytes, STEP), -1);
    assert_int_equal(tape_append(&other, bytes, STEP), 0);
    tape_forget(&t, 0, length);
    memory_tape_free(&t);
    memory_tape_free(&other);
    assert_int_equal(share.used, 0);
}

/* Two tapes of one piece each fit, and not a byte more. */
static void test_what_is_allowed_is_used(void **state)
{
    struct memory_tapes share = { .most = 2 * 16 * 1024 };
    struct tape one, two;
    (void)state;
    assert_int_equal(memory_tape_new(&one, &share), 0);
    assert_int_equal(memory_tape_new(&two, &share), 0);
    add(&one, 16 * 1024);
    add(&two, 16 * 1024);
    assert_int_equal(tape_append(&one, "x", 1), -1);
    check(&one, 0, 16 * 1024);
    check(&two, 0, 16 * 1024);
    memory_tape_free(&one);
    assert_int_equal(share.used, 16 * 1024);
    memory_tape_free(&two);
    assert_int_equal(share.used, 0);
}

/* More pieces than there is room for at first. */
static void test_a_tape_may_be_long(void **state)
{
    struct memory_tapes share = { .most = 4 << 20 };
    struct tape t;
    (void)state;
    assert_int_equal(memory_tape_new(&t, &share), 0);
    for (int i = 0; i < 100; i++)
        add(&t, 16 * 1024);
    for (int i = 0; i < 100; i++)
        check(&t, (uint64_t)i * 16 * 1024, 100);
    memory_tape_free(&t);
    assert_int_equal(share.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_added_is_read),
        cmocka_unit_test(test_what_is_forgotten_makes_room),
        cmocka_unit_test(test_what_is_allowed_is_used),
        cmocka_unit_test(test_a_tape_may_be_long),
    };
    return cmocka_run_group_tests_name("memory_tape", tests, NULL, NULL);
}
