#include "client/audit/audit_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/json_stream.h"
#include "client/base/lost.h"
#include "client/base/table.h"
#include "client/show/likeness.h"

static const struct rule_answer *answer_at(const struct audit *a, uint64_t i)
{
    return shelf_at(&a->answers.list, i);
}

/* ---- for people ------------------------------------------------------------------------------ */

static void add_related(struct text_table *t, const struct rule_answer *x)
{
    struct buf b = { 0 };
    for (size_t i = 0; i < RELATED_MAX && x->related[i] != NO_ENTRY; i++)
        buf_addf(&b, "%s%" PRIu64, i == 0 ? "" : " ", x->related[i]);
    table_add(t, kept_text(&b));
    buf_free(&b);
}

static const char *severity_word(enum severity s)
{
    static const char *const words[SEVERITIES][2] = { { "good practice", "buena práctica" },
                                                      { "low", "baja" },
                                                      { "medium", "media" },
                                                      { "high", "alta" },
                                                      { "critical", "crítica" } };
    return words[s][language_get()];
}

/* A line for each finding, the gravest first. */
static void print_findings(const struct audit *a)
{
    struct text_table t = { .columns = 5 };
    const char *headings[] = { TR("ENTRY", "ASIENTO"), TR("RULE", "REGLA"),
                               TR("SEVERITY", "GRAVEDAD"), TR("RELATED", "RELACIONADOS"),
                               TR("WHAT IS NOT IN THE LOG", "QUÉ NO CONSTA EN LA BITÁCORA") };
    for (size_t i = 0; i < t.columns; i++)
        table_add(&t, headings[i]);
    for (int s = SEVERITIES; s-- > 0;)
        for (uint64_t i = 0; i < a->answers.list.n; i++) {
            const struct rule_answer *x = answer_at(a, i);
            struct buf b = { 0 };
            if (x->result != RESULT_FINDING ||
                rule_severity((enum rule)x->rule) != (enum severity)s)
                continue;
            answer_sentence(&b, x, &a->cb);
            table_addf(&t, "%" PRIu64, x->entry);
            table_add(&t, rule_name((enum rule)x->rule));
            table_add(&t, severity_word((enum severity)s));
            add_related(&t, x);
            table_add(&t, kept_text(&b));
            buf_free(&b);
        }
    if (t.cells > t.columns) {
        fputc('\n', stdout);
        table_print(&t, 0, stdout);
    }
    table_free(&t);
}

static void print_rules(const struct audit *a)
{
    struct text_table t = { .columns = 7 };
    const char *headings[] = { TR("RULE", "REGLA"),
                               TR("FINDINGS", "HALLAZGOS"),
                               TR("NOT EVALUABLE", "NO EVALUABLES"),
                               TR("IN ORDER", "EN ORDEN"),
                               TR("SEVERITY", "GRAVEDAD"),
                               TR("ABOUT", "SOBRE"),
                               TR("SOURCE", "FUENTE") };
    for (size_t i = 0; i < t.columns; i++)
        table_add(&t, headings[i]);
    for (int r = R01; r < RULE_COUNT; r++) {
        const uint64_t *n = a->answers.count[r];
        table_add(&t, rule_name((enum rule)r));
        table_addf(&t, "%" PRIu64, n[RESULT_FINDING]);
        table_addf(&t, "%" PRIu64, n[RESULT_NOT_EVALUABLE]);
        table_addf(&t, "%" PRIu64, n[RESULT_PASS]);
        table_add(&t, severity_word(rule_severity((enum rule)r)));
        table_add(&t, rule_title((enum rule)r, language_get()));
        table_add(&t, rule_source((enum rule)r));
    }
    fputc('\n', stdout);
    table_print(&t, 0, stdout);
    table_free(&t);
}

static void print_all(const struct audit *a)
{
    for (uint64_t i = 0; i < a->answers.list.n; i++) {
        const struct rule_answer *x = answer_at(a, i);
        struct buf b = { 0 };
        if (x->result == RESULT_FINDING)
            continue;
        answer_sentence(&b, x, &a->cb);
        terminal_print(stdout, "%" PRIu64 "  %s  %s  %s\n", x->entry, rule_name((enum rule)x->rule),
                       x->result == RESULT_PASS ? TR("in order", "en orden")
                                                : TR("not evaluable", "no evaluable"),
                       kept_text(&b));
        buf_free(&b);
    }
}

void audit_print(const struct audit *a, bool complete)
{
    replaying_print(a->r, stdout);
    if (!complete)
        return;
    print_findings(a);
    print_rules(a);
    if (a->answers.passes)
        print_all(a);
    else
        printf("\n%s\n", TR("Why something is not evaluable: --all, or --json.",
                            "Por qué algo no es evaluable: --all, o --json."));
    printf("\n%s\n",
           TR("A finding is a question for a judge: it says what is not in the log, never "
              "that something was illegal.",
              "Un hallazgo es una pregunta para un juez: dice qué no consta en la "
              "bitácora, nunca que algo fue ilegal."));
}

