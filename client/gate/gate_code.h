/* The holder's code, remembered between two runs of a gate. It stands in the log, in the enrolment
 * of the gate's key; what is remembered only spares a second replay, and is compared with it. */
#ifndef CLIENT_GATE_GATE_CODE_H
#define CLIENT_GATE_GATE_CODE_H

#include "proto/base/limits.h"

/* Reads it; "" where there is none that could be one. */
void gate_code_read(const char *path, char out[CODE_MAX + 1]);

/* Writes it; a failure is said, and does no harm. */
void gate_code_write(const char *path, const char *code);

#endif
