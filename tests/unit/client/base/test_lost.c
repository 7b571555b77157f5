/* lost.h: what was lost is never forgotten, and never taken for an empty text. */
#include "client/base/lost.h"

#include <stdlib.h>

#include "tests/unit/fixture.h"

/* As full as a buffer can be: it has no room for the byte that ends a text. */
static struct buf full_buffer(void)
{
    static uint8_t bytes[1];
    return (struct buf){ .p = bytes, .n = SIZE_MAX / 4, .cap = SIZE_MAX / 4 };
}

static void a_text_is_kept(void **state)
{
    struct buf b = { 0 };
    (void)state;
    lost_forget();
    buf_adds(&b, "text");
    assert_string_equal(kept_text(&b), "text");
    assert_int_equal(kept_span(&b).n, 4);
    assert_false(lost_any());
    buf_free(&b);
}

static void a_text_without_room_for_its_end_is_lost(void **state)
{
    struct buf b = full_buffer();
    (void)state;
    lost_forget();
    assert_string_equal(kept_text(&b), "");
    assert_true(lost_any());
    lost_forget();
}

static void bytes_of_a_buffer_that_failed_are_lost(void **state)
{
    struct buf b = { .failed = true };
    (void)state;
    lost_forget();
    assert_int_equal(kept_span(&b).n, 0);
    assert_true(lost_any());
    lost_forget();
}

static void what_was_lost_is_undecided(void **state)
{
    (void)state;
    lost_forget();
    assert_int_equal(lost_outcome(OUTCOME_PROVEN), OUTCOME_PROVEN);
    assert_null(kept(NULL));
    assert_int_equal(lost_outcome(OUTCOME_PROVEN), OUTCOME_UNDECIDED);
    assert_int_equal(lost_outcome(OUTCOME_BAD), OUTCOME_UNDECIDED);
    lost_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_kept),
        cmocka_unit_test(a_text_without_room_for_its_end_is_lost),
        cmocka_unit_test(bytes_of_a_buffer_that_failed_are_lost),
        cmocka_unit_test(what_was_lost_is_undecided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
