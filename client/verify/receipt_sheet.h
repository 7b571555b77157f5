/* A receipt in words: what was recorded, who signed it, when, where it stands, and what all that
 * proves and does not prove. */
#ifndef CLIENT_VERIFY_RECEIPT_SHEET_H
#define CLIENT_VERIFY_RECEIPT_SHEET_H

#include "client/show/sheet.h"
#include "client/verify/receipt_show.h"

/* Appends one receipt of v to an empty sheet: its verdict and findings; if x->facts, all of it. */
void receipt_sheet(struct sheet *s, const struct receipt_show *v, const struct shown_receipt *x);

/* Parts of it, for a sheet that says more of the entry; only if x->facts. What was recorded, who
 * signed it, when, where it stands and who witnessed it; and what the receipt proves, and what not. */
void receipt_sheet_facts(struct sheet *s, const struct receipt_show *v,
                         const struct shown_receipt *x);
void receipt_sheet_worth(struct sheet *s, const struct receipt_show *v,
                         const struct shown_receipt *x);

/* An item for each finding: its entry, its sentence, its code. */
void sheet_findings(struct sheet *s, const struct findings *f);

/* A heading, and the lines of a signed record. */
void sheet_signed_text(struct sheet *s, struct span note);

/* Appends one line for each of several receipts, which says whether it is good. Nothing for one. */
void receipt_sheet_summary(struct sheet *s, const struct receipt_show *v);

#endif
