/* gate_lag.h: what is known is as old as the newest answer of the log of which all is proven. */
#include "client/gate/gate_lag.h"

#include "tests/unit/fixture.h"

/* The log answers at that time, or (said 0) does not. */
static void answer(struct gate_lag *lag, int64_t at, uint64_t said)
{
    lag->asked = at;
    lag->has_said = said != 0;
    lag->said = said;
}

struct step {
    int64_t at;
    uint64_t said, proven;
    int64_t known;
    bool is_long;
};

static void walk(const struct step *step, size_t n)
{
    struct gate_lag lag = { .log = NULL };
    for (size_t i = 0; i < n; i++) {
        answer(&lag, step[i].at, step[i].said);
        assert_int_equal(gate_lag_take(&lag, step[i].proven), step[i].known);
        assert_int_equal(gate_lag_is_long(&lag), step[i].is_long);
    }
}

static void what_is_proven_whole_is_known_since_the_answer(void **state)
{
    static const struct step steps[] = { { 1000, 5, 5, 1000, false },
                                         { 3000, 5, 6, 3000, false },
                                         { 5000, 9, 9, 5000, false } };
    (void)state;
    walk(steps, COUNT(steps));
}

static void what_lacks_its_quorum_is_not_known(void **state)
{
    static const struct step
        steps[] = {
            { 1000, 5, 5, 1000, false },   { 3000, 7, 5, 1000, false },
            { 5000, 8, 5, 1000, false },   { 13000, 8, 6, 1000, false },
            { 13001, 8, 6, 1000, true },  /* more than ten seconds after 3000 */
            { 20000, 9, 7, 3000, false }, /* the seven of 3000 are proven now, the nine are not */
            { 22000, 9, 8, 3000, false },  { 24000, 9, 9, 24000, false },
            { 26000, 9, 9, 26000, false },
        };
    (void)state;
    walk(steps, COUNT(steps));
}

/* Witnesses are always a little behind: known is, too, and no more. */
static void a_log_that_never_rests_is_known_by_its_answer_before(void **state)
{
    struct gate_lag lag = { .log = NULL };
    (void)state;
    answer(&lag, 1000, 10);
    assert_int_equal(gate_lag_take(&lag, 9), 0); /* never proven whole */
    for (uint64_t n = 11; n < 40; n++) {
        answer(&lag, (int64_t)(n - 9) * 1000, n);
        assert_int_equal(gate_lag_take(&lag, n - 1), (int64_t)(n - 10) * 1000);
        assert_false(gate_lag_is_long(&lag));
    }
}

static void a_log_that_does_not_say_is_known_by_what_it_serves(void **state)
{
    static const struct step steps[] = { { 1000, 0, 5, 1000, false },
                                         { 3000, 7, 5, 1000, false },
                                         { 5000, 0, 5, 5000, false } };
    (void)state;
    walk(steps, COUNT(steps));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_proven_whole_is_known_since_the_answer),
        cmocka_unit_test(what_lacks_its_quorum_is_not_known),
        cmocka_unit_test(a_log_that_never_rests_is_known_by_its_answer_before),
        cmocka_unit_test(a_log_that_does_not_say_is_known_by_what_it_serves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
