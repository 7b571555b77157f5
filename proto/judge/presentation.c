#include "proto/judge/presentation.h"

#include <inttypes.h>
#include <sodium.h>

#include "proto/base/base64.h"
#include "proto/base/when.h"
#include "proto/record/member.h"

#define FIRST_LINE "bitacora/v1 presentation"

/* How the last line of a note begins (FORMATS 3); no line of base64 begins so. */
#define SIGNATURE_LINE "\xe2\x80\x94 "

static int refuse_form(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_PRESENTATION_FORM, cause);
}

/* The one member that may be absent. Returns 0 or -1. */
static int take_subject(struct presentation *out, const struct value *subject)
{
    out->has_subject = subject != NULL;
    return subject == NULL ? 0 : base64_decode_exact(out->subject, HASH_BYTES, value_span(subject));
}

/* Exactly four members, or five with a subject: with so many of them there and no name twice, there
 * can be no other. */
static int take_members(struct presentation *out, const struct value *o, struct refusal *why)
{
    const struct value *request = value_member(o, "request"), *subject = value_member(o, "subject");
    struct span origin = value_span(value_member(o, "origin"));
    struct span holder = value_span(value_member(o, "holder"));
    if (value_size(o) != (subject == NULL ? 4 : 5))
        return refuse_form(why, "members");
    if (!signer_name_allowed(origin))
        return refuse_form(why, "origin");
    if (!type_allows(TYPE_CODE, holder))
        return refuse_form(why, "holder");
    if (value_size(request) != 2 || entry_ref_parse(&out->request, request) != 0)
        return refuse_form(why, "request");
    if (when_parse(&out->at, value_span(value_member(o, "at"))) != 0)
        return refuse_form(why, "at");
    if (take_subject(out, subject) != 0)
        return refuse_form(why, "subject");
    memcpy(out->origin, origin.p, origin.n);
    memcpy(out->holder, holder.p, holder.n);
    return 0;
}

static int parse_note(struct presentation *out, struct span note, struct refusal *why)
{
    struct signed_line line;
    if (signed_line_parse(&line, note, PRESENTATION_NOTE_MAX, FIRST_LINE, REASON_PRESENTATION_FORM,
                          why) != 0)
        return -1;
    out->text = line.text;
    out->signer = line.signer;
    out->key_id = line.key_id;
    memcpy(out->signature, line.signature, SIGNATURE_BYTES);
    int failed = take_members(out, line.object, why);
    value_free(line.object);
    return failed;
}

/* The last line where it is no signature line, without its newline; else empty. */
static struct span opening_line(struct span text)
{
    size_t begin = text.n;
    if (text.n == 0 || text.p[text.n - 1] != '\n')
        return span_of("", 0);
    for (begin--; begin > 0 && text.p[begin - 1] != '\n'; begin--)
        ;
    struct span line = span_of(text.p + begin, text.n - 1 - begin);
    return begin == 0 || span_starts(line, SIGNATURE_LINE) ? span_of("", 0) : line;
}

static int take_opening(struct presentation *out, struct span line, struct refusal *why)
{
    uint8_t packed[OPENING_BYTES], commit[HASH_BYTES];
    if (!out->has_subject)
        return refuse_form(why, "an opening, and no subject");
    if (base64_decode_exact(packed, OPENING_BYTES, line) != 0)
        return refuse(why, REASON_OPENING_FORM, "base64 of the opening");
    int failed = opening_unpack(&out->opening, packed, why);
    sodium_memzero(packed, sizeof packed);
    if (failed != 0)
        return -1;
    opening_commit(commit, &out->opening);
    if (memcmp(commit, out->subject, HASH_BYTES) != 0)
        return refuse(why, REASON_OPENING_OTHER, "the opening gives another commit");
    out->has_opening = true;
    return 0;
}

int presentation_parse(struct presentation *out, struct span text, struct refusal *why)
{
    struct span line = opening_line(text);
    *out = (struct presentation){ .at = 0 };
    if (parse_note(out, span_of(text.p, line.n == 0 ? text.n : text.n - line.n - 1), why) != 0)
        return -1;
    return line.n == 0 ? 0 : take_opening(out, line, why);
}

