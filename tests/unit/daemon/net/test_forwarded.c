/* forwarded.h: for whom a proxy asks, and whom nobody can make it believe. */
#include "daemon/net/forwarded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fixture.h"

static const char trusted_list[] = "10.0.0.0/8, ::1, unix";

/* Who asks by a connection from `peer` with these lines; or why that is not known. */
static const char *client(enum forwarded_header form, const char *peer, const char *first,
                          const char *second)
{
    static char text[ADDRESS_TEXT_MAX];
    struct forwarded_hops hops = { 0 };
    struct address_list trusted;
    struct address from = { .kind = ADDRESS_UNIX }, who;
    struct span wrong;
    const char *cause;
    assert_int_equal(address_list_parse(&trusted, span_str(trusted_list), &wrong), 0);
    if (strcmp(peer, "unix") != 0)
        assert_int_equal(address_parse(&from, span_str(peer)), 0);
    /* A copy of exactly its bytes: what is read beyond them is seen. */
    size_t n = strlen(first);
    uint8_t *line = malloc(n + 1);
    assert_non_null(line);
    memcpy(line, first, n);
    line[n] = ',';
    bool failed = forwarded_read(&hops, form, span_of(line, n), &cause) != 0 ||
                  (second != NULL && forwarded_read(&hops, form, span_str(second), &cause) != 0) ||
                  forwarded_client(&who, &from, &hops, form, &trusted, &cause) != 0;
    if (!failed)
        address_text(text, &who);
    free(line);
    return failed ? cause : text;
}

static const char *plain(const char *peer, const char *line)
{
    return client(FORWARDED_FOR, peer, line, NULL);
}

static const char *rfc(const char *line)
{
    return client(FORWARDED_RFC_7239, "10.0.0.1", line, NULL);
}

static void the_last_that_is_no_proxy(void **state)
{
    (void)state;
    assert_string_equal(plain("10.0.0.1", "192.0.2.1"), "192.0.2.1");
    assert_string_equal(plain("::1", "192.0.2.1"), "192.0.2.1");
    assert_string_equal(plain("unix", "192.0.2.1"), "192.0.2.1");
    assert_string_equal(plain("10.0.0.1", "1.1.1.1, 192.0.2.1"), "192.0.2.1");
    assert_string_equal(plain("10.0.0.1", "1.1.1.1,192.0.2.1 , 10.9.9.9,10.0.0.2"), "192.0.2.1");
    assert_string_equal(plain("10.0.0.1", "10.0.0.3,10.0.0.2"), "10.0.0.3");
    assert_string_equal(plain("10.0.0.1", ""), "10.0.0.1");
    assert_string_equal(plain("10.0.0.1", " , ,"), "10.0.0.1");
    assert_string_equal(client(FORWARDED_FOR, "10.0.0.1", "192.0.2.1", "192.0.2.2"), "192.0.2.2");
    assert_string_equal(client(FORWARDED_FOR, "10.0.0.1", "192.0.2.1", "10.0.0.2"), "192.0.2.1");
}

static void nobody_else_is_believed(void **state)
{
    (void)state;
    assert_string_equal(plain("192.0.2.9", "192.0.2.1"), "192.0.2.9");
    assert_string_equal(plain("192.0.2.9", "10.0.0.1"), "192.0.2.9");
    assert_string_equal(plain("192.0.2.9", "nonsense"), "192.0.2.9");
    /* Nor what stands to the left of who is not trusted: he wrote it himself. */
    assert_string_equal(plain("10.0.0.1", "nonsense, 192.0.2.1"), "192.0.2.1");
    assert_string_equal(plain("10.0.0.1", "10.0.0.7, 192.0.2.1"), "192.0.2.1");
}

