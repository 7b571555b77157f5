/* Was the log rolled back? What shows it, and what is kept of it in the data directory:
 *
 *     DIR/rolled_back   it was shown: nothing is signed until the store holds what it lacked
 *     DIR/set_aside     witnesses that said so and did not show it
 *     DIR/evidence/     what was shown, and what was said
 *
 * A checkpoint shows it that the store does not hold, signed by the log's key or cosigned by a
 * witness of the policy. Any thread, but two must not write the same file at once: the feed holds
 * its lock `publishing` for DIR/set_aside and for removing DIR/rolled_back. All of it may wait for
 * the disk. */
#ifndef DAEMON_WITNESSES_ROLLBACK_H
#define DAEMON_WITNESSES_ROLLBACK_H

#include <limits.h>

#include "daemon/state/service.h"
#include "proto/base/must_use.h"
#include "proto/sys/files.h"
#include "proto/tlog/policy.h"

/* Where to look, and what is kept where. Constant; the pointers must outlive it. */
struct rollback {
    const struct service *service;
    const struct policy *policy; /* NULL: the log signs alone */
    char dir[PATH_MAX - 64];
};

/* Writes DIR/NAME into out. */
void rollback_path(const struct rollback *r, char out[PATH_MAX], const char *name);

/* The size of the newest checkpoint in the store, now. Returns STORE_OK or why not. */
MUST_USE enum store_result rollback_newest(const struct rollback *r, uint64_t *size);

/* The root of our own tree at some size, which it has. Returns STORE_OK or why not. */
MUST_USE enum store_result rollback_root(const struct rollback *r, uint64_t size,
                                         struct hash *root);

/* Sets *held: the store has that root at that size, above 0. It lacks it if it is smaller, or has
 * another root there. Returns STORE_OK, or why that cannot be told. */
MUST_USE enum store_result rollback_holds(const struct rollback *r, const struct checkpoint *cp,
                                          bool *held);

/* Whether a key of the log has signed a note whose word counts: the one that signs now, one that took
 * over from it, or a former one as long as the store does not hold what that had signed last. What a
 * former key signs beyond its hand-over says that somebody else has it, and nothing of the store. */
MUST_USE bool rollback_counts(const struct rollback *r, const struct note *n);

enum rollback_proof {
    PROOF_NONE,      /* the store holds that checkpoint, or nobody whom we believe signed it */
    PROOF_BY_LOG,    /* the store does not hold it, and the log's key signed it */
    PROOF_BY_WITNESS /* the store does not hold it, and a witness of the policy cosigned it */
};

/* What a note shows; *cp is its checkpoint, into the note's bytes, unless PROOF_NONE. The store is
 * looked at now: a checkpoint that was committed a moment ago is held. */
enum rollback_proof rollback_shown(const struct rollback *r, struct span note,
                                   struct checkpoint *cp);

/* Writes DIR/rolled_back: the sizes of the shown checkpoint and of ours, and the note that shows
 * it. */
void rollback_write_shown(const struct rollback *r, struct span shown, const struct checkpoint *cp,
                          uint64_t newest, const struct hash *root);

/* What DIR/rolled_back says that was shown before. */
enum rollback_before {
    BEFORE_NONE,   /* it is not there, or the store holds by now what it lacked */
    BEFORE_SHOWN,  /* and its note still shows it */
    BEFORE_CLAIMED /* it is there, and shows nothing: of an earlier version, or damaged */
};

/* Reads DIR/rolled_back, and removes it if the store holds by now what it lacked. */
enum rollback_before rollback_read_shown(const struct rollback *r);
/* Removes DIR/rolled_back. */
void rollback_remove_shown(const struct rollback *r);

/* For a log that runs without witnesses: what was shown, or said, while it had some still holds.
 * Returns 0, or -1 and logs why: it must not sign. rollback_look_alone() removes nothing. */
MUST_USE int rollback_judge_alone(const struct service *service, const char *dir);
MUST_USE int rollback_look_alone(const struct service *service, const char *dir);

/* Reads DIR/witnessed, the newest checkpoint that had its quorum: appends it to *note; *cp, into its
 * bytes, is what it says, under the log's own signature. FILE_OK, FILE_MISSING, or another: the log
 * says why. */
MUST_USE enum file rollback_witnessed(const struct rollback *r, struct buf *note,
                                      struct checkpoint *cp);

/* Keeps what was said and shown in DIR/evidence/. */
void rollback_evidence(const struct rollback *r, struct span text);

/* Writes DIR/set_aside, a line for each witness i whose aside[i] is true; none: no file. */
void rollback_write_aside(const struct rollback *r, const bool *aside);
/* Sets aside[i] for each witness of the policy that is in DIR/set_aside; all that have a URL if the
 * file is there and cannot be read. */
void rollback_read_aside(const struct rollback *r, bool *aside);

#endif
