/* Evidence that was read: for evidence.c, which reads and judges it, and evidence_index.c, which
 * reads and judges what only the claim `index` has. Others use evidence.h. */
#ifndef PROTO_VERIFY_EVIDENCE_INNER_H
#define PROTO_VERIFY_EVIDENCE_INNER_H

#include <jansson.h>

#include "proto/index/shown_rows.h"
#include "proto/verify/carried_entries.h"
#include "proto/verify/evidence.h"

#define CHECKPOINTS_MAX 2
#define EVIDENCE_ENTRIES_MAX 256

/* Leaves of a table of an `index` entry, with their proof. */
struct evidence_table {
    uint64_t number; /* which of the tables */
    struct shown_leaf leaf[EVIDENCE_LEAVES_MAX];
    uint8_t rows[EVIDENCE_LEAVES_MAX]; /* how many rows that leaf has here */
    size_t leaves;
    struct hash hash[EVIDENCE_HASHES_MAX];
    size_t hashes;
    struct index_row row[EVIDENCE_LEAVES_MAX * LEAF_ROWS]; /* what the leaves point into */
};

struct evidence {
    bool (*go_on)(void *ctx); /* NULL: nobody stops it */
    void *ctx;
    size_t checkpoints;
    struct signed_checkpoint checkpoint[CHECKPOINTS_MAX];
    size_t hashes;
    struct hash hash[PROOF_MAX];
    size_t entries;
    struct {
        size_t checkpoint;
        struct proven_entry proven;
        struct hash path[PROOF_MAX];
        uint8_t *bytes;
    } * entry;
    struct evidence_table *table; /* owned; NULL: there is none */
};

static inline int bad_form(struct refusal *why, const char *what)
{
    return refuse(why, REASON_EVIDENCE_FORM, what);
}

static inline int not_proven(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_EVIDENCE_EMPTY, cause);
}

/* Reads at most `max` hashes of a list. Returns 0, or -1 if it has not its form. */
MUST_USE int evidence_hashes(struct hash *out, size_t *n, size_t max, const json_t *list);

/* The findings of carried_judge() about one entry. */
struct wanted {
    const struct evidence *of;
    uint64_t entry;
    bool found;     /* a bad one, the first of which is `finding` */
    bool undecided; /* an undecided one */
    bool outside, memory;
    struct finding finding;
};

/* Judges the entries of evidence that has one checkpoint, and hears of what is found about the
 * first. Returns 0; or -1 with *why: an entry is there twice, one is not in the tree, or
 * REASON_MEMORY. */
MUST_USE int evidence_judge_entries(struct wanted *w, const struct evidence *e,
                                    const struct policy *policy, const struct hash *pin,
                                    struct refusal *why);

/* Reads the member `table`. Returns 0; or -1 with REASON_EVIDENCE_FORM or REASON_MEMORY. */
MUST_USE int evidence_table_parse(struct evidence *e, const json_t *v, struct refusal *why);

/* Judges the claim `index`, whose table is there. Returns 0 with *f filled, or -1 with f->why. */
MUST_USE int evidence_judge_index(const struct evidence *e, const struct policy *policy,
                                  const struct hash *pin, struct finding *f);

#endif
