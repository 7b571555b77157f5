/* Replaying a log. Every bundle and tile that a checkpoint needs is read once, in order, and
 * compared with the checkpoint's root. Every entry goes to a judge, in order and in one thread. If
 * a bundle and a tile contradict each other, the tiles above decide which of the two was altered.
 * Memory does not grow with the log. */
#ifndef PROTO_VERIFY_REPLAY_H
#define PROTO_VERIFY_REPLAY_H

#include "proto/judge/judge.h"
#include "proto/tlog/edge.h"
#include "proto/tlog/source.h"

/* A bundle on its way to the judge. */
struct stretch;

/* A stretch has so many parts, numbered from 0. */
#define STRETCH_PARTS 4

/* Does the work on one part that need not wait for the judge: leaf hashes, and signatures of keys
 * that `key` (may be NULL) knows. Any thread; different parts of one stretch at the same time,
 * too. */
void stretch_look(struct stretch *s, unsigned part, key_fn *key, void *ctx);

/* The same, but signatures may still wait for company in *g, which is the thread's own: the part is
 * done once g->n is 0. */
void stretch_gather(struct stretch *s, unsigned part, struct note_gather *g);

/* A caller with other threads may let them work on bundles ahead of the judge. The result of a
 * replay is the same, whatever they do. The thread of replay_run() calls both functions. */
struct replay_ahead {
    unsigned depth; /* how many bundles at a time, at least 1 */
    /* May have other threads call stretch_look() for parts of *s. slot, below depth, names it. */
    void (*begin)(void *ctx, unsigned slot, struct stretch *s);
    /* Returns when no thread works on the stretch of that slot any more. It may work itself
     * meanwhile, on any stretch. */
    void (*end)(void *ctx, unsigned slot);
    void *ctx;
};

struct replay_setup {
    const struct source *source;
    uint64_t size; /* what the checkpoint says */
    struct hash root;
    struct judge *judge;
    /* Called for every entry, in order, after it was judged; may be NULL. */
    void (*seen)(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf);
    void *seen_ctx;
    /* Findings about files; those about entries come from the judge's own. */
    finding_fn *found;
    void *found_ctx;
    /* Called after each bundle with how many entries are done; may be NULL. Return false to
     * stop. */
    bool (*progress)(void *ctx, uint64_t done, uint64_t size);
    void *progress_ctx;
    const struct replay_ahead *ahead; /* NULL: one bundle after the other, and nothing ahead */
};

enum replay_end {
    REPLAY_PROVEN,      /* every entry was read and judged, and they have the checkpoint's root */
    REPLAY_CONTRADICTS, /* every entry was, but they have another root: there is a finding */
    REPLAY_INCOMPLETE,  /* stopped; or something is missing, unreadable or altered: see findings */
};

/* Replays from *edge on (all zeroes: from the first entry). On return *edge is that of all entries
 * read. Findings about entries concern what the log signed only if the end is REPLAY_PROVEN; those
 * with REASON_LEAF or REASON_BUNDLE always concern files. Calls every callback in this thread. */
enum replay_end replay_run(const struct replay_setup *setup, struct edge *edge);

#endif
