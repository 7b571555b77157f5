#include "client/findings/audit_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/table.h"
#include "client/findings/answer_about.h"
#include "client/show/label.h"

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

static void add_finding(struct text_table *t, const struct audit *a, const struct rule_answer *x)
{
    struct answer_about about = answer_about(a, x);
    struct buf b = { 0 };
    char when[WHEN_TEXT + 1] = "";
    if (about.accepted != NO_TIME)
        when_format(when, about.accepted);
    answer_sentence(&b, x, &a->cb);
    table_addf(t, "%" PRIu64, x->entry);
    table_addf(t, "%.10s", when);
    table_add(t, rule_name((enum rule)x->rule));
    table_add(t, severity_word(rule_severity((enum rule)x->rule)));
    table_add(t, about.authority);
    table_add(t, about.holder);
    add_related(t, x);
    table_add(t, kept_text(&b));
    buf_free(&b);
}

/* A line for each finding, the gravest first. Returns whether there are any. */
static bool print_findings(const struct audit *a, const struct audit_wanted *w)
{
    struct text_table t = { .columns = 8 };
    const char *headings[] = {
        TR("ENTRY", "ASIENTO"),        TR("ACCEPTED", "ACEPTADO"),
        TR("RULE", "REGLA"),           TR("SEVERITY", "GRAVEDAD"),
        TR("AUTHORITY", "AUTORIDAD"),  TR("HOLDER", "POSEEDOR"),
        TR("RELATED", "RELACIONADOS"), TR("WHAT IS NOT IN THE LOG", "QUÉ NO CONSTA EN LA BITÁCORA")
    };
    for (size_t i = 0; i < t.columns; i++)
        table_add(&t, headings[i]);
    for (int s = SEVERITIES; s-- > 0;)
        for (uint64_t i = 0; i < a->answers.list.n; i++) {
            const struct rule_answer *x = answer_at(a, i);
            if (x->result == RESULT_FINDING &&
                rule_severity((enum rule)x->rule) == (enum severity)s && wanted_has(w, a, x))
                add_finding(&t, a, x);
        }
    bool any = t.cells > t.columns;
    if (any) {
        fputc('\n', stdout);
        table_print(&t, 0, stdout);
    }
    table_free(&t);
    return any;
}

/* A code that was not met before, and what it is called. */
static void add_called(struct text_table *t, json_t *met, const struct institutions *names,
                       const char *code)
{
    const char *name = code[0] == 0 ? NULL : institution_name(names, code);
    if (name == NULL || json_object_get(met, code) != NULL)
        return;
    json_put(met, code, json_made(json_true()));
    table_add(t, code);
    table_add(t, name);
}

/* What the codes in the findings are called. */
static void print_names(const struct audit *a, const struct audit_wanted *w)
{
    struct text_table t = { .columns = 2 };
    json_t *met = json_made(json_object());
    table_add(&t, TR("CODE", "CÓDIGO"));
    table_add(&t, TR("NAME", "NOMBRE"));
    for (uint64_t i = 0; w->names != NULL && i < a->answers.list.n; i++) {
        const struct rule_answer *x = answer_at(a, i);
        if (x->result != RESULT_FINDING || !wanted_has(w, a, x))
            continue;
        struct answer_about about = answer_about(a, x);
        add_called(&t, met, w->names, about.authority);
        add_called(&t, met, w->names, about.holder);
    }
    if (t.cells > t.columns) {
        putchar('\n');
        table_print(&t, 0, stdout);
    }
    table_free(&t);
    json_decref(met);
}

static void add_count(struct text_table *t, uint64_t n)
{
    if (n == NO_COUNT)
        table_add(t, "-");
    else
        table_addf(t, "%" PRIu64, n);
}

/* "487 findings: 183 critical, …". */
static void print_total(uint64_t count[RULE_COUNT][RESULTS])
{
    uint64_t n[SEVERITIES] = { 0 }, total = 0;
    bool first = true;
    for (int r = R01; r < RULE_COUNT; r++) {
        n[rule_severity((enum rule)r)] += count[r][RESULT_FINDING];
        total += count[r][RESULT_FINDING];
    }
    printf(TR("\n%" PRIu64 " findings in all", "\n%" PRIu64 " hallazgos en total"), total);
    for (int s = SEVERITIES; s-- > 0;) {
        if (n[s] == 0)
            continue;
        printf("%s%" PRIu64 " %s", first ? ": " : ", ", n[s], severity_word((enum severity)s));
        first = false;
    }
    putchar('\n');
}

static void print_rules(const struct audit *a, const struct audit_wanted *w)
{
    uint64_t count[RULE_COUNT][RESULTS];
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
    wanted_count(w, a, count);
    for (int r = R01; r < RULE_COUNT; r++) {
        const uint64_t *n = count[r];
        if (w->rules && !w->of_rule[r])
            continue;
        table_add(&t, rule_name((enum rule)r));
        add_count(&t, n[RESULT_FINDING]);
        add_count(&t, n[RESULT_NOT_EVALUABLE]);
        add_count(&t, n[RESULT_PASS]);
        table_add(&t, severity_word(rule_severity((enum rule)r)));
        table_add(&t, rule_title((enum rule)r, language_get()));
        table_add(&t, rule_source((enum rule)r, language_get()));
    }
    fputc('\n', stdout);
    table_print(&t, 0, stdout);
    table_free(&t);
    print_total(count);
}

static void print_others(const struct audit *a, const struct audit_wanted *w)
{
    for (uint64_t i = 0; i < a->answers.list.n; i++) {
        const struct rule_answer *x = answer_at(a, i);
        struct buf b = { 0 };
        if (x->result == RESULT_FINDING || !wanted_has(w, a, x))
            continue;
        answer_sentence(&b, x, &a->cb);
        terminal_print(stdout, "%" PRIu64 "  %s  %s  %s\n", x->entry, rule_name((enum rule)x->rule),
                       x->result == RESULT_PASS ? TR("in order", "en orden")
                                                : TR("not evaluable", "no evaluable"),
                       kept_text(&b));
        buf_free(&b);
    }
}

/* What was left out, where it was. */
static void print_filters(const struct audit_wanted *w)
{
    if (w->before != NULL)
        printf("\n%s\n", TR("Only what is new since then; the counts, too.",
                            "Solo lo nuevo desde entonces; también las cuentas."));
    else if (wanted_filters(w))
        printf("\n%s\n", TR("Only what was asked for; the counts, too.",
                            "Solo lo que se pidió; también las cuentas."));
}

void audit_print(const struct audit *a, const struct audit_wanted *w, bool complete)
{
    replaying_print(a->r, stdout);
    if (!complete)
        return;
    bool any = print_findings(a, w);
    if (any)
        print_names(a, w);
    print_filters(w);
    print_rules(a, w);
    if (w->not_evaluable || a->answers.passes)
        print_others(a, w);
    else
        printf("\n%s\n", TR("Why something is not evaluable: --not-evaluable.",
                            "Por qué algo no es evaluable: --not-evaluable."));
    if (any)
        printf("%s\n", TR("What an entry says: bitacora show ENTRY.",
                          "Qué dice un asiento: bitacora show ASIENTO."));
    printf("\n%s\n",
           TR("A finding is a question for a judge: it says what is not in the log, never "
              "that something was illegal.",
              "Un hallazgo es una pregunta para un juez: dice qué no consta en la "
              "bitácora, nunca que algo fue ilegal."));
}
