/* What a witness must not forget, as files in a folder of its own: the last checkpoint that it
 * cosigned of each log, and what it was shown that speaks against a log. A log is identified by its
 * origin, not by its key. One thread. */
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
    uint64_t
        smaller;   /* a size that the log signed and that was shown since, below `size`; 0: none */
    bool unsynced; /* the note is in its file, but may not be there after a loss of power, or
                             * the log is not in the list yet: its cosignature is not given */
};

struct witness_state {
    struct witness_folder *folder;
    size_t logs;
    struct witness_log log[POLICY_LOGS_MAX];
};

/* Did one of a log's keys sign the note? Returns NOTE_GOOD; NOTE_BAD if a signature of one of them
 * is wrong; NOTE_UNSIGNED. Appends the log's signature lines to `lines`, which may be NULL. *own
 * becomes the line of the witness itself: it is skipped, as two keys may share name and id. */
enum note_verdict witness_log_signed(struct note_line *own, struct buf *lines,
                                     const struct policy *policy, const char *origin,
                                     const struct note *n, const struct vkey *witness);

/* Reads the state of each log of the policy, and says at which size each of them is. A log that is
 * in `before` keeps its state from there; before may be NULL. Returns OUTCOME_PROVEN; or
 * OUTCOME_USAGE after having said what to do, if a file is no checkpoint that the log signed and
 * this key cosigned, or if the file of a listed log is missing: such a log never begins at size 0
 * again. Folder and policy must outlive the state. */
enum outcome witness_state_load(struct witness_state *out, struct witness_folder *folder,
                                const struct policy *policy, const struct vkey *witness,
                                struct witness_state *before);

/* Do the files of all logs, and the list, still hold what is in memory? Says which do not. */
enum held witness_state_held(const struct witness_state *s);

/* Frees what it owns. A state of zeroes may be freed, too. */
void witness_state_free(struct witness_state *s);

/* The log of that origin; NULL if the policy has none. */
struct witness_log *witness_state_find(struct witness_state *s, struct span origin);

enum stored {
    STORED,
    STORED_NOT,     /* no room, says errno. The former note is kept, or log->unsynced is set */
    STORED_UNKNOWN, /* it is unknown what the disk holds; errno says why */
};

/* Replaces the log's note by a newly cosigned one and adds the log to the list: on the disk first,
 * then in memory. If the new note is in place, it takes the bytes over from *note, which is then
 * empty. Unless it returns STORED, the cosignature must not be given to anybody. */
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

/* Writes a file that speaks against a log: one for each text of a checkpoint, WITNESS_FORKS_MAX or
 * WITNESS_DOUBTS_MAX of a log at most. *path is where it is, or would be; the caller frees it. */
enum file_kept witness_state_keep(const struct witness_state *s, struct witness_log *log,
                                  enum witness_file kind, struct span text, struct span bytes,
                                  char **path);

/* Removes the doubt about the checkpoint of that text, if there is one: it has now been shown to be
 * consistent. */
void witness_state_settle(const struct witness_state *s, struct witness_log *log, struct span text);

#endif
