#include <stdlib.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/host/pool.h"
#include "daemon/witnesses/feed_state.h"
#include "proto/sys/clock.h"

/* ---- life and death -------------------------------------------------------------------------- */

static int init_lock(struct feed *f)
{
    pthread_condattr_t steady;
    if (pthread_condattr_init(&steady) != 0)
        return -1;
    int failed = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) != 0 ||
                 pthread_cond_init(&f->news, &steady) != 0;
    pthread_condattr_destroy(&steady);
    return failed || pthread_mutex_init(&f->lock, NULL) != 0 ||
                   pthread_mutex_init(&f->publishing, NULL) != 0
               ? -1
               : 0;
}

/* Returns 0 or -1: out of memory. A witness that cannot be asked has no link. */
static int set_up_witness(struct feed *f, struct feed_witness *w, const struct policy_witness *who)
{
    const struct service *s = f->service;
    w->feed = f;
    w->who = who;
    w->asked = !witness_is_asked(who);
    if (w->asked) {
        log_line(LOG_WARNING, "witness %s is not asked: %s", who->name,
                 who->url == NULL ? "the policy has no URL of it"
                                  : "its key is of a type that this version does not know");
        return 0;
    }
    w->link = witness_link_new(who, s->vkey.name, (long)s->config.witness_timeout, &f->stopping);
    if (w->link != NULL)
        return 0;
    log_line(LOG_ERROR, "out of memory");
    return -1;
}

struct feed *feed_new(struct service *service, struct policy *policy, const char *dir,
                      void (*changed)(void *ctx), void *ctx)
{
    size_t count = policy_witnesses(policy);
    struct feed *f = calloc(1, sizeof *f + count * sizeof *f->witness);
    if (f == NULL || init_lock(f) != 0) {
        free(f);
        policy_free(policy);
        log_line(LOG_ERROR, "out of memory");
        return NULL;
    }
    f->service = service;
    f->policy = policy;
    f->changed = changed;
    f->ctx = ctx;
    f->count = count;
    f->rollback = (struct rollback){ .service = service, .policy = policy };
    snprintf(f->rollback.dir, sizeof f->rollback.dir, "%s", dir);
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < count; i++)
        failed = set_up_witness(f, &f->witness[i], policy_witness(policy, i));
    if (failed == 0)
        failed = target_recall(f);
    if (failed != 0) {
        feed_free(f);
        return NULL;
    }
    doubt_recall(f);
    metric_set(METRIC_WITNESSED_SIZE, (int64_t)f->witnessed_size);
    return f;
}

int feed_start(struct feed *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct feed_witness *w = &f->witness[i];
        if (w->link == NULL)
            continue;
        if (thread_start(&w->thread, feed_attend, w) != 0)
            return -1;
        w->running = true;
    }
    return 0;
}

void feed_quit(struct feed *f)
{
    if (f == NULL)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
}

void feed_stop(struct feed *f)
{
    if (f == NULL)
        return;
    feed_quit(f);
    for (size_t i = 0; i < f->count; i++) {
        if (f->witness[i].running)
            pthread_join(f->witness[i].thread, NULL);
        f->witness[i].running = false;
    }
}

void feed_free(struct feed *f)
{
    if (f == NULL)
        return;
    feed_stop(f);
    for (size_t i = 0; i < f->count; i++) {
        witness_link_free(f->witness[i].link);
        ask_state_free(&f->witness[i].asking);
        buf_free(&f->witness[i].line);
    }
    buf_free(&f->witnessed);
    policy_free(f->policy);
    pthread_cond_destroy(&f->news);
    pthread_mutex_destroy(&f->lock);
    pthread_mutex_destroy(&f->publishing);
    free(f);
}

static bool all_asked(const struct feed *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (!f->witness[i].asked)
            return false;
    return true;
}

bool feed_compare(struct feed *f)
{
    int64_t until = clock_steady() + (BEHIND_MAX + 1) * f->service->config.witness_timeout * 1000;
    pthread_mutex_lock(&f->lock);
    while (!all_asked(f) && !f->stopping && !atomic_load(&f->rolled_back) && clock_steady() < until)
        feed_doze(f);
    pthread_mutex_unlock(&f->lock);
    return !atomic_load(&f->rolled_back) && !f->stopping;
}

void feed_newest(struct feed *f)
{
    pthread_cond_broadcast(&f->news); /* the lock could make appending wait */
}

uint64_t feed_witnessed(struct feed *f, struct buf *out)
{
    pthread_mutex_lock(&f->lock);
    uint64_t size = f->witnessed.n == 0 ? 0 : f->witnessed_size;
    if (out != NULL)
        buf_add_span(out, buf_span(&f->witnessed));
    pthread_mutex_unlock(&f->lock);
    return size;
}

enum reason feed_refuses(struct feed *f)
{
    return atomic_load(&f->rolled_back) ? REASON_LOG_ROLLED_BACK
           : atomic_load(&f->doubted)   ? REASON_LOG_DOUBTED
                                        : REASON_NONE;
}
