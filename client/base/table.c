#include "client/base/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/lost.h"
#include "proto/text/shown.h"

void table_add(struct text_table *t, const char *text)
{
    /* As it is going to be shown: the columns are as wide as that. */
    struct buf shown = { 0 };
    shown_add(&shown, span_str(text == NULL ? "" : text), false);
    const char *as_shown = kept_text(&shown); /* which may fail, too */
    char *cell = shown.failed ? NULL : kept(strdup(as_shown));
    t->failed =
        t->failed || cell == NULL || !room_for_one(&t->cell, t->cells, &t->cap, sizeof cell);
    if (t->failed)
        free(cell);
    else
        t->cell[t->cells++] = cell;
    buf_free(&shown);
}

void table_addf(struct text_table *t, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    table_add(t, text);
}

/* In characters, as far as one takes one place: headings have accents. */
static int width_of(const char *text)
{
    int n = 0;
    for (; *text != 0; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* The width of a column; 0 if nothing stands below its heading. */
static int column_width(const struct text_table *t, size_t column)
{
    int width = 0;
    bool empty = true;
    for (size_t i = column; i < t->cells; i += t->columns) {
        int w = width_of(t->cell[i]);
        width = w > width ? w : width;
        empty = empty && (i == column || w == 0);
    }
    return empty ? 0 : width;
}

void table_print(const struct text_table *t, int indent, FILE *to)
{
    int width[TABLE_COLUMNS_MAX];
    if (t->failed)
        return;
    for (size_t c = 0; c < t->columns; c++)
        width[c] = column_width(t, c);
    for (size_t row = 0; row < t->cells; row += t->columns) {
        int pad = indent; /* put off until something follows it */
        for (size_t c = 0; c < t->columns; c++) {
            const char *text = t->cell[row + c];
            if (width[c] == 0)
                continue;
            if (*text != 0) {
                fprintf(to, "%*s%s", pad, "", text);
                pad = 0;
            }
            pad += width[c] - width_of(text) + 2;
        }
        fputc('\n', to);
    }
}

void table_free(struct text_table *t)
{
    for (size_t i = 0; i < t->cells; i++)
        free(t->cell[i]);
    free(t->cell);
    *t = (struct text_table){ .columns = t->columns };
}
