/* Checks vocabulary codes against the ruleset in force. The sequencer's thread. */
#ifndef DAEMON_APPEND_RULEBOOK_H
#define DAEMON_APPEND_RULEBOOK_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"
#include "proto/record/record.h"
#include "proto/record/ruleset.h"

/* The ruleset in force that was read last. All zero: none was. */
struct rulebook {
    bool loaded;
    bool builtin;               /* no ruleset is pinned: the oldest built-in one */
    uint8_t sha256[HASH_BYTES]; /* of a pinned one */
    struct ruleset *ruleset;    /* owned; NULL: its file is erased or damaged */
};

/* Whether the ruleset in force at `accepted` (milliseconds since 1970) knows every code of a
 * record. For a ruleset record also whether its blob, which is there, is the file of that ruleset.
 * Reads the ruleset's file when another one is in force than before. Returns 0, or -1 with
 * REASON_CODE_UNKNOWN, _RULESET_GONE, _BLOB_RULESET or _MEMORY (cannot be told now). */
MUST_USE int rulebook_judge(struct rulebook *b, const struct service *s,
                            const struct record *record, int64_t accepted, struct refusal *why);

void rulebook_free(struct rulebook *b);

#endif
