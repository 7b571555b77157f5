#include "client/remote/findings.h"

#include <errno.h>
#include <inttypes.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/trouble.h"

void findings_print(const struct findings *f, FILE *to)
{
    for (size_t i = 0; i < f->kept; i++) {
        const struct finding *x = &f->list[i];
        struct buf b = { 0 };
        refusal_sentence(&b, &x->why, language_get());
        trouble_found(x->verdict == VERDICT_BAD, reason_code(x->why.reason), kept_text(&b));
        print_verdict(to, x->verdict, verdict_word(x->verdict));
        if (x->entry == NO_ENTRY)
            terminal_print(to, " [%s] %s\n", reason_code(x->why.reason), kept_text(&b));
        else
            terminal_print(to,
                           TR(" [%s] entry %" PRIu64 ": %s\n", " [%s] asiento %" PRIu64 ": %s\n"),
                           reason_code(x->why.reason), x->entry, kept_text(&b));
        buf_free(&b);
    }
    if (f->total > f->kept)
        fprintf(to, TR("… and %" PRIu64 " more\n", "… y %" PRIu64 " más\n"), f->total - f->kept);
}

json_t *findings_json(const struct findings *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->kept; i++) {
        const struct finding *x = &f->list[i];
        struct buf b = { 0 };
        refusal_sentence(&b, &x->why, language_get());
        trouble_found(x->verdict == VERDICT_BAD, reason_code(x->why.reason), kept_text(&b));
        json_push(list, json_pack("{s:s,s:s,s:s,s:o,s:o,s:s}", "code", reason_code(x->why.reason),
                                  "reason", reason_name(x->why.reason), "verdict",
                                  verdict_name(x->verdict), "entry", json_of_index(x->entry),
                                  "related", json_of_index(x->related), "detail", kept_text(&b)));
        buf_free(&b);
    }
    return list;
}

bool findings_lost(const struct findings *f)
{
    bool memory = f->memory;
    for (size_t i = 0; i < f->kept; i++)
        memory = memory || f->list[i].why.reason == REASON_MEMORY;
    if (memory)
        lost(ENOMEM);
    return memory;
}