/* ---- JSON Lines ------------------------------------------------------------------------------ */

static json_t *related_json(const struct rule_answer *x)
{
    json_t *list = json_list();
    for (size_t i = 0; i < RELATED_MAX && x->related[i] != NO_ENTRY; i++)
        json_push(list, json_of_index(x->related[i]));
    return list;
}

/* The causes by name; what the first one's sentence names, for programs. */
static void add_causes(json_t *v, const struct audit *a, const struct rule_answer *x)
{
    char time[WHEN_TEXT + 1];
    json_put(v, "causes", answer_causes(x));
    if (x->causes > 0 && x->cause[0].code != 0)
        json_put(v, "code", json_text(casebook_text(&a->cb, x->cause[0].code)));
    if (x->causes > 0 && x->cause[0].time != NO_TIME) {
        when_format(time, answer_time(x->cause[0].time));
        json_put(v, "time", json_text(time));
    }
}

/* The warrant that a request may have meant, and what differs. */
static void add_lookalike(json_t *v, const struct audit *a, const struct rule_answer *x)
{
    const struct request *r = casebook_request(&a->cb, x->entry);
    for (size_t i = 0; r != NULL && i < x->causes; i++) {
        const char *ref = casebook_text(&a->cb, x->cause[i].code);
        if (x->cause[i].cause == CAUSE_REFERENCE_LOOKS_LIKE)
            json_put(v, "looks_like",
                     json_made(json_pack("{s:s,s:o}", "ref", ref, "differs",
                                         likeness_json(ref, casebook_text(&a->cb, r->ref)))));
    }
}

json_t *audit_answer_json(const struct audit *a, const struct rule_answer *x)
{
    enum rule rule = (enum rule)x->rule;
    struct buf b = { 0 };
    answer_sentence(&b, x, &a->cb);
    json_t *v = json_made(json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:s,s:s}", "type", "answer", "rule",
                                    rule_name(rule), "result", result_name((enum result)x->result),
                                    "severity", severity_name(rule_severity(rule)), "entry",
                                    json_of_index(x->entry), "related", related_json(x), "source",
                                    rule_source(rule), "text", kept_text(&b)));
    add_causes(v, a, x);
    add_lookalike(v, a, x);
    buf_free(&b);
    return v;
}

static void say_rule(const struct audit *a, enum rule r)
{
    const uint64_t *n = a->answers.count[r];
    say_json(json_made(json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I}", "type", "rule", "rule", rule_name(r), "title",
        rule_title(r, language_get()), "severity", severity_name(rule_severity(r)), "source",
        rule_source(r), "pass", (json_int_t)n[RESULT_PASS], "finding",
        (json_int_t)n[RESULT_FINDING], "not_evaluable", (json_int_t)n[RESULT_NOT_EVALUABLE])));
}

/* Each integrity finding a line of its own, before everything else. */
static void say_integrity(const json_t *findings)
{
    for (size_t i = 0; i < json_array_size(findings); i++) {
        json_t *v = json_made(json_deep_copy(json_array_get(findings, i)));
        json_put(v, "type", json_text("integrity"));
        say_json(v);
    }
}

/* What does not depend on how it came to be known: a whole run and one from a state print the
 * same. */
json_t *audit_summary_json(const struct audit *a, bool complete)
{
    json_t *v = replaying_json(a->r);
    char time[WHEN_TEXT + 1];
    json_object_del(v, "findings");
    json_object_del(v, "from");
    json_put(v, "type", json_text("audit"));
    json_put(v, "complete", json_boolean(complete));
    if (complete && a->now != NO_TIME) {
        when_format(time, a->now);
        json_put(v, "now", json_text(time));
    }
    return v;
}

void audit_json(const struct audit *a, bool complete)
{
    json_t *findings = findings_json(&a->r->findings);
    say_integrity(findings);
    json_decref(findings);
    for (uint64_t i = 0; complete && i < a->answers.list.n; i++)
        say_json(audit_answer_json(a, answer_at(a, i)));
    for (int r = R01; complete && r < RULE_COUNT; r++)
        say_rule(a, (enum rule)r);
    say_json(audit_summary_json(a, complete));
}

/* ---- SARIF 2.1.0 (OASIS) --------------------------------------------------------------------- */

static const char *sarif_level(enum severity s)
{
    return s >= SEVERITY_HIGH ? "error" : s == SEVERITY_MEDIUM ? "warning" : "note";
}

