/* Vocabulary codes against the ruleset in force. The sequencer's thread. */
#ifndef DAEMON_APPEND_RULEBOOK_H
#define DAEMON_APPEND_RULEBOOK_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"
#include "proto/record/record.h"
#include "proto/record/ruleset.h"

/* The ruleset in force that was read last. */
struct rulebook {
    bool loaded;
    bool builtin;
    uint8_t sha256[HASH_BYTES]; /* of a pinned one */
    struct ruleset *ruleset;    /* NULL: its file is not to be had */
};

/* Whether the ruleset in force at `accepted` knows every code of a record; of a ruleset record, also
 * whether its blob, which is there, is the file of that ruleset. Returns 0, or -1 with
 * REASON_CODE_UNKNOWN, _RULESET_GONE, _BLOB_RULESET or _MEMORY (cannot be told now). */
MUST_USE int rulebook_judge(struct rulebook *b, const struct service *s,
                            const struct record *record, int64_t accepted, struct refusal *why);

void rulebook_free(struct rulebook *b);

#endif
