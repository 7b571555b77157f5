#include "proto/base/base64.h"

#include <limits.h>
#include <openssl/evp.h>

void base64_encode(char *out, const void *p, size_t n)
{
    /* libcrypto's encoder is several times faster than libsodium's constant-time one, and nothing
     * that is encoded here is secret in its timing. EVP_EncodeBlock takes an int: encode in slices
     * that are multiples of three, so that only the last is padded. */
    const unsigned char *from = p;
    const size_t slice = 3 * (1 << 20);
    while (n > slice) {
        out += EVP_EncodeBlock((unsigned char *)out, from, (int)slice);
        from += slice;
        n -= slice;
    }
    if (n == 0)
        *out = 0;
    else
        EVP_EncodeBlock((unsigned char *)out, from, (int)n);
}

static const bool digit[256] = {
    ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['+'] = true, ['/'] = true
};

/* Bytes that text stands for; SIZE_MAX if it is not the one canonical text of any bytes: whole
 * groups, padding only where it must be, no bit behind the last byte. */
static size_t bytes_of(struct span text)
{
    if (text.n == 0)
        return 0;
    if (text.n % 4 != 0 || text.n > INT_MAX)
        return SIZE_MAX;
    size_t padding = text.p[text.n - 1] != '=' ? 0 : text.p[text.n - 2] != '=' ? 1 : 2;
    bool good = true;
    for (size_t i = 0; i < text.n - padding; i++)
        good &= digit[text.p[i]];
    uint8_t last = text.p[text.n - padding - 1];
    if (padding == 1)
        good = good && memchr("AEIMQUYcgkosw048", last, 16) != NULL;
    else if (padding == 2)
        good = good && memchr("AQgw", last, 4) != NULL;
    return good ? text.n / 4 * 3 - padding : SIZE_MAX;
}

bool base64_is(struct span text, size_t n)
{
    return text.n == base64_length(n) && bytes_of(text) == n;
}

/* libcrypto's decoder is several times faster than libsodium's and lets more through (white space,
 * padding anywhere at the end, stray bits): so it is only shown what is canonical. It writes whole
 * groups. */
int base64_decode(uint8_t *out, size_t cap, size_t *n, struct span text)
{
    size_t bytes = bytes_of(text), whole = bytes / 3;
    uint8_t last[3];
    if (bytes == SIZE_MAX || bytes > cap)
        return -1;
    *n = bytes;
    if (whole > 0 && EVP_DecodeBlock(out, text.p, (int)(4 * whole)) != (int)(3 * whole))
        return -1;
    if (bytes % 3 == 0)
        return 0;
    if (EVP_DecodeBlock(last, text.p + 4 * whole, 4) != 3)
        return -1;
    memcpy(out + 3 * whole, last, bytes % 3);
    explicit_bzero(last, sizeof last); /* it may be of a salt */
    return 0;
}

int base64_decode_exact(uint8_t *out, size_t n, struct span text)
{
    size_t got = 0;
    if (text.n != base64_length(n) || base64_decode(out, n, &got, text) != 0 || got != n)
        return -1;
    return 0;
}
