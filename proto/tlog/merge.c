#include "proto/tlog/merge.h"

#include "proto/base/limits.h"

#define NOBODY SIZE_MAX
#define KEYS_MAX (POLICY_LOGS_MAX + POLICY_WITNESSES_MAX)

/* Whose lines are judged: the log's keys and the witnesses that the policy names. */
struct own_keys {
    size_t n;
    const struct vkey *key[KEYS_MAX];
};

/* One of the two notes, with what it says. */
struct side {
    struct note note;
    struct signed_checkpoint cp;
    struct span line[NOTE_SIGNATURES_MAX]; /* each with its newline */
    size_t of[NOTE_SIGNATURES_MAX];        /* whose it is, or NOBODY that the policy names */
    struct note_line by[KEYS_MAX];         /* the line of each of them */
};

static void find_keys(struct own_keys *out, const struct policy *p, size_t log)
{
    struct log_keys keys = policy_log_keys(p, log);
    out->n = 0;
    for (size_t i = 0; i < keys.n; i++)
        out->key[out->n++] = keys.key[i];
    for (size_t i = 0; i < policy_witnesses(p); i++)
        out->key[out->n++] = &policy_witness(p, i)->key;
}

static bool open_side(struct side *s, const struct policy *p, struct span bytes)
{
    struct refusal why;
    return note_parse(&s->note, bytes, &why) == 0 && policy_open(&s->cp, p, bytes, &why) == 0;
}

static bool find_lines(struct side *s, const struct own_keys *own, struct span bytes)
{
    const uint8_t *line = s->note.text.p + s->note.text.n + 1, *end = bytes.p + bytes.n;
    size_t bad;
    if (note_verify_all(s->by, &s->note, own->key, own->n, &bad) == NOTE_MEMORY)
        return false;
    for (size_t i = 0; i < s->note.signatures; i++) {
        const uint8_t *next = (const uint8_t *)memchr(line, '\n', (size_t)(end - line)) + 1;
        s->line[i] = span_of(line, (size_t)(next - line));
        s->of[i] = NOBODY;
        line = next;
    }
    for (size_t k = 0; k < own->n; k++)
        if (s->by[k].good)
            s->of[s->by[k].at] = k;
    return true;
}

static bool has_line(const struct side *s, const struct note_signature *line)
{
    for (size_t i = 0; i < s->note.signatures; i++)
        if (s->note.signature[i].id == line->id && span_eq(s->note.signature[i].name, line->name))
            return true;
    return false;
}

/* Whether line i of s belongs into the merged note: where both have one, the younger; of others'
 * lines, whose times nobody can verify, that of the newer note. */
static bool belongs(const struct side *s, size_t i, const struct side *other, bool is_newer)
{
    size_t k = s->of[i];
    if (k == NOBODY)
        return is_newer || !has_line(other, &s->note.signature[i]);
    if (!other->by[k].good)
        return true;
    uint64_t mine = s->by[k].seconds, theirs = other->by[k].seconds;
    return is_newer ? mine >= theirs : mine > theirs;
}

/* What may still be added to a note. */
struct room {
    size_t lines, bytes;
};

/* Room for the policy's own lines comes first: however many others' there are, none of them is
 * lost. */
static void leave_room(struct room *r, const struct side *s, const struct side *other,
                       bool is_newer)
{
    for (size_t i = 0; i < s->note.signatures; i++)
        if (s->of[i] != NOBODY && belongs(s, i, other, is_newer)) {
            r->lines--;
            r->bytes -= s->line[i].n;
        }
}

static void add_lines(struct buf *out, struct room *r, const struct side *s,
                      const struct side *other, bool is_newer)
{
    for (size_t i = 0; i < s->note.signatures; i++) {
        bool own = s->of[i] != NOBODY, fits = r->lines > 0 && r->bytes >= s->line[i].n;
        if (!belongs(s, i, other, is_newer) || (!own && !fits))
            continue;
        buf_add_span(out, s->line[i]);
        r->lines -= own ? 0 : 1;
        r->bytes -= own ? 0 : s->line[i].n;
    }
}

static void merge(struct buf *out, const struct side *older, const struct side *newer)
{
    struct room room = { NOTE_SIGNATURES_MAX, CHECKPOINT_MAX - newer->note.text.n - 1 };
    leave_room(&room, newer, older, true);
    leave_room(&room, older, newer, false);
    buf_add_span(out, newer->note.text);
    buf_adds(out, "\n");
    add_lines(out, &room, newer, older, true);
    add_lines(out, &room, older, newer, false);
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
    struct own_keys own;
    struct buf note = { 0 };
    bool good = open_side(&a, p, older) && open_side(&b, p, newer) && a.cp.log == b.cp.log &&
                span_eq(a.note.text, b.note.text);
    if (good) {
        find_keys(&own, p, b.cp.log);
        good = find_lines(&a, &own, older) && find_lines(&b, &own, newer);
    }
    if (good) {
        merge(&note, &a, &b);
        good =
            !note.failed && open_side(&merged, p, buf_span(&note)) && is_as_good(&merged, &a, &b);
    }
    buf_add_span(out, good ? buf_span(&note) : newer);
    buf_free(&note);
}
