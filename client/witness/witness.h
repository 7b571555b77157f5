/* What a witness answers, whatever carries it: c2sp.org/tlog-witness. One thread: comparing with
 * the last checkpoint and storing the next is one step. */
#ifndef CLIENT_WITNESS_WITNESS_H
#define CLIENT_WITNESS_WITNESS_H

#include "client/remote/trust.h"
#include "client/witness/witness_state.h"

#define WITNESS_REPEAT_S 5  /* for which the cosignature of one checkpoint is given again */
#define WITNESS_STATUSES 10 /* that are counted one by one */

/* All texts are borrowed: they must outlive the witness. */
struct witness_options {
    struct trust_options trust; /* the logs to cosign */
    const char *key;            /* file of the witness's private key */
    const char *state;          /* folder with what it cosigned last */
    bool begin;                 /* make that folder: only for a key that cosigned nothing yet */
};

struct witness {
    struct witness_options options;
    struct trust trust;
    struct skey key;
    struct witness_folder folder;
    struct witness_state state;
    bool failing; /* the last checkpoint could not be stored; that was said */
    /* Unless OUTCOME_PROVEN nothing is cosigned any more, and it must end with that; why was said.
     * OUTCOME_UNDECIDED: nobody knows what the disk holds, it may begin anew from the disk;
     * OUTCOME_USAGE: the disk is not what it stored, somebody must look before it begins again. */
    enum outcome broken;
    uint64_t
        answered[2][WITNESS_STATUSES + 1]; /* reads, add-checkpoint; by status; the last: others */
};

struct witness_answer {
    int status;
    const char *type;
    struct buf body; /* if it failed, there is no memory for this answer */
};

/* Reads key, policy and state. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said why. */
enum outcome witness_open(struct witness *w, const struct witness_options *options);
void witness_close(struct witness *w);

/* Reads the policy again, and the state of logs that are new in it; keeps what it had, and says
 * so, if either is not good. If a file of the logs that it had is missing or not what it stored:
 * broken. */
void witness_reload(struct witness *w);

/* One request. A cosignature is in the answer only when the checkpoint is on the disk. Asked
 * again for the note that it cosigned last less than WITNESS_REPEAT_S ago, it gives that
 * cosignature. */
void witness_add_checkpoint(struct witness *w, struct span body, struct witness_answer *a);

/* What GET gets; the path without its first slash. 404 for what is not there. */
void witness_read(struct witness *w, struct span path, struct witness_answer *a);

/* A refusal in words, of which there is nothing for programs but the status. */
void witness_refuse(struct witness_answer *a, int status, const char *words);
void witness_refuse_for(struct witness_answer *a, int status, const struct refusal *why);

/* Counts an answer that goes out. */
void witness_count(struct witness *w, bool add_checkpoint, int status);

#endif
