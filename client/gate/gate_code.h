/* The code of the holder whose key a gate has. It stands in the enrolment of that key. */
#ifndef CLIENT_GATE_GATE_CODE_H
#define CLIENT_GATE_GATE_CODE_H

#include "proto/base/limits.h"
#include "proto/base/span.h"
#include "proto/tlog/key.h"

/* Whether the bytes of an entry are an enrolment of that key as a holder's: then `out` is the code,
 * and else it stays what it is. Nobody has judged the entry, so it is a guess: a replay says whether
 * the enrolment counts. Without memory it is none, which is recorded as lost. */
bool gate_code_find(char out[CODE_MAX + 1], struct span bytes, const struct vkey *key);

#endif
