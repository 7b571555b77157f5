/* Receipts: c2sp.org/tlog-proof@v1 files. Their extra data carry the entry, its signer's enrolment,
 * the enrolment of who enrolled that one, and so on back to genesis. docs/FORMATS.md, "Receipt". */
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
    const struct record *record; /* parsed from its note; NULL where nobody did */
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
    struct record *record; /* of the entries, in the order of the file */
    size_t records;
};

/* Splits a receipt's text, which must outlive it. The chain must lead from `under` to `under` down
 * to entry 0, each index below the one before; nothing is verified. Returns 0 or -1 with
 * REASON_RECEIPT_FORM (nothing to free), or REASON_VERSION. */
MUST_USE int receipt_parse(struct receipt *out, struct span text, struct refusal *why);
void receipt_free(struct receipt *r);

/* Drops the entries whose paths do not lead to that tree's root, as these say nothing of the log.
 * There may be none left. */
void receipt_keep_proven(struct receipt *r, const struct checkpoint *tree);

/* The result of judging a receipt. */
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
    /* Nothing speaks against the entry, its signature and its enrolments. Also true if only the
     * quorum is missing, or a witness's clock contradicts the log's. */
    bool entry_stands;
};

/* The kind of the receipt's entry, unless the verdict is bad; then KIND_NONE. */
enum kind receipt_kind(const struct receipt_report *r);

/* The verdict on a file that was refused for that reason. Undecided: out of memory; another
 * version; not such a file at all; a log or key that the policy does not name. It may be the wrong
 * file, or was damaged on its way. Bad: it has its form, but a hash, a signature or a rule
 * fails. */
enum verdict verdict_of_file(enum reason reason);

/* Judges a receipt under a policy, from its own bytes alone; pin (may be NULL) is the leaf hash
 * that entry 0 must have; found hears of everything that is wrong. Where report->size is 0
 * nothing of it is proven, not even that the log signed it. VERDICT_GOOD says: the entry stands
 * in the log under this checkpoint, signed by this key, enrolled for its role by this registrar,
 * and the checkpoint has its quorum. It does not say unrevoked, complete or timely. */
enum verdict receipt_judge(struct receipt_report *report, const struct policy *policy,
                           struct span text, const struct hash *pin, finding_fn *found, void *ctx);

/* The same with a watch that may stop it. A stopped judgement is undecided, with REASON_MEMORY. */
enum verdict receipt_judge_watched(struct receipt_report *report, const struct policy *policy,
                                   struct span text, const struct hash *pin,
                                   const struct watch *watch);

/* The same for a receipt that the log has just answered. It cannot be the wrong file. So only
 * memory, another version and a key of an unknown type make it undecided; whatever else
 * verdict_of_file() holds undecided is bad. */
enum verdict receipt_judge_served(struct receipt_report *report, const struct policy *policy,
                                  struct span text, const struct hash *pin, finding_fn *found,
                                  void *ctx);

#endif
