/* Unicode 15.0.0 and no other version: classes of code points, normal form C, and what texts look
 * like. The tables are our own. Those of libraries change, and two machines would then judge one
 * text in two ways. docs/FORMATS.md, 5.5. All texts must be well-formed UTF-8 (RFC 3629). Any
 * thread. */
#ifndef PROTO_TEXT_UNICODE_H
#define PROTO_TEXT_UNICODE_H

#include "proto/base/buf.h"
#include "proto/text/unicode_table.h"

/* Room for a text of so many bytes in code points, however it decomposes: none takes more than
 * 1.5 a byte. */
#define UNICODE_ROOM(bytes) (2 * (bytes) + 1)

/* UNICODE_… of unicode_table.h, 0 for an ordinary letter or digit. */
unsigned unicode_class(uint32_t c);

/* The code points of a text, as they stand there. out has UNICODE_ROOM(text.n). Returns how
 * many. */
size_t unicode_read(uint32_t *out, struct span text);

/* The code points of a text in normal form D, and in C. out has room for UNICODE_ROOM(text.n).
 * Return how many there are. */
size_t unicode_nfd(uint32_t *out, struct span text);
size_t unicode_nfc(uint32_t *out, struct span text);

/* Appends a code point in UTF-8. */
void unicode_write(struct buf *out, uint32_t c);

enum likeness {
    /* Leaves out what cannot be seen, spaces, hyphens, and lines through or under characters. */
    LIKENESS_LOOKS,
    /* Also leaves out accents and all punctuation: for what somebody may have meant. */
    LIKENESS_MEANS,
};

/* Appends the skeleton of a text. Two texts that look the same to a reader have the same skeleton.
 * It is only for comparing. */
void unicode_skeleton(struct buf *out, struct span text, enum likeness likeness);

#endif
