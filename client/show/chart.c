#include "client/show/chart.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "client/show/html.h"
#include "client/show/locale.h"
#include "proto/base/scan.h"

/* In units of the drawing, about a CSS pixel each. */
enum {
    FONT = 13,
    LETTER = 7, /* about as wide as a digit */
    BAR = 18,
    MARK = 14,    /* of what is suppressed, whatever its value */
    HEIGHT = 760, /* of a drawing of bars, about: less than a page */
    LEGEND_LINE = 22,
    HATCH_STEP = 5,
};

/* A narrow drawing can be read on a phone, where a wide one would be made small. */
struct shape {
    int width;
    int label_max;      /* characters of a label beside its bar; longer ones stand above it */
    size_t rows_across; /* months: half a year, or a whole one */
    int plot;           /* how high the highest column is */
};
static const struct shape narrow = { 340, 14, 6, 110 }, wide = { 680, 38, 12, 170 };

enum hatch {
    HATCH_NONE,
    HATCH_RISING = 1,
    HATCH_FALLING = 2,
    HATCH_UPRIGHT = 4,
    HATCH_LEVEL = 8,
    HATCH_DOTS = 16,
};

/* Okabe and Ito's colours, each with a pattern of its own. */
static const struct {
    const char *colour;
    unsigned hatch;
} styles[CHART_SERIES_MAX] = {
    { "#0072B2", HATCH_NONE },
    { "#E69F00", HATCH_RISING },
    { "#FFFFFF", HATCH_DOTS },
    { "#56B4E9", HATCH_UPRIGHT },
    { "#CC79A7", HATCH_RISING | HATCH_FALLING },
    { "#F0E442", HATCH_LEVEL },
};

