/* Text for people on a terminal, part of which strangers may have written. Any thread. */
#ifndef PROTO_SYS_TERMINAL_H
#define PROTO_SYS_TERMINAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes the formatted text. Its arguments may hold text of strangers, such as names of files,
 * answers of servers or contents of files: shown_add() (proto/text/shown.h) replaces whatever in
 * them could move the cursor, turn the text around or begin a line. Newlines at both ends of the
 * format are written as they are. Newlines between are written so only if the format itself has
 * one there; else they came with an argument and are replaced. When memory runs out, it writes that
 * instead, and terminal_is_whole() is false from then on. */
void terminal_print(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, behind prefix and before suffix, which are written as they are. */
void terminal_vprint(FILE *to, const char *prefix, const char *suffix, const char *format,
                     va_list args) __attribute__((format(printf, 4, 0)));

/* Whether colours may be written there: it is a terminal, NO_COLOR is not set or empty
 * (no-color.org), and TERM is set and not "dumb". */
bool terminal_takes_colour(FILE *to);

/* Returns false if some text was not written because memory ran out. */
bool terminal_is_whole(void);

#endif
