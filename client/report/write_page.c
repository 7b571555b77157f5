#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/report/page_charts.h"
#include "client/report/states.h"
#include "client/report/words.h"
#include "client/show/html.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "proto/base/when.h"

struct page {
    struct buf *out;
    const struct report *r;
    struct buf text; /* of one element at a time */
};

static const char *say_text(struct page *g)
{
    return kept_text(&g->text);
}

static void clear(struct page *g)
{
    buf_clear(&g->text);
}

static void paragraph(struct page *g)
{
    html_paragraph(g->out, say_text(g));
    clear(g);
}

static void add_number(struct buf *out, const struct report_line *l, int m)
{
    if (l->unknown || (m == MEASURES && !l->median_hidden && l->answered == 0)) {
        buf_adds(out, UNKNOWN_MARK);
    } else if (line_hides(l, m)) {
        buf_adds(out, HIDDEN_MARK);
    } else if (m == MEASURES) {
        locale_tenths(out, l->median);
    } else {
        buf_adds(out, line_at_least(l, m) ? "≥ " : "");
        locale_number(out, l->n[m]);
    }
}

/* "January 2026", "January to March 2026", "December 2025 to March 2026". */
static void add_period(struct buf *out, const struct parameters *p)
{
    locale_month(out, (int)(p->from / 12), (int)(p->from % 12) + 1);
    if (p->from == p->to)
        return;
    buf_adds(out, TR(" to ", " a "));
    locale_month(out, (int)(p->to / 12), (int)(p->to % 12) + 1);
}

/* ---- at the top ------------------------------------------------------------------------------ */

static void add_top(struct page *g)
{
    const struct report *r = g->r;
    const struct report_line *t = &r->lines[0];
    add_number(&g->text, t, RECEIVED);
    buf_adds(&g->text, t->n[RECEIVED] == 1
                           ? TR(" request for personal data was recorded in this period.",
                                " solicitud de datos personales se asentó en este periodo.")
                           : TR(" requests for personal data were recorded in this period.",
                                " solicitudes de datos personales se asentaron en este periodo."));
    html_lead(g->out, say_text(g));
    clear(g);
    buf_adds(&g->text, TR("Its ", "Sus "));
    locale_number(&g->text, r->p->size);
    buf_adds(&g->text, TR(" entries, the last of ", " asientos, el último del "));
    locale_date(&g->text, r->audit->now);
    buf_adds(&g->text,
             TR(", were all read: none was altered, reordered or removed, and every signature is "
                "good. Anybody can check "
                "this report against the log; how is said at its end.",
                ", se leyeron todos: ninguno fue alterado, reordenado ni borrado, y toda firma es "
                "buena. Cualquiera "
                "puede comprobar este informe contra la bitácora; al final se dice cómo."));
    html_status(g->out, VERDICT_GOOD,
                TR("The log that this report is made from is proven",
                   "La bitácora de la que sale este informe está probada"),
                say_text(g));
    clear(g);
    if (r->audit->now < month_start(r->p->to + 1))
        html_note(g->out,
                  TR("The period was not over when the last of these entries was made.",
                     "El periodo no había terminado cuando se hizo el último de estos asientos."));
}

static void add_figures(struct page *g)
{
    static const int shown[] = { RECEIVED, PERSONS,     IDENTIFIERS,   UNANSWERED, DIRECT,
                                 MEASURES, EMERGENCIES, JUDGE_IN_TIME, JUDGE_LATE, JUDGE_AWAITED,
                                 REFUSED,  TRANSFERS,   DUE,           SENT,       DEFERRED,
                                 AWAITED,  OVERDUE,     AUTOMATED };
    html_heading(g->out, 2, TR("The period in numbers", "El periodo en números"));
    const char *heading[] = { TR("what", "qué"), TR("#total", "#total"),
                              TR("what is counted", "qué se cuenta") };
    html_table_begin(g->out, NULL, heading, 3);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        html_row_begin(g->out);
        const char *what = shown[i] == SENT       ? TR("notices sent", "avisos enviados")
                           : shown[i] == DEFERRED ? TR("notices deferred", "avisos diferidos")
                           : shown[i] == AWAITED
                               ? TR("notices, time limit not over", "avisos con plazo sin vencer")
                           : shown[i] == OVERDUE ? TR("notices overdue", "avisos vencidos")
                                                 : measure_word((enum measure)shown[i]);
        html_cell(g->out, what);
        add_number(&g->text, &g->r->lines[0], shown[i]);
        html_cell_number(g->out, say_text(g));
        clear(g);
        html_cell(g->out, measure_meaning((enum measure)shown[i]));
        html_row_end(g->out);
    }
    html_table_end(g->out);
}

/* ---- tables ---------------------------------------------------------------------------------- */

#define COLUMNS_MAX 8

