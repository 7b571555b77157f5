/* The blobs that records name: whether they are there, and that they stay. The sequencer's thread. */
#ifndef DAEMON_NAMING_H
#define DAEMON_NAMING_H

#include "daemon/blobs.h"
#include "daemon/service.h"
#include "proto/record.h"

/* Whether every blob that a record names is there, or erased by order; a sealed one with the length of
 * sealed ones, a ruleset's file with another. Returns 0, or -1 with REASON_BLOB_MISSING, _BLOB_PUBLIC,
 * _BLOB_RULESET or _MEMORY (cannot be told now). */
__attribute__((warn_unused_result)) int
naming_judge(const struct service *s, const struct record *record, struct refusal *why);

/* Keeps them, once the record has passed every other check. BLOB_ABSENT: one has expired since, and
 * *why says which; anything else but BLOB_OK: the batch cannot be written. */
__attribute__((warn_unused_result)) enum blob_result
naming_keep(const struct service *s, const struct record *record, struct refusal *why);

#endif
