#include "proto/record/signed_line.h"

#include "proto/base/scan.h"
#include "proto/record/json.h"

static int take_signature(struct signed_line *out, const struct note *n, enum reason reason,
                          struct refusal *why)
{
    const struct note_signature *s = &n->signature[0];
    if (n->signatures != 1)
        return refuse(why, reason, "more than one signature line");
    if (!signer_name_allowed(s->name))
        return refuse(why, reason, "name on the signature line");
    if (s->n != SIGNATURE_BYTES)
        return refuse(why, reason, "not an Ed25519 signature");
    out->signer = s->name;
    out->key_id = s->id;
    memcpy(out->signature, s->bytes, SIGNATURE_BYTES);
    return 0;
}

int signed_line_parse(struct signed_line *out, struct span note, size_t most,
                      const char *first_line, enum reason reason, struct refusal *why)
{
    struct note n;
    *out = (struct signed_line){ .object = NULL };
    if (note.n > most)
        return refuse(why, reason, "too large");
    if (note_parse(&n, note, why) != 0)
        return refuse(why, reason, "the note");
    out->text = n.text;
    if (take_signature(out, &n, reason, why) != 0)
        return -1;
    struct scan s = scan_of(n.text);
    struct span first = scan_line(&s), line = scan_line(&s);
    if (!scan_done(&s) || !span_is(first, first_line))
        return refuse(why, reason, "first line");
    out->object = json_strict(line, why);
    if (out->object == NULL)
        return why->reason == REASON_MEMORY ? -1 : refuse(why, reason, "the line");
    return 0;
}
