/* A short signed note that is no record: a first line "bitacora/v1 WORD", one strict JSON object,
 * one signature line. Tokens and presentations have this shape. */
#ifndef PROTO_RECORD_SIGNED_LINE_H
#define PROTO_RECORD_SIGNED_LINE_H

#include "proto/base/must_use.h"
#include "proto/record/value.h"
#include "proto/tlog/note.h"

struct signed_line {
    struct span text;     /* what is signed; into the note */
    struct value *object; /* owned: value_free() */
    struct span signer;   /* the name on the signature line, a signer name; into the note */
    uint32_t key_id;
    uint8_t signature[SIGNATURE_BYTES];
};

/* Splits a note of at most `most` bytes, which must outlive *out. first_line is its whole first line, without the newline. Returns 0, or -1 with *why: REASON_MEMORY, or `reason` and what
 * is wrong as its subject; then nothing needs to be freed. The signature is not verified. Any
 * thread. */
MUST_USE int signed_line_parse(struct signed_line *out, struct span note, size_t most,
                               const char *first_line, enum reason reason, struct refusal *why);

#endif
