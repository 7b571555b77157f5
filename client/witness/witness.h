/* What a witness answers (c2sp.org/tlog-witness), without HTTP. Call everything from one thread: to
 * compare a checkpoint with the last one and to store it must be one step. */
#ifndef CLIENT_WITNESS_WITNESS_H
#define CLIENT_WITNESS_WITNESS_H

#include "client/base/keyfile.h"
#include "client/remote/trust.h"
#include "client/witness/witness_state.h"

#define WITNESS_REPEAT_S 5  /* for which the cosignature of one checkpoint is given again */
#define WITNESS_STATUSES 10 /* that are counted one by one */

/* All texts are borrowed: they must outlive the witness. */
struct witness_options {
    struct trust_options trust; /* the logs to cosign */
    struct keyfile key;         /* the witness's private key */
    const char *state;          /* folder with what it cosigned last */
    bool begin;                 /* make that folder: only for a key that cosigned nothing yet */
};

struct witness {
    struct witness_options options;
    struct trust trust;
    struct skey *key; /* in memory for secrets */
    struct witness_folder folder;
    struct witness_state state;
    bool failing; /* the last file could not be stored; that was said, and is not said again */
    /* The outcome with which the program must end. OUTCOME_PROVEN: none. With any other, the
     * witness cosigns nothing any more, and has said why. OUTCOME_UNDECIDED: it is unknown what the
     * disk holds; the witness may be started again. OUTCOME_USAGE: the disk does not hold what was
     * stored; an operator must look before it is started again. */
    enum outcome broken;
    uint64_t
        answered[2][WITNESS_STATUSES + 1]; /* reads, add-checkpoint; by status; the last: others */
};

struct witness_answer {
    int status;
    const char *type;
    struct buf body; /* if it failed, there is no memory for this answer */
};

/* Reads key, policy and state, and takes the folder of the state. Returns OUTCOME_PROVEN, or
 * another outcome after having said why; then there is nothing to close. */
enum outcome witness_open(struct witness *w, const struct witness_options *options);
void witness_close(struct witness *w);

/* Reads the policy again, and the state of the logs that are new in it. If either cannot be used,
 * it says so and keeps the old policy. Sets w->broken if a file of an old log is missing or is not
 * what the witness stored. */
void witness_reload(struct witness *w);

/* Answers the body of one add-checkpoint request. The answer holds a cosignature only if the
 * checkpoint is on the disk by then. Asked again within WITNESS_REPEAT_S seconds for the note that
 * it cosigned last, the witness gives the same cosignature. Fills *a, whose body the caller frees.
 * May set w->broken. */
void witness_add_checkpoint(struct witness *w, struct span body, struct witness_answer *a);

/* Answers GET and HEAD. path: without its first slash. Fills *a: status 404 for what is not there.
 * The caller frees its body. */
void witness_read(struct witness *w, struct span path, struct witness_answer *a);

/* Makes *a a refusal: the status, for programs, and a line of words in the reader's language. */
void witness_refuse(struct witness_answer *a, int status, const char *words);
void witness_refuse_for(struct witness_answer *a, int status, const struct refusal *why);

/* Counts an answer that is sent, for the page of metrics. */
void witness_count(struct witness *w, bool add_checkpoint, int status);

#endif
