/* address.h: what an address is, and which networks hold it. */
#include "daemon/host/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "tests/unit/fixture.h"

static struct address of(const char *text)
{
    struct address a;
    if (address_parse(&a, span_str(text)) != 0)
        fail_msg("no address: %s", text);
    return a;
}

static void texts(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        { "192.0.2.1", "192.0.2.1" },
        { "::ffff:192.0.2.1", "192.0.2.1" },
        { "2001:DB8::0:1", "2001:db8::1" },
        { "::", "::" },
    };
    static const char *const wrong[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4:80",
        "01.2.3.4",
        "256.1.1.1",
        "[::1]",
        "fe80::1%lo",
        " 1.2.3.4",
        "1.2.3.4 ",
        "unknown",
        "unix",
        ":::",
        "127.1",
        "0x7f.0.0.1",
        "::1/128",
        "1:2:3:4:5:6:7:8:9",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };
    char text[ADDRESS_TEXT_MAX];
    struct address a;
    for (size_t i = 0; i < COUNT(good); i++) {
        a = of(good[i][0]);
        address_text(text, &a);
        assert_string_equal(text, good[i][1]);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (address_parse(&a, span_str(wrong[i])) == 0)
            fail_msg("an address: %s", wrong[i]);
    assert_int_equal(address_parse(&a, span_of((const uint8_t *)"1.2.3.4\0", 8)), -1);
}

static void sockets(void **state)
{
    (void)state;
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct address a, b;
    inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
    inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6.sin6_addr);
    address_of(&a, (struct sockaddr *)&v4);
    address_of(&b, (struct sockaddr *)&v6);
    assert_memory_equal(&a, &b, sizeof a); /* one and the same, on whichever socket */
    address_of(&a, (struct sockaddr *)&local);
    assert_int_equal(a.kind, ADDRESS_UNIX);
    assert_true(address_is_local(&a));
    static const char *const far[] = { "128.0.0.1", "126.255.255.255", "::2", "::", "10.0.0.1" };
    for (size_t i = 0; i < COUNT(far); i++) {
        a = of(far[i]);
        assert_false(address_is_local(&a));
    }
    a = of("127.255.0.9");
    assert_true(address_is_local(&a));
    a = of("::1");
    assert_true(address_is_local(&a));
}

static void widens(void **state)
{
    (void)state;
    struct address a = of("2001:db8:1:2:3:4:5:6"), b = of("2001:db8:1:2::"), c = of("10.0.0.1"),
                   d = c;
    address_widen(&a);
    assert_memory_equal(&a, &b, sizeof a);
    address_widen(&c);
    assert_memory_equal(&c, &d, sizeof c);
}

static void lists(void **state)
{
    (void)state;
    struct address_list list;
    struct span wrong;
    struct address a;
    static const char *const in[] = { "10.255.0.1", "192.0.2.7", "::ffff:10.1.2.3",
                                      "2001:db8:ff::1", "::1" };
    static const char *const out[] = { "11.0.0.0", "192.0.2.8", "::2", "2001:db9::", "::a00:1" };
    assert_int_equal(
        address_list_parse(&list, span_str(" 10.0.0.0/8,192.0.2.7, 2001:db8::/32\t,::1 ,"), &wrong),
        0);
    assert_int_equal(list.count, 4);
    for (size_t i = 0; i < COUNT(in); i++) {
        a = of(in[i]);
        if (!address_list_has(&list, &a))
            fail_msg("not in the list: %s", in[i]);
    }
    for (size_t i = 0; i < COUNT(out); i++) {
        a = of(out[i]);
        if (address_list_has(&list, &a))
            fail_msg("in the list: %s", out[i]);
    }
    a = (struct address){ .kind = ADDRESS_UNIX };
    assert_false(address_list_has(&list, &a));
    assert_int_equal(address_list_parse(&list, span_str("unix"), &wrong), 0);
    assert_true(address_list_has(&list, &a));
    a = of("::");
    assert_false(address_list_has(&list, &a));
    a = (struct address){ .kind = ADDRESS_NONE };
    assert_false(address_list_has(&list, &a));
    assert_int_equal(address_list_parse(&list, span_str("0.0.0.0/0"), &wrong), 0);
    a = of("::1");
    assert_false(address_list_has(&list, &a));
}

static void wrong_lists(void **state)
{
    (void)state;
    struct address_list list;
    struct span wrong;
    static const char *const bad[] = {
        "10.0.0.0/33", "10.0.0.1/8",  "::/129",    "2001:db8::1/32", "10.0.0.0/",
        "10.0.0.0/-1", "10.0.0.0/08", "localhost", "10.0.0.0/8/8",   "10.0.0.1;10.0.0.2",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        char text[80];
        snprintf(text, sizeof text, "::1, %s, ::2", bad[i]);
        assert_int_equal(address_list_parse(&list, span_str(text), &wrong), -1);
        assert_true(span_is(wrong, bad[i]));
    }
    char many[ADDRESS_LIST_MAX * 4 + 8] = "";
    for (int i = 0; i < ADDRESS_LIST_MAX; i++)
        strcat(many, "::1 ");
    assert_int_equal(address_list_parse(&list, span_str(many), &wrong), 0);
    strcat(many, "::2");
    assert_int_equal(address_list_parse(&list, span_str(many), &wrong), -1);
    assert_true(span_is(wrong, "::2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts), cmocka_unit_test(sockets),     cmocka_unit_test(widens),
        cmocka_unit_test(lists), cmocka_unit_test(wrong_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
