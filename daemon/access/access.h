/* Who read a log that does not let everybody read (`readers = enrolled`): a row for each answer, on
 * the disk before the answer goes out, and an `access` entry over the rows of each interval. What is
 * read while rows cannot be written is refused.
 *
 * A thread of its own writes rows, as many at once as came while the last ones were on their way to
 * the disk. Where a whole multiple of `access_interval` has passed it ends the interval, and has the
 * sequencer append the entry of the one that has ended, also of one without rows. An interval whose
 * entry cannot be appended now waits as a file, so none is lost; before one is appended that may be
 * in the log already, the log is asked, so none is there twice. */
#ifndef DAEMON_ACCESS_ACCESS_H
#define DAEMON_ACCESS_ACCESS_H

#include "daemon/access/bearer.h"
#include "daemon/access/row_file.h"
#include "daemon/append/sequencer.h"

struct access;

enum access_recorded {
    ACCESS_RECORDED, /* it is on the disk */
    ACCESS_FULL,     /* there is no room: less than min_free and blob_reserve */
    ACCESS_FAILED,   /* it could not be written: try again later */
};

/* A row to be written. Belongs to whoever made it; from access_record() until it comes back to the
 * access thread. */
struct access_note {
    struct access_note *next;
    struct access_row row; /* `at` is filled in */
    void *owner;           /* whoever made it knows what that is */
};

/* Takes rows back: linked by next, in the order in which they came, at least one. On the access
 * thread, which must not wait. */
typedef void access_finish_fn(struct access_note *first, enum access_recorded result);

/* Opens DIR/access, where dir is DIR, of a log that is read by enrolled keys alone, or that has rows
 * from when it was: else *out becomes NULL. service and dir must outlive it. Returns 0, or -1 after
 * having logged why. Main thread. */
MUST_USE int access_open(struct access **out, struct service *service, const char *dir);

/* Starts the thread. service->sequencer must be there by now. Returns 0, or -1: out of threads. */
MUST_USE int access_start(struct access *a, access_finish_fn *finish);

/* Writes what was recorded, and ends the thread, while the sequencer still runs. NULL is harmless.
 * Main thread. */
void access_stop(struct access *a);

/* Frees it, after the sequencer. NULL is harmless. */
void access_free(struct access *a);

/* Fills in a row but for its `at`: what whoever shows that token asks. */
void access_row_of(struct access_row *out, const struct visitor *visitor,
                   const struct bearer *bearer);

/* Has the row written; it comes back in the thread's `finish`. The log must be one that enrolled
 * keys alone read. Any thread. */
void access_record(struct access *a, struct access_note *note);

#endif
