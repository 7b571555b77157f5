/* The receipts of one run: kept in a folder where one is given, and held against each other, as
 * two of them can convict the log. */
#ifndef CLIENT_SUBMIT_RECEIPT_FOLDER_H
#define CLIENT_SUBMIT_RECEIPT_FOLDER_H

#include "client/remote/findings.h"
#include "client/remote/trust.h"
#include "client/submit/receipt_index.h"
#include "proto/verify/receipt.h"

struct receipt_folder {
    const struct trust *trust;
    const char *dir; /* NULL: they are not kept */
    const char *url; /* of the log, for advice */
    struct receipt_index index;
    struct buf last; /* the receipt before; empty before the first */
    struct receipt_report last_report;
};

/* Makes the folder, and removes from it what a killed run left half written. Returns
 * OUTCOME_PROVEN, or OUTCOME_USAGE after having said why. */
enum outcome receipt_folder_open(struct receipt_folder *r, const struct trust *t, const char *dir);
void receipt_folder_close(struct receipt_folder *r);

/* Takes a receipt that was judged, and not bad: keeps it, lists it, and tells f (and writes
 * evidence) where it contradicts another. line: of the input, or 0. Returns OUTCOME_PROVEN, or
 * OUTCOME_UNDECIDED after having said that it could not be kept. */
enum outcome receipt_folder_take(struct receipt_folder *r, struct span text,
                                 const struct receipt_report *report, uint64_t line,
                                 struct findings *f);

#endif
