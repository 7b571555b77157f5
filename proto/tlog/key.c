#include "proto/tlog/key.h"

#include <sodium.h>

#include "proto/base/base64.h"
#include "proto/base/hash.h"
#include "proto/base/scan.h"
#include "proto/tlog/checked.h"
#include "proto/tlog/signing.h"

/* White space of Unicode beyond ASCII's. */
static bool unicode_space(int32_t c)
{
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool key_name_allowed(struct span name)
{
    if (name.n == 0 || name.n > KEY_NAME_MAX)
        return false;
    while (name.n > 0) {
        int32_t c = utf8_next(&name);
        if (c <= 0x20 || c == '+' || unicode_space(c))
            return false;
    }
    return true;
}

bool signer_name_allowed(struct span name)
{
    if (name.n == 0 || name.n > SIGNER_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || memchr("._/-", c, 4) == NULL))
            return false;
    }
    return true;
}

static uint32_t id_of_bytes(const uint8_t b[static 4])
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t key_id(struct span name, uint8_t type, const uint8_t key[static PUBLIC_KEY_BYTES])
{
    uint8_t bytes[KEY_NAME_MAX + 2 + PUBLIC_KEY_BYTES];
    memcpy(bytes, name.p, name.n);
    bytes[name.n] = '\n';
    bytes[name.n + 1] = type;
    memcpy(bytes + name.n + 2, key, PUBLIC_KEY_BYTES);
    struct hash h;
    hash_bytes(&h, span_of(bytes, name.n + 2 + PUBLIC_KEY_BYTES));
    return id_of_bytes(h.b);
}

void vkey_make(struct vkey *out, struct span name, enum key_type type,
               const uint8_t key[static PUBLIC_KEY_BYTES])
{
    *out = (struct vkey){ .id = key_id(name, (uint8_t)type, key), .type = (uint8_t)type };
    memcpy(out->name, name.p, name.n);
    memcpy(out->key, key, PUBLIC_KEY_BYTES);
}

bool key_type_known(uint8_t type)
{
    return type == KEY_NOTE || type == KEY_COSIGNATURE;
}

int vkey_parse_unknown(struct vkey *out, struct span text)
{
    const uint8_t *plus = text.n == 0 ? NULL : memchr(text.p, '+', text.n);
    uint8_t id[4], key[UNKNOWN_VKEY_TEXT_MAX];
    size_t n;
    if (plus == NULL || text.n > UNKNOWN_VKEY_TEXT_MAX)
        return -1;
    struct span name = span_of(text.p, (size_t)(plus - text.p));
    struct span rest = span_of(plus + 1, text.n - name.n - 1);
    if (!key_name_allowed(name) || rest.n < 10 || rest.p[8] != '+' ||
        hex_parse(id, 4, span_of(rest.p, 8)) != 0 ||
        base64_decode(key, sizeof key, &n, span_of(rest.p + 9, rest.n - 9)) != 0 || n < 1 ||
        key_type_known(key[0]))
        return -1;
    *out = (struct vkey){ .id = id_of_bytes(id), .type = key[0] };
    memcpy(out->name, name.p, name.n);
    return 0;
}

/* NAME+ID+base64(type, 32 bytes), of a public key or a seed. Returns NULL or the cause. */
static const char *parse_parts(struct span text, struct span *name, uint32_t *id, uint8_t *type,
                               uint8_t material[static 32])
{
    const uint8_t *plus = text.n == 0 ? NULL : memchr(text.p, '+', text.n);
    if (plus == NULL || text.n > VKEY_TEXT_MAX)
        return "not NAME+ID+KEY";
    *name = span_of(text.p, (size_t)(plus - text.p));
    struct span rest = span_of(plus + 1, text.n - name->n - 1);
    uint8_t id_bytes[4], typed[33];
    if (!key_name_allowed(*name))
        return "bad name";
    if (rest.n < 10 || rest.p[8] != '+' || hex_parse(id_bytes, 4, span_of(rest.p, 8)) != 0)
        return "bad key id";
    if (base64_decode_exact(typed, sizeof typed, span_of(rest.p + 9, rest.n - 9)) != 0)
        return "bad base64 or length";
    if (!key_type_known(typed[0]))
        return "type is neither 0x01 nor 0x04";
    *id = id_of_bytes(id_bytes);
    *type = typed[0];
    memcpy(material, typed + 1, 32);
    sodium_memzero(typed, sizeof typed);
    return NULL;
}

