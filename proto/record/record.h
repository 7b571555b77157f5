/* Records: notes of two lines that a signer signs. The exact bytes count; the functions here split
 * them and judge their form. */
#ifndef PROTO_RECORD_RECORD_H
#define PROTO_RECORD_RECORD_H

#include "proto/base/must_use.h"
#include "proto/record/kind.h"
#include "proto/tlog/note.h"
#include "proto/tlog/verify_sig.h"

#define RECORD_FORMAT "bitacora/v1"

/* A record note whose one signature was verified before the record was parsed. Only record_check()
 * and record_gather() make one. Valid only for the same bytes at the same address. */
struct checked_note {
    bool good;        /* the signature verifies under `key`; only then is the rest set */
    struct span note; /* the whole note */
    struct span text; /* what is signed, inside the note */
    struct span signer;
    uint32_t key_id;
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t key[PUBLIC_KEY_BYTES];
};

struct record {
    enum kind kind;
    struct span note;     /* all of it, as it was signed */
    struct span text;     /* what is signed */
    struct value *object; /* the JSON; owned, NULL after record_free() */
    struct span signer;   /* the name on the signature line */
    uint32_t key_id;
    uint8_t signature[SIGNATURE_BYTES];
    int64_t at; /* milliseconds */
    /* All kinds but genesis: */
    uint8_t id[UUID_BYTES];
    struct entry_ref under;
    /* What was given to record_parse_checked(), or NULL. It may be about another record. */
    const struct checked_note *checked;
};

/* Splits a record note and judges its form: two lines, strict JSON, a known kind with its members,
 * exactly one Ed25519 signature line with a signer's name. Does not verify the signature. The note
 * must outlive the record; record_free() frees it.
 *
 * Returns 0, or -1 with *why: a reason of the code `form` or `too_large`; REASON_VERSION if the
 * first line names another version than v1 (the daemon answers `form` to that); REASON_MEMORY.
 * After -1 there is nothing to free, and out->kind is set if it was found. Any thread. */
MUST_USE int record_parse(struct record *out, struct span note, struct refusal *why);

/* The same, without repeating what record_check() did. `checked` counts only if it is of the same
 * address and length, and the bytes must not have changed since; otherwise it is ignored. It may be
 * NULL; else it must outlive the record. */
MUST_USE int record_parse_checked(struct record *out, struct span note,
                                  const struct checked_note *checked, struct refusal *why);

/* The same for the two lines before they are signed: note, signer and signature stay empty. */
MUST_USE int record_parse_text(struct record *out, struct span text, struct refusal *why);
/* Frees the object. Once, after a parse that returned 0. */
void record_free(struct record *r);

/* Writes the public key of that name and id, and returns true; false if none is known. A wrong key
 * does no harm: the signature is tried with it. */
typedef bool key_fn(void *ctx, struct span name, uint32_t key_id,
                    uint8_t key[static PUBLIC_KEY_BYTES]);

/* Verifies the signature of a record note under the key that `key` gives. out->good is false if
 * there is no such key, the note is malformed, or the signature does not verify: then the judge
 * decides. The note's bytes must stay in place and unchanged for as long as *out is used. Any
 * thread. */
void record_check(struct checked_note *out, struct span note, key_fn *key, void *ctx);

/* Notes to be checked eight at a time. Belongs to one thread; all zero but for the first three. */
struct note_gather {
    key_fn *key; /* gives only keys of which key_good() holds */
    void *ctx;
    struct sig_verifier *verifier; /* NULL: libsodium */
    unsigned n;
    struct checked_note *note[SIG_LANES];
    struct sig_claim claim[SIG_LANES];
};

/* record_check() of a note, perhaps later: only requests and responses wait for company, and only
 * where lanes judge. *out is not to be used before g->n is 0. */
void record_gather(struct note_gather *g, struct checked_note *out, struct span note);

/* Checks those that wait. */
void record_gather_end(struct note_gather *g);

/* Whether the record is signed by that key: its name is on the signature line, and the signature
 * verifies over the text. Does not verify again what r->checked says of these bytes and this
 * key. */
bool record_signed_by(const struct record *r, const struct vkey *key);

/* A string member of a parsed record, or NULL if it is absent. Lives as long as the record. */
const char *record_string(const struct record *r, const char *member);

/* A time member of a parsed record: sets *ms (milliseconds) and returns true if it is there. */
bool record_time(const struct record *r, const char *member, int64_t *ms);

/* Appends the two lines of a kind and its JSON. The form is not judged here. */
void record_text(struct buf *out, enum kind kind, const char *json_line);

/* Appends the record note of a kind and its JSON line, signed. */
void record_sign(struct buf *out, enum kind kind, const char *json_line, const struct skey *key);

/* Reads a line "bitacora/vN WORD". Sets *word and returns N, which is 1 or more; 0 for another
 * line. */
uint64_t version_line(struct span line, struct span *word);

#endif
