/* Logs that most tests of replays start from, and their files. */
#ifndef TESTS_UNIT_PROTO_VERIFY_REPLAY_LOGS_H
#define TESTS_UNIT_PROTO_VERIFY_REPLAY_LOGS_H

#include "tests/unit/fixture.h"

extern struct log forty, three_hundred;
extern struct files files40, files300;
extern struct hash root40, root300;

int make_logs(void **state);
int free_logs(void **state);
/* By which a log has it. */
const char *path_of(const struct file *file);
bool stop_at_second(void *ctx, uint64_t done, uint64_t size);

#endif
