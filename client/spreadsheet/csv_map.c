#include "client/spreadsheet/csv_map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

#define MISTAKES_SAID 20

void csv_map_complain(struct csv_map *m, uint64_t line, const char *format, ...)
{
    char said[1000];
    va_list args;
    if (m->mistakes++ >= MISTAKES_SAID)
        return;
    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
    if (line == 0)
        say("%s: %s", m->path, said);
    else
        say("%s:%" PRIu64 ": %s", m->path, line, said);
}

enum outcome csv_map_outcome(const struct csv_map *m)
{
    if (m->mistakes > MISTAKES_SAID)
        say(TR("%s: and %zu more", "%s: y %zu más"), m->path, m->mistakes - MISTAKES_SAID);
    return m->mistakes == 0 ? OUTCOME_PROVEN : OUTCOME_USAGE;
}

/* ---- settings -------------------------------------------------------------------------------- */

/* Offers each word; says which may stand there. Returns the place of text among them, or -1. */
static int word_of(struct csv_map *m, uint64_t line, const char *name, const char *text,
                   const char *const *words)
{
    struct buf list = { 0 };
    struct nearest meant = { .said = text };
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            buf_free(&list);
            return i;
        }
        nearest_offer(&meant, words[i]);
        buf_addf(&list, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    csv_map_complain(m, line, TR("%s = %.60s: one of %s%s%s%s", "%s = %.60s: uno de %s%s%s%s"),
                     name, text, kept_text(&list),
                     meant.best == NULL ? "" : TR("; did you mean ", "; ¿quiso decir "),
                     meant.best == NULL ? "" : meant.best, meant.best == NULL ? "" : "?");
    buf_free(&list);
    return -1;
}

static void set_kind(struct csv_map *m, uint64_t line, const char *text)
{
    const char *names[KIND_COUNT + 1];
    size_t n = 0;
    for (int k = KIND_ENROLL; k < KIND_COUNT; k++)
        if (!kind_is_logs((enum kind)k))
            names[n++] = kind_name((enum kind)k);
    names[n] = NULL;
    if (word_of(m, line, "kind", text, names) >= 0)
        m->kind = kind_of_name(span_str(text));
}

static void set_encoding(struct csv_map *m, uint64_t line, const char *text)
{
    static const char *const words[] = { "utf-8", "windows-1252", NULL };
    m->encoding = (enum csv_encoding)(word_of(m, line, "encoding", text, words) + 1);
}

static void set_separator(struct csv_map *m, uint64_t line, const char *text)
{
    static const char *const words[] = { "comma", "semicolon", "tab", ",", ";", NULL };
    int i = word_of(m, line, "separator", text, words);
    if (i >= 0)
        m->separator = ",;\t,;"[i];
}

static void set_zone(struct csv_map *m, uint64_t line, const char *text)
{
    const char *meant = zone_meant(text);
    m->has_zone = zone_find(&m->zone, text) == 0;
    if (m->has_zone)
        return;
    csv_map_complain(
        m, line,
        TR("zone = %.60s: no such time zone%s%s%s; write one such as America/Mexico_City, "
           "America/Tijuana, UTC or -06:00",
           "zone = %.60s: no existe esa zona horaria%s%s%s; escriba una como "
           "America/Mexico_City, America/Tijuana, UTC o -06:00"),
        text, meant == NULL ? "" : TR(" (did you mean ", " (¿quiso decir "),
        meant == NULL ? "" : meant, meant == NULL ? "" : "?)");
    m->has_zone = true; /* one complaint is enough */
}

static void set_dates(struct csv_map *m, uint64_t line, const char *text)
{
    static const char *const words[] = { "d/m/y", "m/d/y", "y-m-d", "d/m/yy", "m/d/yy", NULL };
    static const enum csv_dates dates[] = { DATES_DMY, DATES_MDY, DATES_YMD, DATES_DMY, DATES_MDY };
    int i = word_of(m, line, "dates", text, words);
    m->two_digits = i >= 3;
    m->dates = i < 0 ? DATES_DMY : dates[i];
}

static void set_until(struct csv_map *m, uint64_t line, const char *text)
{
    static const char *const words[] = { "included", "excluded", NULL };
    int i = word_of(m, line, "until", text, words);
    m->until = i == 0 ? UNTIL_INCLUDED : UNTIL_EXCLUDED;
}

static void set_lists(struct csv_map *m, uint64_t line, const char *text)
{
    if (text[strspn(text, ",;/|+ ")] != 0)
        csv_map_complain(
            m, line, TR("lists = %.60s: any of , ; / | +", "lists = %.60s: algunos de , ; / | +"),
            text);
    m->lists = text;
}

static const struct map_setting {
    const char *name;
    void (*set)(struct csv_map *m, uint64_t line, const char *text);
} settings[] = {
    { "kind", set_kind },   { "encoding", set_encoding }, { "separator", set_separator },
    { "zone", set_zone },   { "dates", set_dates },       { "until", set_until },
    { "lists", set_lists },
};

