/* The registry of who may sign (and of pinned rulesets and erasures), shared between the threads
 * that check signatures and the sequencer, which alone changes it. One read-write lock; readers
 * hold it while they check a signature, so the event loop never takes it. */
#ifndef DAEMON_STATE_SIGNERS_H
#define DAEMON_STATE_SIGNERS_H

#include <pthread.h>

#include "proto/base/must_use.h"
#include "proto/judge/integrity.h"
#include "proto/judge/token.h"

struct signer_registry {
    pthread_rwlock_t lock;
    struct registry *registry;
};

/* Makes it without a registry: signers_replace() puts one in before anybody asks. Returns 0 or -1.
 * Main thread. */
MUST_USE int signers_init(struct signer_registry *r);
/* Frees the registry, too. Main thread, after all others. */
void signers_destroy(struct signer_registry *r);

/* judge_signer() under the lock. Any thread. */
MUST_USE int signers_signer(struct signer_registry *r, const struct record *record,
                            uint32_t *number, struct refusal *why);

/* The public key of the first enrolment of that name and id, as key_fn of record.h; ctx is the
 * struct signer_registry. Any thread. */
bool signers_key(void *ctx, struct span name, uint32_t key_id,
                 uint8_t key[static PUBLIC_KEY_BYTES]);

/* registry_apply() under the lock. The sequencer's thread. */
MUST_USE int signers_apply(struct signer_registry *r, uint64_t index, const struct hash *leaf,
                           const struct record *record);

/* Entries that enrol and revoke a public key: at most two, ascending. Returns how many. Any
 * thread. */
size_t signers_key_entries(struct signer_registry *r, const uint8_t key[static PUBLIC_KEY_BYTES],
                           uint64_t entry[static 2]);

/* Entries from index `from` on, ascending, at most cap: those that enrol for a role and are not
 * revoked, or, for ROLE_NONE, that pin a ruleset. Returns how many. Any thread. */
size_t signers_entries(struct signer_registry *r, enum role role, uint64_t from, uint64_t *entry,
                       size_t cap);

/* Whether a good revocation, accepted then, leaves a registrar in force without an end: else
 * nobody could enrol any more once the others have expired. Returns 0, or -1 with
 * REASON_REVOKE_LAST. The sequencer's thread. */
MUST_USE int signers_judge_revoke(const struct signer_registry *r, const struct record *revoke,
                                  int64_t accepted, struct refusal *why);

/* The entry that enrolled the only key of that name and id; NO_ENTRY if there is none, or there
 * are several: then the name and id do not tell which. Any thread. */
uint64_t signers_enrolled(struct signer_registry *r, struct span name, uint32_t key_id);

/* registry_erased() under the lock. Any thread. */
uint64_t signers_erased(struct signer_registry *r, const uint8_t blob[static HASH_BYTES]);

/* registry_each_erased() under the lock: visit must not wait for anything. Any thread. */
int signers_each_erased(struct signer_registry *r,
                        int (*visit)(void *ctx, const uint8_t blob[static HASH_BYTES],
                                     uint64_t entry),
                        void *ctx);

/* token_judge() under the lock, and whether the signer's role may: -1 also with
 * REASON_TOKEN_ROLE. Sets *role and *number, that of the enrolment, if the token is good. Any
 * thread. */
MUST_USE int signers_token(struct signer_registry *r, const struct token *token,
                           const struct token_use *use, bool (*may)(enum role role),
                           enum role *role, uint32_t *number, struct refusal *why);

/* Puts another registry of the same log in place, and takes it over. The sequencer's thread. */
void signers_replace(struct signer_registry *r, struct registry *registry);

/* The registry itself, unlocked: for the sequencer's thread, as nobody else changes it. */
static inline const struct registry *signers_registry(const struct signer_registry *r)
{
    return r->registry;
}

#endif
