#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/base/buf.h"

static void everything_is_added_in_order(void **state)
{
    struct buf b = { 0 };
    (void)state;
    assert_string_equal(buf_str(&b), "");
    buf_add(&b, "ab", 2);
    buf_adds(&b, "c");
    buf_add_span(&b, span_str("d"));
    buf_add_u8(&b, 'e');
    buf_add_u16(&b, 'f' << 8 | 'g');
    buf_add_decimal(&b, UINT64_MAX);
    buf_add_base64(&b, "fo", 2);
    buf_addf(&b, "%d%s", 7, "h");
    assert_string_equal(buf_str(&b), "abcdefg18446744073709551615Zm8=7h");
    assert_int_equal(b.n, strlen(buf_str(&b)));
    buf_clear(&b);
    assert_int_equal(buf_span(&b).n, 0);
    buf_free(&b);
    buf_free(&b);
    assert_non_null(buf_reserve(&b, 0)); /* NULL would say that there is no memory */
    buf_free(&b);
}

static void it_grows_as_far_as_it_must(void **state)
{
    struct buf b = { 0 };
    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        assert_int_equal(b.n, i);
        buf_add_u8(&b, (uint8_t)i);
    }
    for (size_t i = 0; i < b.n; i++)
        assert_int_equal(b.p[i], (uint8_t)i);
    buf_free(&b);
}

static void a_failure_sticks(void **state)
{
    struct buf b = { 0 };
    (void)state;
    buf_adds(&b, "kept");
    assert_null(buf_reserve(&b, SIZE_MAX / 2));
    assert_true(b.failed);
    buf_adds(&b, "more");
    buf_addf(&b, "%d", 1);
    buf_add_base64(&b, "x", 1);
    assert_int_equal(b.n, 4);
    assert_string_equal(buf_str(&b), "");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_added_in_order),
        cmocka_unit_test(it_grows_as_far_as_it_must),
        cmocka_unit_test(a_failure_sticks),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
