#include "client/chart.h"

#include <stdlib.h>

#include "client/html.h"
#include "client/locale.h"
#include "proto/scan.h"

/* In units of the drawing, about a CSS pixel each. */
enum {
    WIDTH = 680,
    FONT = 13,
    LETTER = 7, /* about as wide as a digit */
    BAR = 18,
    MARK = 14,        /* of what is suppressed, whatever its value */
    LABEL_MAX = 38,   /* characters of a label beside its bar; longer ones stand above it */
    ROWS_ACROSS = 12, /* a year of months */
    PLOT = 170,
    LEGEND_LINE = 22,
};

/* Okabe and Ito's colours, each with a pattern of its own. */
static const struct {
    const char *colour;
    const char *pattern; /* drawn in a tile of 8 by 8 */
} styles[CHART_SERIES_MAX] = {
    { "#0072B2", "" },
    { "#E69F00",
      "<path d=\"M-2 2L2 -2M0 8L8 0M6 10L10 6\" stroke=\"#111\" stroke-width=\"1.4\"/>" },
    { "#FFFFFF", "<circle cx=\"4\" cy=\"4\" r=\"1.5\" fill=\"#111\"/>" },
    { "#56B4E9", "<path d=\"M2 0V8M6 0V8\" stroke=\"#111\" stroke-width=\"1\"/>" },
    { "#CC79A7", "<path d=\"M0 0L8 8M8 0L0 8\" stroke=\"#111\" stroke-width=\"1\"/>" },
    { "#F0E442", "<path d=\"M0 4H8\" stroke=\"#111\" stroke-width=\"1.4\"/>" },
};

struct drawing {
    struct buf *out;
    const struct chart *c;
    uint64_t most; /* the longest bar, the highest column; 1 at least */
    bool stacked;
};

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_suppressed(const struct chart_row *r, size_t i)
{
    return r->suppressed != NULL && r->suppressed[i];
}

static uint64_t value_of(const struct chart_row *r, size_t i)
{
    return is_suppressed(r, i) ? 0 : r->values[i];
}

static bool is_empty(const struct chart *c)
{
    for (size_t row = 0; row < c->rows_count; row++)
        for (size_t i = 0; i < c->series_count; i++)
            if (is_suppressed(&c->rows[row], i) || c->rows[row].values[i] > 0)
                return false;
    return true;
}

static uint64_t sum_of(const struct chart *c, const struct chart_row *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < c->series_count; i++)
        sum += value_of(r, i);
    return sum;
}

static uint64_t most_of(const struct chart *c, bool stacked)
{
    uint64_t most = 1;
    for (size_t row = 0; row < c->rows_count; row++) {
        uint64_t sum = sum_of(c, &c->rows[row]);
        most = stacked && sum > most ? sum : most;
        for (size_t i = 0; i < c->series_count && !stacked; i++)
            most = value_of(&c->rows[row], i) > most ? value_of(&c->rows[row], i) : most;
    }
    return most;
}

static void add_value(struct buf *out, const struct chart *c, const struct chart_row *r, size_t i)
{
    if (is_suppressed(r, i))
        buf_adds(out, c->suppressed);
    else
        locale_number(out, r->values[i]);
}

