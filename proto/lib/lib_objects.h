/* What stands behind the opaque types of bitacora.h that more than one file of proto/lib needs. */
#ifndef PROTO_LIB_LIB_OBJECTS_H
#define PROTO_LIB_LIB_OBJECTS_H

#include "proto/gate/gate_ask.h"
#include "proto/judge/judge.h"
#include "proto/lib/lib_context.h"
#include "proto/record/opening.h"
#include "proto/tlog/policy.h"
#include "proto/verify/contradiction.h"
#include "proto/verify/receipt.h"

struct bitacora_policy {
    struct policy *policy;
    char **log_key;   /* NAME+ID+KEY of each log, as many as policy_logs() */
    struct hash text; /* SHA-256 of the file */
    bool has_pin;
    struct hash pin;
};

/* The pin, or NULL. */
static inline const struct hash *pin_of(const bitacora_policy *p)
{
    return p->has_pin ? &p->pin : NULL;
}

/* What was opened under one policy is held against what was opened under another nowhere: they
 * number logs and witnesses each in its own way. The pin is no part of that. */
static inline bool same_policy(const bitacora_policy *a, const bitacora_policy *b)
{
    return a == b || hash_eq(&a->text, &b->text);
}

struct bitacora_checkpoint {
    const bitacora_policy *policy; /* the caller's */
    char *note;                    /* owned; NULL of one inside a receipt, whose bytes they are */
    struct span bytes;             /* of the note */
    struct signed_checkpoint cp;   /* points into bytes */
    char origin[KEY_NAME_MAX + 1];
    int64_t time; /* what bitacora_checkpoint_time() says */
};

/* Fills in what is derived from policy, bytes and cp. */
void checkpoint_describe(bitacora_checkpoint *c);

/* The same checkpoint as one that contradictions and extensions are asked of. */
struct shown_tree tree_shown(const bitacora_checkpoint *c);

struct bitacora_receipt {
    char *text; /* owned: what all views point into */
    size_t n;
    struct receipt_report report;
    struct receipt parsed;
    struct record record; /* of the entry */
    char *members;
    bitacora_checkpoint checkpoint;
    struct vkey key; /* that verifies the record */
    char key_text[VKEY_TEXT_MAX + 1];
    enum role role;
    /* Of the enrolment; "" where it states none. */
    char authority[CODE_MAX + 1], level[CODE_MAX + 1], function[CODE_MAX + 1];
    /* Of a request that a gate let in. */
    bool has_period, has_person;
    struct gate_period period;
    struct opening person; /* secret */
};

struct bitacora_gate {
    const bitacora_policy *policy; /* the caller's */
    char holder[CODE_MAX + 1];
    size_t authorities; /* 0: all */
    char (*authority)[CODE_MAX + 1];
    int64_t request_age, checkpoint_age, known_age; /* milliseconds; 0: no matter */
    struct ruleset **ruleset;                       /* besides the built-in one */
    size_t rulesets;
    bool require_warrant;
};

/* An entry, while a replay shows it. */
struct bitacora_entry {
    const struct judged *judged;
    char signer[SIGNER_NAME_MAX + 1];
    struct buf members;
};

/* The members of a record as they were signed: the second line of its text, without its newline. For
 * free(); NULL when out of memory. */
char *copy_members(const struct record *record);

/* Verifies a receipt as bitacora_receipt_verify() does, without beginning a call: findings are
 * added to those that are there. Returns what is said of this receipt; *out as there. */
MUST_USE bitacora_result receipt_take(bitacora_context *ctx, const bitacora_policy *policy,
                                      struct span text, bitacora_receipt **out);

/* The same of what a log has just answered: what is no receipt is bad then. */
MUST_USE bitacora_result receipt_take_served(bitacora_context *ctx, const bitacora_policy *policy,
                                             struct span text, bitacora_receipt **out);

/* Adds to ctx how two receipts contradict each other; evidence of the first contradiction that has
 * any is appended to an empty buffer. Returns false when out of memory. */
MUST_USE bool receipts_hold_together(bitacora_context *ctx, const bitacora_receipt *a,
                                     const bitacora_receipt *b, struct buf *evidence);

/* The context as one who listens to a judge, and stops it when the caller cancels. */
struct watch watch_of(bitacora_context *ctx);

#endif
