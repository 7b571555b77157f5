#include "client/spreadsheet/csv_records.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/spreadsheet/csv_bind.h"
#include "proto/sys/files.h"

struct row_making {
    const struct csv_bound *b;
    struct csv_mistakes *mistakes;
    const struct csv_row *row;
    json_t *seen;   /* "vkey KEY" -> the row that has it */
    json_t *record; /* of the row */
    bool print;
};

static bool from_column(const struct binding *x)
{
    return x->column != SIZE_MAX;
}

static const char *cell_of(const struct row_making *k, const struct binding *x)
{
    return from_column(x) ? csv_table_cell(k->b->table, k->row, x->column) : x->row->said;
}

static struct csv_place csv_place_of(const struct row_making *k, const struct binding *x)
{
    struct csv_place p = { .row = k->row, .column = SIZE_MAX };
    if (x == NULL)
        return p;
    p.target = &x->row->target;
    if (from_column(x)) {
        p.column = x->column;
        p.title = csv_table_cell(k->b->table, k->b->titles, x->column);
    }
    return p;
}

static void mistake(const struct row_making *k, const struct binding *x, const char *what,
                    const char *expected)
{
    struct csv_place place = csv_place_of(k, x);
    csv_mistake_said(k->mistakes, &place, what, expected);
}

/* ---- members of a record --------------------------------------------------------------------- */

/* Puts a value where its path says; persons go into one list. Takes the reference. */
static void put_at(json_t *record, const struct cell_target *t, json_t *v)
{
    bool person = t->part == TARGET_PERSON || t->part == TARGET_PERSON_VALUE;
    char path[TARGET_PATH_MAX + 1];
    json_t *at = record;
    snprintf(path, sizeof path, "%s", t->path);
    if (person)
        *strrchr(path, '.') = 0;
    char *name = path, *dot;
    for (; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
        *dot = 0;
        if (json_object_get(at, name) == NULL)
            json_put(at, name, json_made(json_object()));
        at = json_object_get(at, name);
    }
    json_t *list = person ? json_object_get(at, name) : NULL;
    if (list == NULL) {
        json_put(at, name, v);
        return;
    }
    if (json_array_extend(list, v) != 0)
        lost(ENOMEM);
    json_decref(v);
}

static const json_t *get_at(const json_t *record, const char *path)
{
    char copy[TARGET_PATH_MAX + 1];
    const json_t *at = record;
    char *save = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *name = strtok_r(copy, ".", &save); name != NULL; name = strtok_r(NULL, ".", &save))
        at = json_object_get(at, name);
    return at;
}

/* What all rows have of an object that need not be there (case.scheme) is only said where the row
 * has something of it (case.number). */
static bool belongs(const struct row_making *k, const struct binding *x)
{
    bool any_column = false;
    if (from_column(x) || x->row->target.always)
        return true;
    for (size_t i = 0; i < k->b->n; i++) {
        const struct binding *other = &k->b->list[i];
        if (!from_column(other) || !csv_same_member(other->row->target.path, x->row->target.path))
            continue;
        any_column = true;
        if (cell_of(k, other)[0] != 0)
            return true;
    }
    return !any_column;
}

/* The code of the type that stands beside subjects.value; NULL after having said what is wrong. */
static const char *type_beside(const struct row_making *k, const struct binding *x,
                               char out[static CODE_MAX + 1])
{
    const struct binding *type = csv_bound_find(k->b, "subjects.type");
    struct csv_fault fault;
    struct csv_place place = csv_place_of(k, type);
    const char *cell = cell_of(k, type);
    if (cell[0] == 0) {
        mistake(k, x,
                TR("what kind of identifier this is is not said",
                   "no se dice qué tipo de identificador es"),
                "");
        return NULL;
    }
    json_t *v = csv_value(k->b->map, k->b->r, &type->row->target, NULL, cell, &fault);
    if (v == NULL) {
        csv_mistake(k->mistakes, &place, &fault);
        return NULL;
    }
    snprintf(out, CODE_MAX + 1, "%s", json_string_value(v));
    json_decref(v);
    return out;
}

