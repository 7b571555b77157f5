/* What a log said at one time compared with what it said at another: a receipt with a receipt, or
 * with the log of today. docs/FORMATS.md, 9.4. Whether one tree extends another is extension.h's
 * question, as that takes a consistency proof. Any thread. */
#ifndef PROTO_VERIFY_CONTRADICTION_H
#define PROTO_VERIFY_CONTRADICTION_H

#include "proto/base/must_use.h"
#include "proto/verify/receipt.h"

/* A checkpoint that the log signed, and entries whose paths were verified to lead to its root. It
 * owns nothing. */
struct shown_tree {
    const struct signed_checkpoint *cp; /* as policy_open() made it of `note` */
    struct span note;
    const struct proven_entry *entry;
    size_t entries;
    int64_t skew;   /* of the log, in milliseconds */
    enum kind kind; /* of the first entry of a receipt that is not bad; else KIND_NONE */
};

/* The order counts: for a kind before CLOCKS, client/remote/receipt_check.c says which two files
 * are meant; of the others the sentence of the reason says enough. A new kind is found by a
 * function of its own that compare() of contradiction.c calls; contradiction_evidence() says
 * whether a file can prove it. */
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
    /* Which two statements of `said`, by index. LINK: a holds N-1. ROLLBACK: a is the smaller.
     * FROZEN, REVOKED: a holds the end, the revocation. */
    size_t a, b;
    const struct shown_tree *said;          /* all statements that were compared */
    const struct proven_entry *in_a, *in_b; /* of leaves, links, ends (in_a) and revocations */
};

typedef void contradiction_fn(void *ctx, const struct contradiction *c);

/* Calls found for the contradictions between statements, and for a statement whose own entries
 * contradict each other by a link. Statements of different origins never contradict each other. If
 * many do, each statement is in at least one call; not each pair gets one. Returns 0, or -1 when
 * out of memory. */
MUST_USE int contradictions_find(const struct policy *policy, const struct shown_tree *said,
                                 size_t statements, contradiction_fn *found, void *ctx);

/* Appends evidence of a contradiction. Appends nothing for ROLLBACK (it may be the witness's
 * fault), for CLOCKS, and for FROZEN and REVOKED (evidence needs both entries proven into the
 * larger tree). */
void contradiction_evidence(struct buf *out, const struct contradiction *c);

#endif
