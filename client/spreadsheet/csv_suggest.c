#include "client/spreadsheet/csv_suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/spreadsheet/csv_bind.h"
#include "client/spreadsheet/csv_codes.h"
#include "client/spreadsheet/csv_date.h"
#include "client/spreadsheet/csv_records.h"
#include "client/spreadsheet/csv_titles.h"
#include "proto/record/identifier.h"
#include "proto/sys/files.h"
#include "proto/text/nearest.h"

#define WORDS_SUGGESTED 60

/* What a column is taken for. */
struct guess {
    struct cell_target target;
    unsigned fits; /* 0: nothing was recognised */
};

struct suggesting {
    const char *path;
    const struct ruleset *r;
    bool builtin; /* as in struct csv_rules */
    const struct csv_table *table;
    enum csv_encoding encoding;
    enum kind kind;
    struct guess *column;
    size_t columns;
    size_t persons;     /* the column whose names are not those of institutions; SIZE_MAX: none */
    struct csv_map map; /* empty: only so that codes can be looked up */
};

static const char *title(const struct suggesting *s, size_t column)
{
    return csv_table_cell(s->table, &s->table->row[0], column);
}

/* ---- which member ---------------------------------------------------------------------------- */

/* The better guess takes the member. */
static void guess_member(void *ctx, const struct cell_target *t)
{
    struct suggesting *s = ctx;
    size_t best = 0;
    unsigned fits = 0;
    if (s->kind == KIND_ENROLL && strcmp(t->path, "name") == 0)
        return; /* the vkey has it; what people call a name is `display` */
    if (strcmp(t->path, "since") == 0)
        return; /* the day when somebody left is none since which his key is bad */
    for (size_t i = 0; i < s->columns; i++) {
        unsigned now = title_fits(title(s, i), s->kind, t);
        if (now > fits && now > s->column[i].fits) {
            fits = now;
            best = i;
        }
    }
    if (fits > 0)
        s->column[best] = (struct guess){ *t, fits };
}

/* Sum of how well titles fit members of a kind. */
static unsigned guess_kind(struct suggesting *s, enum kind kind)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s->columns; i++)
        s->column[i].fits = 0;
    s->kind = kind;
    target_each(kind, s->r, guess_member, s);
    for (size_t i = 0; i < s->columns; i++)
        sum += s->column[i].fits;
    return sum;
}

static const struct guess *guessed(const struct suggesting *s, const char *path)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].fits > 0 && strcmp(s->column[i].target.path, path) == 0)
            return &s->column[i];
    return NULL;
}

/* A title that says who asks as well as who is asked. */
static bool is_either(const struct suggesting *s, size_t column)
{
    return s->kind == KIND_REQUEST && s->column[column].fits == 0 &&
           codes_same(title(s, column), "institución");
}

static void take_institution(void *ctx, const struct cell_target *t)
{
    struct suggesting *s = ctx;
    const char *other = strcmp(t->path, "holder") == 0      ? "authority"
                        : strcmp(t->path, "authority") == 0 ? "holder"
                                                            : NULL;
    if (other == NULL || guessed(s, other) == NULL || guessed(s, t->path) != NULL)
        return;
    for (size_t i = 0; i < s->columns; i++)
        if (is_either(s, i)) {
            s->column[i] = (struct guess){ *t, 1 };
            return;
        }
}

/* "Institución" is the one of the two that no other column is. */
static void guess_institution(struct suggesting *s)
{
    target_each(s->kind, s->r, take_institution, s);
}

static size_t column_of(const struct suggesting *s, const char *path)
{
    const struct guess *g = guessed(s, path);
    return g == NULL ? SIZE_MAX : (size_t)(g - s->column);
}

/* Where one institution has several names, they are those of its people: no record gets them. */
static void look_for_persons(struct suggesting *s)
{
    size_t name = column_of(s, "display"), of = column_of(s, "authority");
    s->persons = SIZE_MAX;
    if (name == SIZE_MAX || of == SIZE_MAX)
        return;
    json_t *called = json_made(json_object());
    for (size_t k = 1; k < s->table->rows; k++) {
        const char *institution = csv_table_cell(s->table, &s->table->row[k], of);
        const char *now = csv_table_cell(s->table, &s->table->row[k], name);
        const char *before = json_string_value(json_object_get(called, institution));
        if (now[0] != 0 && before != NULL && strcmp(now, before) != 0)
            s->persons = name;
        if (now[0] != 0 && before == NULL)
            json_put(called, institution, json_text(now));
    }
    json_decref(called);
    if (s->persons != SIZE_MAX)
        s->column[name].fits = 0;
}

