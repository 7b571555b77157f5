#include "proto/record/record.h"

#include "proto/base/scan.h"
#include "proto/base/when.h"

uint64_t version_line(struct span line, struct span *word)
{
    static const char prefix[] = "bitacora/v";
    size_t skip = strlen(prefix);
    const uint8_t *space = line.n == 0 ? NULL : memchr(line.p, ' ', line.n);
    uint64_t version;
    if (space == NULL || !span_starts(line, prefix))
        return 0;
    struct span digits = span_of(line.p + skip, (size_t)(space - line.p) - skip);
    *word = span_of(space + 1, line.n - (size_t)(space + 1 - line.p));
    if (word->n == 0)
        return 0;
    if (digits.n > 0 && digits.p[0] >= '1' && digits.p[0] <= '9') {
        if (decimal_parse(&version, digits) == 0)
            return version;
        for (size_t i = 0; i < digits.n; i++) /* a number too large to hold is a version, too */
            if (digits.p[i] < '0' || digits.p[i] > '9')
                return 0;
        return UINT64_MAX;
    }
    return 0;
}

static int parse_signature(struct record *out, const struct note *n, struct refusal *why)
{
    const struct note_signature *s = &n->signature[0];
    if (n->signatures != 1)
        return refuse(why, REASON_RECORD_FORM, "more than one signature line");
    if (!signer_name_allowed(s->name))
        return refuse(why, REASON_RECORD_FORM, "name on the signature line");
    if (s->n != SIGNATURE_BYTES)
        return refuse(why, REASON_RECORD_FORM, "not an Ed25519 signature");
    out->signer = s->name;
    out->key_id = s->id;
    memcpy(out->signature, s->bytes, SIGNATURE_BYTES);
    return 0;
}

/* What every kind has, into the struct; kind_check() has seen to the form. */
static int common_members(struct record *out)
{
    const struct value *id = value_member(out->object, "id");
    if (!record_time(out, "at", &out->at))
        return -1;
    if (out->kind == KIND_GENESIS)
        return 0;
    return uuid_parse(out->id, value_span(id)) != 0 ||
                   entry_ref_parse(&out->under, value_member(out->object, "under")) != 0
               ? -1
               : 0;
}

/* A later version may look different in any way but its first line: so that is read first. */
static int check_version(struct span note, struct refusal *why)
{
    struct scan s = scan_of(note);
    struct span first = scan_line(&s), word;
    uint64_t version = s.bad ? 0 : version_line(first, &word);
    if (version == 0)
        return refuse(why, REASON_RECORD_FORM, "first line");
    if (version != 1)
        return refuse_span(why, REASON_VERSION, span_of(first.p, (size_t)(word.p - first.p) - 1));
    return 0;
}

static int parse_text(struct record *out, struct refusal *why)
{
    struct scan s = scan_of(out->text);
    struct span word = scan_line_after(&s, RECORD_FORMAT " "), line = scan_line(&s);
    if (!scan_done(&s))
        return refuse(why, REASON_RECORD_FORM, "text of two lines");
    if (out->text.n > RECORD_TEXT_MAX)
        return refuse(why, REASON_RECORD_TOO_LARGE, "");
    out->kind = kind_of_name(word);
    if (out->kind == KIND_NONE)
        return refuse_span(why, REASON_KIND_UNKNOWN, word);
    out->object = json_strict(line, why);
    if (out->object == NULL)
        return -1;
    if (kind_check(out->kind, out->object, why) == 0 && common_members(out) == 0)
        return 0;
    record_free(out);
    return -1;
}

/* Of these bytes, in that place. */
static bool is_of(const struct checked_note *checked, struct span note)
{
    return checked != NULL && checked->good && checked->note.p == note.p &&
           checked->note.n == note.n;
}

int record_parse_checked(struct record *out, struct span note, const struct checked_note *checked,
                         struct refusal *why)
{
    struct note n;
    *out = (struct record){ .kind = KIND_NONE, .note = note, .checked = checked };
    if (check_version(note, why) != 0)
        return -1;
    if (is_of(checked, note)) {
        out->text = checked->text;
        out->signer = checked->signer;
        out->key_id = checked->key_id;
        memcpy(out->signature, checked->signature, SIGNATURE_BYTES);
        return parse_text(out, why);
    }
    if (note_parse(&n, note, why) != 0)
        return -1;
    out->text = n.text;
    return parse_signature(out, &n, why) != 0 ? -1 : parse_text(out, why);
}

