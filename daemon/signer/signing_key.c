#include "daemon/signer/signing_key.h"

#include "daemon/host/log.h"
#include "proto/sys/secret.h"
#include "proto/tlog/note.h"

struct memory_key {
    struct signing_key key; /* first */
    struct skey secret;
};

static int sign_in_memory(struct signing_key *k, uint8_t signature[static SIGNATURE_BYTES],
                          struct span message)
{
    skey_sign(signature, &((struct memory_key *)(void *)k)->secret, message);
    return 0;
}

static void free_memory_key(struct signing_key *k)
{
    secret_free(k);
}

struct signing_key *signing_key_of(struct skey *key)
{
    struct memory_key *m = secret_new(sizeof *m);
    if (m != NULL) { /* copied from place to place, never by the stack */
        m->key = (struct signing_key){ .vkey = key->vkey,
                                       .sign = sign_in_memory,
                                       .free = free_memory_key };
        memcpy(&m->secret, key, sizeof m->secret);
    }
    skey_wipe(key);
    return m == NULL ? NULL : &m->key;
}

int signing_key_note(struct signing_key *k, struct span text, struct buf *out)
{
    uint8_t signature[SIGNATURE_BYTES];
    size_t before = out->n;
    if (k->sign(k, signature, text) != 0)
        return -1;
    /* A signature with a fault in it could give the key away. */
    if (!vkey_verify(&k->vkey, text, signature)) {
        log_line(LOG_ERROR, "the key made a signature that does not verify");
        return -1;
    }
    note_add_signed(out, text, &k->vkey, signature);
    if (!out->failed)
        return 0;
    out->n = before;
    log_line(LOG_ERROR, "out of memory");
    return -1;
}

void signing_key_free(struct signing_key *k)
{
    if (k != NULL)
        k->free(k);
}