static void take_cell_of(const struct row_making *k, const struct binding *x)
{
    const struct cell_target *t = &x->row->target;
    const char *cell = cell_of(k, x), *type = NULL;
    char code[CODE_MAX + 1];
    struct csv_fault fault;
    struct csv_place place = csv_place_of(k, x);
    if (cell[0] == 0 || t->part == TARGET_PERSON_TYPE || !belongs(k, x))
        return;
    if (t->part == TARGET_PERSON_VALUE && (type = type_beside(k, x, code)) == NULL)
        return;
    json_t *v = csv_value(k->b->map, k->b->r, t, type, cell, &fault);
    if (v == NULL) {
        csv_mistake(k->mistakes, &place, &fault);
        return;
    }
    if (fault.doubt[0] != 0 && k->print)
        say(TR("%s:%" PRIu64 ": row %" PRIu64 ", \"%s\": taken, but %s",
               "%s:%" PRIu64 ": fila %" PRIu64 ", «%s»: se admite, pero %s"),
            k->mistakes->path, k->row->line, k->row->row,
            place.title == NULL ? t->path : place.title, fault.doubt);
    put_at(k->record, t, v);
}

/* ---- the whole record ------------------------------------------------------------------------ */

/* A row lacks something only where nothing else is wrong with that cell. */
static void look_for_missing(void *ctx, const struct cell_target *t)
{
    const struct row_making *k = ctx;
    const struct binding *x = csv_bound_find(k->b, t->path);
    char parent[TARGET_PATH_MAX + 1];
    snprintf(parent, sizeof parent, "%s", t->path);
    char *dot = strrchr(parent, '.');
    if (dot != NULL)
        *dot = 0;
    bool begun = dot != NULL && t->beside && get_at(k->record, parent) != NULL;
    bool empty = x == NULL || cell_of(k, x)[0] == 0;
    if ((!t->always && !begun) || !empty || get_at(k->record, t->path) != NULL)
        return;
    if (x == NULL && t->always) /* the name of a key */
        return;
    mistake(k, x, TR("nothing stands here, and it is needed", "no hay nada aquí, y hace falta"),
            x == NULL ? t->path : target_meaning(t));
}

static void check_windows(const struct row_making *k)
{
    for (size_t i = 0; i < k->b->n; i++) {
        const struct binding *x = &k->b->list[i];
        char path[TARGET_PATH_MAX + 1];
        if (x->row->target.part != TARGET_UNTIL)
            continue;
        snprintf(path, sizeof path, "%s", x->row->target.path);
        const char *until = json_string_value(get_at(k->record, path));
        memcpy(strrchr(path, '.'), ".from", strlen(".from") + 1);
        const char *from = json_string_value(get_at(k->record, path));
        if (from != NULL && until != NULL && strcmp(from, until) >= 0)
            mistake(k, x, TR("this ends before it begins", "esto termina antes de empezar"), "");
    }
}

/* A key is enrolled, and an id used, once ever. */
static void check_once(const struct row_making *k, const char *member)
{
    const char *text = json_string_value(json_object_get(k->record, member));
    const struct binding *x = csv_bound_find(k->b, member);
    struct buf key = { 0 };
    char what[100];
    if (text == NULL || x == NULL || (k->b->map->kind != KIND_ENROLL && strcmp(member, "id") != 0))
        return;
    buf_addf(&key, "%s %s", member, text);
    const json_t *before = json_object_get(k->seen, kept_text(&key));
    if (before == NULL) {
        json_put(k->seen, kept_text(&key), json_made(json_integer((json_int_t)k->row->row)));
    } else {
        snprintf(what, sizeof what,
                 TR("this stands in row %lld, too", "esto ya está en la fila %lld"),
                 (long long)json_integer_value(before));
        mistake(k, x, what, "");
    }
    buf_free(&key);
}

/* A key has its name in it. */
static void name_key(const struct row_making *k)
{
    const char *vkey = json_string_value(json_object_get(k->record, "vkey"));
    if (k->b->map->kind == KIND_ENROLL && vkey != NULL &&
        json_object_get(k->record, "name") == NULL)
        json_put(k->record, "name", json_made(json_stringn(vkey, strcspn(vkey, "+"))));
}

