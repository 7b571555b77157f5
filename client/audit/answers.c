#include "client/audit/answers.h"

#include <stdlib.h>

#include "client/say.h"
#include "proto/when.h"

void answers_open(struct answers *a, bool passes)
{
    *a = (struct answers){ .passes = passes };
    shelf_open(&a->list, sizeof(struct rule_answer));
}

void answers_close(struct answers *a)
{
    shelf_close(&a->list);
}

struct rule_answer answer_pass(enum rule rule, uint64_t entry, uint64_t request)
{
    return (struct rule_answer){ .rule = (uint8_t)rule,
                                 .entry = entry,
                                 .request = request,
                                 .related = { NO_ENTRY, NO_ENTRY, NO_ENTRY },
                                 .time = NO_TIME };
}

void answer_worsen(struct rule_answer *a, enum result result, enum cause cause, word code,
                   int64_t time)
{
    if (a->result >= (uint8_t)result)
        return;
    a->result = (uint8_t)result;
    a->cause = (uint8_t)cause;
    a->code = code;
    a->time = time;
}

void answer_relate(struct rule_answer *a, uint64_t entry)
{
    for (size_t i = 0; i < RELATED_MAX && entry != NO_ENTRY; i++) {
        if (a->related[i] == entry)
            return;
        if (a->related[i] == NO_ENTRY) {
            a->related[i] = entry;
            return;
        }
    }
}

void answers_give(struct answers *as, const struct rule_answer *a)
{
    as->count[a->rule][a->result]++;
    if (a->result != RESULT_PASS || as->passes)
        *(struct rule_answer *)shelf_add(&as->list, 1) = *a;
}

static int compare(const void *x, const void *y)
{
    const struct rule_answer *a = x, *b = y;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    return (a->related[0] > b->related[0]) - (a->related[0] < b->related[0]);
}

void answers_sort(struct answers *as)
{
    qsort(as->list.p, as->list.n, as->list.item, compare);
}

void answer_sentence(struct buf *out, const struct rule_answer *a, const struct casebook *cb)
{
    const char *sentence = cause_sentence((enum cause)a->cause, say_lang());
    const char *hole = strstr(sentence, "%s");
    char time[WHEN_TEXT + 1] = "";
    if (hole == NULL) {
        buf_adds(out, sentence);
        return;
    }
    if (a->code == 0 && a->time != NO_TIME)
        when_format(time, a->time);
    buf_add(out, sentence, (size_t)(hole - sentence));
    buf_adds(out, a->code != 0 ? casebook_text(cb, a->code) : time);
    buf_adds(out, hole + 2);
}