static void ways_to_write_it(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        { "192.0.2.1:4711", "192.0.2.1" },       { "[2001:db8::1]", "2001:db8::1" },
        { "[2001:db8::1]:4711", "2001:db8::1" }, { "2001:db8::1", "2001:db8::1" },
        { "::ffff:192.0.2.1", "192.0.2.1" },     { "unknown", "10.0.0.1" },
        { "1.1.1.1, UNKNOWN", "10.0.0.1" },      { "_hidden", "10.0.0.1" },
        { "unknown, 10.0.0.5", "10.0.0.5" },
    };
    static const char *const wrong[] = {
        "x",
        "192.0.2.1:",
        "192.0.2.1:65536",
        "192.0.2.1:+1",
        "[2001:db8::1",
        "[2001:db8::1]x",
        "[2001:db8::1]:",
        "[192.0.2.1]",
        "192.0.2.1/32",
        "\"192.0.2.1\"",
        "[]",
        "[",
        ":",
        "::1%lo",
        "_a b",
        "192.0.2.1 x",
        "unix",
        "x, 10.0.0.2",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        assert_string_equal(plain("10.0.0.1", good[i][0]), good[i][1]);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const char *got = plain("10.0.0.1", wrong[i]);
        if (strcmp(got, "what a proxy forwarded it for is no address") != 0)
            fail_msg("%s: %s", wrong[i], got);
    }
}

static void by_rfc_7239(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        { "for=192.0.2.1", "192.0.2.1" },
        { "For=\"192.0.2.1:80\";proto=https;by=_x", "192.0.2.1" },
        { "for=1.1.1.1, for=192.0.2.1, for=10.0.0.2", "192.0.2.1" },
        { "for=\"[2001:db8::1]\"", "2001:db8::1" },
        { "for=\"[2001:db8::1]:80\" ; proto=http", "2001:db8::1" },
        { "host=\"a,b;for=1.1.1.1\";for=192.0.2.1", "192.0.2.1" },
        { "for=unknown", "10.0.0.1" },
        { "for=_gazonk", "10.0.0.1" },
        { "for=192.0.2.1, proto=https", "10.0.0.1" },
        { ";for=192.0.2.1;,,", "192.0.2.1" },
        { "for=192.0.2.1;", "192.0.2.1" },
        { "", "10.0.0.1" },
    };
    static const char *const form[] = {
        "192.0.2.1",
        "for",
        "for=",
        "=x",
        "for=\"192.0.2.1",
        "for=\"a\\\"b\"",
        "for=192.0.2.1 x",
        "for=192.0.2.1;for=192.0.2.2",
        "for=[::1]",
        "for=192.0.2.1:80",
        "for =x",
        "for= x",
        "for=\"\"",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        assert_string_equal(rfc(good[i][0]), good[i][1]);
    for (size_t i = 0; i < COUNT(form); i++) {
        const char *got = rfc(form[i]);
        if (strstr(got, "Forwarded") == NULL)
            fail_msg("%s: %s", form[i], got);
    }
    assert_string_equal(rfc("for=\"2001:db8::1\""), "what a proxy forwarded it for is no address");
    assert_string_equal(rfc("for=x"), "what a proxy forwarded it for is no address");
}

static void many(void **state)
{
    (void)state;
    struct buf line = { 0 };
    for (int i = 0; i < 5000; i++)
        buf_adds(&line, "1.1.1.1,");
    size_t n = line.n;
    buf_adds(&line, "192.0.2.1");
    for (int i = 0; i < FORWARDED_MOST - 1; i++)
        buf_adds(&line, ",10.0.0.2");
    assert_string_equal(plain("10.0.0.1", buf_str(&line)), "192.0.2.1");
    assert_string_equal(plain("10.0.0.1", buf_str(&line) + n), "192.0.2.1");
    buf_adds(&line, ",10.0.0.2");
    assert_string_equal(plain("10.0.0.1", buf_str(&line)), "too many proxies forwarded it");
    buf_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_that_is_no_proxy),
        cmocka_unit_test(nobody_else_is_believed),
        cmocka_unit_test(ways_to_write_it),
        cmocka_unit_test(by_rfc_7239),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
