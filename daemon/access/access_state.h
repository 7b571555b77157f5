/* The state of what writes down who reads, shared by access.c and access_seal.c; nobody else looks
 * inside. All of it belongs to the access thread, but for what says otherwise. */
#ifndef DAEMON_ACCESS_ACCESS_STATE_H
#define DAEMON_ACCESS_ACCESS_STATE_H

#include <pthread.h>

#include "daemon/access/access.h"
#include "daemon/access/row_journal.h"

struct access {
    struct service *service;
    struct access_folder folder; /* constant */
    bool enrolled;               /* rows are written; constant */
    access_finish_fn *finish;
    pthread_t thread;
    bool started; /* the main thread's */

    pthread_mutex_t lock; /* of the next four */
    pthread_cond_t wake;
    struct access_note *first, *last; /* to be written */
    bool stopping;
    bool answered; /* the sequencer has given `own` back */

    struct row_journal journal;
    bool broken;       /* the journal must be opened again */
    int64_t reopen_at; /* steady milliseconds; not before */
    int64_t next_from; /* where the last interval ended, if that is known; else 0 */

    /* What waits for its entry: */
    bool closed; /* there is one, and it is: */
    char closed_name[ROW_NAME_MAX];
    struct row_interval interval;
    bool sealing;    /* the sequencer has its record */
    bool doubt;      /* its entry may be in the log already */
    bool ended;      /* the log was frozen: nothing is appended any more */
    int64_t seal_at; /* steady milliseconds; not before */
    bool told;       /* that it could not be sealed */
    struct own_record own;
};

/* Has the sequencer append what waits for it, and names the files of what was appended. */
void access_seal(struct access *a);

/* Whether access_seal() waits for an answer of the sequencer. */
static inline bool access_awaits(const struct access *a)
{
    return a->sealing;
}

#endif
