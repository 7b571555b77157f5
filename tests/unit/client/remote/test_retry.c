/* retry.h: what is asked again, and for how long. */
#include "client/remote/retry.h"

#include "tests/unit/fixture.h"

/* A question whose time ended an hour ago, and one that has an hour. */
static struct retry retry_over(void)
{
    return retry_for("http://log.example.mx", -3600);
}

static struct retry retry_with_time(void)
{
    return retry_for("http://log.example.mx", 3600);
}

static void a_busy_server_is_asked_again(void **state)
{
    (void)state;
    static const long again[] = { 429, 502, 503, 504 };
    for (size_t i = 0; i < COUNT(again); i++)
        assert_true(answer_may_come(&(struct answer){ .status = again[i] }));
}

static void an_answer_is_an_answer(void **state)
{
    static const long final[] = { 200, 201, 301, 400, 404, 410, 428, 430, 500, 501, 505, 507 };
    (void)state;
    for (size_t i = 0; i < COUNT(final); i++)
        assert_false(answer_may_come(&(struct answer){ .status = final[i] }));
}

static void who_is_not_there_is_asked_again(void **state)
{
    static const enum reason again[] = { REASON_NET_HOST, REASON_NET_CONNECT, REASON_NET_TIME,
                                         REASON_NET_CUT,  REASON_NET_TLS,     REASON_NET_OTHER };
    (void)state;
    for (size_t i = 0; i < COUNT(again); i++)
        assert_true(answer_may_come(&(struct answer){ .why = again[i] }));
}

/* Memory, too: that is missing here, and no server brings it. */
static void what_will_not_change_is_not_asked_again(void **state)
{
    static const enum reason final[] = { REASON_NET_CERTIFICATE, REASON_NET_HEADERS,
                                         REASON_NET_HTTP, REASON_NET_HUNG, REASON_MEMORY };
    (void)state;
    for (size_t i = 0; i < COUNT(final); i++)
        assert_false(answer_may_come(&(struct answer){ .why = final[i] }));
}

static void when_the_time_is_over_nothing_is_waited_for(void **state)
{
    struct retry r = retry_over();
    (void)state;
    assert_true(retry_left(&r) < 0);
    assert_false(retry_pause(&r, &(struct answer){ .status = 503 }, "busy"));
    assert_false(r.said);
}

/* Who asks for more time than is left would be asked too late. */
static void a_server_that_asks_for_more_than_is_left_is_not_waited_for(void **state)
{
    struct retry r = retry_for("http://log.example.mx", 2);
    (void)state;
    assert_false(retry_pause(&r, &(struct answer){ .status = 503, .retry_after = 4 }, "busy"));
    assert_false(r.said);
}

static void the_time_that_is_left_is_counted_from_the_start(void **state)
{
    struct retry r = retry_with_time();
    (void)state;
    assert_in_range(retry_left(&r), 1, 3600);
    r.start -= 3000 * 1000;
    assert_in_range(retry_left(&r), 1, 600);
    r.start -= 600 * 1000;
    assert_true(retry_left(&r) <= 0);
}

/* After a moment of waiting it is said once that it is waited, or it would seem to hang. */
static void waiting_is_said_once(void **state)
{
    struct retry r = retry_with_time();
    (void)state;
    assert_true(retry_pause(&r, &(struct answer){ .status = 503 }, "busy"));
    assert_false(r.said); /* a tenth of a second */
    r.start -= 2000;
    assert_true(retry_pause(&r, &(struct answer){ .status = 503 }, "busy"));
    assert_true(r.said);
    assert_int_equal(r.tries, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_busy_server_is_asked_again),
        cmocka_unit_test(an_answer_is_an_answer),
        cmocka_unit_test(who_is_not_there_is_asked_again),
        cmocka_unit_test(what_will_not_change_is_not_asked_again),
        cmocka_unit_test(when_the_time_is_over_nothing_is_waited_for),
        cmocka_unit_test(a_server_that_asks_for_more_than_is_left_is_not_waited_for),
        cmocka_unit_test(the_time_that_is_left_is_counted_from_the_start),
        cmocka_unit_test(waiting_is_said_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
