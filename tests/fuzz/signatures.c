/* A fuzzer of signatures: what lanes judge behind the checks of verify_sig.h, against libsodium. An
 * input is a list of claims: a byte that says how it is made, then its bytes. */
#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/tlog/signing.h"
#include "tests/fuzz/fuzz.h"
#include "tests/tools/openssl_lane.h"

#define CLAIMS_MAX 24

struct crafted_claim {
    uint8_t key[32], signature[64];
};

static int all_lanes(void *ctx, const struct sig_lanes *l)
{
    int mask = 0;
    (void)ctx;
    for (int i = 0; i < SIG_LANES; i++)
        mask |= openssl_lane(l, i) << i;
    return mask;
}

/* Bit 0: as it stands, 32 bytes of key and 64 of signature; else an honest one of our key, of which
 * bits are flipped where these 64 bytes have some. Bits 1 to 4: how often L is added to S. */
static bool craft(struct crafted_claim *out, struct sig_claim *c, struct scan *s)
{
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                       0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0x10 };
    uint8_t secret[64], seed[32] = { 87 };
    struct span how = scan_bytes(s, 1), key = { 0 };
    if (s->bad)
        return false;
    if ((how.p[0] & 1) != 0)
        key = scan_bytes(s, 32);
    struct span bytes = scan_bytes(s, 64), length = scan_bytes(s, 1);
    struct span message = s->bad ? length : scan_bytes(s, length.p[0]);
    if (s->bad)
        return false;
    crypto_sign_seed_keypair(out->key, secret, seed);
    crypto_sign_detached(out->signature, NULL, message.p, message.n, secret);
    for (size_t i = 0; i < 64; i++)
        out->signature[i] = (uint8_t)(key.n == 0 ? out->signature[i] ^ bytes.p[i] : bytes.p[i]);
    if (key.n > 0)
        memcpy(out->key, key.p, 32);
    for (unsigned times = how.p[0] >> 1 & 15; times > 0; times--)
        sodium_add(out->signature + 32, order, 32);
    *c = (struct sig_claim){ .key = out->key, .message = message, .signature = out->signature };
    return key_good(out->key);
}

void fuzz_signatures(struct span in)
{
    struct crafted_claim made[CLAIMS_MAX];
    struct sig_claim claim[CLAIMS_MAX];
    struct sig_verifier v = { .lanes = all_lanes };
    struct scan s = scan_of(in);
    size_t n = 0;
    while (n < CLAIMS_MAX && !s.bad && !scan_done(&s))
        n += craft(&made[n], &claim[n], &s);
    verify_sigs(&v, claim, n);
    for (size_t i = 0; i < n; i++)
        if (claim[i].good != signature_good(claim[i].key, claim[i].message, claim[i].signature))
            abort();
    if (sig_verifier_state(&v) != SIG_BY_LANES)
        abort();
}
