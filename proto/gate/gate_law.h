/* What a gate takes from the law: for which categories of data a judge must have said yes. The
 * answers are those of the audit's rules R01 and R02 (docs/RULES.md). Any thread. */
#ifndef PROTO_GATE_GATE_LAW_H
#define PROTO_GATE_GATE_LAW_H

#include "proto/record/ruleset.h"

/* Whether the object of a request says that it is an emergency: it has a `ground`, or the basis of
 * one. r is the ruleset in force when the log accepted it. */
bool gate_is_emergency(const struct ruleset *r, const struct value *request);

/* Whether data of that category may go out only under a warrant. */
bool gate_needs_warrant(const struct ruleset *r, const char *category, bool emergency);

/* Whether two codes of a vocabulary are one, by their aliases. r may be NULL: only if they are
 * equal. */
bool gate_same_code(const struct ruleset *r, enum vocabulary v, const char *a, const char *b);

#endif
