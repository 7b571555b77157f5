#include "proto/tlog/note.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"

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

static bool is_of(const struct note_signature *s, const struct vkey *key)
{
    return s->id == key->id && span_is(s->name, key->name);
}

static void cosigned_message(struct buf *out, struct span text, uint64_t seconds)
{
    buf_adds(out, "cosignature/v1\ntime ");
    buf_add_decimal(out, seconds);
    buf_adds(out, "\n");
    buf_add_span(out, text);
}

static enum note_verdict cosignature(const struct note *n, const struct note_signature *s,
                                     const struct vkey *key, uint64_t *seconds)
{
    *seconds = 0;
    if (s->n != 8 + SIGNATURE_BYTES)
        return NOTE_BAD;
    for (int i = 0; i < 8; i++)
        *seconds = *seconds << 8 | s->bytes[i];
    if (*seconds > INT64_MAX)
        return NOTE_BAD;
    struct buf message = { 0 };
    cosigned_message(&message, n->text, *seconds);
    enum note_verdict verdict = message.failed ? NOTE_MEMORY
                                : vkey_verify_again(key, buf_span(&message), s->bytes + 8)
                                    ? NOTE_GOOD
                                    : NOTE_BAD;
    buf_free(&message);
    return verdict;
}

/* One line by one key that has its name and id. */
static enum note_verdict line_by(const struct note *n, const struct note_signature *s,
                                 const struct vkey *key, uint64_t *seconds)
{
    if (key->type == KEY_COSIGNATURE)
        return cosignature(n, s, key, seconds);
    return key->type == KEY_NOTE && s->n == SIGNATURE_BYTES &&
                   vkey_verify_again(key, n->text, s->bytes)
               ? NOTE_GOOD
               : NOTE_BAD;
}

/* Whose line it is. Sets *bad to the first key that it should have been of and is not; unchanged
 * where it is of somebody, of nobody, or perhaps of a key that we cannot judge. */
static enum note_verdict attribute(struct note_line *out, const struct note *n, size_t at,
                                   const struct vkey *const *key, size_t keys, size_t *bad)
{
    const struct note_signature *s = &n->signature[at];
    size_t first = SIZE_MAX;
    bool excused = false;
    for (size_t i = 0; i < keys; i++) {
        uint64_t seconds = 0;
        if (!is_of(s, key[i]))
            continue;
        excused = excused || !key_type_known(key[i]->type);
        first = first == SIZE_MAX && key_type_known(key[i]->type) ? i : first;
        enum note_verdict v = line_by(n, s, key[i], &seconds);
        if (v == NOTE_MEMORY)
            return v;
        if (v != NOTE_GOOD)
            continue;
        if (i < *bad && out[i].lines > 0)
            *bad = i;
        unsigned lines = out[i].lines + 1;
        out[i] = (struct note_line){ lines == 1, lines, at, seconds };
        return NOTE_GOOD;
    }
    if (!excused && first < *bad)
        *bad = first;
    return NOTE_GOOD;
}

enum note_verdict note_verify_all(struct note_line *out, const struct note *n,
                                  const struct vkey *const *key, size_t keys, size_t *bad)
{
    *bad = SIZE_MAX;
    memset(out, 0, keys * sizeof *out);
    for (size_t at = 0; at < n->signatures; at++)
        if (attribute(out, n, at, key, keys, bad) == NOTE_MEMORY)
            return NOTE_MEMORY;
    return *bad == SIZE_MAX ? NOTE_GOOD : NOTE_BAD;
}

static enum note_verdict verify_one(struct note_line *line, const struct note *n,
                                    const struct vkey *key, enum key_type type)
{
    size_t bad;
    bool any = false;
    for (size_t i = 0; i < n->signatures; i++)
        any = any || is_of(&n->signature[i], key);
    if (!any || key->type != type)
        return any ? NOTE_BAD : NOTE_UNSIGNED;
    return note_verify_all(line, n, &key, 1, &bad);
}

enum note_verdict note_verify(const struct note *n, const struct vkey *key)
{
    struct note_line line;
    return verify_one(&line, n, key, KEY_NOTE);
}

enum note_verdict note_verify_cosignature(const struct note *n, const struct vkey *key,
                                          uint64_t *seconds)
{
    struct note_line line;
    enum note_verdict verdict = verify_one(&line, n, key, KEY_COSIGNATURE);
    if (verdict == NOTE_GOOD)
        *seconds = line.seconds;
    return verdict;
}

bool note_signed_by(const struct note *n, const struct vkey *key)
{
    struct note_line line;
    size_t bad;
    return note_verify_all(&line, n, &key, 1, &bad) != NOTE_MEMORY && line.good;
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

void note_add_signed(struct buf *out, struct span text, const struct vkey *key,
                     const uint8_t signature[static SIGNATURE_BYTES])
{
    buf_add_span(out, text);
    buf_adds(out, "\n");
    signature_line_add(out, key, signature, SIGNATURE_BYTES);
}

void note_sign(struct buf *out, struct span text, const struct skey *key)
{
    uint8_t signature[SIGNATURE_BYTES];
    skey_sign(signature, key, text);
    note_add_signed(out, text, &key->vkey, signature);
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
    struct note_line line;
    size_t bad; /* another's that shares name and id */
    if (note_verify_all(&line, n, &key, 1, &bad) == NOTE_MEMORY)
        out->failed = true;
    else if (line.good)
        signature_line_add(out, key, n->signature[line.at].bytes, n->signature[line.at].n);
}
