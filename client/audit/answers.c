#include "client/audit/answers.h"

#include "client/base/json_put.h"
#include "client/show/label.h"
#include "client/show/likeness.h"
#include "client/show/locale.h"

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
                                 .related = { NO_ENTRY, NO_ENTRY, NO_ENTRY } };
}

void answer_worsen(struct rule_answer *a, enum result result, enum cause cause, word code,
                   int64_t time)
{
    struct answer_cause why = { .time = time, .code = code, .cause = (uint8_t)cause };
    if (a->result > (uint8_t)result)
        return;
    if (a->result < (uint8_t)result)
        a->causes = 0;
    a->result = (uint8_t)result;
    for (size_t i = 0; i < a->causes; i++)
        if (a->cause[i].cause == why.cause && a->cause[i].code == code && a->cause[i].time == time)
            return;
    if (a->causes < CAUSES_MAX)
        a->cause[a->causes++] = why;
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

static bool is_wanted(const struct answers *as, const struct rule_answer *a)
{
    return as->wanted == NULL || as->wanted(as->wanted_ctx, a->entry);
}

void answers_give(struct answers *as, const struct rule_answer *a)
{
    as->count[a->rule][a->result]++;
    if ((a->result != RESULT_PASS || as->passes) && is_wanted(as, a))
        shelf_push(&as->list, a);
}

void answers_sift(struct answers *as, uint64_t from)
{
    struct rule_answer *list = shelf_at(&as->list, 0);
    uint64_t n = from;
    for (uint64_t i = from; i < as->list.n; i++)
        if (is_wanted(as, &list[i]))
            list[n++] = list[i];
    as->list.n = n;
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

int64_t answer_time(int64_t ms)
{
    static const int64_t last = INT64_C(253402300799999); /* 9999-12-31T23:59:59.999Z */
    return ms < last ? ms : last;
}

json_t *answer_causes(const struct rule_answer *a)
{
    json_t *names = json_list();
    for (size_t i = 0; i < a->causes; i++)
        json_push(names, json_text(cause_name((enum cause)a->cause[i].cause)));
    return names;
}

/* The reference of the warrant, and which code points of the request's differ. */
static void add_likeness(struct buf *out, const struct rule_answer *a, const char *ref,
                         const struct casebook *cb)
{
    const struct request *r = casebook_request(cb, a->entry);
    buf_addf(out, TR("“%s”: ", "«%s»: "), ref);
    if (r != NULL)
        likeness_words(out, ref, casebook_text(cb, r->ref));
}

/* Whether the text of such a cause is the code of an authority. */
static bool names_authority(enum cause c)
{
    return c == CAUSE_AUTHORITY_OUTSIDE || c == CAUSE_HOLDER_OUTSIDE ||
           c == CAUSE_SECTOR_UNKNOWN_NO_TERM || c == CAUSE_SECTOR_UNKNOWN_OTHER;
}

static void cause_add(struct buf *out, const struct rule_answer *a, const struct answer_cause *c,
                      const struct casebook *cb, const struct institutions *names)
{
    enum cause cause = (enum cause)c->cause;
    const char *sentence = cause_sentence(cause, language_get()), *hole = strstr(sentence, "%s");
    if (hole == NULL) {
        buf_adds(out, sentence);
        return;
    }
    buf_add(out, sentence, (size_t)(hole - sentence));
    if (cause == CAUSE_REFERENCE_LOOKS_LIKE)
        add_likeness(out, a, casebook_text(cb, c->code), cb);
    else if (c->code != 0 && names_authority(cause))
        institution_add(out, names, casebook_text(cb, c->code));
    else if (c->code != 0)
        buf_adds(out, label(cause_vocabulary(cause), casebook_text(cb, c->code)));
    else if (c->time != NO_TIME)
        locale_time_exact(out, answer_time(c->time));
    buf_adds(out, hole + 2);
}

void answer_sentence(struct buf *out, const struct rule_answer *a, const struct casebook *cb)
{
    static const struct institutions none;
    answer_sentence_named(out, a, cb, &none);
}

void answer_sentence_named(struct buf *out, const struct rule_answer *a, const struct casebook *cb,
                           const struct institutions *names)
{
    if (a->causes == 0)
        buf_adds(out, cause_sentence(CAUSE_NONE, language_get()));
    for (size_t i = 0; i < a->causes; i++) {
        buf_adds(out, i == 0 ? "" : "; ");
        cause_add(out, a, &a->cause[i], cb, names);
    }
}
