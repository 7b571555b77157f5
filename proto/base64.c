#include "proto/base64.h"

#include <limits.h>
#include <openssl/evp.h>
#include <sodium.h>

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

/* Longer ones are not what replays are full of. */
#define SHORT_TEXT 128

/* libcrypto's decoder is several times faster than libsodium's, too, but lets much through: white space
 * around the text, padding anywhere at its end, stray bits. What was decoded is good iff it encodes to
 * the text again: there is one canonical text of any bytes. */
static int decode_short(uint8_t *out, size_t cap, size_t *n, struct span text)
{
    uint8_t raw[SHORT_TEXT / 4 * 3];
    char again[SHORT_TEXT + 1];
    if (text.n == 0) {
        *n = 0;
        return 0;
    }
    if (EVP_DecodeBlock(raw, text.p, (int)text.n) != (int)(text.n / 4 * 3))
        return -1;
    size_t padding = text.p[text.n - 1] != '=' ? 0 : text.p[text.n - 2] != '=' ? 1 : 2;
    size_t got = text.n / 4 * 3 - padding;
    if (got > cap) {
        explicit_bzero(raw, sizeof raw);
        return -1;
    }
    base64_encode(again, raw, got);
    bool canonical = memcmp(again, text.p, text.n) == 0;
    if (canonical)
        memcpy(out, raw, got);
    explicit_bzero(raw, got); /* it may be a key */
    explicit_bzero(again, text.n);
    *n = got;
    return canonical ? 0 : -1;
}

int base64_decode(uint8_t *out, size_t cap, size_t *n, struct span text)
{
    /* libsodium refuses missing padding and stray bits behind the last byte when no characters are
     * to be ignored: exactly the canonical form. */
    if (text.n % 4 != 0)
        return -1;
    if (text.n <= SHORT_TEXT)
        return decode_short(out, cap, n, text);
    /* libsodium 1.0.18 takes every byte from 0x80 on for a '/'. */
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= 0x80)
            return -1;
    return sodium_base642bin(out, cap, (const char *)text.p, text.n, NULL, n, NULL,
                             sodium_base64_VARIANT_ORIGINAL);
}

int base64_decode_exact(uint8_t *out, size_t n, struct span text)
{
    size_t got = 0;
    if (text.n != base64_length(n) || base64_decode(out, n, &got, text) != 0 || got != n)
        return -1;
    return 0;
}
