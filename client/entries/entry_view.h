/* An entry that was proven, in words and as JSON. It is known by a replay of the whole log (a look),
 * or by its receipt alone. */
#ifndef CLIENT_ENTRIES_ENTRY_VIEW_H
#define CLIENT_ENTRIES_ENTRY_VIEW_H

#include <jansson.h>

#include "client/entries/entry_look.h"
#include "client/show/sheet.h"
#include "client/verify/receipt_show.h"

struct entry_view {
    uint64_t entry;
    const char *from;             /* where it was read: a URL, a folder */
    enum verdict verdict;         /* of all that was asked; what the exit code says */
    const struct findings *found; /* all findings */
    /* Of a replay that proves the log; else NULL. */
    const struct entry_look *look;
    /* Its receipt, of which one is listed, if has_receipt: made of the log's files, or the reader's
     * own. There is none of bytes that are no record. */
    struct receipt_show receipt;
    bool has_receipt;
};

/* Its receipt, if what that says may be shown; else NULL. */
const struct shown_receipt *entry_view_receipt(const struct entry_view *v);

/* Appends all of it to an empty sheet; of what is not proven only the verdict and the findings. */
void entry_view_sheet(struct sheet *s, const struct entry_view *v);

/* As `show --json` prints it (docs/INTERFACES.md, 10.1); a new object, the caller's. */
json_t *entry_view_json(const struct entry_view *v);

#endif
