/* proto/http_framing: which requests end beyond doubt, and why others do not. */
#include "proto/base/http_framing.h"
#include "tests/unit/fixture.h"

/* All at once, and byte by byte: the same. Returns the cause. */
static const char *judge(const char *bytes, size_t n, uint64_t complete)
{
    struct http_framing whole = { .complete = 0 }, drip = { .complete = 0 };
    http_framing_feed(&whole, span_of(bytes, n));
    for (size_t i = 0; i < n; i++)
        http_framing_feed(&drip, span_of(bytes + i, 1));
    assert_int_equal(whole.complete, complete);
    assert_int_equal(drip.complete, complete);
    assert_ptr_equal(whole.cause, drip.cause);
    return whole.cause;
}

#define JUDGE(text, complete) judge(text, sizeof text - 1, complete)
#define GET "GET /x HTTP/1.1\r\nHost: a\r\n"
#define POST "POST /x HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static void what_ends_beyond_doubt_is_counted(void **state)
{
    (void)state;
    assert_null(JUDGE(GET "\r\n", 1));
    assert_null(JUDGE(GET, 0));
    assert_null(JUDGE("GET / HTTP/1.0\r\n\r\n", 1));
    assert_null(JUDGE(GET "\r\n" GET "\r\n" GET, 2));
    assert_null(JUDGE(GET "X-Y_z: \t\x80 \xff \t\r\nEmpty:\r\n\r\n", 1));
    assert_null(JUDGE(POST "Content-Length: 3\r\n\r\nabc" GET "\r\n", 2));
    assert_null(JUDGE(POST "content-LENGTH:03\t \r\n\r\nab", 0));
    assert_null(JUDGE("HEAD / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 1));
    assert_null(JUDGE(CHUNKED "5\r\nabcde\r\n0000000F\r\n\r\n\r\n0123456789\n\r\n0\r\n\r\n", 1));
    assert_null(JUDGE(CHUNKED "a\r\n0123456789\r\n0\r\n\r\n" GET "\r\n", 2));
    assert_null(JUDGE(POST "Transfer-Encoding: \tChunked \r\n\r\n0\r\n\r\n", 1));
}

static const struct {
    const char *text;
    size_t n;
} ambiguous[] = {
#define BAD(text)                                                                                  \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }
    BAD("GET / HTTP/1.1\n"),
    BAD("GET / HTTP/1.1\rHost: a\r\n"),
    BAD("\r\nGET / HTTP/1.1\r\n"),
    BAD("GET / HTTP/1.1 \r\n"),
    BAD("GET  / HTTP/1.1\r\n"),
    BAD(" GET / HTTP/1.1\r\n"),
    BAD("GET /\r\n"),
    BAD("GET / HTTP/2.0\r\n"),
    BAD("GET / HTTP/1.10\r\n"),
    BAD("GET /\t HTTP/1.1\r\n"),
    BAD("GET /\x80 HTTP/1.1\r\n"),
    BAD("G\0T / HTTP/1.1\r\n"),
    BAD("G(T / HTTP/1.1\r\n"),
    BAD(GET "X\r\n"),
    BAD(GET ": a\r\n"),
    BAD(GET "X : a\r\n"),
    BAD(GET "X\t: a\r\n"),
    BAD(GET "X: a\r\n b: c\r\n"),
    BAD(GET "X: a\r\n\tb\r\n"),
    BAD(GET " X: a\r\n"),
    BAD(GET "X: a\0b\r\n"),
    BAD(GET "X\0: a\r\n"),
    BAD(GET "X: a\x7f\r\n"),
    BAD(GET "X: a\nY: b\r\n"),
    BAD(GET "X: a\rb\r\n"),
    BAD(GET "X(: a\r\n"),
    BAD(GET "Host: b\r\n\r\n"),
    BAD(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n"),
    BAD(POST "Content-Length: 3\r\ncontent-length: 4\r\n\r\n"),
    BAD(POST "Content-Length: 3, 3\r\n"),
    BAD(POST "Content-Length: +3\r\n"),
    BAD(POST "Content-Length: -3\r\n"),
    BAD(POST "Content-Length: 0x3\r\n"),
    BAD(POST "Content-Length: 3 3\r\n"),
    BAD(POST "Content-Length: \r\n"),
    BAD(POST "Content-Length: 3.0\r\n"),
    BAD(POST "Content-Length: 10000000000000000\r\n"),
    BAD(POST "Content-Length: 000000000000000000000000000000000000000000000000000003\r\n"),
    BAD(POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
    BAD(POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    BAD(POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"),
    BAD(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
    BAD(POST "Transfer-Encoding: gzip, chunked\r\n"),
    BAD(POST "Transfer-Encoding: chunked, chunked\r\n"),
    BAD(POST "Transfer-Encoding: identity\r\n"),
    BAD(POST "Transfer-Encoding: xchunked\r\n"),
    BAD(POST "Transfer-Encoding: \x0b"
             "chunked\r\n"),
    BAD("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    BAD("HEAD / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"),
    BAD("TRACE / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    BAD("CONNECT / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"),
    BAD(CHUNKED "0x5\r\n"),
    BAD(CHUNKED " 5\r\n"),
    BAD(CHUNKED "5 \r\n"),
    BAD(CHUNKED "+5\r\n"),
    BAD(CHUNKED "-5\r\n"),
    BAD(CHUNKED "\r\n"),
    BAD(CHUNKED "5;a=b\r\n"),
    BAD(CHUNKED "5\n"),
    BAD(CHUNKED "g\r\n"),
    BAD(CHUNKED "\0\r\n"),
    BAD(CHUNKED "000000001\r\n"),
    BAD(CHUNKED "1\r\nab\r\n"),
    BAD(CHUNKED "1\r\na\n"),
    BAD(CHUNKED "0\r\nX: a\r\n\r\n"),
    BAD(CHUNKED "0\r\n\n"),
#undef BAD
};

static void what_others_may_read_otherwise_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ambiguous); i++) {
        if (judge(ambiguous[i].text, ambiguous[i].n, 0) == NULL)
            fail_msg("taken: %zu", i);
    }
}

static void nothing_counts_behind_what_is_refused(void **state)
{
    (void)state;
    assert_non_null(JUDGE(GET "\r\n" GET "X : a\r\n\r\n" GET "\r\n", 1));
    assert_non_null(JUDGE(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n" GET "\r\n", 0));
}

/* Byte 0x10 has the low bits of '0', and 0x1a with the bit for lower case is ':'. */
static void every_byte_of_a_chunks_size_is_judged(void **state)
{
    char text[] = CHUNKED "?\r\n";
    (void)state;
    for (int c = 0; c < 256; c++) {
        text[sizeof text - 4] = (char)c;
        struct http_framing f = { .complete = 0 };
        http_framing_feed(&f, span_of(text, sizeof text - 1));
        bool digit = c != 0 && strchr("0123456789abcdefABCDEF", c) != NULL;
        assert_true((f.cause == NULL) == digit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ends_beyond_doubt_is_counted),
        cmocka_unit_test(what_others_may_read_otherwise_is_refused),
        cmocka_unit_test(nothing_counts_behind_what_is_refused),
        cmocka_unit_test(every_byte_of_a_chunks_size_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
