/* A record: the note of two lines that a signer signs. The exact bytes are what counts; this
 * splits them and judges their form. */
#ifndef PROTO_RECORD_RECORD_H
#define PROTO_RECORD_RECORD_H

#include "proto/base/must_use.h"
#include "proto/record/kind.h"
#include "proto/tlog/note.h"

#define RECORD_FORMAT "bitacora/v1"

/* A record note that was split, and its one signature verified, before the record was parsed. Only
 * record_check() makes one; it is believed of the very bytes that it was made of alone. */
struct checked_note {
    bool good;        /* the signature is, by `key`; only then is the rest set */
    struct span note; /* these bytes, where they stand, */
    struct span text; /* and these of them */
    struct span signer;
    uint32_t key_id;
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t key[PUBLIC_KEY_BYTES];
};

struct record {
    enum kind kind;
    struct span note;     /* all of it, as it was signed */
    struct span text;     /* what is signed */
    struct value *object; /* owned; NULL after record_free */
    struct span signer;   /* the name on the signature line */
    uint32_t key_id;
    uint8_t signature[SIGNATURE_BYTES];
    int64_t at; /* milliseconds */
    /* All kinds but genesis: */
    uint8_t id[UUID_BYTES];
    struct entry_ref under;
    /* NULL, or what was checked ahead, of this or another record. */
    const struct checked_note *checked;
};

/* Judges the form of a record note, which must outlive the record: two lines, strict JSON, a known
 * kind with its members, exactly one Ed25519 signature line by a signer's name. Whether the
 * signature is good is not looked at. Returns 0, or -1 with a refusal of problem `form` or
 * `too_large`, or REASON_VERSION where the first line names a version that is not v1 (for the
 * daemon that is `form`, too). On -1 nothing needs to be freed; kind is set as far as it is known. */
MUST_USE int record_parse(struct record *out, struct span note, struct refusal *why);

/* The same of a note that may have been checked ahead: what `checked` says of a note at the same address and of the
 * same length, whose bytes must not have changed since, is not looked for again; of any other it says nothing. checked
 * may be NULL, else it must outlive the record. */
MUST_USE int record_parse_checked(struct record *out, struct span note,
                                  const struct checked_note *checked, struct refusal *why);

/* The same for the two lines alone, before they are signed: note, signer and signature stay empty. */
MUST_USE int record_parse_text(struct record *out, struct span text, struct refusal *why);
void record_free(struct record *r);

/* The bytes of a key of that name and id, if one is known; they are only tried. */
typedef bool key_fn(void *ctx, struct span name, uint32_t key_id,
                    uint8_t key[static PUBLIC_KEY_BYTES]);

/* Verifies the signature of a record note, in any thread, by the key that `key` gives for it. Says nothing where
 * there is none, the note has not its form, or the signature is not good: then it will be asked again. The
 * note's bytes must stay where and as they are for as long as *out is used. */
void record_check(struct checked_note *out, struct span note, key_fn *key, void *ctx);

/* True if the signature is that key's over the text; the names must be equal, too. Not verified again where
 * r->checked says that these very bytes were. */
bool record_signed_by(const struct record *r, const struct vkey *key);

/* A string member of a checked record, or NULL if it is absent. */
const char *record_string(const struct record *r, const char *member);

/* A time member of a checked record. Returns true and sets *ms if it is there. */
bool record_time(const struct record *r, const char *member, int64_t *ms);

/* Appends the two lines of a kind and its JSON. The form is not judged here. */
void record_text(struct buf *out, enum kind kind, const char *json_line);

/* Appends the record note of a kind and its JSON line, signed. */
void record_sign(struct buf *out, enum kind kind, const char *json_line, const struct skey *key);

/* If a line reads "bitacora/vN WORD" of any version, sets *word; returns the version, or 0. */
uint64_t version_line(struct span line, struct span *word);

#endif
