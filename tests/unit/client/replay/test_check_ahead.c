/* check_ahead.h: who looks into which part, and when; and which keys are known. What is looked into
 * is test_replay.c's question: stretch_gather() notes here what it was asked. */
#include "client/replay/check_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/record/record.h"
#include "tests/unit/fixture.h"

#define KEYS 6000
#define CALLS_MAX 64

static struct check_ahead *c;
static struct sig_verifier verifier;
static enum sig_state lanes;

/* ---- the machine ----------------------------------------------------------------------------- */

static int processors;   /* that the process may use; -1: nobody knows */
static int threads_left; /* that can be made; -1: all */
static int made;         /* since the last one was opened */

enum sig_state __wrap_sig_verifier_state(const struct sig_verifier *v);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *ctx);
void __wrap_randombytes_buf(void *bytes, size_t n);

enum sig_state __wrap_sig_verifier_state(const struct sig_verifier *v)
{
    assert_ptr_equal(v, &verifier);
    return lanes;
}

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    assert_true(pid == 0 && size == sizeof *set);
    CPU_ZERO(set);
    for (int i = 0; i < (processors < 0 ? 5 : processors); i++)
        CPU_SET((size_t)i, set);
    return processors < 0 ? -1 : 0;
}

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *ctx)
{
    if (threads_left == 0)
        return EAGAIN;
    threads_left -= threads_left > 0;
    made++;
    return __real_pthread_create(t, a, run, ctx);
}

/* Always the same places in the table of keys. */
void __wrap_randombytes_buf(void *bytes, size_t n)
{
    memset(bytes, 7, n);
}

/* ---- stretches ------------------------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static struct {
    const void *stretch;
    unsigned part;
    bool by_judge;
} call[CALLS_MAX];
static size_t calls, ends;
static bool waits;      /* signatures of what is looked into wait for company */
static bool wrong;      /* something was asked that nobody may ask */
static pthread_t judge; /* the thread of the test */
static pid_t judge_id, other_id;
static sem_t looked; /* once for each part that another thread is done with */
static bool judge_ends, holds_up;
static key_fn *knows; /* as the last one who looked asks for keys */
static void *knows_ctx;
static char stretch[4]; /* stretches, by their address */

void __wrap_stretch_gather(struct stretch *s, unsigned part, struct note_gather *g);
void __wrap_record_gather_end(struct note_gather *g);

/* Whether a thread sleeps. */
static bool is_asleep(pid_t id)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)id);
    FILE *in = fopen(path, "r");
    bool read = in != NULL && fscanf(in, "%*d (%*[^)]) %c", &state) == 1;
    if (in != NULL)
        fclose(in);
    return read && state == 'S';
}

static void wait_until_asleep(pid_t id)
{
    while (!is_asleep(id))
        sched_yield();
}

static struct stretch *nth(int i)
{
    return (struct stretch *)&stretch[i];
}

void __wrap_stretch_gather(struct stretch *s, unsigned part, struct note_gather *g)
{
    uint8_t key[PUBLIC_KEY_BYTES];
    bool by_judge = pthread_equal(pthread_self(), judge);
    pthread_mutex_lock(&lock);
    wrong = wrong || s == NULL || part >= STRETCH_PARTS || g->verifier != &verifier ||
            g->key(g->ctx, span_str("nobody"), 1, key) || calls == CALLS_MAX;
    if (!wrong) {
        call[calls].stretch = s;
        call[calls].part = part;
        call[calls++].by_judge = by_judge;
    }
    g->n += waits;
    knows = g->key;
    knows_ctx = g->ctx;
    if (!by_judge)
        other_id = gettid();
    bool hold_up = holds_up && !by_judge && part == STRETCH_PARTS - 1;
    pthread_mutex_unlock(&lock);
    if (hold_up) { /* until the judge has nothing to do but wait */
        while (!__atomic_load_n(&judge_ends, __ATOMIC_SEQ_CST))
            sched_yield();
        wait_until_asleep(judge_id);
    }
    if (!by_judge && !waits)
        sem_post(&looked);
}

