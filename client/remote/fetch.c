#include "client/remote/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "client/base/say.h"
#include "client/remote/retry.h"
#include "proto/base/http_body.h"
#include "proto/base/limits.h"
#include "proto/net/listening.h"
#include "proto/net/tls_client.h"
#include "proto/sys/files.h"

struct fetcher {
    CURL *curl;
    char *base;
    struct log_reader reader;
    bool asked[PATH_CLASSES]; /* for a token, by an answer 401 */
    bool unknown;             /* the log did not say where the reader is enrolled */
    struct answer open;       /* to the last question where that is */
    bool in_the_clear;        /* the last exchange was given up: its token would have gone so */
    long limit;               /* seconds an exchange, or 0 */
    bool no_hanging, hung;
    struct tls_seen seen; /* of its last connection */
    struct buf packed;    /* reused */
};

static bool on_this_machine(const char *url)
{
    static const char *const hosts[] = { "://127.", "://localhost", "://[::1]" };
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strstr(url, hosts[i]) != NULL)
            return true;
    return false;
}

struct fetcher *fetcher_new(const char *base)
{
    static bool started; /* most commands never need the network */
    struct fetcher *f = kept(calloc(1, sizeof *f));
    if (f == NULL)
        return NULL;
    started = started || curl_global_init(CURL_GLOBAL_DEFAULT) == 0;
    f->curl = started ? curl_easy_init() : NULL;
    f->base = strdup(base);
    if (f->curl == NULL || f->base == NULL) {
        lost(ENOMEM);
        fetcher_free(f);
        return NULL;
    }
    for (size_t n = strlen(f->base); n > 0 && f->base[n - 1] == '/'; n--)
        f->base[n - 1] = 0;
    return f;
}

void fetcher_free(struct fetcher *f)
{
    if (f == NULL)
        return;
    curl_easy_cleanup(f->curl);
    free(f->base);
    buf_free(&f->packed);
    free(f);
}

struct sink {
    struct buf *body; /* as it comes: packed, maybe */
    size_t start, max;
    size_t head; /* bytes of header and trailer lines */
};

static size_t receive(char *p, size_t size, size_t n, void *ctx)
{
    struct sink *s = ctx;
    size_t room = gzip_longest(s->max) + 1 - (s->body->n - s->start);
    size_t take = size * n < room ? size * n : room;
    buf_add(s->body, p, take);
    if (s->body->failed)
        return 0; /* ends the transfer */
    return take;  /* less than offered ends the transfer: it is too large already */
}

/* Of the whole process, as it decides how that ends. */
static atomic_bool token_withheld; /* of any thread */

enum outcome fetch_outcome(enum outcome outcome)
{
    return atomic_load(&token_withheld) ? OUTCOME_USAGE : outcome;
}

/* Called when there is a connection, a kept one too, and nothing of the request was sent. The
 * address is the one that is connected: a name that leads elsewhere the next time changes
 * nothing. */
// NOLINTNEXTLINE(readability-non-const-parameter): as libcurl calls it
static int before_token(void *ctx, char *address, char *own, int port, int own_port)
{
    struct fetcher *f = ctx;
    (void)own, (void)port, (void)own_port;
    f->in_the_clear = !loopback_text(address);
    return f->in_the_clear ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static void guard_token(struct fetcher *f, const char *url)
{
    if (strncasecmp(url, "https://", strlen("https://")) == 0)
        return;
    curl_easy_setopt(f->curl, CURLOPT_PREREQFUNCTION, before_token);
    curl_easy_setopt(f->curl, CURLOPT_PREREQDATA, f);
    curl_easy_setopt(f->curl, CURLOPT_PROXY, "");
}

/* Whether any exchange is to go on, and who says so. */
static struct {
    bool (*ask)(void *ctx);
    void *ctx;
} going_on;

void fetch_while(bool (*go_on)(void *ctx), void *ctx)
{
    going_on.ask = go_on;
    going_on.ctx = ctx;
}

static int tick(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)ctx, (void)a, (void)b, (void)c, (void)d;
    return going_on.ask(going_on.ctx) ? 0 : 1; /* which ends the exchange */
}

