/* What a test's calls write on standard error, as people read it. Whatever fails fails the test. */
#ifndef TESTS_UNIT_CLIENT_HEARD_H
#define TESTS_UNIT_CLIENT_HEARD_H

/* From now on it is kept. */
void heard_begin(void);

/* No longer; what there was, until the next call. */
const char *heard_end(void);

#endif
