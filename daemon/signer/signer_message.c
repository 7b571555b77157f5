#include "daemon/signer/signer_message.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"

#define PREFIX "bitacora/v1 signer "

/* ---- frames ---------------------------------------------------------------------------------- */

int signer_frame(struct span *body, struct span bytes)
{
    struct scan s = scan_of(bytes);
    size_t high = scan_u16(&s), low = scan_u16(&s), length = high << 16 | low;
    if (s.bad)
        return 0;
    if (length == 0 || length > SIGNER_BODY_MAX)
        return -1;
    *body = scan_bytes(&s, length);
    return s.bad ? 0 : 1;
}

static void frame_begin(struct buf *out, const char *word)
{
    buf_add(out, "\0\0\0", SIGNER_HEAD);
    buf_addf(out, PREFIX "%s\n", word);
}

/* Fills in the length of what was added since frame_begin(), when `start` bytes were there. */
static void frame_end(struct buf *out, size_t start)
{
    if (out->failed)
        return;
    size_t length = out->n - start - SIGNER_HEAD;
    if (length > SIGNER_BODY_MAX)
        out->failed = true;
    for (int i = 0; i < SIGNER_HEAD; i++)
        out->p[start + (size_t)i] = (uint8_t)(length >> (24 - 8 * i));
}

/* ---- what was signed last -------------------------------------------------------------------- */

static const char *const freezes[] = { "open", "freezing", "frozen" }; /* by enum signer_freeze */

static void add_last(struct buf *out, const struct vkey *key, const struct last_signed *last)
{
    vkey_format(out, key);
    buf_addf(out, "\n%llu\n", (unsigned long long)last->size);
    buf_add_base64(out, last->root.b, HASH_BYTES);
    buf_addf(out, "\n%s\n", freezes[last->freeze]);
}

static int take_last(struct vkey *key, struct last_signed *last, struct scan *s)
{
    const char *cause;
    struct span vkey = scan_line(s), size = scan_line(s), root = scan_line(s), word = scan_line(s);
    if (!scan_done(s) || vkey_parse(key, vkey, &cause) != 0 ||
        decimal_parse(&last->size, size) != 0 ||
        base64_decode_exact(last->root.b, HASH_BYTES, root) != 0)
        return -1;
    for (int i = 0; i <= FREEZE_ENDED; i++) {
        last->freeze = (enum signer_freeze)i;
        if (span_is(word, freezes[i]))
            return 0;
    }
    return -1;
}

void last_signed_format(struct buf *out, const struct vkey *key, const struct last_signed *last)
{
    buf_adds(out, PREFIX "state\n");
    add_last(out, key, last);
}

int last_signed_parse(struct vkey *key, struct last_signed *last, struct span text)
{
    struct scan s = scan_of(text);
    return span_is(scan_line(&s), PREFIX "state") ? take_last(key, last, &s) : -1;
}

/* ---- requests -------------------------------------------------------------------------------- */

static const char *const asks[] = { "status", "genesis", "record", "checkpoint" };

static int take_checkpoint(struct signer_request *out, struct span rest)
{
    struct add_checkpoint add;
    struct refusal why;
    if (add_checkpoint_parse(&add, rest, &why) != 0)
        return -1;
    out->old_size = add.old_size;
    out->n = add.n;
    memcpy(out->proof, add.proof, add.n * sizeof *add.proof);
    out->text = add.checkpoint;
    return 0;
}

int signer_request_parse(struct signer_request *out, struct span body)
{
    struct scan s = scan_of(body);
    struct span word = scan_line_after(&s, PREFIX);
    *out = (struct signer_request){ .ask = ASK_STATUS };
    if (s.bad)
        return -1;
    if (span_is(word, asks[ASK_STATUS]))
        return scan_done(&s) ? 0 : -1;
    if (span_is(word, asks[ASK_CHECKPOINT])) {
        out->ask = ASK_CHECKPOINT;
        return take_checkpoint(out, scan_rest(&s));
    }
    if (span_is(word, asks[ASK_GENESIS])) {
        out->ask = ASK_GENESIS;
        if (when_parse(&out->accepted, scan_line(&s)) != 0)
            return -1;
    } else if (span_is(word, asks[ASK_RECORD])) {
        out->ask = ASK_RECORD;
    } else {
        return -1;
    }
    out->text = scan_rest(&s);
    return 0;
}

void signer_request_format(struct buf *out, const struct signer_request *r)
{
    char when[WHEN_TEXT + 1];
    size_t start = out->n;
    frame_begin(out, asks[r->ask]);
    if (r->ask == ASK_CHECKPOINT)
        add_checkpoint_format(out, r->old_size, r->proof, r->n, r->text);
    if (r->ask == ASK_GENESIS) {
        when_format(when, r->accepted);
        buf_addf(out, "%s\n", when);
    }
    if (r->ask == ASK_GENESIS || r->ask == ASK_RECORD)
        buf_add_span(out, r->text);
    frame_end(out, start);
}

/* ---- answers --------------------------------------------------------------------------------- */

static const struct {
    const char *code, *words;
} refusals[] = {
#define X(name, code, words) { code, words },
    SIGNER_REFUSALS(X)
#undef X
};

#define REFUSALS (sizeof refusals / sizeof *refusals)

const char *signer_refusal_code(enum signer_refusal r)
{
    return refusals[r].code;
}

const char *signer_refusal_words(enum signer_refusal r)
{
    return refusals[r].words;
}

static const char *const replies[] = { "state", "signed", "refused", "failed" };

static int take_refusal(struct signer_answer *out, struct scan *s)
{
    struct span code = scan_line(s);
    for (size_t i = 1; scan_done(s) && i < REFUSALS; i++) {
        out->why = (enum signer_refusal)i;
        if (span_is(code, refusals[i].code))
            return 0;
    }
    return -1;
}

int signer_answer_parse(struct signer_answer *out, struct span body)
{
    struct scan s = scan_of(body);
    struct span word = scan_line_after(&s, PREFIX);
    *out = (struct signer_answer){ .reply = REPLY_FAILED };
    if (s.bad)
        return -1;
    for (int i = 0; i <= REPLY_FAILED; i++)
        if (span_is(word, replies[i])) {
            out->reply = (enum signer_reply)i;
            switch (out->reply) {
            case REPLY_STATE:
                return take_last(&out->key, &out->last, &s);
            case REPLY_SIGNED:
                out->note = scan_rest(&s);
                return 0;
            case REPLY_REFUSED:
                return take_refusal(out, &s);
            case REPLY_FAILED:
                return scan_done(&s) ? 0 : -1;
            }
        }
    return -1;
}

void signer_answer_format(struct buf *out, const struct signer_answer *a)
{
    size_t start = out->n;
    frame_begin(out, replies[a->reply]);
    if (a->reply == REPLY_STATE)
        add_last(out, &a->key, &a->last);
    else if (a->reply == REPLY_SIGNED)
        buf_add_span(out, a->note);
    else if (a->reply == REPLY_REFUSED)
        buf_addf(out, "%s\n", signer_refusal_code(a->why));
    frame_end(out, start);
}
