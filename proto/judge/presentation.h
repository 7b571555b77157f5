/* Presentations: notes by which the signer of a request shows a data holder that the request is
 * his. A receipt alone is no credential, as anybody can get it from the log. A presentation may
 * name one person of the request; then the opening that shows who that is comes with the note.
 * docs/INTERFACES.md, "Presentations". */
#ifndef PROTO_JUDGE_PRESENTATION_H
#define PROTO_JUDGE_PRESENTATION_H

#include "proto/record/kind.h"
#include "proto/record/opening.h"
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
    bool has_subject;                 /* it names one person of the request, by this commit */
    uint8_t subject[HASH_BYTES];
    bool has_opening; /* the opening came with the note, and gives that commit */
    struct opening opening;
};

/* Splits a presentation, which must outlive *out: the note, and behind it the line of the opening
 * where there is one. Returns 0, or -1 with REASON_PRESENTATION_FORM, REASON_OPENING_FORM,
 * REASON_OPENING_OTHER (the opening gives another commit than the note names) or REASON_MEMORY.
 * The signature is not verified. presentation_wipe() in any case, as *out may hold an opening. */
MUST_USE int presentation_parse(struct presentation *out, struct span text, struct refusal *why);
void presentation_wipe(struct presentation *p);

/* Whether the request, the object of a record that passed kind_check(), names the person that the
 * presentation names: its `subjects` hold that commit, each time with the opening's type. One that
 * names nobody is good. Returns 0; or -1 with REASON_OPENING_OTHER, or REASON_PRESENTATION_FORM
 * with `opening`: it names somebody, and no opening came with it. */
MUST_USE int presentation_subject(const struct presentation *p, const struct value *request,
                                  struct refusal *why);

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

/* Appends a presentation, signed. holder is a code; `at` is milliseconds, in the years 0001 to
 * 9999. With an opening it names that person, and the opening's line follows the note: then *out is
 * secret. NULL: it names nobody. */
void presentation_sign(struct buf *out, const char *origin, const char *holder,
                       const struct entry_ref *request, int64_t at, const struct opening *opening,
                       const struct skey *key);

#endif
