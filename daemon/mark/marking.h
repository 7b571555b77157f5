/* What becomes of a log whose store and mark (daemon/state/log_mark.h) disagree, and where the mark
 * is. Main thread. What is wrong is said on standard error. */
#ifndef DAEMON_MARK_MARKING_H
#define DAEMON_MARK_MARKING_H

#include <limits.h>

#include "daemon/host/datadir.h"
#include "daemon/state/log_mark.h"
#include "daemon/store/store.h"

/* Writes into out where the mark of a log is: setting, or DIR.mark beside the directory where that
 * is empty. Returns 0, or EXIT_USAGE: the path is too long, or inside the directory, where a copy
 * would carry it. The directory is there. */
MUST_USE int marking_place(char out[PATH_MAX], const struct datadir *d, const char *setting);

struct mark_check {
    const struct datadir *datadir;
    const char *setting; /* as for marking_place() */
    const char *origin;
    struct store *store;
    struct marked newest; /* the newest checkpoint of the store */
    uint64_t restored;    /* entries that a backup had which this store was made of; 0: none */
    bool afresh;          /* what the mark says is not asked: a new one is written */
};

/* Opens the mark of a log that is about to be run, and brings it up to the store, which may be ahead
 * of it after a crash, but not by what a backup had: that was never signed where the mark is.
 * Returns 0 and sets *out; or an exit code, *out NULL: EXIT_USAGE where the store does not hold
 * what the mark says, or there is none. */
MUST_USE int marking_begin(struct log_mark **out, const struct mark_check *m);

/* The same, and writes nothing: whether it would return 0. With m->afresh only the place is looked
 * at. */
MUST_USE int marking_look(const struct mark_check *m);

/* Makes the mark of a log that was restored, of m->newest. A mark that is there, and can be read,
 * stays as it is where the store does not hold what it says, or it is another log's. Returns 0 or
 * an exit code, as marking_begin(). */
MUST_USE int marking_renew(const struct mark_check *m);

/* Takes away the mark of a log whose signer says from now on how far it has signed, as soon as that
 * is no less than the mark says (`signed_size`; 0: it is away): the mark would go stale, and an old
 * copy run by it once the signer is gone. Does nothing where there is none that can be read, or it
 * is another log's. Returns 0 or an exit code, as marking_begin(): the store must hold what it
 * says, unless m->afresh. */
MUST_USE int marking_retire(const struct mark_check *m, uint64_t signed_size);

/* Says that a restored store has more than whoever remembers what was signed (a mark's path, or a
 * signer's) knows of. Returns EXIT_USAGE. */
int marking_say_unknown(const char *dir, uint64_t restored, const char *who, uint64_t size);

/* Makes the mark of a log that is being made. Returns 0 or an exit code. */
MUST_USE int marking_make(const struct datadir *d, const char *setting, const char *origin,
                          const struct marked *says);

#endif
