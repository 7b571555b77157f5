/* Receipts, judged offline one by one and held against each other: what `verify` and `receipt show`
 * have in common. */
#ifndef CLIENT_REMOTE_RECEIPT_CHECK_H
#define CLIENT_REMOTE_RECEIPT_CHECK_H

#include <jansson.h>

#include "client/remote/findings.h"
#include "client/remote/trust.h"
#include "proto/verify/receipt.h"

/* What a file is that was given for a receipt, by its form. */
enum receipt_form {
    FORM_RECEIPT,      /* it begins as one, or could not be read */
    FORM_OPENING,      /* that of `disclose`: who an entry concerns */
    FORM_ANSWER,       /* all entries of one key: nothing of it was judged here */
    FORM_PRESENTATION, /* that of `present`, for a gate */
    FORM_OTHER,
};

struct receipt_check {
    const char *path; /* the caller's */
    bool was_read;
    enum receipt_form form;
    struct buf text;              /* owned, as is findings */
    struct receipt_report report; /* index NO_ENTRY and size 0 where nothing is known */
    struct findings findings;     /* the caller may add what it finds out itself */
    /* Nothing speaks against the entry, its signature and its enrolments: at most, the
     * checkpoint lacks witnesses, or these their freshness, or a clock is wrong. */
    bool entry_stands;
};

/* Reads and judges a receipt; free it in any case. A file that cannot be read is a finding,
 * undecided. */
void receipt_check(struct receipt_check *out, const struct trust *t, const char *path);

/* The same of a receipt that was made just now: takes the text. `name` says what it is, as a path
 * does; the caller's. */
void receipt_check_text(struct receipt_check *out, const struct trust *t, const char *name,
                        struct buf *text);
void receipt_check_free(struct receipt_check *c);

/* What `verify --json` says of it; a new reference. */
json_t *receipt_check_json(const struct receipt_check *c, const struct trust *t,
                           enum verdict verdict);

/* The receipt again, as it was judged (its size not 0): of one that is bad only the entries that
 * are proven into its tree, as the others may be in none. Free it. */
void receipt_open_proven(struct receipt *out, struct span text, const struct receipt_report *r);

/* A receipt, to be held against others; or, with report NULL, a checkpoint alone: then `text` is
 * its note. */
struct seen_receipt {
    const char *path;
    struct span text;
    const struct receipt_report *report; /* of that very text, with a size that is not 0 */
    size_t number;                       /* the caller's */
    const struct signed_checkpoint *cp;  /* of a checkpoint alone */
};

/* Called with the numbers of two receipts, which may be one, that do not agree. */
typedef void disagree_fn(void *ctx, size_t a, size_t b, const struct finding *f);

/* Receipts of one log must not contradict each other (FORMATS 9.4). Tells `told` where they do,
 * appends evidence of the first contradiction that has any to an empty buffer, and calls `each`
 * (may be NULL). Returns OUTCOME_PROVEN, OUTCOME_BAD or, where only clocks disagree,
 * OUTCOME_UNDECIDED. */
enum outcome receipts_compare(const struct trust *t, const struct seen_receipt *seen, size_t count,
                              struct findings *told, struct buf *evidence, disagree_fn *each,
                              void *ctx);

#endif
