/* The blobs that records name: whether they are there, and that they stay. The sequencer's
 * thread. */
#ifndef DAEMON_APPEND_RECORD_BLOBS_H
#define DAEMON_APPEND_RECORD_BLOBS_H

#include "daemon/state/service.h"
#include "daemon/store/blobs.h"
#include "proto/base/must_use.h"
#include "proto/record/record.h"

/* Whether every blob that a record names is there, or erased by order; and whether it has the
 * length that its kind must have: sealed ones SEALED_BYTES, a ruleset's file any other. Returns 0,
 * or -1 with REASON_BLOB_MISSING, _BLOB_PUBLIC, _BLOB_RULESET or _MEMORY (cannot be told now). */
MUST_USE int record_blobs_judge(const struct service *s, const struct record *record,
                                struct refusal *why);

/* Keeps these blobs, once the record has passed every other check. BLOB_OK; BLOB_ABSENT: one has
 * expired meanwhile, and *why says which; anything else: the batch cannot be written. */
MUST_USE enum blob_result record_blobs_keep(const struct service *s, const struct record *record,
                                            struct refusal *why);

#endif
