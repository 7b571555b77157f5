/* A few threads that run what is pushed to them, oldest first. */
#ifndef DAEMON_HOST_POOL_H
#define DAEMON_HOST_POOL_H

#include <pthread.h>

#include "daemon/host/queue.h"
#include "proto/base/must_use.h"

struct pool;

/* Starts the threads, which take no signals. NULL when out of memory or threads. */
struct pool *pool_new(unsigned threads);

/* Any thread. Runs w->run(w) on one of the pool's; w is then run's to free. */
void pool_push(struct pool *p, struct work *w);

/* Pushes works that are linked by next, first to last, at once. Any thread. */
void pool_push_all(struct pool *p, struct work *first, struct work *last, size_t count);

/* How many threads it has. */
unsigned pool_threads(const struct pool *p);

/* Finishes what was pushed, ends the threads, frees the pool. */
void pool_free(struct pool *p);

/* Starts a thread that takes no signals: they are the main thread's. Returns 0 or -1. */
MUST_USE int thread_start(pthread_t *thread, void *(*main)(void *ctx), void *ctx);

#endif
