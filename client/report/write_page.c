#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/report/page_charts.h"
#include "client/report/page_tables.h"
#include "client/report/states.h"
#include "client/report/words.h"
#include "client/show/html.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "proto/base/when.h"

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

/* A number of requests, or that there is none to say: zero would be a claim. */
static void add_lead(struct page *g)
{
    const struct report_line *t = &g->r->lines[0];
    if (t->unknown && g->r->p->format >= 6) {
        html_lead(g->out, TR("Of this period the log says nothing.",
                             "De este periodo la bitácora no dice nada."));
        return;
    }
    page_add_number(&g->text, t, RECEIVED);
    buf_adds(&g->text, t->n[RECEIVED] == 1
                           ? TR(" request for personal data was recorded in this period.",
                                " solicitud de datos personales se asentó en este periodo.")
                           : TR(" requests for personal data were recorded in this period.",
                                " solicitudes de datos personales se asentaron en este periodo."));
    html_lead(g->out, page_text(g));
    page_clear(g);
}

static void add_beginning(struct page *g)
{
    if (!report_begins_before_log(g->r))
        return;
    buf_adds(&g->text, TR("The log begins on ", "La bitácora empieza el "));
    locale_date(&g->text, g->r->began);
    buf_adds(&g->text, page_zone(g->r));
    buf_adds(&g->text, TR(". What was asked for before that day is not in it, and is no zero.",
                          ". Lo que se pidió antes de ese día no está en ella, y no es un cero."));
    html_note(g->out, page_text(g));
    page_clear(g);
}

static void add_top(struct page *g)
{
    const struct report *r = g->r;
    add_lead(g);
    add_beginning(g);
    buf_adds(&g->text, TR("Its ", "Sus "));
    locale_number(&g->text, r->p->size);
    buf_adds(&g->text, TR(" entries, the last of ", " asientos, el último del "));
    locale_date(&g->text, r->audit->now);
    buf_adds(&g->text, page_zone(r));
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
                page_text(g));
    page_clear(g);
    if (r->audit->now < month_start(r->p->to + 1))
        html_note(g->out,
                  TR("The period was not over when the last of these entries was made.",
                     "El periodo no había terminado cuando se hizo el último de estos asientos."));
}

/* ---- what the law asks for ------------------------------------------------------------------- */

static void add_list(struct buf *out, const char *text, bool *first)
{
    buf_adds(out, *first ? "" : "; ");
    buf_adds(out, text);
    *first = false;
}

static void add_statement(struct page *g, const struct statement *s, const char *const *heading)
{
    bool first = true;
    line_label(&g->text, g->r, BY_CATEGORY, s->category);
    page_begin_row(g, page_text(g));
    page_clear(g);
    for (size_t i = 0; i < s->bases_count; i++)
        add_list(&g->text, label(VOCABULARY_BASIS, casebook_text(&g->r->audit->cb, s->bases[i])),
                 &first);
    page_add_cell(g, heading[1], page_text(g));
    page_clear(g);
    if (s->windows < REPORT_LEAST) {
        buf_adds(&g->text, TR("not shown", "no se muestra"));
    } else {
        uint32_t from = month_of(s->from), until = month_of(s->until);
        locale_month(&g->text, (int)(from / 12), (int)(from % 12) + 1);
        buf_adds(&g->text, TR(" to ", " a "));
        locale_month(&g->text, (int)(until / 12), (int)(until % 12) + 1);
    }
    page_add_cell(g, heading[2], page_text(g));
    page_clear(g);
    first = true;
    for (int i = 0; i < WARRANT_STATUSES; i++)
        if (s->status[i])
            add_list(&g->text, status_word((enum warrant_status)i), &first);
    page_add_cell(g, heading[3], page_text(g));
    page_clear(g);
    html_row_end(g->out);
}

