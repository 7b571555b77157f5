#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "proto/net/listening.h"

static bool address_of(const char *text)
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return loopback_address((const struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return loopback_address((const struct sockaddr *)&six);
}

static void addresses_of_this_machine_are(void **state)
{
    static const char *const ours[] = {
        "127.0.0.1", "127.0.0.0",       "127.255.255.255",  "127.9.8.7",
        "::1",       "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:127.1.2.3"
    };
    (void)state;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (!address_of(ours[i]) || !loopback_text(ours[i]))
            fail_msg("%s is not taken for ours", ours[i]);
}

static void all_others_are_not(void **state)
{
    static const char *const others[] = {
        "0.0.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "1.0.0.127",
        "10.0.0.1",
        "192.0.2.2",
        "::",
        "::2",
        "fe80::1",
        "::127.0.0.1",
        "::ffff:128.0.0.1",
        "::ffff:0.0.0.0",
        "2001:db8::1",
        "1::1",
        "64:ff9b::127.0.0.1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (address_of(others[i]) || loopback_text(others[i]))
            fail_msg("%s is taken for ours", others[i]);
}

static void what_is_no_address_in_numbers_is_not(void **state)
{
    static const char *const texts[] = { "",      "localhost",   "127.1",        "[::1]",
                                         "127.0", "127.0.0.1:1", "127.0.0.1.mx", "2130706433",
                                         " ::1",  "127.0.0.1 ",  "0177.0.0.1" };
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (loopback_text(texts[i]))
            fail_msg("'%s' is taken for ours", texts[i]);
    assert_false(loopback_address((const struct sockaddr *)&local));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_this_machine_are),
        cmocka_unit_test(all_others_are_not),
        cmocka_unit_test(what_is_no_address_in_numbers_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
