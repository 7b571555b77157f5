/* Lines of a letter as text, at most as wide as a page. */
#ifndef CLIENT_NOTIFY_LETTER_WRAP_H
#define CLIENT_NOTIFY_LETTER_WRAP_H

#include "proto/base/buf.h"

/* Appends a text with its lines broken at blanks, what follows indented as the line's item or value
 * is; between paragraphs stands an empty line. */
void letter_wrap(struct buf *out, const char *text);

#endif
