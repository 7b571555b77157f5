/* Evidence against the operator of a log: a file that convinces anybody who has the policy, without
 * anything else. It makes one of five claims (docs/FORMATS.md, "Evidence"):
 *
 *   fork    two signed checkpoints whose trees differ, by hashes that rebuild the larger one
 *   leaves  two signed checkpoints with different entries at one index
 *   link    two signed checkpoints, and an entry whose link is not the entry before it
 *   entry   one signed checkpoint whose tree has a bad entry
 *   index   one signed checkpoint whose tree has an `index` entry that is not what entries give
 *
 * Functions that write set out->failed when out of memory. */
#ifndef PROTO_VERIFY_EVIDENCE_H
#define PROTO_VERIFY_EVIDENCE_H

#include "proto/base/must_use.h"
#include "proto/index/shown_rows.h"
#include "proto/verify/receipt.h"

#define EVIDENCE_FORMAT "bitacora/v1 evidence"

/* Writes evidence that two signed checkpoints contradict each other: hashes is a seeded consistency
 * proof (see proof_consistency) that rebuilds the root of `large`, but not that of `small`; none
 * where both are of one size. */
void evidence_of_fork(struct buf *out, struct span small, struct span large,
                      const struct hash *hashes, size_t n);

/* Writes evidence that two signed checkpoints hold two different entries at one index. */
void evidence_of_leaves(struct buf *out, struct span first, const struct proven_entry *in_first,
                        struct span second, const struct proven_entry *in_second);

/* Writes evidence that the tree of the second signed checkpoint holds an entry whose link is not
 * the leaf hash of the entry before it in the tree of the first. */
void evidence_of_link(struct buf *out, struct span first, const struct proven_entry *before,
                      struct span second, const struct proven_entry *after);

/* Writes evidence that the tree of a signed checkpoint holds a bad entry: entry[0], and those of
 * other indexes that make it bad. */
void evidence_of_entry(struct buf *out, struct span checkpoint, const struct proven_entry *entry,
                       size_t entries);

/* How many leaves of a table evidence carries at most, and hashes for them. */
#define EVIDENCE_LEAVES_MAX 64
#define EVIDENCE_HASHES_MAX 1024

/* Writes evidence that a table of an `index` entry is wrong: entry[0] is the `index` entry,
 * entry[1], where there is one, what the rows are wrong about; then what these rest on. number: of
 * the table in the cover. rows: leaves of it, EVIDENCE_LEAVES_MAX at most. */
void evidence_of_index(struct buf *out, struct span checkpoint, const struct proven_entry *entry,
                       size_t entries, uint64_t number, const struct shown_rows *rows);

struct evidence_report {
    char claim
        [16]; /* "fork", "leaves", "link", "entry" or "index"; "" if it is not evidence at all */
    struct finding finding; /* what it proves, or with another verdict why it does not */
};

/* Judges the text of an evidence file; pin (may be NULL) is the leaf hash that entry 0 must have.
 * Returns 0 if the file proves its claim under this policy, else -1. verdict_of_file(), asked of
 * the finding's reason, tells a wrong claim from a file that could not be judged. */
MUST_USE int evidence_judge(struct evidence_report *report, const struct policy *policy,
                            struct span text, const struct hash *pin);

/* The same, for a caller who may stop it: go_on (may be NULL) is called before each entry. If it
 * returns false, the result is -1 with REASON_MEMORY. */
MUST_USE int evidence_judge_watched(struct evidence_report *report, const struct policy *policy,
                                    struct span text, const struct hash *pin,
                                    bool (*go_on)(void *ctx), void *ctx);

#endif
