#include "daemon/host/queue.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct work *first, *last;
    size_t length, wanted; /* wanted: nobody needs to be woken for fewer */
    unsigned waiting;
    bool closed;
    int wake;
};

/* A condition that times its waits by the steady clock. */
static int init_steady(pthread_cond_t *some)
{
    pthread_condattr_t steady;
    if (pthread_condattr_init(&steady) != 0)
        return -1;
    int failed = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    if (failed == 0)
        failed = pthread_cond_init(some, &steady);
    pthread_condattr_destroy(&steady);
    return failed;
}

struct queue *queue_new(int wake)
{
    struct queue *q = calloc(1, sizeof *q);
    if (q == NULL)
        return NULL;
    q->wake = wake;
    q->wanted = 1;
    if (pthread_mutex_init(&q->lock, NULL) != 0)
        goto free_queue;
    if (init_steady(&q->some) != 0)
        goto destroy_lock;
    return q;
destroy_lock:
    pthread_mutex_destroy(&q->lock);
free_queue:
    free(q);
    return NULL;
}

void queue_free(struct queue *q)
{
    if (q == NULL)
        return;
    pthread_cond_destroy(&q->some);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

void queue_push(struct queue *q, struct work *w)
{
    queue_push_all(q, w, w, 1);
}

void queue_push_all(struct queue *q, struct work *first, struct work *last, size_t count)
{
    last->next = NULL;
    pthread_mutex_lock(&q->lock);
    bool was_empty = q->first == NULL;
    if (was_empty)
        q->first = first;
    else
        q->last->next = first;
    q->last = last;
    q->length += count;
    int wake = was_empty ? q->wake : -1;
    if (q->waiting > 0 && q->length >= q->wanted) {
        if (count == 1)
            pthread_cond_signal(&q->some);
        else
            pthread_cond_broadcast(&q->some);
    }
    pthread_mutex_unlock(&q->lock);
    /* From here on the queue may be gone: whoever took the last piece of work frees it. */
    if (wake >= 0) {
        uint64_t one = 1;
        ssize_t n = write(wake, &one, sizeof one); /* fails only when it is awake already */
        (void)n;
    }
}

static struct work *take_oldest(struct queue *q)
{
    struct work *w = q->first;
    if (w != NULL) {
        q->first = w->next;
        q->length--;
    }
    return w;
}

/* With the lock held. */
static void wait_for(struct queue *q, size_t count)
{
    q->wanted = count;
    q->waiting++;
    while (q->length < count && !q->closed)
        pthread_cond_wait(&q->some, &q->lock);
    q->waiting--;
    q->wanted = 1;
}

struct work *queue_wait(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    wait_for(q, 1);
    struct work *w = take_oldest(q);
    pthread_mutex_unlock(&q->lock);
    return w;
}

size_t queue_take_like(struct queue *q, void (*run)(struct work *w), struct work *out[], size_t cap)
{
    size_t n = 0;
    pthread_mutex_lock(&q->lock);
    while (n < cap && q->first != NULL && q->first->run == run)
        out[n++] = take_oldest(q);
    pthread_mutex_unlock(&q->lock);
    return n;
}

void queue_gather(struct queue *q, size_t count)
{
    pthread_mutex_lock(&q->lock);
    wait_for(q, count);
    pthread_mutex_unlock(&q->lock);
}

bool queue_gather_within(struct queue *q, size_t count, int ms)
{
    struct timespec until;
    int failed = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&q->lock);
    q->wanted = count;
    q->waiting++;
    while (q->length < count && !q->closed && failed == 0)
        failed = pthread_cond_timedwait(&q->some, &q->lock, &until);
    q->waiting--;
    q->wanted = 1;
    bool enough = q->length >= count || q->closed;
    pthread_mutex_unlock(&q->lock);
    return enough;
}

size_t queue_length(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t length = q->length;
    pthread_mutex_unlock(&q->lock);
    return length;
}

struct work *queue_take_all(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    struct work *w = q->first;
    q->first = NULL;
    q->length = 0;
    pthread_mutex_unlock(&q->lock);
    return w;
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->some);
    pthread_mutex_unlock(&q->lock);
}
