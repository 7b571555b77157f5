/* What the parts of a daemon work on, without a daemon: the service over a store that is only
 * memory, filled with the fixture's log, and a folder for blobs that goes with it. A test that
 * includes this header includes store_fake.h and clock_fake.h, too. */
#ifndef TESTS_UNIT_DAEMON_WORLD_H
#define TESTS_UNIT_DAEMON_WORLD_H

#include "daemon/append/log_signer.h"
#include "daemon/state/service.h"
#include "daemon/state/tip.h"
#include "tests/unit/fixture.h"

struct world {
    struct log log; /* what the store was filled with; a test may go on with it */
    struct service service;
    struct log_signer *signer;
    struct tip tip; /* as the store had it at first */
    char folder[32];
};

/* A world whose log has n entries (0: what log_start() makes); the clock stands where the next
 * entry of the log would be accepted. */
struct world *world_new(size_t n);
/* Ends it; fails the test if somebody broke the contract of store.h. */
void world_free(struct world *w);

/* Appends entries of log from its entry `from` on to a store, one commit, as `init` does: fails the
 * test if anything fails. *tip is where the store stands, and will stand. */
void world_append(struct store *store, struct log_signer *signer, const struct log *log,
                  uint64_t from, struct tip *tip);

/* Reads the end of the log out of the store. Fails the test if it cannot be read. */
struct registry *world_load(const struct world *w, struct tip *tip);

/* Fails unless memory and store agree: the service's newest checkpoint, and who may sign. */
void world_agrees(struct world *w);

#endif
