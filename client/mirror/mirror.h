/* A verified copy of a log as static files. What is new is fetched and proven from the checkpoint's
 * root down, and only then written into the folder (copy_folder.h).
 *
 *     mirror_open -> mirror_update -> (read it) -> [mirror_next -> mirror_update -> ...] -> close
 *
 * One thread. */
#ifndef CLIENT_MIRROR_MIRROR_H
#define CLIENT_MIRROR_MIRROR_H

#include "client/mirror/copy_folder.h"
#include "client/mirror/intake.h"
#include "client/mirror/mirror_index.h"
#include "client/remote/prove.h"
#include "proto/verify/replay.h"

/* All texts are borrowed: they must outlive the mirror. */
struct mirror_options {
    struct trust_options trust;
    const char *dir;          /* folder of the copy; made where it is missing */
    bool no_patience;         /* ask a log that does not answer once only */
    void (*will_write)(void); /* called before the copy is changed; may be NULL */
    /* Hears of each entry that an update goes over: all of them the first time, and whenever the copy
     * is proven anew. Of their signatures nothing is judged. May be NULL. */
    void (*passed)(void *ctx, const struct judged *e);
    void *ctx;
};

struct mirror {
    struct mirror_options options;
    struct trust trust;
    struct copy_folder folder;
    struct findings findings; /* of the last update */
    struct accepted old, now; /* the copy's checkpoint before the last update, and the log's */
    bool has_old;             /* there was a copy */
    bool kept;                /* the last update moved the copy on */
    struct buf evidence;      /* against the log, found so far; empty if there is none */

    /* The rest is its own. */
    struct logfiles *here, *there;
    struct intake *intake;
    struct mirror_index *index;
    struct edge edge; /* of what was verified */
    struct judge *judge;
    bool verified; /* edge and judge are those of `old`: go on from there */
    char *beside;
};

/* Opens policy and folder, and reads the checkpoint of the copy. Returns OUTCOME_PROVEN; else
 * OUTCOME_USAGE or OUTCOME_UNDECIDED after having said why. *m needs mirror_close() in any case. */
enum outcome mirror_open(struct mirror *m, const struct mirror_options *options);
void mirror_close(struct mirror *m);

/* One round: fetches, proves and writes what is new. What is wrong is in m->findings. Returns
 * OUTCOME_PROVEN if the copy is that of the checkpoint m->now; OUTCOME_BAD or OUTCOME_UNDECIDED if
 * it stays what it was, or (m->kept) if it is that of m->now but without the log's index, which is
 * wrong or could not be computed. */
enum outcome mirror_update(struct mirror *m);

/* Before a further update: what was new is old. proven: the last one was. */
void mirror_next(struct mirror *m, bool proven);

/* After an update with that outcome: whether a later one may come out better. It cannot where the
 * log itself is convicted by what it signed. */
bool mirror_may_mend(const struct mirror *m, enum outcome outcome);

#endif