static void table_row(struct page *g, const char *name, const struct report_line *l,
                      const int *measures, size_t n)
{
    html_row_begin(g->out);
    html_cell(g->out, name);
    for (size_t i = 0; i < n; i++) {
        struct buf number = { 0 };
        add_number(&number, l, measures[i]);
        html_cell_number(g->out, kept_text(&number));
        buf_free(&number);
    }
    html_row_end(g->out);
}

static bool has_number(const struct report_line *l, int m)
{
    return m == MEASURES ? !l->median_hidden && l->answered > 0 : !l->hidden[m] && l->n[m] > 0;
}

/* Long tables of nothing but zeros and marks are not read. The first table names all that there
 * is, and all months. */
static bool is_worth_a_line(const struct report_line *l, enum summary s, const int *measures,
                            size_t n)
{
    bool first = measures[0] == RECEIVED;
    for (size_t i = 0; i < n; i++)
        if (has_number(l, measures[i]) || (first && line_hides(l, measures[i])))
            return true;
    return first && s == SUMMARY_MONTH;
}

static void table_end(struct page *g, const int *measures, size_t n, size_t left_out)
{
    table_row(g, TR("Total", "Total"), &g->r->lines[0], measures, n);
    html_table_end(g->out);
    if (left_out == 0)
        return;
    locale_number(&g->text, left_out);
    buf_adds(&g->text, left_out == 1
                           ? TR(" line has nothing but zeros and asterisks, and is left "
                                "out here; CSV and JSON have it.",
                                " línea solo tiene ceros y asteriscos, y se omite aquí; "
                                "está en CSV y JSON.")
                           : TR(" lines have nothing but zeros and asterisks, and are left "
                                "out here; CSV and JSON have them.",
                                " líneas solo tienen ceros y asteriscos, y se omiten aquí; "
                                "están en CSV y JSON."));
    paragraph(g);
}

static void add_table(struct page *g, enum summary s, enum dimension d, const char *caption,
                      const int *measures, size_t n)
{
    const struct report *r = g->r;
    char words[COLUMNS_MAX + 1][64];
    const char *heading[COLUMNS_MAX + 1] = { dimension_word(d) };
    for (size_t i = 0; i < n; i++) {
        snprintf(words[i], sizeof words[i], "#%s", measure_word((enum measure)measures[i]));
        heading[i + 1] = words[i];
    }
    html_table_begin(g->out, caption, heading, n + 1);
    size_t left_out = 0;
    for (size_t i = r->first[s]; i < r->last[s]; i++) {
        struct buf name = { 0 };
        if (!is_worth_a_line(&r->lines[i], s, measures, n)) {
            left_out++;
            continue;
        }
        line_label(&name, r, d, r->lines[i].key[d]);
        table_row(g, kept_text(&name), &r->lines[i], measures, n);
        buf_free(&name);
    }
    table_end(g, measures, n, left_out);
}

static void add_tables(struct page *g, enum summary s, enum dimension d)
{
    static const int answers[] = { RECEIVED, FULL,  PARTIAL,    NONE_HELD,
                                   REJECTED, OTHER, UNANSWERED, MEASURES };
    static const int judges[] = { EMERGENCIES, JUDGE_IN_TIME, JUDGE_LATE, JUDGE_AWAITED, REFUSED };
    static const int people[] = { PERSONS, IDENTIFIERS, DIRECT, TRANSFERS, AUTOMATED };
    static const int notices[] = { DUE, SENT, DEFERRED, AWAITED, OVERDUE };
    static const int findings[] = { FINDINGS_CRITICAL, FINDINGS_HIGH, FINDINGS_MEDIUM, FINDINGS_LOW,
                                    FINDINGS_POLICY };
    buf_addf(&g->text, TR("By %s", "Por %s"), dimension_word(d));
    html_heading(g->out, 2, say_text(g));
    clear(g);
    add_table(g, s, d, TR("Requests and answers", "Solicitudes y respuestas"), answers, 8);
    add_table(g, s, d, TR("Persons, access and use", "Personas, acceso y uso"), people, 5);
    add_table(g, s, d, TR("Emergencies and judges", "Urgencias y jueces"), judges, 5);
    add_table(g, s, d, TR("Notices to the persons", "Avisos a las personas"), notices, 5);
    add_table(g, s, d,
              TR("Findings of the audit, by severity", "Hallazgos de la auditoría, por gravedad"),
              findings, 5);
}

/* ---- what the law asks for ------------------------------------------------------------------- */

static void add_list(struct buf *out, const char *text, bool *first)
{
    buf_adds(out, *first ? "" : "; ");
    buf_adds(out, text);
    *first = false;
}

