/* Which answers of an audit are shown: those of some rules, about somebody, of a time, or new since
 * then. */
#ifndef CLIENT_FINDINGS_WANTED_H
#define CLIENT_FINDINGS_WANTED_H

#include "client/audit/audit.h"
#include "client/base/period.h"

/* Without filters it is { .period = PERIOD_ALL }. */
struct audit_wanted {
    bool rules; /* some are left out */
    bool of_rule[RULE_COUNT];
    const char *authority;            /* NULL: any; see answer_about.h */
    struct period period;             /* of the acceptance of the answer's entry */
    bool not_evaluable;               /* show these, too */
    const struct institutions *names; /* of institutions, as far as the run met them; or NULL */
    const struct audit *before;       /* what it answers is not new; ended; NULL: all is new */
};

/* What --rule, --authority, --from and --to say; NULL: nothing. */
struct wanted_words {
    const char *rule, *authority, *from, *to;
};

/* Reads them; borrows the texts. Returns false after having said what is wrong. */
MUST_USE bool wanted_read(struct audit_wanted *out, const struct wanted_words *words);

/* Whether answers are left out for another reason than their result. */
bool wanted_filters(const struct audit_wanted *w);

/* Whether an answer of an audit that has ended is to be shown; passes are, where it lists them. */
bool wanted_has(const struct audit_wanted *w, const struct audit *a, const struct rule_answer *x);

/* Counts the answers that are wanted, not evaluable or not. Passes that the audit does not list cannot
 * be filtered: then they are NO_COUNT. */
#define NO_COUNT UINT64_MAX
void wanted_count(const struct audit_wanted *w, const struct audit *a,
                  uint64_t out[static RULE_COUNT][RESULTS]);

#endif
