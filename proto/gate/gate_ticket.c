#include "proto/gate/gate_ticket.h"

#include <sodium.h>

#include "proto/base/base64.h"
#include "proto/base/when.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define NUMBER 8
#define CLAIM (4 * NUMBER + 2 * HASH_BYTES + 1 + OPENING_BYTES)

_Static_assert(NONCE + CLAIM + TAG == TICKET_BYTES, "what a ticket is made of");
_Static_assert((TICKET_BYTES + 2) / 3 * 4 == TICKET_TEXT, "as base64");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == TICKET_KEY_BYTES, "its key");

void gate_ticket_key(uint8_t out[static TICKET_KEY_BYTES], const struct skey *holder)
{
    static const char use[] = "bitacora/v1 ticket key";
    crypto_generichash(out, TICKET_KEY_BYTES, (const uint8_t *)use, sizeof use - 1, holder->secret,
                       32); /* the seed */
}

/* ---- what is enciphered ---------------------------------------------------------------------- */

static uint8_t *put_claimed(uint8_t *to, const void *bytes, size_t n)
{
    memcpy(to, bytes, n);
    return to + n;
}

static uint8_t *put_number(uint8_t *to, uint64_t v)
{
    for (int i = NUMBER; i-- > 0; v >>= 8)
        to[i] = (uint8_t)v;
    return to + NUMBER;
}

static const uint8_t *take_claimed(void *out, const uint8_t *from, size_t n)
{
    memcpy(out, from, n);
    return from + n;
}

static const uint8_t *take_number(uint64_t *out, const uint8_t *from)
{
    *out = 0;
    for (int i = 0; i < NUMBER; i++)
        *out = *out << 8 | from[i];
    return from + NUMBER;
}

static void write_claim(uint8_t claim[static CLAIM], const struct gate_ticket *t)
{
    uint8_t packed[OPENING_BYTES] = { 0 };
    if (t->has_subject)
        opening_pack(packed, &t->subject);
    uint8_t *to = put_number(claim, t->request.entry);
    to = put_claimed(to, t->request.hash, HASH_BYTES);
    to = put_number(to, t->response);
    to = put_number(to, (uint64_t)t->from);
    to = put_number(to, (uint64_t)t->until);
    to = put_claimed(to, t->bearer, HASH_BYTES);
    *to++ = t->has_subject;
    put_claimed(to, packed, sizeof packed);
    sodium_memzero(packed, sizeof packed);
}

/* Only what a gate wrote comes here: it is not judged again, but for the opening. */
static int read_claim(struct gate_ticket *out, const uint8_t claim[static CLAIM])
{
    uint64_t from, until;
    struct refusal why;
    const uint8_t *at = take_number(&out->request.entry, claim);
    at = take_claimed(out->request.hash, at, HASH_BYTES);
    at = take_number(&out->response, at);
    at = take_number(&from, at);
    at = take_number(&until, at);
    at = take_claimed(out->bearer, at, HASH_BYTES);
    out->from = (int64_t)from;
    out->until = (int64_t)until;
    out->has_subject = *at++ != 0;
    return out->has_subject ? opening_unpack(&out->subject, at, &why) : 0;
}

/* What it is good for; not enciphered, and not in it. */
static void add_purpose(struct buf *out, const char *origin, const char *holder)
{
    buf_addf(out, "bitacora/v1 ticket\n%s\n%s\n", origin, holder);
}

/* ---- tickets --------------------------------------------------------------------------------- */

void gate_ticket_seal(struct buf *out, const struct gate_ticket *t,
                      const uint8_t key[static TICKET_KEY_BYTES], const char *origin,
                      const char *holder)
{
    uint8_t claim[CLAIM], bytes[TICKET_BYTES];
    struct buf purpose = { 0 };
    add_purpose(&purpose, origin, holder);
    write_claim(claim, t);
    randombytes_buf(bytes, NONCE);
    if (purpose.failed)
        out->failed = true;
    else
        crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, NULL, claim, CLAIM, purpose.p,
                                                   purpose.n, NULL, bytes, key);
    if (!purpose.failed)
        buf_add_base64(out, bytes, sizeof bytes);
    sodium_memzero(claim, sizeof claim);
    buf_free(&purpose);
}

static int decipher(struct gate_ticket *out, const uint8_t bytes[static TICKET_BYTES],
                    const uint8_t key[static TICKET_KEY_BYTES], const struct buf *purpose)
{
    uint8_t claim[CLAIM];
    if (purpose->failed || crypto_aead_xchacha20poly1305_ietf_decrypt(
                               claim, NULL, NULL, bytes + NONCE, TICKET_BYTES - NONCE, purpose->p,
                               purpose->n, bytes, key) != 0)
        return -1;
    int failed = read_claim(out, claim);
    sodium_memzero(claim, sizeof claim);
    return failed;
}

int gate_ticket_open(struct gate_ticket *out, struct span text,
                     const uint8_t key[static TICKET_KEY_BYTES], const char *origin,
                     const char *holder, struct refusal *why)
{
    uint8_t bytes[TICKET_BYTES];
    struct buf purpose = { 0 };
    *out = (struct gate_ticket){ .response = NO_ENTRY };
    if (base64_decode_exact(bytes, sizeof bytes, text) != 0)
        return refuse(why, REASON_TICKET_FORM, "base64");
    add_purpose(&purpose, origin, holder);
    int failed = decipher(out, bytes, key, &purpose);
    buf_free(&purpose);
    return failed == 0 ? 0 : refuse(why, REASON_TICKET_FORM, "another key, holder or log");
}

void gate_ticket_wipe(struct gate_ticket *t)
{
    opening_wipe(&t->subject);
    t->has_subject = false;
}

int gate_ticket_judge(const struct gate_ticket *t, int64_t now,
                      const uint8_t bearer[static HASH_BYTES], struct refusal *why)
{
    char until[WHEN_TEXT + 1];
    when_format(until, t->until);
    if (now < t->from || now >= t->until)
        return refuse(why, REASON_TICKET_TIME, until);
    if (sodium_memcmp(t->bearer, bearer, HASH_BYTES) != 0)
        return refuse(why, REASON_TICKET_OTHER, "");
    return 0;
}
