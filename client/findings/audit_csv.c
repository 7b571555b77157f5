#include <inttypes.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/findings/answer_about.h"
#include "client/findings/audit_report.h"
#include "client/show/csv.h"

static void field(struct buf *out, const char *text)
{
    buf_adds(out, ",");
    csv_cell(out, text == NULL ? "" : text);
}

/* What has no place in a table of entries: it is about the log, or about an entry's integrity. */
static void add_integrity(struct buf *out, const struct audit *a)
{
    json_t *findings = findings_json(&a->r->findings);
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *f = json_array_get(findings, i), *entry = json_object_get(f, "entry");
        if (json_is_integer(entry))
            buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(entry));
        buf_adds(out, ",,,INTEGRITY,finding,critical,,,,");
        csv_cell(out, json_string_value(json_object_get(f, "code")));
        field(out, "");
        field(out, json_string_value(json_object_get(f, "detail")));
        field(out, "");
        csv_end(out);
    }
    json_decref(findings);
}

/* Entries or causes, with spaces between them. */
static void add_list(struct buf *out, struct buf *list)
{
    field(out, kept_text(list));
    buf_free(list);
}

static void add_answer_line(struct buf *out, const struct audit *a, const struct rule_answer *x)
{
    struct answer_about about = answer_about(a, x);
    struct buf related = { 0 }, causes = { 0 }, text = { 0 };
    char shown[64] = "";
    if (about.accepted != NO_TIME)
        when_format(shown, answer_time(about.accepted));
    buf_addf(out, "%" PRIu64, x->entry);
    field(out, shown);
    field(out, about.kind == KIND_NONE ? "" : kind_name(about.kind));
    field(out, rule_name((enum rule)x->rule));
    field(out, result_name((enum result)x->result));
    field(out, severity_name(rule_severity((enum rule)x->rule)));
    field(out, about.authority);
    field(out, about.holder);
    for (size_t i = 0; i < RELATED_MAX && x->related[i] != NO_ENTRY; i++)
        buf_addf(&related, "%s%" PRIu64, i == 0 ? "" : " ", x->related[i]);
    add_list(out, &related);
    for (size_t i = 0; i < x->causes; i++)
        buf_addf(&causes, "%s%s", i == 0 ? "" : " ", cause_name((enum cause)x->cause[i].cause));
    add_list(out, &causes);
    field(out, rule_source((enum rule)x->rule, language_get()));
    answer_sentence(&text, x, &a->cb);
    add_list(out, &text);
    answer_link(shown, x->entry);
    field(out, shown);
    csv_end(out);
}

/* Written as it comes: answers may be as many as entries. */
static void flush_lines(struct buf *out)
{
    struct span text = kept_span(out);
    if (!lost_any())
        fwrite(text.p, 1, text.n, stdout);
    buf_clear(out);
}

void audit_csv(const struct audit *a, const struct audit_wanted *w, bool complete, bool bom)
{
    struct buf out = { 0 };
    buf_adds(&out, bom ? CSV_BYTE_ORDER_MARK : "");
    buf_adds(&out, "entry,accepted,kind,rule,result,severity,authority,holder,related,causes,"
                   "source,text,link");
    csv_end(&out);
    add_integrity(&out, a);
    flush_lines(&out);
    for (uint64_t i = 0; complete && i < a->answers.list.n; i++) {
        const struct rule_answer *x = shelf_at(&a->answers.list, i);
        if (!wanted_has(w, a, x))
            continue;
        add_answer_line(&out, a, x);
        flush_lines(&out);
    }
    buf_free(&out);
}
