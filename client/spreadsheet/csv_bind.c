#include "client/spreadsheet/csv_bind.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/spreadsheet/csv_codes.h"

/* ---- columns --------------------------------------------------------------------------------- */

static size_t find_titled(const struct csv_bound *b, const char *said, bool exact, size_t *found)
{
    size_t n = 0;
    for (size_t i = 0; i < b->titles->cells; i++) {
        const char *title = csv_table_cell(b->table, b->titles, i);
        if (exact ? strcmp(title, said) != 0 : !codes_same(title, said))
            continue;
        *found = i;
        n++;
    }
    return n;
}

static void say_no_column(struct csv_bound *b, const struct map_row *row)
{
    struct nearest meant = { .said = row->said };
    for (size_t i = 0; i < b->titles->cells; i++)
        nearest_offer(&meant, csv_table_cell(b->table, b->titles, i));
    if (meant.best != NULL)
        csv_map_complain(b->map, row->line,
                         TR("no column has the title \"%.100s\": did you mean \"%.100s\"?",
                            "ninguna columna se titula «%.100s»: ¿quiso decir «%.100s»?"),
                         row->said, meant.best);
    else
        csv_map_complain(b->map, row->line,
                         TR("no column has the title \"%.100s\"; (3) would be the third",
                            "ninguna columna se titula «%.100s»; (3) sería la tercera"),
                         row->said);
}

/* The column that a row of the map names. Returns SIZE_MAX after having said why there is none. */
static size_t find_column(struct csv_bound *b, const struct map_row *row)
{
    size_t found = SIZE_MAX;
    if (row->number > 0) {
        if (row->number <= b->titles->cells)
            return row->number - 1;
        csv_map_complain(b->map, row->line,
                         TR("there is no column %zu: the file has %zu",
                            "no hay columna %zu: el archivo tiene %zu"),
                         row->number, b->titles->cells);
        return SIZE_MAX;
    }
    size_t n = find_titled(b, row->said, true, &found);
    if (n == 0)
        n = find_titled(b, row->said, false, &found);
    if (n == 1)
        return found;
    if (n == 0)
        say_no_column(b, row);
    else
        csv_map_complain(
            b->map, row->line,
            TR("%zu columns have the title \"%.100s\": name one by its number, such as (%zu)",
               "%zu columnas se titulan «%.100s»: nombre una por su número, como (%zu)"),
            n, row->said, found + 1);
    return SIZE_MAX;
}

static bool has_cells(const struct csv_bound *b, size_t column)
{
    for (size_t i = 1; i < b->table->rows; i++)
        if (csv_table_cell(b->table, &b->table->row[i], column)[0] != 0)
            return true;
    return false;
}

/* Nothing of a file is dropped in silence. */
static void name_unused(struct csv_bound *b, const bool *used)
{
    for (size_t i = 0; i < b->titles->cells; i++) {
        char letters[4];
        const char *title = csv_table_cell(b->table, b->titles, i);
        if (used[i] || (title[0] == 0 && !has_cells(b, i)))
            continue;
        csv_letters(letters, i);
        csv_map_complain(b->map, 0,
                         TR("column %zu (%s) \"%.100s\" is not in the map: give it a member in "
                            "[columns], or list it below [ignored]",
                            "la columna %zu (%s) «%.100s» no está en el mapa: dele un miembro en "
                            "[columns] o anótela bajo [ignored]"),
                         i + 1, letters, title);
    }
}

static void bind_rows(struct csv_bound *b, bool *used)
{
    for (size_t i = 0; i < b->map->rows; i++) {
        const struct map_row *row = &b->map->row[i];
        size_t column = SIZE_MAX;
        if (row->type == MAP_COLUMN || row->type == MAP_IGNORED)
            column = find_column(b, row);
        if (column != SIZE_MAX)
            used[column] = true;
        if ((row->type == MAP_COLUMN && column != SIZE_MAX) || row->type == MAP_EVERY) {
            if (!room_for_one(&b->list, b->n, &b->cap, sizeof *b->list))
                return;
            b->list[b->n++] = (struct binding){ row, column, 0 };
        }
    }
}

/* ---- members --------------------------------------------------------------------------------- */

struct member_visit {
    struct csv_bound *b;
    size_t number;
};

/* A name is that of the key: nobody writes it twice. */
static bool follows(const struct csv_bound *b, const struct cell_target *t)
{
    return b->map->kind == KIND_ENROLL && strcmp(t->path, "name") == 0;
}

