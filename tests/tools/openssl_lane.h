/* One lane of tests: as crypto_mb's it compares encodings without cofactor, and looks neither whether
 * S is below the order, nor at points of small order. By OpenSSL. */
#ifndef TESTS_TOOLS_OPENSSL_LANE_H
#define TESTS_TOOLS_OPENSSL_LANE_H

#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include "proto/tlog/verify_sig.h"

static inline bool openssl_lane(const struct sig_lanes *l, int i)
{
    uint8_t signature[64], wide[64] = { 0 };
    memcpy(wide, l->s[i], 32);
    memcpy(signature, l->r[i], 32);
    crypto_core_ed25519_scalar_reduce(signature + 32,
                                      wide); /* OpenSSL refuses what is not below L */
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, l->key[i], 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good =
        key != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
        EVP_DigestVerify(ctx, signature, sizeof signature, l->message[i], l->length[i]) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return good;
}

#endif
