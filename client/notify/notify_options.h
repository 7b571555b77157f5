/* The options of `bitacora notify`, as struct notify_options. */
#ifndef CLIENT_NOTIFY_NOTIFY_OPTIONS_H
#define CLIENT_NOTIFY_NOTIFY_OPTIONS_H

#include "client/base/args.h"
#include "client/notify/notifying.h"

/* *out borrows the texts of *a. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said why. */
MUST_USE enum outcome notify_options_read(struct notify_options *out, const struct args *a);

#endif
