/* A few threads that run the work that is pushed to them, oldest first. */
#ifndef DAEMON_HOST_POOL_H
#define DAEMON_HOST_POOL_H

#include <pthread.h>

#include "daemon/host/queue.h"
#include "proto/base/must_use.h"

struct pool;

/* Starts the threads, which take no signals. NULL when out of memory or threads. */
struct pool *pool_new(unsigned threads);

/* Runs w->run(w) on one of the pool's threads. run then owns w and must free it. Any thread. */
void pool_push(struct pool *p, struct work *w);

/* Pushes `count` works, linked by next from first to last, at once. Any thread. */
void pool_push_all(struct pool *p, struct work *first, struct work *last, size_t count);

/* For work that is better done together: what queue_take_like() takes of what was pushed. By a work's
 * run, on a thread of the pool. */
size_t pool_take_like(struct pool *p, void (*run)(struct work *w), struct work *out[], size_t cap);

/* How many threads it has. */
unsigned pool_threads(const struct pool *p);

/* Waits until all that was pushed has run, ends the threads and frees the pool. Nobody may push any
 * more. NULL is harmless. */
void pool_free(struct pool *p);

/* Starts a thread in which all signals are blocked: the main thread takes them. But SIGILL, which a
 * thread meets itself (proto/accel/accelerator.h). Returns 0 or -1. */
MUST_USE int thread_start(pthread_t *thread, void *(*main)(void *ctx), void *ctx);

#endif
