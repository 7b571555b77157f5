/* What a witness must not forget, as files in a folder of its own: the last checkpoint of each
 * log that it cosigned, and what it was shown that speaks against a log. A log is its origin,
 * whatever key signs. */
#ifndef CLIENT_WITNESS_WITNESS_STATE_H
#define CLIENT_WITNESS_WITNESS_STATE_H

#include "client/witness/witness_folder.h"
#include "proto/base/must_use.h"
#include "proto/tlog/policy.h"

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
    bool unsynced;          /* the note is in its file, but may not outlast a loss of power, or the
                             * log is not listed yet: its cosignature is not given */
};

struct witness_state {
    struct witness_folder *folder;
    size_t logs;
    struct witness_log log[POLICY_LOGS_MAX];
};

/* Whether one of a log's keys signed the note, whose lines go to `lines` (may be NULL); NOTE_BAD
 * where a line of one of them is wrong. *own is the witness's line, as any of these keys may
 * share name and id with another. */
enum note_verdict witness_log_signed(struct note_line *own, struct buf *lines,
                                     const struct policy *policy, const char *origin,
                                     const struct note *n, const struct vkey *witness);

/* Reads the state of each of the policy's logs, and says where each of them stands. A log that
 * is in `before` (or NULL) keeps its state from there. A file that is not a checkpoint cosigned
 * with that key and signed by the log is never taken for no file, nor is a missing one of a
 * listed log: OUTCOME_USAGE after having said what to do. Folder and policy must outlive the
 * state. */
enum outcome witness_state_load(struct witness_state *out, struct witness_folder *folder,
                                const struct policy *policy, const struct vkey *witness,
                                struct witness_state *before);

/* Are the files of all logs, and the list, still as in memory? Says which are not. */
enum held witness_state_held(const struct witness_state *s);
void witness_state_free(struct witness_state *s);

struct witness_log *witness_state_find(struct witness_state *s, struct span origin);

enum stored {
    STORED,
    STORED_NOT,     /* for want of room: the note before, or log->unsynced; errno */
    STORED_UNKNOWN, /* nobody knows what the disk holds; errno */
};

/* Puts a newly cosigned note in place of the log's last and lists the log, on the disk and only
 * then in memory; takes over its bytes if they are in place. Unless STORED its cosignature must
 * not be given. */
MUST_USE enum stored witness_state_store(const struct witness_state *s, struct witness_log *log,
                                         struct buf *note, const struct checkpoint *cp,
                                         uint64_t seconds);

enum witness_file {
    WITNESS_FORK,  /* evidence for `bitacora verify-evidence` */
    WITNESS_DOUBT, /* a request whose proof does not verify: the proof is wrong, or the log */
};

enum file_kept {
    KEPT,
    KEPT_BEFORE, /* it is there already, or there are as many as there may be */
    KEPT_FAILED, /* errno */
};

/* Keeps a file that speaks against a log, one for each text of a checkpoint. *path, to be freed,
 * is where it is, or would be. */
enum file_kept witness_state_keep(const struct witness_state *s, struct witness_log *log,
                                  enum witness_file kind, struct span text, struct span bytes,
                                  char **path);

/* The checkpoint of that text was shown to be consistent after all: a doubt about it goes. */
void witness_state_settle(const struct witness_state *s, struct witness_log *log, struct span text);

#endif
