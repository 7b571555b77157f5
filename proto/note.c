#include "proto/note.h"

#include "proto/base64.h"
#include "proto/scan.h"

#define EM_DASH_SPACE "\xE2\x80\x94 "

static bool text_allowed(struct span bytes)
{
    for (;;) {
        size_t run = ascii_run(bytes);
        bytes = span_of(bytes.p + run, bytes.n - run);
        if (bytes.n == 0)
            return true;
        int32_t c = utf8_next(&bytes);
        if (c < 0 || (c < 0x20 && c != '\n'))
            return false;
    }
}

/* Where the last "\n\n" begins, or NULL. */
static const uint8_t *last_empty_line(struct span bytes)
{
    while (bytes.n >= 2) {
        const uint8_t *newline = memrchr(bytes.p + 1, '\n', bytes.n - 1);
        if (newline == NULL || newline[-1] == '\n')
            return newline == NULL ? NULL : newline - 1;
        bytes.n = (size_t)(newline - bytes.p);
    }
    return NULL;
}

static int signature_line(struct note_signature *out, struct span line)
{
    const uint8_t *space = line.n == 0 ? NULL : memchr(line.p, ' ', line.n);
    if (space == NULL)
        return -1;
    out->name = span_of(line.p, (size_t)(space - line.p));
    struct span text = span_of(space + 1, line.n - out->name.n - 1);
    uint8_t raw[NOTE_SIGNATURE_BYTES_MAX];
    size_t n = 0;
    if (!key_name_allowed(out->name) || base64_decode(raw, sizeof raw, &n, text) != 0 || n < 5)
        return -1;
    out->id = (uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3];
    out->n = n - 4;
    if (out->n <= sizeof out->bytes)
        memcpy(out->bytes, raw + 4, out->n);
    return 0;
}

int note_parse(struct note *out, struct span bytes, struct refusal *why)
{
    const uint8_t *split = last_empty_line(bytes);
    if (split == NULL)
        return refuse(why, REASON_NOTE_FORM, "no empty line");
    if (!text_allowed(bytes))
        return refuse(why, REASON_NOTE_FORM, "UTF-8 without control characters");
    out->text = span_of(bytes.p, (size_t)(split + 1 - bytes.p));
    out->signatures = 0;
    struct scan s = scan_of(span_of(split + 2, bytes.n - out->text.n - 1));
    do {
        struct span line = scan_line_after(&s, EM_DASH_SPACE);
        if (s.bad)
            return refuse(why, REASON_NOTE_FORM, "signature line");
        if (out->signatures == NOTE_SIGNATURES_MAX)
            return refuse(why, REASON_NOTE_FORM, "more than 64 signatures");
        if (signature_line(&out->signature[out->signatures++], line) != 0)
            return refuse(why, REASON_NOTE_FORM, "signature line");
    } while (!scan_done(&s));
    return 0;
}

/* The only line of a key; *count is how many there are. */
static const struct note_signature *line_of(const struct note *n, const struct vkey *key,
                                            size_t *count)
{
    const struct note_signature *found = NULL;
    *count = 0;
    for (size_t i = 0; i < n->signatures; i++) {
        const struct note_signature *s = &n->signature[i];
        if (s->id == key->id && span_is(s->name, key->name)) {
            found = s;
            ++*count;
        }
    }
    return found;
}

enum note_verdict note_verify(const struct note *n, const struct vkey *key)
{
    size_t count;
    const struct note_signature *s = line_of(n, key, &count);
    if (s == NULL)
        return NOTE_UNSIGNED;
    bool good = count == 1 && key->type == KEY_NOTE && s->n == SIGNATURE_BYTES &&
                vkey_verify(key, n->text, s->bytes);
    return good ? NOTE_GOOD : NOTE_BAD;
}

static void cosigned_message(struct buf *out, struct span text, uint64_t seconds)
{
    buf_adds(out, "cosignature/v1\ntime ");
    buf_add_decimal(out, seconds);
    buf_adds(out, "\n");
    buf_add_span(out, text);
}

enum note_verdict note_verify_cosignature(const struct note *n, const struct vkey *key,
                                          uint64_t *seconds)
{
    size_t count;
    const struct note_signature *s = line_of(n, key, &count);
    if (s == NULL)
        return NOTE_UNSIGNED;
    if (count != 1 || key->type != KEY_COSIGNATURE || s->n != 8 + SIGNATURE_BYTES)
        return NOTE_BAD;
    *seconds = 0;
    for (int i = 0; i < 8; i++)
        *seconds = *seconds << 8 | s->bytes[i];
    if (*seconds > INT64_MAX)
        return NOTE_BAD;
    struct buf message = { 0 };
    cosigned_message(&message, n->text, *seconds);
    enum note_verdict verdict = message.failed                                       ? NOTE_MEMORY
                                : vkey_verify(key, buf_span(&message), s->bytes + 8) ? NOTE_GOOD
                                                                                     : NOTE_BAD;
    buf_free(&message);
    return verdict;
}

static void signature_line_add(struct buf *out, const struct vkey *key, const uint8_t *signature,
                               size_t n)
{
    uint8_t raw[4 + 8 + SIGNATURE_BYTES] = { (uint8_t)(key->id >> 24), (uint8_t)(key->id >> 16),
                                             (uint8_t)(key->id >> 8), (uint8_t)key->id };
    memcpy(raw + 4, signature, n);
    buf_adds(out, EM_DASH_SPACE);
    buf_adds(out, key->name);
    buf_adds(out, " ");
    buf_add_base64(out, raw, 4 + n);
    buf_adds(out, "\n");
}

void note_sign(struct buf *out, struct span text, const struct skey *key)
{
    uint8_t signature[SIGNATURE_BYTES];
    skey_sign(signature, key, text);
    buf_add_span(out, text);
    buf_adds(out, "\n");
    signature_line_add(out, &key->vkey, signature, sizeof signature);
}

void note_cosign(struct buf *out, struct span text, const struct skey *key, uint64_t seconds)
{
    struct buf message = { 0 };
    cosigned_message(&message, text, seconds);
    if (message.failed) {
        out->failed = true;
        return;
    }
    uint8_t timed[8 + SIGNATURE_BYTES];
    for (int i = 0; i < 8; i++)
        timed[i] = (uint8_t)(seconds >> (56 - 8 * i));
    skey_sign(timed + 8, key, buf_span(&message));
    buf_free(&message);
    signature_line_add(out, &key->vkey, timed, sizeof timed);
}

void note_copy_signature(struct buf *out, const struct note *n, const struct vkey *key)
{
    size_t count;
    const struct note_signature *s = line_of(n, key, &count);
    if (s != NULL && s->n <= sizeof s->bytes)
        signature_line_add(out, key, s->bytes, s->n);
}
