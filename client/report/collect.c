#include <inttypes.h>
#include <stdlib.h>

#include "client/report/protect.h"

#define HOUR INT64_C(3600000)

/* ---- while the log is replayed --------------------------------------------------------------- */

struct observed {
    struct asked {
        const struct ruleset *ruleset;
        struct window data;
    } * asked; /* by number of the request */
    size_t n, cap;
    struct act {
        uint32_t signer;
        int64_t accepted;
    } * acts; /* of data holders */
    size_t acts_n, acts_cap;
};

static void *grow(void *p, size_t n, size_t *cap, size_t item)
{
    if (n < *cap)
        return p;
    *cap = *cap == 0 ? 64 : *cap * 2;
    return must(reallocarray(p, *cap, item));
}

struct observed *observed_new(void)
{
    return must(calloc(1, sizeof(struct observed)));
}

void observed_free(struct observed *o)
{
    if (o == NULL)
        return;
    free(o->asked);
    free(o->acts);
    free(o);
}

void observed_take(void *observed, const struct event *event)
{
    struct observed *o = observed;
    if (event->e->kind == KIND_REQUEST) {
        o->asked = grow(o->asked, o->n, &o->cap, sizeof *o->asked);
        o->asked[o->n++] = (struct asked){ .ruleset = event->ruleset,
                                           .data = object_window(event->object, "data_window") };
    }
    if (event->signer == NULL || event->signer->role != ROLE_HOLDER)
        return;
    o->acts = grow(o->acts, o->acts_n, &o->acts_cap, sizeof *o->acts);
    o->acts[o->acts_n++] = (struct act){ event->e->signer, event->e->accepted };
}

/* ---- of one request -------------------------------------------------------------------------- */

struct making {
    struct report *r;
    const struct casebook *cb;
    const struct observed *o;
    uint32_t (*findings)[SEVERITIES]; /* by number of the request */
    struct pair {
        uint32_t key[DIMENSIONS];
        uint32_t request;
    } * pairs; /* request and category */
    size_t pairs_n, pairs_cap;
    size_t words_cap;
};

static bool in_period(const struct report *r, int64_t accepted)
{
    return accepted >= month_start(r->p->from) && accepted < month_start(r->p->to + 1);
}

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
    if (told && q->notice_accepted <= f + 48 * HOUR)
        return JUDGE_IN_TIME;
    return now > f + 48 * HOUR ? JUDGE_LATE : JUDGE_AWAITED;
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

