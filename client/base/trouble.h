/* What kept a command from its result, for programs: with --json, standard output has an object
 * `error` then (docs/INTERFACES.md, 10.2). Without trouble_keep() all of these do nothing. Main
 * thread. */
#ifndef CLIENT_BASE_TROUBLE_H
#define CLIENT_BASE_TROUBLE_H

#include <jansson.h>
#include <stdbool.h>

/* From now on what is said and found is kept. */
void trouble_keep(void);
bool trouble_kept(void);

/* A line that was said on standard error. */
void trouble_said(const char *line);

/* What kind of trouble it is, a stable word (docs/INTERFACES.md, 10.2). The first one counts. */
void trouble_is(const char *code);

/* A finding by which something is bad, or undecided: its code and its sentence. */
void trouble_found(bool bad, const char *code, const char *sentence);

/* An object is about to be written to standard output. Puts `error` into it if it says that nothing
 * could be decided, and what was found says why: the first undecided finding since the last such
 * object. NULL is harmless. */
void trouble_add(json_t *object);

/* An object is written in pieces, or as it is. */
void trouble_shown(void);

/* What was shown so far are lines of records. What ends the command is of the log as a whole, and
 * of no record: trouble_print() tells it in any case. */
void trouble_of_log(const char *code);

/* At the end of the program: the object `{"ok","error"}` on a line of its own, if no object was
 * written to standard output, or for trouble_of_log(). `code` is what kind of trouble it is where
 * nobody said so. */
void trouble_print(bool bad, const char *code);

#endif