static int characters(const char *text)
{
    int n = 0;
    for (; *text != 0; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* How many units long; something is never drawn as nothing. */
static double length(const struct drawing *d, uint64_t value, double full)
{
    double n = (double)value / (double)d->most * full;
    return value > 0 && n < 1 ? 1 : n;
}

/* ---- pieces of a drawing --------------------------------------------------------------------- */

static void text_at(struct buf *out, double x, double y, const char *more, const char *text)
{
    buf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\"%s>", x, y, FONT, more);
    html_text(out, text);
    buf_adds(out, "</text>\n");
}

static void box(const struct drawing *d, double x, double y, double w, double h, size_t series)
{
    buf_addf(d->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" ", x, y, w, h);
    buf_addf(d->out, "fill=\"url(#%s-%zu)\" stroke=\"#111\" stroke-width=\"1\"/>\n", d->c->id,
             series);
}

/* There is something, and how much is not said. */
static void suppressed_box(const struct drawing *d, double x, double y, double w, double h)
{
    buf_addf(d->out,
             "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#fff\" "
             "stroke=\"#111\" stroke-width=\"1\" stroke-dasharray=\"3 2\"/>\n",
             x, y, w, h);
}

static void add_patterns(const struct drawing *d)
{
    buf_adds(d->out, "<defs>");
    for (size_t i = 0; i < d->c->series_count; i++)
        buf_addf(d->out,
                 "<pattern id=\"%s-%zu\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
                 "<rect width=\"8\" height=\"8\" fill=\"%s\"/>%s</pattern>",
                 d->c->id, i, styles[i].colour, styles[i].pattern);
    buf_adds(d->out, "</defs>\n");
}

/* All values in words, for those who do not see them. */
static void add_description(const struct drawing *d)
{
    struct buf text = { 0 };
    const struct chart *c = d->c;
    buf_adds(&text, c->description);
    for (size_t row = 0; row < c->rows_count; row++) {
        buf_addf(&text, "%s%s: ", row == 0 ? " " : "; ", c->rows[row].label);
        for (size_t i = 0; i < c->series_count; i++) {
            buf_addf(&text, "%s%s%s", i == 0 ? "" : ", ", c->series_count > 1 ? c->series[i] : "",
                     c->series_count > 1 ? " " : "");
            add_value(&text, c, &c->rows[row], i);
        }
    }
    buf_addf(d->out, "<title id=\"%s-title\">", c->id);
    html_text(d->out, c->title);
    buf_addf(d->out, "</title>\n<desc id=\"%s-desc\">", c->id);
    html_text(d->out, buf_str(&text));
    buf_adds(d->out, "</desc>\n");
    buf_free(&text);
}

/* Returns its height, and draws it if asked to. */
static double legend(const struct drawing *d, bool draw)
{
    double x = 0, y = 0;
    for (size_t i = 0; i < d->c->series_count && d->c->series_count > 1; i++) {
        double w = 32 + characters(d->c->series[i]) * LETTER;
        if (x > 0 && x + w > WIDTH) {
            x = 0;
            y += LEGEND_LINE;
        }
        if (draw) {
            box(d, x + 1, y + 1, 16, 14, i);
            text_at(d->out, x + 23, y + 13, "", d->c->series[i]);
        }
        x += w;
    }
    return d->c->series_count > 1 ? y + LEGEND_LINE + 6 : 0;
}

static void begin(const struct drawing *d, double height)
{
    const char *id = d->c->id;
    buf_addf(d->out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %.0f\" "
             "aria-labelledby=\"%s-title\" aria-describedby=\"%s-desc\">\n",
             WIDTH, height, id, id);
    add_description(d);
    add_patterns(d);
    legend(d, true);
}

/* ---- bars ------------------------------------------------------------------------------------ */

/* Room for labels at the left, or 0: each stands above its bars. */
static double label_room(const struct chart *c)
{
    int widest = 0;
    for (size_t row = 0; row < c->rows_count; row++)
        widest = characters(c->rows[row].label) > widest ? characters(c->rows[row].label) : widest;
    return widest > LABEL_MAX ? 0 : widest * LETTER + 12;
}

/* A bar and its value; room is what the widest bar and its value have. */
static void bar(const struct drawing *d, const struct chart_row *r, size_t i, double x, double y,
                double room)
{
    struct buf value = { 0 };
    double w = MARK;
    add_value(&value, d->c, r, i);
    if (is_suppressed(r, i)) {
        suppressed_box(d, x, y, MARK, BAR - 3);
    } else {
        w = length(d, r->values[i], room);
        if (r->values[i] > 0)
            box(d, x, y, w, BAR - 3, i);
    }
    text_at(d->out, x + w + 6, y + 12, "", buf_str(&value));
    buf_free(&value);
}

static void draw_bars(const struct drawing *d)
{
    const struct chart *c = d->c;
    double left = label_room(c), above = left > 0 ? 0 : 20;
    double group = above + (double)c->series_count * BAR + 8;
    double y = legend(d, false), room = WIDTH - left - 100;
    begin(d, y + group * (double)c->rows_count + 2);
    buf_addf(d->out, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#111\"/>\n", left, y,
             y + group * (double)c->rows_count);
    for (size_t row = 0; row < c->rows_count; row++, y += group) {
        double middle = y + 4 + (double)c->series_count * BAR / 2 + 3;
        if (left > 0)
            text_at(d->out, left - 8, middle, " text-anchor=\"end\"", c->rows[row].label);
        else
            text_at(d->out, 6, y + 16, " font-weight=\"bold\"", c->rows[row].label);
        for (size_t i = 0; i < c->series_count; i++)
            bar(d, &c->rows[row], i, left, y + 4 + above + (double)i * BAR, room);
    }
    buf_adds(d->out, "</svg>\n");
}

/* ---- columns --------------------------------------------------------------------------------- */

static double slot_of(const struct chart *c)
{
    size_t across = c->rows_count < ROWS_ACROSS ? c->rows_count : ROWS_ACROSS;
    double slot = (double)WIDTH / (double)across;
    return slot > 110 ? 110 : slot;
}

/* What stands above a stacked column: its parts, or their sum where each part is written within. */
static void add_parts(struct buf *out, const struct drawing *d, const struct chart_row *r)
{
    bool first = true;
    for (size_t i = 0; i < d->c->series_count; i++) {
        if (!is_suppressed(r, i) && r->values[i] == 0)
            continue;
        buf_adds(out, first ? "" : " + ");
        add_value(out, d->c, r, i);
        first = false;
    }
    if (first)
        buf_adds(out, "0");
}

/* Above a column of that width: upright where it fits, else along it. */
static void text_above(const struct drawing *d, double middle, double y, double width,
                       const char *text)
{
    char more[96] = " text-anchor=\"middle\"";
    if (characters(text) * LETTER > width) {
        snprintf(more, sizeof more, " transform=\"rotate(-90 %.1f %.1f)\"", middle + 4, y);
        text_at(d->out, middle + 4, y, more, text);
        return;
    }
    text_at(d->out, middle, y, more, text);
}

/* The room that the texts above the columns take at most. */
static double top_of(const struct drawing *d, double width)
{
    double top = 20;
    for (size_t row = 0; row < d->c->rows_count; row++)
        for (size_t i = 0; i < (d->stacked ? 1 : d->c->series_count); i++) {
            struct buf text = { 0 };
            if (d->stacked)
                add_parts(&text, d, &d->c->rows[row]);
            else
                add_value(&text, d->c, &d->c->rows[row], i);
            double n = characters(buf_str(&text)) * LETTER;
            if (n > width && n + 10 > top)
                top = n + 10;
            buf_free(&text);
        }
    return top;
}

static void grouped(const struct drawing *d, const struct chart_row *r, double x, double base,
                    double slot)
{
    double w = (slot - 10) / (double)d->c->series_count;
    for (size_t i = 0; i < d->c->series_count; i++) {
        struct buf value = { 0 };
        double left = x + 5 + (double)i * w;
        double h = is_suppressed(r, i) ? MARK : length(d, r->values[i], PLOT);
        if (is_suppressed(r, i))
            suppressed_box(d, left, base - h, w - 1, h);
        else if (h > 0)
            box(d, left, base - h, w - 1, h, i);
        add_value(&value, d->c, r, i);
        text_above(d, left + w / 2, base - h - 5, d->c->series_count == 1 ? slot : w,
                   buf_str(&value));
        buf_free(&value);
    }
}

static void stacked(const struct drawing *d, const struct chart_row *r, double x, double base,
                    double slot)
{
    struct buf parts = { 0 };
    double y = base;
    for (size_t i = 0; i < d->c->series_count; i++) {
        double h = is_suppressed(r, i) ? MARK : length(d, r->values[i], PLOT);
        y -= h;
        if (is_suppressed(r, i))
            suppressed_box(d, x + 7, y, slot - 14, h);
        else if (h > 0)
            box(d, x + 7, y, slot - 14, h, i);
    }
    add_parts(&parts, d, r);
    text_above(d, x + slot / 2, y - 5, slot, buf_str(&parts));
    buf_free(&parts);
}

static void draw_columns(const struct drawing *d)
{
    const struct chart *c = d->c;
    double slot = slot_of(c), y = legend(d, false), x = 0;
    double width =
        d->stacked || c->series_count == 1 ? slot : (slot - 10) / (double)c->series_count;
    double marks = d->stacked ? (double)c->series_count * MARK : 0;
    double panel = top_of(d, width) + marks + PLOT + 30;
    begin(d, y + panel * (double)((c->rows_count + ROWS_ACROSS - 1) / ROWS_ACROSS));
    for (size_t row = 0; row < c->rows_count; row++, x += slot) {
        if (row > 0 && row % ROWS_ACROSS == 0) {
            x = 0;
            y += panel;
        }
        double base = y + panel - 30;
        (d->stacked ? stacked : grouped)(d, &c->rows[row], x, base, slot);
        buf_addf(d->out, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#111\"/>\n", x, base, x + slot);
        text_at(d->out, x + slot / 2, base + 16, " text-anchor=\"middle\" class=\"small\"",
                c->rows[row].label);
    }
    buf_adds(d->out, "</svg>\n");
}

void chart_add(struct buf *out, const struct chart *c, enum chart_form form)
{
    struct drawing d = { .out = out, .c = c, .stacked = form == CHART_STACKED };
    buf_adds(out, "<figure>\n<figcaption>");
    html_text(out, c->title);
    buf_adds(out, "</figcaption>\n");
    d.most = most_of(c, d.stacked);
    if (is_empty(c))
        html_paragraph(out, TR("There is nothing to show.", "No hay nada que mostrar."));
    else if (form == CHART_BARS)
        draw_bars(&d);
    else
        draw_columns(&d);
    buf_adds(out, "</figure>\n");
}
