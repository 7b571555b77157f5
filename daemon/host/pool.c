#include "daemon/host/pool.h"

#include <signal.h>
#include <stdlib.h>

struct pool {
    struct queue *queue;
    unsigned count;
    pthread_t thread[];
};

int thread_start(pthread_t *thread, void *(*main)(void *ctx), void *ctx)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGILL);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, main, ctx);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0 ? 0 : -1;
}

static void *work_on(void *ctx)
{
    struct pool *p = ctx;
    for (struct work *w; (w = queue_wait(p->queue)) != NULL;)
        w->run(w);
    return NULL;
}

struct pool *pool_new(unsigned threads)
{
    struct pool *p = calloc(1, sizeof *p + threads * sizeof *p->thread);
    if (p == NULL)
        return NULL;
    p->queue = queue_new(-1);
    while (p->queue != NULL && p->count < threads &&
           thread_start(&p->thread[p->count], work_on, p) == 0)
        p->count++;
    if (p->count == threads)
        return p;
    pool_free(p);
    return NULL;
}

void pool_push(struct pool *p, struct work *w)
{
    queue_push(p->queue, w);
}

void pool_push_all(struct pool *p, struct work *first, struct work *last, size_t count)
{
    queue_push_all(p->queue, first, last, count);
}

size_t pool_take_like(struct pool *p, void (*run)(struct work *w), struct work *out[], size_t cap)
{
    return queue_take_like(p->queue, run, out, cap);
}

unsigned pool_threads(const struct pool *p)
{
    return p->count;
}

void pool_free(struct pool *p)
{
    if (p == NULL)
        return;
    if (p->queue != NULL)
        queue_close(p->queue);
    for (unsigned i = 0; i < p->count; i++)
        pthread_join(p->thread[i], NULL);
    queue_free(p->queue);
    free(p);
}
