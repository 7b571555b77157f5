#include "client/report/compare.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/text/shown.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

void report_text(struct buf *out, struct span file)
{
    size_t i = span_starts(file, BYTE_ORDER_MARK) ? strlen(BYTE_ORDER_MARK) : 0;
    uint8_t *to = kept(buf_reserve(out, file.n + 1));
    size_t n = 0;
    if (to == NULL)
        return;
    for (; i < file.n; i++)
        if (file.p[i] != '\r' || i + 1 == file.n || file.p[i + 1] != '\n')
            to[n++] = file.p[i];
    out->n += n;
}

/* ---- comparing ------------------------------------------------------------------------------- */

struct place {
    size_t at, start; /* start: of its line */
    uint64_t line;
};

static struct place first_difference(struct span a, struct span b)
{
    struct place p = { .line = 1 };
    while (p.at < a.n && p.at < b.n && a.p[p.at] == b.p[p.at]) {
        if (a.p[p.at++] == '\n') {
            p.start = p.at;
            p.line++;
        }
    }
    return p;
}

static bool is_continuation(uint8_t b)
{
    return (b & 0xC0) == 0x80;
}

/* Some bytes around the place, from character to character. */
static void say_excerpt(const char *what, struct span s, const struct place *p)
{
    size_t from = p->at - p->start > 24 ? p->at - 24 : p->start;
    while (from > p->start && from < s.n && is_continuation(s.p[from]))
        from--;
    from = from < s.n ? from : s.n;
    const char *text = (const char *)s.p + from;
    const char *end = memchr(text, '\n', s.n - from);
    size_t n = end == NULL ? s.n - from : (size_t)(end - text);
    if (n > 72)
        n = shown_cut(text, 72);
    say("%s …%.*s…", what, (int)n, text);
}

static void say_difference(const struct place *p, struct span made, struct span file)
{
    say(TR("the file is not what the log gives: it differs first in line %" PRIu64,
           "el archivo no es lo que da la bitácora: difiere primero en la línea %" PRIu64),
        p->line);
    say_excerpt(TR("the log gives:", "la bitácora da:"), made, p);
    say_excerpt(TR("in the file:  ", "en el archivo: "), file, p);
    say(TR(
        "a browser, an editor or a spreadsheet that saves a report again changes it, too: if that "
        "was done, ask for the file as it was published",
        "también la cambia un navegador, un editor o una hoja de cálculo que la guarda otra vez: "
        "si eso pasó, pida el archivo como se publicó"));
}

static void say_line_ends(void)
{
    say(TR(
        "the numbers are the same; only line ends differ (or a byte order mark, or the end of the "
        "last line): convert them back, or ask for the file as it was published",
        "los números son los mismos; solo difieren los fines de línea (o una marca de orden de "
        "bytes, o el fin de la última línea): conviértalos de vuelta, o pida el archivo como se "
        "publicó"));
}

/* An editor may have left out the newline at the end; one that put another there changed more
 * than that. */
static bool same_text(struct span made, struct span file)
{
    bool ended = made.n > 0 && made.p[made.n - 1] == '\n';
    return span_eq(made, file) || (ended && span_eq(span_of(made.p, made.n - 1), file));
}

enum comparison report_compare(uint64_t *line, struct span made, struct span file)
{
    struct buf a = { 0 }, b = { 0 };
    enum comparison result = COMPARISON_SAME;
    *line = 0;
    if (span_eq(made, file))
        return result;
    report_text(&a, made);
    report_text(&b, file);
    kept_span(&a); /* or two empty texts would be the same */
    kept_span(&b);
    result = same_text(buf_span(&a), buf_span(&b)) ? COMPARISON_LINE_ENDS : COMPARISON_OTHER;
    if (result == COMPARISON_LINE_ENDS) {
        *line = first_difference(made, file).line;
        say_line_ends();
    } else {
        struct place p = first_difference(buf_span(&a), buf_span(&b));
        *line = p.line;
        say_difference(&p, buf_span(&a), buf_span(&b));
    }
    buf_free(&a);
    buf_free(&b);
    return result;
}

/* ---- files that are none --------------------------------------------------------------------- */

static bool has(struct span file, const char *text)
{
    return memmem(file.p, file.n, text, strlen(text)) != NULL;
}

static const char *looks_like(struct span file)
{
    if (file.n == 0)
        return TR("it is empty", "está vacío");
    if (span_starts(file, "%PDF"))
        return TR("it is a PDF, a print of a page", "es un PDF, la impresión de una página");
    if (span_starts(file, "PK\x03\x04"))
        return TR("it is a document of an office program, or a ZIP archive",
                  "es un documento de un programa de oficina, o un archivo ZIP");
    if (span_starts(file, "\xFF\xFE") || span_starts(file, "\xFE\xFF"))
        return TR("it was saved as UTF-16", "se guardó en UTF-16");
    if (has(file, "bitacora/v"))
        return TR("it was a report before another program saved it",
                  "era un informe antes de que otro programa lo guardara");
    return TR("it is something else", "es otra cosa");
}

enum outcome report_refuse(const char *path, struct span file)
{
    say(TR("%s is not a report as this program writes them (%s): it does not begin with "
           "\"bitacora/v… report …\", which says what a report was made from",
           "%s no es un informe como los escribe este programa (%s): no comienza con "
           "«bitacora/v… report …», que dice de qué se hizo un informe"),
        path, looks_like(file));
    return say_undecided(
        TR("nothing was compared. Ask whoever published it for the file itself, HTML, JSON or CSV: "
           "not printed, and not saved again by a browser or a spreadsheet",
           "no se comparó nada. Pida a quien lo publicó el archivo mismo, HTML, JSON o CSV: no "
           "impreso, ni guardado otra vez por un navegador o una hoja de cálculo"));
}
