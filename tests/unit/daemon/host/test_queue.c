#include "tests/unit/fixture.h"

#include "daemon/host/queue.h"

static void one(struct work *w)
{
    (void)w;
}

static void other(struct work *w)
{
    w->next = NULL;
}

/* What is alike is taken from the head, as far as it goes, and what is behind it stays in order. */
static void alike_at_the_head(void **state)
{
    struct work work[6], *out[8] = { NULL };
    struct queue *q = queue_new(-1);
    (void)state;
    assert_non_null(q);
    assert_int_equal(queue_take_like(q, one, out, 8), 0);
    for (size_t i = 0; i < COUNT(work); i++) {
        work[i].run = i == 3 ? other : one;
        queue_push(q, &work[i]);
    }
    assert_int_equal(queue_take_like(q, other, out, 8), 0);
    assert_int_equal(queue_take_like(q, one, out, 2), 2);
    assert_ptr_equal(out[0], &work[0]);
    assert_ptr_equal(out[1], &work[1]);
    assert_int_equal(queue_length(q), 4);
    assert_int_equal(queue_take_like(q, one, out, 8), 1);
    assert_ptr_equal(out[0], &work[2]);
    assert_int_equal(queue_take_like(q, one, out, 8), 0);
    assert_ptr_equal(queue_wait(q), &work[3]);
    assert_int_equal(queue_take_like(q, one, out, 8), 2);
    assert_ptr_equal(out[1], &work[5]);
    assert_int_equal(queue_length(q), 0);
    queue_push(q, &work[0]); /* one that was emptied so takes on */
    assert_ptr_equal(queue_wait(q), &work[0]);
    queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(alike_at_the_head) };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
