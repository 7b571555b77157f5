/* What a mirror takes in. Files that its copy lacks are fetched from the log, and each of them
 * is proven from the checkpoint's root down before it is kept: the right edge's tiles against
 * the root, a full tile against the one above it, a bundle against its tile. So nothing is ever
 * on the disk that the log did not sign. */
#ifndef CLIENT_MIRROR_INTAKE_H
#define CLIENT_MIRROR_INTAKE_H

#include "client/remote/logfiles.h"
#include "proto/tlog/edge.h"

struct intake; /* one thread */

/* Takes files from the copy `here` where it has them, else from the log; keep is given each of the
 * latter once it is proven, under its path. All that it is given must outlive it. NULL, recorded as
 * lost (lost.h), if there is no memory. */
struct intake *intake_new(struct logfiles *here, struct logfiles *there,
                          void (*keep)(void *ctx, const char *name, struct span bytes), void *ctx);
void intake_free(struct intake *in);

/* From now on serves the tree of that size and root. With `anew` nothing is read from the copy. */
void intake_begin(struct intake *in, uint64_t size, const struct hash *root, bool anew);

/* The tree's files, for a replay. Where proving one fails it is served as it came, so that the
 * replay finds out what is wrong; nothing that comes after it is kept. */
const struct source *intake_source(struct intake *in);

/* Since intake_begin(): whether something was not kept for want of a proof. */
bool intake_doubts(const struct intake *in);
/* Whether files of the copy were served that had not been proven. */
bool intake_used_here(const struct intake *in);

#endif
