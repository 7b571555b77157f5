#include "proto/tlog/sealed_key.h"

#include <errno.h>
#include <sodium.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"

#define SALT crypto_pwhash_argon2id_SALTBYTES
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define KEY crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define SEED 32
#define SEALED (SEED + crypto_aead_xchacha20poly1305_ietf_ABYTES)

static const char first_line[] = "bitacora/v1 encrypted-key";

const struct sealed_key_cost sealed_key_cost_default = { .memory = 262144, .passes = 3 };
const char *const SEALED_KEY_WRONG = "wrong passphrase, or the file was altered";
const char *const SEALED_KEY_NO_MEMORY = "there is not as much memory as its passphrase takes";

struct sealed_parts {
    struct vkey vkey;
    struct sealed_key_cost cost;
    uint8_t salt[SALT], nonce[NONCE], box[SEALED];
    struct span head; /* what is authenticated, not encrypted: all lines but the last */
};

bool sealed_key_cost_allowed(const struct sealed_key_cost *cost)
{
    return cost->memory >= SEALED_KEY_MEMORY_MIN && cost->memory <= SEALED_KEY_MEMORY_MAX &&
           cost->passes >= 1 && cost->passes <= SEALED_KEY_PASSES_MAX;
}

/* ---- the text -------------------------------------------------------------------------------- */

bool sealed_key_recognise(struct span text)
{
    static const char prefix[] = "bitacora/v", word[] = " encrypted-key\n";
    size_t n = strlen(prefix);
    if (!span_starts(text, prefix))
        return false;
    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
        n++;
    return n > strlen(prefix) && span_starts(span_of(text.p + n, text.n - n), word);
}

/* "argon2id MEMORY PASSES SALT". Returns NULL or the cause. */
static const char *parse_cost(struct sealed_parts *s, struct span line)
{
    static const char name[] = "argon2id ", malformed[] = "its third line";
    uint64_t number[2];
    if (!span_starts(line, name))
        return malformed;
    struct span rest = span_of(line.p + strlen(name), line.n - strlen(name));
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *space = rest.n == 0 ? NULL : memchr(rest.p, ' ', rest.n);
        size_t n = space == NULL ? 0 : (size_t)(space - rest.p);
        if (decimal_parse(&number[i], span_of(rest.p, n)) != 0)
            return malformed;
        rest = span_of(rest.p + n + 1, rest.n - n - 1);
    }
    if (base64_decode_exact(s->salt, SALT, rest) != 0)
        return malformed;
    s->cost.memory = number[0] > UINT32_MAX ? UINT32_MAX : (uint32_t)number[0];
    s->cost.passes = number[1] > UINT32_MAX ? UINT32_MAX : (uint32_t)number[1];
    return sealed_key_cost_allowed(&s->cost) ? NULL : "it asks for memory or passes out of bounds";
}

/* Returns NULL or the cause. */
static const char *parse_lines(struct sealed_parts *s, struct span text)
{
    struct scan lines = scan_of(text);
    const char *cause;
    if (text.n > SEALED_KEY_TEXT_MAX)
        return "too large";
    struct span first = scan_line(&lines), vkey = scan_line(&lines), cost = scan_line(&lines),
                nonce = scan_line(&lines);
    s->head = span_of(text.p, (size_t)(lines.p - text.p));
    struct span box = scan_line(&lines);
    if (!scan_done(&lines))
        return "it is not of five lines";
    if (!span_is(first, first_line))
        return "its first line";
    if (vkey_parse(&s->vkey, vkey, &cause) != 0)
        return cause;
    cause = parse_cost(s, cost);
    if (cause != NULL)
        return cause;
    if (base64_decode_exact(s->nonce, NONCE, nonce) != 0)
        return "its fourth line";
    return base64_decode_exact(s->box, SEALED, box) == 0 ? NULL : "its fifth line";
}

int sealed_key_vkey(struct vkey *out, struct span text, const char **cause)
{
    struct sealed_parts s;
    *cause = parse_lines(&s, text);
    if (*cause != NULL)
        return -1;
    *out = s.vkey;
    return 0;
}

/* ---- the passphrase -------------------------------------------------------------------------- */

