/* Trust policies, c2sp.org/tlog-policy: which logs, which witnesses, which quorum; and what a
 * signed checkpoint is worth under one. */
#ifndef PROTO_TLOG_POLICY_H
#define PROTO_TLOG_POLICY_H

#include "proto/base/must_use.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/note.h"

#define POLICY_LOGS_MAX 64
#define POLICY_WITNESSES_MAX 62 /* with two keys of a log, all lines that a note may have */
#define POLICY_GROUPS_MAX 64

struct policy_log {
    struct vkey key;
    char *url; /* NULL if none was given */
};

struct policy_witness {
    char *name; /* what the policy calls it */
    struct vkey key;
    char *url; /* NULL if none was given: the log cannot ask it */
};

struct policy; /* owns everything that it returns */

/* Parses a policy file. Returns NULL with REASON_POLICY_FORM (or REASON_MEMORY), the line named. */
struct policy *policy_parse(struct span text, struct refusal *why);
void policy_free(struct policy *p);

size_t policy_logs(const struct policy *p);
const struct policy_log *policy_log(const struct policy *p, size_t i);

/* The keys of one log: those with the origin of log i, which comes first. */
struct log_keys policy_log_keys(const struct policy *p, size_t i);

/* Whether all logs have one origin: they are keys of one log. */
bool policy_one_log(const struct policy *p);

size_t policy_witnesses(const struct policy *p);
/* A witness's key may be of an unknown type (key_type_known()). Its lines are then neither good nor
 * bad. */
const struct policy_witness *policy_witness(const struct policy *p, size_t i);

/* Whether the witnesses whose keys we know can make the quorum. */
bool policy_can_be_met(const struct policy *p);

/* True for `quorum none`: no protection against a split view. */
bool policy_trusts_log_alone(const struct policy *p);

/* The smallest number of witnesses that make the quorum; 0 for `quorum none`. */
size_t policy_least_quorum(const struct policy *p);

/* Whether the witnesses i with able[i], and no others, would make the quorum. */
bool policy_quorum_of(const struct policy *p, const bool *able);

/* A checkpoint note that was opened under a policy. */
struct signed_checkpoint {
    struct checkpoint checkpoint; /* points into the note's bytes */
    size_t
        log; /* the first of the policy's logs of that origin: one number for all keys of a log */
    size_t signer;                              /* the one whose key signed it */
    bool quorum;                                /* enough witnesses cosigned it */
    uint64_t cosigned_at[POLICY_WITNESSES_MAX]; /* POSIX seconds per witness, 0 where none */
};

/* Opens a checkpoint note: signed by a key of the policy's log of that origin, every line of
 * such a key and of a known witness good (note_verify_all()), not of size 0, which no Bitácora
 * log has. Returns 0 whether or not there is a quorum, or -1 with one of these.
 * REASON_CHECKPOINT_FORM: it is no checkpoint. _ORIGIN, _KEY: it is of a log, or signed by a
 * key, that the policy does not name. _TYPE: signed by a key of the log's of a type that we do
 * not know, and none other. REASON_CHECKPOINT, REASON_COSIGNATURE: a signature of the log, or of
 * a witness, does not verify. _EMPTY: size 0. REASON_MEMORY says nothing about it. */
MUST_USE int policy_open(struct signed_checkpoint *out, const struct policy *p, struct span note,
                         struct refusal *why);

/* Fills *why with REASON_QUORUM and the names of the witnesses that have not cosigned; those
 * that do not fit are counted. cp may be NULL: none has. Returns -1. */
int policy_refuse_quorum(const struct policy *p, const struct signed_checkpoint *cp,
                         struct refusal *why);

/* Whether the cosignatures made from `since` to `until` (POSIX seconds, inclusive) are a quorum of
 * their own; false for `quorum none`, which has none. */
bool policy_quorum_between(const struct policy *p, const struct signed_checkpoint *cp,
                           uint64_t since, uint64_t until);

#endif
