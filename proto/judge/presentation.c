#include "proto/judge/presentation.h"

#include <inttypes.h>

#include "proto/base/when.h"
#include "proto/record/member.h"

#define FIRST_LINE "bitacora/v1 presentation"

static int refuse_form(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_PRESENTATION_FORM, cause);
}

/* Exactly four members: with four of them there and no name twice, there can be no fifth. */
static int take_members(struct presentation *out, const struct value *o, struct refusal *why)
{
    const struct value *request = value_member(o, "request");
    struct span origin = value_span(value_member(o, "origin"));
    struct span holder = value_span(value_member(o, "holder"));
    if (value_size(o) != 4)
        return refuse_form(why, "members");
    if (!signer_name_allowed(origin))
        return refuse_form(why, "origin");
    if (!type_allows(TYPE_CODE, holder))
        return refuse_form(why, "holder");
    if (value_size(request) != 2 || entry_ref_parse(&out->request, request) != 0)
        return refuse_form(why, "request");
    if (when_parse(&out->at, value_span(value_member(o, "at"))) != 0)
        return refuse_form(why, "at");
    memcpy(out->origin, origin.p, origin.n);
    memcpy(out->holder, holder.p, holder.n);
    return 0;
}

int presentation_parse(struct presentation *out, struct span note, struct refusal *why)
{
    struct signed_line line;
    *out = (struct presentation){ .at = 0 };
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

void presentation_sign(struct buf *out, const char *origin, const char *holder,
                       const struct entry_ref *request, int64_t at, const struct skey *key)
{
    struct buf text = { 0 };
    char when[WHEN_TEXT + 1];
    when_format(when, at);
    buf_addf(&text,
             FIRST_LINE "\n{\"origin\":\"%s\",\"holder\":\"%s\",\"request\":{\"entry\":%" PRIu64
                        ",\"hash\":\"",
             origin, holder, request->entry);
    buf_add_base64(&text, request->hash, HASH_BYTES);
    buf_addf(&text, "\"},\"at\":\"%s\"}\n", when);
    if (text.failed)
        out->failed = true;
    else
        note_sign(out, buf_span(&text), key);
    buf_free(&text);
}
