/* What was read back from a state is looked at as if a stranger had sent it, though it is the
 * verifier's own: every number by which something is reached, and every value that not every bit
 * pattern is. What it says is believed. */
#ifndef CLIENT_AUDIT_LOADED_H
#define CLIENT_AUDIT_LOADED_H

#include "client/audit/answers.h"

/* Whether a casebook can be that of a log of so many entries. */
bool loaded_casebook_is_sound(const struct casebook *cb, uint64_t entries);

/* Whether answers can be about that casebook. */
bool loaded_answers_are_sound(const struct answers *as, const struct casebook *cb);

/* Whether it is a time that a log could have led to, or NO_TIME. */
bool loaded_time_is_sound(int64_t ms);

#endif
