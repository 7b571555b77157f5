#include "proto/record/opening.h"

#include <sodium.h>

#include "proto/base/scan.h"
#include "proto/record/member.h"

_Static_assert(SEALED_BYTES == crypto_box_PUBLICKEYBYTES + crypto_box_MACBYTES + OPENING_BYTES,
               "a blob is an ephemeral key, a tag and an opening");

/* What the lengths leave for type and value. */
#define ROOM (OPENING_BYTES - SALT_BYTES - 1 - 2)

/* NULL, or the cause why they cannot stand in an opening. */
static const char *misfit(struct span type, struct span value)
{
    if (!type_allows(TYPE_CODE, type))
        return "the type";
    if (value.n < 1 || value.n > VALUE_MAX || type.n + value.n > ROOM || !text_is_plain(value))
        return "the value";
    return NULL;
}

/* Type and value fit. */
static void fill(struct opening *out, const uint8_t salt[static SALT_BYTES], struct span type,
                 struct span value)
{
    *out = (struct opening){ .type = "" };
    memcpy(out->salt, salt, SALT_BYTES);
    memcpy(out->type, type.p, type.n);
    memcpy(out->value, value.p, value.n);
}

int opening_new(struct opening *out, const char *type, const char *value)
{
    uint8_t salt[SALT_BYTES];
    if (misfit(span_str(type), span_str(value)) != NULL)
        return -1;
    randombytes_buf(salt, sizeof salt);
    fill(out, salt, span_str(type), span_str(value));
    sodium_memzero(salt, sizeof salt);
    return 0;
}

void opening_wipe(struct opening *o)
{
    sodium_memzero(o, sizeof *o);
}

/* BLAKE2b-256 of three parts, one after another, keyed with the salt. */
static void keyed_hash(uint8_t out[static HASH_BYTES], const struct opening *o, struct span a,
                       struct span b, struct span c)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, o->salt, SALT_BYTES, HASH_BYTES);
    crypto_generichash_update(&state, a.p, a.n);
    crypto_generichash_update(&state, b.p, b.n);
    crypto_generichash_update(&state, c.p, c.n);
    crypto_generichash_final(&state, out, HASH_BYTES);
    sodium_memzero(&state, sizeof state);
}

void opening_commit(uint8_t commit[static HASH_BYTES], const struct opening *o)
{
    char type[CODE_MAX + 1];
    size_t n = strlen(o->type);
    memcpy(type, o->type, n);
    type[n] = '\n';
    keyed_hash(commit, o, span_str("bitacora/v1 subject\n"), span_of(type, n + 1),
               span_str(o->value));
}

void opening_pack(uint8_t out[static OPENING_BYTES], const struct opening *o)
{
    size_t type = strlen(o->type), value = strlen(o->value);
    uint8_t *p = out + SALT_BYTES;
    memset(out, 0, OPENING_BYTES);
    memcpy(out, o->salt, SALT_BYTES);
    *p++ = (uint8_t)type;
    memcpy(p, o->type, type);
    p += type;
    *p++ = (uint8_t)(value >> 8);
    *p++ = (uint8_t)value;
    memcpy(p, o->value, value);
}

int opening_unpack(struct opening *out, const uint8_t in[static OPENING_BYTES], struct refusal *why)
{
    struct scan s = scan_of(span_of(in, OPENING_BYTES));
    struct span salt = scan_bytes(&s, SALT_BYTES);
    struct span type = scan_bytes(&s, scan_u8(&s));
    struct span value = scan_bytes(&s, scan_u16(&s));
    struct span rest = scan_rest(&s);
    if (s.bad)
        return refuse(why, REASON_OPENING_FORM, "the lengths");
    const char *cause = misfit(type, value);
    if (cause != NULL)
        return refuse(why, REASON_OPENING_FORM, cause);
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] != 0)
            return refuse(why, REASON_OPENING_FORM, "no zeros at the end");
    fill(out, salt.p, type, value);
    return 0;
}

/* The key pair that only whoever holds the opening can make: it takes the place of the random one
 * of crypto_box_seal(), so that the blob can be made again and compared. */
static void ephemeral_pair(uint8_t e[static 32], uint8_t d[static 32], const struct opening *o,
                           const uint8_t r[static 32])
{
    uint8_t commit[HASH_BYTES], seed[crypto_box_SEEDBYTES];
    opening_commit(commit, o);
    keyed_hash(seed, o, span_str("bitacora/v1 seal\n"), span_of(commit, HASH_BYTES),
               span_of(r, 32));
    crypto_box_seed_keypair(e, d, seed);
    sodium_memzero(seed, sizeof seed);
}

int opening_seal(uint8_t blob[static SEALED_BYTES], const struct opening *o,
                 const uint8_t recipient[static PUBLIC_KEY_BYTES])
{
    uint8_t r[32], d[32], nonce[crypto_box_NONCEBYTES], plain[OPENING_BYTES];
    crypto_generichash_state state;
    if (crypto_sign_ed25519_pk_to_curve25519(r, recipient) != 0)
        return -1;
    ephemeral_pair(blob, d, o, r);
    crypto_generichash_init(&state, NULL, 0, sizeof nonce);
    crypto_generichash_update(&state, blob, 32);
    crypto_generichash_update(&state, r, 32);
    crypto_generichash_final(&state, nonce, sizeof nonce);
    opening_pack(plain, o);
    int result = crypto_box_easy(blob + 32, plain, sizeof plain, nonce, r, d);
    sodium_memzero(plain, sizeof plain);
    sodium_memzero(d, sizeof d);
    return result;
}

int opening_unseal(struct opening *out, const uint8_t blob[static SEALED_BYTES],
                   const struct skey *key, struct refusal *why)
{
    uint8_t r[32], d[32], plain[OPENING_BYTES];
    int result = -1;
    if (crypto_sign_ed25519_pk_to_curve25519(r, key->vkey.key) != 0 ||
        crypto_sign_ed25519_sk_to_curve25519(d, key->secret) != 0 ||
        crypto_box_seal_open(plain, blob, SEALED_BYTES, r, d) != 0)
        refuse(why, REASON_OPENING_FORM, "not sealed to this key, or altered");
    else
        result = opening_unpack(out, plain, why);
    sodium_memzero(plain, sizeof plain);
    sodium_memzero(d, sizeof d);
    return result;
}
