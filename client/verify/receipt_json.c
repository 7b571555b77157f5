#include "client/verify/receipt_json.h"

#include <errno.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/show/record_words.h"
#include "proto/base/when.h"

static json_t *time_json(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    when_format(text, ms);
    return json_text(text);
}

static json_t *witnesses_json(const struct receipt_show *v, const struct shown_receipt *x)
{
    json_t *list = json_list();
    for (size_t i = 0; i < policy_witnesses(v->trust.policy); i++) {
        uint64_t at = x->check.report.cp.cosigned_at[i];
        json_push(list, json_pack("{s:s,s:o}", "name", policy_witness(v->trust.policy, i)->key.name,
                                  "cosigned",
                                  at == 0 || at > LATEST_SECONDS ? json_null()
                                                                 : time_json((int64_t)at * 1000)));
    }
    return list;
}

static json_t *chain_json(const struct shown_receipt *x)
{
    json_t *list = json_list();
    for (size_t i = 1; i < x->receipt.entries; i++) {
        const struct receipt_link *l = &x->link[i];
        struct hash leaf;
        hash_leaf(&leaf, x->receipt.entry[i].bytes);
        json_push(list, json_pack("{s:o,s:o,s:s,s:s%,s:o,s:o}", "entry",
                                  json_of_index(l->entry.index), "hash", json_of_hash(&leaf),
                                  "kind", kind_name(l->record.kind), "signer", l->record.signer.p,
                                  l->record.signer.n, "accepted", time_json(l->entry.accepted),
                                  "record", json_of_value(l->record.object)));
    }
    return list;
}

json_t *receipt_json(const struct receipt_show *v, const struct shown_receipt *x)
{
    json_t *o = receipt_check_json(&x->check, &v->trust, x->verdict);
    json_put(o, "ok", json_boolean(x->verdict == VERDICT_GOOD));
    if (x->facts) {
        const struct receipt_link *l = &x->link[0];
        json_t *more = json_made(json_pack(
            "{s:s,s:o,s:o,s:o,s:I,s:b,s:b,s:o,s:o,s:o,s:o}", "log", receipt_show_log(v, x)->name,
            "root", json_of_hash(&x->check.report.root), "genesis",
            json_of_hash(&x->check.report.genesis), "at", time_json(l->record.at), "difference_ms",
            (json_int_t)(l->entry.accepted - l->record.at), "pinned", v->trust.has_pin, "witnessed",
            receipt_show_asks_witnesses(v) && x->check.report.quorum, "witnesses",
            witnesses_json(v, x), "enrolments", chain_json(x), "record",
            json_of_value(l->record.object), "words",
            record_words_json(l->record.kind, l->record.object)));
        if (json_object_update(o, more) != 0)
            lost(ENOMEM);
        json_decref(more);
    }
    return o;
}
