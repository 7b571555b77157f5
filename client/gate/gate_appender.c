#include "client/gate/gate_appender.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "client/base/lost.h"
#include "client/remote/fetch.h"
#include "client/remote/log_client.h"
#include "client/remote/retry.h"
#include "proto/record/record.h"
#include "proto/sys/clock.h"
#include "proto/verify/log_answer.h"

#define EXCHANGE_S 5 /* for one exchange with the log */
#define AGAIN_MS 300 /* before the next */
#define TRY_MS 6000  /* for all of them */

struct append_job {
    bool there;
    enum gate_appended state;
    struct gate_appended_job job;
    char detail[GATE_DETAIL];
};

struct gate_appender {
    struct gate_appender_options options;
    struct fetcher *fetcher;
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    struct append_job job[GATE_JOBS]; /* under the lock */
};

/* ---- one response, in the thread ------------------------------------------------------------- */

static void sign_response(struct buf *note, const struct gate_appender *a,
                          const struct gate_appended_job *job)
{
    struct buf line = { 0 };
    const struct gate_response r = { .key = &a->options.key->vkey,
                                     .under = job->under,
                                     .request = job->request,
                                     .holder = job->holder,
                                     .received = job->received,
                                     .at = clock_wall() };
    gate_response_json(&line, &r);
    record_sign(note, KIND_RESPONSE, buf_str(&line), a->options.key);
    note->failed = note->failed || line.failed;
    buf_free(&line);
}

/* Why not, in few bytes that no stranger writes but for a code. */
static void say_why(char detail[static GATE_DETAIL], const struct answer *answer,
                    const struct buf *body)
{
    struct problem problem;
    if (answer->status == 0) {
        snprintf(detail, GATE_DETAIL, "%s", reason_code(answer->why));
        return;
    }
    problem_read(&problem, answer->status, buf_span(body));
    snprintf(detail, GATE_DETAIL, "%ld %s", answer->status, problem.code);
}

/* Where the id is used the log has that response already: of another gate with this key, or of this
 * one before it was killed. */
static bool is_taken(const struct answer *answer)
{
    return answer->status == 200 || answer->status == 201 || answer->status == 409;
}

static bool append_once(struct gate_appender *a, struct span note, struct answer *answer,
                        char detail[static GATE_DETAIL])
{
    struct buf body = { 0 };
    fetch_limit(a->fetcher, EXCHANGE_S);
    fetch_post(a->fetcher, "v1/records", note, RECEIPT_MAX, &body, answer);
    bool taken = is_taken(answer);
    if (!taken)
        say_why(detail, answer, &body);
    buf_free(&body);
    return taken;
}

static bool append_response(struct gate_appender *a, const struct gate_appended_job *job,
                            char detail[static GATE_DETAIL])
{
    struct buf note = { 0 };
    struct answer answer;
    static const struct timespec again = { .tv_nsec = AGAIN_MS * 1000000L };
    int64_t until = clock_steady() + TRY_MS;
    bool taken = false, go_on = true;
    sign_response(&note, a, job);
    snprintf(detail, GATE_DETAIL, "memory");
    while (!note.failed && !taken && go_on) {
        taken = append_once(a, buf_span(&note), &answer, detail);
        go_on = answer_may_come(&answer) && clock_steady() < until && !atomic_load(&a->stopping);
        if (!taken && go_on)
            nanosleep(&again, NULL);
    }
    buf_free(&note);
    return taken;
}

/* ---- the thread ------------------------------------------------------------------------------ */

static struct append_job *next_job(struct gate_appender *a)
{
    for (size_t i = 0; i < GATE_JOBS; i++)
        if (a->job[i].there && a->job[i].state == APPENDING)
            return &a->job[i];
    return NULL;
}

