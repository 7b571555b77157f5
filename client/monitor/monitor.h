/* A monitor: follows a log from a state on, and tells what is new, until it is ended or the log is
 * convicted. Main thread, and it must be the first to start threads. */
#ifndef CLIENT_MONITOR_MONITOR_H
#define CLIENT_MONITOR_MONITOR_H

#include "client/monitor/round.h"
#include "client/monitor/webhook.h"

/* Texts are borrowed. go_on and ctx are set by monitor_run(). */
struct monitor_options {
    struct look_options round;
    unsigned every;              /* seconds between two looks at the log */
    unsigned silent_after;       /* seconds after which a log that cannot be followed is an alarm */
    bool keep_going;             /* after a conviction, too */
    const char *syslog;          /* socket or file; NULL: none */
    struct webhook_options post; /* url NULL: nothing is posted */
    uint64_t outbox_max;         /* bytes of what waits, before nothing new is told */
};

/* Follows the log. SIGTERM and SIGINT end it, SIGHUP has it look at once. Returns OUTCOME_BAD if the
 * log was convicted; OUTCOME_USAGE where it could not begin; else what is true of the last look. */
enum outcome monitor_run(const struct monitor_options *options);

#endif
