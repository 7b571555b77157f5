/* The lines of a report: requests counted in the total, in summaries and in the rows of the full
 * breakdown. */
#include <stdlib.h>

#include "client/audit/law_mx.h"
#include "client/base/lost.h"
#include "client/report/collect.h"

#define HOUR INT64_C(3600000)

/* ---- the period and its keys ----------------------------------------------------------------- */

bool collect_in_period(const struct report *r, int64_t accepted)
{
    return accepted >= month_start(r->p->from) && accepted < month_start(r->p->to + 1);
}

int collect_compare_keys(const struct casebook *cb, enum dimension d, uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    if (d == BY_MONTH || d == BY_STATUS)
        return a < b ? -1 : 1;
    return strcmp(casebook_text(cb, a), casebook_text(cb, b));
}

int collect_compare_words(const void *x, const void *y, void *ctx)
{
    const struct sorting *s = ctx;
    return collect_compare_keys(s->cb, s->d, *(const uint32_t *)x, *(const uint32_t *)y);
}

void collect_each_request(struct report_making *m,
                          void (*visit)(struct report_making *m, const struct request *q,
                                        uint32_t number))
{
    for (uint32_t i = 0; i < m->cb->requests.n; i++) {
        const struct request *q = shelf_at(&m->cb->requests, i);
        if (collect_in_period(m->r, q->accepted))
            visit(m, q, i);
    }
}

/* ---- of one request -------------------------------------------------------------------------- */

static enum measure outcome_measure(const struct casebook *cb, const struct request *q)
{
    const char *outcome = casebook_text(cb, q->outcome);
    if (q->direct_access)
        return DIRECT;
    if (q->answer == NO_ENTRY)
        return UNANSWERED;
    if (strcmp(outcome, "full") == 0)
        return FULL;
    if (strcmp(outcome, "partial") == 0)
        return PARTIAL;
    if (strcmp(outcome, "none_held") == 0)
        return NONE_HELD;
    return strncmp(outcome, "rejected", 8) == 0 ? REJECTED : OTHER;
}

/* As R03 has it. */
static enum measure judge_measure(const struct request *q, int64_t now)
{
    bool told = q->notice != NO_ENTRY;
    int64_t f = q->delivery != NO_ENTRY ? q->fulfilled : told ? q->notice_fulfilled : NO_TIME;
    if (f == NO_TIME)
        return JUDGE_AWAITED;
    if (told && q->notice_accepted <= law_judge_told_by(f))
        return JUDGE_IN_TIME;
    return now > law_judge_told_by(f) ? JUDGE_LATE : JUDGE_AWAITED;
}

/* As R18 has it, but that a late notice is one. */
static enum measure notice_measure(const struct request *q, int64_t now)
{
    if (q->told != NO_ENTRY)
        return SENT;
    if (now > request_notice_due(q))
        return OVERDUE;
    return q->deferral != NO_ENTRY && q->deferred_until > now ? DEFERRED : AWAITED;
}

static void count_request(const struct report_making *m, const struct request *q, uint32_t number,
                          uint64_t n[MEASURES])
{
    memset(n, 0, MEASURES * sizeof *n);
    n[RECEIVED] = 1;
    n[outcome_measure(m->cb, q)] = 1;
    n[PERSONS] = q->persons;
    n[IDENTIFIERS] = q->identifiers;
    n[REFUSED] = q->ratified == RATIFIED_REFUSED;
    n[TRANSFERS] = q->foreign_transfers;
    n[AUTOMATED] = q->automated;
    if (q->emergency) {
        n[EMERGENCIES] = 1;
        n[judge_measure(q, m->r->audit->now)] = 1;
    }
    if (q->delivery != NO_ENTRY) {
        n[DUE] = 1;
        n[notice_measure(q, m->r->audit->now)] = 1;
    }
    for (int s = 0; s < SEVERITIES; s++)
        n[FINDINGS_POLICY - s] = m->findings[number][s];
}

