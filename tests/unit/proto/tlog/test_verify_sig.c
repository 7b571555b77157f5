#include "tests/unit/fixture.h"

#include <sodium.h>

#include "proto/accel/lanes_try.h"
#include "proto/tlog/signing.h"
#include "proto/tlog/verify_sig.h"
#include "tests/tools/openssl_lane.h"

/* Lanes for tests: libsodium's verdict, or a lie from the batch on that `lies` numbers. */
struct fake {
    enum { RIGHT, ALL, NONE, GONE, ONE } lie;
    unsigned lies, batches, claims;
};

static int fake_lanes(void *ctx, const struct sig_lanes *l)
{
    struct fake *f = ctx;
    int mask = 0;
    for (unsigned i = 0; i < SIG_LANES; i++) {
        uint8_t signature[64];
        memcpy(signature, l->r[i], 32);
        memcpy(signature + 32, l->s[i], 32);
        struct sig_claim c = { .key = l->key[i],
                               .message = span_of(l->message[i], l->length[i]),
                               .signature = signature };
        assert_true(sig_suits_lanes(&c));
        mask |= signature_good(c.key, c.message, signature) << i;
        f->claims++;
    }
    if (f->batches++ < f->lies)
        return mask;
    return f->lie == ALL    ? 255
           : f->lie == NONE ? 0
           : f->lie == GONE ? SIG_LANES_GONE
           : f->lie == ONE  ? mask | 1
                            : mask;
}

#define MANY 64

static struct {
    uint8_t key[MANY][32], secret[MANY][64], signature[MANY][64];
    struct sig_claim claim[MANY];
} made;

/* Each third is bad. */
static void make(void)
{
    static const uint8_t text[] = "bitacora, many times";
    for (size_t i = 0; i < MANY; i++) {
        uint8_t seed[32] = { (uint8_t)i };
        crypto_sign_seed_keypair(made.key[i], made.secret[i], seed);
        made.claim[i] = (struct sig_claim){ .key = made.key[i],
                                            .message = span_of(text, 1 + i % 20),
                                            .signature = made.signature[i] };
        crypto_sign_detached(made.signature[i], NULL, text, 1 + i % 20, made.secret[i]);
        if (i % 3 == 2)
            made.signature[i][i] ^= 1;
    }
}

static void check_verdicts(struct sig_verifier *v, size_t n)
{
    make();
    verify_sigs(v, made.claim, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(made.claim[i].good, i % 3 != 2);
}

static void libsodium_alone(void **state)
{
    struct sig_verifier v = { .lanes = NULL };
    (void)state;
    check_verdicts(NULL, MANY);
    check_verdicts(&v, MANY);
    assert_int_equal(v.by_library, MANY);
    assert_int_equal(v.by_lanes, 0);
    assert_int_equal(sig_verifier_state(&v), SIG_BY_LIBRARY);
    assert_int_equal(sig_verifier_state(NULL), SIG_BY_LIBRARY);
}

static void lanes_take_what_suits_them(void **state)
{
    struct fake f = { .lie = RIGHT };
    struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
    (void)state;
    for (size_t n = 0; n < MANY; n++) {
        f.batches = 0;
        check_verdicts(&v, n);
        size_t rest = n % SIG_LANES;
        size_t least = n / SIG_LANES + (rest >= SIG_LANES_LEAST);
        assert_true(f.batches >= least); /* and those that are tried again by chance */
        if (n < SIG_LANES_LEAST)
            assert_int_equal(f.batches, 0);
    }
    assert_int_equal(sig_verifier_state(&v), SIG_BY_LANES);
    assert_true(v.by_lanes > v.again);
    /* Each claim is counted once: what failed in a lane, too. */
    assert_int_equal(v.by_lanes + v.by_library + v.again, MANY * (MANY - 1) / 2);
}

static void some_that_passed_are_judged_again(void **state)
{
    struct fake f = { .lie = RIGHT };
    struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
    (void)state;
    for (size_t i = 0; i < 100; i++)
        check_verdicts(&v, MANY);
    /* 4,300 that pass; one of 64 is expected, 67; fewer than 20 has a chance below 10^-11. */
    assert_in_range(v.again, 20, 140);
}

static void what_does_not_suit_them_is_libsodiums(void **state)
{
    uint8_t key[32], secret[64], seed[32] = { 7 }, good[64], s_l[64];
    static const uint8_t order[] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                     0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                     0,    0,    0,    0,    0,    0,    0,    0,
                                     0,    0,    0,    0,    0,    0,    0,    0x10 };
    struct sig_claim c = { .key = key, .message = span_str("x"), .signature = good };
    (void)state;
    crypto_sign_seed_keypair(key, secret, seed);
    crypto_sign_detached(good, NULL, (const uint8_t *)"x", 1, secret);
    assert_true(sig_suits_lanes(&c));
    memcpy(s_l, good, 64);
    sodium_add(s_l + 32, order, 32);
    c.signature = s_l;
    assert_false(sig_suits_lanes(&c));
    memcpy(s_l + 32, order, 32); /* S = L */
    assert_false(sig_suits_lanes(&c));
    s_l[32]--;
    assert_true(sig_suits_lanes(&c));
    c.message = span_of("", 0);
    assert_false(sig_suits_lanes(&c));
    c.message = span_of("x", (size_t)INT32_MAX + 1);
    assert_false(sig_suits_lanes(&c));
}

