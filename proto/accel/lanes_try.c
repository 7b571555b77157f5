#include "proto/accel/lanes_try.h"

#include <sodium.h>

#include "proto/base/scan.h"
#include "proto/tlog/signing.h"
#include "proto/tlog/signing_edges.h"

#define MESSAGES 24
#define MESSAGE_MOST 2048

/* Good signatures by eight keys, of messages whose lengths lie around the blocks of SHA-512. */
struct known {
    uint8_t key[SIG_LANES][PUBLIC_KEY_BYTES];
    uint8_t secret[SIG_LANES][crypto_sign_SECRETKEYBYTES];
    uint8_t message[MESSAGE_MOST];
    uint8_t signature[MESSAGES][SIGNATURE_BYTES];
    struct sig_claim claim[MESSAGES];
};

static void make_known(struct known *k)
{
    static const uint16_t length[MESSAGES] = { 1,   8,   47,  48,  63,  64,  65,   111,
                                               112, 127, 128, 129, 175, 176, 191,  192,
                                               255, 256, 511, 600, 777, 999, 1024, MESSAGE_MOST };
    uint8_t seed[crypto_sign_SEEDBYTES] = "bitacora/v1 lanes";
    for (size_t i = 0; i < sizeof k->message; i++)
        k->message[i] = (uint8_t)(i * 7 + i / 256);
    for (uint8_t i = 0; i < SIG_LANES; i++) {
        seed[31] = i;
        crypto_sign_seed_keypair(k->key[i], k->secret[i], seed);
    }
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t who = (i * 5 + i / SIG_LANES) % SIG_LANES;
        k->claim[i] = (struct sig_claim){ .key = k->key[who],
                                          .message = span_of(k->message, length[i]),
                                          .signature = k->signature[i] };
        crypto_sign_detached(k->signature[i], NULL, k->message, length[i], k->secret[who]);
    }
}

static void fill_lanes(struct sig_lanes *l, const struct known *k, unsigned from)
{
    for (unsigned i = 0; i < SIG_LANES; i++)
        sig_lane_set(l, i, &k->claim[(from + i) % MESSAGES]);
}

#define ALL_LANES ((1 << SIG_LANES) - 1)
#define ALL_BUT(lane) (ALL_LANES & ~(1 << (lane)))

static const char *try_good_ones(struct sig_verifier *v, const struct known *k)
{
    for (unsigned from = 0; from < MESSAGES; from++) {
        struct sig_lanes l;
        fill_lanes(&l, k, from);
        int mask = v->lanes(v->ctx, &l);
        if (mask != ALL_LANES)
            return mask == SIG_LANES_GONE ? "" : "honest signatures";
    }
    return NULL;
}

/* In each lane one that is bad: its S, its R, its message or its key is another one. */
static const char *try_bad_lanes(struct sig_verifier *v, const struct known *k)
{
    static const char *const names[] = { "another S", "another R", "another message",
                                         "another key" };
    for (unsigned what = 0; what < 4; what++) {
        for (unsigned lane = 0; lane < SIG_LANES; lane++) {
            struct sig_lanes l;
            uint8_t other[SIGNATURE_BYTES];
            const struct sig_claim *c = &k->claim[(what + lane) % MESSAGES];
            fill_lanes(&l, k, what);
            memcpy(other, c->signature, sizeof other);
            other[what == 0 ? 32 + lane : lane] ^= (uint8_t)(1 << lane);
            if (what < 2) {
                l.r[lane] = other;
                l.s[lane] = other + 32;
            } else if (what == 2) {
                l.message[lane] = k->message + 1;
            } else {
                l.key[lane] = k->key[(size_t)(c->key - k->key[0]) / PUBLIC_KEY_BYTES == 0 ? 1 : 0];
            }
            int mask = v->lanes(v->ctx, &l);
            if (mask != ALL_BUT(lane))
                return mask == SIG_LANES_GONE ? "" : names[what];
        }
    }
    return NULL;
}

struct edge_bytes {
    uint8_t key[PUBLIC_KEY_BYTES], signature[SIGNATURE_BYTES];
};

static bool edge_claim(struct sig_claim *out, struct edge_bytes *b, size_t i)
{
    *out = (struct sig_claim){ .key = b->key,
                               .message = span_str(edges[i].message),
                               .signature = b->signature };
    return hex_parse(b->key, sizeof b->key, span_str(edges[i].key)) == 0 &&
           hex_parse(b->signature, sizeof b->signature, span_str(edges[i].signature)) == 0 &&
           key_good(b->key);
}

/* Each edge behind our checks, in eight lanes at once, and what they let through in one lane. */
static const char *try_edges(struct sig_verifier *v, const struct known *k)
{
    for (unsigned i = 0; i < sizeof edges / sizeof *edges; i++) {
        struct sig_claim c, many[SIG_LANES];
        struct edge_bytes bytes;
        struct sig_lanes l;
        if (!edge_claim(&c, &bytes, i))
            continue; /* nobody asks for such a key */
        for (unsigned lane = 0; lane < SIG_LANES; lane++)
            many[lane] = c;
        verify_sigs(v, many, SIG_LANES);
        for (unsigned lane = 0; lane < SIG_LANES; lane++)
            if (many[lane].good != edges[i].good)
                return edges[i].name;
        if (!sig_suits_lanes(&c))
            continue;
        fill_lanes(&l, k, i);
        sig_lane_set(&l, i % SIG_LANES, &c);
        if (v->lanes(v->ctx, &l) != (edges[i].good ? ALL_LANES : ALL_BUT(i % SIG_LANES)))
            return edges[i].name;
    }
    return NULL;
}

const char *lanes_try(struct sig_verifier *v)
{
    struct known k;
    const uint64_t counted[] = { v->by_lanes, v->by_library, v->again };
    make_known(&k);
    const char *differs = try_good_ones(v, &k);
    if (differs == NULL)
        differs = try_bad_lanes(v, &k);
    if (differs == NULL)
        differs = try_edges(v, &k);
    if (differs == NULL && sig_verifier_state(v) == SIG_LANES_DIFFER)
        differs = "a bad signature beside good ones";
    v->by_lanes = counted[0];
    v->by_library = counted[1];
    v->again = counted[2];
    return differs;
}
