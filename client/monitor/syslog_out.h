/* Messages of RFC 5424, to a Unix socket such as /dev/log, or to the end of a file. Facility: log
 * audit (13). One thread. */
#ifndef CLIENT_MONITOR_SYSLOG_OUT_H
#define CLIENT_MONITOR_SYSLOG_OUT_H

#include <stdbool.h>

#include "proto/base/must_use.h"
#include "proto/base/span.h"

enum syslog_severity {
    SYSLOG_ALERT = 1,
    SYSLOG_CRITICAL,
    SYSLOG_ERROR,
    SYSLOG_WARNING,
    SYSLOG_NOTICE,
    SYSLOG_INFO,
};

/* All zero but for the path, which is borrowed. */
struct syslog_out {
    const char *path;
    int fd;      /* 0: not open */
    bool stream; /* a file: a message is a line */
    int failed;  /* errno of what failed since the last syslog_out_keep(); 0: nothing did */
};

/* Sends one line of JSON, in ASCII or not, as a message. `type` is its MSGID. What fails is told by
 * syslog_out_keep(). Waits five seconds at most for whoever reads the socket. */
void syslog_out_send(struct syslog_out *s, struct span line, const char *type,
                     enum syslog_severity severity);

/* Syncs a file, and closes: the next message goes where the path leads by then. Returns 0, or -1
 * with errno if not all was sent since the last time. */
MUST_USE int syslog_out_keep(struct syslog_out *s);

#endif
