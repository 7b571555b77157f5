/* What the code under test writes to standard output. */
#ifndef TESTS_UNIT_CLIENT_SAID_H
#define TESTS_UNIT_CLIENT_SAID_H

#include "tests/unit/client/log_folder.h"

/* From now on standard output goes into a file of that folder. */
void said_begin(struct log_folder *f);

/* Standard output is what it was before. Appends what was written since. */
void said_end(struct buf *out);

#endif
