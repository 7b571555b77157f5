/* What the log asks of a note whose form and signature are good, before it is appended. The
 * sequencer's thread. */
#ifndef DAEMON_APPEND_NOTE_JUDGE_H
#define DAEMON_APPEND_NOTE_JUDGE_H

#include "daemon/append/rulebook.h"
#include "daemon/append/submission.h"
#include "daemon/state/referenced.h"
#include "proto/base/must_use.h"
#include "proto/index/cover.h"

/* What is remembered from note to note. All zero, but for service: empty. */
struct note_judge {
    const struct service *service;
    struct rulebook rulebook;
    struct referenced_memory memory; /* of entries as the last transaction saw them */
};

/* Where a note would stand if it were appended now. */
struct note_position {
    struct store_txn *txn;
    uint64_t size;             /* entries before it */
    int64_t accepted;          /* milliseconds since 1970 */
    int64_t skew;              /* milliseconds */
    const struct cover *cover; /* of the last `index` entry before it */
};

/* Has this signer used this id before? Sets *used to the entry that has it, or to NO_ENTRY. If that
 * entry has the same text, the note becomes OUTCOME_SEEN. Returns STORE_OK, or what the store
 * said. */
MUST_USE enum store_result note_judge_seen(struct store_txn *t, struct submitted *n,
                                           uint64_t *used);

/* Everything else, in the order of FORMATS section 9.5, where *used is what note_judge_seen() said.
 * Returns 0, or -1 with *why; REASON_MEMORY if it cannot be told now. */
MUST_USE int note_judge_rest(struct note_judge *j, const struct submitted *n,
                             const struct note_position *at, uint64_t used, struct refusal *why);

void note_judge_free(struct note_judge *j);

#endif
