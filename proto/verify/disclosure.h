/* Disclosures: files that show a judge one subject or note of one entry, and no other. A disclosure
 * carries an opening and the receipt of the entry that commits to it. It convinces anybody who has
 * the policy. docs/FORMATS.md, "Disclosure". */
#ifndef PROTO_VERIFY_DISCLOSURE_H
#define PROTO_VERIFY_DISCLOSURE_H

#include <jansson.h>

#include "proto/base/must_use.h"
#include "proto/record/opening.h"
#include "proto/verify/receipt.h"

#define OPENING_FORMAT "bitacora/v1 opening"

struct disclosure {
    const char *member; /* where it stands in the record: "subjects", "purpose.note" */
    uint8_t commit[HASH_BYTES];
    struct opening opening;
    struct span receipt; /* of the entry */
    struct span to;      /* of the enrolment that it is sealed to; empty: not carried */
    json_t *owned;       /* by disclosure_parse(): what the others point into */
};

/* Appends the file. Nothing is judged here. */
void disclosure_format(struct buf *out, const struct disclosure *d);

/* Reads a file's text, which need not outlive it. Returns 0, or -1 with REASON_OPENING_FORM or
 * REASON_MEMORY; then nothing needs to be freed. */
MUST_USE int disclosure_parse(struct disclosure *out, struct span text, struct refusal *why);
void disclosure_free(struct disclosure *d);

/* The result of judging a disclosure. It points into the disclosure. */
struct disclosure_report {
    enum verdict verdict;
    struct receipt_report receipt; /* of the entry: index, kind, signer, accepted, checkpoint */
    struct receipt_report to;      /* of the enrolment; index NO_ENTRY where none is carried */
    const char *member, *type, *value;
    bool sealed_judged; /* that the blob named by the entry seals this and nothing else */
};

/* Judges a disclosure under a policy, from its own bytes alone; pin as for receipt_judge().
 * found hears of everything that is wrong. VERDICT_GOOD says: what receipt_judge() says of the
 * entry's receipt; the entry commits to this type and value in this member; and where an
 * enrolment is carried (sealed_judged), that its receipt is good, too, is of the same log and
 * does not contradict the other, that it enrols a key for oversight and that `sealed` names the
 * blob of exactly this opening for that key. Where none is carried it says nothing about
 * `sealed`. It never says that the key was in force, or that the blob is still to be had. */
enum verdict disclosure_judge(struct disclosure_report *report, const struct disclosure *d,
                              const struct policy *policy, const struct hash *pin,
                              finding_fn *found, void *ctx);

/* The same with a watch that may stop it. A stopped judgement is undecided, with REASON_MEMORY. */
enum verdict disclosure_judge_watched(struct disclosure_report *report, const struct disclosure *d,
                                      const struct policy *policy, const struct hash *pin,
                                      const struct watch *watch);

#endif