/* Every encoding of a point of small order, and every y that is not canonical. */
static void r_of_small_order_or_not_canonical(void **state)
{
    static const char *const small[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    };
    uint8_t signature[64] = { 0 };
    struct sig_claim c = { .key = signature, .message = span_str("x"), .signature = signature };
    (void)state;
    for (unsigned sign = 0; sign < 2; sign++) {
        for (size_t i = 0; i < COUNT(small); i++) {
            unhex(signature, 32, span_str(small[i]));
            signature[31] |= (uint8_t)(sign << 7);
            assert_false(sig_suits_lanes(&c));
            signature[5] ^= 0x20;
            assert_true(sig_suits_lanes(&c));
        }
        for (unsigned low = 0xec; low < 0x100; low++) {
            memset(signature, 0xff, 32);
            signature[0] = (uint8_t)low;
            signature[31] = (uint8_t)(0x7f | sign << 7);
            assert_false(sig_suits_lanes(&c));
        }
        memset(signature, 0xff, 32);
        signature[0] = 0xeb;
        signature[31] = (uint8_t)(0x7f | sign << 7);
        assert_true(sig_suits_lanes(&c));
    }
}

static void a_lie_is_found_and_does_not_count(void **state)
{
    (void)state;
    for (int lie = ALL; lie <= ONE; lie++) {
        struct fake f = { .lie = lie, .lies = 3 };
        struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
        if (lie == GONE)
            continue;
        for (size_t i = 0; i < 2000 && sig_verifier_state(&v) == SIG_BY_LANES; i++) {
            make();
            verify_sigs(&v, made.claim, MANY);
        }
        assert_int_equal(sig_verifier_state(&v), SIG_LANES_DIFFER);
        check_verdicts(&v, MANY); /* by libsodium alone */
    }
}

static void a_processor_may_lose_them(void **state)
{
    struct fake f = { .lie = GONE, .lies = 3 };
    struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
    (void)state;
    check_verdicts(&v, MANY);
    assert_int_equal(sig_verifier_state(&v), SIG_LANES_LOST);
    assert_int_equal(f.batches, 4);
    check_verdicts(&v, MANY);
    assert_int_equal(f.batches, 4);
}

static void tried_before_use(void **state)
{
    struct fake f = { .lie = RIGHT };
    struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
    (void)state;
    assert_null(lanes_try(&v));
    unsigned batches = f.batches;
    assert_int_equal(v.by_lanes, 0);
    f = (struct fake){ .lie = ALL };
    assert_non_null(lanes_try(&v));
    f = (struct fake){ .lie = NONE };
    assert_string_equal(lanes_try(&v), "honest signatures");
    f = (struct fake){ .lie = GONE };
    assert_string_equal(lanes_try(&v), "");
    /* Whenever it begins to lie. */
    for (unsigned i = 0; i + 1 < batches - 5; i++) {
        v = (struct sig_verifier){ .lanes = fake_lanes, .ctx = &f };
        f = (struct fake){ .lie = ONE, .lies = i };
        if (i < 24 + 8)
            assert_non_null(lanes_try(&v));
    }
}

