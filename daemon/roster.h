/* The registry of who may sign, shared between the threads that check signatures and the sequencer,
 * which alone changes it. */
#ifndef DAEMON_ROSTER_H
#define DAEMON_ROSTER_H

#include <pthread.h>

#include "proto/integrity.h"

struct roster {
    pthread_rwlock_t lock;
    struct registry *registry;
};

/* Returns 0 or -1. */
__attribute__((warn_unused_result)) int roster_init(struct roster *r);
void roster_destroy(struct roster *r);

/* judge_signer() under the lock. Any thread. */
__attribute__((warn_unused_result)) int roster_signer(struct roster *r, const struct record *record,
                                                      uint32_t *number, struct refusal *why);

/* registry_apply() under the lock. The sequencer's thread. */
__attribute__((warn_unused_result)) int roster_apply(struct roster *r, uint64_t index,
                                                     const struct hash *leaf,
                                                     const struct record *record);

/* Puts another registry of the same log in place, and takes it over. The sequencer's thread. */
void roster_replace(struct roster *r, struct registry *registry);

/* The registry itself, unlocked: for the sequencer's thread, as nobody else changes it. */
static inline const struct registry *roster_registry(const struct roster *r)
{
    return r->registry;
}

#endif