static void prepare(struct fetcher *f, const char *url, struct sink *sink)
{
    CURL *c = f->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
    /* A server that hangs, or drips, is given up on; a slow line still gets the largest file. */
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 40L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, f->limit > 0 ? f->limit : (long)(60 + sink->max / 65536));
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, sink);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, head_count);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &sink->head);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "bitacora");
    if (going_on.ask != NULL) {
        curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, tick);
    }
    if (on_this_machine(url))
        curl_easy_setopt(c, CURLOPT_PROXY, "");
    tls_client_set(c, &f->reader.tls);
    tls_client_watch(c, &f->seen);
}

static bool type_acceptable(const char *type)
{
    static const char *const types[] = { "text/plain", "application/octet-stream",
                                         "binary/octet-stream", "application/json",
                                         "application/problem+json" };
    if (type == NULL)
        return true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t n = strlen(types[i]);
        if (strncasecmp(type, types[i], n) == 0 && strchr(" ;", type[n]) != NULL)
            return true;
    }
    return false;
}

/* ---- what came ------------------------------------------------------------------------------- */

static enum reason reason_of(CURL *curl, CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return REASON_NET_HOST;
    case CURLE_COULDNT_CONNECT:
        return REASON_NET_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return REASON_NET_TIME;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return REASON_NET_CUT;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: /* an answer without a status line, too */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
        return REASON_NET_HTTP;
    default:
        return tls_client_reason(curl, code);
    }
}

/* Says once, in each thread, which certificate it is that a server was refused for. */
static void say_certificate(const struct fetcher *f, enum reason why)
{
    static _Thread_local char said[160];
    struct buf words = { 0 };
    bool about = why == REASON_NET_CERTIFICATE || why == REASON_NET_CERT_EXPIRED ||
                 why == REASON_NET_CERT_EARLY || why == REASON_NET_CERT_HOST ||
                 why == REASON_NET_CERT_ISSUER;
    if (!about || !f->seen.there || strcmp(said, f->seen.subject) == 0)
        return;
    snprintf(said, sizeof said, "%s", f->seen.subject);
    tls_seen_words(&words, &f->seen, &f->reader.tls);
    say("%s: %s", f->base, kept_text(&words));
    buf_free(&words);
}

/* No answer, or not a whole one. */
static void fail(struct fetcher *f, CURLcode code, const struct sink *sink, struct answer *out)
{
    *out = (struct answer){ .why = reason_of(f->curl, code) };
    if (sink->body->failed)
        out->why = REASON_MEMORY;
    else if (sink->head > HEAD_BYTES_MAX)
        out->why = REASON_NET_HEADERS;
    else if (f->in_the_clear)
        out->why = REASON_NET_PLAINTEXT;
    else if (out->why == REASON_NET_OTHER)
        snprintf(out->about, sizeof out->about, "libcurl %d", (int)code);
    say_certificate(f, out->why);
    if (f->in_the_clear)
        atomic_store(&token_withheld, true);
    f->hung = f->hung || code == CURLE_OPERATION_TIMEDOUT;
}

static void unacceptable(struct answer *out, enum reason why, const char *name, const char *value)
{
    out->acceptable = false;
    out->why = why;
    snprintf(out->about, sizeof out->about, "%s%s", name, value);
}

/* Puts what the body holds in its place. */
static void unpack(struct fetcher *f, const struct sink *sink, struct answer *out)
{
    struct buf *body = sink->body;
    char cap[24];
    buf_clear(&f->packed);
    buf_add(&f->packed, body->p + sink->start, body->n - sink->start);
    body->n = sink->start;
    enum gzip result =
        f->packed.failed ? GZIP_MEMORY : gzip_unpack(body, buf_span(&f->packed), sink->max);
    snprintf(cap, sizeof cap, "%zu", sink->max);
    if (result == GZIP_MEMORY)
        unacceptable(out, REASON_MEMORY, "", "");
    else if (result == GZIP_TOO_LARGE)
        unacceptable(out, REASON_NET_GZIP_LARGE, "> ", cap);
    else if (result == GZIP_DAMAGED)
        unacceptable(out, REASON_NET_GZIP, "", "");
}