static void guess(struct suggesting *s)
{
    static const enum kind likely[] = { KIND_REQUEST, KIND_ENROLL, KIND_REVOKE, KIND_RESPONSE,
                                        KIND_WARRANT };
    enum kind best = KIND_REQUEST;
    unsigned most = 0;
    for (size_t i = 0; i < sizeof likely / sizeof *likely; i++) {
        unsigned sum = guess_kind(s, likely[i]);
        if (sum > most) {
            most = sum;
            best = likely[i];
        }
    }
    guess_kind(s, best);
    guess_institution(s);
    look_for_persons(s);
}

/* ---- settings -------------------------------------------------------------------------------- */

static void comment(const char *text)
{
    printf("# %s\n", text);
}

/* The order that some date shows for certain; of dates that show none whether there is any. */
static enum csv_dates dates_of(const struct suggesting *s, bool *any, bool *two_digits)
{
    enum csv_dates order = DATES_UNSAID;
    *any = *two_digits = false;
    for (size_t i = 0; i < s->columns; i++) {
        if (s->column[i].fits == 0 || !target_is_time(&s->column[i].target))
            continue;
        *any = true;
        for (size_t k = 1; k < s->table->rows; k++) {
            bool date, two;
            enum csv_dates shows =
                csv_date_order(csv_table_cell(s->table, &s->table->row[k], i), &date, &two);
            *two_digits = *two_digits || (date && two);
            order = shows != DATES_UNSAID ? shows : order;
        }
    }
    return order;
}

static void print_dates(const struct suggesting *s)
{
    bool any, two, ends = false;
    enum csv_dates order = dates_of(s, &any, &two);
    if (!any)
        return;
    putchar('\n');
    comment(TR("in which time zone are its dates and times? Nobody can tell but you:",
               "¿en qué zona horaria están sus fechas y horas? Solo usted lo sabe:"));
    comment(
        "America/Mexico_City, America/Tijuana, America/Hermosillo, America/Cancun, UTC, -06:00");
    puts("zone =");
    comment(
        order == DATES_UNSAID
            ? TR("how are dates written? d/m/y or m/d/y (the file does not show it), y-m-d, d/m/yy",
                 "¿cómo se escriben las fechas? d/m/y o m/d/y (el archivo no lo muestra), y-m-d, "
                 "d/m/yy")
            : TR("how dates are written, as the file shows: d/m/y, m/d/y, y-m-d, d/m/yy, m/d/yy",
                 "cómo se escriben las fechas, según muestra el archivo: d/m/y, m/d/y, y-m-d, "
                 "d/m/yy, m/d/yy"));
    printf("dates =%s%s\n",
           order == DATES_DMY   ? " d/m/y"
           : order == DATES_MDY ? " m/d/y"
           : order == DATES_YMD ? " y-m-d"
                                : "",
           two && (order == DATES_DMY || order == DATES_MDY) ? "y" : "");
    for (size_t i = 0; i < s->columns; i++)
        ends = ends || (s->column[i].fits > 0 && target_ends(&s->column[i].target));
    if (!ends)
        return;
    comment(TR("does the day that something ends with belong to it? included or excluded",
               "¿el día en que algo termina está incluido? included (sí) o excluded (no)"));
    puts("until =");
}

static void print_settings(const struct suggesting *s)
{
    printf(TR("# a map for %s: see INTERFACES.md, 22. Lines with nothing behind the = are to be "
              "completed.\n",
              "# un mapa para %s: vea INTERFACES.md, 22. Complete las líneas sin nada tras el "
              "=.\n"),
           s->path);
    comment(TR("what a row is: enroll, revoke, request, response, warrant …",
               "qué es una fila: enroll (alta), revoke (baja), request (solicitud), response "
               "(respuesta), warrant (mandamiento) …"));
    printf("kind = %s\n", kind_name(s->kind));
    printf("encoding = %s\n", s->encoding == CSV_UTF_8 ? "utf-8" : "windows-1252");
    if (s->encoding != CSV_UTF_8)
        comment(TR("(it is not UTF-8: look whether accents are right below)",
                   "(no es UTF-8: mire abajo si los acentos están bien)"));
    printf("separator = %s\n", s->table->separator == ','   ? "comma"
                               : s->table->separator == ';' ? "semicolon"
                                                            : "tab");
    print_dates(s);
}

/* ---- columns --------------------------------------------------------------------------------- */

