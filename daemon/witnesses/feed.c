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

struct feed *feed_new(struct service *service, struct policy *policy, const char *dir,
                      void (*changed)(void *ctx), void *ctx)
{
    struct feed *f = calloc(1, sizeof *f);
    if (f == NULL || init_lock(f) != 0) {
        free(f);
        policy_free(policy);
        log_line(LOG_ERROR, "out of memory");
        return NULL;
    }
    f->service = service;
    f->changed = changed;
    f->ctx = ctx;
    snprintf(f->dir, sizeof f->dir, "%s", dir);
    f->panel = panel_new(f, policy);
    if (f->panel == NULL || target_recall(f) != 0) {
        feed_free(f);
        return NULL;
    }
    doubt_recall(f);
    metric_set(METRIC_WITNESSED_SIZE, (int64_t)f->witnessed_size);
    return f;
}

int feed_start(struct feed *f)
{
    return panel_start(f->panel);
}

void feed_quit(struct feed *f)
{
    if (f == NULL)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    f->panel->ending = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
}

void feed_stop(struct feed *f)
{
    if (f == NULL)
        return;
    feed_quit(f);
    panel_stop(f->panel);
}

void feed_free(struct feed *f)
{
    if (f == NULL)
        return;
    panel_free(f->panel);
    buf_free(&f->witnessed);
    pthread_cond_destroy(&f->news);
    pthread_mutex_destroy(&f->lock);
    pthread_mutex_destroy(&f->publishing);
    free(f);
}

static bool all_asked(const struct panel *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (!p->witness[i].asked)
            return false;
    return true;
}

bool feed_compare(struct feed *f)
{
    int64_t until = clock_steady() + (BEHIND_MAX + 1) * f->service->config.witness_timeout * 1000;
    pthread_mutex_lock(&f->lock);
    while (!all_asked(f->panel) && !f->stopping && !atomic_load(&f->service->rolled_back) &&
           clock_steady() < until)
        feed_doze(f);
    pthread_mutex_unlock(&f->lock);
    return !atomic_load(&f->service->rolled_back) && !f->stopping;
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

enum reason feed_refuses(struct service *service)
{
    struct feed *f = service->feed;
    return atomic_load(&service->rolled_back)      ? REASON_LOG_ROLLED_BACK
           : f != NULL && atomic_load(&f->doubted) ? REASON_LOG_DOUBTED
                                                   : REASON_NONE;
}
