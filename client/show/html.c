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

/* Ink on paper: one serif face, rules instead of colours. What a colour says is said by a mark, by
 * words and by the form of a frame as well. */
static const char css[] =
    ":root{color-scheme:light}"
    "*{box-sizing:border-box}"
    "html{background:#fff;color:#111}"
    "body{max-width:46rem;margin:0 auto;padding:2.5rem 1.5rem 4rem;font:1.0625rem/1.5 Charter,"
    "\"Bitstream Charter\",\"Source Serif 4\",Cambria,Georgia,\"Liberation Serif\",serif;"
    "font-variant-numeric:lining-nums;overflow-wrap:break-word;hyphens:manual}"
    "header{border-top:4px solid #111;padding-top:.7rem;margin-bottom:1.6rem}"
    ".kicker{margin:0;font-size:1rem;color:#333}"
    "h1{font-size:2rem;line-height:1.15;margin:.3rem 0 0;font-weight:600}"
    "h2{font-size:1.3rem;line-height:1.25;margin:2.4rem 0 .6rem;font-weight:600}"
    "h3{font-size:1.0625rem;margin:1.6rem 0 .4rem;font-weight:600}"
    "p{margin:.6rem 0}"
    ".lead{font-size:1.2rem;line-height:1.4;margin:0 0 1.4rem}"
    "ul{margin:.6rem 0;padding-left:1.4rem}li{margin:.3rem 0}"
    "ul.marked{list-style:none;padding-left:0}ul.marked li{padding-left:1.6rem;position:relative}"
    "ul.marked .mark{position:absolute;left:0}"
    "dl{margin:.6rem 0 1rem;border-bottom:1px solid #888}"
    "dl>div{display:grid;grid-template-columns:32% minmax(0,1fr);border-top:1px solid #888;"
    "padding:.4rem 0}"
    "dt{grid-column:1;grid-row:1/span 40;padding-right:1.5rem;color:#333}dd{grid-column:2;margin:0}"
    "dd.hint{font-size:.875rem;line-height:1.4;color:#444}"
    "code{font:.84em/1.5 \"DejaVu Sans Mono\",\"Liberation Mono\",Consolas,Menlo,monospace;"
    "overflow-wrap:anywhere}"
    ".verbatim{margin:.2rem 0;line-height:1.3}"
    ".status{border:2px solid #111;border-left-width:10px;padding:.8rem 1.1rem;margin:1.4rem 0}"
    ".status p{margin:.2rem 0}"
    ".status .headline{font-size:1.25rem;text-wrap:balance;font-weight:600;line-height:1.3}"
    ".status.good{border-color:#00592e}.status.bad{border-style:double;border-width:6px;"
    "border-left-width:14px;border-color:#9b0000}"
    ".status.undecided{border-style:dashed;border-left-style:solid;border-color:#6b4700}"
    ".mark{font-family:\"DejaVu Sans\",\"Segoe UI Symbol\",\"Apple Symbols\",sans-serif;"
    "font-weight:700}"
    ".good>.mark,.mark.good{color:#00592e}.bad>.mark,.mark.bad{color:#9b0000}"
    ".undecided>.mark,.mark.undecided{color:#6b4700}"
    ".status.neutral{border-width:1px;border-left-width:10px;border-color:#555}"
    ".note{border-left:4px solid #555;padding:.1rem 0 .1rem 1rem;margin:1rem 0}"
    ".scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;margin:.6rem 0 1.2rem;font-size:.9375rem;"
    "line-height:1.4}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;"
    "border-bottom:1px solid #888}"
    "th:last-child,td:last-child{padding-right:0}"
    "thead th{border-bottom:2px solid #111}"
    ".n{text-align:right;font-variant-numeric:lining-nums tabular-nums}"
    "td.n{white-space:nowrap}"
    "figure{margin:1.4rem 0}figcaption{font-weight:600;margin-bottom:.4rem}"
    "svg{display:block;width:100%;height:auto;max-width:44rem}"
    "svg .small{font-size:11px}svg text{font-family:\"Liberation Sans\",\"Helvetica "
    "Neue\",Arial,sans-serif;fill:#111}"
    "address{font-style:normal;margin:1.4rem 0;white-space:normal}"
    ".sign{margin-top:4.5rem;border-top:1px solid #111;width:20rem;max-width:100%;"
    "padding-top:.3rem}"
    "footer{margin-top:3rem;border-top:1px solid #111;padding-top:.6rem;font-size:.875rem;"
    "color:#333}"
    "@media(max-width:36rem){body{padding:1.5rem 1rem}dl>div{display:block}"
    "dt{font-weight:600}}";

/* The paper's size is the printer's, A4 or Letter: both hold this. */
static const char print_css[] =
    "@media print{html,body{background:#fff;color:#000}body{max-width:none;padding:0;"
    "font-size:11pt;line-height:1.4}"
    "h1{font-size:19pt}h2{font-size:13.5pt;margin-top:16pt}h3{font-size:11pt}"
    "dt,.kicker,dd.hint,footer{color:#000}"
    "h2,h3,caption,figcaption{break-after:avoid}p,li{orphans:3;widows:3}"
    ".status,.note,.together,svg,dl>div,li,tr,address,.sign{break-inside:avoid}"
    "thead{display:table-header-group}.scroll{overflow:visible}"
    ".status,.mark,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    ".page{break-before:page}.verbatim{break-after:avoid}}";

static void add_style(struct buf *out, const char *running)
{
    buf_adds(out, css);
    buf_adds(out, print_css);
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
static void add_head(struct buf *out, const char *title, const char *running)
{
    struct buf style = { 0 };
    struct hash h;
    add_style(&style, running);
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

void html_begin(struct buf *out, const char *title, const char *kicker, const char *running)
{
    add_head(out, title, running);
    buf_adds(out, "<body>\n<header>\n");
    if (kicker != NULL)
        element(out, "<p class=\"kicker\">", kicker, "</p>\n");
    element(out, "<h1>", title, "</h1>\n</header>\n<main>\n");
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

void html_status(struct buf *out, enum verdict v, const char *headline, const char *text)
{
    buf_addf(out, "<section class=\"status %s\">\n", verdict_name(v));
    buf_adds(out, "<p class=\"headline\">");
    html_mark(out, v, headline);
    buf_adds(out, "</p>\n");
    if (text != NULL)
        html_paragraph(out, text);
    buf_adds(out, "</section>\n");
}

const char *html_mark_neutral(void)
{
    return "○";
}

void html_status_neutral(struct buf *out, const char *headline, const char *text)
{
    buf_addf(out,
             "<section class=\"status neutral\">\n<p class=\"headline\"><span class=\"mark\" "
             "aria-hidden=\"true\">%s</span> ",
             html_mark_neutral());
    html_text(out, headline);
    buf_adds(out, "</p>\n");
    if (text != NULL)
        html_paragraph(out, text);
    buf_adds(out, "</section>\n");
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

void html_row_begin(struct buf *out)
{
    buf_adds(out, "<tr>");
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
