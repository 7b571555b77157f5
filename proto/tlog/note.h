/* Signed notes, c2sp.org/signed-note: a text, an empty line, signature lines. The caller decides
 * whose signatures matter, and verifies the lines of keys that it knows. Any thread. */
#ifndef PROTO_TLOG_NOTE_H
#define PROTO_TLOG_NOTE_H

#include "proto/base/must_use.h"
#include "proto/tlog/key.h"

struct note_signature {
    struct span name;
    uint32_t id;
    size_t
        n; /* length of the signature behind the key id; longer ones than `bytes` are not stored */
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

/* The lines of a note that one key verifies. */
struct note_line {
    bool good;        /* one line, and no more, verifies */
    unsigned lines;   /* how many do */
    size_t at;        /* which line that is */
    uint64_t seconds; /* of a cosignature, its POSIX time */
};

/* Judges the lines of several keys together. Several keys may share one name and id; a line with
 * these is tried with each of them. A line is bad if no such key verifies it, unless a key of an
 * unknown type shares its name and id. A second line of one key is bad, too. Lines with other names
 * or ids are ignored.
 *
 * Sets out[i] for key[i]. Returns NOTE_GOOD if no line is bad, whether or not anybody signed;
 * NOTE_BAD with *bad, the first key whose line is bad; NOTE_MEMORY. */
enum note_verdict note_verify_all(struct note_line *out, const struct note *n,
                                  const struct vkey *const *key, size_t keys, size_t *bad);

/* Judges the line of a type 0x01 key over the text. */
enum note_verdict note_verify(const struct note *n, const struct vkey *key);

/* Judges the cosignature/v1 of a type 0x04 key over a checkpoint's text
 * (c2sp.org/tlog-cosignature). *seconds becomes its POSIX time if it is good. */
enum note_verdict note_verify_cosignature(const struct note *n, const struct vkey *key,
                                          uint64_t *seconds);

/* Whether a line verifies under that key, of either type. Others may share its name and id. */
bool note_signed_by(const struct note *n, const struct vkey *key);

/* Appends text, an empty line and the signature line of a type 0x01 key. */
void note_sign(struct buf *out, struct span text, const struct skey *key);

/* The same with a signature over text that was made elsewhere; it is not verified. */
void note_add_signed(struct buf *out, struct span text, const struct vkey *key,
                     const uint8_t signature[static SIGNATURE_BYTES]);

/* Appends one signature line of a type 0x04 key over a checkpoint's text, made at `seconds`. */
void note_cosign(struct buf *out, struct span text, const struct skey *key, uint64_t seconds);

/* Appends a key's signature line, as it stands in the note; nothing if there is none that it
 * verifies. */
void note_copy_signature(struct buf *out, const struct note *n, const struct vkey *key);

#endif