static enum warrant_status status_of(const struct report_making *m, const struct request *q,
                                     uint32_t number, word category)
{
    if (q->resolved == RESOLVED)
        return WARRANT_BEFORE;
    if (q->emergency)
        return q->ratified == RATIFIED_NOT       ? WARRANT_PENDING
               : q->ratified == RATIFIED_REFUSED ? WARRANT_REFUSED
                                                 : WARRANT_RATIFIED;
    switch (ruleset_judge(m->o->requests[number].ruleset, casebook_text(m->cb, category))) {
    case JUDGE_CONTESTED:
    case JUDGE_UNRESOLVED:
        return WARRANT_CONTESTED;
    case JUDGE_NOT_NEEDED:
    case JUDGE_NONE_STATED:
        return WARRANT_NOT_NEEDED;
    default:
        return WARRANT_ABSENT;
    }
}

/* ---- pairs of request and category ----------------------------------------------------------- */

static void take_pairs(struct report_making *m, const struct request *q, uint32_t number)
{
    for (uint32_t i = 0; i < q->categories_n; i++) {
        word category = casebook_words(m->cb, q->categories)[i];
        if (casebook_has(m->cb, q->categories, i, category))
            continue; /* named twice */
        if (!room_for_one(&m->pairs, m->pairs_n, &m->pairs_cap, sizeof *m->pairs))
            return;
        m->pairs[m->pairs_n++] = (struct pair){
            .key = { month_of(q->accepted), q->level, q->authority, q->state, q->sector, category,
                     q->basis, status_of(m, q, number, category) },
            .request = number,
        };
    }
}