int vkey_parse_again(struct vkey *out, struct span text, const char **cause)
{
    struct span name;
    uint32_t id;
    uint8_t type, key[PUBLIC_KEY_BYTES];
    *cause = parse_parts(text, &name, &id, &type, key);
    if (*cause != NULL)
        return -1;
    vkey_make(out, name, type, key);
    if (out->id != id)
        *cause = "the id is not this key's";
    return *cause == NULL ? 0 : -1;
}

int vkey_parse(struct vkey *out, struct span text, const char **cause)
{
    if (vkey_parse_again(out, text, cause) != 0)
        return -1;
    if (checked_key(out->key))
        return 0;
    *cause = "not a valid point";
    return -1;
}

void vkey_format(struct buf *out, const struct vkey *k)
{
    uint8_t typed[1 + PUBLIC_KEY_BYTES] = { k->type };
    memcpy(typed + 1, k->key, PUBLIC_KEY_BYTES);
    buf_addf(out, "%s+%08x+", k->name, k->id);
    buf_add_base64(out, typed, sizeof typed);
}

bool vkey_eq(const struct vkey *a, const struct vkey *b)
{
    return a->type == b->type && strcmp(a->name, b->name) == 0 &&
           memcmp(a->key, b->key, PUBLIC_KEY_BYTES) == 0;
}

bool vkey_verify(const struct vkey *k, struct span message,
                 const uint8_t signature[static SIGNATURE_BYTES])
{
    return signature_good(k->key, message, signature);
}

bool vkey_verify_again(const struct vkey *k, struct span message,
                       const uint8_t signature[static SIGNATURE_BYTES])
{
    return checked_signature(k->key, message, signature);
}

void skey_from_seed(struct skey *out, struct span name, enum key_type type,
                    const uint8_t seed[static 32])
{
    uint8_t key[PUBLIC_KEY_BYTES];
    crypto_sign_seed_keypair(key, out->secret, seed);
    vkey_make(&out->vkey, name, type, key);
}

void skey_generate(struct skey *out, struct span name, enum key_type type)
{
    uint8_t seed[32];
    randombytes_buf(seed, sizeof seed);
    skey_from_seed(out, name, type, seed);
    sodium_memzero(seed, sizeof seed);
}

int skey_parse(struct skey *out, struct span text, const char **cause)
{
    static const char prefix[] = "PRIVATE+KEY+";
    if (text.n > 0 && text.p[text.n - 1] == '\n')
        text.n--;
    *cause = "does not begin with PRIVATE+KEY+";
    if (!span_starts(text, prefix))
        return -1;
    text = span_of(text.p + strlen(prefix), text.n - strlen(prefix));
    struct span name;
    uint32_t id;
    uint8_t type, seed[32];
    *cause = parse_parts(text, &name, &id, &type, seed);
    if (*cause != NULL)
        return -1;
    skey_from_seed(out, name, type, seed);
    sodium_memzero(seed, sizeof seed);
    if (out->vkey.id != id) {
        skey_wipe(out);
        *cause = "the id is not this key's";
        return -1;
    }
    return 0;
}

void skey_format(struct buf *out, const struct skey *k)
{
    uint8_t typed[33] = { k->vkey.type };
    memcpy(typed + 1, k->secret, 32); /* the seed comes first */
    buf_addf(out, "PRIVATE+KEY+%s+%08x+", k->vkey.name, k->vkey.id);
    buf_add_base64(out, typed, sizeof typed);
    buf_adds(out, "\n");
    sodium_memzero(typed, sizeof typed);
}

void skey_sign(uint8_t signature[static SIGNATURE_BYTES], const struct skey *k, struct span message)
{
    crypto_sign_detached(signature, NULL, message.p, message.n, k->secret);
}

void skey_wipe(struct skey *k)
{
    sodium_memzero(k, sizeof *k);
}
