#include "proto/sys/form_word.h"

#include <string.h>

#include "proto/base/buf.h"

#define COLUMNS FORM_COLUMNS
#define INDENT 9 /* of a line that goes on */
#define SEVERAL "…"

/* What operands are called, by enum language. */
static const struct {
    const char *word;
    const char *shown[2];
} operands[] = {
    { "DIR", { "DIR", "CARPETA" } },
    { "ENTRY", { "ENTRY", "ASIENTO" } },
    { "FILE", { "FILE", "ARCHIVO" } },
    { "KIND", { "KIND", "TIPO" } },
    { "MEMBERS", { "[--MEMBER VALUE]", "[--MIEMBRO VALOR]" } },
    { "NAME", { "NAME", "NOMBRE" } },
    { "RECEIPT", { "RECEIPT", "RECIBO" } },
    { "RECORDS", { "RECORDS.jsonl|-", "REGISTROS.jsonl|-" } },
    { "RULESET", { "RULESET", "REGLAS" } },
};

static bool ends_in(struct span s, const char *end)
{
    size_t n = strlen(end);
    return s.n > n && memcmp(s.p + s.n - n, end, n) == 0;
}

bool form_next_word(struct form_word *w, const char **text)
{
    *text += strspn(*text, " ");
    struct span s = span_of(*text, strcspn(*text, " "));
    if (s.n == 0)
        return false;
    *text += s.n;
    *w = (struct form_word){ .several = ends_in(s, SEVERAL) };
    if (w->several)
        s.n -= strlen(SEVERAL);
    w->capital = s.p[0] >= 'A' && s.p[0] <= 'Z';
    if (s.p[0] == '\'') {
        w->mark = '\'';
        s = span_of(s.p + 1, s.n - 1);
    } else if (s.n == 1 && strchr("()[]|,", s.p[0]) != NULL) {
        w->mark = (char)s.p[0];
    } else if (!w->capital && strchr("!=-", s.p[s.n - 1]) != NULL) {
        w->mark = (char)s.p[--s.n];
    }
    w->name = s;
    return true;
}

bool form_word_is_option(const struct form_word *w)
{
    return !w->capital && (w->mark == 0 || strchr("!=-", w->mark) != NULL);
}

enum form_need form_need(const char *text, const char *name)
{
    struct form_word w;
    enum form_need need = FORM_NOT;
    while (form_next_word(&w, &text))
        if (form_word_is_option(&w) && span_is(w.name, name))
            need = w.mark == '!' || need == FORM_MUST ? FORM_MUST : FORM_MAY;
    return need;
}

bool form_has(const char *text, const char *operand)
{
    struct form_word w;
    while (form_next_word(&w, &text))
        if (w.capital && span_is(w.name, operand))
            return true;
    return false;
}

void form_getopt(struct option *list, const struct form_program *p, const char *text)
{
    for (int i = 0; p->option[i].name != NULL; i++)
        if (form_need(text, p->option[i].name) || form_need(p->always, p->option[i].name))
            *list++ = (struct option){ p->option[i].name, p->option[i].value[0] != NULL, NULL,
                                       FORM_FIRST + i };
    *list = (struct option){ 0 };
}

/* ---- synopsis -------------------------------------------------------------------------------- */

static const struct form_option *find_option(const struct form_option *o, struct span name)
{
    while (o != NULL && o->name != NULL && !span_is(name, o->name))
        o++;
    return o == NULL || o->name == NULL ? NULL : o;
}

const struct form_option *form_option_of(const struct form_program *p, const struct form *f,
                                         struct span name)
{
    const struct form_option *o = find_option(p->option, name);
    if (o == NULL || (!form_need(f->text, o->name) && !form_need(p->always, o->name)))
        return NULL;
    const struct form_option *own = find_option(f->own, name);
    return own != NULL ? own : o;
}

static void add_option(struct buf *out, const struct form_program *p, const struct form *f,
                       const struct form_word *w, enum language language)
{
    const struct form_option *o = find_option(f->own, w->name);
    o = o != NULL ? o : find_option(p->option, w->name);
    const char *value = o == NULL ? NULL : o->value[language];
    buf_addf(out, "%s--%.*s%s%s%s", w->mark == 0 ? "[" : "", (int)w->name.n,
             (const char *)w->name.p, value == NULL ? "" : " ", value == NULL ? "" : value,
             w->mark == 0 ? "]" : "");
}

struct span form_operand(struct span name, enum language language)
{
    for (size_t i = 0; i < sizeof operands / sizeof *operands; i++)
        if (span_is(name, operands[i].word))
            return span_str(operands[i].shown[language]);
    return name;
}

static void add_word(struct buf *out, const struct form_program *p, const struct form *f,
                     const struct form_word *w, enum language language)
{
    if (w->capital)
        buf_add_span(out, form_operand(w->name, language));
    else if (form_word_is_option(w))
        add_option(out, p, f, w, language);
    else
        buf_add_span(out, w->name);
    if (w->several)
        buf_adds(out, SEVERAL);
}

static int columns_of(const struct buf *text)
{
    int n = 0;
    for (size_t i = 0; i < text->n; i++)
        n += (text->p[i] & 0xc0) != 0x80;
    return n;
}

/* Prints `piece`, which is not to be broken, behind a space or on a line of its own; empties it. */
static int print_piece(FILE *to, struct buf *piece, int column)
{
    int width = columns_of(piece);
    if (width > 0 && column + 1 + width > COLUMNS) {
        fprintf(to, "\n%*s", INDENT, "");
        column = INDENT;
    } else if (width > 0) {
        fputc(' ', to);
        column++;
    }
    fwrite(piece->p, 1, piece->n, to);
    piece->n = 0;
    return column + width;
}

