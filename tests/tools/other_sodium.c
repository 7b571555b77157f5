/* Other libsodiums than the one at hand, to be preloaded; OTHER_SODIUM says which:
 *   cofactor  verification multiplies by the cofactor
 *   order     points of order 2L are valid, as before CVE-2025-69277
 *   both      the two of them
 *   s         S + L is taken for S */
#include <dlfcn.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

typedef int verify_fn(const unsigned char *, const unsigned char *, unsigned long long,
                      const unsigned char *);

static const unsigned char order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                         0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                         0,    0,    0,    0,    0,    0,    0,    0,
                                         0,    0,    0,    0,    0,    0,    0,    0x10 };

static int is(const char *which)
{
    const char *said = getenv("OTHER_SODIUM");
    return said != NULL && strcmp(said, which) == 0;
}

/* Whether 8 times the point is the neutral element. */
static int is_small(const unsigned char point[32])
{
    static const unsigned char neutral[32] = { 1 };
    unsigned char p[32];
    memcpy(p, point, 32);
    for (int i = 0; i < 3; i++)
        if (crypto_core_ed25519_add(p, p, p) != 0)
            return 0;
    return memcmp(p, neutral, 32) == 0;
}

/* 8 (S B - h A - R) = 0. */
static int cofactored(const unsigned char *sig, const unsigned char *m, unsigned long long n,
                      const unsigned char *pk)
{
    unsigned char h[64], s[32], sb[32], ha[32], d[32];
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, sig, 32);
    crypto_hash_sha512_update(&state, pk, 32);
    crypto_hash_sha512_update(&state, m, n);
    crypto_hash_sha512_final(&state, h);
    crypto_core_ed25519_scalar_reduce(s, h);
    return crypto_scalarmult_ed25519_base_noclamp(sb, sig + 32) == 0 &&
                   crypto_scalarmult_ed25519_noclamp(ha, s, pk) == 0 &&
                   crypto_core_ed25519_sub(d, sb, ha) == 0 &&
                   crypto_core_ed25519_sub(d, d, sig) == 0 && is_small(d)
               ? 0
               : -1;
}

/* s - L; returns whether s was less. */
static int less_order(unsigned char s[32])
{
    int borrow = 0;
    for (int i = 0; i < 32; i++) {
        int v = s[i] - order[i] - borrow;
        borrow = v < 0;
        s[i] = (unsigned char)v;
    }
    return borrow;
}

static void *of_the_library(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

int crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
                                unsigned long long n, const unsigned char *pk)
{
    verify_fn *real;
    unsigned char reduced[64];
    *(void **)&real = of_the_library("crypto_sign_verify_detached");
    if (real(sig, m, n, pk) == 0)
        return 0;
    memcpy(reduced, sig, 64);
    int canonical = less_order(reduced + 32);
    if (is("cofactor") || is("both"))
        return canonical ? cofactored(sig, m, n, pk) : -1;
    return is("s") ? real(reduced, m, n, pk) : -1;
}

/* The point of order 2. */
static const unsigned char two[32] = { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f };

/* p is of order 2L, and q what is left of it without the point of order 2. */
static int is_of_2l(unsigned char q[32], const unsigned char *p)
{
    int (*real)(const unsigned char *);
    *(void **)&real = of_the_library("crypto_core_ed25519_is_valid_point");
    return (is("order") || is("both")) && crypto_core_ed25519_add(q, p, two) == 0 && real(q) == 1;
}

int crypto_core_ed25519_is_valid_point(const unsigned char *p)
{
    int (*real)(const unsigned char *);
    unsigned char q[32];
    *(void **)&real = of_the_library("crypto_core_ed25519_is_valid_point");
    return real(p) == 1 || is_of_2l(q, p);
}

int crypto_scalarmult_ed25519_noclamp(unsigned char *out, const unsigned char *n,
                                      const unsigned char *p)
{
    int (*real)(unsigned char *, const unsigned char *, const unsigned char *);
    unsigned char q[32];
    *(void **)&real = of_the_library("crypto_scalarmult_ed25519_noclamp");
    if (!is_of_2l(q, p))
        return real(out, n, p);
    int failed = real(out, n, q); /* of L: as it is the neutral element */
    return n[0] & 1 ? crypto_core_ed25519_add(out, out, two) : failed;
}
