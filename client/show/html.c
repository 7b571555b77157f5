#include "client/show/html.h"

#include "proto/base/hash.h"
#include "proto/base/scan.h"

#define LIST "<dl>\n"

/* ---- text ------------------------------------------------------------------------------------ */

static const char *escaped(int32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_span(struct buf *out, struct span text)
{
    while (text.n > 0) {
        struct span before = text;
        int32_t c = utf8_next(&text);
        if (c < 0)
            text = span_of(text.p + 1, text.n - 1);
        struct span one = span_of(before.p, before.n - text.n);
        if (c == '\n' || c == '\t')
            buf_adds(out, " ");
        else if (c < 0 || !text_is_plain(one))
            buf_adds(out, "\xEF\xBF\xBD"); /* U+FFFD */
        else if (escaped(c) != NULL)
            buf_adds(out, escaped(c));
        else
            buf_add_span(out, one);
    }
}

void html_text(struct buf *out, const char *text)
{
    html_span(out, span_str(text));
}

/* Tags are literals of this file; the text between them never is. */
static void element(struct buf *out, const char *before, const char *text, const char *after)
{
    buf_adds(out, before);
    html_text(out, text);
    buf_adds(out, after);
}

/* A string of CSS: what could end it, or the <style> around it, stands there
 * as its number, which takes the space behind it. */
static void css_string(struct buf *out, const char *text)
{
    struct span s = span_str(text);
    buf_adds(out, "\"");
    while (s.n > 0) {
        int32_t c = utf8_next(&s);
        if (c < 0) {
            s = span_of(s.p + 1, s.n - 1);
            c = 0xFFFD;
        }
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == ' ' || c == '.' || c == ',' || c == '-';
        buf_addf(out, plain ? "%c" : "\\%06X ", plain ? (int)c : (int)(c < 0x20 ? 0xFFFD : c));
    }
    buf_adds(out, "\"");
}

/* ---- the page -------------------------------------------------------------------------------- */

static void add_style(struct buf *out, enum html_style form, const char *running)
{
    html_style_add(out, form);
    buf_adds(out, "@page{margin:22mm 20mm 24mm 22mm;"
                  "@bottom-left{font:9pt Georgia,\"Liberation Serif\",serif;vertical-align:top;"
                  "padding-top:6mm;content:");
    css_string(out, running == NULL ? "" : running);
    buf_adds(out, "}@bottom-right{font:9pt Georgia,\"Liberation Serif\",serif;"
                  "vertical-align:top;padding-top:6mm;content:");
    css_string(out, TR("Page ", "Página "));
    buf_adds(out, "counter(page)");
    css_string(out, TR(" of ", " de "));
    buf_adds(out, "counter(pages)}}");
}

/* Nothing may be loaded, run or sent; the one style sheet is named by its hash. */
static void add_head(struct buf *out, enum html_style form, const char *title, const char *running)
{
    struct buf style = { 0 };
    struct hash h;
    add_style(&style, form, running);
    hash_bytes(&h, buf_span(&style));
    buf_addf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
             TR("en", "es-MX"));
    buf_adds(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'sha256-");
    buf_add_base64(out, h.b, sizeof h.b);
    buf_adds(out, "'; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n");
    element(out, "<title>", title, "</title>\n<style>");
    buf_add_span(out, buf_span(&style));
    buf_adds(out, "</style>\n</head>\n");
    out->failed = out->failed || style.failed;
    buf_free(&style);
}

void html_begin_as(struct buf *out, enum html_style style, const char *title, const char *kicker,
                   const char *running)
{
    add_head(out, style, title, running);
    buf_adds(out, "<body>\n<header>\n");
    if (kicker != NULL)
        element(out, "<p class=\"kicker\">", kicker, "</p>\n");
    element(out, "<h1>", title, "</h1>\n</header>\n<main>\n");
}

void html_begin(struct buf *out, const char *title, const char *kicker, const char *running)
{
    html_begin_as(out, HTML_STYLE_NOW, title, kicker, running);
}

void html_end(struct buf *out, const char *foot)
{
    buf_adds(out, "</main>\n");
    if (foot != NULL)
        element(out, "<footer>", foot, "</footer>\n");
    buf_adds(out, "</body>\n</html>\n");
}

/* ---- what a page is made of ------------------------------------------------------------------ */

void html_heading(struct buf *out, int level, const char *text)
{
    element(out, level == 2 ? "<h2>" : "<h3>", text, level == 2 ? "</h2>\n" : "</h3>\n");
}

void html_section(struct buf *out, int level, const char *id, const char *text)
{
    buf_addf(out, "<h%d id=\"%s\">", level, id);
    element(out, "", text, level == 2 ? "</h2>\n" : "</h3>\n");
}

/* The plain letter of an accented one of Latin-1 in two bytes, 0 of any other. */
static char without_accent(unsigned char second)
{
    static const char plain[] = "aaaaaa.ceeeeiiii.nooooo.ouuuuy.y";
    char c = second >= 0xA0 && second <= 0xBF  ? plain[second - 0xA0]
             : second >= 0x80 && second < 0xA0 ? plain[second - 0x80]
                                               : '.';
    return c == '.' ? 0 : c;
}

void html_id(char out[static HTML_ID_MAX], const char *text)
{
    size_t n = 0;
    for (; *text != 0 && n + 2 < HTML_ID_MAX; text++) {
        unsigned char c = (unsigned char)*text;
        char plain = 0;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            plain = (char)c;
        else if (c >= 'A' && c <= 'Z')
            plain = (char)(c - 'A' + 'a');
        else if (c == 0xC3)
            plain = without_accent((unsigned char)*++text);
        if (plain != 0)
            out[n++] = plain;
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
        if (*text == 0)
            break;
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    out[n] = 0;
}

void html_contents_begin(struct buf *out)
{
    element(out, "<nav class=\"contents\" aria-label=\"", TR("Contents", "Contenido"),
            "\">\n<ul>\n");
}

void html_contents_item(struct buf *out, const char *id, const char *text)
{
    buf_addf(out, "<li><a href=\"#%s\">", id);
    element(out, "", text, "</a></li>\n");
}

void html_contents_end(struct buf *out)
{
    buf_adds(out, "</ul>\n</nav>\n");
}

void html_lead(struct buf *out, const char *text)
{
    element(out, "<p class=\"lead\">", text, "</p>\n");
}

void html_paragraph(struct buf *out, const char *text)
{
    element(out, "<p>", text, "</p>\n");
}

void html_verbatim(struct buf *out, const char *text)
{
    element(out, "<p class=\"verbatim\"><code>", text, "</code></p>\n");
}

void html_note(struct buf *out, const char *text)
{
    element(out, "<div class=\"note\"><p>", text, "</p></div>\n");
}

const char *html_mark_of(enum verdict v)
{
    return v == VERDICT_GOOD ? "✓" : v == VERDICT_BAD ? "✗" : "?";
}

void html_status_begin(struct buf *out, enum verdict v, const char *headline)
{
    buf_addf(out, "<section class=\"status %s\">\n<p class=\"headline\">", verdict_name(v));
    html_mark(out, v, headline);
    buf_adds(out, "</p>\n");
}

void html_status_more(struct buf *out, enum verdict v, const char *words)
{
    buf_adds(out, "<p>");
    html_mark(out, v, words);
    buf_adds(out, "</p>\n");
}

void html_status_end(struct buf *out)
{
    buf_adds(out, "</section>\n");
}

void html_status(struct buf *out, enum verdict v, const char *headline, const char *text)
{
    html_status_begin(out, v, headline);
    if (text != NULL)
        html_paragraph(out, text);
    html_status_end(out);
}

const char *html_mark_neutral(void)
{
    return "○";
}

static void add_neutral(struct buf *out, const char *text)
{
    buf_addf(out, "<span class=\"mark\" aria-hidden=\"true\">%s</span> ", html_mark_neutral());
    html_text(out, text);
}

void html_status_neutral_begin(struct buf *out, const char *headline)
{
    buf_adds(out, "<section class=\"status neutral\">\n<p class=\"headline\">");
    add_neutral(out, headline);
    buf_adds(out, "</p>\n");
}

void html_mark(struct buf *out, enum verdict v, const char *words)
{
    buf_addf(out, "<span class=\"mark %s\" aria-hidden=\"true\">%s</span> ", verdict_name(v),
             html_mark_of(v));
    html_text(out, words);
}

void html_items_begin(struct buf *out, bool marked)
{
    buf_adds(out, marked ? "<ul class=\"marked\">\n" : "<ul>\n");
}

void html_item(struct buf *out, const char *text)
{
    element(out, "<li>", text, "</li>\n");
}

void html_item_marked(struct buf *out, enum verdict v, const char *text)
{
    buf_adds(out, "<li>");
    html_mark(out, v, text);
    buf_adds(out, "</li>\n");
}

void html_item_neutral(struct buf *out, const char *text)
{
    buf_adds(out, "<li>");
    add_neutral(out, text);
    buf_adds(out, "</li>\n");
}

void html_items_end(struct buf *out)
{
    buf_adds(out, "</ul>\n");
}

void html_terms_begin(struct buf *out)
{
    buf_adds(out, LIST);
}

/* A term and its values are one group, ended by what follows them. */
static void end_group(struct buf *out)
{
    size_t n = strlen(LIST);
    if (out->n < n || memcmp(out->p + out->n - n, LIST, n) != 0)
        buf_adds(out, "</div>\n");
}

void html_term(struct buf *out, const char *term)
{
    end_group(out);
    element(out, "<div><dt>", term, "</dt>\n");
}

void html_value(struct buf *out, const char *text)
{
    element(out, "<dd>", text, "</dd>\n");
}

void html_value_code(struct buf *out, const char *text)
{
    element(out, "<dd><code>", text, "</code></dd>\n");
}

void html_value_hint(struct buf *out, const char *text)
{
    element(out, "<dd class=\"hint\">", text, "</dd>\n");
}

/* "./" in front: no name can be taken for a scheme. */
void html_value_file(struct buf *out, const char *name)
{
    element(out, "<dd><a href=\"./", name, "\">");
    element(out, "<code>", name, "</code></a></dd>\n");
}

void html_value_mark(struct buf *out, enum verdict v, const char *words)
{
    buf_adds(out, "<dd>");
    html_mark(out, v, words);
    buf_adds(out, "</dd>\n");
}

void html_terms_end(struct buf *out)
{
    end_group(out);
    buf_adds(out, "</dl>\n");
}

void html_table_begin(struct buf *out, const char *caption, const char *const *heading,
                      size_t columns)
{
    buf_adds(out, "<div class=\"scroll\"><table>\n");
    if (caption != NULL)
        element(out, "<caption>", caption, "</caption>\n");
    buf_adds(out, "<thead><tr>");
    for (size_t i = 0; i < columns; i++) {
        bool number = heading[i][0] == '#';
        element(out, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">",
                heading[i] + number, "</th>");
    }
    buf_adds(out, "</tr></thead>\n<tbody>\n");
}

/* Roles in so many words: what a phone shows as blocks stays a table for those who hear it. */
void html_wide_begin(struct buf *out, const char *caption, const char *const *heading,
                     size_t columns, bool words)
{
    buf_addf(out, "<div class=\"scroll\"><table class=\"wide%s\" role=\"table\">\n",
             words ? " words" : "");
    if (caption != NULL)
        element(out, "<caption>", caption, "</caption>\n");
    buf_adds(out, "<thead role=\"rowgroup\"><tr role=\"row\">");
    for (size_t i = 0; i < columns; i++) {
        bool number = heading[i][0] == '#';
        buf_addf(out, "<th scope=\"col\" role=\"columnheader\"%s", number ? " class=\"n\">" : ">");
        element(out, "", heading[i] + number, "</th>");
    }
    buf_adds(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

void html_wide_row(struct buf *out)
{
    buf_adds(out, "<tr role=\"row\">");
}

void html_wide_first(struct buf *out, const char *text)
{
    element(out, "<th scope=\"row\" role=\"rowheader\">", text, "</th>");
}

void html_wide_cell(struct buf *out, const char *heading, const char *text)
{
    bool number = heading[0] == '#';
    buf_addf(out, "<td role=\"cell\"%s data-of=\"", number ? " class=\"n\"" : "");
    html_text(out, heading + number);
    element(out, "\">", text, "</td>");
}

void html_row_begin(struct buf *out)
{
    buf_adds(out, "<tr>");
}

void html_row_begin_at(struct buf *out, const char *id)
{
    buf_addf(out, "<tr id=\"%s\">", id);
}

void html_cell(struct buf *out, const char *text)
{
    element(out, "<td>", text, "</td>");
}

void html_cell_number(struct buf *out, const char *text)
{
    element(out, "<td class=\"n\">", text, "</td>");
}

void html_cell_code(struct buf *out, const char *text)
{
    element(out, "<td><code>", text, "</code></td>");
}

void html_cell_mark(struct buf *out, enum verdict v, const char *words)
{
    buf_adds(out, "<td>");
    html_mark(out, v, words);
    buf_adds(out, "</td>");
}

void html_row_end(struct buf *out)
{
    buf_adds(out, "</tr>\n");
}

void html_table_end(struct buf *out)
{
    buf_adds(out, "</tbody></table></div>\n");
}

void html_together_begin(struct buf *out)
{
    buf_adds(out, "<div class=\"together\">\n");
}

void html_together_end(struct buf *out)
{
    buf_adds(out, "</div>\n");
}

void html_address(struct buf *out, const char *lines)
{
    struct span s = span_str(lines);
    buf_adds(out, "<address>");
    while (s.n > 0) {
        const uint8_t *end = memchr(s.p, '\n', s.n);
        size_t n = end == NULL ? s.n : (size_t)(end - s.p);
        html_span(out, span_of(s.p, n));
        n += end != NULL;
        s = span_of(s.p + n, s.n - n);
        if (s.n > 0)
            buf_adds(out, "<br>");
    }
    buf_adds(out, "</address>\n");
}

void html_signature_line(struct buf *out, const char *name)
{
    element(out, "<p class=\"sign\">", name, "</p>\n");
}

void html_page_break(struct buf *out)
{
    buf_adds(out, "<div class=\"page\"></div>\n");
}
