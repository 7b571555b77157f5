/* html_links.h: what is linked, and what is left alone. */
#include "client/show/html_links.h"

#include <string.h>

#include "tests/unit/fixture.h"

static bool has_entry(const void *ctx, uint64_t entry)
{
    (void)ctx;
    return entry == 4 || entry == 17;
}

static bool has_rule(const void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "R08") == 0;
}

static void expect_linked(const char *html, const char *want)
{
    static const struct html_links links = { NULL, has_entry, has_rule };
    struct buf out = { 0 };
    html_link(&out, span_str(html), &links);
    assert_string_equal(buf_str(&out), want);
    buf_free(&out);
}

static void numbers_of_entries_are_linked(void **state)
{
    (void)state;
    expect_linked("see entry 4, or 17", "see entry <a href=\"#e4\">4</a>, or 17");
    expect_linked("entries 4, 5 and 17 more", "entries <a href=\"#e4\">4</a>, 5 and "
                                              "<a href=\"#e17\">17</a> more");
    expect_linked("asientos 17 y 4", "asientos <a href=\"#e17\">17</a> y <a href=\"#e4\">4</a>");
    expect_linked("el asiento 4: x", "el asiento <a href=\"#e4\">4</a>: x");
    expect_linked("entry 99999999999999999999", "entry 99999999999999999999");
    expect_linked("entry ", "entry ");
    expect_linked("", "");
}

static void other_numbers_are_not(void **state)
{
    (void)state;
    expect_linked("4 requests, reentry 4, 1,234", "4 requests, reentry 4, 1,234");
    expect_linked("entry 44", "entry 44");
}

static void rules_are_linked(void **state)
{
    (void)state;
    expect_linked("R08: x (R07)", "<a href=\"#R08\">R08</a>: x (R07)");
    expect_linked("XR08 R081 R0", "XR08 R081 R0");
    expect_linked("<li>R08: x</li><li>R07: y</li>", "<li id=\"R08\">R08: x</li><li>R07: y</li>");
}

/* Neither attributes nor what is code, a heading or linked already. */
static void markup_is_left_alone(void **state)
{
    static const char *const same[] = {
        "<p class=\"entry 4\">x</p>",         "<code>entry 4 R08</code>",
        "<h2 id=\"x\">The entry 4</h2>",      "<h3 id=\"x\">R08</h3>",
        "<a href=\"#e4\">entry 4</a>",        "entry &lt;b&gt; 4",
        "<td data-of=\"R08\">1</td><code>R08" /* cut off */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++)
        expect_linked(same[i], same[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_entries_are_linked),
        cmocka_unit_test(other_numbers_are_not),
        cmocka_unit_test(rules_are_linked),
        cmocka_unit_test(markup_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
