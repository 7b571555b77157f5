#include "daemon/host/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/host/address.h"
#include "daemon/host/log.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/form_json.h"
#include "proto/sys/language.h"
#include "proto/text/nearest.h"

#define CONFIG_FILE_MAX (64 * 1024)
#define OBJECTIONS_MAX 50 /* to one file; that there are more is said */

/* ---- the table ------------------------------------------------------------------------------- */

enum setting_kind { SETTING_NUMBER, SETTING_TEXT, SETTING_CHOICE, SETTING_ADDRESSES };
enum setting_when { RESTART, RELOADED };

static const struct setting {
    const char *name;
    enum setting_kind kind;
    enum setting_when when;
    size_t offset;
    int64_t initial;        /* a number; a choice: the place of its word */
    int64_t least, most;    /* of a number; most of a text or list: its room */
    const char *text;       /* a text's or list's default, a choice's words */
    const char *form[2];    /* what a text or list is; by enum language */
    const char *meaning[2]; /* by enum language */
} settings[] = {
#define X(name, when, initial, room, form_en, form_es, en, es)                                     \
    { #name, SETTING_TEXT, when,    offsetof(struct config, name), 0,                              \
      0,     room,         initial, { form_en, form_es },          { en, es } },
    TEXT_SETTINGS(X)
#undef X
#define X(name, when, en, es)                                                                      \
    { #name, SETTING_ADDRESSES, when, offsetof(struct config, name),  0,                           \
      0,     SETTING_LIST_MAX,  "",   { "ADDRESSES", "DIRECCIONES" }, { en, es } },
        ADDRESS_SETTINGS(X)
#undef X
#define X(name, when, initial, words, en, es)                                                      \
    { #name, SETTING_CHOICE, when,      offsetof(struct config, name), initial, 0, 0,              \
      words, { NULL, NULL }, { en, es } },
            CHOICE_SETTINGS(X)
#undef X
#define X(name, when, initial, least, most, en, es)                                                \
    { #name, SETTING_NUMBER, when,      offsetof(struct config, name), initial, least, most,       \
      NULL,  { NULL, NULL }, { en, es } },
                SETTINGS(X)
#undef X
};

#define COUNT (sizeof settings / sizeof *settings)

static void *setting_place(struct config *c, const struct setting *s)
{
    return (char *)c + s->offset;
}

static _Atomic int64_t *number_of(struct config *c, const struct setting *s)
{
    return setting_place(c, s);
}

static _Atomic int *choice_of(struct config *c, const struct setting *s)
{
    return setting_place(c, s);
}

static void set_text(struct config *c, const struct setting *s, struct span value)
{
    snprintf(setting_place(c, s), (size_t)s->most, "%.*s", (int)value.n, (const char *)value.p);
}

/* The word of a choice in its place i; without bytes when there are no more. */
static struct span word_of(const struct setting *s, int i)
{
    const char *from = s->text;
    for (; i > 0 && *from != 0; i--) {
        from += strcspn(from, "|");
        from += *from == '|';
    }
    return span_of(from, strcspn(from, "|"));
}

void config_default(struct config *c)
{
    for (const struct setting *s = settings; s < settings + COUNT; s++)
        switch (s->kind) {
        case SETTING_NUMBER:
            *number_of(c, s) = s->initial;
            break;
        case SETTING_TEXT:
        case SETTING_ADDRESSES:
            set_text(c, s, span_str(s->text));
            break;
        case SETTING_CHOICE:
            *choice_of(c, s) = (int)s->initial;
            break;
        }
}

static void print_default(FILE *to, const struct setting *s)
{
    struct span word;
    switch (s->kind) {
    case SETTING_NUMBER:
        fprintf(to, "  %-16s = %-15" PRId64 "  ", s->name, s->initial);
        break;
    case SETTING_TEXT:
    case SETTING_ADDRESSES:
        fprintf(to, "  %-16s = %-15s  %s: ", s->name, s->text, s->form[language_get()]);
        break;
    case SETTING_CHOICE:
        word = word_of(s, (int)s->initial);
        fprintf(to, "  %-16s = %-15.*s  %s: ", s->name, (int)word.n, (const char *)word.p, s->text);
        break;
    }
}

void config_print(FILE *to)
{
    for (const struct setting *s = settings; s < settings + COUNT; s++) {
        print_default(to, s);
        fprintf(to, "%s\n", s->meaning[language_get()]);
    }
}

static json_t *default_json(const struct setting *s)
{
    if (s->kind == SETTING_NUMBER)
        return json_integer(s->initial);
    struct span word = s->kind == SETTING_CHOICE ? word_of(s, (int)s->initial) : span_str(s->text);
    return json_stringn((const char *)word.p, word.n);
}

