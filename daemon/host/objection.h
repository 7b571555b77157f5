/* What is wrong with a setting, a policy or a file that the operator gave: said on standard error by
 * a command, and in the log by a daemon that reads them again while it runs. Any thread. */
#ifndef DAEMON_HOST_OBJECTION_H
#define DAEMON_HOST_OBJECTION_H

/* Where objections go: takes one sentence, without a newline. What of it others wrote may be
 * anything. */
typedef void objections(const char *sentence);

void objections_printed(const char *sentence); /* on standard error, behind "bitacorad: " */
void objections_logged(const char *sentence);  /* a line of the log, LOG_ERROR */

#define OBJECTION_MAX 8192 /* longer sentences are cut off: room for a path, and what is wrong */

/* Makes the sentence, and passes it on. */
void object(objections *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
