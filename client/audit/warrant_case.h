/* What a log says of the warrants that have one reference, and of all that was done under them; collected while an
 * audit runs. References only point backwards, so one pass is enough. Memory grows with the case, not with the log.
 *
 *     warrant_case_open -> (run, conclude, audit_end) -> warrant_case_conclude -> (read) -> warrant_case_close
 */
#ifndef CLIENT_AUDIT_WARRANT_CASE_H
#define CLIENT_AUDIT_WARRANT_CASE_H

#include "client/audit/audit.h"

/* Whether an act keeps within its warrant, as far as the rules about that can tell (R05, R07, R08, R10, R19, R20).
 * Greater ones outrank. */
enum scope {
    SCOPE_NONE, /* that is not asked of such an entry */
    SCOPE_INSIDE,
    SCOPE_UNKNOWN, /* not evaluable */
    SCOPE_OUTSIDE,
};

/* Why a request that cites the reference has no warrant. */
enum unresolved {
    UNRESOLVED_NOT,   /* it has one */
    UNRESOLVED_LATER, /* what it cites came into the log after it: `other` */
    UNRESOLVED_COURT, /* it names a court that gave none by then; another did: `other` */
    UNRESOLVED_ENTRY, /* it names an entry that is none of them */
    UNRESOLVED_REF, /* it names a warrant of the case by its entry (`other`), under another reference */
    UNRESOLVED_SEVERAL,
    UNRESOLVED_ABSENT,
};

/* An entry that belongs to the case. */
struct case_line {
    uint64_t entry;
    int64_t accepted;
    enum kind kind;
    uint32_t signer; /* in the registry */
    struct hash leaf;
    json_t *object; /* owned */
    const struct ruleset *ruleset;
    uint32_t *about; /* the lines that it names, ascending; owned */
    size_t abouts;
    bool absent; /* an extension that counts as absent: by another court than the warrant's */

    /* Once the case is concluded: */
    const struct rule_answer *answer; /* all about this entry, by rule; passes, too */
    size_t answers;
    enum scope scope;
    enum unresolved unresolved;
    uint64_t other;         /* an entry that says more about it; or NO_ENTRY */
    uint64_t erased_before; /* a blob that it names had been ordered erased there; or NO_ENTRY */
};

struct warrant_case {
    const char *ref;
    const char *court; /* only of this court; NULL: of any */
    struct audit *audit;
    struct case_line *line; /* in the order of the log; warrants among them */
    size_t lines, cap;
    uint64_t *elsewhere; /* the warrants of that ref that `court` leaves out */
    size_t elsewheres;

    /* The rest is its own. */
    struct shelf blobs;
    struct index by_blob;
};

/* Of an audit with passes that did not run yet; takes a->told. ref and court must outlive it. */
void warrant_case_open(struct warrant_case *c, struct audit *a, const char *ref, const char *court);

/* After audit_end(): answers, scopes and reasons. */
void warrant_case_conclude(struct warrant_case *c);
void warrant_case_close(struct warrant_case *c);

/* Whether a rule is one of those that scopes are told by. */
bool rule_tells_scope(uint8_t rule);

/* The line of an entry, or NULL. */
const struct case_line *warrant_case_line(const struct warrant_case *c, uint64_t entry);

/* How many warrants the case has. */
size_t warrant_case_warrants(const struct warrant_case *c);

/* Sets member[i] for each line that is the warrant in line `of`, or is about it or about a line that is. With
 * `of` == c->lines: for the requests without a warrant and what is about them. member has c->lines items. */
void warrant_case_group(const struct warrant_case *c, size_t of, bool *member);

/* The facts about a line that is a warrant. */
const struct warrant *warrant_case_facts(const struct warrant_case *c, const struct case_line *l);

/* Who signed a line. */
const struct enrolment *warrant_case_signer(const struct warrant_case *c,
                                            const struct case_line *l);

#endif
