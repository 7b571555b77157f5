#include "daemon/signer/close_apart.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

struct parting {
    sem_t apart;  /* the thread has its own descriptors */
    sem_t closed; /* so its own are the last */
};

static void wait_for(sem_t *s)
{
    while (sem_wait(s) != 0) /* EINTR */
        ;
}

/* The kernel closes its descriptors when it has ended, and an ending thread does not linger. Where
 * it has none of its own, whoever made it closes the last. */
static void *part(void *ctx)
{
    struct parting *p = ctx;
    (void)unshare(CLONE_FILES);
    sem_post(&p->apart);
    wait_for(&p->closed);
    return NULL;
}

void close_apart(int fd)
{
    struct parting p;
    pthread_t thread;
    sem_init(&p.apart, 0, 0);
    sem_init(&p.closed, 0, 0);
    if (pthread_create(&thread, NULL, part, &p) == 0) {
        wait_for(&p.apart);
        close(fd);
        sem_post(&p.closed);
        pthread_join(thread, NULL);
    } else {
        close(fd);
    }
    sem_destroy(&p.apart);
    sem_destroy(&p.closed);
}
