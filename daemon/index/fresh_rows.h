/* The rows of entries that were just appended and that no table covers yet. The sequencer's thread
 * collects them while it has each record at hand, so that nobody reads and parses it again; the
 * indexer takes them. Memory is bounded: what is lost is read from the store. */
#ifndef DAEMON_INDEX_FRESH_ROWS_H
#define DAEMON_INDEX_FRESH_ROWS_H

#include "daemon/append/sequencer.h"
#include "proto/base/must_use.h"

struct fresh_rows;

/* What was collected: of the entries from `from` on, up to and without `to`. */
struct fresh_block {
    uint64_t from, to;
    struct buf rows;   /* struct index_row, in the order of entries */
    struct buf unread; /* uint64_t: entries whose rows are not among them, ascending */
};

/* Begins behind entry size - 1. NULL when out of memory. */
struct fresh_rows *fresh_rows_new(uint64_t size);
void fresh_rows_free(struct fresh_rows *f);

/* What the sequencer tells it (sequencer.h). */
struct sequencer_listener fresh_rows_listener(struct fresh_rows *f);

/* Waits until `keyed` entries that have keys are collected, `ms` milliseconds have passed, or
 * fresh_rows_wake() is called. One thread, the same that takes. */
void fresh_rows_wait(struct fresh_rows *f, uint64_t keyed, int64_t ms);

/* Ends all waiting, now and from now on. Any thread. */
void fresh_rows_wake(struct fresh_rows *f);

/* How many entries with keys are collected, and when the first of them was accepted (milliseconds
 * since 1970; 0 if there is none). Any thread. */
uint64_t fresh_rows_keyed(struct fresh_rows *f, int64_t *since);

/* Hands over what was collected; the caller frees it by fresh_block_free(). All that is on the disk
 * by now is below block->to. */
void fresh_rows_take(struct fresh_rows *f, struct fresh_block *block);
void fresh_block_free(struct fresh_block *block);

#endif