struct drawing {
    struct buf *out;
    const struct chart *c;
    uint64_t most; /* the longest bar, the highest column; 1 at least */
    bool stacked;
    size_t from, to; /* the rows of this drawing: a long chart is several, for paper */
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

static const struct shape *shape_of(const struct chart *c)
{
    return c->wide ? &wide : &narrow;
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

/* Lines and dots one by one: a pattern of SVG makes printed files of megabytes. */
static void slanted(struct buf *out, double x, double y, double w, double h, bool rising)
{
    for (int i = 1; i * HATCH_STEP < w + h; i++) {
        double t = i * HATCH_STEP;
        double from = t > h ? t - h : 0, to = t < w ? t : w;
        double left = rising ? from : w - from, right = rising ? to : w - to;
        buf_addf(out, "M%.1f %.1fL%.1f %.1f", x + left, y + (t < h ? t : h), x + right,
                 y + (t > w ? t - w : 0));
    }
}

/* How far in the upright or level line of that number stands. */
static double hatch_at(int i)
{
    return HATCH_STEP / 2.0 + i * HATCH_STEP;
}

static void hatch(struct buf *out, double x, double y, double w, double h, unsigned how)
{
    buf_adds(out, "<path stroke=\"#111\" d=\"");
    if (how & HATCH_RISING)
        slanted(out, x, y, w, h, true);
    if (how & HATCH_FALLING)
        slanted(out, x, y, w, h, false);
    for (int i = 0; (how & HATCH_UPRIGHT) && hatch_at(i) < w; i++)
        buf_addf(out, "M%.1f %.1fv%.1f", x + hatch_at(i), y, h);
    for (int i = 0; (how & HATCH_LEVEL) && hatch_at(i) < h; i++)
        buf_addf(out, "M%.1f %.1fh%.1f", x, y + hatch_at(i), w);
    for (int i = 0; (how & HATCH_DOTS) && hatch_at(i) < h - 1; i++)
        for (int j = 0; hatch_at(j) < w - 1; j++)
            buf_addf(out, "M%.1f %.1fh1.6", x + hatch_at(j), y + hatch_at(i));
    buf_adds(out, "\"/>\n");
}

static void box(struct buf *out, double x, double y, double w, double h, size_t series)
{
    buf_addf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" ", x, y, w, h);
    buf_addf(out, "fill=\"%s\" stroke=\"#111\"/>\n", styles[series].colour);
    if (styles[series].hatch != HATCH_NONE)
        hatch(out, x, y, w, h, styles[series].hatch);
}

/* There is something, and how much is not said. */
static void suppressed_box(struct buf *out, double x, double y, double w, double h)
{
    buf_addf(out,
             "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#fff\" "
             "stroke=\"#111\" stroke-dasharray=\"3 2\"/>\n",
             x, y, w, h);
}

/* All values in words, for those who do not see them. */
static void add_description(const struct drawing *d)
{
    struct buf text = { 0 };
    const struct chart *c = d->c;
    buf_adds(&text, c->description);
    for (size_t row = d->from; row < d->to; row++) {
        buf_addf(&text, "%s%s: ", row == d->from ? " " : "; ", c->rows[row].label);
        for (size_t i = 0; i < c->series_count; i++) {
            buf_addf(&text, "%s%s%s", i == 0 ? "" : ", ", c->series_count > 1 ? c->series[i] : "",
                     c->series_count > 1 ? " " : "");
            add_value(&text, c, &c->rows[row], i);
        }
    }
    buf_addf(d->out, "<title id=\"%s-%zu-title\">", c->id, d->from);
    html_text(d->out, c->title);
    buf_addf(d->out, "</title>\n<desc id=\"%s-%zu-desc\">", c->id, d->from);
    html_text(d->out, kept_text(&text));
    buf_adds(d->out, "</desc>\n");
    buf_free(&text);
}

/* Above the first drawing. Returns its height, and draws it if asked to. */
static double legend(const struct drawing *d, bool draw)
{
    double x = 0, y = 0;
    if (d->from > 0 || d->c->series_count == 1)
        return 0;
    for (size_t i = 0; i < d->c->series_count; i++) {
        double w = 32 + characters(d->c->series[i]) * LETTER;
        if (x > 0 && x + w > shape_of(d->c)->width) {
            x = 0;
            y += LEGEND_LINE;
        }
        if (draw) {
            box(d->out, x + 1, y + 1, 16, 14, i);
            text_at(d->out, x + 23, y + 13, "", d->c->series[i]);
        }
        x += w;
    }
    return y + LEGEND_LINE + 6;
}

static void begin_figure(const struct drawing *d, double height)
{
    const char *id = d->c->id;
    buf_addf(d->out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %.0f\" "
             "aria-labelledby=\"%s-%zu-title\" aria-describedby=\"%s-%zu-desc\">\n",
             shape_of(d->c)->width, height, id, d->from, id, d->from);
    add_description(d);
    legend(d, true);
}

/* ---- bars ------------------------------------------------------------------------------------ */

/* Room for labels at the left, or 0: each stands above its bars. */
static double label_room(const struct chart *c)
{
    int widest = 0;
    for (size_t row = 0; row < c->rows_count; row++)
        widest = characters(c->rows[row].label) > widest ? characters(c->rows[row].label) : widest;
    return widest > shape_of(c)->label_max ? 0 : widest * LETTER + 12;
}

/* A bar and its value; room is what the widest bar and its value have. */
static void bar(const struct drawing *d, const struct chart_row *r, size_t i, double x, double y,
                double room)
{
    struct buf value = { 0 };
    double w = MARK;
    add_value(&value, d->c, r, i);
    if (is_suppressed(r, i)) {
        suppressed_box(d->out, x, y, MARK, BAR - 3);
    } else {
        w = length(d, r->values[i], room);
        if (r->values[i] > 0)
            box(d->out, x, y, w, BAR - 3, i);
    }
    text_at(d->out, x + w + 6, y + 12, "", kept_text(&value));
    buf_free(&value);
}

static double group_height(const struct chart *c)
{
    return (label_room(c) > 0 ? 0 : 20) + (double)c->series_count * BAR + 8;
}

static void draw_bars(const struct drawing *d)
{
    const struct chart *c = d->c;
    double left = label_room(c), above = left > 0 ? 0 : 20, group = group_height(c);
    double y = legend(d, false), room = shape_of(c)->width - left - 100;
    double end = y + group * (double)(d->to - d->from);
    begin_figure(d, end + 2);
    buf_addf(d->out, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#111\"/>\n", left, y, end);
    for (size_t row = d->from; row < d->to; row++) {
        double middle = y + 4 + (double)c->series_count * BAR / 2 + 3;
        if (left > 0)
            text_at(d->out, left - 8, middle, " text-anchor=\"end\"", c->rows[row].label);
        else
            text_at(d->out, 6, y + 16, " font-weight=\"bold\"", c->rows[row].label);
        for (size_t i = 0; i < c->series_count; i++)
            bar(d, &c->rows[row], i, left, y + 4 + above + (double)i * BAR, room);
        y += group;
    }
    buf_adds(d->out, "</svg>\n");
}

/* ---- columns --------------------------------------------------------------------------------- */

static double slot_of(const struct chart *c)
{
    size_t most = shape_of(c)->rows_across, across = c->rows_count < most ? c->rows_count : most;
    double slot = (double)shape_of(c)->width / (double)across;
    return slot > 110 ? 110 : slot;
}

/* Whether each part of a stacked column has room for its value. */
static bool written_within(const struct drawing *d, const struct chart_row *r, double slot)
{
    for (size_t i = 0; i < d->c->series_count; i++) {
        struct buf value = { 0 };
        add_value(&value, d->c, r, i);
        bool fits = characters(kept_text(&value)) * LETTER + 4 <= slot - 14 &&
                    length(d, value_of(r, i), shape_of(d->c)->plot) >= FONT + 4;
        buf_free(&value);
        if (is_suppressed(r, i) || (r->values[i] > 0 && !fits))
            return false;
    }
    return sum_of(d->c, r) > 0;
}

/* What stands above a stacked column: its parts, or their sum where each part is written within. */
static void add_parts(struct buf *out, const struct drawing *d, const struct chart_row *r)
{
    bool first = true;
    if (written_within(d, r, slot_of(d->c))) {
        locale_number(out, sum_of(d->c, r));
        return;
    }
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

/* On white, so that it can be read upon any pattern. */
static void text_within(const struct drawing *d, double middle, double y, const char *text)
{
    double w = characters(text) * LETTER + 4;
    buf_addf(d->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"#fff\"/>\n",
             middle - w / 2, y - FONT / 2.0 - 1, w, FONT + 2);
    text_at(d->out, middle, y + FONT / 2.0 - 2, " text-anchor=\"middle\"", text);
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
    for (size_t row = d->from; row < d->to; row++)
        for (size_t i = 0; i < (d->stacked ? 1 : d->c->series_count); i++) {
            struct buf text = { 0 };
            if (d->stacked)
                add_parts(&text, d, &d->c->rows[row]);
            else
                add_value(&text, d->c, &d->c->rows[row], i);
            double n = characters(kept_text(&text)) * LETTER;
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
        double h = is_suppressed(r, i) ? MARK : length(d, r->values[i], shape_of(d->c)->plot);
        if (is_suppressed(r, i))
            suppressed_box(d->out, left, base - h, w - 1, h);
        else if (h > 0)
            box(d->out, left, base - h, w - 1, h, i);
        add_value(&value, d->c, r, i);
        text_above(d, left + w / 2, base - h - 5, d->c->series_count == 1 ? slot : w,
                   kept_text(&value));
        buf_free(&value);
    }
}

static void stacked(const struct drawing *d, const struct chart_row *r, double x, double base,
                    double slot)
{
    struct buf parts = { 0 };
    bool within = written_within(d, r, slot);
    double y = base;
    for (size_t i = 0; i < d->c->series_count; i++) {
        double h = is_suppressed(r, i) ? MARK : length(d, r->values[i], shape_of(d->c)->plot);
        y -= h;
        if (is_suppressed(r, i))
            suppressed_box(d->out, x + 7, y, slot - 14, h);
        else if (h > 0)
            box(d->out, x + 7, y, slot - 14, h, i);
        if (within && h > 0) {
            locale_number(&parts, r->values[i]);
            text_within(d, x + slot / 2, y + h / 2, kept_text(&parts));
            buf_clear(&parts);
        }
    }
    add_parts(&parts, d, r);
    text_above(d, x + slot / 2, y - 5, slot, kept_text(&parts));
    buf_free(&parts);
}

static void draw_columns(const struct drawing *d)
{
    const struct chart *c = d->c;
    double slot = slot_of(c), x = 0;
    double width =
        d->stacked || c->series_count == 1 ? slot : (slot - 10) / (double)c->series_count;
    double marks = d->stacked ? (double)c->series_count * MARK : 0;
    double base = legend(d, false) + top_of(d, width) + marks + shape_of(c)->plot;
    begin_figure(d, base + 30);
    for (size_t row = d->from; row < d->to; row++) {
        (d->stacked ? stacked : grouped)(d, &c->rows[row], x, base, slot);
        buf_addf(d->out, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#111\"/>\n", x, base, x + slot);
        text_at(d->out, x + slot / 2, base + 16, " text-anchor=\"middle\" class=\"small\"",
                c->rows[row].label);
        x += slot;
    }
    buf_adds(d->out, "</svg>\n");
}

void chart_add(struct buf *out, const struct chart *c, enum chart_form form)
{
    struct drawing d = { .out = out, .c = c, .stacked = form == CHART_STACKED };
    size_t step =
        form == CHART_BARS ? (size_t)(HEIGHT / group_height(c)) : shape_of(c)->rows_across;
    buf_adds(out, "<figure>\n<figcaption>");
    html_text(out, c->title);
    buf_adds(out, "</figcaption>\n");
    d.most = most_of(c, d.stacked);
    if (is_empty(c))
        html_paragraph(out, TR("There is nothing to show.", "No hay nada que mostrar."));
    for (d.from = 0; d.from < c->rows_count && !is_empty(c); d.from = d.to) {
        d.to = d.from + step < c->rows_count ? d.from + step : c->rows_count;
        if (form == CHART_BARS)
            draw_bars(&d);
        else
            draw_columns(&d);
    }
    buf_adds(out, "</figure>\n");
}