/* The answer's Content-Encoding: its own value, or "several" if it says more than one. */
static const char *content_encoding(struct fetcher *f)
{
    struct curl_header *h;
    if (curl_easy_header(f->curl, "Content-Encoding", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return NULL;
    return h->amount == 1 ? h->value : "several";
}

/* What says itself that it is not the file is not taken for the file. */
static void take_body(struct fetcher *f, const struct sink *sink, struct answer *out)
{
    const char *value = content_encoding(f);
    switch (encoding_of(value)) {
    case ENCODING_NONE:
        if (sink->body->n - sink->start > sink->max)
            sink->body->n = sink->start + sink->max + 1;
        break;
    case ENCODING_GZIP:
        unpack(f, sink, out);
        break;
    case ENCODING_OTHER:
        sink->body->n = sink->start;
        unacceptable(out, REASON_NET_ENCODING, "Content-Encoding: ", value);
        break;
    }
}

static void perform(struct fetcher *f, struct sink *sink, struct answer *out)
{
    curl_off_t retry_after = 0;
    const char *type = NULL;
    CURLcode code = curl_easy_perform(f->curl);
    bool too_large = sink->body->n - sink->start > gzip_longest(sink->max);
    if (code != CURLE_OK && !too_large) {
        sink->body->n = sink->start;
        fail(f, code, sink, out);
        return;
    }
    *out = (struct answer){ .acceptable = true };
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(f->curl, CURLINFO_RETRY_AFTER, &retry_after);
    out->retry_after = retry_after < RETRY_AFTER_MOST ? (long)retry_after : RETRY_AFTER_MOST;
    snprintf(out->type, sizeof out->type, "%s", type == NULL ? "" : type);
    if (!type_acceptable(type))
        unacceptable(out, REASON_NET_TYPE, "Content-Type: ", type);
    take_body(f, sink, out);
}

void answer_refusal(const struct answer *a, const char *place, struct refusal *why)
{
    char subject[256], status[32];
    bool other = a->status != 0 && a->status != 200;
    snprintf(status, sizeof status, "HTTP %ld", a->status);
    const char *about = other ? status : a->about;
    snprintf(subject, sizeof subject, *about == 0 ? "%s" : "%s (%s)", place, about);
    refuse(why,
           !other                                ? a->why
           : a->status >= 300 && a->status < 400 ? REASON_NET_REDIRECT
           : a->status == 401                    ? REASON_NET_TOKEN
                                                 : REASON_NET_STATUS,
           subject);
}

void fetch_as(struct fetcher *f, const struct log_reader *reader)
{
    f->reader = *reader;
    f->unknown = false;
}

void fetch_limit(struct fetcher *f, long seconds)
{
    f->limit = seconds;
}

void fetch_no_hanging(struct fetcher *f)
{
    f->no_hanging = true;
    f->hung = false;
}

/* What is sent, if anything. */
struct upload {
    const char *method;
    const char *type; /* its header line */
    struct span bytes;
};

/* Adds a header line. Returns false, the list freed, if there is no memory. */
static bool add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer == NULL)
        curl_slist_free_all(*headers);
    *headers = longer;
    return longer != NULL;
}

/* Adds a token for that request. Returns false, the list freed, if there is no memory. */
static bool add_token(struct curl_slist **headers, const struct fetcher *f, const char *method,
                      const char *path)
{
    struct buf line = { 0 };
    buf_adds(&line, "Authorization: Bearer ");
    log_reader_token(&line, &f->reader, method, path);
    bool failed = line.failed;
    const char *text = kept_text(&line);
    if (!failed)
        failed = !add_header(headers, text);
    else
        curl_slist_free_all(*headers);
    buf_free(&line);
    return !failed;
}

/* The headers of a request; NULL if there is no memory. */
static struct curl_slist *headers_of(const struct fetcher *f, const struct upload *up,
                                     const char *path, bool token)
{
    struct curl_slist *headers = NULL;
    bool good =
        add_header(&headers, "Accept-Encoding: gzip, identity") &&
        (up == NULL || (add_header(&headers, up->type) && add_header(&headers, "Expect:"))) &&
        (language_get() != LANGUAGE_ES || add_header(&headers, "Accept-Language: es")) &&
        (!token || add_token(&headers, f, up == NULL ? "GET" : up->method, path));
    return good ? headers : NULL;
}

