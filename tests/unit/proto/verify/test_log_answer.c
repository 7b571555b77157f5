/* log_answer.h: what strangers answer over HTTP, of whatever form. */
#include "proto/verify/log_answer.h"

#include <stdlib.h>

#include "proto/base/limits.h"
#include "tests/unit/fixture.h"

static void problems_say_what_they_can(void **state)
{
    static const struct {
        const char *body, *code, *detail;
    } cases[] = {
        { "{\"type\":\"https://a/b/busy\",\"detail\":\"later\"}", "busy", "later" },
        { "{\"type\":\"https://a/b/busy\"}", "busy", "HTTP 503" },
        { "{\"type\":\"busy\",\"detail\":\"later\"}", "HTTP 503", "later" },
        { "{\"type\":7,\"detail\":7}", "HTTP 503", "HTTP 503" },
        { "[]", "HTTP 503", "HTTP 503" },
        { "<html>", "HTTP 503", "HTTP 503" },
        { "", "HTTP 503", "HTTP 503" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct problem p;
        problem_read(&p, 503, span_str(cases[i].body));
        assert_string_equal(p.code, cases[i].code);
        assert_string_equal(p.detail, cases[i].detail);
    }
}

static void what_passes_is_tried_again(void **state)
{
    static const long pass[] = { 429, 502, 503, 504 };
    (void)state;
    for (long status = 100; status < 600; status++) {
        bool may = false;
        for (size_t i = 0; i < COUNT(pass); i++)
            may = may || pass[i] == status;
        assert_int_equal(status_may_pass(status), may);
    }
}

static void lists_have_what_names_an_entry(void **state)
{
    static const struct {
        const char *body;
        int result;
        size_t n;
        uint64_t size, next, last;
    } cases[] = {
        { "{\"entries\":[0,7,9],\"size\":12,\"next\":9}", 0, 3, 12, 9, 9 },
        { "{\"entries\":[0],\"size\":0,\"next\":0}", 0, 1, 0, 0, 0 },
        { "{\"entries\":[],\"size\":1}", 0, 0, 1, NO_ENTRY, 0 },
        { "{\"entries\":[-1,\"7\",null,4,-9],\"size\":-1,\"next\":null}", 0, 1, NO_ENTRY, NO_ENTRY,
          4 },
        { "{\"entries\":{},\"size\":1}", -1, 0, 0, 0, 0 },
        { "{\"size\":1}", -1, 0, 0, 0, 0 },
        { "[]", -1, 0, 0, 0, 0 },
        { "x", -1, 0, 0, 0, 0 },
        { "", -1, 0, 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hints h;
        assert_int_equal(hints_parse(&h, span_str(cases[i].body)), cases[i].result);
        if (cases[i].result != 0)
            continue;
        assert_int_equal(h.n, cases[i].n);
        assert_true(h.size == cases[i].size && h.next == cases[i].next);
        assert_true(h.n == 0 || h.entry[h.n - 1] == cases[i].last);
        free(h.entry);
    }
}

static void a_list_has_a_largest_size(void **state)
{
    static const char list[] = "{\"entries\":[1],\"size\":2}";
    struct buf body = { 0 };
    struct hints h;
    (void)state;
    buf_adds(&body, list);
    memset(buf_reserve(&body, FIND_ANSWER_MAX + 1 - body.n), ' ', FIND_ANSWER_MAX + 1 - body.n);
    body.n = FIND_ANSWER_MAX;
    assert_int_equal(hints_parse(&h, buf_span(&body)), 0);
    assert_int_equal(h.n, 1);
    free(h.entry);
    body.n++;
    assert_int_equal(hints_parse(&h, buf_span(&body)), -1);
    buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_say_what_they_can),
        cmocka_unit_test(what_passes_is_tried_again),
        cmocka_unit_test(lists_have_what_names_an_entry),
        cmocka_unit_test(a_list_has_a_largest_size),
    };
    return cmocka_run_group_tests_name("log_answer", tests, NULL, NULL);
}
