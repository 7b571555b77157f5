#include "client/show/sheet.h"

#include <stdarg.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/show/html.h"
#include "client/show/label.h"

#define TERM_MAX 42 /* columns that terms take at most */

void sheet_add(struct sheet *s, enum sheet_line line, enum verdict verdict, const char *text)
{
    char *own = kept(strdup(text));
    if (own != NULL && room_for_one(&s->entry, s->entries, &s->cap, sizeof *s->entry))
        s->entry[s->entries++] = (struct sheet_entry){ line, verdict, own };
    else
        free(own);
}

void sheet_addf(struct sheet *s, enum sheet_line line, enum verdict verdict, const char *format,
                ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = kept(NULL);
    va_end(args);
    if (text != NULL)
        sheet_add(s, line, verdict, text);
    free(text);
}

void sheet_take(struct sheet *s, enum sheet_line line, enum verdict verdict, struct buf *text)
{
    sheet_add(s, line, verdict, kept_text(text));
    buf_free(text);
}

void sheet_free(struct sheet *s)
{
    for (size_t i = 0; i < s->entries; i++)
        free(s->entry[i].text);
    free(s->entry);
    *s = (struct sheet){ 0 };
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n)
        if ((at == text || !is_letter(at[-1])) && !is_letter(at[n]))
            return true;
    return false;
}

void sheet_laws(struct sheet *s, const char *also)
{
    const char *abbreviation, *name;
    size_t entries = s->entries;
    for (size_t law = 0; label_law(law, &abbreviation, &name); law++) {
        bool named = also != NULL && has_word(also, abbreviation);
        for (size_t i = 0; i < entries && !named; i++)
            named = has_word(s->entry[i].text, abbreviation);
        if (named && s->entries == entries)
            sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("Abbreviations", "Abreviaturas"));
        if (named)
            sheet_addf(s, SHEET_POINT, VERDICT_GOOD, "%s: %s", abbreviation, name);
    }
}

void sheet_quorum(struct sheet *s, const struct policy *p, bool met)
{
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, TR("Quorum of the policy", "Quórum de la política"));
    if (policy_trusts_log_alone(p))
        sheet_add(s, SHEET_MARK, VERDICT_UNDECIDED,
                  TR("the policy asks for no witness: the operator could show others another "
                     "history",
                     "la política no pide testigos: quien opera podría mostrar a otros otra "
                     "historia"));
    else
        sheet_addf(
            s, SHEET_MARK, met ? VERDICT_GOOD : VERDICT_UNDECIDED,
            met ? TR("met (at least %zu of %zu)", "se cumple (al menos %zu de %zu)")
                : TR("not met yet (at least %zu of %zu)", "aún no se cumple (al menos %zu de %zu)"),
            policy_least_quorum(p), policy_witnesses(p));
}

/* ---- as text --------------------------------------------------------------------------------- */

