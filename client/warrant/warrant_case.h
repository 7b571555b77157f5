/* The case of a warrant: the warrants of a log that have one reference, and all that was done under
 * them. It is collected while an audit runs; references only point backwards, so one pass is
 * enough. It grows on shelves, as a case may be as large as its log. What there is no room for is
 * recorded as lost (client/base/lost.h): nothing of such a case may be shown. One thread.
 *
 *     warrant_case_open -> (replaying_run, replaying_conclude, audit_end) ->
 *     warrant_case_conclude -> (read) -> warrant_case_close
 *
 * Or, with --quick, from the entries of an answer (quick_case.h) in place of replaying_run: then no
 * rule was asked, and the entries that the answer does not cover are missing. */
#ifndef CLIENT_WARRANT_WARRANT_CASE_H
#define CLIENT_WARRANT_WARRANT_CASE_H

#include "client/answer/answer_facts.h"
#include "client/audit/audit.h"
#include "client/show/institution.h"
#include "client/show/lookalikes.h"
#include "client/warrant/case_seals.h"

/* Whether an act keeps within its warrant, as far as the rules about that can tell (R05, R07,
 * R08, R10, R19, R20). Greater ones outrank. */
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
    /* it names a warrant of the case by its entry (`other`), under another reference */
    UNRESOLVED_REF,
    UNRESOLVED_SEVERAL,
    UNRESOLVED_ABSENT,
};

#define ABOUTS_MAX 256 /* lines that a line is listed as being about */

/* An entry that belongs to the case. Its lists are numbers on the shelf c->numbers, from a place
 * on: case_numbers(). */
struct case_line {
    uint64_t entry;
    int64_t accepted;
    enum kind kind;
    uint32_t signer; /* in the registry */
    struct hash leaf;
    const struct value *object; /* of its record: only while the line is open, else NULL */
    uint64_t json;              /* its record's second line, on the shelf c->text */
    size_t json_n;
    const struct ruleset *ruleset;
    uint64_t about; /* list: the lines that it names, ascending, the first ABOUTS_MAX */
    size_t abouts;
    /* Total; may count twice what names several blobs that have more than ABOUTS_MAX references. */
    uint64_t abouts_total;
    uint64_t blob; /* list: the blobs that it names, by their number */
    size_t blobs;
    /* A request that cites none of the case's warrants, but seals, by commit or blob, a person
     * whom those that it is about, all before it, name; or an act that is about such requests
     * only. */
    bool apart;
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
    /* The answer that it was made of, which is good; NULL: it was made of all entries. */
    const struct answer_facts *quick;
    struct case_line
        *line; /* in the order of the log; warrants among them; moves when one is added */
    size_t lines;
    uint64_t *elsewhere; /* the warrants of that ref that `court` leaves out */
    size_t elsewheres;
    uint64_t citing
        [ABOUTS_MAX]; /* requests that cite the ref, but as another court's; the first of them */
    uint64_t citings;
    struct lookalikes alike;   /* other references */
    struct institutions names; /* of authorities */

    /* The rest is its own. */
    struct shelf shelf, text, numbers; /* struct case_line; characters; uint32_t */
    uint64_t told;                     /* entries below this one belong to the case or never will */
    size_t elsewhere_cap;
    struct case_seals sealed;  /* blobs of all lines */
    struct case_seals persons; /* commits and blobs of the persons whom warrants name */
};

/* Makes an empty case for an audit that lists passes and did not run yet. Sets a->told. ref, court
 * (NULL: any) and the audit must outlive it. To be closed in any case. */
void warrant_case_open(struct warrant_case *c, struct audit *a, const char *ref, const char *court);

/* After audit_end(): finds the answers, scopes and reasons of the lines. */
void warrant_case_conclude(struct warrant_case *c);
void warrant_case_close(struct warrant_case *c);

/* Whether a rule is one of those that scopes are told by. */
bool rule_tells_scope(uint8_t rule);

/* Whether an object has the reference of the case. */
bool case_has_ref(const struct warrant_case *c, const struct value *object);

/* The line of an entry, or NULL. */
const struct case_line *warrant_case_line(const struct warrant_case *c, uint64_t entry);

/* The checkpoint of the log that the case is of. */
static inline const struct checkpoint *warrant_case_checkpoint(const struct warrant_case *c)
{
    return &c->audit->r->accepted.cp.checkpoint;
}

/* The entry up to which the case is complete. */
static inline uint64_t warrant_case_last(const struct warrant_case *c)
{
    return (c->quick != NULL ? c->quick->end : warrant_case_checkpoint(c)->size) - 1;
}

/* A list of a line. */
static inline const uint32_t *case_numbers(const struct warrant_case *c, uint64_t list)
{
    return shelf_at(&c->numbers, list);
}

/* Opens a line: a copy of it with `object` set, or NULL there if there is no memory. The caller
 * closes it with case_line_close(). */
struct case_line case_line_open(const struct warrant_case *c, size_t line);
void case_line_close(struct case_line *l);

/* How many warrants the case has. */
size_t warrant_case_warrants(const struct warrant_case *c);

/* Sets member[i] for each line that is the warrant in line `of`, or is about it or about a line
 * that is, by a reference or by a blob. GROUP_NAMELESS: for the requests without a warrant and
 * what is about them; GROUP_APART: the lines that are apart, which are in no other group. member
 * has c->lines items. */
#define GROUP_NAMELESS(c) ((c)->lines)
#define GROUP_APART(c) ((c)->lines + 1)
void warrant_case_group(const struct warrant_case *c, size_t of, bool *member);

/* The facts about a line that is a warrant. */
const struct warrant *warrant_case_facts(const struct warrant_case *c, const struct case_line *l);

/* Who signed a line. */
const struct enrolment *warrant_case_signer(const struct warrant_case *c,
                                            const struct case_line *l);

#endif
