/* Ed25519 keys and their text forms: verifier keys (c2sp.org/signed-note) and private keys as Go's
 * golang.org/x/mod/sumdb/note reads them. */
#ifndef PROTO_TLOG_KEY_H
#define PROTO_TLOG_KEY_H

#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/base/reason.h"

enum key_type {
    KEY_NOTE = 0x01,        /* signs notes: records, checkpoints, tokens */
    KEY_COSIGNATURE = 0x04, /* signs cosignature/v1 (c2sp.org/tlog-cosignature) */
};

/* A verifier key. `id` is what the first bytes of SHA-256(name, newline, type, key) say. */
struct vkey {
    char name[KEY_NAME_MAX + 1];
    uint32_t id;
    uint8_t type;
    uint8_t key[PUBLIC_KEY_BYTES];
};

/* A private key; wipe it with skey_wipe(). */
struct skey {
    struct vkey vkey;
    uint8_t secret[64]; /* seed and public key, as libsodium keeps them */
};

/* A key name as signed notes allow it: UTF-8, not empty, no Unicode space, no '+', no control. */
bool key_name_allowed(struct span name);

/* A name of a Bitácora log or signer: [a-z0-9][a-z0-9._/-]{0,127}. */
bool signer_name_allowed(struct span name);

/* Parses NAME+ID+KEY of type 0x01 or 0x04; the id must be the key's and the key a point of the
 * order L (signing.h). Returns 0, or -1 with a short cause. */
MUST_USE int vkey_parse(struct vkey *out, struct span text, const char **cause);

/* The same for a text that vkey_parse() accepted before. Does not check the point again, which
 * would take as long as a signature. */
MUST_USE int vkey_parse_again(struct vkey *out, struct span text, const char **cause);

/* Parses a key of a type that we do not know, such as ML-DSA-44's 0x06 (c2sp.org/signed-note). Sets
 * name, id and type; its signatures can never be judged here. Returns 0 or -1. */
MUST_USE int vkey_parse_unknown(struct vkey *out, struct span text);

/* Whether it is KEY_NOTE or KEY_COSIGNATURE. */
bool key_type_known(uint8_t type);

/* The keys of one log; the name of each is its origin. The struct does not own them. */
struct log_keys {
    size_t n;
    const struct vkey *key[LOG_KEYS_MAX];
};

/* Appends NAME+ID+KEY. */
void vkey_format(struct buf *out, const struct vkey *k);

/* Whether name, id, type and key are equal. */
bool vkey_eq(const struct vkey *a, const struct vkey *b);

/* Makes the vkey of a public key; name must be allowed and at most KEY_NAME_MAX bytes. */
void vkey_make(struct vkey *out, struct span name, enum key_type type,
               const uint8_t key[static PUBLIC_KEY_BYTES]);

/* Whether the signature over message is good, as signature_good() of signing.h says. Any thread. */
bool vkey_verify(const struct vkey *k, struct span message,
                 const uint8_t signature[static SIGNATURE_BYTES]);

/* The same, by checked_signature() of checked.h: for a signature that is likely to be asked again,
 * as it stands in many receipts. */
bool vkey_verify_again(const struct vkey *k, struct span message,
                       const uint8_t signature[static SIGNATURE_BYTES]);

/* A fresh key from the system's randomness. */
void skey_generate(struct skey *out, struct span name, enum key_type type);

/* The key of a 32-byte seed. */
void skey_from_seed(struct skey *out, struct span name, enum key_type type,
                    const uint8_t seed[static 32]);

/* Parses "PRIVATE+KEY+NAME+ID+base64(type, seed)", one newline behind it allowed. Returns 0 or -1
 * with a short cause. */
MUST_USE int skey_parse(struct skey *out, struct span text, const char **cause);

/* Appends that form and a newline. */
void skey_format(struct buf *out, const struct skey *k);

/* The Ed25519 signature over the message's bytes as they are, whatever the key's type. */
void skey_sign(uint8_t signature[static SIGNATURE_BYTES], const struct skey *k,
               struct span message);

/* Overwrites all of it with zeros, the name too. */
void skey_wipe(struct skey *k);

#endif
