#include "client/audit/answers.h"

#include "client/say.h"

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

static bool comes_before(const struct rule_answer *a, const struct rule_answer *b)
{
    if (a->entry != b->entry)
        return a->entry < b->entry;
    if (a->rule != b->rule)
        return a->rule < b->rule;
    return a->related[0] < b->related[0];
}

/* Lets the item at i sink in a heap of the first n whose last in order is on top. */
static void sink(struct rule_answer *list, uint64_t i, uint64_t n)
{
    struct rule_answer sinking = list[i];
    for (uint64_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && comes_before(&list[child], &list[child + 1]))
            child++;
        if (!comes_before(&sinking, &list[child]))
            break;
        list[i] = list[child];
    }
    list[i] = sinking;
}

/* A heap sort, in place: qsort() takes as much memory again, and answers grow with the log. */
void answers_sort(struct answers *as)
{
    struct rule_answer *list = shelf_at(&as->list, 0);
    for (uint64_t i = as->list.n / 2; i-- > 0;)
        sink(list, i, as->list.n);
    for (uint64_t n = as->list.n; n-- > 1;) {
        struct rule_answer last = list[0];
        list[0] = list[n];
        list[n] = last;
        sink(list, 0, n);
    }
}

void answer_time(char out[WHEN_TEXT + 1], const struct rule_answer *a)
{
    static const char last[] = "9999-12-31T23:59:59.999Z";
    int64_t most;
    if (when_parse(&most, span_str(last)) == 0)
        when_format(out, a->time < most ? a->time : most);
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
        answer_time(time, a);
    buf_add(out, sentence, (size_t)(hole - sentence));
    buf_adds(out, a->code != 0 ? casebook_text(cb, a->code) : time);
    buf_adds(out, hole + 2);
}
