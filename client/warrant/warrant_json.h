/* The answer about a warrant, for programs: docs/FORMATS.md, 10.1. */
#ifndef CLIENT_WARRANT_WARRANT_JSON_H
#define CLIENT_WARRANT_WARRANT_JSON_H

#include "client/warrant/warrant_case.h"

/* Prints one object. complete: the log is proven and the case concluded; else it holds no fact. */
void warrant_json(const struct warrant_case *c, bool complete);

#endif
