/* Appends a journaled batch again, exactly as it was (batch_journal.h). The thread that has the
 * STORE_WRITE transaction. */
#ifndef DAEMON_APPEND_BATCH_REDO_H
#define DAEMON_APPEND_BATCH_REDO_H

#include "daemon/append/append.h"
#include "proto/judge/registry.h"

/* Whether a batch goes on from a log that has this edge. */
bool journaled_follows(const struct journaled *j, const struct edge *edge);

/* The root of the log with the batch, and *size, its size. *edge is that of the log before it, and
 * is changed. Returns 0, or -1 if the batch does not divide into entries. */
MUST_USE int journaled_root(struct journaled j, struct edge *edge, struct hash *root,
                            uint64_t *size);

/* Told of each entry, once it is appended; all that it gets is valid during the call. */
typedef void redo_told_fn(void *ctx, uint64_t index, const struct hash *leaf, int64_t accepted,
                          const struct record *record);

/* Appends the entries of a batch that follows the log of *a, which keeps no journal. registry is that
 * of the log before it. Returns STORE_OK; STORE_DAMAGED if they are not what this log would have
 * appended; or as append_record(). */
MUST_USE enum store_result batch_redo(struct append *a, struct journaled j,
                                      const struct registry *registry, redo_told_fn *told,
                                      void *ctx);

#endif
