/* html.h: nothing that a log says becomes markup, style or script, whichever function shows it. */
#include "client/show/html.h"

#include <string.h>

#include "proto/base/hash.h"
#include "tests/unit/fixture.h"

#define HOSTILE "<b>&\"'</style>"
#define ESCAPED "&lt;b&gt;&amp;&quot;&#39;&lt;/style&gt;"

static void expect_page(struct buf *b, const char *text)
{
    assert_string_equal(buf_str(b), text);
    buf_free(b);
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        n++;
    return n;
}

static void text_is_escaped(void **state)
{
    struct buf b = { 0 };
    (void)state;
    html_text(&b, HOSTILE " á");
    expect_page(&b, ESCAPED " á");
}

static void line_ends_are_spaces(void **state)
{
    struct buf b = { 0 };
    (void)state;
    html_text(&b, "a\nb\tc");
    expect_page(&b, "a b c");
}

/* What is no UTF-8, and what reorders or hides text: each is one U+FFFD. */
static void what_could_deceive_is_replaced(void **state)
{
    struct buf b = { 0 };
    (void)state;
    html_text(&b, "a\xFF\x80z");
    expect_page(&b, "a\xEF\xBF\xBD\xEF\xBF\xBDz");
    html_text(&b, "a\xE2\x80\xAEz\x1B"); /* U+202E, ESC */
    expect_page(&b, "a\xEF\xBF\xBDz\xEF\xBF\xBD");
    html_span(&b, span_of((const uint8_t *)"a\0b", 3));
    expect_page(&b, "a\xEF\xBF\xBD"
                    "b");
}

/* Every function that takes text, with the same hostile one. */
static void add_everything(struct buf *b)
{
    static const char *const heading[] = { HOSTILE, "#" HOSTILE };
    html_begin(b, HOSTILE, HOSTILE, HOSTILE);
    html_heading(b, 2, HOSTILE);
    html_heading(b, 3, HOSTILE);
    html_lead(b, HOSTILE);
    html_paragraph(b, HOSTILE);
    html_verbatim(b, HOSTILE);
    html_status(b, VERDICT_GOOD, HOSTILE, HOSTILE);
    html_status_neutral_begin(b, HOSTILE);
    html_status_more(b, VERDICT_BAD, HOSTILE);
    html_status_end(b);
    html_section(b, 2, "id", HOSTILE);
    html_contents_begin(b);
    html_contents_item(b, "id", HOSTILE);
    html_contents_end(b);
    html_note(b, HOSTILE);
    html_items_begin(b, true);
    html_item(b, HOSTILE);
    html_item_marked(b, VERDICT_BAD, HOSTILE);
    html_item_neutral(b, HOSTILE);
    html_items_end(b);
    html_terms_begin(b);
    html_term(b, HOSTILE);
    html_value(b, HOSTILE);
    html_value_code(b, HOSTILE);
    html_value_hint(b, HOSTILE);
    html_value_mark(b, VERDICT_UNDECIDED, HOSTILE);
    html_term(b, HOSTILE);
    html_value(b, HOSTILE);
    html_terms_end(b);
    html_table_begin(b, HOSTILE, heading, 2);
    html_row_begin(b);
    html_cell(b, HOSTILE);
    html_cell_number(b, HOSTILE);
    html_cell_code(b, HOSTILE);
    html_cell_mark(b, VERDICT_GOOD, HOSTILE);
    html_row_end(b);
    html_table_end(b);
    html_wide_begin(b, HOSTILE, heading, 2, false);
    html_wide_row(b);
    html_wide_first(b, HOSTILE);
    html_wide_cell(b, heading[1], HOSTILE);
    html_row_end(b);
    html_table_end(b);
    html_address(b, HOSTILE "\n" HOSTILE);
    html_signature_line(b, HOSTILE);
    html_end(b, HOSTILE);
}

static void no_function_lets_markup_through(void **state)
{
    struct buf b = { 0 };
    (void)state;
    add_everything(&b);
    const char *text = buf_str(&b);
    assert_null(strstr(text, "<b>"));
    assert_int_equal(count_of(text, "</style>"), 1); /* our own */
    assert_int_equal(count_of(text, ESCAPED), 42);   /* each but the one in the style */
    buf_free(&b);
}

/* Each element that is opened is closed; those of the head that stand alone do not count. */
static void what_is_opened_is_closed(void **state)
{
    static const char *const element[] = {
        "html", "head", "body",    "header", "main",  "footer", "section", "div", "dl",
        "dt",   "dd",   "ul",      "li",     "table", "thead",  "tbody",   "tr",  "th",
        "td",   "span", "address", "p",      "code",  "h1",     "h2",      "h3",  "title"
    };
    struct buf b = { 0 };
    (void)state;
    add_everything(&b);
    const char *text = buf_str(&b);
    for (size_t i = 0; i < COUNT(element); i++) {
        size_t opened = count_of(text, text_of("<%s>", element[i])) +
                        count_of(text, text_of("<%s ", element[i]));
        assert_true(opened > 0);
        assert_int_equal(opened, count_of(text, text_of("</%s>", element[i])));
    }
    buf_free(&b);
}

