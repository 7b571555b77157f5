/* Showing text that a stranger may have written, on a terminal or in a log of lines. */
#ifndef PROTO_TEXT_SHOWN_H
#define PROTO_TEXT_SHOWN_H

#include "proto/base/buf.h"

/* Appends text, with \xNN for each byte that is no UTF-8 or a control character (\n, \r and \t
 * as C writes them), and \u{NNNN} for a C1 or bidi control, a noncharacter and a separator of
 * lines: nothing in it can move a cursor, turn the text around, or begin a line. With `lines`,
 * newlines stay. A backslash stays as it is. */
void shown_add(struct buf *out, struct span text, bool lines);

/* How many of the first n bytes of text there are up to the end of a character of UTF-8: n, or
 * up to three less. */
size_t shown_cut(const char *text, size_t n);

#endif
