#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/report/states.h"
#include "client/report/words.h"
#include "client/show/likeness.h"
#include "proto/base/when.h"

static void set_code(json_t *v, const struct report *r, enum dimension d, uint32_t key)
{
    struct buf code = { 0 };
    report_code(&code, r, d, key);
    json_put(v, dimension_code(d), json_text(kept_text(&code)));
    buf_free(&code);
}

/* Those of its numbers that stand for themselves or more. */
static void set_at_least(json_t *v, const struct report_line *l)
{
    json_t *list = json_list();
    for (int m = 0; m < MEASURES; m++)
        if (line_at_least(l, m))
            json_push(list, json_text(measure_code((enum measure)m)));
    if (json_array_size(list) > 0)
        json_put(v, "at_least", json_incref(list));
    json_decref(list);
}

static void set_numbers(json_t *v, const struct report_line *l)
{
    for (int m = 0; m < MEASURES; m++)
        json_put(v, measure_code((enum measure)m),
                 json_made(l->unknown     ? json_null()
                           : l->hidden[m] ? json_string(HIDDEN_MARK)
                                          : json_integer((json_int_t)l->n[m])));
    json_put(v, measure_code(MEASURES),
             json_made(l->median_hidden   ? json_string(HIDDEN_MARK)
                       : l->answered == 0 ? json_null()
                                          : json_real((double)l->median / 10)));
    set_at_least(v, l);
}

static json_t *line_json(const struct report *r, const struct report_line *l, enum dimension from,
                         enum dimension to)
{
    json_t *v = json_made(json_object());
    for (int d = (int)from; d <= (int)to; d++)
        set_code(v, r, (enum dimension)d, l->key[d]);
    set_numbers(v, l);
    return v;
}

static json_t *lines_json(const struct report *r, size_t first, size_t last, enum dimension from,
                          enum dimension to)
{
    json_t *list = json_list();
    for (size_t i = first; i < last; i++)
        if (!r->lines[i].left_out)
            json_push(list, line_json(r, &r->lines[i], from, to));
    return list;
}

static json_t *parameters_json(const struct parameters *p)
{
    char from[8], to[8];
    month_text(from, p->from);
    month_text(to, p->to);
    return json_made(json_pack("{s:i,s:s,s:s,s:s,s:s,s:s}", "format", p->format, "from", from, "to",
                               to, "by", p->by, "lang", TR("en", "es"), "form", "json"));
}

static json_t *log_json(const struct report *r)
{
    struct buf note = r->p->note;
    return json_made(json_pack("{s:s,s:I,s:o,s:s%,s:s}", "origin",
                               trust_log(&r->audit->r->trust)->name, "size", (json_int_t)r->p->size,
                               "root", json_of_hash(&r->p->root), "checkpoint",
                               (const char *)note.p, note.n, "integrity", "proven"));
}

static json_t *rulesets_json(const struct report *r)
{
    json_t *list = json_list();
    for (size_t i = 0; i < r->rulesets_count; i++) {
        const struct ruleset_used *u = &r->rulesets[i];
        char from[WHEN_TEXT + 1];
        when_format(from, u->pinned != NULL ? u->pinned->from : ruleset_from(u->ruleset));
        json_push(list, json_made(json_pack(
                            "{s:s,s:s,s:o,s:s,s:o}", "name", ruleset_name(u->ruleset), "version",
                            ruleset_version(u->ruleset), "sha256",
                            json_of_hash(ruleset_sha256(u->ruleset)), "from", from, "entry",
                            json_of_index(u->pinned != NULL ? u->pinned->entry : NO_ENTRY))));
    }
    return list;
}

static json_t *words_json(const struct report *r, enum dimension d, const word *w, size_t n)
{
    json_t *list = json_list();
    for (size_t i = 0; i < n; i++) {
        struct buf code = { 0 };
        report_code(&code, r, d, w[i]);
        json_push(list, json_text(kept_text(&code)));
        buf_free(&code);
    }
    return list;
}

