#include "client/report/page_charts.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "client/report/page_tables.h"
#include "client/report/words.h"
#include "client/show/chart.h"
#include "client/show/html.h"
#include "client/show/locale.h"

struct charts {
    struct buf *out;
    const struct report *r;
};

#define LARGEST_MAX 20
#define SHOWN_MAX REPORT_MONTHS_MAX

struct series {
    const char *id, *title, *description;
    enum dimension d;
    size_t first, last;
    enum chart_form form;
    const int *measures;
    size_t n;
};

static const char *chart_label(struct buf *out, const struct charts *g, const struct series *s,
                               const struct report_line *l)
{
    if (s->d == BY_MONTH)
        locale_month_short(out, (int)(l->key[BY_MONTH] / 12), (int)(l->key[BY_MONTH] % 12) + 1);
    else
        line_label(out, g->r, s->d, l->key[s->d]);
    return kept_text(out);
}

/* The largest first, what is hidden last: of that only that it is hidden. Equal ones as in the
 * table. */
static int compare_largest(const void *x, const void *y, void *lines)
{
    const uint32_t *i = x, *k = y;
    const struct report_line *a = (struct report_line *)lines + *i,
                             *b = (struct report_line *)lines + *k;
    uint64_t p = a->hidden[RECEIVED] ? 0 : a->n[RECEIVED];
    uint64_t q = b->hidden[RECEIVED] ? 0 : b->n[RECEIVED];
    if (p != q)
        return p > q ? -1 : 1;
    if (a->hidden[RECEIVED] != b->hidden[RECEIVED])
        return a->hidden[RECEIVED] ? -1 : 1;
    return (*i > *k) - (*i < *k);
}

/* Not a single value of what is hidden goes to the chart. */
static void fill_row(struct chart_row *row, const struct report_line *l, const struct series *s,
                     uint64_t *values, bool *suppressed)
{
    row->values = values;
    row->suppressed = suppressed;
    for (size_t m = 0; m < s->n; m++) {
        suppressed[m] = l->hidden[s->measures[m]];
        values[m] = suppressed[m] ? 0 : l->n[s->measures[m]];
    }
}

static void draw(const struct charts *g, const struct series *s, const uint32_t *order, size_t rows)
{
    struct chart_row row[SHOWN_MAX];
    struct buf label[SHOWN_MAX] = { { .p = NULL } };
    uint64_t values[SHOWN_MAX][CHART_SERIES_MAX];
    bool suppressed[SHOWN_MAX][CHART_SERIES_MAX];
    const char *names[CHART_SERIES_MAX];
    for (size_t m = 0; m < s->n; m++)
        names[m] = measure_word((enum measure)s->measures[m]);
    for (size_t i = 0; i < rows; i++) {
        const struct report_line *l = &g->r->lines[order[i]];
        fill_row(&row[i], l, s, values[i], suppressed[i]);
        row[i].label = chart_label(&label[i], g, s, l);
    }
    struct chart c = { .id = s->id,
                       .title = s->title,
                       .description = s->description,
                       .series = names,
                       .series_count = s->n,
                       .rows = row,
                       .rows_count = rows,
                       .suppressed = HIDDEN_MARK,
                       .wide = g->r->p->format < 4 };
    chart_add(g->out, &c, s->form);
    for (size_t i = 0; i < rows; i++)
        buf_free(&label[i]);
}

/* Lines of which nothing is known come first and last, and are not drawn. *first becomes that of the
 * others. */
static size_t known_rows(const struct charts *g, const struct series *s, size_t *first)
{
    size_t rows = s->last - s->first;
    while (rows > 0 && g->r->lines[s->first + rows - 1].unknown)
        rows--;
    for (*first = s->first; rows > 0 && g->r->lines[*first].unknown; ++*first)
        rows--;
    return rows;
}

/* At most SHOWN_MAX lines: the first months, the largest of all else. */
static void add_chart(const struct charts *g, const struct series *s, bool largest)
{
    size_t first, rows = known_rows(g, s, &first), shown = rows;
    size_t most = largest ? LARGEST_MAX : SHOWN_MAX;
    uint32_t *order = kept(calloc(rows + 1, sizeof *order));
    if (order == NULL)
        return;
    for (size_t i = 0; i < rows; i++)
        order[i] = (uint32_t)(first + i);
    if (largest)
        qsort_r(order, rows, sizeof *order, compare_largest, g->r->lines);
    if (shown > most)
        shown = most;
    draw(g, s, order, shown);
    if (shown < rows) {
        struct buf text = { 0 };
        buf_addf(&text,
                 TR("%zu of %zu are drawn; all are in the table.",
                    "Se dibujan %zu de %zu; todos están en la tabla."),
                 shown, rows);
        html_paragraph(g->out, kept_text(&text));
        buf_free(&text);
    }
    free(order);
}

void report_charts(struct buf *out, const struct report *r)
{
    const struct charts charts = { out, r }, *g = &charts;
    static const int received[] = { RECEIVED },
                     judge[] = { EMERGENCIES, JUDGE_IN_TIME, JUDGE_LATE };
    char title[128], months[64], emergencies[80];
    snprintf(months, sizeof months, TR("Requests by month%s", "Solicitudes por mes%s"),
             page_zone(r));
    snprintf(
        emergencies, sizeof emergencies,
        TR("Emergencies, and whether a judge was told%s", "Urgencias, y si se avisó a un juez%s"),
        page_zone(r));
    snprintf(title, sizeof title, TR("Requests by %s", "Solicitudes por %s"),
             dimension_word(r->by));
    const struct series all[] = {
        { "months", months,
          TR("The number of requests of each month.", "El número de solicitudes de cada mes."),
          BY_MONTH, r->first[SUMMARY_MONTH], r->last[SUMMARY_MONTH], CHART_GROUPED, received, 1 },
        { "warrants",
          TR("Judge's authorisation of the requests", "Autorización judicial de las solicitudes"),
          TR("The number of requests by what is in the log of a judge's authorisation.",
             "El número de solicitudes según lo que consta de la autorización judicial."),
          BY_STATUS, r->first[SUMMARY_STATUS], r->last[SUMMARY_STATUS], CHART_BARS, received, 1 },
        { "judges", emergencies,
          TR("Emergencies by month, and of how many a judge was told in 48 hours or not.",
             "Urgencias por mes, y de cuántas se avisó o no a un juez en 48 horas."),
          BY_MONTH, r->first[SUMMARY_MONTH], r->last[SUMMARY_MONTH], CHART_GROUPED, judge, 3 },
        { "by", title,
          TR("The number of requests of each.", "El número de solicitudes de cada una."), r->by,
          r->first[SUMMARY_BY], r->last[SUMMARY_BY], CHART_BARS, received, 1 },
    };
    html_paragraph(g->out, TR("An asterisk (*) stands for a number that is not shown, to protect "
                              "the persons concerned. The totals of the whole report are always "
                              "shown, small ones, too.",
                              "Un asterisco (*) está en lugar de un número que no se muestra, para "
                              "proteger a las personas. Los totales de todo el informe se "
                              "muestran siempre, también los pequeños."));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        add_chart(g, &all[i], all[i].d == r->by);
}
