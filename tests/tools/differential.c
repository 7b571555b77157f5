/* Crafted signatures, judged by an accelerator behind the checks of verify_sig.h, by libsodium alone,
 * and by how they were made: are the three verdicts one?
 *
 *     differential PLUGIN COUNT [SEED [THREADS [PERCENT [WHO]]]]
 *
 * PERCENT of them (default 50) are such as reach the lanes, a third of these honest; the others are
 * what the checks before the lanes are for, and cost little. Prints what was made, in how many
 * signatures the verdicts differed, and exits with 1 if in any, with 2 if the plug-in cannot be
 * used.
 *
 * WHO may be "lanes" or "libsodium" (PLUGIN is not opened): that one judges alone, and only what
 * suits the lanes. Runs with the same numbers make the same signatures, also on two machines: where
 * they print one digest, of signatures and verdicts, lanes and libsodium judged each alike. */
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/accel/accelerator.h"
#include "proto/tlog/signing.h"

#define KEYS 64
#define NONCES 1024
#define THREADS_MAX 64
#define BATCH 200 /* claims at a time: full batches, and others */
#define MESSAGE_MOST 700

enum craft {
    /* These reach the lanes, unless it says otherwise. */
    HONEST,
    S_BIT,
    R_BIT,
    MESSAGE_BIT,
    OTHER_KEY,
    R_MIXED,   /* R + T, T of small order, and h of that: good with the cofactor */
    R_NEGATED, /* its sign bit */
    S_EDGE,    /* 0, 1, L - 1, (L - 1) / 2 … */
    RANDOM,
    R_NOT_CANONICAL, /* does not reach them, and takes libsodium as long */
    COSTLY,
    /* These do not, and take none of them long. */
    S_PLUS_L = COSTLY,
    S_PLUS_MANY, /* 2 L to 15 L */
    S_IS_L,      /* L and a bit more */
    S_HUGE,      /* the three highest bits, as RFC 8032's first readers looked at them */
    R_SMALL, /* of small order, and S = h·a: the equation holds, for T = identity without cofactor */
    R_SMALL_ODD, /* their encodings that are not canonical */
    KEY_MIXED,   /* A + T: no good key, which nobody may ask for */
    KEY_SMALL,
    CRAFTS,
};

static const char *const names[CRAFTS] = {
    [HONEST] = "honest",
    [S_BIT] = "a bit of S",
    [R_BIT] = "a bit of R",
    [MESSAGE_BIT] = "a bit of the message",
    [OTHER_KEY] = "another key",
    [R_MIXED] = "R + T",
    [R_NEGATED] = "-R",
    [S_EDGE] = "S at an edge",
    [RANDOM] = "random",
    [R_NOT_CANONICAL] = "R not canonical",
    [S_PLUS_L] = "S + L",
    [S_PLUS_MANY] = "S + 2 L to 15 L",
    [S_IS_L] = "S = L and above",
    [S_HUGE] = "high bits of S",
    [R_SMALL] = "R of small order, S = h a",
    [R_SMALL_ODD] = "the same, other encodings",
    [KEY_MIXED] = "key A + T",
    [KEY_SMALL] = "key of small order",
};

static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                   0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                   0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10 };

static struct {
    uint8_t secret[KEYS][32], key[KEYS][32], mixed[KEYS][32];
    uint8_t nonce[NONCES][32], r[NONCES][32];
    uint8_t torsion[8][32]; /* from the identity on */
} bank;

enum who { BOTH, LANES, LIBSODIUM };

static struct sig_verifier *verifier;
static enum who who_judges;
static uint64_t per_thread;
static unsigned percent = 50;

struct tally {
    uint64_t made[CRAFTS], good[CRAFTS], differ, reached;
};

struct maker {
    uint64_t state;
    struct tally t;
    crypto_generichash_state digest;
    uint8_t message[BATCH][MESSAGE_MOST], signature[BATCH][64], key[BATCH][32];
    bool expected[BATCH];
    enum craft craft[BATCH];
    struct sig_claim claim[BATCH];
};

