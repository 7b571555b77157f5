#include "proto/tlog/checked.h"

#include "proto/base/hash.h"
#include "proto/tlog/signing.h"

#define SLOTS 256 /* of keys, and of signatures: 16 KiB a thread */

/* `used` is apart from the bytes: 32 zero bytes are somebody's bytes, too. */
struct slot {
    bool used;
    uint8_t bytes[32];
};

static _Thread_local struct {
    struct slot key[SLOTS];
    struct slot signature[SLOTS]; /* SHA-256 of what it depends on */
} kept;

static struct slot *slot_of(struct slot *table, const uint8_t bytes[static 32])
{
    return &table[(bytes[0] ^ bytes[31]) % SLOTS];
}

static bool holds(const struct slot *s, const uint8_t bytes[static 32])
{
    return s->used && memcmp(s->bytes, bytes, sizeof s->bytes) == 0;
}

static void keep_good(struct slot *s, const uint8_t bytes[static 32])
{
    s->used = true;
    memcpy(s->bytes, bytes, sizeof s->bytes);
}

bool checked_key(const uint8_t key[static PUBLIC_KEY_BYTES])
{
    struct slot *s = slot_of(kept.key, key);
    if (holds(s, key))
        return true;
    if (!key_good(key))
        return false;
    keep_good(s, key);
    return true;
}

bool checked_signature(const uint8_t key[static PUBLIC_KEY_BYTES], struct span message,
                       const uint8_t signature[static SIGNATURE_BYTES])
{
    uint8_t fixed[PUBLIC_KEY_BYTES + SIGNATURE_BYTES]; /* so that no two divisions are one text */
    struct hash what;
    memcpy(fixed, key, PUBLIC_KEY_BYTES);
    memcpy(fixed + PUBLIC_KEY_BYTES, signature, SIGNATURE_BYTES);
    hash_joined(&what, span_of(fixed, sizeof fixed), message);
    struct slot *s = slot_of(kept.signature, what.b);
    if (holds(s, what.b))
        return true;
    if (!signature_good(key, message, signature))
        return false;
    keep_good(s, what.b);
    return true;
}

void checked_forget(void)
{
    memset(&kept, 0, sizeof kept);
}
