/* Carrying out what `erasure` entries order. From the moment that the roster says "erased" nobody gets
 * the blob any more; here its bytes go. What cannot be deleted now is counted by
 * METRIC_ERASURES_PENDING and tried again by every sweep. Any thread. */
#ifndef DAEMON_ERASING_H
#define DAEMON_ERASING_H

#include "daemon/service.h"
#include "proto/record.h"

/* The blob of an erasure that the log holds and the roster knows. */
void erasing_order(struct service *s, const struct record *erasure);

/* One blob that the roster says is erased. */
void erasing_blob(struct service *s, const uint8_t blob[static HASH_BYTES]);

/* The blobs of all of them: at start, for those that a crash left between commit and deletion, and
 * wherever the roster may have learnt of erasures in another way than one by one. */
void erasing_all(struct service *s);

#endif
