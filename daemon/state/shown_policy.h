/* The policy that a log is run under, as text that anybody may read (GET /policy). It is the
 * operator's, and says so: what a reader goes by comes from elsewhere. Any thread; nobody waits
 * for the disk with its lock. */
#ifndef DAEMON_STATE_SHOWN_POLICY_H
#define DAEMON_STATE_SHOWN_POLICY_H

#include <pthread.h>

#include "proto/base/buf.h"
#include "proto/tlog/key.h"

/* All zero is one of which nothing is known. */
struct shown_policy {
    pthread_mutex_t lock;
    struct buf text;
};

/* Makes the text, of the bytes of a policy's file; none: of a log that signs alone, with this key.
 * Comments, and the addresses of witnesses, are the operator's own matter: they are left out.
 * Without memory for it the text stays as it was. */
void shown_policy_set(struct shown_policy *p, struct span file, const struct vkey *alone);

/* Appends the text. */
void shown_policy_get(struct shown_policy *p, struct buf *out);

void shown_policy_free(struct shown_policy *p);

#endif
