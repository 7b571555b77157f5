/* Sealed subjects and notes: what a person's identifier becomes before it is signed. The record carries a
 * commitment and the hash of a sealed blob; an opening, outside the log, is what both are made of.
 * docs/FORMATS.md, "Subjects". */
#ifndef PROTO_RECORD_OPENING_H
#define PROTO_RECORD_OPENING_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/tlog/key.h"

/* Everything that determines commit and blob. Secret: wipe it with opening_wipe(). */
struct opening {
    uint8_t salt[SALT_BYTES];
    char type[CODE_MAX + 1];   /* "curp", ...; "note" for free text */
    char value[VALUE_MAX + 1]; /* normalised; UTF-8 without a zero byte */
};

/* A fresh salt for a type and a normalised value. Returns 0, or -1 if they do not fit, as
 * opening_unpack() would refuse them. */
MUST_USE int opening_new(struct opening *out, const char *type, const char *value);
void opening_wipe(struct opening *o);

/* BLAKE2b-256, keyed with the salt, of "bitacora/v1 subject", type and value. */
void opening_commit(uint8_t commit[static HASH_BYTES], const struct opening *o);

/* salt, uint8 length, type, uint16 length, value, zeros. A type of more than 29 bytes leaves less
 * room than VALUE_MAX for the value; an opening that opening_new() or opening_unpack() made fits. */
void opening_pack(uint8_t out[static OPENING_BYTES], const struct opening *o);

/* Returns 0, or -1 with REASON_OPENING_FORM: lengths that do not fit, bytes that are not zero behind
 * the value, a type that is no code, a value that is empty, over VALUE_MAX or not text_is_plain(). Whether the
 * value is normalised is not looked at. */
MUST_USE int opening_unpack(struct opening *out, const uint8_t in[static OPENING_BYTES],
                            struct refusal *why);

/* The blob of an opening, sealed to the Ed25519 key of an oversight body: always the same bytes for the
 * same opening and key. Returns 0, or -1 if the key has no X25519 form (no enrolled key is such). */
MUST_USE int opening_seal(uint8_t blob[static SEALED_BYTES], const struct opening *o,
                          const uint8_t recipient[static PUBLIC_KEY_BYTES]);

/* Opens a blob with the private key of its recipient. Returns 0, or -1 with REASON_OPENING_FORM: not
 * sealed to this key, altered, or not an opening inside. That it is the one that the record commits to
 * is the caller's to ask: opening_commit(), and opening_seal() gives the same blob again. */
MUST_USE int opening_unseal(struct opening *out, const uint8_t blob[static SEALED_BYTES],
                            const struct skey *key, struct refusal *why);

#endif