static uint64_t next(struct maker *m) /* splitmix64 */
{
    uint64_t z = m->state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static void fill(struct maker *m, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(next(m) >> 24);
}

static void hex(uint8_t out[static 32], const char *text)
{
    if (sodium_hex2bin(out, 32, text, 64, NULL, NULL, NULL) != 0)
        abort();
}

static int make_bank(uint64_t seed)
{
    struct maker m = { .state = seed ^ 0xb17ac07a };
    hex(bank.torsion[0], "0100000000000000000000000000000000000000000000000000000000000000");
    hex(bank.torsion[1], "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    hex(bank.torsion[2], "0000000000000000000000000000000000000000000000000000000000000080");
    hex(bank.torsion[3], "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    hex(bank.torsion[4], "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    hex(bank.torsion[5], "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85");
    hex(bank.torsion[6], "0000000000000000000000000000000000000000000000000000000000000000");
    hex(bank.torsion[7], "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa");
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t wide[64];
        fill(&m, wide, sizeof wide);
        crypto_core_ed25519_scalar_reduce(bank.secret[i], wide);
        if (crypto_scalarmult_ed25519_base_noclamp(bank.key[i], bank.secret[i]) != 0 ||
            crypto_core_ed25519_add(bank.mixed[i], bank.key[i], bank.torsion[1 + i % 7]) != 0 ||
            !key_good(bank.key[i]) || key_good(bank.mixed[i]))
            return -1;
    }
    for (size_t i = 0; i < NONCES; i++) {
        uint8_t wide[64];
        fill(&m, wide, sizeof wide);
        crypto_core_ed25519_scalar_reduce(bank.nonce[i], wide);
        if (crypto_scalarmult_ed25519_base_noclamp(bank.r[i], bank.nonce[i]) != 0)
            return -1;
    }
    for (size_t i = 0; i < 8; i++)
        if (key_good(bank.torsion[i]))
            return -1;
    return 0;
}

/* S = r + h·a, for R and A as they stand in the claim; r may be NULL for 0. */
static void solve(const struct sig_claim *c, uint8_t signature[static 64], const uint8_t *nonce,
                  const uint8_t *secret)
{
    crypto_hash_sha512_state state;
    uint8_t h[64], scalar[32], product[32];
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, signature, 32);
    crypto_hash_sha512_update(&state, c->key, 32);
    crypto_hash_sha512_update(&state, c->message.p, c->message.n);
    crypto_hash_sha512_final(&state, h);
    crypto_core_ed25519_scalar_reduce(scalar, h);
    crypto_core_ed25519_scalar_mul(product, scalar, secret);
    if (nonce != NULL)
        crypto_core_ed25519_scalar_add(product, product, nonce);
    memcpy(signature + 32, product, 32);
}

/* An encoding of a point of small order that is not canonical: y + p, or the sign of x = 0. */
static void odd_small(struct maker *m, uint8_t out[static 32])
{
    static const uint8_t low[][2] = {
        { 0xed, 0x7f }, { 0xee, 0x7f }, { 0xed, 0xff }, { 0xee, 0xff }
    };
    uint64_t which = next(m) % 6;
    if (which >= 4) {
        memcpy(out, bank.torsion[which == 4 ? 0 : 4], 32);
        out[31] |= 0x80;
        return;
    }
    memset(out, 0xff, 32);
    out[0] = low[which][0];
    out[31] = low[which][1];
}

static void flip(struct maker *m, uint8_t *bytes, size_t n)
{
    uint64_t at = next(m) % (8 * n);
    bytes[at / 8] ^= (uint8_t)(1 << at % 8);
}

static void s_at_edge(struct maker *m, uint8_t s[static 32])
{
    uint64_t which = next(m) % 4;
    memset(s, 0, 32);
    if (which == 1)
        s[0] = 1;
    if (which >= 2)
        memcpy(s, order, 32);
    if (which == 2)
        s[0]--; /* L - 1 */
    if (which == 3)
        s[31] = 0x0f; /* close below 2^252 */
}

/* What is done to an honest signature before S is computed: R or the key is another one. */
static void craft_before(struct maker *m, enum craft craft, uint8_t *signature, uint8_t *key,
                         size_t who)
{
    uint8_t r[32];
    if (craft == R_MIXED) {
        memcpy(r, signature, 32);
        if (crypto_core_ed25519_add(signature, r, bank.torsion[1 + next(m) % 7]) != 0)
            abort();
    } else if (craft == R_SMALL) {
        memcpy(signature, bank.torsion[next(m) % 8], 32);
    } else if (craft == R_SMALL_ODD) {
        odd_small(m, signature);
    } else if (craft == R_NOT_CANONICAL) {
        memset(signature, 0xff, 32);
        signature[0] = (uint8_t)(0xed + next(m) % 19);
        signature[31] = next(m) % 2 == 0 ? 0x7f : 0xff;
    } else if (craft == KEY_MIXED) {
        memcpy(key, bank.mixed[who], 32);
    } else if (craft == KEY_SMALL) {
        memcpy(key, bank.torsion[next(m) % 8], 32);
    }
}

/* What is done to it afterwards. */
static void craft_after(struct maker *m, enum craft craft, size_t i, size_t who)
{
    uint8_t *signature = m->signature[i], *s = signature + 32;
    if (craft == S_BIT)
        flip(m, s, 31);
    else if (craft == R_BIT)
        flip(m, signature, 32);
    else if (craft == MESSAGE_BIT)
        flip(m, m->message[i], m->claim[i].message.n);
    else if (craft == OTHER_KEY)
        memcpy(m->key[i], bank.key[(who + 1 + next(m) % (KEYS - 1)) % KEYS], 32);
    else if (craft == R_NEGATED)
        signature[31] ^= 0x80;
    else if (craft == S_EDGE)
        s_at_edge(m, s);
    else if (craft == RANDOM)
        fill(m, signature, 63), s[31] = (uint8_t)(next(m) % 16);
    else if (craft == S_PLUS_L)
        sodium_add(s, order, 32);
    else if (craft == S_PLUS_MANY)
        for (uint64_t times = 2 + next(m) % 14; times > 0; times--)
            sodium_add(s, order, 32);
    else if (craft == S_IS_L)
        memcpy(s, order, 32), s[0] = (uint8_t)(s[0] + next(m) % 16);
    else if (craft == S_HUGE)
        s[31] |= (uint8_t)(0x20 << next(m) % 3);
}

static void make_one(struct maker *m, size_t i)
{
    size_t who = next(m) % KEYS, nonce = next(m) % NONCES;
    bool lanes = next(m) % 100 < percent;
    enum craft craft = lanes ? next(m) % COSTLY : COSTLY + next(m) % (CRAFTS - COSTLY);
    if (lanes && next(m) % 3 == 0)
        craft = HONEST;
    size_t n = 1 + next(m) % MESSAGE_MOST;
    uint64_t stamp = next(m);
    struct sig_claim *c = &m->claim[i];
    memcpy(m->message[i], &stamp, sizeof stamp); /* the rest is of the one before */
    memcpy(m->key[i], bank.key[who], 32);
    memcpy(m->signature[i], bank.r[nonce], 32);
    *c = (struct sig_claim){ .key = m->key[i],
                             .message = span_of(m->message[i], n),
                             .signature = m->signature[i] };
    craft_before(m, craft, m->signature[i], m->key[i], who);
    bool small = craft == R_SMALL || craft == R_SMALL_ODD;
    solve(c, m->signature[i], small ? NULL : bank.nonce[nonce], bank.secret[who]);
    craft_after(m, craft, i, who);
    m->craft[i] = craft;
    m->expected[i] = craft == HONEST;
    m->t.made[craft]++;
}

/* As the programs do it: a key that is no good has no signatures. */
static void judge_batch(struct maker *m, size_t n)
{
    struct sig_claim asked[BATCH];
    size_t place[BATCH], asks = 0;
    bool good[BATCH] = { false };
    for (size_t i = 0; i < n; i++)
        if (m->craft[i] != KEY_MIXED && m->craft[i] != KEY_SMALL) {
            place[asks] = i;
            asked[asks++] = m->claim[i];
        }
    verify_sigs(verifier, asked, asks);
    for (size_t i = 0; i < asks; i++)
        good[place[i]] = asked[i].good;
    for (size_t i = 0; i < n; i++) {
        bool key = m->craft[i] != KEY_MIXED && m->craft[i] != KEY_SMALL;
        bool alone =
            key && signature_good(m->claim[i].key, m->claim[i].message, m->claim[i].signature);
        m->t.good[m->craft[i]] += good[i];
        if (good[i] == alone && alone == m->expected[i])
            continue;
        m->t.differ++;
        fprintf(stderr, "%s: %d behind the checks, %d by libsodium, %d as made\n",
                names[m->craft[i]], good[i], alone, m->expected[i]);
    }
}

/* The lanes' own word, without libsodium's behind it, of up to eight claims of the batch. */
static void ask_lanes(struct maker *m, const size_t place[], unsigned n, bool good[])
{
    struct sig_lanes l;
    for (unsigned i = 0; i < SIG_LANES; i++)
        sig_lane_set(&l, i, &m->claim[place[i < n ? i : 0]]);
    int mask = verifier->lanes(verifier->ctx, &l);
    if (mask == SIG_LANES_GONE) {
        verifier->lost = true;
        return;
    }
    for (unsigned i = 0; i < n; i++)
        good[place[i]] = (mask >> i & 1) != 0;
}

static void add_to_digest(struct maker *m, size_t i, bool good)
{
    const struct sig_claim *c = &m->claim[i];
    crypto_generichash_update(&m->digest, c->key, 32);
    crypto_generichash_update(&m->digest, c->signature, 64);
    crypto_generichash_update(&m->digest, c->message.p, c->message.n);
    crypto_generichash_update(&m->digest, (const uint8_t *)(good ? "1" : "0"), 1);
}

/* By one of the two alone. */
static void judge_by_one(struct maker *m, size_t n)
{
    size_t place[SIG_LANES];
    unsigned waits = 0;
    bool asked[BATCH], good[BATCH] = { false };
    for (size_t i = 0; i < n; i++) {
        const struct sig_claim *c = &m->claim[i];
        asked[i] = m->craft[i] != KEY_MIXED && m->craft[i] != KEY_SMALL && sig_suits_lanes(c);
        if (!asked[i])
            continue;
        if (who_judges == LIBSODIUM)
            good[i] = signature_good(c->key, c->message, c->signature);
        else
            place[waits++] = i;
        if (waits == SIG_LANES) {
            ask_lanes(m, place, waits, good);
            waits = 0;
        }
    }
    if (waits > 0)
        ask_lanes(m, place, waits, good);
    for (size_t i = 0; i < n; i++) {
        if (!asked[i])
            continue;
        m->t.reached++;
        m->t.good[m->craft[i]] += good[i];
        add_to_digest(m, i, good[i]);
        if (good[i] == m->expected[i])
            continue;
        m->t.differ++;
        fprintf(stderr, "%s: %d, %d as made\n", names[m->craft[i]], good[i], m->expected[i]);
    }
}

static bool may_go_on(void)
{
    return who_judges == LIBSODIUM || sig_verifier_state(verifier) == SIG_BY_LANES;
}

static void *run_maker(void *ctx)
{
    struct maker *m = ctx;
    fill(m, m->message[0], sizeof m->message);
    crypto_generichash_init(&m->digest, NULL, 0, 32);
    for (uint64_t done = 0; done < per_thread;) {
        size_t n = 1 + next(m) % BATCH;
        if (n > per_thread - done)
            n = (size_t)(per_thread - done);
        for (size_t i = 0; i < n; i++)
            make_one(m, i);
        if (who_judges == BOTH)
            judge_batch(m, n);
        else
            judge_by_one(m, n);
        done += n;
        if (!may_go_on())
            break;
    }
    return NULL;
}

static struct maker makers[THREADS_MAX];

static void run_all(uint64_t seed, unsigned threads, struct tally *all)
{
    pthread_t thread[THREADS_MAX];
    for (unsigned i = 0; i < threads; i++) {
        makers[i].state = seed * 1000003 + i;
        if (pthread_create(&thread[i], NULL, run_maker, &makers[i]) != 0)
            abort();
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
        for (int c = 0; c < CRAFTS; c++) {
            all->made[c] += makers[i].t.made[c];
            all->good[c] += makers[i].t.good[c];
        }
        all->differ += makers[i].t.differ;
        all->reached += makers[i].t.reached;
    }
}

/* Returns how many were made. */
static uint64_t print_crafts(const struct tally *all)
{
    uint64_t made = 0;
    for (int c = 0; c < CRAFTS; c++) {
        printf("%-28s %10" PRIu64 " %10" PRIu64 " good\n", names[c], all->made[c], all->good[c]);
        made += all->made[c];
    }
    return made;
}

static void print_both(const struct accelerator *a, uint64_t made, const struct tally *all)
{
    printf("%" PRIu64 " signatures by %s (%s): good by a lane %" PRIu64
           ", of these again by libsodium %" PRIu64 ", by libsodium alone %" PRIu64 "; %" PRIu64
           " differ%s\n",
           made, a->name, a->software, a->verifier.by_lanes + a->verifier.again,
           (uint64_t)a->verifier.again, (uint64_t)a->verifier.by_library, all->differ,
           may_go_on() ? "" : "; the sample or a failing lane showed a fault: stopped");
}

static void print_one(uint64_t made, unsigned threads, const struct tally *all)
{
    uint8_t digest[32];
    char text[65];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof digest);
    for (unsigned i = 0; i < threads; i++) {
        crypto_generichash_final(&makers[i].digest, digest, sizeof digest);
        crypto_generichash_update(&state, digest, sizeof digest);
    }
    crypto_generichash_final(&state, digest, sizeof digest);
    printf("%" PRIu64 " tried, %" PRIu64 " reached a lane, %" PRIu64 " differ, digest %s%s\n", made,
           all->reached, all->differ, sodium_bin2hex(text, sizeof text, digest, sizeof digest),
           may_go_on() ? "" : "; the lanes are gone");
}

