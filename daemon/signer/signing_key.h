/* The log's key, wherever it is: in this process's memory, or in a token behind PKCS#11. One
 * thread. */
#ifndef DAEMON_SIGNER_SIGNING_KEY_H
#define DAEMON_SIGNER_SIGNING_KEY_H

#include "proto/base/must_use.h"
#include "proto/tlog/key.h"

struct signing_key {
    struct vkey vkey;
    /* Makes the signature over message. Returns 0, or -1 after having said why on standard
     * error. */
    int (*sign)(struct signing_key *k, uint8_t signature[static SIGNATURE_BYTES],
                struct span message);
    void (*free)(struct signing_key *k);
};

/* Takes over a private key: keeps it in memory that is locked, and wiped in the end; wipes *key.
 * NULL when there is no such memory, *key wiped too. */
struct signing_key *signing_key_of(struct skey *key);

/* Where a key is in a token. The texts must outlive the key. */
struct token_place {
    const char *module; /* absolute path of the PKCS#11 module */
    const char *token;  /* label of the token */
    const char *key;    /* label of the key: one private and one public object have it */
    const char *pin;    /* file whose first line is the user's PIN */
    const char *origin; /* the log's name, which the key's vkey is made with */
};

/* Opens the token and finds the key, which must be Ed25519 (CKK_EC_EDWARDS); it never leaves the
 * token. Returns NULL after having said why on standard error. A token that has stopped signing is
 * opened again at a later signature, once a second at most; never again once it refused the PIN, as
 * tokens count that. Loads the module into the process: call it before anything else is at hand
 * that the module must not see. */
struct signing_key *signing_key_of_token(const struct token_place *place);

/* Appends the note of a text with the key's signature, once that was verified. Returns 0, or -1
 * after having said why on standard error: *out is as it was. */
MUST_USE int signing_key_note(struct signing_key *k, struct span text, struct buf *out);

/* Wipes and frees. NULL is harmless. */
void signing_key_free(struct signing_key *k);

#endif
