/* An entry that counts, as the rules see it, and what its members and codes mean. Pure
 * functions. */
#ifndef CLIENT_AUDIT_EVENT_H
#define CLIENT_AUDIT_EVENT_H

#include "proto/judge/judge.h"
#include "proto/record/ruleset.h"

#define NO_TIME INT64_MIN /* a time that is not there; times are Unix milliseconds */

/* An entry that counts (docs/RULES.md, 1), with what is in force for it. Valid while the entry is
 * looked at. */
struct event {
    const struct judged *e;
    const struct value *object;
    const struct enrolment *signer; /* NULL: genesis */
    const struct ruleset *ruleset;
};

struct window {
    int64_t from, until; /* NO_TIME: there is none */
};

/* The code that the event's ruleset has for this code: aliases resolved. Returns the code itself if
 * the ruleset does not know it, and NULL for NULL. */
const char *event_code(const struct event *event, enum vocabulary v, const char *code);

/* Members of an object. They return NULL or NO_TIME for one that is not there or has another type;
 * `object` may be NULL. */
const char *object_text(const struct value *object, const char *member);
int64_t object_time(const struct value *object, const char *member);
struct window object_window(const struct value *object, const char *member);

/* The entry that a reference names, or NO_ENTRY. */
uint64_t reference_entry(const struct value *reference);

/* The entries that a list of references names, in its order and none twice. Returns how many. */
size_t references_entries(const struct value *list, uint64_t out[static ITEMS_MAX]);

/* Whether an outcome hands data over (full, partial, direct_access); whether it is an answer. */
bool outcome_delivers(const char *outcome);
bool outcome_answers(const char *outcome);

/* Whether a category asks for data as they arise. */
bool category_is_live(const char *category);

#endif
