#include "client/report/page_tables.h"

#include "client/base/lost.h"
#include "client/report/words.h"
#include "client/show/html.h"
#include "client/show/locale.h"

/* ---- pieces ---------------------------------------------------------------------------------- */

/* Since format 4 sections can be linked to, and tables of many columns be read on a phone. */
bool page_is_new(const struct page *g)
{
    return g->r->p->format >= 4;
}

const char *page_zone(const struct report *r)
{
    return r->p->format >= 5 ? " (UTC)" : "";
}

void page_section(struct page *g, const char *text)
{
    char id[HTML_ID_MAX];
    if (!page_is_new(g)) {
        html_heading(g->out, 2, text);
        return;
    }
    html_id(id, text);
    html_section(g->out, 2, id, text);
    html_contents_item(&g->contents, id, text);
}

void page_begin_table(struct page *g, const char *caption, const char *const *heading, size_t n,
                      bool words)
{
    if (page_is_new(g))
        html_wide_begin(g->out, caption, heading, n, words);
    else
        html_table_begin(g->out, caption, heading, n);
}

void page_begin_row(struct page *g, const char *first)
{
    if (page_is_new(g)) {
        html_wide_row(g->out);
        html_wide_first(g->out, first);
    } else {
        html_row_begin(g->out);
        html_cell(g->out, first);
    }
}

/* heading: as page_begin_table() was given it. */
void page_add_cell(struct page *g, const char *heading, const char *text)
{
    if (page_is_new(g))
        html_wide_cell(g->out, heading, text);
    else if (heading[0] == '#')
        html_cell_number(g->out, text);
    else
        html_cell(g->out, text);
}

const char *page_text(struct page *g)
{
    return kept_text(&g->text);
}

void page_clear(struct page *g)
{
    buf_clear(&g->text);
}

void page_paragraph(struct page *g)
{
    html_paragraph(g->out, page_text(g));
    page_clear(g);
}

void page_add_number(struct buf *out, const struct report_line *l, int m)
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

/* ---- the period ------------------------------------------------------------------------------ */

static bool is_finding(int m)
{
    return m >= FINDINGS_CRITICAL && m <= FINDINGS_LOW;
}

/* Here no caption says that it is a finding. */
static const char *finding_word(int m)
{
    return m == FINDINGS_CRITICAL ? TR("findings: critical", "hallazgos: críticos")
           : m == FINDINGS_HIGH   ? TR("findings: high", "hallazgos: altos")
           : m == FINDINGS_MEDIUM ? TR("findings: medium", "hallazgos: medios")
                                  : TR("findings: low", "hallazgos: bajos");
}

void page_add_figures(struct page *g)
{
    static const int shown[] = { RECEIVED, PERSONS, IDENTIFIERS, UNANSWERED, DIRECT, MEASURES,
                                 EMERGENCIES, JUDGE_IN_TIME, JUDGE_LATE, JUDGE_AWAITED, REFUSED,
                                 TRANSFERS, DUE, SENT, DEFERRED, AWAITED, OVERDUE, AUTOMATED,
                                 /* since format 6 */
                                 FINDINGS_CRITICAL, FINDINGS_HIGH, FINDINGS_MEDIUM, FINDINGS_LOW };
    size_t count = sizeof shown / sizeof *shown - (g->r->p->format < 6 ? 4 : 0);
    page_section(g, TR("The period in numbers", "El periodo en números"));
    const char *heading[] = { TR("what", "qué"), TR("#total", "#total"),
                              TR("what is counted", "qué se cuenta") };
    page_begin_table(g, NULL, heading, 3, true);
    for (size_t i = 0; i < count; i++) {
        const char *what = shown[i] == SENT       ? TR("notices sent", "avisos enviados")
                           : shown[i] == DEFERRED ? TR("notices deferred", "avisos diferidos")
                           : shown[i] == AWAITED
                               ? TR("notices, time limit not over", "avisos con plazo sin vencer")
                           : shown[i] == OVERDUE  ? TR("notices overdue", "avisos vencidos")
                           : is_finding(shown[i]) ? finding_word(shown[i])
                                                  : measure_word((enum measure)shown[i]);
        page_begin_row(g, what);
        page_add_number(&g->text, &g->r->lines[0], shown[i]);
        page_add_cell(g, heading[1], page_text(g));
        page_clear(g);
        page_add_cell(g, heading[2],
                      is_finding(shown[i]) ? TR("what the audit asks a judge to look at",
                                                "lo que la auditoría pide a un juez que mire")
                                           : measure_meaning((enum measure)shown[i]));
        html_row_end(g->out);
    }
    html_table_end(g->out);
}

