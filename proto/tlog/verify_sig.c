#include "proto/tlog/verify_sig.h"

#include <sodium.h>

#include "proto/tlog/signing.h"

#define MESSAGE_MAX INT32_MAX

enum sig_state sig_verifier_state(const struct sig_verifier *v)
{
    if (v == NULL || v->lanes == NULL)
        return SIG_BY_LIBRARY;
    return v->differs ? SIG_LANES_DIFFER : v->lost ? SIG_LANES_LOST : SIG_BY_LANES;
}

/* ---- what the lanes do not look at ----------------------------------------------------------- */

/* Whether a is below b; 32 bytes each, the lowest first. */
static bool is_below(const uint8_t *a, const uint8_t *b)
{
    for (size_t i = 32; i-- > 0;)
        if (a[i] != b[i])
            return a[i] < b[i];
    return false;
}

static bool is_scalar(const uint8_t *s)
{
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                       0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0x10 };
    return is_below(s, order);
}

/* The coordinates y of the eight points of small order. A point and its negative share one. */
static bool is_small(const uint8_t y[static 32])
{
    static const uint8_t small[][32] = {
        { 1 },
        { 0 },
        { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
        { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
          0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
          0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
        { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
          0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
          0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
    };
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (memcmp(y, small[i], 32) == 0)
            return true;
    return false;
}

/* Whether R could be what the lanes compare with: y is below 2^255 - 19, and not of small order. */
static bool is_r(const uint8_t *r)
{
    static const uint8_t prime[32] = { 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f };
    uint8_t y[32];
    memcpy(y, r, sizeof y);
    y[31] &= 0x7f;
    return is_below(y, prime) && !is_small(y);
}

bool sig_suits_lanes(const struct sig_claim *c)
{
    return c->message.n > 0 && c->message.n <= MESSAGE_MAX && is_r(c->signature) &&
           is_scalar(c->signature + 32);
}

/* ---- eight at a time ------------------------------------------------------------------------- */

static bool by_library(const struct sig_claim *c)
{
    return signature_good(c->key, c->message, c->signature);
}

static void judge_by_library(struct sig_verifier *v, struct sig_claim *c)
{
    c->good = by_library(c);
    if (v != NULL)
        v->by_library++;
}

void sig_lane_set(struct sig_lanes *l, unsigned lane, const struct sig_claim *c)
{
    l->key[lane] = c->key;
    l->r[lane] = c->signature;
    l->s[lane] = c->signature + 32;
    l->message[lane] = c->message.p;
    l->length[lane] = (uint32_t)c->message.n;
}

/* A claim with another S. If the claim is good this one is bad, as no other S below the order goes
 * with the same R. */
static void spoil(struct sig_claim *out, uint8_t signature[static SIGNATURE_BYTES],
                  const struct sig_claim *c, uint32_t random)
{
    memcpy(signature, c->signature, SIGNATURE_BYTES);
    signature[32 + random % 31] ^= (uint8_t)(1 << (random / 31 % 8)); /* not its highest byte */
    *out = *c;
    out->signature = signature;
}

/* What the lanes say of claims, and of a bad one in each lane that is left. A lane that passes and
 * should not have is judged by libsodium, as whoever signed may have foreseen the spoiling. Returns
 * their mask, or SIG_LANES_GONE. */
static int ask_lanes(struct sig_verifier *v, struct sig_claim *const claim[], unsigned n,
                     uint32_t random)
{
    struct sig_lanes l;
    struct sig_claim bad;
    uint8_t signature[SIGNATURE_BYTES];
    for (unsigned i = 0; i < n; i++)
        sig_lane_set(&l, i, claim[i]);
    spoil(&bad, signature, claim[random % n], random / n);
    if (!sig_suits_lanes(&bad)) /* S was next to the order, or 0 */
        bad = *claim[0];
    for (unsigned i = n; i < SIG_LANES; i++)
        sig_lane_set(&l, i, &bad);
    int mask = v->lanes(v->ctx, &l);
    if (mask == SIG_LANES_GONE)
        v->lost = true;
    else if (mask >> n != 0 && !by_library(&bad))
        v->differs = true;
    return mask;
}

/* Up to eight claims that suit the lanes. */
static void judge_by_lanes(struct sig_verifier *v, struct sig_claim *const claim[], unsigned n)
{
    uint32_t random[3];
    randombytes_buf(random, sizeof random);
    int mask = ask_lanes(v, claim, n, random[0]);
    for (unsigned i = 0; i < n; i++) {
        bool passed = mask != SIG_LANES_GONE && (mask >> i & 1) != 0;
        bool sampled = passed && i == random[1] % SIG_LANES &&
                       random[1] / SIG_LANES % (SIG_SHARE / SIG_LANES) == 0;
        claim[i]->good = passed;
        if (!passed || sampled)
            claim[i]->good = by_library(claim[i]);
        if (claim[i]->good != passed && mask != SIG_LANES_GONE)
            v->differs = true;
        v->by_lanes += passed && !sampled;
        v->by_library += !passed;
        v->again += sampled;
    }
    if (random[2] % SIG_TRIED == 0 && sig_verifier_state(v) == SIG_BY_LANES)
        ask_lanes(v, claim, 1, random[0]); /* a bad one in seven lanes */
}

void verify_sigs(struct sig_verifier *v, struct sig_claim *claim, size_t n)
{
    struct sig_claim *waiting[SIG_LANES];
    unsigned waits = 0;
    for (size_t i = 0; i < n; i++) {
        if (sig_verifier_state(v) != SIG_BY_LANES || !sig_suits_lanes(&claim[i])) {
            judge_by_library(v, &claim[i]);
            continue;
        }
        waiting[waits++] = &claim[i];
        if (waits == SIG_LANES) {
            judge_by_lanes(v, waiting, waits);
            waits = 0;
        }
    }
    if (waits >= SIG_LANES_LEAST && sig_verifier_state(v) == SIG_BY_LANES)
        judge_by_lanes(v, waiting, waits);
    else
        for (unsigned i = 0; i < waits; i++)
            judge_by_library(v, waiting[i]);
}