static json_t *setting_json(const struct setting *s)
{
    static const char *const kinds[] = { "number", "text", "choice", "addresses" };
    json_t *o = json_pack("{s:s,s:s,s:b,s:o,s:{s:s,s:s}}", "name", s->name, "type", kinds[s->kind],
                          "reloaded", s->when == RELOADED, "default", default_json(s), "meaning",
                          "en", s->meaning[LANGUAGE_EN], "es", s->meaning[LANGUAGE_ES]);
    if (s->kind == SETTING_NUMBER) {
        json_object_set_new(o, "least", json_integer(s->least));
        json_object_set_new(o, "most", json_integer(s->most));
    } else if (s->kind == SETTING_CHOICE) {
        json_object_set_new(o, "words", json_string(s->text));
    } else {
        json_object_set_new(o, "value", form_json_text(s->form));
    }
    return o;
}

json_t *config_json(void)
{
    json_t *list = json_array();
    for (const struct setting *s = settings; s < settings + COUNT; s++)
        json_array_append_new(list, setting_json(s));
    return list;
}

/* ---- one line -------------------------------------------------------------------------------- */

struct config_reading {
    struct config *config;
    const char *path;
    objections *to;
    unsigned line;
    unsigned objected;
    unsigned set_in[COUNT]; /* the line in which each was set; 0: in none */
};

/* Objects to a line. */
static void wrong(struct config_reading *r, struct span shown, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void wrong(struct config_reading *r, struct span shown, const char *format, ...)
{
    char line[256], why[512];
    va_list args;
    if (r->objected++ >= OBJECTIONS_MAX)
        return;
    printable_copy(line, sizeof line, shown);
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    object(r->to, "%s:%u: %s: %s", r->path, r->line, line, why);
}

static struct span trimmed(struct span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

/* What stands before a comment. */
static struct span without_comment(struct span value, bool is_text)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '#' &&
            (!is_text || i == 0 || value.p[i - 1] == ' ' || value.p[i - 1] == '\t'))
            return trimmed(span_of(value.p, i));
    return value;
}

static void take_number(struct config_reading *r, const struct setting *s, struct span value,
                        struct span line)
{
    uint64_t v;
    if (decimal_parse(&v, value) == 0 && (int64_t)v >= s->least && (int64_t)v <= s->most)
        *number_of(r->config, s) = (int64_t)v;
    else
        wrong(r, line,
              TR("%s is a whole number from %" PRId64 " to %" PRId64,
                 "%s es un número entero de %" PRId64 " a %" PRId64),
              s->name, s->least, s->most);
}

static bool has_control(struct span value)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < 0x20 || value.p[i] == 0x7f)
            return true;
    return false;
}

static void take_text(struct config_reading *r, const struct setting *s, struct span value,
                      struct span line)
{
    bool too_long = value.n >= (uint64_t)s->most;
    bool missing = value.n == 0 && s->text[0] != 0;
    if (!too_long && !missing && !has_control(value))
        set_text(r->config, s, value);
    else
        wrong(r, line,
              TR("%s is %s, at most %" PRId64 " bytes, without control characters",
                 "%s es %s, a lo sumo %" PRId64 " bytes, sin caracteres de control"),
              s->name, s->form[language_get()], s->most - 1);
}

static void take_addresses(struct config_reading *r, const struct setting *s, struct span value,
                           struct span line)
{
    struct address_list list;
    struct span item;
    char shown[ADDRESS_TEXT_MAX + 8];
    unsigned objected = r->objected;
    take_text(r, s, value, line);
    if (r->objected > objected || address_list_parse(&list, value, &item) == 0)
        return;
    printable_copy(shown, sizeof shown, item);
    wrong(r, line,
          TR("%s is at most %d addresses and networks in numbers, such as 127.0.0.1, 10.0.0.0/8, "
             "2001:db8::/32, or unix; '%s' is none, or one too many",
             "%s son a lo sumo %d direcciones y redes en números, como 127.0.0.1, 10.0.0.0/8, "
             "2001:db8::/32, o unix; '%s' no es ninguna, o sobra"),
          s->name, ADDRESS_LIST_MAX, shown);
}

static void take_choice(struct config_reading *r, const struct setting *s, struct span value,
                        struct span line)
{
    int i = 0;
    struct span word;
    while ((word = word_of(s, i)).n > 0 && !span_eq(word, value))
        i++;
    if (word.n > 0)
        *choice_of(r->config, s) = i;
    else
        wrong(r, line, TR("%s is one of %s", "%s es uno de %s"), s->name, s->text);
}

static void take_value(struct config_reading *r, const struct setting *s, struct span value,
                       struct span line)
{
    unsigned *set_in = &r->set_in[s - settings];
    if (*set_in != 0) {
        wrong(r, line,
              TR("%s is set in line %u already: a setting stands in one line",
                 "%s ya está en la línea %u: un ajuste está en una sola línea"),
              s->name, *set_in);
        return;
    }
    *set_in = r->line;
    value = without_comment(value, s->kind == SETTING_TEXT); /* no address has one */
    switch (s->kind) {
    case SETTING_NUMBER:
        take_number(r, s, value, line);
        break;
    case SETTING_TEXT:
        take_text(r, s, value, line);
        break;
    case SETTING_ADDRESSES:
        take_addresses(r, s, value, line);
        break;
    case SETTING_CHOICE:
        take_choice(r, s, value, line);
        break;
    }
}