static void work(struct gate_appender *a, struct append_job *slot)
{
    struct gate_appended_job job = slot->job;
    char detail[GATE_DETAIL];
    pthread_mutex_unlock(&a->lock);
    bool taken = append_response(a, &job, detail);
    lost_forget();
    pthread_mutex_lock(&a->lock);
    slot->state = taken ? APPENDED : APPENDED_FAILED;
    memcpy(slot->detail, detail, sizeof slot->detail);
    if (!taken)
        say(TR("a response could not be appended: %s", "no se pudo asentar una respuesta: %s"),
            detail);
    a->options.moved(a->options.ctx);
}

static void *append_all(void *ctx)
{
    struct gate_appender *a = ctx;
    pthread_mutex_lock(&a->lock);
    while (!atomic_load(&a->stopping)) {
        struct append_job *slot = next_job(a);
        if (slot != NULL)
            work(a, slot);
        else
            pthread_cond_wait(&a->asked, &a->lock);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* The job of that request; else one that is free; else one that came to an end, and was not asked
 * for since: who presented that request again would have it appended again, under the same id. NULL
 * where all are at work. */
static struct append_job *find_job(struct gate_appender *a, uint64_t request)
{
    struct append_job *unused = NULL;
    for (size_t i = 0; i < GATE_JOBS; i++) {
        struct append_job *j = &a->job[i];
        if (j->there && j->job.request.entry == request)
            return j;
        if (!j->there || (j->state != APPENDING && (unused == NULL || unused->there)))
            unused = j;
    }
    return unused;
}

enum gate_appended gate_appender_ask(struct gate_appender *a, const struct gate_appended_job *job,
                                     char detail[static GATE_DETAIL])
{
    pthread_mutex_lock(&a->lock);
    struct append_job *slot = find_job(a, job->request.entry);
    enum gate_appended state = slot == NULL ? APPENDED_NOT : APPENDING;
    if (slot != NULL && slot->there && slot->job.request.entry == job->request.entry)
        state = slot->state;
    else if (slot != NULL)
        *slot = (struct append_job){ .there = true, .state = APPENDING, .job = *job };
    if (state == APPENDED_FAILED) {
        memcpy(detail, slot->detail, GATE_DETAIL);
        slot->there = false;
    }
    pthread_cond_signal(&a->asked);
    pthread_mutex_unlock(&a->lock);
    return state;
}

void gate_appender_forget(struct gate_appender *a, uint64_t request)
{
    pthread_mutex_lock(&a->lock);
    struct append_job *slot = find_job(a, request);
    if (slot != NULL && slot->job.request.entry == request && slot->state != APPENDING)
        slot->there = false;
    pthread_mutex_unlock(&a->lock);
}

/* ---- beginning and end ----------------------------------------------------------------------- */

struct gate_appender *gate_appender_open(const struct gate_appender_options *options)
{
    struct gate_appender *a = kept(calloc(1, sizeof *a));
    if (a == NULL)
        return NULL;
    a->options = *options;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->asked, NULL);
    a->fetcher = fetcher_new(options->trust->url);
    if (a->fetcher == NULL) {
        gate_appender_close(a);
        return NULL;
    }
    fetch_as(a->fetcher, &options->trust->reader);
    return a;
}

int gate_appender_start(struct gate_appender *a)
{
    int failed = pthread_create(&a->thread, NULL, append_all, a);
    a->started = failed == 0;
    if (failed != 0)
        say(TR("no thread could be started: %s", "no se pudo iniciar un hilo: %s"),
            errno_words(failed));
    return failed == 0 ? 0 : -1;
}

void gate_appender_close(struct gate_appender *a)
{
    if (a == NULL)
        return;
    atomic_store(&a->stopping, true);
    pthread_mutex_lock(&a->lock);
    pthread_cond_signal(&a->asked);
    pthread_mutex_unlock(&a->lock);
    if (a->started)
        pthread_join(a->thread, NULL);
    fetcher_free(a->fetcher);
    pthread_cond_destroy(&a->asked);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
