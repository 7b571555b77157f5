/* What a gate answers where it does not let in: a problem document (RFC 9457). */
#ifndef CLIENT_GATE_GATE_PROBLEM_H
#define CLIENT_GATE_GATE_PROBLEM_H

#include "client/serving/serving.h"

/* Fills in status, type, body and language of an answer. */
void gate_problem(struct serving_reply *out, int status, const struct refusal *why,
                  enum language language);

#endif
