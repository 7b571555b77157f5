/* What a witness must not forget, as files in a folder of its own: the last checkpoint of each log that it
 * cosigned, and what it was shown that speaks against a log. A log is its origin, whatever key signs. */
#ifndef CLIENT_WITNESS_STATE_H
#define CLIENT_WITNESS_STATE_H

#include "client/say.h"
#include "proto/policy.h"

#define WITNESS_FORKS_MAX 8  /* files of evidence per log; each at most EVIDENCE_MAX bytes */
#define WITNESS_DOUBTS_MAX 8 /* requests per log; each at most ADD_CHECKPOINT_MAX bytes */

struct witness_log {
    const char *origin;            /* the policy's */
    char name[2 * HASH_BYTES + 1]; /* SHA-256 of the origin in hex: in file names and URLs */
    struct buf note;  /* cosigned last, with the log's signatures and ours; empty if none was */
    uint64_t size;    /* of that; of an empty tree if none was */
    struct hash root; /* likewise */
    uint64_t seconds; /* when it was cosigned, POSIX; 0: never */
    unsigned forks, doubts; /* files kept */
};

struct witness_state {
    char *dir;
    size_t logs;
    struct witness_log log[POLICY_LOGS_MAX];
};

/* Makes the folder if it is not there, and keeps other witnesses out of it for as long as *lock is open.
 * Takes away what a killed witness was writing. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having
 * said why. */
enum outcome witness_lock(const char *dir, int *lock);

/* Reads the state of each of the policy's logs, and says where each of them stands. A file that is not a
 * checkpoint cosigned with that key and signed by the log is never taken for no file: OUTCOME_USAGE
 * after having said what to do. The policy must outlive the state. */
enum outcome witness_state_load(struct witness_state *out, const char *dir,
                                const struct policy *policy, const struct vkey *witness);
void witness_state_free(struct witness_state *s);

struct witness_log *witness_state_find(struct witness_state *s, struct span origin);

/* Puts a newly cosigned note in place of the log's last, on the disk and only then in memory; takes over
 * its bytes. Returns 0, or -1 with errno: then the one before still counts. */
__attribute__((warn_unused_result)) int
witness_state_store(const struct witness_state *s, struct witness_log *log, struct buf *note,
                    const struct checkpoint *cp, uint64_t seconds);

enum witness_file {
    WITNESS_FORK,  /* evidence for `bitacora verify-evidence` */
    WITNESS_DOUBT, /* a request whose proof does not verify: the proof is wrong, or the log */
};

enum kept {
    KEPT,
    KEPT_BEFORE, /* it is there already, or there are as many as there may be */
    KEPT_FAILED, /* errno */
};

/* Keeps a file that speaks against a log, one for each text of a checkpoint. *path, to be freed, is where
 * it is, or would be. */
enum kept witness_state_keep(const struct witness_state *s, struct witness_log *log,
                             enum witness_file kind, struct span text, struct span bytes,
                             char **path);

/* The checkpoint of that text was shown to be consistent after all: a doubt about it goes. */
void witness_state_settle(const struct witness_state *s, struct witness_log *log, struct span text);

#endif
