#include "proto/verify/evidence_inner.h"

#include <stdlib.h>

#include "proto/base/base64.h"

int evidence_hashes(struct hash *out, size_t *n, size_t max, const json_t *list)
{
    *n = json_array_size(list);
    if (!json_is_array(list) || *n > max)
        return -1;
    for (size_t i = 0; i < *n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL || base64_decode_exact(out[i].b, HASH_BYTES, span_str(text)) != 0)
            return -1;
    }
    return 0;
}

static void want(void *ctx, const struct finding *f)
{
    struct wanted *w = ctx;
    if (f->why.reason == REASON_MEMORY)
        w->memory = true;
    else if (f->why.reason == REASON_RECEIPT_PATH)
        w->outside = true;
    else if (f->entry == w->entry && f->verdict != VERDICT_BAD)
        w->undecided = true;
    else if (f->entry == w->entry && !w->found) {
        w->found = true;
        w->finding = *f;
    }
}

static bool wanted_goes_on(void *ctx)
{
    const struct evidence *e = ((const struct wanted *)ctx)->of;
    return e->go_on == NULL || e->go_on(e->ctx);
}

int evidence_judge_entries(struct wanted *w, const struct evidence *e, const struct policy *policy,
                           const struct hash *pin, struct refusal *why)
{
    struct proven_entry *list = calloc(e->entries, sizeof *list);
    if (list == NULL)
        return refuse(why, REASON_MEMORY, "");
    bool twice = false;
    for (size_t i = 0; i < e->entries; i++) {
        list[i] = e->entry[i].proven;
        for (size_t k = 0; k < i; k++)
            twice = twice || list[k].index == list[i].index;
    }
    const struct signed_checkpoint *cp = &e->checkpoint[0];
    *w = (struct wanted){ .of = e, .entry = list[0].index };
    struct watch watch = { .found = want, .go_on = wanted_goes_on, .ctx = w };
    struct log_keys keys = policy_log_keys(policy, cp->log);
    size_t good = twice ? 0
                        : carried_judge(list, e->entries, cp->checkpoint.size, &cp->checkpoint.root,
                                        &keys, pin, &watch, NULL);
    free(list);
    if (good == SIZE_MAX || w->memory)
        return refuse(why, REASON_MEMORY, "");
    if (twice || w->outside)
        return not_proven(why, "an inclusion proof does not lead to its root");
    return 0;
}
