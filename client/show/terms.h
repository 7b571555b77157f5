/* Terms of a sheet: a name, and what stands for it. Each function adds a SHEET_TERM and one line
 * behind it. The sheet copies the text. */
#ifndef CLIENT_SHOW_TERMS_H
#define CLIENT_SHOW_TERMS_H

#include "client/show/sheet.h"
#include "proto/base/hash.h"

/* A text as it is. */
void term(struct sheet *s, const char *name, const char *value);

/* A text that people compare letter by letter, such as a key. */
void term_code(struct sheet *s, const char *name, const char *value);

/* A hash in base64. */
void term_hash(struct sheet *s, const char *name, const struct hash *h);

/* A number or a time (milliseconds since 1970), in the reader's language (client/show/locale.h). */
void term_number(struct sheet *s, const char *name, uint64_t n);
void term_time(struct sheet *s, const char *name, int64_t ms);

/* Until which time something lasts, and whether that day is in it: locale_until(). */
void term_until(struct sheet *s, const char *name, int64_t ms);

#endif
