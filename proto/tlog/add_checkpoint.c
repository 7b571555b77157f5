#include "proto/tlog/add_checkpoint.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"

static int bad_form(struct refusal *why, const char *what)
{
    return refuse(why, REASON_REQUEST_FORM, what);
}

int add_checkpoint_parse(struct add_checkpoint *out, struct span body, struct refusal *why)
{
    struct scan s = scan_of(body);
    struct span digits = scan_line_after(&s, "old ");
    if (s.bad || decimal_parse(&out->old_size, digits) != 0)
        return bad_form(why, "the old size");
    for (out->n = 0;; out->n++) {
        struct span line = scan_line(&s);
        if (s.bad)
            return bad_form(why, "no empty line");
        if (line.n == 0)
            break;
        if (out->n == ADD_CHECKPOINT_PROOF_MAX)
            return bad_form(why, "more than 63 hashes");
        if (base64_decode_exact(out->proof[out->n].b, HASH_BYTES, line) != 0)
            return bad_form(why, "a hash of the proof");
    }
    out->checkpoint = scan_rest(&s);
    if (out->checkpoint.n > CHECKPOINT_MAX)
        return bad_form(why, "the checkpoint is too large");
    return 0;
}

void add_checkpoint_format(struct buf *out, uint64_t old_size, const struct hash *proof, size_t n,
                           struct span checkpoint)
{
    buf_adds(out, "old ");
    add_checkpoint_size_format(out, old_size);
    for (size_t i = 0; i < n; i++) {
        buf_add_base64(out, proof[i].b, HASH_BYTES);
        buf_adds(out, "\n");
    }
    buf_adds(out, "\n");
    buf_add_span(out, checkpoint);
}

int add_checkpoint_size_parse(uint64_t *size, struct span body)
{
    struct scan s = scan_of(body);
    struct span digits = scan_line(&s);
    return scan_done(&s) ? decimal_parse(size, digits) : -1;
}

void add_checkpoint_size_format(struct buf *out, uint64_t size)
{
    buf_add_decimal(out, size);
    buf_adds(out, "\n");
}

/* Beside it may stand that of another key of the witness's with the same name and id. */
static enum note_verdict cosignature_of(const struct note *n, const struct vkey *witness,
                                        uint64_t *seconds)
{
    struct note_line line;
    size_t bad;
    enum note_verdict verdict = note_verify_all(&line, n, &witness, 1, &bad);
    if (!line.good)
        return verdict == NOTE_GOOD ? NOTE_UNSIGNED : verdict;
    *seconds = line.seconds;
    return NOTE_GOOD;
}

enum note_verdict add_checkpoint_cosignature(struct buf *line, uint64_t *seconds, struct span body,
                                             struct span text, const struct vkey *witness)
{
    struct buf note = { 0 };
    struct note n;
    struct refusal why;
    enum note_verdict verdict = NOTE_MEMORY;
    buf_add_span(&note, text);
    buf_adds(&note, "\n");
    buf_add_span(&note, body);
    if (!note.failed) {
        /* An answer with an empty line in it would move the end of the text. */
        verdict = note_parse(&n, buf_span(&note), &why) != 0 || n.text.n != text.n
                      ? NOTE_BAD
                      : cosignature_of(&n, witness, seconds);
        if (verdict == NOTE_GOOD && *seconds == 0)
            verdict = NOTE_BAD;
        if (verdict == NOTE_GOOD)
            note_copy_signature(line, &n, witness);
    }
    buf_free(&note);
    return verdict;
}
