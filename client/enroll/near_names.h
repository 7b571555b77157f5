/* Authorities whose codes are nearly those of others: most likely the same, mistyped; and authorities
 * that get another name, most likely that of a person. Nobody could put either right later. */
#ifndef CLIENT_ENROLL_NEAR_NAMES_H
#define CLIENT_ENROLL_NEAR_NAMES_H

#include "client/submit/submitter.h"

struct near_names;

/* Knows the authorities that the submitter's log is proven to have enrolled; none where that
 * cannot be known yet. NULL, recorded as lost, if there is no memory. near_names_free(NULL) is
 * harmless. */
struct near_names *near_names_new(struct submitter *s);
void near_names_free(struct near_names *n);

/* Looks at one that is to be enrolled; from then on it is known, too. */
void near_names_look(struct near_names *n, const char *authority);

/* Looks at what it is to be called (`display`; either may be NULL): another name than the log or an
 * earlier line has is said by near_names_agree(), as all that is shown goes by the last one. */
void near_names_call(struct near_names *n, const char *code, const char *display);

/* Whether two different codes are nearly the same: a few characters differ, other than the digits
 * of a number, and neither is a part of the other ("mx.fgr", "mx.fgr.femdo"). */
bool near_names_are(const char *a, const char *b);

/* Says each pair and each new name that was found, and asks on the terminal whether they are meant
 * so. Returns OUTCOME_PROVEN if there is none, they are meant, or `yes`; OUTCOME_USAGE if not.
 * Where there is no terminal, they are taken (`must_ask` false) or refused. */
enum outcome near_names_agree(const struct near_names *n, bool yes, bool must_ask);

#endif
