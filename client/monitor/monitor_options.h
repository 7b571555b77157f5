/* The options of `audit --follow`, as struct monitor_options. */
#ifndef CLIENT_MONITOR_MONITOR_OPTIONS_H
#define CLIENT_MONITOR_MONITOR_OPTIONS_H

#include "client/base/args.h"
#include "client/monitor/monitor.h"

/* *out borrows the texts of *a. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said which
 * option is wrong. */
MUST_USE enum outcome monitor_options_read(struct monitor_options *out, const struct args *a);

#endif
