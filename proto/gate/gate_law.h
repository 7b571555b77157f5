/* For which categories of data a judge must have said yes, and what spares him. It stands here
 * alone: the gate asks it before data go out, and the audit's rules R01, R02, R03, R06 and R17
 * (docs/RULES.md) ask it of what went out. Any thread. */
#ifndef PROTO_GATE_GATE_LAW_H
#define PROTO_GATE_GATE_LAW_H

#include "proto/record/ruleset.h"

/* Below, `own` is a code as the ruleset has it: its aliases are resolved. */

/* CNPP 303: a basis that makes a request an emergency, whether or not it names a ground. */
bool gate_basis_is_emergency(const char *own);

/* LMTR 183: a category of data that companies must retain. */
bool gate_is_retained(const char *own);

/* What must stand behind a request for data of that category. Of what is contested, retained data
 * are treated as if a judge had to be asked. */
enum gate_need {
    GATE_NEEDS_NOTHING,
    GATE_NEEDS_WARRANT,              /* R01 */
    GATE_NEEDS_WARRANT_OR_EMERGENCY, /* R02 */
};
enum gate_need gate_need(const struct ruleset *r, const char *own);

/* Whether the object of a request says that it is an emergency: it has a `ground`, or the basis of
 * one. r is the ruleset in force when the log accepted it. */
bool gate_is_emergency(const struct ruleset *r, const struct value *request);

/* Whether data of that category, as a request names it, may go out only under a warrant. */
bool gate_needs_warrant(const struct ruleset *r, const char *category, bool emergency);

/* Whether two codes of a vocabulary are one, by their aliases. r may be NULL: only if they are
 * equal. */
bool gate_same_code(const struct ruleset *r, enum vocabulary v, const char *a, const char *b);

#endif
