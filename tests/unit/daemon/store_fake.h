/* A store behind daemon/store/store.h that is only memory, and fails when a test says so. It stands
 * in for store_lmdb*.c in every test that includes this header.
 *
 * It watches its caller, too: a second writer, an entry out of order, a write after a write that
 * failed, or a transaction that is left open break the contract of store.h. Such a breach is
 * remembered, as it may be found on a thread that cannot fail the test: store_fake_close() fails
 * the test for it. Any thread. */
#ifndef TESTS_UNIT_DAEMON_STORE_FAKE_H
#define TESTS_UNIT_DAEMON_STORE_FAKE_H

#include "daemon/store/store.h"

/* A new store without a log, on a disk with room for everything. */
struct store *store_fake_open(void);
/* Frees it; fails the test if the contract was broken. NULL is harmless. */
void store_fake_close(struct store *s);

/* Makes one call fail: of those from now on that can fail, the nth (1: the next) returns r. After
 * STORE_PANIC no transaction begins until store_reopen(). A commit that fails changes nothing,
 * unless `lands`: then it says r although everything has reached the disk. nth 0: none fails. */
void store_fake_fail(struct store *s, unsigned nth, enum store_result r, bool lands);

/* The call that is to fail has the engine give up, too, as after STORE_PANIC, whatever it returns;
 * and the first `tries` of store_reopen() fail. */
void store_fake_give_up(struct store *s, unsigned tries);

/* Whether the call that was to fail has been made. */
bool store_fake_failed(struct store *s);

/* How many calls that can fail were made since store_fake_fail(). */
unsigned store_fake_calls(struct store *s);

/* How many transactions were committed, since it was opened. */
unsigned store_fake_commits(struct store *s);

/* What store_room() says from now on. */
void store_fake_set_room(struct store *s, uint64_t bytes);

/* Damage, behind everybody's back: makes one entry's bytes others (NULL: the entry is gone), or the
 * leaf hash beside it. Fails the test if there is no such entry. */
void store_fake_set_entry(struct store *s, uint64_t index, const struct buf *bytes);
void store_fake_set_leaf(struct store *s, uint64_t index, const struct hash *leaf);

#endif
