/* Receipts of records that were sent: judged, kept, reported; and waiting for witnesses, for
 * records whose receipt has no quorum yet. */
#ifndef CLIENT_SUBMIT_SUBMIT_RECEIPTS_H
#define CLIENT_SUBMIT_SUBMIT_RECEIPTS_H

#include "client/seal/sealing.h"
#include "client/submit/receipt_folder.h"
#include "client/submit/submit_report.h"

#define PENDING_MAX 1000

struct submit_receipts {
    /* Set by the caller, whose they stay; they must outlive it. */
    const struct trust *trust;
    struct log_client *client;
    struct sealing *sealing;
    struct submit_report *report;
    bool no_wait; /* do not wait for witnesses */

    struct receipt_folder folder; /* where receipts are kept; opened and closed by the caller */

    /* The rest is its own. */
    struct sent pending[PENDING_MAX]; /* records that wait for witnesses */
    size_t pendings;
    struct refusal short_of; /* witnesses that the last of them lacked */
};

/* The receipt of a record is the client's last answer. Judges it, and keeps it unless it is bad. A
 * record without a quorum is remembered for submit_receipts_settle(), unless no_wait; any other is
 * reported. Settles by itself when PENDING_MAX records wait. Copies of *sent what it keeps. Returns
 * the outcome of the verdict, OUTCOME_PROVEN for one that waits. */
enum outcome submit_receipts_take(struct submit_receipts *r, const struct sent *sent);

/* Waits for witnesses, for SERVICE_AWAIT_MS in vain at most, all records together, and reports each
 * record. Returns the worst outcome. */
enum outcome submit_receipts_settle(struct submit_receipts *r);

/* Forgets records that wait. */
void submit_receipts_free(struct submit_receipts *r);

#endif
