/* Whether something was lost because there was no room for it, in memory or on the disk.
 *
 * Whoever runs out of room while it gathers facts or builds a result leaves that part out, says so
 * here, and goes on. The command asks once, before it shows its result: lost_outcome(). A result
 * from which something may be missing is never shown as good. This way the check cannot be
 * forgotten at one of the many places that allocate: kept(), shelves, tables, json_put() and
 * json_push() all report here by themselves.
 *
 * Each thread has its own record, as with errno: a command works in one thread, and a program that
 * runs several in turn calls lost_forget() before each. */
#ifndef CLIENT_BASE_LOST_H
#define CLIENT_BASE_LOST_H

#include <stdbool.h>

#include "client/base/say.h"
#include "proto/base/buf.h"
#include "proto/base/reason.h"

/* Records a loss and its cause, an errno value. The first cause stays. */
void lost(int cause);

/* Returns p. NULL, which an allocation returned, is recorded as a loss (ENOMEM). */
void *kept(void *p);

/* The text in a buffer, as buf_str() returns it. A buffer that failed is recorded as a loss. */
const char *kept_text(struct buf *b);

/* Its bytes, likewise: what is empty because it failed is no answer. */
struct span kept_span(const struct buf *b);

/* Records a loss if memory was all that something was refused for: for whoever lets a refusal go no
 * further, and goes on without what was refused. Returns whether it was. */
bool lost_to_memory(const struct refusal *why);

/* Makes room in an array for one item more than the n that it holds. list: address of the pointer
 * to the array, which may move and is NULL at first; *cap: how many items it has room for; item:
 * the size of one in bytes. Returns false, the array unchanged and a loss recorded, if there is no
 * memory. The caller frees the array. */
bool room_for_one(void *list, size_t n, size_t *cap, size_t item);

/* Whether anything was lost since the thread began, or since lost_forget(). */
bool lost_any(void);
void lost_forget(void);

/* The outcome of a command: as given if nothing was lost. Otherwise says so on standard error,
 * once, and returns OUTCOME_UNDECIDED, whatever was given: that, too, may follow from the loss. */
enum outcome lost_outcome(enum outcome outcome);

#endif
