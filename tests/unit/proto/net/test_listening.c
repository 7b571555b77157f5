#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "proto/net/listening.h"

static const struct listening_options any = { .where = "127.0.0.1:0", .backlog = 8 };

struct server {
    struct event_base *base;
    struct evhttp *http;
};

static struct server open_server(void)
{
    struct server s = { .base = event_base_new() };
    assert_non_null(s.base);
    s.http = evhttp_new(s.base);
    assert_non_null(s.http);
    return s;
}

static void close_server(struct server *s)
{
    evhttp_free(s->http);
    event_base_free(s->base);
}

static enum listening_result result_of(const char *where, char url[static 320])
{
    struct listening l = { 0 };
    struct server s = open_server();
    const struct listening_options options = { .where = where, .backlog = 8 };
    enum listening_result result = listening_open(&l, s.base, s.http, &options);
    int cause = errno;
    memcpy(url, l.url, 320);
    listening_close(&l);
    assert_null(l.listener);
    close_server(&s);
    errno = cause;
    return result;
}

static void is_no_address(const char *where)
{
    char url[320];
    if (result_of(where, url) != LISTENING_NO_ADDRESS)
        fail_msg("'%s' was taken for an address", where);
}

static void what_is_not_host_and_port_is_refused(void **state)
{
    (void)state;
    is_no_address("");
    is_no_address("127.0.0.1");
    is_no_address("8420");
    is_no_address(":8420");
    is_no_address("127.0.0.1:");
    is_no_address("127.0.0.1:http");
    is_no_address("127.0.0.1:-1");
    is_no_address("127.0.0.1: 80");
    is_no_address("127.0.0.1:80 ");
    is_no_address("127.0.0.1:0x50");
    is_no_address("127.0.0.1:65536"); /* getaddrinfo() would take it for 0 */
    is_no_address("127.0.0.1:18446744073709551616");
    is_no_address("[]:80");
    char longest[1200];
    memset(longest, '1', sizeof longest);
    strcpy(longest + sizeof longest - 4, ":80");
    is_no_address(longest);
}

static void port_0_is_a_free_one(void **state)
{
    (void)state;
    char url[320];
    assert_int_equal(result_of("127.0.0.1:0", url), LISTENING_OPEN);
    assert_int_equal(strncmp(url, "http://127.0.0.1:", 17), 0);
    assert_true(url[17] >= '1' && url[17] <= '9');
}

/* A machine may be without IPv6: it is an address there, too. */
static void brackets_hold_an_ipv6_address(void **state)
{
    (void)state;
    char url[320];
    enum listening_result result = result_of("[::1]:0", url);
    if (result == LISTENING_OPEN)
        assert_int_equal(strncmp(url, "http://[::1]:", 13), 0);
    else
        assert_int_equal(result, LISTENING_FAILED);
}

static void a_port_that_is_taken_fails(void **state)
{
    (void)state;
    char url[320];
    struct listening first = { 0 };
    struct server s = open_server();
    assert_int_equal(listening_open(&first, s.base, s.http, &any), LISTENING_OPEN);
    assert_int_equal(result_of(first.url + strlen("http://"), url), LISTENING_FAILED);
    assert_int_equal(errno, EADDRINUSE);
    listening_close(&first);
    close_server(&s);
}

static void a_pause_ends_unless_it_is_crowded(void **state)
{
    (void)state;
    struct listening l = { 0 };
    listening_pause(&l); /* closed: harmless */
    assert_false(l.paused);
    struct server s = open_server();
    assert_int_equal(listening_open(&l, s.base, s.http, &any), LISTENING_OPEN);
    listening_pause(&l);
    assert_true(l.paused);
    assert_int_equal(l.pauses, 1);
    listening_resume(&l, true);
    assert_true(l.paused);
    listening_resume(&l, false);
    assert_false(l.paused);
    listening_close(&l);
    listening_close(&l); /* twice: harmless */
    close_server(&s);
}

static void said(int severity, const char *message)
{
    (void)severity;
    loop_said(message);
}

/* The kernel watches no regular file. */
static void a_loop_that_cannot_watch_is_deaf(void **state)
{
    struct event_base *base = event_base_new();
    int fd = open("/proc/self/exe", O_RDONLY);
    struct event *e = event_new(base, fd, EV_READ, NULL, NULL);
    (void)state;
    assert_true(fd >= 0);
    event_set_log_callback(said);
    loop_said("Error from accept() call: Too many open files");
    assert_false(loop_is_deaf());
    assert_int_equal(event_add(e, NULL), -1);
    assert_true(loop_is_deaf());
    event_set_log_callback(NULL);
    event_free(e);
    event_base_free(base);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_host_and_port_is_refused),
        cmocka_unit_test(port_0_is_a_free_one),
        cmocka_unit_test(brackets_hold_an_ipv6_address),
        cmocka_unit_test(a_port_that_is_taken_fails),
        cmocka_unit_test(a_pause_ends_unless_it_is_crowded),
        cmocka_unit_test(a_loop_that_cannot_watch_is_deaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