/* ---- tables ---------------------------------------------------------------------------------- */

#define COLUMNS_MAX 8
#define MEASURE_WORD_MAX 64

static void measure_heading(char out[static MEASURE_WORD_MAX], int measure)
{
    snprintf(out, MEASURE_WORD_MAX, "#%s", measure_word((enum measure)measure));
}

static void table_row(struct page *g, const char *name, const struct report_line *l,
                      const int *measures, size_t n)
{
    page_begin_row(g, name);
    for (size_t i = 0; i < n; i++) {
        struct buf number = { 0 };
        char heading[MEASURE_WORD_MAX];
        measure_heading(heading, measures[i]);
        page_add_number(&number, l, measures[i]);
        page_add_cell(g, heading, kept_text(&number));
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
    page_paragraph(g);
}

static void add_table(struct page *g, enum summary s, enum dimension d, const char *caption,
                      const int *measures, size_t n)
{
    const struct report *r = g->r;
    char words[COLUMNS_MAX + 1][MEASURE_WORD_MAX];
    const char *heading[COLUMNS_MAX + 1] = { dimension_word(d) };
    for (size_t i = 0; i < n; i++) {
        measure_heading(words[i], measures[i]);
        heading[i + 1] = words[i];
    }
    page_begin_table(g, caption, heading, n + 1, false);
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

void page_add_tables(struct page *g, enum summary s, enum dimension d)
{
    static const int answers[] = { RECEIVED, FULL,  PARTIAL,    NONE_HELD,
                                   REJECTED, OTHER, UNANSWERED, MEASURES };
    static const int judges[] = { EMERGENCIES, JUDGE_IN_TIME, JUDGE_LATE, JUDGE_AWAITED, REFUSED };
    static const int people[] = { PERSONS, IDENTIFIERS, DIRECT, TRANSFERS, AUTOMATED };
    static const int notices[] = { DUE, SENT, DEFERRED, AWAITED, OVERDUE };
    static const int findings[] = { FINDINGS_CRITICAL, FINDINGS_HIGH, FINDINGS_MEDIUM, FINDINGS_LOW,
                                    FINDINGS_POLICY };
    buf_addf(&g->text, TR("By %s", "Por %s"), dimension_word(d));
    buf_adds(&g->text, d == BY_MONTH ? page_zone(g->r) : "");
    page_section(g, page_text(g));
    page_clear(g);
    if (s == SUMMARY_STATUS && g->r->p->format >= 6)
        html_paragraph(
            g->out,
            TR("A warrant before the request says that one was in the log, not that it covered the "
               "request. Requests outside a warrant's scope (who asks, what, of whom, when) are "
               "among the findings below.",
               "Un mandamiento previo dice que había uno en la bitácora, no que amparara la "
               "solicitud. Las solicitudes fuera del alcance de un mandamiento (quién pide, qué, "
               "de quién, cuándo) están entre los hallazgos de abajo."));
    add_table(g, s, d, TR("Requests and answers", "Solicitudes y respuestas"), answers, 8);
    add_table(g, s, d, TR("Persons, access and use", "Personas, acceso y uso"), people, 5);
    add_table(g, s, d, TR("Emergencies and judges", "Urgencias y jueces"), judges, 5);
    add_table(g, s, d, TR("Notices to the persons", "Avisos a las personas"), notices, 5);
    add_table(g, s, d,
              TR("Findings of the audit, by severity", "Hallazgos de la auditoría, por gravedad"),
              findings, 5);
}
