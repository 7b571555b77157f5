/* Sealed subjects and notes. A record never holds the identifier of a person. It holds a
 * commitment, and the hash of a blob that is sealed to an oversight body. Both are made of an
 * opening, which stays outside the log. docs/FORMATS.md, "Subjects". Any thread. */
#ifndef PROTO_RECORD_OPENING_H
#define PROTO_RECORD_OPENING_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/tlog/key.h"

/* What commitment and blob are made of. Secret: wipe it with opening_wipe(). */
struct opening {
    uint8_t salt[SALT_BYTES];
    char type[CODE_MAX + 1];   /* "curp", ...; "note" for free text */
    char value[VALUE_MAX + 1]; /* normalised; UTF-8 without a zero byte */
};

/* Makes an opening with a random salt. value is normalised (identifier.h). Returns 0, or -1 if type
 * or value are such that opening_unpack() would refuse them. */
MUST_USE int opening_new(struct opening *out, const char *type, const char *value);
/* Overwrites it with zeros. */
void opening_wipe(struct opening *o);

/* The commitment: BLAKE2b-256, keyed with the salt, of "bitacora/v1 subject", type and value. */
void opening_commit(uint8_t commit[static HASH_BYTES], const struct opening *o);

/* Packs an opening: salt, uint8 length, type, uint16 length, value, zeros. A type of more than 29
 * bytes leaves less room than VALUE_MAX for the value. What opening_new() or opening_unpack() made
 * fits. */
void opening_pack(uint8_t out[static OPENING_BYTES], const struct opening *o);

/* The reverse. Returns 0, or -1 with REASON_OPENING_FORM: lengths that do not fit, bytes behind the
 * value that are not zero, a type that is no code, a value that is empty, longer than VALUE_MAX or
 * not text_is_plain(). Does not ask whether the value is normalised. */
MUST_USE int opening_unpack(struct opening *out, const uint8_t in[static OPENING_BYTES],
                            struct refusal *why);

/* Makes the blob: the opening, sealed to the Ed25519 key of an oversight body. The same opening and
 * key always give the same bytes. Returns 0, or -1 if the key has no X25519 form; every key that
 * can be enrolled has one. */
MUST_USE int opening_seal(uint8_t blob[static SEALED_BYTES], const struct opening *o,
                          const uint8_t recipient[static PUBLIC_KEY_BYTES]);

/* Opens a blob with the private key of its recipient. Returns 0, or -1 with REASON_OPENING_FORM: it
 * is not sealed to this key, was altered, or does not hold an opening. The caller must still
 * compare opening_commit() with the record, and opening_seal() with the blob. */
MUST_USE int opening_unseal(struct opening *out, const uint8_t blob[static SEALED_BYTES],
                            const struct skey *key, struct refusal *why);

#endif