static void exchange(struct fetcher *f, const char *path, const struct upload *up, bool token,
                     struct sink *sink, struct answer *out)
{
    if (f->no_hanging && f->hung) {
        *out = (struct answer){ .why = REASON_NET_HUNG };
        return;
    }
    struct curl_slist *headers = headers_of(f, up, path, token);
    char *url = path_join(f->base, path);
    if (headers != NULL && url != NULL) {
        prepare(f, url, sink);
        f->in_the_clear = false;
        if (token)
            guard_token(f, url);
        if (up != NULL) {
            curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)up->bytes.n);
            curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, (const char *)up->bytes.p);
            curl_easy_setopt(f->curl, CURLOPT_CUSTOMREQUEST, up->method);
        }
        curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers);
        perform(f, sink, out);
        curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, NULL);
    } else {
        *out = (struct answer){ .why = REASON_MEMORY };
    }
    if (out->why == REASON_MEMORY) /* which a caller may take for the silence of a server */
        lost(ENOMEM);
    curl_slist_free_all(headers);
    free(url);
}

/* ---- tokens ---------------------------------------------------------------------------------- */

/* A log_reader_get_fn. */
static int get_open(void *ctx, const char *path, size_t max, struct buf *body)
{
    struct sink sink = { .body = body, .max = max };
    struct fetcher *f = ctx;
    exchange(f, path, NULL, false, &sink, &f->open);
    return f->open.status == 200 && f->open.acceptable && !body->failed && body->n <= max ? 0 : -1;
}

/* Whether the reader can show a token. *later: not yet, as f->open may be answered well later. */
static bool knows_reader(struct fetcher *f, bool *later)
{
    *later = false;
    if (f->reader.key == NULL || f->unknown)
        return false;
    if (log_reader_find(&f->reader, get_open, f) == 0)
        return true;
    *later = answer_may_come(&f->open);
    f->unknown = !*later;
    if (f->unknown)
        say(TR("the log asks for a token, and does not say where %s is enrolled",
               "la bitácora pide un token, y no dice dónde está dada de alta %s"),
            f->reader.key->vkey.name);
    return false;
}

/* A log that is open to everybody is not told who reads, but for blobs: of these whoever knows where
 * he is enrolled shows a token at once. */
static void request(struct fetcher *f, const char *path, const struct upload *up, size_t max,
                    struct buf *body, struct answer *out)
{
    struct sink sink = { .body = body, .start = body->n, .max = max };
    enum path_class class = path_class_of(path);
    bool wanted = f->asked[class] || (class == PATH_BLOB && f->reader.known);
    bool later = false, token = wanted && knows_reader(f, &later);
    exchange(f, path, up, token, &sink, out);
    if (out->status != 401 || token || class == PATH_OPEN)
        return;
    bool known = knows_reader(f, &later);
    if (known || later)
        body->n = sink.start;
    if (later)
        *out = f->open;
    if (!known)
        return;
    f->asked[class] = true;
    sink.head = 0;
    exchange(f, path, up, true, &sink, out);
}

void fetch_get(struct fetcher *f, const char *path, size_t max, struct buf *body,
               struct answer *out)
{
    request(f, path, NULL, max, body, out);
}

void fetch_post(struct fetcher *f, const char *path, struct span bytes, size_t max,
                struct buf *body, struct answer *out)
{
    static const char type[] = "Content-Type: text/plain; charset=utf-8";
    struct upload up = { .method = "POST", .type = type, .bytes = bytes };
    request(f, path, &up, max, body, out);
}

void fetch_put(struct fetcher *f, const char *path, struct span bytes, size_t max, struct buf *body,
               struct answer *out)
{
    static const char type[] = "Content-Type: application/octet-stream";
    struct upload up = { .method = "PUT", .type = type, .bytes = bytes };
    request(f, path, &up, max, body, out);
}