static void add_statement(struct page *g, const struct statement *s)
{
    bool first = true;
    html_row_begin(g->out);
    line_label(&g->text, g->r, BY_CATEGORY, s->category);
    html_cell(g->out, say_text(g));
    clear(g);
    for (size_t i = 0; i < s->bases_count; i++)
        add_list(&g->text, label(VOCABULARY_BASIS, casebook_text(&g->r->audit->cb, s->bases[i])),
                 &first);
    html_cell(g->out, say_text(g));
    clear(g);
    if (s->windows < REPORT_LEAST) {
        buf_adds(&g->text, TR("not shown", "no se muestra"));
    } else {
        uint32_t from = month_of(s->from), until = month_of(s->until);
        locale_month(&g->text, (int)(from / 12), (int)(from % 12) + 1);
        buf_adds(&g->text, TR(" to ", " a "));
        locale_month(&g->text, (int)(until / 12), (int)(until % 12) + 1);
    }
    html_cell(g->out, say_text(g));
    clear(g);
    first = true;
    for (int i = 0; i < WARRANT_STATUSES; i++)
        if (s->status[i])
            add_list(&g->text, status_word((enum warrant_status)i), &first);
    html_cell(g->out, say_text(g));
    clear(g);
    html_row_end(g->out);
}

static void add_statements(struct page *g)
{
    const char *heading[] = { TR("object", "objeto"), TR("legal basis", "fundamento legal"),
                              TR("time that the data are about", "alcance temporal de los datos"),
                              TR("judge's authorisation", "autorización judicial") };
    html_heading(g->out, 2,
                 TR("Object, time, legal basis and authorisation",
                    "Objeto, alcance temporal, fundamentos y autorización"));
    html_paragraph(
        g->out,
        TR("What LGTAIP, arts. 65-XLV and 67-IV, asks to be made public of requests. The time is "
           "from the "
           "earliest to the latest month that requests for the object name; it is shown where at "
           "least five of them name one.",
           "Lo que la LGTAIP, arts. 65-XLV y 67-IV, pide hacer público de las solicitudes. El "
           "alcance temporal va del primer al último mes que nombran las solicitudes de ese "
           "objeto; se muestra donde al menos cinco lo nombran."));
    html_table_begin(g->out, NULL, heading, 4);
    for (size_t i = 0; i < g->r->statements_count; i++)
        add_statement(g, &g->r->statements[i]);
    html_table_end(g->out);
}

static void add_silent(struct page *g)
{
    html_heading(g->out, 2,
                 TR("Data holders that reported nothing", "Poseedores de datos que no reportaron"));
    if (g->r->silent_count == 0) {
        html_paragraph(g->out,
                       TR("Every data holder that was enrolled in the period has an entry in it.",
                          "Todo poseedor de datos dado de alta en el periodo tiene algún "
                          "asiento en él."));
        return;
    }
    html_paragraph(g->out, TR("These were enrolled in the period, and no entry in it is theirs:",
                              "Estuvieron dados de alta en el periodo, y ningún asiento es suyo:"));
    html_items_begin(g->out, false);
    for (size_t i = 0; i < g->r->silent_count; i++)
        html_item(g->out, kept_text(&g->r->silent[i]));
    html_items_end(g->out);
}

static void add_states(void *ctx, const struct state_pair *pair)
{
    struct page *g = ctx;
    struct buf words = { 0 };
    state_pair_words(&words, pair);
    html_paragraph(g->out, kept_text(&words));
    buf_free(&words);
}

static const char *severity_word(int s)
{
    static const char *const es[SEVERITIES] = { "de política", "bajos", "medios", "altos",
                                                "críticos" };
    return TR(severity_name((enum severity)s), es[s]);
}

static void add_elsewhere(struct page *g)
{
    bool first = true;
    html_heading(
        g->out, 2,
        TR("Findings that are not about a request", "Hallazgos que no son de una solicitud"));
    buf_adds(&g->text,
             TR("About warrants, closings, erasures, transfers and other entries of the period: ",
                "Sobre mandamientos, cierres, borrados, transferencias y otros asientos "
                "del periodo: "));
    for (int s = SEVERITIES; s-- > 0;) {
        buf_adds(&g->text, first ? "" : ", ");
        locale_number(&g->text, g->r->findings_elsewhere[s]);
        buf_addf(&g->text, " %s", severity_word(s));
        first = false;
    }
    buf_adds(&g->text, ".");
    paragraph(g);
}

/* ---- at the end ------------------------------------------------------------------------------ */

static void add_method(struct page *g)
{
    html_heading(g->out, 2, TR("How it is counted", "Cómo se cuenta"));
    const char *text;
    for (size_t i = 0; (text = report_method(g->r->p->format, i)) != NULL; i++)
        html_paragraph(g->out, text);
    html_paragraph(
        g->out, TR("The full breakdown, by month, level, authority, state, sector, category, "
                   "legal basis and authorisation together, is in the same report as CSV or JSON.",
                   "El desglose completo, por mes, nivel, autoridad, entidad, sector, categoría, "
                   "fundamento y autorización a la vez, está en el mismo informe en CSV o JSON."));
}