#define SETTINGS (sizeof settings / sizeof *settings)

struct map_reading {
    struct csv_map *m;
    const struct ruleset *r;
    uint64_t line;
    enum { IN_SETTINGS, IN_COLUMNS, IN_EVERY, IN_IGNORED, IN_WORDS, IN_UNKNOWN } section;
    struct cell_target words_of;
    uint64_t set[SETTINGS]; /* the line of each, or 0 */
};

static void take_setting(struct map_reading *g, const char *name, const char *text)
{
    struct nearest meant = { .said = name };
    for (size_t i = 0; i < SETTINGS; i++) {
        nearest_offer(&meant, settings[i].name);
        if (strcmp(name, settings[i].name) != 0)
            continue;
        if (g->set[i] != 0)
            csv_map_complain(g->m, g->line,
                             TR("%s is there twice: see line %" PRIu64,
                                "%s está dos veces: vea la línea %" PRIu64),
                             name, g->set[i]);
        else if (text[0] == 0)
            csv_map_complain(g->m, g->line,
                             TR("%s: nothing stands behind the =", "%s: no hay nada tras el ="),
                             name);
        else
            settings[i].set(g->m, g->line, text);
        g->set[i] = g->line;
        if (i == 3)
            g->m->has_zone = true;
        return;
    }
    csv_map_complain(
        g->m, g->line,
        TR("%.60s: no such setting%s%s%s; there are kind, encoding, separator, zone, dates, "
           "until, lists, and then [columns]",
           "%.60s: no existe ese ajuste%s%s%s; hay kind, encoding, separator, zone, dates, "
           "until, lists, y después [columns]"),
        name, meant.best == NULL ? "" : TR(" (did you mean ", " (¿quiso decir "),
        meant.best == NULL ? "" : meant.best, meant.best == NULL ? "" : "?)");
}

/* ---- sections -------------------------------------------------------------------------------- */

static struct map_row *add_map_row(struct map_reading *g, enum map_row_type type)
{
    struct csv_map *m = g->m;
    if (!room_for_one(&m->row, m->rows, &m->cap, sizeof *m->row))
        return NULL;
    m->row[m->rows] = (struct map_row){ .type = type, .line = g->line };
    return &m->row[m->rows++];
}

static bool find_target(struct map_reading *g, struct cell_target *out, const char *path)
{
    const char *why;
    if (g->m->kind == KIND_NONE || target_find(out, g->m->kind, g->r, path, &why) == 0)
        return g->m->kind != KIND_NONE; /* without a kind no member can be judged */
    csv_map_complain(g->m, g->line, "%s", why);
    return false;
}

/* "(3)": the third column. */
static size_t column_number(const char *said)
{
    uint64_t n;
    size_t length = strlen(said);
    if (length < 3 || said[0] != '(' || said[length - 1] != ')' ||
        decimal_parse(&n, span_of(said + 1, length - 2)) != 0 || n > 1000)
        return 0;
    return (size_t)n;
}

static void check_twice(struct map_reading *g, const struct map_row *row)
{
    bool several = row->target.part == TARGET_PERSON || row->type == MAP_WORD;
    for (const struct map_row *r = g->m->row; r < row && !several; r++)
        if (r->type != MAP_WORD && r->type != MAP_IGNORED && row->type != MAP_IGNORED &&
            strcmp(r->target.path, row->target.path) == 0) {
            csv_map_complain(g->m, g->line,
                             TR("%s is there twice: see line %" PRIu64,
                                "%s está dos veces: vea la línea %" PRIu64),
                             row->target.path, r->line);
            return;
        }
}

static void take_member(struct map_reading *g, enum map_row_type type, const char *path,
                        const char *said)
{
    struct cell_target target = { .m = NULL };
    if (said[0] == 0) {
        csv_map_complain(g->m, g->line,
                         TR("%.95s: nothing stands behind the =", "%.95s: no hay nada tras el ="),
                         path);
        return;
    }
    if (!find_target(g, &target, path))
        return;
    struct map_row *row = add_map_row(g, type);
    if (row == NULL)
        return;
    row->target = target;
    row->said = said;
    row->number = type == MAP_COLUMN ? column_number(said) : 0;
    check_twice(g, row);
}

static void take_word(struct map_reading *g, const char *said, const char *code)
{
    struct map_row *row = code[0] == 0 ? NULL : add_map_row(g, MAP_WORD);
    if (code[0] == 0)
        csv_map_complain(g->m, g->line,
                         TR("what does \"%.60s\" mean? Write its code behind the =",
                            "¿qué significa «%.60s»? Escriba su código tras el ="),
                         said);
    if (row == NULL)
        return;
    row->target = g->words_of;
    row->said = said;
    row->code = code;
}

static void begin_words(struct map_reading *g, const char *path)
{
    g->section = find_target(g, &g->words_of, path) ? IN_WORDS : IN_UNKNOWN;
}

