#include <inttypes.h>

#include "client/base/lost.h"
#include "client/report/states.h"
#include "client/report/words.h"
#include "client/show/csv.h"
#include "proto/base/when.h"

/* Format 2 looked at the first character alone. */
static bool begins_formula_of_2(const char *text)
{
    return *text != 0 && strchr("=+-@", *text) != NULL;
}

/* RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
static void add_field(struct buf *out, const char *text, int format)
{
    if (format >= 3) {
        csv_cell(out, text);
        return;
    }
    if (!begins_formula_of_2(text) && strpbrk(text, ",\"\r\n") == NULL) {
        buf_adds(out, text);
        return;
    }
    buf_adds(out, begins_formula_of_2(text) ? "\"'" : "\"");
    for (size_t at = 0; text[at] != 0; at++)
        buf_add(out, text[at] == '"' ? "\"\"" : text + at, text[at] == '"' ? 2 : 1);
    buf_adds(out, "\"");
}

static void end_record(struct buf *out, int empty)
{
    for (int i = 0; i < empty; i++)
        buf_adds(out, ",");
    buf_adds(out, "\r\n");
}

static void meta(struct buf *out, const struct report *r, const char *item, const char *value)
{
    buf_addf(out, "meta,%s,", item);
    add_field(out, value, r->p->format);
    end_record(out, DIMENSIONS + MEASURES + 1);
}

static void add_header(struct buf *out)
{
    buf_adds(out, parameters_before(REPORT_CSV));
    for (int d = 0; d < DIMENSIONS; d++)
        buf_addf(out, ",%s", dimension_code((enum dimension)d));
    for (int m = 0; m <= MEASURES; m++)
        buf_addf(out, ",%s", measure_code((enum measure)m));
    buf_adds(out, "\r\n");
}

static void add_numbers(struct buf *out, const struct report_line *l)
{
    for (int m = 0; m < MEASURES; m++)
        if (l->unknown)
            buf_adds(out, "," UNKNOWN_MARK);
        else if (l->hidden[m])
            buf_adds(out, "," HIDDEN_MARK);
        else
            buf_addf(out, ",%" PRIu64, l->n[m]);
    if (l->median_hidden)
        buf_adds(out, "," HIDDEN_MARK);
    else if (l->answered == 0)
        buf_adds(out, l->unknown ? "," UNKNOWN_MARK : ",");
    else
        buf_addf(out, ",%" PRIu64 ".%d", l->median / 10, (int)(l->median % 10));
}

static void add_lines(struct buf *out, const struct report *r, const char *table, size_t first,
                      size_t last, int from, int to)
{
    for (size_t i = first; i < last; i++) {
        if (r->lines[i].left_out)
            continue;
        buf_addf(out, "%s,,", table);
        for (int d = 0; d < DIMENSIONS; d++) {
            struct buf code = { 0 };
            buf_adds(out, ",");
            if (d >= from && d <= to)
                report_code(&code, r, (enum dimension)d, r->lines[i].key[d]);
            add_field(out, kept_text(&code), r->p->format);
            buf_free(&code);
        }
        add_numbers(out, &r->lines[i]);
        buf_adds(out, "\r\n");
    }
}

static void add_ruleset(struct buf *out, const struct report *r, const struct ruleset_used *u)
{
    struct buf text = { 0 };
    char from[WHEN_TEXT + 1];
    when_format(from, u->pinned != NULL ? u->pinned->from : ruleset_from(u->ruleset));
    buf_addf(&text, "%s %s, sha256 ", ruleset_name(u->ruleset), ruleset_version(u->ruleset));
    buf_add_base64(&text, ruleset_sha256(u->ruleset)->b, HASH_BYTES);
    buf_addf(&text, ", from %s", from);
    meta(out, r, "ruleset", kept_text(&text));
    buf_free(&text);
}

static void add_statement(struct buf *out, const struct report *r, const struct statement *s)
{
    struct buf text = { 0 };
    char month[8];
    report_code(&text, r, BY_CATEGORY, s->category);
    buf_adds(&text, ": basis");
    for (size_t i = 0; i < s->bases_count; i++) {
        buf_adds(&text, " ");
        report_code(&text, r, BY_BASIS, s->bases[i]);
    }
    buf_adds(&text, "; warrant");
    for (uint32_t i = 0; i < WARRANT_STATUSES; i++) {
        buf_adds(&text, s->status[i] ? " " : "");
        if (s->status[i])
            report_code(&text, r, BY_STATUS, i);
    }
    if (s->windows >= REPORT_LEAST) {
        month_text(month, month_of(s->from));
        buf_addf(&text, "; data %s", month);
        month_text(month, month_of(s->until));
        buf_addf(&text, " %s", month);
    }
    meta(out, r, "statement", kept_text(&text));
    buf_free(&text);
}

static void add_meta(struct buf *out, const struct report *r)
{
    struct buf text = { 0 };
    char item[64];
    parameters_add(&text, r->p);
    meta(out, r, "made_from", kept_text(&text));
    meta(out, r, "origin", trust_log(&r->audit->r->trust)->name);
    buf_clear(&text);
    buf_addf(&text, "%" PRIu64, r->p->size);
    meta(out, r, "size", kept_text(&text));
    buf_clear(&text);
    buf_add_base64(&text, r->p->root.b, HASH_BYTES);
    meta(out, r, "root", kept_text(&text));
    buf_clear(&text);
    buf_add_span(&text, buf_span(&r->p->note));
    meta(out, r, "checkpoint", kept_text(&text));
    meta(out, r, "integrity", "proven");
    for (size_t i = 0; i < r->rulesets_count; i++)
        add_ruleset(out, r, &r->rulesets[i]);
    for (size_t i = 0; i < r->silent_count; i++)
        meta(out, r, "holder_without_entries", kept_text(&r->silent[i]));
    for (int s = SEVERITIES; s-- > 0;) {
        buf_clear(&text);
        buf_addf(&text, "%" PRIu64, r->findings_elsewhere[s]);
        snprintf(item, sizeof item, "findings_not_of_a_request_%s",
                 severity_name((enum severity)s));
        meta(out, r, item, kept_text(&text));
    }
    for (size_t i = 0; i < r->statements_count; i++)
        add_statement(out, r, &r->statements[i]);
    const char *paragraph;
    for (size_t i = 0; (paragraph = report_method(r->p->format, i)) != NULL; i++)
        meta(out, r, "method", paragraph);
    buf_free(&text);
}

struct csv {
    struct buf *out;
    const struct report *r;
};

static void add_states(void *ctx, const struct state_pair *pair)
{
    struct csv *c = ctx;
    struct buf words = { 0 };
    state_pair_words(&words, pair);
    meta(c->out, c->r, "states_that_look_alike", kept_text(&words));
    buf_free(&words);
}

/* Numbers stand alone in their fields, so that programs can add them up. */
static void add_at_least(struct buf *out, const struct report *r)
{
    for (int m = 0; m < MEASURES; m++)
        if (line_at_least(&r->lines[0], m))
            meta(out, r, "at_least", measure_code((enum measure)m));
}

void report_csv(struct buf *out, const struct report *r)
{
    char by[32];
    snprintf(by, sizeof by, "by_%s", dimension_code(r->by));
    add_header(out);
    add_meta(out, r);
    add_at_least(out, r);
    if (r->p->format >= 3)
        report_each_states(r->audit, add_states, &(struct csv){ out, r });
    add_lines(out, r, "total", 0, 1, DIMENSIONS, 0);
    add_lines(out, r, "by_month", r->first[SUMMARY_MONTH], r->last[SUMMARY_MONTH], BY_MONTH,
              BY_MONTH);
    add_lines(out, r, by, r->first[SUMMARY_BY], r->last[SUMMARY_BY], (int)r->by, (int)r->by);
    add_lines(out, r, "by_warrant", r->first[SUMMARY_STATUS], r->last[SUMMARY_STATUS], BY_STATUS,
              BY_STATUS);
    add_lines(out, r, "row", r->rows, r->count, BY_MONTH, BY_STATUS);
}