static void add_rulesets(struct page *g)
{
    html_term(g->out, TR("Rulesets", "Conjuntos de reglas"));
    if (g->r->rulesets_count == 0)
        html_value(g->out, TR("none was needed", "ninguno hizo falta"));
    for (size_t i = 0; i < g->r->rulesets_count; i++) {
        const struct ruleset_used *u = &g->r->rulesets[i];
        buf_addf(&g->text, "%s %s, ", ruleset_name(u->ruleset), ruleset_version(u->ruleset));
        buf_adds(&g->text, TR("in force from ", "en vigor desde el "));
        locale_date(&g->text, u->pinned != NULL ? u->pinned->from : ruleset_from(u->ruleset));
        if (u->pinned == NULL)
            buf_adds(&g->text, TR(" (built in)", " (incluido)"));
        html_value(g->out, say_text(g));
        clear(g);
        buf_add_base64(&g->text, ruleset_sha256(u->ruleset)->b, HASH_BYTES);
        html_value_code(g->out, say_text(g));
        clear(g);
    }
}

static void add_note_lines(struct page *g)
{
    struct span s = buf_span(&g->r->p->note);
    while (s.n > 0) {
        const uint8_t *end = memchr(s.p, '\n', s.n);
        size_t n = end == NULL ? s.n : (size_t)(end - s.p);
        buf_add(&g->text, s.p, n);
        if (n > 0)
            html_verbatim(g->out, say_text(g));
        clear(g);
        n += end != NULL;
        s = span_of(s.p + n, s.n - n);
    }
}

static void add_check(struct page *g)
{
    const struct report *r = g->r;
    html_heading(g->out, 2, TR("How to check this report", "Cómo comprobar este informe"));
    html_paragraph(
        g->out,
        TR("It was made by a program from the log alone. Who has this file, byte for byte, and a "
           "policy for the log (its public key, and the witnesses that are trusted) can have it "
           "made again and compared:",
           "Lo hizo un programa solo con la bitácora. Quien tenga este archivo, byte por byte, y "
           "una política para la bitácora (su clave pública y los testigos en que se confía) puede "
           "hacer que se rehaga y se compare:"));
    html_verbatim(g->out, TR("bitacora report --check FILE --policy POLICY",
                             "bitacora report --check ARCHIVO --policy POLÍTICA"));
    html_terms_begin(g->out);
    html_term(g->out, TR("Log", "Bitácora"));
    html_value_code(g->out, trust_log(&r->audit->r->trust)->name);
    html_term(g->out, TR("Entries", "Asientos"));
    locale_number(&g->text, r->p->size);
    html_value(g->out, say_text(g));
    clear(g);
    html_term(g->out, TR("Root", "Raíz"));
    buf_add_base64(&g->text, r->p->root.b, HASH_BYTES);
    html_value_code(g->out, say_text(g));
    clear(g);
    add_rulesets(g);
    html_term(g->out, TR("Parameters", "Parámetros"));
    char from[8], to[8];
    month_text(from, r->p->from);
    month_text(to, r->p->to);
    buf_addf(&g->text, "--from %s --to %s --by %s --lang %s", from, to, r->p->by, TR("en", "es"));
    html_value_code(g->out, say_text(g));
    clear(g);
    html_terms_end(g->out);
    html_heading(g->out, 3, TR("The checkpoint", "El checkpoint"));
    add_note_lines(g);
}

void report_page(struct buf *out, const struct report *r)
{
    struct page g = { .out = out, .r = r };
    struct buf kicker = { 0 };
    buf_adds(out, parameters_before(REPORT_HTML));
    parameters_add(out, r->p);
    buf_adds(out, parameters_behind(REPORT_HTML));
    add_period(&kicker, r->p);
    buf_addf(&kicker, " · %s", trust_log(&r->audit->r->trust)->name);
    html_begin(out,
               TR("Requests for personal data: transparency report",
                  "Solicitudes de datos personales: informe de transparencia"),
               kept_text(&kicker), kept_text(&kicker));
    add_top(&g);
    add_figures(&g);
    report_charts(out, r);
    add_tables(&g, SUMMARY_MONTH, BY_MONTH);
    add_tables(&g, SUMMARY_BY, r->by);
    if (r->p->format >= 3)
        report_each_states(r->audit, add_states, &g);
    add_tables(&g, SUMMARY_STATUS, BY_STATUS);
    add_statements(&g);
    add_silent(&g);
    add_elsewhere(&g);
    add_method(&g);
    add_check(&g);
    html_end(out, NULL);
    out->failed = out->failed || g.text.failed;
    buf_free(&g.text);
    buf_free(&kicker);
}
