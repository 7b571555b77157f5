/* bitacora notify: its three parts, one file each. Each is given a log that is proven. */
#ifndef CLIENT_NOTIFY_NOTIFY_H
#define CLIENT_NOTIFY_NOTIFY_H

#include "client/notify/notifying.h"

/* Lists whom to tell by when; with --out writes letters and receipts into that folder. */
enum outcome notify_due(struct notifying *n);

/* Answers a person's question; value is normalised for --type. */
enum outcome notify_find(struct notifying *n, const char *value);

/* Signs and sends a notice for each of the entries (--means, --delivered), if all of them may be;
 * delivered as records have it. Each has an `id` that a key can give one notice of a request only:
 * of two at a time the log takes one. Does not need notifying_identify(). */
enum outcome notify_sent(struct notifying *n, const uint64_t *entry, size_t entries,
                         const char *delivered);

#endif
