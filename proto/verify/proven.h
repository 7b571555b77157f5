/* Entries of a log that are read through a source (proto/tlog/source.h) and proven into the root of
 * a tree; and evidence made of them. */
#ifndef PROTO_VERIFY_PROVEN_H
#define PROTO_VERIFY_PROVEN_H

#include "proto/base/must_use.h"
#include "proto/index/shown_rows.h"
#include "proto/tlog/source.h"
#include "proto/verify/finding_list.h"
#include "proto/verify/receipt.h"

/* A checkpoint note that was opened under a policy; cp points into the note. */
struct accepted {
    struct buf note;
    struct signed_checkpoint cp;
};

void accepted_free(struct accepted *a);

/* Opens the checkpoint note that the caller put into out->note, and adds what is wrong to *f.
 * Returns VERDICT_GOOD with *out filled; or VERDICT_BAD, VERDICT_UNDECIDED if the policy does not
 * accept the checkpoint. Even with VERDICT_GOOD there may be an undecided finding: the quorum is
 * missing, or its cosignatures are older than max_age seconds before `now` (POSIX seconds; max_age
 * -1: not asked). */
enum verdict accepted_judge(struct accepted *out, const struct policy *policy, int64_t max_age,
                            int64_t now, struct findings *f);

/* Whether cosignatures of the last max_age seconds before `now` (POSIX seconds) make the quorum; a
 * witness's clock may be ten minutes ahead. True for max_age -1. Fills *why if not. */
bool cosigned_lately(const struct policy *policy, const struct signed_checkpoint *cp,
                     int64_t max_age, int64_t now, struct refusal *why);

/* An entry, its leaf hash and its path to the root. proven_free() frees it. It must not be moved:
 * entry points into it. */
struct proven {
    struct buf bundle;
    struct hash path[PROOF_MAX];
    struct hash leaf;
    struct proven_entry entry;
};

void proven_free(struct proven *p);

/* Reads the entry at index and proves it into the root of that size. Returns VERDICT_GOOD;
 * VERDICT_BAD if what is there does not lead to the root; VERDICT_UNDECIDED if something is
 * missing. *why says what. *out needs proven_free() in any case. */
enum verdict proven_fetch(struct proven *out, const struct source *source, uint64_t size,
                          const struct hash *root, uint64_t index, struct refusal *why);

/* The same for a look-up, which needs kind and leaf hash alone. Returns LOOKUP_FOUND or
 * LOOKUP_FAILED. */
enum lookup proven_known(const struct source *source, const struct checkpoint *tree, uint64_t index,
                         struct known_entry *out);

/* The entries of one bundle, all of them proven at once. proven_bundle_free() frees it. */
struct proven_bundle {
    struct buf bytes;
    unsigned n; /* that the bundle divides into, in order */
    struct span entry[TILE_WIDTH];
    struct hash leaf[TILE_WIDTH];
};

void proven_bundle_free(struct proven_bundle *b);

/* Reads the bundle of that number and proves its entries into the root. Returns as proven_fetch()
 * does; after VERDICT_BAD out->n entries and their leaf hashes are there, of which some may be the
 * tree's. *out needs proven_bundle_free() in any case. */
enum verdict proven_fetch_bundle(struct proven_bundle *out, const struct source *source,
                                 const struct checkpoint *tree, uint64_t number,
                                 struct refusal *why);

/* Appends evidence that the tree of cp holds the bad entry that the finding names; nothing if it
 * cannot be shown from these files. pin (may be NULL) is the leaf hash that entry 0 must have. */
void evidence_of_finding(struct buf *out, const struct policy *policy, const struct hash *pin,
                         const struct source *source, const struct accepted *cp,
                         const struct finding *f);

/* The same of the first of all findings for which it can be shown, if out is still empty. */
void evidence_of_findings(struct buf *out, const struct policy *policy, const struct hash *pin,
                          const struct source *source, const struct accepted *cp,
                          const struct findings *f);

/* What is wrong with a table of an `index` entry. */
struct wrong_rows {
    uint64_t index;  /* the `index` entry */
    uint64_t number; /* of the table in it */
    uint64_t about;  /* the entry that its rows are wrong about; NO_ENTRY: none */
    const struct shown_rows *rows;
};

/* Appends evidence of it (claim `index`), if it convinces; out must be empty. */
void evidence_of_table(struct buf *out, const struct policy *policy, const struct hash *pin,
                       const struct source *source, const struct accepted *cp,
                       const struct wrong_rows *wrong);

#endif
