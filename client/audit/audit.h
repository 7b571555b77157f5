/* An audit: the rules asked of a log while it is replayed. Commands that need facts or answers run
 * one:
 *
 *     audit_open -> replaying_run(r, audit_look, audit) -> replaying_conclude ->
 *     audit_end -> (read) -> audit_close
 *
 * Whoever needs no answers calls audit_complete() instead of audit_end(). What an audit holds may
 * be shown only if replaying_proven() and that function returned true. One thread. */
#ifndef CLIENT_AUDIT_AUDIT_H
#define CLIENT_AUDIT_AUDIT_H

#include "client/audit/answers.h"
#include "client/audit/rulesets.h"
#include "client/replay/replaying.h"

struct audit_options {
    const char *ruleset; /* file of a ruleset that the log pins, or NULL; must outlive the audit */
    bool passes;         /* list passes, too; then nothing may be kept in a state */
    /* Only some entries come (replaying_carried()): facts are taken down by the built-in ruleset,
     * and no rule is asked. */
    bool partial;
};

struct audit {
    struct casebook cb;
    struct answers answers;
    int64_t now; /* acceptance of the last entry; NO_TIME before the first */

    /* May be set before the run: */
    uint64_t stop; /* entries from this index on are not looked at; NO_ENTRY: none is left out */
    /* Told of each entry that counts, after it was taken in. */
    void (*told)(void *ctx, const struct event *event);
    void *told_ctx;

    /* The rest is its own. */
    struct replaying *r;
    bool partial;
    struct rulesets *rulesets;
    struct ruleset_gap {
        bool there;
        uint64_t entry;  /* that needed it */
        uint64_t pinned; /* the entry that pins it */
        struct hash sha256;
    } gap;
};

/* Makes an audit for a log that was opened; r must outlive it. Sets the hooks of r that read and
 * write the audit's part of a state. Returns NULL after having said why, or if there was no memory,
 * which is recorded as lost. */
struct audit *audit_open(struct replaying *r, const struct audit_options *options);
/* Frees it; NULL is harmless. */
void audit_close(struct audit *a);

/* Looks at the next entry of the log. A judged_fn; ctx is the audit. */
void audit_look(void *ctx, const struct judged *e);

/* Whether the audit knows all that counts. From now on times are shown in the zone of the ruleset
 * that is in force, and rules name its law (rulesets_assume()). Returns false after having said why,
 * or if anything was lost for want of room, which lost_outcome() says. Then what it holds must not be
 * shown. */
MUST_USE bool audit_complete(const struct audit *a);

/* After replaying_conclude(): asks the rules that have a deadline, and orders the answers. Returns
 * false, as audit_complete() does, if the answers must not be shown. */
MUST_USE bool audit_end(struct audit *a);

#endif
