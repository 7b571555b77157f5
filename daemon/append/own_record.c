#include "daemon/append/own_record.h"

#include "proto/base/when.h"
#include "proto/judge/integrity.h"
#include "proto/record/fresh_id.h"

void own_record_begin(struct own_record *o, enum kind kind, void (*finish)(struct own_record *o))
{
    *o = (struct own_record){ .kind = kind, .finish = finish };
    o->submission.own = true;
    o->submission.count = 1;
    o->submission.note = &o->note;
    o->note.submission = &o->submission;
}

void own_record_free(struct own_record *o)
{
    record_free(&o->note.record);
    buf_free(&o->note.entry);
    buf_free(&o->members);
    buf_free(&o->bytes);
}

static void write_json(struct buf *out, const struct own_record *o, const struct enrolment *under,
                       int64_t accepted)
{
    char id[ID_TEXT + 1], at[WHEN_TEXT + 1];
    fresh_id(id, accepted);
    when_format(at, accepted);
    buf_addf(out, "{\"id\":\"%s\",\"at\":\"%s\",\"under\":{\"entry\":%llu,\"hash\":\"", id, at,
             (unsigned long long)under->entry);
    buf_add_base64(out, under->leaf.b, HASH_BYTES);
    buf_adds(out, o->members.n > 0 ? "\"}," : "\"}");
    buf_add_span(out, buf_span(&o->members));
    buf_adds(out, "}");
}

int own_record_make(struct own_record *o, struct log_signer *signer,
                    const struct registry *registry, int64_t accepted, struct refusal *why)
{
    struct buf json = { 0 }, text = { 0 };
    buf_clear(&o->bytes);
    write_json(&json, o, registry_log(registry), accepted);
    record_text(&text, o->kind, buf_str(&json));
    const struct log_signer_text t = { .ask = ASK_RECORD, .text = buf_span(&text) };
    enum log_signer_result r = json.failed || text.failed || o->members.failed
                                   ? LOG_SIGNER_MEMORY
                                   : log_signer_sign(signer, &t, &o->bytes);
    buf_free(&json);
    buf_free(&text);
    if (r != LOG_SIGNER_OK)
        return refuse(why,
                      r == LOG_SIGNER_AWAY      ? REASON_SIGNER_AWAY
                      : r == LOG_SIGNER_REFUSES ? REASON_SIGNER_REFUSES
                                                : REASON_MEMORY,
                      "");
    o->note.note = buf_span(&o->bytes);
    if (record_parse(&o->note.record, o->note.note, why) != 0)
        return -1;
    return judge_signer(registry, &o->note.record, &o->note.signer, why);
}
