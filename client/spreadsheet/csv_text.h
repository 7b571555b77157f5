/* The bytes of a file that a spreadsheet exported, as one clean text. */
#ifndef CLIENT_SPREADSHEET_CSV_TEXT_H
#define CLIENT_SPREADSHEET_CSV_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/base/buf.h"
#include "proto/base/must_use.h"

#define CSV_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum csv_encoding { CSV_ENCODING_UNSAID, CSV_UTF_8, CSV_WINDOWS_1252 };

/* Appends to out what the bytes say: UTF-8 without a byte order mark, a newline alone at the end of
 * each line. Nothing is guessed: what is not UTF-8 is refused unless CSV_WINDOWS_1252 is said.
 * Returns NULL; or what is wrong, in the reader's language (valid until the next call), with the
 * line in *line: UTF-16 or UTF-32, a zero byte, a byte that the encoding does not have. */
MUST_USE const char *csv_text(struct buf *out, struct span bytes, enum csv_encoding encoding,
                              uint64_t *line);

/* Whether these bytes are UTF-8, with or without a byte order mark. */
bool csv_is_utf8(struct span bytes);

/* Appends one cell as records write texts: normal form C, a single space for each run of white
 * space, or a newline where one is in it, none at either end. */
void csv_clean(struct buf *out, struct span cell);

#endif
