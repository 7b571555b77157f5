/* Presentations: notes by which the signer of a request shows a data holder that the request is
 * his. A receipt alone is no credential, as anybody can get it from the log. docs/INTERFACES.md,
 * "Presentations". */
#ifndef PROTO_JUDGE_PRESENTATION_H
#define PROTO_JUDGE_PRESENTATION_H

#include "proto/record/kind.h"
#include "proto/record/signed_line.h"

struct presentation {
    struct span text;   /* what is signed; into the note */
    struct span signer; /* the name on the signature line; into the note */
    uint32_t key_id;
    uint8_t signature[SIGNATURE_BYTES];
    char origin[SIGNER_NAME_MAX + 1]; /* of the log */
    char holder[CODE_MAX + 1];        /* to whom the request is presented */
    struct entry_ref request;         /* its index and leaf hash */
    int64_t at;                       /* milliseconds, by the signer's clock */
};

/* Splits a presentation's note, which must outlive *out. Returns 0, or -1 with
 * REASON_PRESENTATION_FORM or REASON_MEMORY. The signature is not verified. */
MUST_USE int presentation_parse(struct presentation *out, struct span note, struct refusal *why);

/* What a gate expects of a presentation. */
struct presentation_expected {
    const char *origin;       /* of the log that the request's receipt is of */
    const char *holder;       /* the gate's own code */
    struct entry_ref request; /* the entry that the receipt proves */
    const struct vkey *key;   /* that signed that entry's record */
    int64_t now;              /* milliseconds, by the gate's clock */
    int64_t max_age;          /* milliseconds that `at` may be before now, */
    int64_t skew;             /* and after it */
};

/* Whether the presentation is for that log, entry and holder, was made at most max_age ago, and is
 * signed by that key. Returns 0, or -1 with REASON_PRESENTATION_OTHER, _TIME or _SIGNER. */
MUST_USE int presentation_judge(const struct presentation *p,
                                const struct presentation_expected *expected, struct refusal *why);

/* Appends the note of a presentation, signed. holder is a code; `at` is milliseconds, in the years
 * 0001 to 9999. */
void presentation_sign(struct buf *out, const char *origin, const char *holder,
                       const struct entry_ref *request, int64_t at, const struct skey *key);

#endif
