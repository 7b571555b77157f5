/* Replaying a log: every bundle and tile that a checkpoint needs is read once, in order, and held
 * against the checkpoint's root; every entry goes to a judge, in order and in one thread. Where a file and the tree contradict
 * each other, the tiles above decide which of bundle and tile was altered. Memory does not grow with
 * the log. */
#ifndef PROTO_VERIFY_REPLAY_H
#define PROTO_VERIFY_REPLAY_H

#include "proto/judge/judge.h"
#include "proto/tlog/edge.h"
#include "proto/tlog/source.h"

/* A bundle on its way to the judge. */
struct stretch;

/* Does for a part of a bundle what need not wait for the judge: leaf hashes, and the signatures of keys that key
 * (may be NULL) knows. In any thread; parts of one stretch at the same time, too. */
#define STRETCH_PARTS 4
void stretch_look(struct stretch *s, unsigned part, key_fn *key, void *ctx);

/* Whoever has other threads may look into bundles ahead of the judge. What comes out of a replay is the same,
 * however much of that is done. Both are called by the thread of replay_run(). */
struct replay_ahead {
    unsigned depth; /* bundles at a time, at least 1 */
    /* Has stretch_look() called for parts of *s; slot is below depth. */
    void (*begin)(void *ctx, unsigned slot, struct stretch *s);
    /* Returns when nobody looks into that slot's stretch any more; may meanwhile look itself, into any. */
    void (*end)(void *ctx, unsigned slot);
    void *ctx;
};

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
    const struct replay_ahead *ahead; /* NULL: one bundle after the other, and nothing ahead */
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