/* The policy of the page names the hash of the very style that follows, or no browser applies it. */
static void the_style_is_that_of_the_policy(void **state)
{
    struct buf b = { 0 }, named = { 0 };
    struct hash h;
    (void)state;
    html_begin(&b, "t", NULL, "Running \" \\ \n</style>");
    const char *text = buf_str(&b), *from = strstr(text, "<style>") + strlen("<style>"),
               *to = strstr(from, "</style>");
    hash_bytes(&h, span_of((const uint8_t *)from, (size_t)(to - from)));
    buf_adds(&named, "style-src 'sha256-");
    buf_add_base64(&named, h.b, sizeof h.b);
    buf_adds(&named, "'; base-uri 'none'; form-action 'none'\">");
    assert_non_null(strstr(text, buf_str(&named)));
    assert_non_null(strstr(text, "default-src 'none'"));
    assert_int_equal(count_of(text, "</style>"), 1);
    assert_non_null(strstr(from, "\"Running \\000022  \\00005C  \\00FFFD \\00003C \\00002F style"));
    buf_free(&b);
    buf_free(&named);
}

static void expect_id(const char *text, const char *want)
{
    char id[HTML_ID_MAX];
    html_id(id, text);
    assert_string_equal(id, want);
}

static void an_id_is_made_of_plain_letters(void **state)
{
    char text[300];
    char id[HTML_ID_MAX];
    (void)state;
    expect_id("Qué prueba", "que-prueba");
    expect_id("  El mandamiento de Ñ (asiento 9)", "el-mandamiento-de-n-asiento-9");
    expect_id(HOSTILE "\" onclick=", "b-style-onclick");
    expect_id("a\xC3", "a");
    expect_id("", "");
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    html_id(id, text);
    assert_true(strlen(id) < HTML_ID_MAX);
}

/* Reports that were published are made again byte by byte: this hash never changes. */
static void the_style_of_2026_11_stays(void **state)
{
    struct buf b = { 0 }, text = { 0 };
    struct hash h;
    (void)state;
    html_style_add(&b, HTML_STYLE_2026_11);
    hash_bytes(&h, buf_span(&b));
    buf_add_base64(&text, h.b, sizeof h.b);
    assert_string_equal(buf_str(&text), "V3/WCmh4wdrFPVIAYX6CEfrHMiRgr6Xgr9McB+4+wqw=");
    buf_free(&b);
    buf_free(&text);
}

static void a_page_says_its_language(void **state)
{
    struct buf b = { 0 };
    (void)state;
    language_set(LANGUAGE_ES);
    html_begin(&b, "t", NULL, NULL);
    assert_non_null(strstr(buf_str(&b), "<html lang=\"es-MX\">"));
    assert_null(strstr(buf_str(&b), "kicker\""));
    buf_free(&b);
    language_set(LANGUAGE_EN);
    html_begin(&b, "t", "k", NULL);
    assert_non_null(strstr(buf_str(&b), "<html lang=\"en\">"));
    assert_non_null(strstr(buf_str(&b), "<p class=\"kicker\">k</p>"));
    buf_free(&b);
}

/* By a mark and by words, not by the colour alone. */
static void an_answer_is_told_by_its_mark(void **state)
{
    static const char *const mark[] = {
        [VERDICT_GOOD] = "✓", [VERDICT_BAD] = "✗", [VERDICT_UNDECIDED] = "?"
    };
    (void)state;
    for (enum verdict v = VERDICT_GOOD; v <= VERDICT_BAD; v++) {
        struct buf b = { 0 };
        html_status(&b, v, "words", NULL);
        assert_non_null(strstr(buf_str(&b), text_of("class=\"status %s\"", verdict_name(v))));
        assert_non_null(strstr(buf_str(&b), text_of(">%s</span> words</p>", mark[v])));
        buf_free(&b);
    }
    assert_string_equal(html_mark_neutral(), "○");
}

static void terms_are_grouped(void **state)
{
    struct buf b = { 0 };
    (void)state;
    html_terms_begin(&b);
    html_term(&b, "a");
    html_value(&b, "1");
    html_value(&b, "2");
    html_term(&b, "b");
    html_value(&b, "3");
    html_terms_end(&b);
    expect_page(&b, "<dl>\n<div><dt>a</dt>\n<dd>1</dd>\n<dd>2</dd>\n</div>\n"
                    "<div><dt>b</dt>\n<dd>3</dd>\n</div>\n</dl>\n");
}

static void numbers_are_marked_in_the_heading(void **state)
{
    static const char *const heading[] = { "name", "#count" };
    struct buf b = { 0 };
    (void)state;
    html_table_begin(&b, NULL, heading, 2);
    assert_non_null(strstr(buf_str(&b), "<th scope=\"col\">name</th>"
                                        "<th scope=\"col\" class=\"n\">count</th>"));
    assert_null(strstr(buf_str(&b), "<caption>"));
    buf_free(&b);
}

static void an_address_has_a_line_for_each(void **state)
{
    struct buf b = { 0 };
    (void)state;
    html_address(&b, "one\ntwo\n\nfour\n");
    expect_page(&b, "<address>one<br>two<br><br>four</address>\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(line_ends_are_spaces),
        cmocka_unit_test(what_could_deceive_is_replaced),
        cmocka_unit_test(no_function_lets_markup_through),
        cmocka_unit_test(what_is_opened_is_closed),
        cmocka_unit_test(the_style_is_that_of_the_policy),
        cmocka_unit_test(an_id_is_made_of_plain_letters),
        cmocka_unit_test(the_style_of_2026_11_stays),
        cmocka_unit_test(a_page_says_its_language),
        cmocka_unit_test(an_answer_is_told_by_its_mark),
        cmocka_unit_test(terms_are_grouped),
        cmocka_unit_test(numbers_are_marked_in_the_heading),
        cmocka_unit_test(an_address_has_a_line_for_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
