#include "client/spreadsheet/csv_table.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "client/base/lost.h"

struct csv_reading {
    struct csv_table *t;
    struct csv_row now;
    uint64_t line; /* that is read */
    bool filled;   /* a cell of the row has something in it */
    bool ended;    /* a row ended */
    const char *wrong;
};

/* ---- what libcsv calls ----------------------------------------------------------------------- */

static void take_cell(void *cell, size_t n, void *ctx)
{
    struct csv_reading *r = ctx;
    struct csv_table *t = r->t;
    if (r->wrong != NULL)
        return;
    if (n > CSV_CELL_MAX)
        r->wrong = TR("a cell has more than 65,536 bytes: is a quote missing before?",
                      "una celda tiene más de 65,536 bytes: ¿falta antes una comilla?");
    else if (r->now.cells == CSV_COLUMNS_MAX)
        r->wrong = TR("a row has more than 1,000 cells", "una fila tiene más de 1,000 celdas");
    if (r->wrong != NULL || !room_for_one(&t->cell, t->cells, &t->cells_cap, sizeof *t->cell))
        return;
    t->cell[t->cells++] = t->text.n;
    csv_clean(&t->text, span_of(cell, n));
    r->filled = r->filled || t->text.n > t->cell[t->cells - 1];
    buf_add_u8(&t->text, 0);
    r->now.cells++;
}

/* Rows without anything in them are what is left of rows that were emptied: they only count. */
static void end_of_row(int c, void *ctx)
{
    struct csv_reading *r = ctx;
    struct csv_table *t = r->t;
    (void)c;
    r->ended = true;
    if (r->wrong == NULL && r->filled &&
        room_for_one(&t->row, t->rows, &t->rows_cap, sizeof *t->row)) {
        t->row[t->rows++] = r->now;
        if (t->rows > CSV_ROWS_MAX)
            r->wrong = TR("there are more than 1,000,000 rows", "hay más de 1,000,000 de filas");
    } else if (r->now.cells > 0 && !r->filled) {
        t->cells = r->now.first;
        t->text.n = t->cells < t->cells_cap ? t->cell[t->cells] : t->text.n;
    }
    r->now = (struct csv_row){ .row = r->now.row + 1, .first = t->cells };
    r->filled = false;
}

/* ---- line by line ---------------------------------------------------------------------------- */

static const char *misquoted(void)
{
    return TR(
        "a quote stands where none may: a cell with quotes in it is \"…\", and each of them "
        "is written twice (or is the separator another?)",
        "hay una comilla donde no puede haberla: una celda con comillas va entre \"…\", y cada "
        "una se escribe dos veces (¿o es otro el separador?)");
}

/* One line at a time, so that it is known which one a row begins in. */
static void read_lines(struct csv_reading *r, struct csv_parser *p, struct span text)
{
    bool open = false;
    for (r->line = 1; text.n > 0 && r->wrong == NULL && !lost_any(); r->line++) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p) + 1;
        if (!open)
            r->now.line = r->line;
        r->ended = false;
        if (csv_parse(p, text.p, n, take_cell, end_of_row, r) != n)
            r->wrong = csv_error(p) == CSV_EPARSE ? misquoted() : csv_strerror(csv_error(p));
        open = !r->ended;
        text = span_of(text.p + n, text.n - n);
    }
    if (r->wrong == NULL && csv_fini(p, take_cell, end_of_row, r) != 0) {
        r->wrong = TR("a quote is opened here, and closed nowhere",
                      "aquí se abre una comilla que no se cierra");
        r->line = r->now.line + 1;
    }
}

/* "sep=;", which Excel writes and reads as a first line. */
static char said_separator(struct span *text)
{
    static const char said[] = "sep=";
    size_t n = strlen(said);
    if (text->n < n + 2 || strncasecmp((const char *)text->p, said, n) != 0 ||
        text->p[n + 1] != '\n')
        return 0;
    char c = (char)text->p[n];
    *text = span_of(text->p + n + 2, text->n - n - 2);
    return c;
}

static char most_frequent(struct span text)
{
    static const char list[] = { ',', ';', '\t' };
    size_t count[sizeof list] = { 0 }, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n && (quoted || text.p[i] != '\n'); i++) {
        quoted = quoted != (text.p[i] == '"');
        for (size_t k = 0; k < sizeof list && !quoted; k++)
            count[k] += text.p[i] == (uint8_t)list[k];
    }
    for (size_t k = 1; k < sizeof list; k++)
        best = count[k] > count[best] ? k : best;
    return list[best];
}

const char *csv_table_read(struct csv_table *out, struct span text, char separator, uint64_t *line)
{
    struct csv_parser p;
    *out = (struct csv_table){ .separator = separator };
    struct csv_reading r = { .t = out, .now = { .row = 1 } };
    char said = said_separator(&text);
    uint64_t before = said != 0;
    if (out->separator == 0)
        out->separator = said != 0 ? said : most_frequent(text);
    *line = 1;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
        kept(NULL);
        return NULL;
    }
    csv_set_delim(&p, (unsigned char)out->separator);
    read_lines(&r, &p, text);
    csv_free(&p);
    kept_text(&out->text);
    for (size_t i = 0; i < out->rows; i++) {
        out->row[i].line += before;
        out->row[i].row += before;
    }
    *line = r.line - 1 + before;
    return r.wrong;
}

void csv_table_free(struct csv_table *t)
{
    buf_free(&t->text);
    free(t->cell);
    free(t->row);
}

const char *csv_table_cell(const struct csv_table *t, const struct csv_row *row, size_t column)
{
    return column < row->cells ? (const char *)t->text.p + t->cell[row->first + column] : "";
}

void csv_letters(char out[static 4], size_t column)
{
    char turned[4];
    size_t n = 0;
    for (size_t c = column + 1; c > 0 && n < 3; c = (c - 1) / 26)
        turned[n++] = (char)('A' + (c - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = turned[n - 1 - i];
    out[n] = 0;
}
