/* What a verifier holds and nobody can tell it: the policy, the pinned genesis; and what it
 * makes of a checkpoint. */
#ifndef CLIENT_REMOTE_TRUST_H
#define CLIENT_REMOTE_TRUST_H

#include "client/base/keyfile.h"
#include "client/remote/log_reader.h"
#include "proto/base/must_use.h"
#include "proto/net/tls_files.h"
#include "proto/tlog/policy.h"

/* What somebody decides to trust, before any file is read. All texts are borrowed: they must
 * outlive the struct trust that is opened with them. */
struct trust_options {
    const char *policy;   /* path of the policy file */
    const char *url;      /* where the log is, instead of what the policy says; NULL: as it says */
    const char *evidence; /* path for evidence; NULL: a new file, see trust_write_evidence() */
    bool has_pin;
    struct hash pin;  /* leaf hash of entry 0, if has_pin */
    int64_t max_age;  /* seconds that cosignatures may be old at most; -1: any age */
    int64_t tolerate; /* witnesses that may be dishonest, for a warning; -1: do not warn */
    /* Who reads the log, if it is not open to everybody: one of these, or nobody. */
    struct keyfile key;        /* a signer's private key; no path: none */
    const struct skey *reader; /* the key itself, which outlives the struct trust */
    struct tls_client_files tls;
};

struct trust {
    struct policy *policy;
    struct buf text;      /* of the policy's file */
    struct log_keys keys; /* of its log, if it has only one */
    const char *url;      /* of the log; NULL if neither policy nor --log names one */
    bool has_pin;
    struct hash pin;      /* of entry 0 */
    int64_t max_age;      /* seconds; -1 if not asked for */
    const char *evidence; /* where to write evidence; NULL: beside … */
    const char *beside;   /* … this path; NULL: into the current folder, under the log's name */
    struct log_reader reader; /* .key NULL: nobody */
    struct skey *own_key;     /* the reader's, where it was read here; owned, for secrets */
};

/* Looks whether the files of TLS can be used, and reads the policy file. `one_log`: the policy
 * must have exactly one log. Warns of a quorum too small for `tolerate`, and of keys that this
 * version does not know. With a `key` the policy must have one log, too. Returns OUTCOME_PROVEN;
 * or OUTCOME_USAGE after having said why, or OUTCOME_UNDECIDED without memory (lost): then *out
 * need not be closed, but may be. */
MUST_USE enum outcome trust_open(struct trust *out, const struct trust_options *options,
                                 bool one_log);

/* Frees policy and text, and wipes the key that was read. May be called again. */
void trust_close(struct trust *t);

/* From now on that key reads, which must outlive *t: of a policy with one log. What was opened with
 * *t before does not learn of it. */
void trust_read_as(struct trust *t, const struct skey *key);

/* The policy's only log. */
const struct vkey *trust_log(const struct trust *t);

/* All keys of that log, if the policy has one log. */
const struct log_keys *trust_log_keys(const struct trust *t);

static inline const struct hash *trust_pin(const struct trust *t)
{
    return t->has_pin ? &t->pin : NULL;
}

/* True if the quorum's cosignatures are no older than max_age; fills why if not. */
bool trust_fresh(const struct trust *t, const struct signed_checkpoint *cp, struct refusal *why);

/* Says once what the policy cannot protect against: `quorum none`. */
void trust_say_limits(const struct trust *t);

/* Writes evidence, if there is any, and says where: to --evidence, else to a file of a name that
 * comes from its own hash (⟨beside, or log's name⟩.evidence-⟨16 hex⟩) and never replaces another.
 * Returns OUTCOME_PROVEN, also if there is none; or OUTCOME_UNDECIDED after having said that it
 * could not be written. */
enum outcome trust_write_evidence(const struct trust *t, const struct buf *evidence);
/* The same. *where is the file's name, the caller's to free; NULL: there is none. */
enum outcome trust_keep_evidence(const struct trust *t, const struct buf *evidence, char **where);

#endif
