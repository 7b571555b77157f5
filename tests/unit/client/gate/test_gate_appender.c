/* gate_appender.h: a response is asked for once, however often it is asked; who went away takes no
 * room for ever. The log is this test: it answers as the test says. */
#include "client/gate/gate_appender.h"

#include <pthread.h>
#include <stdlib.h>

#include "client/remote/fetch.h"
#include "tests/unit/fixture.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned posted, ended; /* under the lock */
static bool log_answers = true;
static long log_says = 201;

void __wrap_fetch_post(struct fetcher *f, const char *path, struct span bytes, size_t max,
                       struct buf *body, struct answer *out);
void __wrap_fetch_post(struct fetcher *f, const char *path, struct span bytes, size_t max,
                       struct buf *body, struct answer *out)
{
    (void)f, (void)path, (void)bytes, (void)max, (void)body;
    pthread_mutex_lock(&lock);
    posted++;
    pthread_cond_broadcast(&changed);
    while (!log_answers)
        pthread_cond_wait(&changed, &lock);
    *out = (struct answer){ .status = log_says, .acceptable = true };
    pthread_mutex_unlock(&lock);
}

static void note_end(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&lock);
    ended++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void wait_for(const unsigned *counter, unsigned n)
{
    pthread_mutex_lock(&lock);
    while (*counter < n)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void let_log(bool answer, long status)
{
    pthread_mutex_lock(&lock);
    log_answers = answer;
    log_says = status;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static struct trust trust = { .url = "http://127.0.0.1:1" };

static struct gate_appender *begin(struct log *l)
{
    log_start(l, NULL);
    posted = ended = 0;
    let_log(true, 201);
    struct gate_appender_options options = { .trust = &trust,
                                             .key = &l->who[HOLDER].key,
                                             .moved = note_end };
    struct gate_appender *a = gate_appender_open(&options);
    assert_non_null(a);
    assert_int_equal(gate_appender_start(a), 0);
    return a;
}

static enum gate_appended ask(struct gate_appender *a, uint64_t request)
{
    char detail[GATE_DETAIL] = "";
    struct gate_appended_job job = { .request = { .entry = request }, .holder = "banco" };
    return gate_appender_ask(a, &job, detail);
}

static void test_is_asked_for_once(void **state)
{
    struct log l;
    (void)state;
    struct gate_appender *a = begin(&l);
    let_log(false, 201);
    assert_int_equal(ask(a, 7), APPENDING);
    wait_for(&posted, 1);
    assert_int_equal(ask(a, 7), APPENDING);
    let_log(true, 201);
    wait_for(&ended, 1);
    assert_int_equal(ask(a, 7), APPENDED);
    gate_appender_forget(a, 8); /* another one */
    assert_int_equal(ask(a, 7), APPENDED);
    assert_int_equal(posted, 1);
    gate_appender_forget(a, 7);
    assert_int_equal(ask(a, 7), APPENDING);
    wait_for(&ended, 2);
    gate_appender_close(a);
    log_free(&l);
}

static void test_failure_is_told_once(void **state)
{
    struct log l;
    (void)state;
    struct gate_appender *a = begin(&l);
    let_log(true, 403);
    assert_int_equal(ask(a, 7), APPENDING);
    wait_for(&ended, 1);
    assert_int_equal(ask(a, 7), APPENDED_FAILED);
    let_log(true, 409); /* that id is there already */
    assert_int_equal(ask(a, 7), APPENDING);
    wait_for(&ended, 2);
    assert_int_equal(ask(a, 7), APPENDED);
    gate_appender_close(a);
    log_free(&l);
}

static void test_who_went_away_takes_no_room(void **state)
{
    struct log l;
    (void)state;
    struct gate_appender *a = begin(&l);
    for (unsigned i = 0; i < GATE_JOBS + 3; i++) {
        assert_int_equal(ask(a, 100 + i), APPENDING);
        wait_for(&ended, i + 1);
    }
    assert_int_equal(ask(a, 100 + GATE_JOBS + 2), APPENDED);
    gate_appender_close(a);
    log_free(&l);
}

static void test_all_at_work(void **state)
{
    struct log l;
    (void)state;
    struct gate_appender *a = begin(&l);
    let_log(false, 201);
    for (unsigned i = 0; i < GATE_JOBS; i++)
        assert_int_equal(ask(a, 100 + i), APPENDING);
    assert_int_equal(ask(a, 99), APPENDED_NOT);
    let_log(true, 201);
    wait_for(&ended, GATE_JOBS);
    assert_int_equal(ask(a, 99), APPENDING);
    gate_appender_close(a);
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_asked_for_once),
        cmocka_unit_test(test_failure_is_told_once),
        cmocka_unit_test(test_who_went_away_takes_no_room),
        cmocka_unit_test(test_all_at_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
