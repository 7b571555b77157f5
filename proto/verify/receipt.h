/* Receipts: c2sp.org/tlog-proof@v1 files whose extra data carry the entry and what makes its
 * signature mean something, back to genesis. docs/FORMATS.md, "Receipt". */
#ifndef PROTO_VERIFY_RECEIPT_H
#define PROTO_VERIFY_RECEIPT_H

#include "proto/base/must_use.h"
#include "proto/judge/judge.h"
#include "proto/tlog/policy.h"

#define RECEIPT_FORMAT "c2sp.org/tlog-proof@v1"

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
MUST_USE int receipt_parse(struct receipt *out, struct span text, struct refusal *why);
void receipt_free(struct receipt *r);

/* Leaves only the entries whose paths lead to that tree's root: the others say nothing of the log.
 * There may be none left. */
void receipt_keep_proven(struct receipt *r, const struct checkpoint *tree);

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
    int64_t skew;                /* of the log, in milliseconds, as that genesis says */
    enum verdict verdict;        /* what receipt_judge() returned */
    /* Nothing speaks against the entry, its signature and its enrolments: at most, the checkpoint
     * lacks witnesses, or the clock of one contradicts the log's. */
    bool entry_stands;
};

/* The kind of its entry, where it is not bad; else KIND_NONE. */
enum kind receipt_kind(const struct receipt_report *r);

/* What a failure to read a file says of it. Undecided: memory ran out, it says that it is of
 * another version, it is not what it was taken for, or it is of a log or key that the policy
 * does not name; it may be the wrong file, or was damaged on its way. Bad: it has its form, and
 * a hash, a signature or a rule fails. */
enum verdict verdict_of_file(enum reason reason);

/* Judges a receipt under a policy, from its own bytes alone; pin (may be NULL) is the leaf hash
 * that entry 0 must have; found hears of everything that is wrong. Where report->size is 0
 * nothing of it is proven, not even that the log signed it. VERDICT_GOOD says: the entry stands
 * in the log under this checkpoint, signed by this key, enrolled for its role by this registrar,
 * and the checkpoint has its quorum. It does not say unrevoked, complete or timely. */
enum verdict receipt_judge(struct receipt_report *report, const struct policy *policy,
                           struct span text, const struct hash *pin, finding_fn *found, void *ctx);

/* The same, for one who may stop it: then it is undecided, told as REASON_MEMORY is. */
enum verdict receipt_judge_watched(struct receipt_report *report, const struct policy *policy,
                                   struct span text, const struct hash *pin,
                                   const struct watch *watch);

/* The same of what a log has just answered: there is no wrong file, so that only memory,
 * version and a key of an unknown type are undecided; the rest of verdict_of_file() is bad. */
enum verdict receipt_judge_served(struct receipt_report *report, const struct policy *policy,
                                  struct span text, const struct hash *pin, finding_fn *found,
                                  void *ctx);

#endif