static void no_such_setting(struct config_reading *r, struct span name, struct span line)
{
    char said[NEAREST_MAX + 1];
    struct nearest meant = { .said = said };
    snprintf(said, sizeof said, "%.*s", (int)(name.n < sizeof said ? name.n : 0), name.p);
    for (const struct setting *s = settings; s < settings + COUNT; s++)
        nearest_offer(&meant, s->name);
    if (meant.best != NULL)
        wrong(r, line,
              TR("there is no such setting: did you mean %s?",
                 "no existe ese ajuste: ¿quiso decir %s?"),
              meant.best);
    else
        wrong(r, line, "%s",
              TR("there is no such setting: bitacorad run --help lists them",
                 "no existe ese ajuste: bitacorad run --help los lista"));
}

static void read_line(struct config_reading *r, struct span line)
{
    line = trimmed(line);
    if (line.n == 0 || line.p[0] == '#')
        return;
    const uint8_t *equals = memchr(line.p, '=', line.n);
    if (equals == NULL) {
        wrong(r, line, "%s",
              TR("a line is NAME = VALUE, or begins with #",
                 "una línea es NOMBRE = VALOR, o empieza con #"));
        return;
    }
    size_t left = (size_t)(equals - line.p);
    struct span name = trimmed(span_of(line.p, left));
    for (const struct setting *s = settings; s < settings + COUNT; s++)
        if (span_is(name, s->name)) {
            take_value(r, s, trimmed(span_of(equals + 1, line.n - left - 1)), line);
            return;
        }
    no_such_setting(r, name, line);
}

/* ---- the file -------------------------------------------------------------------------------- */

static void read_lines(struct config_reading *r, struct span text)
{
    struct scan s = scan_of(text);
    while (!scan_done(&s)) {
        r->line++;
        read_line(r, scan_line(&s));
    }
    if (r->objected > OBJECTIONS_MAX)
        object(r->to, TR("%s: %u more lines are wrong", "%s: otras %u líneas están mal"), r->path,
               r->objected - OBJECTIONS_MAX);
}

int config_read(struct config *c, const char *path, objections *to)
{
    struct buf text = { 0 };
    struct config_reading r = { .config = c, .path = path, .to = to };
    enum file result = file_read_at_once(&text, path, CONFIG_FILE_MAX);
    if (result == FILE_TOO_LARGE)
        object(to,
               TR("%s has more than %d bytes, the most that settings may have",
                  "%s tiene más de %d bytes, lo más que pueden tener los ajustes"),
               path, CONFIG_FILE_MAX);
    else if (result != FILE_OK)
        object(to, TR("cannot read %s: %s", "no se pudo leer %s: %s"), path, errno_words(errno));
    if (result == FILE_OK) {
        buf_adds(&text, "\n"); /* the last line need not end in one */
        if (text.failed)
            object(to, "%s", TR("out of memory", "memoria agotada"));
        else
            read_lines(&r, buf_span(&text));
    }
    bool failed = result != FILE_OK || text.failed || r.objected > 0;
    buf_free(&text);
    return failed ? -1 : 0;
}

/* ---- other settings -------------------------------------------------------------------------- */

/* Appends what a setting is. */
static void add_setting(struct buf *out, struct config *c, const struct setting *s)
{
    switch (s->kind) {
    case SETTING_NUMBER:
        buf_addf(out, "%" PRId64, (int64_t)*number_of(c, s));
        break;
    case SETTING_TEXT:
    case SETTING_ADDRESSES:
        buf_adds(out, setting_place(c, s));
        break;
    case SETTING_CHOICE:
        buf_add_span(out, word_of(s, *choice_of(c, s)));
        break;
    }
}

static void copy_value(struct config *c, struct config *next, const struct setting *s)
{
    switch (s->kind) {
    case SETTING_NUMBER:
        *number_of(c, s) = *number_of(next, s);
        break;
    case SETTING_TEXT:
    case SETTING_ADDRESSES:
        set_text(c, s, span_str(setting_place(next, s)));
        break;
    case SETTING_CHOICE:
        *choice_of(c, s) = *choice_of(next, s);
        break;
    }
}

void config_take(struct config *c, struct config *next)
{
    struct buf was = { 0 }, is = { 0 };
    for (const struct setting *s = settings; s < settings + COUNT; s++) {
        buf_clear(&was);
        buf_clear(&is);
        add_setting(&was, c, s);
        add_setting(&is, next, s);
        if (span_eq(buf_span(&was), buf_span(&is)) && !was.failed && !is.failed)
            continue;
        if (s->when == RELOADED) {
            copy_value(c, next, s);
            log_line(LOG_INFO, "setting %s: it was %s, and is %s now", s->name, buf_str(&was),
                     buf_str(&is));
        } else {
            log_line(LOG_WARNING, "setting %s: it is %s until a restart, which it needs to be %s",
                     s->name, buf_str(&was), buf_str(&is));
        }
    }
    buf_free(&was);
    buf_free(&is);
}
