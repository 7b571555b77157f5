/* The rulesets that a log pins, by the SHA-256 that its entries name: from --ruleset, from where the log is read, or
 * from its URL. Whoever serves a file, its hash says whether it is the one. */
#ifndef CLIENT_AUDIT_RULESETS_H
#define CLIENT_AUDIT_RULESETS_H

#include "client/remote/trust.h"
#include "proto/record/ruleset.h"

struct rulesets;

/* args and trust must outlive it. NULL after having said why: --ruleset could not be read. */
struct rulesets *rulesets_new(const struct args *a, const struct trust *trust);
void rulesets_free(struct rulesets *rs);

/* The ruleset of that hash; NULL: the built-in one. Returns NULL if it cannot be had; asked again, it is not
 * looked for again. */
const struct ruleset *rulesets_get(struct rulesets *rs, const uint8_t *sha256);

/* Says so if --ruleset gave a file that was not asked for: nothing went by it. */
void rulesets_say_unused(const struct rulesets *rs);

#endif
