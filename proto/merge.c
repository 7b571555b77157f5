#include "proto/merge.h"

#include "proto/limits.h"

/* One of the two, with what it says. */
struct side {
    struct span bytes;
    struct note note;
    struct signed_checkpoint cp;
};

static bool open_side(struct side *s, const struct policy *p, struct span bytes)
{
    struct refusal why;
    s->bytes = bytes;
    return note_parse(&s->note, bytes, &why) == 0 && policy_open(&s->cp, p, bytes, &why) == 0;
}

static bool same_key(const struct note_signature *a, const struct note_signature *b)
{
    return a->id == b->id && span_eq(a->name, b->name);
}

static bool has_line(const struct side *s, const struct note_signature *line)
{
    for (size_t i = 0; i < s->note.signatures; i++)
        if (same_key(&s->note.signature[i], line))
            return true;
    return false;
}

/* When that key cosigned a side last, if it is that of one witness of the policy; else 0. */
static uint64_t time_of(const struct side *s, const struct policy *p,
                        const struct note_signature *line)
{
    uint64_t at = 0;
    for (size_t i = 0; i < policy_witnesses(p); i++) {
        const struct vkey *key = &policy_witness(p, i)->key;
        if (key->id == line->id && span_is(line->name, key->name)) {
            if (at != 0)
                return 0; /* two keys of one name and id */
            at = s->cp.cosigned_at[i];
        }
    }
    return at;
}

/* Appends the lines of s that belong into the merged note: where both have one, the younger. */
static void add_lines(struct buf *out, const struct side *s, const struct side *other,
                      const struct policy *p, bool is_newer)
{
    const uint8_t *line = s->note.text.p + s->note.text.n + 1, *end = s->bytes.p + s->bytes.n;
    for (size_t i = 0; i < s->note.signatures; i++) {
        const struct note_signature *sig = &s->note.signature[i];
        const uint8_t *next = (const uint8_t *)memchr(line, '\n', (size_t)(end - line)) + 1;
        uint64_t mine = time_of(s, p, sig), theirs = time_of(other, p, sig);
        if (!has_line(other, sig) || (is_newer ? mine >= theirs : mine > theirs))
            buf_add(out, line, (size_t)(next - line));
        line = next;
    }
}

/* Whether nothing was lost: everything is as young as it was in either. */
static bool is_as_good(const struct side *merged, const struct side *a, const struct side *b)
{
    for (size_t i = 0; i < POLICY_WITNESSES_MAX; i++)
        if (merged->cp.cosigned_at[i] < a->cp.cosigned_at[i] ||
            merged->cp.cosigned_at[i] < b->cp.cosigned_at[i])
            return false;
    return true;
}

void checkpoint_merge(struct buf *out, const struct policy *p, struct span older, struct span newer)
{
    struct side a, b, merged;
    struct buf note = { 0 };
    bool good = open_side(&a, p, older) && open_side(&b, p, newer) && a.cp.log == b.cp.log &&
                span_eq(a.note.text, b.note.text);
    if (good) {
        buf_add_span(&note, b.note.text);
        buf_adds(&note, "\n");
        add_lines(&note, &b, &a, p, true);
        add_lines(&note, &a, &b, p, false);
        good = !note.failed && open_side(&merged, p, buf_span(&note)) &&
               is_as_good(&merged, &a, &b);
    }
    buf_add_span(out, good ? buf_span(&note) : newer);
    buf_free(&note);
}