/* ---- what chance decides --------------------------------------------------------------------- */

static uint32_t chance[3]; /* what judge_by_lanes() draws */

static const char *name_of_chance(void)
{
    return "chosen";
}

static uint32_t draw_one(void)
{
    return chance[0];
}

static void draw(void *out, const size_t n)
{
    assert_int_equal(n, sizeof chance);
    memcpy(out, chance, n);
}

static void choose(uint32_t spoilt, uint32_t sampled)
{
    static randombytes_implementation chosen = { .implementation_name = name_of_chance,
                                                 .random = draw_one,
                                                 .buf = draw };
    chance[0] = spoilt;
    chance[1] = sampled;
    chance[2] = 1; /* no batch of bad ones */
    randombytes_set_implementation(&chosen);
}

/* The lanes of the last batch, copied: what they point at is gone when verify_sigs() returns. */
static struct {
    const uint8_t *key[SIG_LANES];
    uint8_t r[SIG_LANES][32], s[SIG_LANES][32];
} last;

static int watched_lanes(void *ctx, const struct sig_lanes *l)
{
    for (unsigned i = 0; i < SIG_LANES; i++) {
        last.key[i] = l->key[i];
        memcpy(last.r[i], l->r[i], 32);
        memcpy(last.s[i], l->s[i], 32);
    }
    return fake_lanes(ctx, l);
}

static void make_good(void)
{
    make();
    for (size_t i = 2; i < MANY; i += 3)
        made.signature[i][i] ^= 1;
}

