/* What a log said at one time against what it said at another: a receipt against a receipt or
 * against the log of today. docs/FORMATS.md, 9.4. Whether one tree extends another is not asked
 * here: that takes a consistency proof. */
#ifndef PROTO_VERIFY_CONTRADICTION_H
#define PROTO_VERIFY_CONTRADICTION_H

#include "proto/base/must_use.h"
#include "proto/verify/receipt.h"

/* A checkpoint that the log signed, and entries whose paths were found to lead to its root. */
struct shown_tree {
    const struct signed_checkpoint *cp; /* as policy_open() made it of `note` */
    struct span note;
    const struct proven_entry *entry;
    size_t entries;
    int64_t skew;   /* of the log, in milliseconds */
    enum kind kind; /* of the first entry of a receipt that is not bad; else KIND_NONE */
};

enum contradiction_kind {
    CONTRADICTION_ROOTS,    /* one size, two roots */
    CONTRADICTION_LEAVES,   /* one index, two entries */
    CONTRADICTION_LINK,     /* the link of entry N is not the leaf hash of entry N-1 */
    CONTRADICTION_ROLLBACK, /* a witness cosigned the smaller tree later than the larger one */
    CONTRADICTION_CLOCKS,   /* a cosignature's time and an acceptance */
    CONTRADICTION_FROZEN,   /* a log that ended, and a larger tree of it */
    CONTRADICTION_REVOKED,  /* an entry by a key that one before it revokes */
};

struct contradiction {
    enum contradiction_kind kind;
    enum verdict verdict; /* of clocks undecided, else bad */
    struct refusal why;
    uint64_t entry; /* that it is about, or NO_ENTRY */
    /* Which of them: of a link a holds N-1, of two sizes a is the smaller, of an end or a
     * revocation a holds it. */
    size_t a, b;
    const struct shown_tree *said;          /* all of them */
    const struct proven_entry *in_a, *in_b; /* of leaves, links, ends (in_a) and revocations */
};

typedef void contradiction_fn(void *ctx, const struct contradiction *c);

/* Tells `found` of the contradictions between statements, also of one that contradicts itself by
 * a link. Statements of different origins never contradict each other. Where many contradict,
 * each is told of at least once, not each pair. Returns 0, or -1 if memory ran out. */
MUST_USE int contradictions_find(const struct policy *policy, const struct shown_tree *said,
                                 size_t statements, contradiction_fn *found, void *ctx);

/* Appends evidence of it; nothing for a rollback, which may be the witness's fault, for clocks, or
 * for an end or a revocation: that takes both proven into the larger tree. */
void contradiction_evidence(struct buf *out, const struct contradiction *c);

#endif