static int begin_form(FILE *to, const struct form_program *p, const struct form *f)
{
    return fprintf(to, "  %s %s", p->name, f->command);
}

void form_print_synopsis(FILE *to, const struct form_program *p, const struct form *f,
                         enum language language)
{
    struct form_word w;
    struct buf piece = { 0 };
    bool opened = true; /* what comes next follows without a space */
    int column = begin_form(to, p, f);
    for (const char *text = f->text; form_next_word(&w, &text);) {
        if (w.mark == '-')
            continue;
        bool closes = w.mark == ')' || w.mark == ']';
        if (!opened && !closes)
            column = print_piece(to, &piece, column);
        opened = w.mark == '(' || w.mark == '[';
        if (w.mark == ',') {
            fputc('\n', to);
            column = begin_form(to, p, f);
            opened = true;
        } else {
            add_word(&piece, p, f, &w, language);
        }
    }
    print_piece(to, &piece, column);
    fputc('\n', to);
    buf_free(&piece);
}

void form_print_text(FILE *to, const char *text)
{
    struct buf piece = { 0 };
    fprintf(to, "%*s", INDENT - 1, "");
    for (int column = INDENT - 1; *text != 0; text += strspn(text, " ")) {
        size_t n = strcspn(text, " ");
        buf_add(&piece, text, n);
        column = print_piece(to, &piece, column);
        text += n;
    }
    fputc('\n', to);
    buf_free(&piece);
}

/* ---- narrow lines ---------------------------------------------------------------------------- */

#define LAST_COLUMN_MOST 48 /* where a table's last column begins at most, to be filled in place */

/* How many of the n bytes at p are shown in so many columns at most. */
static size_t bytes_in(const char *p, size_t n, int columns)
{
    size_t i = 0;
    for (; i < n; i++)
        if (((unsigned char)p[i] & 0xc0) != 0x80 && columns-- == 0)
            break;
    return i;
}

/* Where a line goes on when it is broken: below the last thing that stands behind two spaces. */
static int hanging(const char *line, size_t n)
{
    size_t begin = strspn(line, " ");
    int column = 0, at = (int)begin + 2;
    for (size_t i = 0; i < n; i++) {
        if (i > begin + 2 && line[i] != ' ' && line[i - 1] == ' ' && line[i - 2] == ' ' &&
            column <= LAST_COLUMN_MOST)
            at = column;
        column += ((unsigned char)line[i] & 0xc0) != 0x80;
    }
    return at;
}

/* How many bytes of a line that is too long go before its break: whole words, and one at least. */
static size_t before_break(const char *line, size_t n, int columns)
{
    size_t first = strspn(line, " "), fits = bytes_in(line, n, columns), end = fits;
    while (end > first && line[end] != ' ')
        end--;
    while (end > first && line[end - 1] == ' ')
        end--;
    return end > first ? end : first + strcspn(line + first, " \n");
}

static void print_narrow_line(FILE *to, const char *line, size_t n)
{
    int indent = hanging(line, n), columns = COLUMNS;
    while (bytes_in(line, n, columns) < n) {
        size_t end = before_break(line, n, columns);
        fprintf(to, "%.*s", (int)end, line);
        while (end < n && line[end] == ' ')
            end++;
        line += end;
        n -= end;
        if (n > 0)
            fprintf(to, "\n%*s", indent, "");
        columns = COLUMNS - indent;
    }
    fprintf(to, "%.*s\n", (int)n, line);
}

void form_print_narrow(FILE *to, const char *text)
{
    while (*text != 0) {
        size_t n = strcspn(text, "\n");
        print_narrow_line(to, text, n);
        text += n + (text[n] == '\n');
    }
}

/* ---- help ------------------------------------------------------------------------------------ */

/* "--name VALUE" into `out`, which it empties first. Returns its width. */
static int name_option(struct buf *out, const struct form_option *o, enum language language)
{
    out->n = 0;
    buf_addf(out, "--%s%s%s", o->name, o->value[language] == NULL ? "" : " ",
             o->value[language] == NULL ? "" : o->value[language]);
    return columns_of(out);
}

void form_print_options(FILE *to, const struct form_program *p, const struct form *f,
                        enum language language)
{
    static const char *const needed[] = { "needed", "necesaria" };
    struct buf name = { 0 };
    int width = 0, mark = 0;
    for (size_t i = 0; p->option[i].name != NULL; i++) {
        const struct form_option *o = form_option_of(p, f, span_str(p->option[i].name));
        int n = o == NULL ? 0 : name_option(&name, o, language);
        width = n > width ? n : width;
        if (o != NULL && form_need(f->text, o->name) == FORM_MUST)
            mark = (int)strlen(needed[language]) + 2;
    }
    for (size_t i = 0; p->option[i].name != NULL; i++) {
        const struct form_option *o = form_option_of(p, f, span_str(p->option[i].name));
        if (o == NULL)
            continue;
        int n = name_option(&name, o, language);
        bool must = form_need(f->text, o->name) == FORM_MUST;
        fprintf(to, "  %.*s%*s  %-*s%s\n", (int)name.n, (const char *)name.p, width - n, "", mark,
                must ? needed[language] : "", o->meaning[language]);
    }
    buf_free(&name);
}