void presentation_wipe(struct presentation *p)
{
    opening_wipe(&p->opening);
    p->has_opening = false;
}

/* What the request says of the person; a commit that stands there twice, once with another type, is
 * not taken for good by its better half. */
struct subject_search {
    const struct presentation *p;
    bool found, other_type;
};

/* A sealed_visit_fn. */
static int compare_subject(void *ctx, const char *member, const struct sealed *s)
{
    struct subject_search *n = ctx;
    if (strcmp(member, "subjects") == 0 && memcmp(s->commit, n->p->subject, HASH_BYTES) == 0) {
        n->found = true;
        n->other_type = n->other_type || strcmp(s->type, n->p->opening.type) != 0;
    }
    return 0;
}

int presentation_subject(const struct presentation *p, const struct value *request,
                         struct refusal *why)
{
    struct subject_search n = { .p = p };
    if (!p->has_subject)
        return 0;
    if (!p->has_opening)
        return refuse_form(why, "a subject, and no opening");
    kind_visit_sealed(request, compare_subject, &n);
    if (!n.found)
        return refuse(why, REASON_OPENING_OTHER, "no such commit in this member");
    return n.other_type ? refuse(why, REASON_OPENING_OTHER, "another type stands in the entry") : 0;
}

static bool is_fresh(const struct presentation *p, const struct presentation_expected *e)
{
    return p->at <= e->now ? e->now - p->at <= e->max_age : p->at - e->now <= e->skew;
}

int presentation_judge(const struct presentation *p, const struct presentation_expected *expected,
                       struct refusal *why)
{
    char at[WHEN_TEXT + 1];
    if (strcmp(p->origin, expected->origin) != 0)
        return refuse(why, REASON_PRESENTATION_OTHER, "origin");
    if (strcmp(p->holder, expected->holder) != 0)
        return refuse(why, REASON_PRESENTATION_OTHER, "holder");
    if (p->request.entry != expected->request.entry ||
        memcmp(p->request.hash, expected->request.hash, HASH_BYTES) != 0)
        return refuse(why, REASON_PRESENTATION_OTHER, "request");
    if (!is_fresh(p, expected)) {
        when_format(at, p->at);
        return refuse(why, REASON_PRESENTATION_TIME, at);
    }
    if (!span_is(p->signer, expected->key->name) || p->key_id != expected->key->id ||
        !vkey_verify(expected->key, p->text, p->signature))
        return refuse_span(why, REASON_PRESENTATION_SIGNER, p->signer);
    return 0;
}

static void add_subject(struct buf *text, const struct opening *opening)
{
    uint8_t commit[HASH_BYTES];
    opening_commit(commit, opening);
    buf_adds(text, ",\"subject\":\"");
    buf_add_base64(text, commit, HASH_BYTES);
    buf_adds(text, "\"");
}

static void add_opening(struct buf *out, const struct opening *opening)
{
    uint8_t packed[OPENING_BYTES];
    opening_pack(packed, opening);
    buf_add_base64(out, packed, OPENING_BYTES);
    buf_adds(out, "\n");
    sodium_memzero(packed, sizeof packed);
}

void presentation_sign(struct buf *out, const char *origin, const char *holder,
                       const struct entry_ref *request, int64_t at, const struct opening *opening,
                       const struct skey *key)
{
    struct buf text = { 0 };
    char when[WHEN_TEXT + 1];
    when_format(when, at);
    buf_addf(&text,
             FIRST_LINE "\n{\"origin\":\"%s\",\"holder\":\"%s\",\"request\":{\"entry\":%" PRIu64
                        ",\"hash\":\"",
             origin, holder, request->entry);
    buf_add_base64(&text, request->hash, HASH_BYTES);
    buf_addf(&text, "\"},\"at\":\"%s\"", when);
    if (opening != NULL)
        add_subject(&text, opening);
    buf_adds(&text, "}\n");
    if (text.failed)
        out->failed = true;
    else
        note_sign(out, buf_span(&text), key);
    if (opening != NULL)
        add_opening(out, opening);
    buf_free(&text);
}