static int compare_pairs(const void *x, const void *y, void *cb)
{
    const struct pair *a = x, *b = y;
    for (int d = 0; d < DIMENSIONS; d++) {
        int order = collect_compare_keys(cb, (enum dimension)d, a->key[d], b->key[d]);
        if (order != 0)
            return order;
    }
    return (a->request > b->request) - (a->request < b->request);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void count_into(struct report_line *l, const struct request *q, const uint64_t n[MEASURES])
{
    for (int i = 0; i < MEASURES; i++)
        l->n[i] = n[i] > REPORT_MOST - l->n[i] ? REPORT_MOST : l->n[i] + n[i];
    if (q->answer == NO_ENTRY)
        return;
    if (room_for_one(&l->waits.ms, l->waits.n, &l->waits.cap, sizeof *l->waits.ms))
        l->waits.ms[l->waits.n++] = q->answer_accepted - q->accepted;
}

static int compare_times(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* To a tenth of an hour, halves upwards. */
static void find_median(struct report_line *l)
{
    struct waits *w = &l->waits;
    l->answered = w->n;
    if (w->n > 0) {
        qsort(w->ms, w->n, sizeof *w->ms, compare_times);
        int64_t twice = w->ms[(w->n - 1) / 2] + w->ms[w->n / 2];
        l->median = (uint64_t)(twice * 5 + HOUR / 2) / (uint64_t)HOUR;
    }
    free(w->ms);
    *w = (struct waits){ .ms = NULL };
}

/* Returns NULL if there is no memory. */
static struct report_line *new_line(struct report *r, size_t *cap, enum dimension d, uint32_t key)
{
    if (!room_for_one(&r->lines, r->count, cap, sizeof *r->lines))
        return NULL;
    struct report_line *l = &r->lines[r->count++];
    memset(l, 0, sizeof *l);
    l->key[d] = key;
    return l;
}

/* The months of the period and all statuses, also those without requests. */
static void add_fixed(struct report *r, size_t *cap, enum summary s, enum dimension d,
                      uint32_t from, uint32_t to)
{
    r->first[s] = r->count;
    for (uint32_t i = from; i <= to; i++)
        new_line(r, cap, d, i);
    r->last[s] = r->count;
}

bool report_begins_before_log(const struct report *r)
{
    return r->p->format >= 6 && r->p->from < month_of(r->began);
}

/* What comes before the log's first entry, or after its last one, is not known: it may have been
 * asked for without the log. A month that one of them lies in is known in part. */
static void mark_unknown(struct report *r)
{
    uint32_t first = r->p->format < 6 ? 0 : month_of(r->began), last = month_of(r->audit->now);
    if (r->p->format < 3)
        return;
    for (size_t i = 0; i < r->count; i++) {
        bool month = i >= r->first[SUMMARY_MONTH] && i < r->last[SUMMARY_MONTH];
        uint32_t key = r->lines[i].key[BY_MONTH];
        r->lines[i].unknown = (month ? key : r->p->from) > last || (month ? key : r->p->to) < first;
    }
}

/* Of --by: those that occur. */
static void add_by(struct report_making *m, size_t *cap)
{
    struct report *r = m->r;
    struct sorting s = { m->cb, r->by };
    uint32_t *keys = kept(malloc((m->pairs_n + 1) * sizeof *keys));
    if (keys == NULL)
        return;
    for (size_t i = 0; i < m->pairs_n; i++)
        keys[i] = m->pairs[i].key[r->by];
    qsort_r(keys, m->pairs_n, sizeof *keys, collect_compare_words, &s);
    r->first[SUMMARY_BY] = r->count;
    for (size_t i = 0; i < m->pairs_n; i++)
        if (i == 0 || keys[i] != keys[i - 1])
            new_line(r, cap, r->by, keys[i]);
    r->last[SUMMARY_BY] = r->count;
    free(keys);
}

static uint32_t find_by(const struct report_making *m, uint32_t key)
{
    const struct report *r = m->r;
    size_t low = r->first[SUMMARY_BY], high = r->last[SUMMARY_BY];
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = collect_compare_keys(m->cb, r->by, key, r->lines[middle].key[r->by]);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0; /* cannot happen: every key was added */
}

static void add_rows(struct report_making *m, size_t *cap)
{
    struct report *r = m->r;
    r->rows = r->count;
    for (size_t i = 0; i < m->pairs_n; i++) {
        const struct pair *p = &m->pairs[i];
        const struct request *q = shelf_at(&m->cb->requests, p->request);
        uint64_t n[MEASURES];
        if (i == 0 || memcmp(p->key, p[-1].key, sizeof p->key) != 0) {
            struct report_line *l = new_line(r, cap, BY_MONTH, 0);
            if (l == NULL)
                return;
            memcpy(l->key, p->key, sizeof p->key);
            l->group[SUMMARY_MONTH] =
                (uint32_t)(r->first[SUMMARY_MONTH] + p->key[BY_MONTH] - r->p->from);
            l->group[SUMMARY_STATUS] = (uint32_t)(r->first[SUMMARY_STATUS] + p->key[BY_STATUS]);
            l->group[SUMMARY_BY] = find_by(m, p->key[r->by]);
        }
        count_request(m, q, p->request, n);
        count_into(&r->lines[r->count - 1], q, n);
    }
}

/* A request is counted once in the total and in each line of a summary that it is of. */
static void count_summaries(struct report_making *m, const struct request *q, uint32_t number)
{
    struct report *r = m->r;
    uint64_t n[MEASURES];
    bool status[WARRANT_STATUSES] = { false };
    uint32_t keys[DIMENSIONS] = { 0, q->level, q->authority, q->state, q->sector, 0, q->basis, 0 };
    count_request(m, q, number, n);
    count_into(&r->lines[0], q, n);
    count_into(&r->lines[r->first[SUMMARY_MONTH] + month_of(q->accepted) - r->p->from], q, n);
    if (r->by != BY_CATEGORY)
        count_into(&r->lines[find_by(m, keys[r->by])], q, n);
    for (uint32_t i = 0; i < q->categories_n; i++) {
        word category = casebook_words(m->cb, q->categories)[i];
        enum warrant_status s = status_of(m, q, number, category);
        if (r->by == BY_CATEGORY && !casebook_has(m->cb, q->categories, i, category))
            count_into(&r->lines[find_by(m, category)], q, n);
        if (!status[s])
            count_into(&r->lines[r->first[SUMMARY_STATUS] + s], q, n);
        status[s] = true;
    }
}

void collect_lines(struct report_making *m)
{
    struct report *r = m->r;
    size_t cap = 0;
    collect_each_request(m, take_pairs);
    if (m->pairs_n > 0)
        qsort_r(m->pairs, m->pairs_n, sizeof *m->pairs, compare_pairs, (void *)m->cb);
    new_line(r, &cap, BY_MONTH, 0); /* the total */
    add_fixed(r, &cap, SUMMARY_MONTH, BY_MONTH, r->p->from, r->p->to);
    add_by(m, &cap);
    add_fixed(r, &cap, SUMMARY_STATUS, BY_STATUS, 0, WARRANT_STATUSES - 1);
    if (lost_any())
        return;
    add_rows(m, &cap);
    mark_unknown(r);
    collect_each_request(m, count_summaries);
    for (size_t i = 0; i < r->count; i++)
        find_median(&r->lines[i]);
}
