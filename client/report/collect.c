#include "client/report/collect.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/report/protect.h"

/* ---- findings -------------------------------------------------------------------------------- */

static void count_findings(struct report_making *m)
{
    const struct audit *a = m->r->audit;
    m->findings = kept(calloc(m->cb->requests.n + 1, sizeof *m->findings));
    if (m->findings == NULL)
        return;
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
        if (collect_in_period(m->r, row->accepted))
            m->r->findings_elsewhere[s]++;
    }
}

/* ---- statements of objects ------------------------------------------------------------------- */

static void add_basis(struct statement *s, word basis)
{
    for (size_t i = 0; i < s->bases_count; i++)
        if (s->bases[i] == basis)
            return;
    if (room_for_one(&s->bases, s->bases_count, &s->bases_cap, sizeof *s->bases))
        s->bases[s->bases_count++] = basis;
}

/* That of a category, or a new one. Returns NULL if there is no memory. */
static struct statement *statement_of(struct report *r, word category)
{
    for (size_t i = 0; i < r->statements_count; i++)
        if (r->statements[i].category == category)
            return &r->statements[i];
    if (!room_for_one(&r->statements, r->statements_count, &r->statements_cap,
                      sizeof *r->statements))
        return NULL;
    r->statements[r->statements_count] =
        (struct statement){ .category = category, .from = INT64_MAX, .until = INT64_MIN };
    return &r->statements[r->statements_count++];
}

static int compare_statements(const void *x, const void *y, void *cb)
{
    const struct statement *a = x, *b = y;
    return collect_compare_keys(cb, BY_CATEGORY, a->category, b->category);
}

static void make_statements(struct report_making *m)
{
    struct report *r = m->r;
    for (size_t i = 0; i < m->pairs_n; i++) {
        const struct pair *p = &m->pairs[i];
        const struct window *data = &m->o->requests[p->request].data;
        struct statement *s = statement_of(r, p->key[BY_CATEGORY]);
        if (s == NULL)
            return;
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
        qsort_r(r->statements[i].bases, r->statements[i].bases_count, sizeof(word),
                collect_compare_words, &by_basis);
    if (r->statements_count > 0)
        qsort_r(r->statements, r->statements_count, sizeof *r->statements, compare_statements,
                (void *)m->cb);
}

/* ---- holders that reported nothing ----------------------------------------------------------- */

/* Enrolled, by this log up to where the report goes, at some moment of the period. */
static bool enrolled_in_period(const struct report_making *m, const struct enrolment *e)
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

static bool acted(const struct report_making *m, const struct registry *registry,
                  const char *authority)
{
    for (size_t i = 0; i < m->o->acts_n; i++)
        if (collect_in_period(m->r, m->o->acts[i].accepted) &&
            strcmp(registry_get(registry, m->o->acts[i].signer)->authority, authority) == 0)
            return true;
    return false;
}

static int compare_names(const void *x, const void *y)
{
    return strcmp(kept_text((struct buf *)x), kept_text((struct buf *)y));
}

static void find_silent(struct report_making *m)
{
    struct report *r = m->r;
    const struct registry *registry = judge_registry(r->audit->r->judge);
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct enrolment *e = registry_get(registry, (uint32_t)i);
        bool known = false;
        for (size_t k = 0; k < r->silent_count && !known; k++)
            known = strcmp(kept_text(&r->silent[k]), e->authority) == 0;
        if (known || !enrolled_in_period(m, e) || acted(m, registry, e->authority))
            continue;
        if (!room_for_one(&r->silent, r->silent_count, &r->silent_cap, sizeof *r->silent))
            return;
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
    if (!room_for_one(&r->rulesets, r->rulesets_count, &r->rulesets_cap, sizeof *r->rulesets))
        return;
    struct ruleset_used *used = &r->rulesets[r->rulesets_count++];
    *used = (struct ruleset_used){ .ruleset = ruleset };
    for (size_t i = 0; i < registry_rulesets(registry) && used->pinned == NULL; i++) {
        const struct pinned_ruleset *p = registry_get_ruleset(registry, i);
        if (p->entry < r->p->size && memcmp(p->sha256, h->b, HASH_BYTES) == 0)
            used->pinned = p;
    }
}

static void use_ruleset(struct report_making *m, const struct request *q, uint32_t number)
{
    (void)q;
    add_ruleset(m->r, m->o->requests[number].ruleset);
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

/* Each stage rests on those before it: after a loss the next is not begun. */
static bool collect(struct report_making *m)
{
    count_findings(m);
    if (!lost_any())
        collect_lines(m);
    if (!lost_any())
        make_statements(m);
    if (!lost_any())
        find_silent(m);
    if (!lost_any())
        collect_each_request(m, use_ruleset);
    return !lost_any() && protect(m->r);
}

struct report *report_new(const struct parameters *p, const struct audit *audit,
                          const struct observed *o)
{
    struct report *r = kept(calloc(1, sizeof *r));
    if (r == NULL)
        return NULL;
    struct report_making m = { .r = r, .cb = &audit->cb, .o = o };
    r->p = p;
    r->audit = audit;
    r->names = &o->names;
    r->began = o->first_at;
    r->by = dimension_of(p->by);
    bool made = collect(&m);
    free(m.findings);
    free(m.pairs);
    if (made)
        return r;
    report_free(r);
    return NULL;
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
    for (size_t i = 0; i < r->count; i++)
        free(r->lines[i].waits.ms);
    free(r->lines);
    free(r->statements);
    free(r->silent);
    free(r->rulesets);
    free(r);
}
