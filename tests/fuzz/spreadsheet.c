/* The fuzzer of what `import csv` reads: a file that somebody's spreadsheet exported. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "client/spreadsheet/csv_date.h"
#include "client/spreadsheet/csv_table.h"
#include "client/spreadsheet/csv_text.h"
#include "client/spreadsheet/csv_value.h"
#include "tests/fuzz/fuzz.h"

static struct ruleset *rules;
static struct csv_map map = { .kind = KIND_REQUEST,
                              .has_zone = true,
                              .dates = DATES_DMY,
                              .two_digits = true,
                              .until = UNTIL_INCLUDED,
                              .lists = "," };
static const char *const paths[] = {
    "authority",   "basis",     "categories",       "data_window.until", "purpose.note",
    "persons",     "automated", "data_window.from", "subjects.curp",     "subjects.phone",
    "case.number", "term",      "warrant.entry"
};
#define PATHS (sizeof paths / sizeof *paths)
static struct cell_target target[PATHS];

void fuzz_spreadsheet_begin(void)
{
    struct refusal why;
    const char *wrong;
    rules = ruleset_parse(ruleset_builtin(), &why);
    if (rules == NULL || zone_find(&map.zone, "-06:00") != 0)
        abort();
    for (size_t i = 0; i < PATHS; i++)
        if (target_find(&target[i], KIND_REQUEST, rules, paths[i], &wrong) != 0)
            abort();
}

/* A cell is clean, and what is clean stays as it is. */
static void must_be_clean(const char *cell)
{
    struct buf again = { 0 };
    csv_clean(&again, span_str(cell));
    if (!again.failed && !span_eq(buf_span(&again), span_str(cell)))
        abort();
    buf_free(&again);
}

/* What a cell becomes can be printed; what it cannot become is said. */
static void try_cell(const char *cell, size_t which)
{
    struct csv_fault fault;
    bool any, two_digits;
    char *text;
    json_t *v = csv_value(&map, rules, &target[which % PATHS], NULL, cell, &fault);
    if (v == NULL && fault.what[0] == 0)
        abort();
    if (v != NULL && (text = json_dumps(v, JSON_ENCODE_ANY)) == NULL)
        abort();
    else if (v != NULL)
        free(text);
    json_decref(v);
    (void)csv_date_order(cell, &any, &two_digits);
}

/* All cells between quotes. */
static void write_table(struct buf *out, const struct csv_table *t)
{
    for (size_t i = 0; i < t->rows; i++) {
        for (size_t k = 0; k < t->row[i].cells; k++) {
            buf_adds(out, k == 0 ? "\"" : ";\"");
            for (const char *p = csv_table_cell(t, &t->row[i], k); *p != 0; p++)
                buf_add(out, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
            buf_adds(out, "\"");
        }
        buf_adds(out, "\n");
    }
}

static void must_be_same(const struct csv_table *a, const struct csv_table *b)
{
    if (a->rows != b->rows)
        abort();
    for (size_t i = 0; i < a->rows; i++) {
        if (a->row[i].cells != b->row[i].cells)
            abort();
        for (size_t k = 0; k < a->row[i].cells; k++)
            if (strcmp(csv_table_cell(a, &a->row[i], k), csv_table_cell(b, &b->row[i], k)) != 0)
                abort();
    }
}

/* Written again, it is the same table. */
static void write_and_read(const struct csv_table *t)
{
    struct buf text = { 0 };
    struct csv_table again;
    uint64_t line;
    write_table(&text, t);
    const char *wrong = csv_table_read(&again, buf_span(&text), ';', &line);
    if (!text.failed && wrong != NULL)
        abort();
    if (!text.failed)
        must_be_same(t, &again);
    csv_table_free(&again);
    buf_free(&text);
}

/* The first byte says how it is read; the rest is the file. */
void fuzz_spreadsheet(struct span in)
{
    static const char separators[] = { 0, ',', ';', '\t' };
    struct buf text = { 0 };
    struct csv_table t;
    uint64_t line = 0;
    if (in.n == 0)
        return;
    enum csv_encoding encoding = in.p[0] & 4 ? CSV_WINDOWS_1252 : CSV_UTF_8;
    if (csv_text(&text, span_of(in.p + 1, in.n - 1), encoding, &line) != NULL) {
        buf_free(&text);
        return;
    }
    if (!csv_is_utf8(buf_span(&text)) || memchr(text.p, 0, text.n) != NULL)
        abort();
    if (csv_table_read(&t, buf_span(&text), separators[in.p[0] & 3], &line) == NULL) {
        for (size_t i = 0; i < t.rows; i++)
            for (size_t k = 0; k < t.row[i].cells; k++) {
                const char *cell = csv_table_cell(&t, &t.row[i], k);
                must_be_clean(cell);
                if (cell[0] != 0)
                    try_cell(cell, k);
            }
        if (t.rows > 0)
            write_and_read(&t);
    }
    csv_table_free(&t);
    buf_free(&text);
}