static int columns_of(const char *text)
{
    int n = 0;
    for (; *text != 0; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static bool is_value(enum sheet_line line)
{
    return line == SHEET_VALUE || line == SHEET_CODE || line == SHEET_FILE || line == SHEET_HINT ||
           line == SHEET_MARK;
}

static bool is_status(enum sheet_line line)
{
    return line == SHEET_STATUS || line == SHEET_NEUTRAL;
}

/* The widest term up to the next heading. */
static int term_width(const struct sheet *s, size_t from)
{
    int width = 0;
    for (size_t i = from; i < s->entries && s->entry[i].line != SHEET_HEADING; i++)
        if (s->entry[i].line == SHEET_TERM && columns_of(s->entry[i].text) > width)
            width = columns_of(s->entry[i].text);
    return width < TERM_MAX ? width : TERM_MAX;
}

static const char *marker(const struct sheet_entry *e)
{
    switch (e->line) {
    case SHEET_NEUTRAL:
    case SHEET_ITEM_NEUTRAL:
        return html_mark_neutral();
    case SHEET_STATUS:
    case SHEET_NEWS:
    case SHEET_ITEM:
    case SHEET_MARK:
        return html_mark_of(e->verdict);
    case SHEET_POINT:
        return "-";
    default:
        return NULL;
    }
}

static void print_value(const struct sheet *s, size_t i, int width, FILE *to)
{
    const struct sheet_entry *e = &s->entry[i];
    int pad = width + 4;
    if (i > 0 && s->entry[i - 1].line == SHEET_TERM) {
        const char *term = s->entry[i - 1].text;
        terminal_print(to, "  %s", term);
        pad = width + 2 - columns_of(term);
        if (pad < 2) {
            fputc('\n', to);
            pad = width + 4;
        }
    }
    fprintf(to, "%*s", pad, "");
    if (marker(e) != NULL)
        fprintf(to, "%s ", marker(e));
    terminal_print(to, e->line == SHEET_HINT ? "(%s)\n" : "%s\n", e->text);
}

void sheet_print(const struct sheet *s, FILE *to)
{
    int width = term_width(s, 0);
    for (size_t i = 0; i < s->entries; i++) {
        const struct sheet_entry *e = &s->entry[i];
        if (is_value(e->line)) {
            print_value(s, i, width, to);
        } else if (e->line == SHEET_HEADING) {
            terminal_print(to, "\n%s\n", e->text);
            width = term_width(s, i + 1);
        } else if (e->line == SHEET_VERBATIM) {
            terminal_print(to, "    %s\n", e->text);
        } else if (e->line != SHEET_TERM) {
            terminal_print(to, "%s%s%s%s\n", is_status(e->line) ? "" : "  ",
                           marker(e) == NULL ? "" : marker(e), marker(e) == NULL ? "" : " ",
                           e->text);
        }
    }
}

/* ---- as a page ------------------------------------------------------------------------------- */

enum list { LIST_NONE, LIST_TERMS, LIST_ITEMS, LIST_POINTS };

static enum list list_of(enum sheet_line line)
{
    return line == SHEET_TERM || is_value(line)               ? LIST_TERMS
           : line == SHEET_ITEM || line == SHEET_ITEM_NEUTRAL ? LIST_ITEMS
           : line == SHEET_POINT                              ? LIST_POINTS
                                                              : LIST_NONE;
}

static void change_list(struct buf *out, enum list from, enum list to)
{
    if (from == to)
        return;
    if (from == LIST_TERMS)
        html_terms_end(out);
    else if (from != LIST_NONE)
        html_items_end(out);
    if (to == LIST_TERMS)
        html_terms_begin(out);
    else if (to != LIST_NONE)
        html_items_begin(out, to == LIST_ITEMS);
}

#define PART_ID_MAX (HTML_ID_MAX + 24)

static void heading_id(char out[static PART_ID_MAX], const struct sheet *s, const char *text)
{
    char id[HTML_ID_MAX];
    html_id(id, text);
    if (s->part > 0)
        snprintf(out, PART_ID_MAX, "p%zu-%s", s->part, id);
    else
        snprintf(out, PART_ID_MAX, "%s", id);
}

static void add_heading(struct buf *out, const struct sheet *s, const char *text)
{
    char id[PART_ID_MAX];
    heading_id(id, s, text);
    html_section(out, 2, id, text);
}

static void add_html(struct buf *out, const struct sheet *s, const struct sheet_entry *e)
{
    switch (e->line) {
    case SHEET_STATUS:
    case SHEET_NEUTRAL:
    case SHEET_NEWS: /* add_status() */
        break;
    case SHEET_HEADING:
        add_heading(out, s, e->text);
        break;
    case SHEET_PARAGRAPH:
        html_paragraph(out, e->text);
        break;
    case SHEET_TERM:
        html_term(out, e->text);
        break;
    case SHEET_VALUE:
        html_value(out, e->text);
        break;
    case SHEET_CODE:
        html_value_code(out, e->text);
        break;
    case SHEET_FILE:
        html_value_file(out, e->text);
        break;
    case SHEET_HINT:
        html_value_hint(out, e->text);
        break;
    case SHEET_MARK:
        html_value_mark(out, e->verdict, e->text);
        break;
    case SHEET_ITEM:
        html_item_marked(out, e->verdict, e->text);
        break;
    case SHEET_ITEM_NEUTRAL:
        html_item_neutral(out, e->text);
        break;
    case SHEET_POINT:
        html_item(out, e->text);
        break;
    case SHEET_VERBATIM:
        html_verbatim(out, e->text);
        break;
    }
}

/* The frame: the answer, more news of it, and one paragraph. Returns how many lines that are. */
static size_t add_status(struct buf *out, const struct sheet *s, size_t i)
{
    const struct sheet_entry *e = &s->entry[i];
    size_t n = 1;
    if (e->line == SHEET_NEUTRAL)
        html_status_neutral_begin(out, e->text);
    else
        html_status_begin(out, e->verdict, e->text);
    for (; i + n < s->entries && e[n].line == SHEET_NEWS; n++)
        html_status_more(out, e[n].verdict, e[n].text);
    if (i + n < s->entries && e[n].line == SHEET_PARAGRAPH)
        html_paragraph(out, e[n++].text);
    html_status_end(out);
    return n;
}

void sheet_contents(const struct sheet *s, struct buf *out)
{
    char id[PART_ID_MAX];
    for (size_t i = 0; i < s->entries; i++) {
        if (s->entry[i].line != SHEET_HEADING)
            continue;
        heading_id(id, s, s->entry[i].text);
        html_contents_item(out, id, s->entry[i].text);
    }
}

static void add_sheet_html(const struct sheet *s, struct buf *out, bool contents)
{
    enum list list = LIST_NONE;
    for (size_t i = 0, n; i < s->entries; i += n) {
        const struct sheet_entry *e = &s->entry[i];
        change_list(out, list, list_of(e->line));
        list = list_of(e->line);
        if (contents && e->line == SHEET_HEADING) {
            html_contents_begin(out);
            sheet_contents(s, out);
            html_contents_end(out);
            contents = false;
        }
        n = is_status(e->line) ? add_status(out, s, i) : 1;
        add_html(out, s, e);
    }
    change_list(out, list, LIST_NONE);
}

void sheet_html(const struct sheet *s, struct buf *out)
{
    add_sheet_html(s, out, false);
}

void sheet_html_contents(const struct sheet *s, struct buf *out)
{
    add_sheet_html(s, out, true);
}