const char *passphrase_fault(struct span passphrase)
{
    if (passphrase.n == 0)
        return "the passphrase is empty";
    if (passphrase.n > PASSPHRASE_MAX)
        return "the passphrase is longer than 1,024 bytes";
    if (span_starts(passphrase, "\xEF\xBB\xBF"))
        return "the passphrase begins with a byte order mark";
    return text_is_plain(passphrase)
               ? NULL
               : "the passphrase is not UTF-8, or has a control character, such as CR at its end";
}

/* Somebody may name a key's file as that of the passphrase. Its first line would then encrypt the
 * key: that of the key itself is lost with it, and that of an encrypted key everybody knows. */
static const char *fault_of_new(struct span passphrase)
{
    if (span_starts(passphrase, "PRIVATE+KEY+") || span_is(passphrase, first_line))
        return "the passphrase is a line of a private key's file";
    return passphrase_fault(passphrase);
}

static int derive(uint8_t key[static KEY], const struct sealed_parts *s, struct span passphrase)
{
    return crypto_pwhash_argon2id(key, KEY, (const char *)passphrase.p, passphrase.n, s->salt,
                                  s->cost.passes, (size_t)s->cost.memory * 1024,
                                  crypto_pwhash_argon2id_ALG_ARGON2ID13);
}

/* ---- open and make --------------------------------------------------------------------------- */

static const char *open_box(struct skey *out, const struct sealed_parts *s, struct span passphrase)
{
    uint8_t key[KEY], seed[SEED];
    const char *cause = SEALED_KEY_WRONG;
    if (derive(key, s, passphrase) != 0)
        return SEALED_KEY_NO_MEMORY;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(seed, NULL, NULL, s->box, SEALED, s->head.p,
                                                   s->head.n, s->nonce, key) == 0) {
        skey_from_seed(out, span_str(s->vkey.name), s->vkey.type, seed);
        cause = vkey_eq(&out->vkey, &s->vkey) ? NULL : "its vkey is not that of the key in it";
    }
    sodium_memzero(key, sizeof key);
    sodium_memzero(seed, sizeof seed);
    return cause;
}

int sealed_key_open(struct skey *out, struct span text, struct span passphrase, const char **cause)
{
    struct sealed_parts s;
    *cause = parse_lines(&s, text);
    if (*cause == NULL)
        *cause = passphrase_fault(passphrase);
    if (*cause == NULL)
        *cause = open_box(out, &s, passphrase);
    if (*cause == NULL)
        return 0;
    skey_wipe(out);
    return -1;
}

/* The four lines that are authenticated. */
static void add_head(struct buf *out, const struct sealed_parts *s)
{
    buf_addf(out, "%s\n", first_line);
    vkey_format(out, &s->vkey);
    buf_addf(out, "\nargon2id %u %u ", s->cost.memory, s->cost.passes);
    buf_add_base64(out, s->salt, SALT);
    buf_adds(out, "\n");
    buf_add_base64(out, s->nonce, NONCE);
    buf_adds(out, "\n");
}

static const char *add_box(struct buf *out, struct sealed_parts *s, const struct skey *k,
                           struct span passphrase)
{
    uint8_t key[KEY];
    size_t before = out->n;
    add_head(out, s);
    if (out->failed || derive(key, s, passphrase) != 0)
        return SEALED_KEY_NO_MEMORY;
    crypto_aead_xchacha20poly1305_ietf_encrypt(s->box, NULL, k->secret, SEED, out->p + before,
                                               out->n - before, NULL, s->nonce, key);
    sodium_memzero(key, sizeof key);
    buf_add_base64(out, s->box, SEALED);
    buf_adds(out, "\n");
    return out->failed ? SEALED_KEY_NO_MEMORY : NULL;
}

int sealed_key_make(struct buf *out, const struct skey *key, struct span passphrase,
                    const struct sealed_key_cost *cost, const char **cause)
{
    struct sealed_parts s = { .vkey = key->vkey, .cost = *cost };
    size_t before = out->n;
    *cause = fault_of_new(passphrase);
    if (*cause == NULL && !sealed_key_cost_allowed(cost))
        *cause = "memory or passes are out of bounds";
    if (*cause != NULL)
        return -1;
    randombytes_buf(s.salt, SALT);
    randombytes_buf(s.nonce, NONCE);
    *cause = add_box(out, &s, key, passphrase);
    if (*cause == NULL)
        return 0;
    out->n = before;
    return -1;
}
