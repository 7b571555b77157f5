/* Signed notes, c2sp.org/signed-note: a text, an empty line, signature lines. Nothing here decides
 * whose signature matters: callers verify the lines of keys that they know. */
#ifndef PROTO_TLOG_NOTE_H
#define PROTO_TLOG_NOTE_H

#include "proto/base/must_use.h"
#include "proto/tlog/key.h"

struct note_signature {
    struct span name;
    uint32_t id;
    size_t n; /* bytes behind the key id; for more than `bytes` holds, they are left out */
    uint8_t bytes[8 + SIGNATURE_BYTES]; /* enough for both Ed25519 forms */
};

struct note {
    struct span text; /* with its last newline: what is signed */
    size_t signatures;
    struct note_signature signature[NOTE_SIGNATURES_MAX];
};

/* Splits bytes, which must outlive the note. Refuses what is not UTF-8, control characters but
 * newline, a missing last newline, no or too many or malformed signature lines. Returns 0 or -1
 * with REASON_NOTE_FORM. */
MUST_USE int note_parse(struct note *out, struct span bytes, struct refusal *why);

enum note_verdict {
    NOTE_GOOD,     /* one line of this key, and it verifies */
    NOTE_UNSIGNED, /* no line of this key */
    NOTE_BAD,      /* its line does not verify, or is there more than once */
    NOTE_MEMORY,   /* out of memory: not decided */
};

/* What a note holds of one key. */
struct note_line {
    bool good;        /* one line, and no more, verifies */
    unsigned lines;   /* how many do */
    size_t at;        /* which line that is */
    uint64_t seconds; /* of a cosignature, its POSIX time */
};

/* Judges the lines of several keys together: a name and id may be those of several, and then
 * each of these is tried. A line that no key verifies is bad, unless one of a type that we do
 * not know shares its name and id; so is the second of one key. NOTE_GOOD, with out[i] of
 * key[i], whether or not anybody signed; NOTE_BAD, with *bad the first key whose line is wrong,
 * and the rest is set all the same; NOTE_MEMORY. */
enum note_verdict note_verify_all(struct note_line *out, const struct note *n,
                                  const struct vkey *const *key, size_t keys, size_t *bad);

/* Looks for the signature of a type 0x01 key over the text. */
enum note_verdict note_verify(const struct note *n, const struct vkey *key);

/* Looks for a cosignature/v1 of a type 0x04 key over a checkpoint's text (c2sp.org/
 * tlog-cosignature); *seconds is its POSIX time if good. */
enum note_verdict note_verify_cosignature(const struct note *n, const struct vkey *key,
                                          uint64_t *seconds);

/* Whether some line is that key's, of either type, whatever else shares its name and id. */
bool note_signed_by(const struct note *n, const struct vkey *key);

/* Appends text, an empty line and the signature line of a type 0x01 key. */
void note_sign(struct buf *out, struct span text, const struct skey *key);

/* Appends one signature line of a type 0x04 key over a checkpoint's text, made at `seconds`. */
void note_cosign(struct buf *out, struct span text, const struct skey *key, uint64_t seconds);

/* Appends a key's signature line, as it stands in the note; nothing if there is none that it
 * verifies. */
void note_copy_signature(struct buf *out, const struct note *n, const struct vkey *key);

#endif
