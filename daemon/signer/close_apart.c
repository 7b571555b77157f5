#include "daemon/signer/close_apart.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define WAITING_MOST 8 /* threads that close, and may wait */

struct parting {
    int fd;
    bool apart;  /* the thread has its own descriptors, which the kernel closes when it has ended */
    sem_t known; /* whether it has */
    sem_t closed; /* those of the others: its own are the last */
};

static atomic_uint waiting;

static void wait_for(sem_t *s)
{
    while (sem_wait(s) != 0) /* EINTR */
        ;
}

/* An ending thread waits for nothing. Where it cannot be apart (a container may not let it), it
 * closes the descriptor itself, and nobody waits for it. */
static void *part(void *ctx)
{
    struct parting *p = ctx;
    const int fd = p->fd;
    const bool apart = unshare(CLONE_FILES) == 0;
    p->apart = apart;
    sem_post(&p->known);
    if (apart) {
        wait_for(&p->closed);
    } else { /* *p may be gone */
        close(fd);
        atomic_fetch_sub(&waiting, 1);
    }
    return NULL;
}

/* What the thread that was made leaves to this one. */
static void end_with(struct parting *p, pthread_t thread)
{
    wait_for(&p->known);
    if (!p->apart) {
        pthread_detach(thread);
        return;
    }
    atomic_fetch_sub(&waiting, 1);
    close(p->fd);
    sem_post(&p->closed);
    pthread_join(thread, NULL);
}

void close_apart(int fd)
{
    struct parting p = { .fd = fd };
    pthread_t thread;
    sem_init(&p.known, 0, 0);
    sem_init(&p.closed, 0, 0);
    bool may = atomic_fetch_add(&waiting, 1) < WAITING_MOST;
    if (may && pthread_create(&thread, NULL, part, &p) == 0) {
        end_with(&p, thread);
    } else {
        atomic_fetch_sub(&waiting, 1);
        close(fd);
    }
    sem_destroy(&p.known);
    sem_destroy(&p.closed);
}
