/* `bitacorad run --check`: would a start with these settings, this policy and this directory come to
 * grief? Reads what a start reads. Opens no port, asks nobody, writes nothing, and may be asked of a
 * log that runs. Main thread. */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

#include "daemon/settings.h"

struct check_of {
    const char *dir;
    const char *policy;          /* NULL: the log signs alone */
    const char *passphrase_file; /* of the log's key, or NULL */
    bool no_mark;                /* --no-mark */
    struct settings_from from;
};

/* Says on standard error each reason why it would not start that can be found without starting it.
 * Returns 0, or EXIT_USAGE if there are any. */
int check_start(const struct check_of *of);

#endif
