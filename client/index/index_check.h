/* Whether an entry stands in the newest index of a log, as the log's files have it: what its holder
 * asks online. A row that is not there is proven by evidence. One thread. */
#ifndef CLIENT_INDEX_INDEX_CHECK_H
#define CLIENT_INDEX_INDEX_CHECK_H

#include "client/remote/prove.h"
#include "client/remote/receipt_check.h"
#include "proto/index/cover.h"

/* Begins all zeroes but for the first three, which must outlive it. */
struct index_check {
    const struct trust *trust;
    struct logfiles *files;
    const struct accepted *now; /* the log's checkpoint, good */
    bool asked;
    struct cover cover; /* of the newest; its entry is NO_ENTRY where there is none to be had */
    struct refusal why; /* why there is none; REASON_NONE: the log has none */
};

enum index_checked {
    INDEX_HAS,       /* each key of the entry has its row */
    INDEX_LACKS,     /* one has none: *f is filled, bad only with evidence */
    INDEX_NOT_YET,   /* the newest index covers entries before this one only, or there is none */
    INDEX_UNCHECKED, /* it could not be looked at: f->why says why */
};

/* Looks the entry of that index up, which has this leaf hash. Appends evidence to *evidence, if it
 * is empty and there is any. */
enum index_checked index_check_entry(struct index_check *x, uint64_t index, const struct hash *leaf,
                                     struct finding *f, struct buf *evidence);

/* The same of the entry of a receipt, which is proven to be the log's. A row that is not there is a
 * finding of the receipt; that nothing could be looked up is said. */
enum index_checked index_check_receipt(struct index_check *x, struct receipt_check *c,
                                       struct buf *evidence);

/* true, false, or null where nothing is known. */
json_t *index_checked_json(enum index_checked checked);

#endif
