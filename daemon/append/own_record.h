/* Records that the log itself says: `index`, `access`, `freeze`. Who wants one gives its members;
 * the sequencer makes the record when its turn comes, has it signed, judges it as any other, and
 * appends it. */
#ifndef DAEMON_APPEND_OWN_RECORD_H
#define DAEMON_APPEND_OWN_RECORD_H

#include "daemon/append/log_signer.h"
#include "daemon/append/submission.h"
#include "proto/base/must_use.h"
#include "proto/judge/registry.h"

/* Belongs to whoever made it; from sequencer_push_own() until `finish` to the sequencer. */
struct own_record {
    struct submission submission; /* first; of one note */
    struct submitted note;        /* its outcome is APPENDED or REFUSED in `finish` */
    enum kind kind;
    struct buf members; /* JSON without braces, of what comes after id, at and under */
    struct buf bytes;   /* the record's note, from own_record_make() on */
    /* Takes it back; what was appended is on the disk. On the sequencer's thread. */
    void (*finish)(struct own_record *o);
};

/* Makes *o ready for a kind that the log signs. */
void own_record_begin(struct own_record *o, enum kind kind, void (*finish)(struct own_record *o));

/* Frees what it owns. */
void own_record_free(struct own_record *o);

/* The record that a submission with `own` is. */
static inline struct own_record *own_record_of(struct submission *s)
{
    return (struct own_record *)(void *)s; /* submission is its first member */
}

/* Makes the record, accepted at that time (milliseconds), under the log's own enrolment, has it
 * signed, and looks whether the signature is good. Returns 0, or -1 with *why. The sequencer's
 * thread. */
MUST_USE int own_record_make(struct own_record *o, struct log_signer *signer,
                             const struct registry *registry, int64_t accepted,
                             struct refusal *why);

#endif