static json_t *statement_json(const struct report *r, const struct statement *s)
{
    json_t *v = json_made(json_object()), *statuses = json_list();
    char from[8], until[8];
    set_code(v, r, BY_CATEGORY, s->category);
    json_put(v, "basis", words_json(r, BY_BASIS, s->bases, s->bases_count));
    for (uint32_t i = 0; i < WARRANT_STATUSES; i++) {
        word w = i;
        json_t *one = words_json(r, BY_STATUS, &w, s->status[i]);
        if (json_array_extend(statuses, one) != 0)
            lost(ENOMEM);
        json_decref(one);
    }
    json_put(v, "warrant", statuses);
    if (s->windows >= REPORT_LEAST) {
        month_text(from, month_of(s->from));
        month_text(until, month_of(s->until));
    }
    json_put(v, "data_from", s->windows >= REPORT_LEAST ? json_text(from) : json_null());
    json_put(v, "data_until", s->windows >= REPORT_LEAST ? json_text(until) : json_null());
    return v;
}

static json_t *others_json(const struct report *r)
{
    json_t *v = json_made(json_object()), *list = json_list();
    for (int s = SEVERITIES; s-- > 0;)
        json_put(v, severity_name((enum severity)s),
                 json_made(json_integer((json_int_t)r->findings_elsewhere[s])));
    json_t *all = json_made(json_pack("{s:o}", "findings_not_of_a_request", v));
    for (size_t i = 0; i < r->silent_count; i++)
        json_push(list, json_text(kept_text(&r->silent[i])));
    json_put(all, "holders_without_entries", list);
    return all;
}

static void add_states(void *ctx, const struct state_pair *x)
{
    json_push(ctx,
              json_made(json_pack("{s:[s,s],s:[I,I],s:o}", "states", x->one, x->other, "entries",
                                  (json_int_t)x->entry_of_one, (json_int_t)x->entry_of_other,
                                  "differs", likeness_json(x->one, x->other))));
}

/* States that look the same: a reader takes their lines for lines of one. */
static json_t *states_json(const struct report *r)
{
    json_t *list = json_list();
    report_each_states(r->audit, add_states, list);
    return list;
}

static json_t *all_json(const struct report *r)
{
    json_t *v = json_made(json_object()), *statements = json_list(), *texts = json_list();
    char by[32];
    snprintf(by, sizeof by, "by_%s", dimension_code(r->by));
    json_put(v, "report", parameters_json(r->p));
    json_put(v, "log", log_json(r));
    json_put(v, "rulesets", rulesets_json(r));
    json_t *total = json_made(json_object());
    set_numbers(total, &r->lines[0]);
    json_put(v, "total", total);
    static const char *const names[SUMMARIES] = { "by_month", NULL, "by_warrant" };
    for (int s = 0; s < SUMMARIES; s++) {
        enum dimension d = s == SUMMARY_MONTH ? BY_MONTH : s == SUMMARY_STATUS ? BY_STATUS : r->by;
        json_put(v, names[s] != NULL ? names[s] : by, lines_json(r, r->first[s], r->last[s], d, d));
    }
    json_put(v, "rows", lines_json(r, r->rows, r->count, BY_MONTH, BY_STATUS));
    for (size_t i = 0; i < r->statements_count; i++)
        json_push(statements, statement_json(r, &r->statements[i]));
    json_put(v, "statements", statements);
    json_t *others = others_json(r);
    if (json_object_update(v, others) != 0)
        lost(ENOMEM);
    json_decref(others);
    if (r->p->format >= 3)
        json_put(v, "states_that_look_alike", states_json(r));
    const char *text;
    for (size_t i = 0; (text = report_method(r->p->format, i)) != NULL; i++)
        json_push(texts, json_text(text));
    json_put(v, "method", texts);
    return v;
}

void report_json(struct buf *out, const struct report *r)
{
    json_t *v = all_json(r);
    char *text = kept(json_dumps(v, JSON_INDENT(1) | JSON_REAL_PRECISION(12)));
    buf_adds(out, parameters_before(REPORT_JSON));
    parameters_add(out, r->p);
    buf_adds(out, parameters_behind(REPORT_JSON));
    buf_adds(out, text == NULL ? "" : text + 2); /* without "{\n" */
    buf_adds(out, "\n");
    free(text);
    json_decref(v);
}
