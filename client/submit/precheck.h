/* What the log would refuse, asked before anything is signed: by the same code as the daemon's,
 * over what the log is proven to hold. */
#ifndef CLIENT_SUBMIT_PRECHECK_H
#define CLIENT_SUBMIT_PRECHECK_H

#include "client/remote/identity.h"
#include "client/replay/in_force.h"
#include "proto/base/must_use.h"
#include "proto/record/ruleset.h"

struct precheck;

struct precheck_options {
    const char *ruleset; /* file of the ruleset that the log has in force; NULL: it is fetched */
    bool allow_plain;    /* take texts that seem to name a person */
};

/* All that it is given must outlive it, also the texts of options. NULL, recorded as lost
 * (client/base/lost.h), if there is no memory. */
struct precheck *precheck_new(struct log_client *client, struct in_force *in_force,
                              const struct trust *trust, const struct identity *id,
                              const struct precheck_options *options);
void precheck_free(struct precheck *p);

/* The ruleset in force now, by what was replayed: a pinned one, else the built-in one. NULL with
 * *complaint, also where its file was erased: without it nothing would keep a person's identifier
 * out of a record's codes. */
const struct ruleset *precheck_ruleset(struct precheck *p, struct complaint *complaint);

/* Whether the signer may sign the record now, whether each of its references points at an entry
 * of the right kind, whether its texts are written as they must be and name nobody, and whether
 * the ruleset knows its codes; id and skew are left to the log. The signer's enrolment must be
 * known. file is that of a ruleset record, still to be put, or empty: then it is fetched.
 * Returns 0 or -1 with *complaint. */
MUST_USE int precheck_record(struct precheck *p, const struct record *record, struct span file,
                             struct complaint *complaint);

/* After precheck_record(): appends a sentence for each time of a response that is before the
 * request that it names, or before it was received, in the reader's language. The log takes such a
 * record. Returns how many there are. */
size_t precheck_times(const struct precheck *p, const struct record *record, struct buf *out);

/* Whether all that the record of the last precheck_record() rests on had its quorum: the
 * signer's enrolment and what it refers to. Returns 0 or -1 with *complaint about that kind. */
MUST_USE int precheck_witnessed(const struct precheck *p, const char *kind,
                                struct complaint *complaint);

#endif
