/* What pages are made of, asked piece by piece; TAP. */
#include <stdio.h>
#include <stdlib.h>

#include "client/show/chart.h"
#include "client/show/html.h"
#include "client/show/locale.h"
#include "proto/base/when.h"

static int failed, run;

static void is(const char *what, struct buf *got, const char *want)
{
    bool same = strcmp(buf_str(got), want) == 0;
    printf("%sok %d - %s\n", same ? "" : "not ", ++run, what);
    if (!same)
        printf("# got '%s', expected '%s'\n", buf_str(got), want);
    failed += !same;
    buf_free(got);
}

static void holds(const char *what, bool good)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++run, what);
    failed += !good;
}

static int64_t time_of(const char *text)
{
    int64_t ms = 0;
    if (when_parse(&ms, span_str(text)) != 0)
        abort();
    return ms;
}

static void check_locale(const char *language, const char *when, const char *month,
                         const char *brief, const char *days)
{
    struct buf b = { 0 };
    int64_t ms = time_of("2026-11-21T16:00:16.999Z");
    int year, m;
    language_choose(language);
    locale_time(&b, ms);
    is("a time", &b, when);
    locale_month_of(ms, &year, &m);
    locale_month(&b, year, m);
    is("a month", &b, month);
    locale_month_short(&b, year, m);
    is("a month in short", &b, brief);
    locale_duration(&b, -(INT64_C(2) * 86400 + 3 * 3600 + 59 * 60) * 1000);
    is("days and hours", &b, days);
    locale_duration(&b, 3600 * 1000);
    is("an hour", &b, "1 h");
    locale_duration(&b, 59999);
    is("less than a minute", &b, "59.999 s");
    locale_duration(&b, 0);
    is("no time", &b, "0 s");
    locale_number(&b, 1234567);
    is("a number", &b, "1,234,567");
    locale_number(&b, UINT64_MAX);
    is("the largest", &b, "18,446,744,073,709,551,615");
    locale_number(&b, 999);
    is("three digits", &b, "999");
    locale_tenths(&b, 12345);
    is("tenths", &b, "1,234.5");
}

static void check_text(void)
{
    struct buf b = { 0 };
    html_text(&b, "<a href=\"x\">'&'</a>");
    is("tags and quotes are text", &b, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    html_text(&b, "a\x01\xff"
                  "b\xe2\x80\xae"
                  "c\xed\xa0\x80"
                  "d\nñ");
    is("controls, what is no UTF-8, and what would turn text around", &b,
       "a\xEF\xBF\xBD\xEF\xBF\xBD"
       "b\xEF\xBF\xBD"
       "c\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
       "d ñ");
    html_begin(&b, "</title><script>", "</p><script>", "\"}</style><script>\\\n");
    holds("nothing of a page's titles is a tag", strstr(buf_str(&b), "<script") == NULL);
    const char *end = strstr(buf_str(&b), "</style>");
    holds("nor ends its style sheet", end != NULL && strstr(end + 1, "</style>") == NULL);
    buf_free(&b);
}

static void draw(struct buf *out, uint64_t hidden, enum chart_form form)
{
    static const char *const series[] = { "federal", "state" };
    const uint64_t first[] = { 1234, hidden }, second[] = { 77, 0 };
    const bool suppressed[] = { false, true };
    const struct chart_row rows[] = { { "nov <2026>", first, suppressed },
                                      { "dec", second, NULL } };
    const struct chart c = { .id = "x",
                             .title = "T & t",
                             .description = "D",
                             .series = series,
                             .series_count = 2,
                             .rows = rows,
                             .rows_count = 2,
                             .suppressed = "<5" };
    chart_add(out, &c, form);
}

static void check_chart(enum chart_form form, const char *name)
{
    struct buf one = { 0 }, other = { 0 };
    draw(&one, 3, form);
    draw(&other, 4000000, form);
    printf("# %s\n", name);
    holds("what is suppressed leaves no trace", strcmp(buf_str(&one), buf_str(&other)) == 0);
    holds("but its mark", strstr(buf_str(&one), "&lt;5</text>") != NULL);
    holds("values are printed",
          strstr(buf_str(&one), "1,234") != NULL && strstr(buf_str(&one), ">77</text>") != NULL);
    holds("and described", strstr(buf_str(&one), "role=\"img\"") != NULL &&
                               strstr(buf_str(&one), "federal 1,234, state &lt;5; dec: federal 77, "
                                                     "state 0</desc>") != NULL);
    holds("labels are text", strstr(buf_str(&one), "nov &lt;2026&gt;</text>") != NULL &&
                                 strstr(buf_str(&one), "<2026>") == NULL);
    holds("nothing has a style of its own, which no policy allows",
          strstr(buf_str(&one), "style=") == NULL);
    buf_free(&one);
    buf_free(&other);
}

int main(void)
{
    setenv("BITACORA_ZONE", "UTC", 1);
    check_locale("en", "21 November 2026, 16:00:16 (UTC)", "November 2026", "Nov 2026",
                 "2 days 3 h");
    check_locale("es", "21 de noviembre de 2026, 16:00:16 (UTC)", "noviembre de 2026", "nov 2026",
                 "2 días 3 h");
    check_text();
    check_chart(CHART_BARS, "bars");
    check_chart(CHART_GROUPED, "grouped columns");
    check_chart(CHART_STACKED, "stacked columns");
    return failed > 0;
}