static bool is_alone(const struct suggesting *s, size_t column)
{
    size_t n = 0;
    for (size_t i = 0; i < s->columns; i++)
        n += codes_same(title(s, i), title(s, column));
    return n == 1;
}

static void print_title(const struct suggesting *s, size_t i)
{
    if (!is_alone(s, i) || title(s, i)[0] == '#' || title(s, i)[0] == '[')
        printf("(%zu)", i + 1);
    else
        for (const char *p = title(s, i); *p != 0; p++)
            putchar(*p == '\n' ? ' ' : *p);
}

static void print_columns(const struct suggesting *s)
{
    bool ignored = false;
    puts("");
    comment(TR("MEMBER = title of the column; `bitacora new KIND --help` explains the members",
               "MIEMBRO = título de la columna; `bitacora new TIPO --help` explica los miembros"));
    puts("[columns]");
    for (size_t i = 0; i < s->columns; i++) {
        if (s->column[i].fits == 0) {
            ignored = ignored || title(s, i)[0] != 0;
            continue;
        }
        if (strcmp(s->column[i].target.path, "display") == 0)
            comment(TR("what the institution is called, public for ever; never a person:",
                       "el nombre de la institución, público para siempre; nunca de una persona:"));
        printf("%s = ", s->column[i].target.path);
        print_title(s, i);
        putchar('\n');
    }
    if (!ignored)
        return;
    puts("");
    comment(
        TR("no member was recognised in these titles: move what belongs into the log to [columns]",
           "en estos títulos no se reconoció ningún miembro: pase a [columns] lo que deba ir en la "
           "bitácora"));
    puts("[ignored]");
    for (size_t i = 0; i < s->columns; i++) {
        if (s->column[i].fits > 0 || title(s, i)[0] == 0)
            continue;
        if (is_either(s, i))
            comment(TR("this may be `authority`, who asks, or `holder`, who is asked:",
                       "esto puede ser `authority`, quien pide, o `holder`, a quien se pide:"));
        if (i == s->persons)
            comment(
                TR("names of persons? `display` is what pages call the institution by, for ever:",
                   "¿nombres de personas? `display` es como las páginas llaman, para siempre, a "
                   "la institución:"));
        print_title(s, i);
        putchar('\n');
    }
}

static void print_word(void *ctx, const char *code)
{
    const struct cell_target *t = ctx;
    const char *words = codes_words(t, code, language_get());
    printf("#   %s%s%s\n", code, words == NULL ? "" : ": ", words == NULL ? "" : words);
}

/* Whether a record needs a member: any, or one that has the rest of the object that it is in. */
static bool is_wanted(const struct suggesting *s, const struct cell_target *t)
{
    if (t->always)
        return s->kind != KIND_ENROLL || strcmp(t->path, "name") != 0;
    for (size_t i = 0; i < s->columns && t->beside; i++)
        if (s->column[i].fits > 0 && csv_same_member(s->column[i].target.path, t->path))
            return true;
    return false;
}

/* What no column has and every record needs. */
static void print_every(void *ctx, const struct cell_target *t)
{
    const struct suggesting *s = ctx;
    struct cell_target copy = *t;
    if (!is_wanted(s, t) || guessed(s, t->path) != NULL)
        return;
    printf("# %s%s\n", target_meaning(t),
           t->m->type == TYPE_CODE && !codes_listed(t)
               ? TR(": a code such as mx.fgr", ": un código como mx.fgr")
               : "");
    if (codes_listed(t))
        codes_each(t, s->r, print_word, &copy);
    printf("%s =%s\n", t->path, strcmp(t->path, "persons") == 0 ? " 1" : "");
}

/* ---- words ----------------------------------------------------------------------------------- */

/* The words of a column that mean no code yet, each once, with the number of rows that have it. */
static json_t *unknown_words(const struct suggesting *s, size_t column)
{
    const struct cell_target *t = &s->column[column].target;
    json_t *words = json_made(json_object());
    for (size_t k = 1; k < s->table->rows; k++) {
        const char *cell = csv_table_cell(s->table, &s->table->row[k], column);
        struct csv_fault fault;
        json_t *v = cell[0] == 0 ? NULL : csv_value(&s->map, s->r, t, NULL, cell, &fault);
        json_decref(v);
        if (cell[0] == 0 || v != NULL || fault.text[0] == 0 || strchr(fault.text, '\n') != NULL)
            continue;
        json_int_t n = json_integer_value(json_object_get(words, fault.text));
        json_put(words, fault.text, json_made(json_integer(n + 1)));
    }
    return words;
}

