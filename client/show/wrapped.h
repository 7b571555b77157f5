/* Texts and sheets on standard output, in lines of at most 100 columns. */
#ifndef CLIENT_SHOW_WRAPPED_H
#define CLIENT_SHOW_WRAPPED_H

#include "client/show/sheet.h"

/* Text that begins at a column and goes on at another one; runs of spaces within a line are
 * kept. */
void wrap_text(const char *text, size_t at, size_t indent);

/* The same behind a mark, further in. */
void wrap_marked(size_t indent, const char *mark, const char *text);

/* Prints a sheet, and frees it. */
void sheet_print_wrapped(struct sheet *s);

#endif
