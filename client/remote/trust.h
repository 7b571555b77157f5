/* What a verifier holds and nobody can tell it: the policy, the pinned genesis; and what it
 * makes of a checkpoint. */
#ifndef CLIENT_REMOTE_TRUST_H
#define CLIENT_REMOTE_TRUST_H

#include "client/base/args.h"
#include "proto/tlog/policy.h"

struct trust {
    struct policy *policy;
    struct log_keys keys; /* of its log, if it has only one */
    const char *url;      /* of the log; NULL if neither policy nor --log names one */
    bool has_pin;
    struct hash pin;      /* of entry 0 */
    int64_t max_age;      /* seconds; -1 if not asked for */
    const char *evidence; /* where to write evidence; NULL: beside … */
    const char *beside;   /* … this path; NULL: into the current folder, under the log's name */
};

/* Reads --policy, --log, --genesis, --max-age, --tolerate, --evidence. `one_log`: the policy must
 * have exactly one. Warns of a quorum too small for --tolerate. Returns OUTCOME_PROVEN, or
 * OUTCOME_USAGE after having said why. */
enum outcome trust_open(struct trust *out, const struct args *a, bool one_log);
void trust_close(struct trust *t);

/* The policy's only log. */
const struct vkey *trust_log(const struct trust *t);

/* All keys of that log, if the policy has one log. */
const struct log_keys *trust_log_keys(const struct trust *t);

static inline const struct hash *trust_pin(const struct trust *t)
{
    return t->has_pin ? &t->pin : NULL;
}

/* True if the quorum's cosignatures are no older than --max-age; fills why if not. */
bool trust_fresh(const struct trust *t, const struct signed_checkpoint *cp, struct refusal *why);

/* Says once what the policy cannot protect against: `quorum none`. */
void trust_say_limits(const struct trust *t);

/* Writes evidence, if there is any, and says where: to --evidence, else to a file of a name that
 * comes from its own hash (⟨beside, or log's name⟩.evidence-⟨16 hex⟩) and never replaces
 * another. */
enum outcome trust_write_evidence(const struct trust *t, const struct buf *evidence);

#endif
