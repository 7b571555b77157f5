/* What the rules about a warrant (docs/RULES.md: R07, R08, R10, R19) will say of a request, asked
 * before it is signed: by the same code as the audit's, over entries that are proven. */
#ifndef CLIENT_SUBMIT_SCOPE_H
#define CLIENT_SUBMIT_SCOPE_H

#include "client/remote/log_client.h"
#include "proto/judge/registry.h"
#include "proto/record/ruleset.h"

struct scope_look;

/* client must outlive it. NULL, recorded as lost, if there is no memory. scope_free(NULL) is
 * harmless. */
struct scope_look *scope_new(struct log_client *client);
void scope_free(struct scope_look *s);

/* In force, and of the log: who is enrolled, and as what the signer is. */
struct scope_ground {
    const struct registry *registry;
    const struct ruleset *ruleset;
    const struct enrolment *signer;
};

/* Judges a request that names a warrant as if it were accepted now; any other record is passed
 * over. Appends a sentence for each rule that finds something, or cannot tell, in the reader's
 * language. Returns how many there are. What the log does not list (a warrant, an extension) is as
 * good as not there. */
size_t scope_judge(struct scope_look *s, const struct scope_ground *g, const struct record *request,
                   struct buf *out);

#endif