static void add_statements(struct page *g)
{
    const char *heading[] = { TR("object", "objeto"), TR("legal basis", "fundamento legal"),
                              TR("time that the data are about", "alcance temporal de los datos"),
                              TR("judge's authorisation", "autorización judicial") };
    page_section(g, TR("Object, time, legal basis and authorisation",
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
    page_begin_table(g, NULL, heading, 4, true);
    for (size_t i = 0; i < g->r->statements_count; i++)
        add_statement(g, &g->r->statements[i], heading);
    html_table_end(g->out);
}

static void add_silent(struct page *g)
{
    page_section(g,
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
    for (size_t i = 0; i < g->r->silent_count; i++) {
        if (page_is_new(g))
            institution_add(&g->text, g->r->names, kept_text(&g->r->silent[i]));
        else
            buf_adds(&g->text, kept_text(&g->r->silent[i]));
        html_item(g->out, page_text(g));
        page_clear(g);
    }
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
    page_section(
        g, TR("Findings that are not about a request", "Hallazgos que no son de una solicitud"));
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
    page_paragraph(g);
}

/* ---- at the end ------------------------------------------------------------------------------ */

static void add_method(struct page *g)
{
    page_section(g, TR("How it is counted", "Cómo se cuenta"));
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
        buf_adds(&g->text, page_zone(g->r));
        if (u->pinned == NULL)
            buf_adds(&g->text, TR(" (built in)", " (incluido)"));
        html_value(g->out, page_text(g));
        page_clear(g);
        buf_add_base64(&g->text, ruleset_sha256(u->ruleset)->b, HASH_BYTES);
        html_value_code(g->out, page_text(g));
        page_clear(g);
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
            html_verbatim(g->out, page_text(g));
        page_clear(g);
        n += end != NULL;
        s = span_of(s.p + n, s.n - n);
    }
}

static void add_check(struct page *g)
{
    const struct report *r = g->r;
    page_section(g, TR("How to check this report", "Cómo comprobar este informe"));
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
    html_value(g->out, page_text(g));
    page_clear(g);
    html_term(g->out, TR("Root", "Raíz"));
    buf_add_base64(&g->text, r->p->root.b, HASH_BYTES);
    html_value_code(g->out, page_text(g));
    page_clear(g);
    add_rulesets(g);
    html_term(g->out, TR("Parameters", "Parámetros"));
    char from[8], to[8];
    month_text(from, r->p->from);
    month_text(to, r->p->to);
    buf_addf(&g->text, "--from %s --to %s --by %s --lang %s", from, to, r->p->by, TR("en", "es"));
    html_value_code(g->out, page_text(g));
    page_clear(g);
    html_terms_end(g->out);
    html_heading(g->out, 3,
                 TR("The checkpoint", page_is_new(g) ? "El punto de control" : "El checkpoint"));
    add_note_lines(g);
}

static void add_body(struct page *g)
{
    const struct report *r = g->r;
    page_add_figures(g);
    page_section(g, TR("At a glance", "De un vistazo"));
    report_charts(g->out, r);
    page_add_tables(g, SUMMARY_MONTH, BY_MONTH);
    page_add_tables(g, SUMMARY_BY, r->by);
    if (r->p->format >= 3)
        report_each_states(r->audit, add_states, g);
    page_add_tables(g, SUMMARY_STATUS, BY_STATUS);
    add_statements(g);
    add_silent(g);
    add_elsewhere(g);
    add_method(g);
    add_check(g);
}

void report_page(struct buf *out, const struct report *r)
{
    struct page g = { .out = out, .r = r };
    struct buf kicker = { 0 }, body = { 0 };
    buf_adds(out, parameters_before(REPORT_HTML));
    parameters_add(out, r->p);
    buf_adds(out, parameters_behind(REPORT_HTML));
    add_period(&kicker, r->p);
    buf_addf(&kicker, "%s · %s", page_zone(r), trust_log(&r->audit->r->trust)->name);
    html_begin_as(out, r->p->format >= 4 ? HTML_STYLE_NOW : HTML_STYLE_2026_11,
                  TR("Requests for personal data: transparency report",
                     "Solicitudes de datos personales: informe de transparencia"),
                  kept_text(&kicker), kept_text(&kicker));
    add_top(&g);
    g.out = &body;
    add_body(&g);
    g.out = out;
    if (page_is_new(&g)) {
        html_contents_begin(out);
        buf_add_span(out, kept_span(&g.contents));
        html_contents_end(out);
    }
    buf_add_span(out, kept_span(&body));
    html_end(out, NULL);
    out->failed = out->failed || g.text.failed;
    buf_free(&body);
    buf_free(&g.contents);
    buf_free(&g.text);
    buf_free(&kicker);
}