void __wrap_record_gather_end(struct note_gather *g)
{
    pthread_mutex_lock(&lock);
    wrong = wrong || g->n == 0;
    ends++;
    if (!pthread_equal(pthread_self(), judge))
        for (unsigned i = 0; i < g->n; i++)
            sem_post(&looked);
    g->n = 0;
    pthread_mutex_unlock(&lock);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static struct enrolment *enrolled; /* KEYS of them */
static uint32_t enrolments;        /* that the registry has by now */

uint32_t __wrap_registry_count(const struct registry *r);
const struct enrolment *__wrap_registry_get(const struct registry *r, uint32_t i);

uint32_t __wrap_registry_count(const struct registry *r)
{
    assert_null(r);
    return enrolments;
}

const struct enrolment *__wrap_registry_get(const struct registry *r, uint32_t i)
{
    assert_null(r);
    assert_in_range(i, 0, enrolments - 1);
    return &enrolled[i];
}

static int start(void **state)
{
    (void)state;
    judge = pthread_self();
    judge_id = gettid();
    lanes = SIG_BY_LIBRARY;
    processors = 0;
    threads_left = -1;
    calls = ends = enrolments = 0;
    waits = wrong = judge_ends = holds_up = false;
    sem_init(&looked, 0, 0);
    enrolled = calloc(KEYS, sizeof *enrolled);
    for (uint32_t i = 0; i < KEYS; i++) {
        snprintf(enrolled[i].key.name, sizeof enrolled[i].key.name, "signer%u.example", i / 2);
        enrolled[i].key.id = i % 2; /* two keys of each name */
        memcpy(enrolled[i].key.key, &i, sizeof i);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    check_ahead_free(c);
    c = NULL;
    free(enrolled);
    sem_destroy(&looked);
    unsetenv("BITACORA_THREADS");
    assert_false(wrong);
    return 0;
}

/* This thread and those that were made. */
static void expect_threads(int n)
{
    assert_int_equal(made + 1, n);
}

/* text: of the environment; NULL: nothing. Whether there is one. */
static bool open_with(const char *text, uint64_t entries)
{
    check_ahead_free(c);
    made = 0;
    if (text == NULL)
        unsetenv("BITACORA_THREADS");
    else
        setenv("BITACORA_THREADS", text, 1);
    c = check_ahead_new(entries, &verifier);
    return c != NULL;
}

static unsigned depth(void)
{
    return check_ahead_ahead(c)->depth;
}

static void begin(unsigned slot, int which)
{
    check_ahead_ahead(c)->begin(check_ahead_ahead(c)->ctx, slot, nth(which));
}

static void end(unsigned slot)
{
    check_ahead_ahead(c)->end(check_ahead_ahead(c)->ctx, slot);
}

/* ---- how many -------------------------------------------------------------------------------- */

static void it_takes_as_many_threads_as_it_is_told(void **state)
{
    static const struct {
        const char *text;
        bool lanes;
        int threads; /* 0: there is none */
    } rows[] = {
        { "0", false, 0 },  { "1", false, 0 },   { "2", false, 2 },   { "3", false, 3 },
        { "-4", false, 0 }, { "64", false, 64 }, { "66", false, 64 }, { "many", false, 0 },
        { "0", true, 1 },   { "1", true, 1 },    { "2", true, 2 },    { "7", true, 7 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        lanes = rows[i].lanes ? SIG_BY_LANES : SIG_BY_LIBRARY;
        assert_int_equal(open_with(rows[i].text, 1), rows[i].threads > 0);
        if (c == NULL) {
            assert_null(check_ahead_ahead(c));
            check_ahead_learn(c, NULL); /* harmless */
            continue;
        }
        expect_threads(rows[i].threads);
        assert_int_equal(depth(), 2 + (rows[i].threads + 1) / 2);
    }
}

static void else_as_many_as_there_are_processors(void **state)
{
    static const char *const nothing[] = { NULL, "" };
    (void)state;
    for (size_t i = 0; i < COUNT(nothing); i++) {
        processors = 5;
        assert_false(open_with(nothing[i], TILE_WIDTH)); /* too few entries to share */
        assert_true(open_with(nothing[i], TILE_WIDTH + 1));
        expect_threads(5);
        processors = 1;
        assert_false(open_with(nothing[i], TILE_WIDTH + 1));
        processors = -1;
        assert_false(open_with(nothing[i], TILE_WIDTH + 1));
    }
}

static void without_threads_lanes_are_filled_by_the_judge(void **state)
{
    (void)state;
    threads_left = 0;
    assert_false(open_with("4", 1));
    lanes = SIG_BY_LANES;
    assert_true(open_with("4", 1));
    expect_threads(1);
    lanes = SIG_BY_LIBRARY;
    threads_left = 1; /* fewer than wanted */
    assert_true(open_with("4", 1));
    expect_threads(2);
}

/* ---- who looks into what --------------------------------------------------------------------- */

/* All parts of these, one after another, were looked into by the judge's thread since the last such
 * question; and so often the signatures that waited were checked. */
static void judge_looked_into(const char *which, size_t rests)
{
    assert_int_equal(calls, strlen(which) * STRETCH_PARTS);
    for (size_t i = 0; i < calls; i++) {
        assert_true(call[i].by_judge);
        assert_ptr_equal(call[i].stretch, nth(which[i / STRETCH_PARTS] - '0'));
        assert_int_equal(call[i].part, i % STRETCH_PARTS);
    }
    assert_int_equal(ends, rests);
    calls = ends = 0;
}

static void the_oldest_is_looked_into_first(void **state)
{
    (void)state;
    lanes = SIG_BY_LANES;
    assert_true(open_with("1", 1));
    assert_int_equal(depth(), 3);
    begin(0, 0);
    begin(2, 2);
    end(2); /* nothing was ever at place 1 */
    judge_looked_into("02", 0);
    end(0);
    for (int round = 0; round < 3; round++) {
        begin(0, 0);
        begin(1, 1);
        begin(2, 2);
        end(0);
        judge_looked_into("0", 0);
        begin(0, 3);
        end(1);
        judge_looked_into("1", 0);
        end(2);
        judge_looked_into("2", 0);
        end(0);
        judge_looked_into("3", 0);
        begin(2, 2); /* places may be taken in any order */
        begin(0, 0);
        end(2);
        judge_looked_into("2", 0);
        end(0);
        judge_looked_into("0", 0);
        begin(0, 0);
        begin(2, 2);
        end(2); /* nothing is at place 1 */
        judge_looked_into("02", 0);
        end(0); /* that was done meanwhile */
        judge_looked_into("", 0);
        begin(1, 1);
        begin(0, 0);
        end(0);
        judge_looked_into("10", 0);
        begin(0, 3);
        begin(2, 2);
        end(2); /* of what is at place 1 nothing is left */
        judge_looked_into("32", 0);
        end(0);
        end(1);
        judge_looked_into("", 0);
    }
}

static void what_waits_is_checked_when_there_is_nothing_else(void **state)
{
    (void)state;
    lanes = SIG_BY_LANES;
    assert_true(open_with("1", 1));
    waits = true;
    for (int round = 0; round < 3; round++) {
        begin(0, 0);
        end(0);
        judge_looked_into("0", 1);
        begin(0, 0);
        begin(1, 1);
        begin(2, 2);
        end(0); /* eight parts may wait */
        judge_looked_into("01", 1);
        end(1);
        judge_looked_into("", 0);
        end(2);
        judge_looked_into("2", 1);
    }
}

/* All parts that wait were looked into by another thread. */
static void others_look(bool wait)
{
    assert_true(open_with("2", 1));
    waits = wait;
    for (int round = 0; round < 4; round++) {
        if (round > 0)
            wait_until_asleep(other_id);
        begin(0, 0);
        begin(1, 1);
        for (unsigned i = 0; i < 2 * STRETCH_PARTS; i++)
            while (sem_wait(&looked) != 0)
                continue;
        end(0);
        end(1);
        assert_int_equal(calls, 2 * STRETCH_PARTS);
        for (size_t i = 0; i < calls; i++) {
            assert_false(call[i].by_judge);
            assert_ptr_equal(call[i].stretch, nth(i < STRETCH_PARTS ? 0 : 1));
            assert_int_equal(call[i].part, i % STRETCH_PARTS);
        }
        calls = 0;
    }
}

static void another_thread_looks_meanwhile(void **state)
{
    (void)state;
    others_look(false);
}

static void another_thread_checks_what_waits(void **state)
{
    (void)state;
    others_look(true);
}

/* The last part takes so long that the judge sleeps until it is done. */
static void the_judge_waits_for_others(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        __atomic_store_n(&judge_ends, false, __ATOMIC_SEQ_CST);
        assert_true(open_with("2", 1));
        waits = i == 1;
        holds_up = true;
        begin(0, 0);
        for (bool begun = false; !begun;) { /* until the other thread has the last part */
            pthread_mutex_lock(&lock);
            begun = calls == STRETCH_PARTS;
            pthread_mutex_unlock(&lock);
            sched_yield();
        }
        __atomic_store_n(&judge_ends, true, __ATOMIC_SEQ_CST);
        end(0);
        assert_int_equal(calls, STRETCH_PARTS);
        assert_int_equal(ends, waits);
        calls = 0;
    }
}

/* ---- keys that are known --------------------------------------------------------------------- */

static void expect_key(uint32_t i, bool known)
{
    uint8_t key[PUBLIC_KEY_BYTES] = { 0 };
    const struct vkey *of = &enrolled[i].key;
    assert_int_equal(knows(knows_ctx, span_str(of->name), of->id, key), known);
    if (known)
        assert_memory_equal(key, of->key, PUBLIC_KEY_BYTES);
}

static void open_for_keys(void)
{
    lanes = SIG_BY_LANES;
    assert_true(open_with("1", 1));
    begin(0, 0);
    end(0);
}

static void keys_are_known_once_they_are_enrolled(void **state)
{
    uint8_t key[PUBLIC_KEY_BYTES];
    (void)state;
    open_for_keys();
    check_ahead_learn(c, NULL);
    expect_key(0, false);
    for (enrolments = 1; enrolments <= 20; enrolments++) {
        check_ahead_learn(c, NULL);
        expect_key(enrolments - 1, true);
        expect_key(enrolments, false);
    }
    enrolments = KEYS;
    check_ahead_learn(c, NULL);
    check_ahead_learn(c, NULL); /* nothing is new */
    for (uint32_t i = 0; i < KEYS; i++)
        expect_key(i, true);
    assert_false(knows(knows_ctx, span_str("signer0.example"), 2, key));
    assert_false(knows(knows_ctx, span_str("nobody.example"), 0, key));
}

/* Of two that share name and id the first is tried, whatever the second is. */
static void of_two_that_share_a_name_the_first_is_known(void **state)
{
    (void)state;
    open_for_keys();
    enrolled[1].key.id = enrolled[0].key.id;
    enrolments = 2;
    check_ahead_learn(c, NULL);
    expect_key(0, true);
    enrolments = 3;
    check_ahead_learn(c, NULL);
    expect_key(0, true);
    expect_key(2, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_takes_as_many_threads_as_it_is_told),
        TEST(else_as_many_as_there_are_processors),
        TEST(without_threads_lanes_are_filled_by_the_judge),
        TEST(the_oldest_is_looked_into_first),
        TEST(what_waits_is_checked_when_there_is_nothing_else),
        TEST(another_thread_looks_meanwhile),
        TEST(another_thread_checks_what_waits),
        TEST(the_judge_waits_for_others),
        TEST(keys_are_known_once_they_are_enrolled),
        TEST(of_two_that_share_a_name_the_first_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
