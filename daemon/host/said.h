/* What a command says on standard error, kept for programs: with --json, standard output has an
 * object `error` where the command failed before it had a result (docs/INTERFACES.md, 10.2). What
 * its child processes say and print counts, too. Main thread, but
 * for said_line(). */
#ifndef DAEMON_HOST_SAID_H
#define DAEMON_HOST_SAID_H

/* From now on what is written to stderr is kept as well. Without memory for that nothing changes.
 * Without this call the others do nothing. */
void said_keep(void);

/* A line of the daemon's log (daemon/host/log.h), which does not go by stderr. Any thread. */
void said_line(const char *text);

/* An object is about to be printed: said_print() prints none. */
void said_result(void);

/* At the end of the program: prints the object if `code`, the program's exit code, is not 0, and no
 * result was printed. Returns code. */
int said_print(int code);

#endif