static int read_who(const char *word)
{
    who_judges = strcmp(word, "lanes") == 0       ? LANES
                 : strcmp(word, "libsodium") == 0 ? LIBSODIUM
                                                  : BOTH;
    return who_judges != BOTH || strcmp(word, "both") == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    static struct accelerator a;
    struct tally all = { 0 };
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    unsigned threads = argc > 4 ? (unsigned)atoi(argv[4]) : 2;
    percent = argc > 5 ? (unsigned)atoi(argv[5]) : 50;
    if (argc < 3 || threads == 0 || threads > THREADS_MAX || (argc > 6 && read_who(argv[6]) != 0) ||
        sodium_init() < 0 || signing_begin() != NULL || make_bank(seed) != 0) {
        fprintf(stderr, "usage: differential PLUGIN COUNT [SEED [THREADS [PERCENT [WHO]]]]\n");
        return 2;
    }
    if (who_judges != LIBSODIUM &&
        (accelerator_open(&a, argv[1]) != 0 || a.verifier.lanes == NULL)) {
        fprintf(stderr, "%s\n", a.fallback);
        return 2;
    }
    verifier = &a.verifier;
    per_thread = (strtoull(argv[2], NULL, 10) + threads - 1) / threads;
    run_all(seed, threads, &all);
    uint64_t made = print_crafts(&all);
    if (who_judges == BOTH)
        print_both(&a, made, &all);
    else
        print_one(made, threads, &all);
    int status = all.differ > 0 || !may_go_on() ? 1 : 0;
    accelerator_close(&a);
    return status;
}