/* Gives each binding its place, and names what is needed and is nowhere. */
static void visit_member(void *ctx, const struct cell_target *t)
{
    struct member_visit *s = ctx;
    struct csv_bound *b = s->b;
    bool said = false;
    s->number++;
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->list[i].row->target.path, t->path) == 0)
            b->list[i].order = s->number;
    for (size_t i = 0; i < b->map->rows; i++)
        said = said || ((b->map->row[i].type == MAP_COLUMN || b->map->row[i].type == MAP_EVERY) &&
                        strcmp(b->map->row[i].target.path, t->path) == 0);
    if (t->always && !said && !follows(b, t))
        csv_map_complain(
            b->map, 0,
            TR("a %s needs %s (%s): a line %s = … below [columns] or [every]",
               "un registro %s necesita %s (%s): una línea %s = … bajo [columns] o [every]"),
            kind_name(b->map->kind), t->path, target_meaning(t), t->path);
}

static int by_order(const void *a, const void *b)
{
    const struct binding *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->row->line < y->row->line ? -1 : x->row->line > y->row->line;
}

static void check_pair(struct csv_bound *b)
{
    const struct binding *type = csv_bound_find(b, "subjects.type"),
                         *value = csv_bound_find(b, "subjects.value");
    if ((type == NULL) != (value == NULL))
        csv_map_complain(b->map, 0,
                         TR("subjects.type and subjects.value need each other",
                            "subjects.type y subjects.value van juntos"));
}

/* What is not said is asked for, and never guessed. */
static void check_settings(struct csv_bound *b)
{
    const struct binding *time = NULL, *end = NULL;
    for (size_t i = 0; i < b->n; i++) {
        if (target_is_time(&b->list[i].row->target) && time == NULL)
            time = &b->list[i];
        if (target_ends(&b->list[i].row->target) && end == NULL)
            end = &b->list[i];
    }
    if (time != NULL && !b->map->has_zone)
        csv_map_complain(
            b->map, 0,
            TR("in which time zone are its times (%s)? zone = America/Mexico_City, or another",
               "¿en qué zona horaria están sus horas (%s)? zone = America/Mexico_City, u otra"),
            time->row->said);
    if (time != NULL && b->map->dates == DATES_UNSAID)
        csv_map_complain(b->map, 0,
                         TR("how are its dates written (%s)? dates = d/m/y, m/d/y or y-m-d",
                            "¿cómo se escriben sus fechas (%s)? dates = d/m/y, m/d/y o y-m-d"),
                         time->row->said);
    if (end != NULL && b->map->until == UNTIL_UNSAID)
        csv_map_complain(
            b->map, 0,
            TR("does a day that something ends with (%s) belong to it? until = included, or "
               "until = excluded",
               "¿el día en que algo termina (%s) está incluido? until = included, o until = "
               "excluded"),
            end->row->said);
}

static size_t names_columns(const struct csv_map *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->rows; i++)
        n += m->row[i].type == MAP_COLUMN || m->row[i].type == MAP_IGNORED;
    return n;
}

/* ---- all of it ------------------------------------------------------------------------------- */

enum outcome csv_bind(struct csv_bound *out, struct csv_map *map, const struct csv_table *table,
                      const struct ruleset *r)
{
    *out = (struct csv_bound){ .map = map, .table = table, .r = r };
    out->titles = &table->row[0];
    bool *used = kept(calloc(out->titles->cells + 1, sizeof *used));
    if (used == NULL)
        return OUTCOME_UNDECIDED;
    struct member_visit members = { .b = out };
    if (out->titles->cells == 1 && names_columns(map) > 1)
        csv_map_complain(
            map, 0,
            TR("the first row is one cell: is the separator not %s?",
               "la primera fila es una sola celda: ¿no será otro el separador que %s?"),
            table->separator == ';'   ? "semicolon"
            : table->separator == ',' ? "comma"
                                      : "tab");
    bind_rows(out, used);
    name_unused(out, used);
    free(used);
    target_each(map->kind, r, visit_member, &members);
    if (out->n > 0)
        qsort(out->list, out->n, sizeof *out->list, by_order);
    check_pair(out);
    check_settings(out);
    return csv_map_outcome(map);
}

void csv_bound_free(struct csv_bound *b)
{
    free(b->list);
}

const struct binding *csv_bound_find(const struct csv_bound *b, const char *path)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->list[i].row->target.path, path) == 0)
            return &b->list[i];
    return NULL;
}

bool csv_same_member(const char *a, const char *b)
{
    size_t n = strcspn(a, ".");
    return n == strcspn(b, ".") && strncmp(a, b, n) == 0;
}
