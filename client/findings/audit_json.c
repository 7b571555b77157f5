#include <inttypes.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/findings/answer_about.h"
#include "client/findings/audit_report.h"
#include "client/show/likeness.h"

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

/* About whom it is, since when it is in the log, and how to look at it. */
static void add_about(json_t *v, const struct audit *a, const struct rule_answer *x)
{
    struct answer_about about = answer_about(a, x);
    char text[64];
    if (about.accepted != NO_TIME)
        when_format(text, answer_time(about.accepted));
    json_put(v, "accepted", about.accepted == NO_TIME ? json_null() : json_text(text));
    json_put(v, "kind", json_text(kind_name(about.kind)));
    json_put(v, "authority", json_text(about.authority));
    json_put(v, "holder", json_text(about.holder));
    answer_link(text, x->entry);
    json_put(v, "link", json_text(text));
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
                                    rule_source(rule, language_get()), "text", kept_text(&b)));
    add_causes(v, a, x);
    add_lookalike(v, a, x);
    add_about(v, a, x);
    buf_free(&b);
    return v;
}

static void say_rule(enum rule r, const uint64_t n[static RESULTS])
{
    json_t *v = json_made(json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", "rule", "rule", rule_name(r),
                                    "title", rule_title(r, language_get()), "severity",
                                    severity_name(rule_severity(r)), "source",
                                    rule_source(r, language_get())));
    if (n[RESULT_PASS] != NO_COUNT)
        json_put(v, "pass", json_made(json_integer((json_int_t)n[RESULT_PASS])));
    json_put(v, "finding", json_made(json_integer((json_int_t)n[RESULT_FINDING])));
    json_put(v, "not_evaluable", json_made(json_integer((json_int_t)n[RESULT_NOT_EVALUABLE])));
    say_json(v);
}

static void say_rules(const struct audit *a, const struct audit_wanted *w)
{
    uint64_t count[RULE_COUNT][RESULTS];
    wanted_count(w, a, count);
    for (int r = R01; r < RULE_COUNT; r++)
        if (!w->rules || w->of_rule[r])
            say_rule((enum rule)r, count[r]);
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

/* How many findings of the rules there are, of all and by severity. */
static json_t *rule_findings(const struct audit *a, const struct audit_wanted *w)
{
    uint64_t count[RULE_COUNT][RESULTS], n[SEVERITIES] = { 0 }, total = 0;
    json_t *v = json_made(json_object());
    wanted_count(w, a, count);
    for (int r = R01; r < RULE_COUNT; r++) {
        n[rule_severity((enum rule)r)] += count[r][RESULT_FINDING];
        total += count[r][RESULT_FINDING];
    }
    json_put(v, "total", json_made(json_integer((json_int_t)total)));
    for (int s = SEVERITIES; s-- > 0;)
        json_put(v, severity_name((enum severity)s), json_made(json_integer((json_int_t)n[s])));
    return v;
}

json_t *audit_all_rule_findings_json(const struct audit *a)
{
    struct audit_wanted all;
    return wanted_read(&all, &(struct wanted_words){ .rule = NULL }) ? rule_findings(a, &all)
                                                                     : json_made(json_object());
}

void audit_json(const struct audit *a, const struct audit_wanted *w, bool complete)
{
    json_t *findings = findings_json(&a->r->findings);
    say_integrity(findings);
    json_decref(findings);
    for (uint64_t i = 0; complete && i < a->answers.list.n; i++) {
        const struct rule_answer *x = shelf_at(&a->answers.list, i);
        if (wanted_has(w, a, x))
            say_json(audit_answer_json(a, x));
    }
    if (complete)
        say_rules(a, w);
    json_t *summary = audit_summary_json(a, complete);
    json_put(summary, "filtered", json_boolean(wanted_filters(w)));
    if (complete)
        json_put(summary, "rule_findings", rule_findings(a, w));
    say_json(summary);
}