static void begin_section(struct map_reading *g, char *name)
{
    static const char *const sections[] = { "columns", "every", "ignored", "words" };
    char *end = strchr(name, ']');
    struct nearest meant = { .said = name };
    g->section = IN_UNKNOWN;
    if (end == NULL || end[1] != 0) {
        csv_map_complain(g->m, g->line,
                         TR("a section is [columns], [every], [ignored] or [words MEMBER]",
                            "una sección es [columns], [every], [ignored] o [words MIEMBRO]"));
        return;
    }
    *end = 0;
    if (g->m->kind == KIND_NONE && g->set[0] == 0) {
        csv_map_complain(g->m, g->line,
                         TR("before the sections say which kind of record it is: kind = request",
                            "antes de las secciones diga qué tipo de registro es: kind = request"));
        g->set[0] = g->line;
    }
    if (strncmp(name, "words ", 6) == 0) {
        begin_words(g, name + 6 + strspn(name + 6, " "));
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(name, sections[i]) == 0) {
            g->section = IN_COLUMNS + (int)i;
            return;
        }
    }
    for (size_t i = 0; i < 4; i++)
        nearest_offer(&meant, sections[i]);
    csv_map_complain(g->m, g->line,
                     TR("[%.60s]: no such section%s%s%s", "[%.60s]: no existe esa sección%s%s%s"),
                     name, meant.best == NULL ? "" : TR(": did you mean [", ": ¿quiso decir ["),
                     meant.best == NULL ? "" : meant.best, meant.best == NULL ? "" : "]?");
}

/* ---- lines ----------------------------------------------------------------------------------- */

static char *trim_line(char *text)
{
    size_t n;
    text += strspn(text, " \t");
    for (n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
        ;
    text[n] = 0;
    return text;
}

static void take_ignored(struct map_reading *g, const char *said)
{
    struct map_row *row = add_map_row(g, MAP_IGNORED);
    if (row == NULL)
        return;
    row->said = said;
    row->number = column_number(said);
}

/* A word may have an = in it, a code has none; of everything else the name has none. */
static void take_map_line(struct map_reading *g, char *line)
{
    char *equals = g->section == IN_WORDS ? strrchr(line, '=') : strchr(line, '=');
    if (line[0] == 0 || line[0] == '#')
        return;
    if (line[0] == '[') {
        begin_section(g, line + 1);
        return;
    }
    if (g->section == IN_IGNORED) {
        take_ignored(g, line);
        return;
    }
    if (g->section == IN_UNKNOWN)
        return;
    if (equals == NULL || equals == line) {
        csv_map_complain(g->m, g->line,
                         TR("%.60s: a line is NAME = VALUE; a comment begins with #",
                            "%.60s: una línea es NOMBRE = VALOR; un comentario empieza con #"),
                         line);
        return;
    }
    *equals = 0;
    char *name = trim_line(line), *value = trim_line(equals + 1);
    if (g->section == IN_SETTINGS)
        take_setting(g, name, value);
    else if (g->section == IN_WORDS)
        take_word(g, name, value);
    else
        take_member(g, g->section == IN_COLUMNS ? MAP_COLUMN : MAP_EVERY, name, value);
}

static void read_map(struct map_reading *g)
{
    char *save, *line = (char *)g->m->text.p;
    for (; line != NULL && g->line < MAP_LINES_MAX; line = save) {
        save = strchr(line, '\n');
        if (save != NULL)
            *save++ = 0;
        g->line++;
        take_map_line(g, trim_line(line));
    }
    if (line != NULL)
        csv_map_complain(g->m, g->line, TR("more than 5,000 lines", "más de 5,000 líneas"));
}

enum outcome csv_map_read(struct csv_map *out, const char *path, const struct ruleset *r)
{
    struct buf file = { 0 };
    uint64_t line;
    *out = (struct csv_map){ .path = path, .kind = KIND_NONE };
    struct map_reading g = { .m = out, .r = r };
    enum file read = file_read(&file, path, MAP_BYTES_MAX);
    const char *wrong = NULL;
    if (read != FILE_OK)
        csv_map_complain(out, 0, TR("could not be read: %s", "no se pudo leer: %s"),
                         file_cause(read));
    else if ((wrong = csv_text(&out->text, buf_span(&file), CSV_UTF_8, &line)) != NULL)
        csv_map_complain(out, line, "%s", wrong);
    buf_free(&file);
    buf_add_u8(&out->text, 0);
    kept_text(&out->text);
    if (out->mistakes == 0 && !lost_any())
        read_map(&g);
    if (out->mistakes == 0 && out->kind == KIND_NONE)
        csv_map_complain(out, 0,
                         TR("which kind of record is a row? kind = request",
                            "¿qué tipo de registro es una fila? kind = request"));
    return out->mistakes == 0 ? OUTCOME_PROVEN : OUTCOME_USAGE;
}

void csv_map_free(struct csv_map *m)
{
    free(m->row);
    buf_free(&m->text);
}
