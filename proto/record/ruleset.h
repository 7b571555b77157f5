/* A ruleset: the codes of every vocabulary and the parameters of the rules, as data with a version
 * and a date of effect. Another country is another file. docs/INTERFACES.md, "Rulesets". */
#ifndef PROTO_RECORD_RULESET_H
#define PROTO_RECORD_RULESET_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/record/kind.h"

struct ruleset;

/* How a vocabulary is called, in the file and in docs/FORMATS.md; NULL for VOCABULARY_NONE. */
const char *vocabulary_name(enum vocabulary v);

/* The bytes of the ruleset that is in force in a log that pinned none: proto/rulesets/mx.json. The
 * file never changes, as old records would then be judged otherwise. */
struct span ruleset_builtin(void);

/* The bytes of the newest one that comes with the software, for logs to pin. */
struct span ruleset_newest(void);

/* Parses a ruleset file of at most RULESET_MAX bytes. Returns NULL with REASON_RULESET_FORM (or
 * REASON_MEMORY): not JSON, a member missing, unknown or of another form, a code that is used but
 * not listed. */
struct ruleset *ruleset_parse(struct span file, struct refusal *why);
void ruleset_free(struct ruleset *r);

const char *ruleset_name(const struct ruleset *r);
const char *ruleset_version(const struct ruleset *r);
int64_t ruleset_from(const struct ruleset *r);
/* Of the file's bytes: what the log pins. */
const struct hash *ruleset_sha256(const struct ruleset *r);

/* The code that a code of a vocabulary stands for: itself, or what it is an alias of; NULL if the
 * ruleset does not know it. Lives as long as the ruleset. */
const char *ruleset_code(const struct ruleset *r, enum vocabulary v, const char *code);

/* What the law says of a judge for a category of data. */
enum needs_judge {
    JUDGE_UNKNOWN, /* not a category of this ruleset */
    JUDGE_BEFORE,
    JUDGE_BEFORE_OR_EMERGENCY,
    JUDGE_CONTESTED,
    JUDGE_UNRESOLVED,
    JUDGE_NOT_NEEDED,
    JUDGE_NONE_STATED,
};
enum needs_judge ruleset_judge(const struct ruleset *r, const char *category);

/* The level that a judge must have for a category; NULL if the ruleset asks for none. */
const char *ruleset_judge_level(const struct ruleset *r, const char *category);

/* Whether a legal basis (or its alias) empowers an authority of that function and level. function
 * and level are codes and no aliases: they were resolved by the ruleset of their own time. */
enum empowered {
    EMPOWERED,
    EMPOWERED_NOT,
    EMPOWERED_UNKNOWN, /* the ruleset does not say, or has an empty list */
};
enum empowered ruleset_empowers(const struct ruleset *r, const char *basis, const char *function,
                                const char *level);

/* The country whose law it is: the first two letters of the ruleset's name, in upper case. Returns
 * false if the name does not begin with two letters, or a letter or digit follows them. */
bool ruleset_country(const struct ruleset *r, char out[static 3]);

int64_t ruleset_hours(const struct ruleset *r);       /* in milliseconds */
int64_t ruleset_notify_days(const struct ruleset *r); /* in milliseconds */

/* Calls visit for each code of a vocabulary as it is listed, then for its aliases. */
void ruleset_each_code(const struct ruleset *r, enum vocabulary v,
                       void (*visit)(void *ctx, const char *code), void *ctx);

/* Whether every code in a checked object of that kind is one of the ruleset's. Returns 0, or -1
 * with REASON_CODE_UNKNOWN at the first that is not. Any thread. */
MUST_USE int ruleset_check(const struct ruleset *r, enum kind k, const struct value *object,
                           struct refusal *why);

/* Whether the object of a ruleset record names this file by hash, name and version. Returns 0, or
 * -1 with REASON_BLOB_RULESET. */
MUST_USE int ruleset_is(const struct ruleset *r, const struct value *record, struct refusal *why);

#endif