/* A word that is nearly another one of more rows, or the same but for case and accents; NULL: there
 * is none. */
static const char *word_meant(const json_t *words, const char *word, long long rows)
{
    const char *other;
    json_t *n;
    struct nearest meant = { .said = word };
    json_object_foreach ((json_t *)(uintptr_t)words, other, n)
        if (strcmp(other, word) != 0 && json_integer_value(n) > rows)
            nearest_offer(&meant, other);
    return meant.best;
}

/* Whether a word before it in the list is the same but for case and accents: one line is enough. */
static bool is_said(const json_t *words, const char *word)
{
    const char *other;
    json_t *n;
    json_object_foreach ((json_t *)(uintptr_t)words, other, n) {
        if (strcmp(other, word) == 0)
            return false;
        if (codes_same(other, word))
            return true;
    }
    return false;
}

/* A line to be completed; above it what the word may mean, and in how many rows it stands. */
static void print_unknown(const struct suggesting *s, const struct cell_target *t,
                          const json_t *words, const char *word, long long rows)
{
    char found[CODE_MAX + 1];
    const char *meant = NULL, *other = word_meant(words, word, rows);
    bool known = codes_find(found, &s->map, s->r, t, word, &meant);
    if (is_said(words, word))
        return;
    printf(TR("# rows: %lld", "# filas: %lld"), rows);
    if (other != NULL)
        printf(TR("; nearly \"%s\": if it is mistyped, mend it there and delete this line",
                  "; casi «%s»: si es una errata, corríjala en la hoja y quite esta línea"),
               other);
    else if (!known && codes_listed(t) && meant != NULL)
        printf(TR("; perhaps %s", "; quizá %s"), meant);
    printf("\n%s =\n", word);
}

static void print_words(const struct suggesting *s, size_t column)
{
    const struct cell_target *t = &s->column[column].target;
    const char *word;
    json_t *n, *words = unknown_words(s, column);
    size_t printed = 0;
    bool any = json_object_size(words) > 0;
    if (any)
        printf(
            TR("\n# what these words of the column mean: a code each\n[words %s]\n",
               "\n# qué significan estas palabras de la columna: un código cada una\n[words %s]\n"),
            t->path);
    if (any && codes_listed(t)) {
        codes_each(t, s->r, print_word, (void *)(uintptr_t)t);
        printf(TR("# (by the rules %s %s%s)\n", "# (según las reglas %s %s%s)\n"),
               ruleset_name(s->r), ruleset_version(s->r),
               s->builtin ? TR(", which came with the program; the log may pin others: --policy "
                               "POLICY asks it",
                               ", que vienen con el programa; la bitácora puede fijar otras: "
                               "--policy POLÍTICA le pregunta")
                          : "");
    }
    json_object_foreach (words, word, n) {
        if (printed++ == WORDS_SUGGESTED)
            break;
        print_unknown(s, t, words, word, json_integer_value(n));
    }
    json_decref(words);
}

static enum outcome print_map(struct suggesting *s)
{
    guess(s);
    print_settings(s);
    print_columns(s);
    puts("");
    comment(TR("what is the same in all rows: MEMBER = VALUE",
               "lo que es igual en todas las filas: MIEMBRO = VALOR"));
    puts("[every]");
    target_each(s->kind, s->r, print_every, s);
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].fits > 0 && s->column[i].target.m->type != TYPE_OBJECT &&
            (codes_listed(&s->column[i].target) || s->column[i].target.m->type == TYPE_CODE))
            print_words(s, i);
    return OUTCOME_PROVEN;
}

/* ---- all of it ------------------------------------------------------------------------------- */

enum outcome csv_suggest(const char *path, const struct csv_rules *rules)
{
    struct csv_table table;
    enum csv_encoding encoding;
    enum outcome outcome = OUTCOME_USAGE;
    int failed = csv_file_read(&table, path, &encoding, true, 0);
    if (failed == 0 && table.rows > 0) {
        struct suggesting s = { .path = path,
                                .r = rules->r,
                                .builtin = rules->builtin,
                                .table = &table,
                                .encoding = encoding,
                                .columns = table.row[0].cells };
        s.column = kept(calloc(s.columns, sizeof *s.column));
        if (s.column != NULL)
            outcome = print_map(&s);
        free(s.column);
    } else if (failed == 0) {
        say(TR("%s has no titles", "%s no tiene títulos"), path);
    }
    csv_table_free(&table);
    return outcome;
}
