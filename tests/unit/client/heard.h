/* What a test's calls write on standard output or standard error. Whatever fails fails the test. */
#ifndef TESTS_UNIT_CLIENT_HEARD_H
#define TESTS_UNIT_CLIENT_HEARD_H

#include <stdio.h>

/* From now on what is written to that stream, stdout or stderr, is kept. */
void heard_begin(FILE *stream);

/* No longer. Returns what there was, until the next call for that stream. */
const char *heard_end(FILE *stream);

#endif