int record_parse(struct record *out, struct span note, struct refusal *why)
{
    return record_parse_checked(out, note, NULL, why);
}

int record_parse_text(struct record *out, struct span text, struct refusal *why)
{
    *out = (struct record){ .kind = KIND_NONE, .text = text };
    return parse_text(out, why);
}

void record_free(struct record *r)
{
    value_free(r->object);
    r->object = NULL;
}

/* Of what a log has masses. What else is signed, by which others may sign or a court decides, is
 * libsodium's alone to judge. */
static bool is_of_the_mass(struct span text)
{
    struct scan s = scan_of(text);
    enum kind kind = kind_of_name(scan_line_after(&s, RECORD_FORMAT " "));
    return !s.bad && (kind == KIND_REQUEST || kind == KIND_RESPONSE);
}

void record_gather(struct note_gather *g, struct checked_note *out, struct span note)
{
    struct note n;
    struct refusal why;
    struct record split; /* the part of it that the signature line says */
    out->good = false;
    if (note_parse(&n, note, &why) != 0 || parse_signature(&split, &n, &why) != 0 ||
        !g->key(g->ctx, split.signer, split.key_id, out->key))
        return;
    out->note = note;
    out->text = n.text;
    out->signer = split.signer;
    out->key_id = split.key_id;
    memcpy(out->signature, split.signature, SIGNATURE_BYTES);
    struct sig_claim claim = { .key = out->key, .message = n.text, .signature = out->signature };
    if (sig_verifier_state(g->verifier) != SIG_BY_LANES || !is_of_the_mass(n.text) ||
        !sig_suits_lanes(&claim)) {
        verify_sigs(g->verifier, &claim, 1);
        out->good = claim.good;
        return;
    }
    g->note[g->n] = out;
    g->claim[g->n] = claim;
    if (++g->n == SIG_LANES)
        record_gather_end(g);
}

void record_gather_end(struct note_gather *g)
{
    verify_sigs(g->verifier, g->claim, g->n);
    for (unsigned i = 0; i < g->n; i++)
        g->note[i]->good = g->claim[i].good;
    g->n = 0;
}

void record_check(struct checked_note *out, struct span note, key_fn *key, void *ctx)
{
    struct note_gather g = { .key = key, .ctx = ctx };
    record_gather(&g, out, note);
}

/* The same bytes in the same place, the same signature, the same key. */
static bool was_checked(const struct record *r, const struct vkey *key)
{
    const struct checked_note *c = r->checked;
    return is_of(c, r->note) && c->text.p == r->text.p && c->text.n == r->text.n &&
           memcmp(c->signature, r->signature, SIGNATURE_BYTES) == 0 &&
           memcmp(c->key, key->key, PUBLIC_KEY_BYTES) == 0;
}

/* What receipts rest on stands in many of them; other records are judged once. */
static bool verify(const struct record *r, const struct vkey *key)
{
    bool again = r->kind == KIND_GENESIS || r->kind == KIND_ENROLL;
    return again ? vkey_verify_again(key, r->text, r->signature)
                 : vkey_verify(key, r->text, r->signature);
}

bool record_signed_by(const struct record *r, const struct vkey *key)
{
    return key->type == KEY_NOTE && r->key_id == key->id && span_is(r->signer, key->name) &&
           (was_checked(r, key) || verify(r, key));
}

const char *record_string(const struct record *r, const char *member)
{
    return value_text(value_member(r->object, member));
}

bool record_time(const struct record *r, const char *member, int64_t *ms)
{
    const struct value *v = value_member(r->object, member);
    return value_is(v, VALUE_STRING) && when_parse(ms, value_span(v)) == 0;
}

void record_text(struct buf *out, enum kind kind, const char *json_line)
{
    buf_addf(out, RECORD_FORMAT " %s\n%s\n", kind_name(kind), json_line);
}

void record_sign(struct buf *out, enum kind kind, const char *json_line, const struct skey *key)
{
    struct buf text = { 0 };
    record_text(&text, kind, json_line);
    if (text.failed)
        out->failed = true;
    else
        note_sign(out, buf_span(&text), key);
    buf_free(&text);
}