static void count_request(const struct making *m, const struct request *q, uint32_t number,
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

static enum warrant_status status_of(const struct making *m, const struct request *q,
                                     uint32_t number, word category)
{
    if (q->resolved == RESOLVED)
        return WARRANT_BEFORE;
    if (q->emergency)
        return q->ratified == RATIFIED_NOT       ? WARRANT_PENDING
               : q->ratified == RATIFIED_REFUSED ? WARRANT_REFUSED
                                                 : WARRANT_RATIFIED;
    switch (ruleset_judge(m->o->asked[number].ruleset, casebook_text(m->cb, category))) {
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

static void take_pairs(struct making *m, const struct request *q, uint32_t number)
{
    for (uint32_t i = 0; i < q->categories_n; i++) {
        word category = casebook_words(m->cb, q->categories)[i];
        if (casebook_has(m->cb, q->categories, i, category))
            continue; /* named twice */
        m->pairs = grow(m->pairs, m->pairs_n, &m->pairs_cap, sizeof *m->pairs);
        m->pairs[m->pairs_n++] = (struct pair){
            .key = { month_of(q->accepted), q->level, q->authority, q->state, q->sector, category,
                     q->basis, status_of(m, q, number, category) },
            .request = number,
        };
    }
}

static int compare_keys(const struct casebook *cb, enum dimension d, uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    if (d == BY_MONTH || d == BY_STATUS)
        return a < b ? -1 : 1;
    return strcmp(casebook_text(cb, a), casebook_text(cb, b));
}

static int compare_pairs(const void *x, const void *y, void *cb)
{
    const struct pair *a = x, *b = y;
    for (int d = 0; d < DIMENSIONS; d++) {
        int order = compare_keys(cb, (enum dimension)d, a->key[d], b->key[d]);
        if (order != 0)
            return order;
    }
    return (a->request > b->request) - (a->request < b->request);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void count_into(struct line *l, const struct request *q, const uint64_t n[MEASURES])
{
    for (int i = 0; i < MEASURES; i++)
        l->n[i] = n[i] > REPORT_MOST - l->n[i] ? REPORT_MOST : l->n[i] + n[i];
    if (q->answer == NO_ENTRY)
        return;
    l->waits.ms = grow(l->waits.ms, l->waits.n, &l->waits.cap, sizeof *l->waits.ms);
    l->waits.ms[l->waits.n++] = q->answer_accepted - q->accepted;
}

static int compare_times(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* To a tenth of an hour, halves upwards. */
static void find_median(struct line *l)
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

static struct line *add_line(struct report *r, size_t *cap)
{
    r->lines = grow(r->lines, r->count, cap, sizeof *r->lines);
    struct line *l = &r->lines[r->count++];
    memset(l, 0, sizeof *l);
    return l;
}

/* The months of the period and all statuses, also those without requests. */
static void add_fixed(struct report *r, size_t *cap, enum summary s, enum dimension d,
                      uint32_t from, uint32_t to)
{
    r->first[s] = r->count;
    for (uint32_t i = from; i <= to; i++)
        add_line(r, cap)->key[d] = i;
    r->last[s] = r->count;
}

struct sorting {
    const struct casebook *cb;
    enum dimension d;
};

static int compare_words(const void *x, const void *y, void *ctx)
{
    const struct sorting *s = ctx;
    return compare_keys(s->cb, s->d, *(const uint32_t *)x, *(const uint32_t *)y);
}

/* What comes after the log's last entry is not known; a month that it lies in is known in part. */
static void mark_unknown(struct report *r)
{
    uint32_t last = month_of(r->audit->now);
    if (r->p->format < 3)
        return;
    for (size_t i = 0; i < r->count; i++) {
        bool month = i >= r->first[SUMMARY_MONTH] && i < r->last[SUMMARY_MONTH];
        r->lines[i].unknown = month ? r->lines[i].key[BY_MONTH] > last : r->p->from > last;
    }
}

/* Of --by: those that occur. */
static void add_by(struct making *m, size_t *cap)
{
    struct report *r = m->r;
    struct sorting s = { m->cb, r->by };
    uint32_t *keys = must(malloc((m->pairs_n + 1) * sizeof *keys));
    for (size_t i = 0; i < m->pairs_n; i++)
        keys[i] = m->pairs[i].key[r->by];
    qsort_r(keys, m->pairs_n, sizeof *keys, compare_words, &s);
    r->first[SUMMARY_BY] = r->count;
    for (size_t i = 0; i < m->pairs_n; i++)
        if (i == 0 || keys[i] != keys[i - 1])
            add_line(r, cap)->key[r->by] = keys[i];
    r->last[SUMMARY_BY] = r->count;
    free(keys);
}

static uint32_t find_by(const struct making *m, uint32_t key)
{
    const struct report *r = m->r;
    size_t low = r->first[SUMMARY_BY], high = r->last[SUMMARY_BY];
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_keys(m->cb, r->by, key, r->lines[middle].key[r->by]);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0; /* cannot happen: every key was added */
}

static void add_rows(struct making *m, size_t *cap)
{
    struct report *r = m->r;
    r->rows = r->count;
    for (size_t i = 0; i < m->pairs_n; i++) {
        const struct pair *p = &m->pairs[i];
        const struct request *q = shelf_at(&m->cb->requests, p->request);
        uint64_t n[MEASURES];
        if (i == 0 || memcmp(p->key, p[-1].key, sizeof p->key) != 0) {
            struct line *l = add_line(r, cap);
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
static void count_summaries(struct making *m, const struct request *q, uint32_t number)
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

static void each_request(struct making *m,
                         void (*visit)(struct making *m, const struct request *q, uint32_t number))
{
    for (uint32_t i = 0; i < m->cb->requests.n; i++) {
        const struct request *q = shelf_at(&m->cb->requests, i);
        if (in_period(m->r, q->accepted))
            visit(m, q, i);
    }
}

static void make_lines(struct making *m)
{
    struct report *r = m->r;
    size_t cap = 0;
    each_request(m, take_pairs);
    if (m->pairs_n > 0)
        qsort_r(m->pairs, m->pairs_n, sizeof *m->pairs, compare_pairs, (void *)m->cb);
    add_line(r, &cap);
    add_fixed(r, &cap, SUMMARY_MONTH, BY_MONTH, r->p->from, r->p->to);
    add_by(m, &cap);
    add_fixed(r, &cap, SUMMARY_STATUS, BY_STATUS, 0, WARRANT_STATUSES - 1);
    add_rows(m, &cap);
    mark_unknown(r);
    each_request(m, count_summaries);
    for (size_t i = 0; i < r->count; i++)
        find_median(&r->lines[i]);
}

/* ---- findings -------------------------------------------------------------------------------- */

static void count_findings(struct making *m)
{
    const struct audit *a = m->r->audit;
    m->findings = must(calloc(m->cb->requests.n + 1, sizeof *m->findings));
    for (uint64_t i = 0; i < a->answers.list.n; i++) {
        const struct rule_answer *x = shelf_at(&a->answers.list, i);
        enum severity s = rule_severity((enum rule)x->rule);
        if (x->result != RESULT_FINDING)
            continue;
        if (x->request != NO_ENTRY && casebook_request(m->cb, x->request) != NULL) {
            const struct row *row = shelf_at(&m->cb->rows, x->request);
            m->findings[row->number][s]++;
            continue;
        }
        const struct row *row = shelf_at(&m->cb->rows, x->entry);
        if (in_period(m->r, row->accepted))
            m->r->findings_elsewhere[s]++;
    }
}

/* ---- statements of objects ------------------------------------------------------------------- */

static void add_basis(struct statement *s, word basis)
{
    for (size_t i = 0; i < s->bases_count; i++)
        if (s->bases[i] == basis)
            return;
    s->bases = must(reallocarray(s->bases, s->bases_count + 1, sizeof *s->bases));
    s->bases[s->bases_count++] = basis;
}

static struct statement *statement_of(struct report *r, word category)
{
    for (size_t i = 0; i < r->statements_count; i++)
        if (r->statements[i].category == category)
            return &r->statements[i];
    r->statements =
        must(reallocarray(r->statements, r->statements_count + 1, sizeof *r->statements));
    r->statements[r->statements_count] =
        (struct statement){ .category = category, .from = INT64_MAX, .until = INT64_MIN };
    return &r->statements[r->statements_count++];
}

static int compare_statements(const void *x, const void *y, void *cb)
{
    const struct statement *a = x, *b = y;
    return compare_keys(cb, BY_CATEGORY, a->category, b->category);
}

static void make_statements(struct making *m)
{
    struct report *r = m->r;
    for (size_t i = 0; i < m->pairs_n; i++) {
        const struct pair *p = &m->pairs[i];
        const struct window *data = &m->o->asked[p->request].data;
        struct statement *s = statement_of(r, p->key[BY_CATEGORY]);
        add_basis(s, p->key[BY_BASIS]);
        s->status[p->key[BY_STATUS]] = true;
        s->requests++;
        if (data->from == NO_TIME)
            continue;
        s->windows++;
        s->from = data->from < s->from ? data->from : s->from;
        s->until = data->until > s->until ? data->until : s->until;
    }
    struct sorting by_basis = { m->cb, BY_BASIS };
    for (size_t i = 0; i < r->statements_count; i++)
        qsort_r(r->statements[i].bases, r->statements[i].bases_count, sizeof(word), compare_words,
                &by_basis);
    if (r->statements_count > 0)
        qsort_r(r->statements, r->statements_count, sizeof *r->statements, compare_statements,
                (void *)m->cb);
}

/* ---- holders that reported nothing ----------------------------------------------------------- */

/* Enrolled, by this log up to where the report goes, at some moment of the period. */
static bool enrolled_in_period(const struct making *m, const struct enrolment *e)
{
    const struct audit *a = m->r->audit;
    int64_t start = month_start(m->r->p->from), end = month_start(m->r->p->to + 1);
    if (e->role != ROLE_HOLDER || e->entry >= m->cb->rows.n)
        return false;
    const struct row *row = shelf_at(&m->cb->rows, e->entry);
    bool revoked = e->revoked != NO_ENTRY && e->revoked < m->cb->rows.n;
    int64_t gone = revoked ? ((struct row *)shelf_at(&m->cb->rows, e->revoked))->accepted : a->now;
    return row->accepted < end && e->from < end && e->until > start && (!revoked || gone > start);
}

static bool acted(const struct making *m, const struct registry *registry, const char *authority)
{
    for (size_t i = 0; i < m->o->acts_n; i++)
        if (in_period(m->r, m->o->acts[i].accepted) &&
            strcmp(registry_get(registry, m->o->acts[i].signer)->authority, authority) == 0)
            return true;
    return false;
}

static int compare_names(const void *x, const void *y)
{
    return strcmp(buf_str((struct buf *)x), buf_str((struct buf *)y));
}

static void find_silent(struct making *m)
{
    struct report *r = m->r;
    const struct registry *registry = judge_registry(r->audit->r->judge);
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct enrolment *e = registry_get(registry, (uint32_t)i);
        bool known = false;
        for (size_t k = 0; k < r->silent_count && !known; k++)
            known = strcmp(buf_str(&r->silent[k]), e->authority) == 0;
        if (known || !enrolled_in_period(m, e) || acted(m, registry, e->authority))
            continue;
        r->silent = must(reallocarray(r->silent, r->silent_count + 1, sizeof *r->silent));
        r->silent[r->silent_count] = (struct buf){ .p = NULL };
        buf_adds(&r->silent[r->silent_count++], e->authority);
    }
    if (r->silent_count > 0)
        qsort(r->silent, r->silent_count, sizeof *r->silent, compare_names);
}

/* ---- rulesets -------------------------------------------------------------------------------- */

static void add_ruleset(struct report *r, const struct ruleset *ruleset)
{
    const struct registry *registry = judge_registry(r->audit->r->judge);
    const struct hash *h = ruleset_sha256(ruleset);
    for (size_t i = 0; i < r->rulesets_count; i++)
        if (r->rulesets[i].ruleset == ruleset)
            return;
    r->rulesets = must(reallocarray(r->rulesets, r->rulesets_count + 1, sizeof *r->rulesets));
    struct ruleset_used *used = &r->rulesets[r->rulesets_count++];
    *used = (struct ruleset_used){ .ruleset = ruleset };
    for (size_t i = 0; i < registry_rulesets(registry) && used->pinned == NULL; i++) {
        const struct pinned_ruleset *p = registry_get_ruleset(registry, i);
        if (p->entry < r->p->size && memcmp(p->sha256, h->b, HASH_BYTES) == 0)
            used->pinned = p;
    }
}

static void use_ruleset(struct making *m, const struct request *q, uint32_t number)
{
    (void)q;
    add_ruleset(m->r, m->o->asked[number].ruleset);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum dimension dimension_of(const char *by)
{
    return strcmp(by, "holder") == 0     ? BY_SECTOR
           : strcmp(by, "category") == 0 ? BY_CATEGORY
           : strcmp(by, "basis") == 0    ? BY_BASIS
           : strcmp(by, "state") == 0    ? BY_STATE
                                         : BY_AUTHORITY;
}

struct report *report_new(const struct parameters *p, const struct audit *audit,
                          const struct observed *o)
{
    struct report *r = must(calloc(1, sizeof *r));
    struct making m = { .r = r, .cb = &audit->cb, .o = o };
    r->p = p;
    r->audit = audit;
    r->by = dimension_of(p->by);
    count_findings(&m);
    make_lines(&m);
    make_statements(&m);
    find_silent(&m);
    each_request(&m, use_ruleset);
    protect(r);
    free(m.findings);
    free(m.pairs);
    return r;
}

/* Every other line is a part of the total. */
bool report_can_be_made(const struct report *r)
{
    return r->p->format >= 3 || !line_at_least(&r->lines[0], PERSONS);
}

void report_free(struct report *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->statements_count; i++)
        free(r->statements[i].bases);
    for (size_t i = 0; i < r->silent_count; i++)
        buf_free(&r->silent[i]);
    free(r->lines);
    free(r->statements);
    free(r->silent);
    free(r->rulesets);
    free(r);
}

void report_code(struct buf *out, const struct report *r, enum dimension d, uint32_t key)
{
    static const char *const statuses[WARRANT_STATUSES] = { "before",    "ratified", "refused",
                                                            "pending",   "absent",   "contested",
                                                            "not_needed" };
    char month[8];
    if (d == BY_MONTH)
        month_text(month, key);
    buf_adds(out, d == BY_MONTH    ? month
                  : d == BY_STATUS ? statuses[key]
                                   : casebook_text(&r->audit->cb, key));
}

void report_write(struct buf *out, const struct report *r)
{
    if (r->p->form == REPORT_JSON)
        report_json(out, r);
    else if (r->p->form == REPORT_CSV)
        report_csv(out, r);
    else
        report_page(out, r);
    if (out->failed)
        die_of_memory();
}
