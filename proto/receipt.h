/* Receipts: c2sp.org/tlog-proof@v1 files whose extra data carry the entry and what makes its
 * signature mean something, back to genesis. docs/FORMATS.md, "Receipt". */
#ifndef PROTO_RECEIPT_H
#define PROTO_RECEIPT_H

#include "proto/judge.h"
#include "proto/policy.h"

/* An entry and the path that leads from it to the checkpoint's root. */
struct proven_entry {
    uint64_t index;
    struct span bytes;
    const struct hash *path; /* path_length hashes */
    size_t path_length;
};

/* Appends a receipt. entry[0] is the entry itself, entry[1] its `under`, and so on to genesis;
 * checkpoint is the signed note that all paths lead to. */
void receipt_format(struct buf *out, const struct proven_entry *entry, size_t entries,
                    struct span checkpoint);

struct receipt {
    struct span checkpoint;     /* the note, as it stands in the receipt */
    struct proven_entry *entry; /* as receipt_format takes them */
    size_t entries;
    /* owned: */
    struct buf extra;
    struct hash *hashes;
};

/* Splits a receipt's text, which must outlive it. The chain must lead from `under` to `under` down
 * to entry 0, each index below the one before; nothing is verified. Returns 0 or -1 with
 * REASON_RECEIPT_FORM (nothing to free), or REASON_VERSION. */
__attribute__((warn_unused_result)) int receipt_parse(struct receipt *out, struct span text,
                                                      struct refusal *why);
void receipt_free(struct receipt *r);

/* What is said of a receipt, for people and programs. */
struct receipt_report {
    uint64_t index;
    enum kind kind;                   /* KIND_NONE if unknown */
    char signer[SIGNER_NAME_MAX + 1]; /* "" if unknown */
    uint64_t size;                    /* of its checkpoint; 0 if that could not be opened */
    struct hash root;
    int64_t accepted;
    struct hash leaf;    /* of the entry */
    struct hash genesis; /* leaf hash of the genesis that it rests on */
    bool quorum;
    struct signed_checkpoint cp; /* where size is not 0; points into the receipt's text */
};

/* Judges a receipt under a policy, from its own bytes alone; pin (may be NULL) is the leaf hash that
 * entry 0 must have; found hears of everything that is wrong. VERDICT_GOOD says: the entry stands in
 * the log under this checkpoint, signed by this key, enrolled for its role by this registrar, and
 * the checkpoint has its quorum. It does not say unrevoked, complete or timely. */
enum verdict receipt_judge(struct receipt_report *report, const struct policy *policy,
                           struct span text, const struct hash *pin, finding_fn *found, void *ctx);

#endif
