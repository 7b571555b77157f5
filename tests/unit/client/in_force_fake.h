/* What a log has in force, without a replay. Stands in for client/replay/in_force.c in every test
 * that includes this header. */
#ifndef TESTS_UNIT_CLIENT_IN_FORCE_FAKE_H
#define TESTS_UNIT_CLIENT_IN_FORCE_FAKE_H

#include "client/replay/in_force.h"
#include "tests/unit/client/log_fake.h"

/* Over the first `size` entries of a log, which must outlive it. */
struct in_force *in_force_fake(const struct log *l, size_t size);

#endif
