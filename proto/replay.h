/* Replaying a log: every bundle and tile that a checkpoint needs is read once, in order, and held
 * against the checkpoint's root; every entry goes to a judge. Where a file and the tree contradict
 * each other, the tiles above decide which of bundle and tile was altered. Memory does not grow with
 * the log. */
#ifndef PROTO_REPLAY_H
#define PROTO_REPLAY_H

#include "proto/edge.h"
#include "proto/judge.h"
#include "proto/source.h"

struct replay_setup {
    const struct source *source;
    uint64_t size; /* what the checkpoint says */
    struct hash root;
    struct judge *judge;
    /* Told of every entry, in order, once it was judged; may be NULL. */
    void (*seen)(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf);
    void *seen_ctx;
    /* Findings about files; those about entries come from the judge's own. */
    finding_fn *found;
    void *found_ctx;
    /* Called after each bundle with how many entries are done; may be NULL. Return false to stop. */
    bool (*progress)(void *ctx, uint64_t done, uint64_t size);
    void *progress_ctx;
};

enum replay_end {
    REPLAY_PROVEN,      /* every entry was read and judged, and they have the checkpoint's root */
    REPLAY_CONTRADICTS, /* every entry was, and they have another root: told as a finding */
    REPLAY_INCOMPLETE, /* something is missing, unreadable or altered: told as findings; or stopped */
};

/* Goes on from *edge (all zeroes: from the start), which on return is that of all entries read.
 * Findings about entries are about what stands in the signed tree only if the end is REPLAY_PROVEN,
 * and never where they are LEAF or BUNDLE. */
enum replay_end replay_run(const struct replay_setup *setup, struct edge *edge);

#endif
