#include "daemon/backup/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "daemon/host/pool.h"
#include "daemon/store/store.h"
#include "proto/sys/language.h"

#define EVERY_S 2

static struct {
    pthread_mutex_t lock;
    pthread_cond_t end;
    pthread_t thread;
    bool running, ending;
    enum progress_of what;
    uint64_t total;
    const char *folder;
    _Atomic uint64_t done;
} now = { .lock = PTHREAD_MUTEX_INITIALIZER, .end = PTHREAD_COND_INITIALIZER };

static void print_state(void)
{
    if (now.what == PROGRESS_STORE)
        fprintf(stderr,
                TR("store: %" PRIu64 " of %" PRIu64 " MB\n",
                   "almacén: %" PRIu64 " de %" PRIu64 " MB\n"),
                store_copied(now.folder) >> 20, now.total >> 20);
    else
        fprintf(stderr,
                TR("blobs: %" PRIu64 " of %" PRIu64 "\n", "blobs: %" PRIu64 " de %" PRIu64 "\n"),
                atomic_load(&now.done), now.total);
}

static void *print_states(void *ctx)
{
    struct timespec until;
    (void)ctx;
    pthread_mutex_lock(&now.lock);
    clock_gettime(CLOCK_MONOTONIC, &until); /* a clock that is set must not print without end */
    while (!now.ending) {
        until.tv_sec += EVERY_S;
        while (!now.ending &&
               pthread_cond_clockwait(&now.end, &now.lock, CLOCK_MONOTONIC, &until) == 0) {
        }
        if (!now.ending)
            print_state();
    }
    pthread_mutex_unlock(&now.lock);
    return NULL;
}

void progress_begin(enum progress_of what, uint64_t total, const char *folder)
{
    now.what = what;
    now.total = total;
    now.folder = folder;
    now.ending = false;
    atomic_store(&now.done, 0);
    now.running = thread_start(&now.thread, print_states, NULL) == 0;
}

void progress_step(void)
{
    atomic_fetch_add(&now.done, 1);
}

void progress_end(void)
{
    if (!now.running)
        return;
    pthread_mutex_lock(&now.lock);
    now.ending = true;
    pthread_cond_signal(&now.end);
    pthread_mutex_unlock(&now.lock);
    pthread_join(now.thread, NULL);
    now.running = false;
}
