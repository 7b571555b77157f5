/* Receipts that are to be read by people: judged offline, held against each other, and taken apart.
 * What may be shown of each is known only when all are judged, as one may convict another. */
#ifndef CLIENT_VERIFY_RECEIPT_SHOW_H
#define CLIENT_VERIFY_RECEIPT_SHOW_H

#include "client/remote/receipt_check.h"
#include "proto/record/entry.h"

/* The last second that when_format() can write; a cosignature may say a later one. */
#define LATEST_SECONDS UINT64_C(253402300799)

/* One of the entries that a receipt carries. */
struct receipt_link {
    struct entry entry;
    struct record record;
};

struct shown_receipt {
    struct receipt_check check;
    enum verdict verdict;
    bool facts;                /* nothing is proven bad: what the receipt says may be shown */
    struct receipt receipt;    /* if facts: what it carries, */
    struct receipt_link *link; /* and its entries, as many as receipt.entries; owned */
};

struct receipt_show {
    struct trust trust; /* the caller opens and closes it */
    int64_t now;        /* milliseconds since 1970, by this computer's clock */
    struct shown_receipt *list;
    size_t count;
};

/* Reads and judges `count` receipt files, fills v->list and v->count, and writes evidence where two
 * receipts contradict each other. The paths must outlive v. Returns the worst outcome of their
 * verdicts, OUTCOME_UNDECIDED also where memory was lacking (lost.h). v needs receipt_show_close()
 * in any case. */
enum outcome receipt_show_judge(struct receipt_show *v, char *const *path, size_t count);

/* The same of one receipt that was made just now, which it takes; name as in
 * receipt_check_text(). */
enum outcome receipt_show_judge_text(struct receipt_show *v, const char *name, struct buf *text);
void receipt_show_close(struct receipt_show *v);

/* The key of the log that signed a receipt's checkpoint. Only if x->facts. */
const struct vkey *receipt_show_log(const struct receipt_show *v, const struct shown_receipt *x);

/* Whether the policy asks for witnesses at all. */
bool receipt_show_asks_witnesses(const struct receipt_show *v);

#endif
