/* Lines for the operator, on standard error: time, level, what happened; or a JSON object a line
 * (docs/INTERFACES.md, 29.6). One write each, so that lines of several threads do not mix. Any
 * thread; allocates nothing. */
#ifndef DAEMON_HOST_LOG_H
#define DAEMON_HOST_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

/* From now on only lines of this level or above are written; at first all are. */
void log_from(enum log_level least);

/* From now on lines have this form; at first they are text. */
void log_as(enum log_format format);

/* Longer lines are cut off. A newline is added. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What others can cause as often as they like must not fill a disk. All zero: never said. */
struct log_rarely {
    int64_t said; /* when, by the steady clock */
    uint64_t silent;
};

/* Whether it may be said now: once a second. Then *silent is how often it was not said since. One
 * thread for each struct. */
bool log_rarely(struct log_rarely *r, uint64_t *silent);

#endif
