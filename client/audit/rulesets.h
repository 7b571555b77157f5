/* The rulesets that a log pins, by the SHA-256 that its entries name: from a file that the caller
 * gives, from where the log is read, or from its URL. Whoever serves a file, its hash says whether
 * it is the one. */
#ifndef CLIENT_AUDIT_RULESETS_H
#define CLIENT_AUDIT_RULESETS_H

#include "client/remote/trust.h"
#include "proto/judge/registry.h"
#include "proto/record/ruleset.h"

struct rulesets;
struct replaying;

/* given: a ruleset file that somebody holds, or NULL. dir: the folder of a mirror to look for
 * pinned files in, or NULL; then the log's URL is asked. The texts and trust must outlive it.
 * Returns NULL after having said why `given` could not be read, or if there was no memory, which is
 * recorded as lost. */
struct rulesets *rulesets_new(const char *given, const char *dir, const struct trust *trust);
void rulesets_free(struct rulesets *rs);

/* The ruleset whose file has that SHA-256; NULL: the built-in one. Returns NULL if it cannot be
 * had; asked again, it is not looked for again. It belongs to rs. */
const struct ruleset *rulesets_get(struct rulesets *rs, const uint8_t *sha256);

/* Times are shown in the zone of the ruleset that is in force at `now` (zone_assume()), and rules name
 * its law (rule_law_of()), if a log pins one and its file can be had. */
void rulesets_assume(struct rulesets *rs, const struct registry *registry, int64_t now);

/* The same for a log that was replayed, by what it pinned when its last entry was accepted. */
void rulesets_assume_of(const struct replaying *r);

/* Says so if the file that the caller gave was never asked for: no entry is judged by it. */
void rulesets_say_unused(const struct rulesets *rs);

#endif
