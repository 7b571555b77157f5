/* Lines for the operator, on standard error: time, level, what happened. One write each, so that
 * lines of several threads do not mix. Any thread; allocates nothing. */
#ifndef DAEMON_HOST_LOG_H
#define DAEMON_HOST_LOG_H

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

/* From now on only lines of this level or above are written; at first all are. */
void log_from(enum log_level least);

/* Longer lines are cut off. A newline is added. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
