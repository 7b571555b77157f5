/* A private key under a passphrase: docs/FORMATS.md, section 2, "Encrypted private keys". Any
 * thread. */
#ifndef PROTO_TLOG_SEALED_KEY_H
#define PROTO_TLOG_SEALED_KEY_H

#include "proto/tlog/key.h"

/* What a passphrase costs to try. Whatever is outside of these limits is refused before any
 * work. */
struct sealed_key_cost {
    uint32_t memory; /* KiB */
    uint32_t passes;
};

#define SEALED_KEY_MEMORY_MIN 8192
#define SEALED_KEY_MEMORY_MAX 1048576
#define SEALED_KEY_PASSES_MAX 16

/* 256 MiB and 3 passes: about a second. */
extern const struct sealed_key_cost sealed_key_cost_default;

/* Whether memory and passes are within the limits. */
bool sealed_key_cost_allowed(const struct sealed_key_cost *cost);

/* Whether a text begins as an encrypted private key of some version does. It may still be
 * malformed. */
bool sealed_key_recognise(struct span text);

/* The public part, which needs no passphrase. Checks the form of the whole text, the vkey and the
 * cost. Until the key was opened, only the file says that it is this key's. Returns 0, or -1 with a
 * short cause. */
MUST_USE int sealed_key_vkey(struct vkey *out, struct span text, const char **cause);

/* NULL, or the short cause why no key can have this passphrase: it must be 1 to PASSPHRASE_MAX bytes
 * of UTF-8 without a byte order mark at the start, control characters, noncharacters or bidi
 * controls. */
const char *passphrase_fault(struct span passphrase);

/* Opens the key. Takes the memory and the time that the text asks for. Returns 0; or -1 with a short
 * cause, *out wiped: that of sealed_key_vkey() or passphrase_fault(); SEALED_KEY_WRONG where the
 * passphrase is not the key's or the text was altered, which cannot be told apart; or
 * SEALED_KEY_NO_MEMORY. These two are pointers to compare with. Wipe the key with skey_wipe(). */
MUST_USE int sealed_key_open(struct skey *out, struct span text, struct span passphrase,
                             const char **cause);
extern const char *const SEALED_KEY_WRONG;
extern const char *const SEALED_KEY_NO_MEMORY;

/* Appends the key under the passphrase, with fresh salt and nonce. Returns 0; or -1 with a short
 * cause, *out as it was: that of passphrase_fault(), SEALED_KEY_NO_MEMORY, the cost is not allowed,
 * or the passphrase is what a private key's file begins with. */
MUST_USE int sealed_key_make(struct buf *out, const struct skey *key, struct span passphrase,
                             const struct sealed_key_cost *cost, const char **cause);

#endif