/* More cells than titles: a divider stands within a cell. */
static void check_width(const struct row_making *k)
{
    for (size_t i = k->b->titles->cells; i < k->row->cells; i++) {
        if (csv_table_cell(k->b->table, k->row, i)[0] == 0)
            continue;
        mistake(k, NULL,
                TR("the row has more cells than there are titles",
                   "la fila tiene más celdas que títulos hay"),
                TR("a cell with the separator in it stands between quotes",
                   "una celda que contiene el separador va entre comillas"));
        return;
    }
}

static void make_record(struct row_making *k)
{
    k->record = json_made(json_pack("{s:s}", "kind", kind_name(k->b->map->kind)));
    check_width(k);
    for (size_t i = 0; i < k->b->n; i++)
        take_cell_of(k, &k->b->list[i]);
    name_key(k);
    target_each(k->b->map->kind, k->b->r, look_for_missing, k);
    check_windows(k);
    check_once(k, "vkey");
    check_once(k, "id");
    if (k->print && k->mistakes->count == 0)
        say_json(json_incref(k->record));
    json_decref(k->record);
    k->record = NULL;
}

/* Twice: a record is printed only if nothing is wrong with any. */
static enum outcome make_records(const struct csv_bound *b, struct csv_mistakes *mistakes)
{
    struct row_making k = { .b = b, .mistakes = mistakes };
    for (int pass = 0; pass < 2 && mistakes->count == 0 && !lost_any(); pass++) {
        k.print = pass == 1;
        k.seen = json_made(json_object());
        for (size_t i = 1; i < b->table->rows && !lost_any(); i++) {
            k.row = &b->table->row[i];
            make_record(&k);
        }
        json_decref(k.seen);
    }
    csv_mistakes_end(mistakes);
    if (b->table->rows == 1)
        say(TR("%s has titles, and no rows", "%s tiene títulos y ninguna fila"), mistakes->path);
    return mistakes->count == 0 ? OUTCOME_PROVEN : OUTCOME_UNDECIDED;
}

/* ---- files ----------------------------------------------------------------------------------- */

int csv_file_read(struct csv_table *out, const char *path, enum csv_encoding *encoding, bool guess,
                  char separator)
{
    struct buf file = { 0 }, text = { 0 };
    uint64_t line;
    *out = (struct csv_table){ .rows = 0 };
    enum file read = file_read(&file, path, CSV_BYTES_MAX);
    if (read != FILE_OK) {
        say(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path, file_cause(read));
        buf_free(&file);
        return -1;
    }
    if (guess)
        *encoding = csv_is_utf8(buf_span(&file)) ? CSV_UTF_8 : CSV_WINDOWS_1252;
    const char *wrong = csv_text(&text, buf_span(&file), *encoding, &line);
    if (wrong == NULL)
        wrong = csv_table_read(out, kept_span(&text), separator, &line);
    if (wrong != NULL)
        say("%s:%" PRIu64 ": %s", path, line, wrong);
    buf_free(&file);
    buf_free(&text);
    return wrong == NULL ? 0 : -1;
}

static enum outcome by_map(struct csv_map *map, const char *path, const struct csv_rules *rules,
                           bool json)
{
    struct csv_table table;
    struct csv_bound bound = { .map = NULL };
    struct csv_mistakes mistakes = {
        .path = path, .r = rules->r, .builtin = rules->builtin, .json = json
    };
    enum outcome outcome = OUTCOME_USAGE;
    int failed = csv_file_read(&table, path, &map->encoding, false, map->separator);
    if (failed == 0 && table.rows == 0) {
        outcome = say_usage(TR("%s is empty", "%s está vacío"), path);
    } else if (failed == 0) {
        outcome = csv_bind(&bound, map, &table, rules->r);
        if (outcome == OUTCOME_PROVEN)
            outcome = make_records(&bound, &mistakes);
        csv_bound_free(&bound);
    }
    csv_table_free(&table);
    return outcome;
}

enum outcome csv_records(const char *map_path, const char *path, const struct csv_rules *rules,
                         bool json)
{
    struct csv_map map;
    enum outcome outcome = csv_map_read(&map, map_path, rules->r);
    outcome = outcome == OUTCOME_PROVEN ? by_map(&map, path, rules, json) : csv_map_outcome(&map);
    csv_map_free(&map);
    return outcome;
}
