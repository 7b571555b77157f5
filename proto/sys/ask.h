/* A question on the terminal whose answer is not shown. Main thread, before others start. */
#ifndef PROTO_SYS_ASK_H
#define PROTO_SYS_ASK_H

#include "proto/sys/secret.h"

/* Room that the answer needs: a line of a terminal has 4,095 bytes at most and a newline. */
#define ASK_MAX 4098

enum hidden_line {
    ASKED,
    ASKED_NOBODY,    /* the process has no terminal */
    ASKED_NOTHING,   /* the terminal was closed, or ended the input */
    ASKED_NO_MEMORY, /* or no descriptor */
};

/* Writes the prompt on the terminal of the process (/dev/tty), whatever its standard streams are,
 * and reads a line from there, without showing it. What cannot be shown in the prompt is replaced.
 * *out is an empty buffer of secret_buf_new() with room for ASK_MAX bytes; it gets the line without
 * its newline. Signals that end or stop the process do so with the terminal as it was before; when
 * it continues, it asks again. */
MUST_USE enum hidden_line ask_hidden(struct buf *out, const char *prompt);

#endif
