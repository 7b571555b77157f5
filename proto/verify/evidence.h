/* Evidence against a log's operator: a file that convinces whoever has the policy, and needs
 * nothing else. Four claims: the log signed two checkpoints that contradict each other (shown by
 * the hashes that rebuild the larger tree, by one index with two leaves, or by an entry whose
 * link is not the leaf before it), or it signed a tree that contains a bad entry.
 * docs/FORMATS.md, "Evidence". */
#ifndef PROTO_VERIFY_EVIDENCE_H
#define PROTO_VERIFY_EVIDENCE_H

#include "proto/base/must_use.h"
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

struct evidence_report {
    char claim[16]; /* "fork", "leaves", "link" or "entry"; "" if it is not evidence at all */
    struct finding finding; /* what it proves, or with another verdict why it does not */
};

/* Returns 0 if the file proves what it says, under this policy; -1 if it does not: whether that
 * is for want of a form, of the right policy or of memory, verdict_of_file() says of the
 * finding's reason. */
MUST_USE int evidence_judge(struct evidence_report *report, const struct policy *policy,
                            struct span text, const struct hash *pin);

/* The same, for one who may stop it: go_on (may be NULL) is asked before each entry, and where it
 * returns false the reason is REASON_MEMORY. */
MUST_USE int evidence_judge_watched(struct evidence_report *report, const struct policy *policy,
                                    struct span text, const struct hash *pin,
                                    bool (*go_on)(void *ctx), void *ctx);

#endif
