/* What a signer must not forget: DIR/state, one text (signer_message.h: last_signed_format). It is
 * the one thing that keeps a daemon that was taken over from having a second history signed. One
 * thread. */
#ifndef DAEMON_SIGNER_SIGNER_STATE_H
#define DAEMON_SIGNER_SIGNER_STATE_H

#include <limits.h>

#include "daemon/signer/signer_message.h"
#include "proto/base/must_use.h"

struct signer_state {
    struct vkey key; /* whose state it is */
    struct last_signed last;
    char path[PATH_MAX]; /* DIR/state */
    int lock;            /* the descriptor that holds DIR/lock; -1: none */
};

/* Makes DIR (mode 0700) if it is not there, locks it, and reads what was signed last with that key.
 * `adopted`: a signed checkpoint of the log from which to go on, where there is no state or one
 * that says that nothing was signed; an empty one: none. Without either, a folder that no signer
 * has used gets the state of a key that has signed nothing, and *fresh becomes true. Returns 0, or
 * -1 after having said on standard error why: also if somebody else has the lock, the state is
 * missing, not readable or another key's, or there are both a state of something signed and
 * `adopted`. */
MUST_USE int signer_state_open(struct signer_state *s, const char *dir, const struct vkey *key,
                               struct span adopted, bool *fresh);

enum state_stored {
    STATE_STORED,
    STATE_NO_ROOM, /* the disk holds what it held before: may work later */
    STATE_UNKNOWN, /* nobody knows what the disk holds: the process must end */
};

/* Makes *next what was signed last, on the disk first. Any other result leaves s->last as it
 * was. */
MUST_USE enum state_stored signer_state_store(struct signer_state *s,
                                              const struct last_signed *next);

/* ---- another key ----------------------------------------------------------------------------- */

/* Makes the state that of the key *to, with what was signed last as it is: s->key becomes *to.
 * Before that, `note` is kept in the folder: the hand-over that s->key has signed. Any other result
 * than STATE_STORED leaves s->key as it was, with errno; after STATE_UNKNOWN the disk may hold the
 * state of either key. */
MUST_USE enum state_stored signer_state_hand_over(struct signer_state *s, const struct vkey *to,
                                                  struct span note);

/* Whether the folder's state is that of *to, and was handed over to it by *from: then *note becomes
 * that hand-over. Nothing is locked or changed; the folder is synced. */
bool signer_state_handed_over(struct buf *note, const char *dir, const struct vkey *from,
                              const struct vkey *to);

/* Lets go of the lock. */
void signer_state_close(struct signer_state *s);

#endif
