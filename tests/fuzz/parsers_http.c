/* Fuzzers of HTTP: where requests end, for whom proxies ask, queries, packed bodies. */
#include <event2/http.h>
#include <stdlib.h>

#include "daemon/http/query.h"
#include "daemon/net/forwarded.h"
#include "proto/base/http_body.h"
#include "proto/base/http_framing.h"
#include "tests/fuzz/fuzz.h"

/* However the bytes of a connection are cut, the same requests end in the same places. The first
 * two bytes say where. */
void fuzz_http(struct span in)
{
    struct http_framing whole = { 0 }, cut = { 0 }, bytes = { 0 };
    if (in.n < 2)
        return;
    size_t step = 1 + in.p[0] % 64, first = in.p[1];
    in = span_of(in.p + 2, in.n - 2);
    http_framing_feed(&whole, in);
    for (size_t at = 0, n = first; at < in.n; at += n, n = step) {
        n = in.n - at < n ? in.n - at : n;
        http_framing_feed(&cut, span_of(in.p + at, n));
    }
    for (size_t i = 0; i < in.n; i++)
        http_framing_feed(&bytes, span_of(in.p + i, 1));
    if (whole.complete != cut.complete || whole.cause != cut.cause ||
        whole.complete != bytes.complete || whole.cause != bytes.cause || whole.at != bytes.at)
        abort();
}

/* Lines of a header behind a byte that says which. Whoever is no proxy is taken for himself, and
 * nobody for a proxy who is not the last one named. */
void fuzz_forwarded(struct span in)
{
    struct address_list trusted, list;
    struct forwarded_hops hops = { 0 };
    struct address peer, client, again;
    struct span wrong;
    const char *cause = NULL;
    char text[ADDRESS_TEXT_MAX];
    if (in.n == 0 || address_list_parse(&trusted, span_str("10.0.0.0/8, ::1"), &wrong) != 0 ||
        address_parse(&peer, span_str(in.p[0] & 2 ? "10.0.0.1" : "192.0.2.1")) != 0)
        return;
    enum forwarded_header form = in.p[0] & 1 ? FORWARDED_RFC_7239 : FORWARDED_FOR;
    in = span_of(in.p + 1, in.n - 1);
    (void)!address_list_parse(&list, in, &wrong);
    while (in.n > 0) {
        const uint8_t *end = memchr(in.p, '\n', in.n);
        size_t n = end == NULL ? in.n : (size_t)(end - in.p);
        if (forwarded_read(&hops, form, span_of(in.p, n), &cause) != 0 && cause == NULL)
            abort();
        n += end != NULL;
        in = span_of(in.p + n, in.n - n);
    }
    if (forwarded_client(&client, &peer, &hops, form, &trusted, &cause) != 0)
        return;
    address_text(text, &client);
    if (address_parse(&again, span_str(text)) != 0 || memcmp(&again, &client, sizeof again) != 0)
        abort();
    if (!address_list_has(&trusted, &peer) && memcmp(&peer, &client, sizeof peer) != 0)
        abort();
}

void fuzz_query(struct span in)
{
    static const char *const names[] = { "a", "warrant", "wait", NULL };
    struct evkeyvalq q;
    char *text = strndup((const char *)in.p, in.n);
    if (text == NULL)
        return;
    if (query_parse(&q, text, names) == 0)
        evhttp_clear_headers(&q);
    free(text);
}

void fuzz_gzip(struct span in)
{
    struct buf out = { 0 };
    const size_t most = 1 << 16;
    buf_adds(&out, "before");
    enum gzip r = gzip_unpack(&out, in, most);
    if (out.n > most + 6 || (r != GZIP_GOOD && out.n != 6))
        abort();
    buf_free(&out);
}