/* In each lane that is left a claim stands with another S. */
static void lanes_that_are_left_hold_a_bad_one(void **state)
{
    (void)state;
    for (unsigned n = SIG_LANES_LEAST; n < SIG_LANES; n++)
        for (uint32_t random = 0; random < 200; random += 7) {
            struct fake f = { .lie = RIGHT };
            struct sig_verifier v = { .lanes = watched_lanes, .ctx = &f };
            make_good();
            choose(random, 8);
            verify_sigs(&v, made.claim, n);
            const struct sig_claim *c = &made.claim[random % n];
            for (unsigned i = n; i < SIG_LANES; i++) {
                assert_ptr_equal(last.key[i], c->key);
                assert_memory_equal(last.r[i], c->signature, 32);
                assert_memory_not_equal(last.s[i], c->signature + 32, 32);
            }
            assert_int_equal(sig_verifier_state(&v), SIG_BY_LANES);
        }
    /* Lanes that let all pass are found by it at once, though each claim is good. */
    struct fake f = { .lie = ALL };
    struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
    choose(0, 8);
    verify_sigs(&v, made.claim, SIG_LANES_LEAST);
    assert_int_equal(sig_verifier_state(&v), SIG_LANES_DIFFER);
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

/* Whose S is next to the order cannot be spoilt everywhere: then the first claim stands there, and
 * lanes that say that it is good are right. */
static void what_cannot_be_spoilt_is_not(void **state)
{
    static const uint8_t below[32] = { 0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                       0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0x10 };
    struct fake f = { .lie = RIGHT };
    struct sig_verifier v = { .lanes = watched_lanes, .ctx = &f };
    (void)state;
    make_good();
    memcpy(made.signature[2] + 32, below, sizeof below);
    choose(2 + 3 * 20, 8); /* of the third claim, a bit of the byte 20: it was 0 */
    verify_sigs(&v, made.claim, 3);
    assert_true(made.claim[0].good && made.claim[1].good && !made.claim[2].good);
    assert_ptr_equal(last.key[7], made.claim[0].key);
    assert_memory_equal(last.r[7], made.claim[0].signature, 32);
    assert_memory_equal(last.s[7], made.claim[0].signature + 32, 32);
    assert_int_equal(sig_verifier_state(&v), SIG_BY_LANES);
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

/* One lane of eight, in one batch of eight. */
static void one_of_sixty_four_is_judged_again(void **state)
{
    (void)state;
    for (uint32_t random = 0; random < 2 * SIG_SHARE; random++) {
        struct fake f = { .lie = RIGHT };
        struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
        make_good();
        choose(0, random);
        verify_sigs(&v, made.claim, SIG_LANES);
        assert_int_equal(v.again, random % SIG_SHARE < SIG_LANES);
        assert_int_equal(v.by_lanes + v.again, SIG_LANES);
        assert_int_equal(v.by_library, 0);
    }
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

/* A batch of bad ones follows where chance says so, and only while the lanes are there. */
static void lanes_are_tried_with_bad_ones(void **state)
{
    (void)state;
    for (int gone = 0; gone < 2; gone++) {
        struct fake f = { .lie = gone ? GONE : RIGHT };
        struct sig_verifier v = { .lanes = fake_lanes, .ctx = &f };
        make_good();
        choose(0, 8);
        chance[2] = 0;
        verify_sigs(&v, made.claim, SIG_LANES + SIG_LANES_LEAST);
        assert_int_equal(f.batches, gone ? 1 : 4);
        assert_int_equal(sig_verifier_state(&v), gone ? SIG_LANES_LOST : SIG_BY_LANES);
    }
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

/* ---- the edges, by both ---------------------------------------------------------------------- */

static int eight_lanes(void *ctx, const struct sig_lanes *l)
{
    int mask = 0;
    unsigned *batches = ctx;
    for (int i = 0; i < SIG_LANES; i++)
        mask |= openssl_lane(l, i) << i;
    ++*batches;
    return mask;
}

static unsigned eights, vectors, good_vectors;

/* Eight times, so that it fills the lanes. */
static void one_vector(const struct span *word, size_t words)
{
    uint8_t key[32], message[2048], signature[64];
    struct sig_claim claim[SIG_LANES];
    struct sig_verifier v = { .lanes = eight_lanes, .ctx = &eights };
    bool good = span_is(word[0], "good");
    assert_int_equal(words, 4);
    assert_int_equal(unhex(key, sizeof key, word[1]), 32);
    size_t n = span_is(word[2], "-") ? 0 : unhex(message, sizeof message, word[2]);
    assert_int_equal(unhex(signature, sizeof signature, word[3]), 64);
    vectors++;
    good_vectors += good;
    assert_int_equal(key_good(key) && signature_good(key, span_of(message, n), signature), good);
    if (!key_good(key))
        return;
    for (size_t i = 0; i < SIG_LANES; i++)
        claim[i] = (struct sig_claim){ .key = key,
                                       .message = span_of(message, n),
                                       .signature = signature };
    verify_sigs(&v, claim, SIG_LANES);
    for (size_t i = 0; i < SIG_LANES; i++)
        assert_int_equal(claim[i].good, good);
    assert_int_equal(sig_verifier_state(&v), SIG_BY_LANES);
}

static void edges_by_lanes_and_by_libsodium(void **state)
{
    static const char *const files[] = { "ed25519/edges/edges.txt", "ed25519/others/speccheck.txt",
                                         "ed25519/others/wycheproof.txt" };
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++)
        vector_lines(files[i], one_vector);
    assert_int_equal(vectors, 50 + 12 + 139);
    assert_in_range(good_vectors, 60, 120);
    assert_in_range(eights, 80, 180);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libsodium_alone),
        cmocka_unit_test(lanes_take_what_suits_them),
        cmocka_unit_test(some_that_passed_are_judged_again),
        cmocka_unit_test(what_does_not_suit_them_is_libsodiums),
        cmocka_unit_test(r_of_small_order_or_not_canonical),
        cmocka_unit_test(a_lie_is_found_and_does_not_count),
        cmocka_unit_test(a_processor_may_lose_them),
        cmocka_unit_test(tried_before_use),
        cmocka_unit_test(lanes_that_are_left_hold_a_bad_one),
        cmocka_unit_test(what_cannot_be_spoilt_is_not),
        cmocka_unit_test(one_of_sixty_four_is_judged_again),
        cmocka_unit_test(lanes_are_tried_with_bad_ones),
        cmocka_unit_test(edges_by_lanes_and_by_libsodium),
    };
    assert_int_equal(sodium_init() >= 0, 1);
    if (signing_begin() != NULL)
        return 1;
    return cmocka_run_group_tests_name("verify_sig", tests, NULL, NULL);
}