static json_t *sarif_rule(enum rule r)
{
    return json_made(json_pack(
        "{s:s,s:{s:s},s:{s:s},s:{s:s},s:{s:s,s:s}}", "id", rule_name(r), "shortDescription", "text",
        rule_title(r, language_get()), "fullDescription", "text", rule_meaning(r, language_get()),
        "defaultConfiguration", "level", sarif_level(rule_severity(r)), "properties", "severity",
        severity_name(rule_severity(r)), "source", rule_source(r)));
}

static json_t *sarif_location(uint64_t entry)
{
    char name[32];
    if (entry == NO_ENTRY)
        return json_made(json_pack("[{s:[{s:s,s:s}]}]", "logicalLocations", "fullyQualifiedName",
                                   "log", "kind", "log"));
    snprintf(name, sizeof name, "entry/%" PRIu64, entry);
    return json_made(json_pack("[{s:[{s:s,s:s}]}]", "logicalLocations", "fullyQualifiedName", name,
                               "kind", "entry"));
}

static json_t *sarif_related(const struct rule_answer *x)
{
    json_t *list = json_list();
    for (size_t i = 0; i < RELATED_MAX && x->related[i] != NO_ENTRY; i++) {
        json_t *one = sarif_location(x->related[i]);
        json_push(list, json_incref(json_array_get(one, 0)));
        json_decref(one);
    }
    return list;
}

static json_t *sarif_answer(const struct audit *a, const struct rule_answer *x)
{
    static const char *const kinds[RESULTS] = { "pass", "review", "fail" };
    enum rule rule = (enum rule)x->rule;
    struct buf b = { 0 };
    answer_sentence(&b, x, &a->cb);
    const char *level = x->result == RESULT_FINDING ? sarif_level(rule_severity(rule)) : "none";
    json_t *v = json_made(json_pack(
        "{s:s,s:i,s:s,s:s,s:{s:s},s:o,s:o,s:{s:s}}", "ruleId", rule_name(rule), "ruleIndex",
        (int)rule - R01 + 1, "kind", kinds[x->result], "level", level, "message", "text",
        kept_text(&b), "locations", sarif_location(x->entry), "relatedLocations", sarif_related(x),
        "properties", "severity", severity_name(rule_severity(rule))));
    buf_free(&b);
    return v;
}

static void sarif_integrity(struct json_stream *results, const json_t *findings)
{
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *f = json_array_get(findings, i), *entry = json_object_get(f, "entry");
        json_stream_item(
            results, json_made(json_pack(
                         "{s:s,s:i,s:s,s:s,s:{s:s},s:o,s:{s:O,s:O}}", "ruleId", "INTEGRITY",
                         "ruleIndex", 0, "kind", "fail", "level", "error", "message", "text",
                         json_string_value(json_object_get(f, "detail")), "locations",
                         sarif_location(json_is_integer(entry) ? (uint64_t)json_integer_value(entry)
                                                               : NO_ENTRY),
                         "properties", "code", json_object_get(f, "code"), "verdict",
                         json_object_get(f, "verdict"))));
    }
}

static json_t *sarif_rules(void)
{
    json_t *rules = json_made(
        json_pack("[{s:s,s:{s:s},s:{s:s}}]", "id", "INTEGRITY", "shortDescription", "text",
                  TR("the log itself", "la propia bitácora"), "fullDescription", "text",
                  TR("The log is not what it must be: nothing else counts before this is settled.",
                     "La bitácora no es lo que debe ser: nada más cuenta antes de aclararlo.")));
    for (int r = R01; r < RULE_COUNT; r++)
        json_push(rules, sarif_rule((enum rule)r));
    return rules;
}

static void sarif_results(struct json_stream *out, const struct audit *a, bool complete)
{
    json_t *findings = findings_json(&a->r->findings);
    json_stream_list(out, "results");
    sarif_integrity(out, findings);
    json_decref(findings);
    for (uint64_t i = 0; complete && i < a->answers.list.n; i++)
        json_stream_item(out, sarif_answer(a, answer_at(a, i)));
    json_stream_list_end(out);
}

void audit_sarif(const struct audit *a, bool complete)
{
    struct json_stream *out = json_stream_begin();
    json_stream_members(out, json_made(json_pack("{s:s,s:s}", "$schema",
                                                 "https://json.schemastore.org/sarif-2.1.0.json",
                                                 "version", "2.1.0")));
    json_stream_list(out, "runs");
    json_stream_object(out);
    json_stream_members(
        out, json_made(json_pack("{s:{s:{s:s,s:s,s:o}},s:[{s:b}]}", "tool", "driver", "name",
                                 "bitacora", "language", TR("en", "es"), "rules", sarif_rules(),
                                 "invocations", "executionSuccessful", complete)));
    sarif_results(out, a, complete);
    json_stream_members(out, json_made(json_pack("{s:s,s:o}", "columnKind", "unicodeCodePoints",
                                                 "properties", audit_summary_json(a, complete))));
    json_stream_object_end(out);
    json_stream_list_end(out);
    json_stream_end(out);
}
