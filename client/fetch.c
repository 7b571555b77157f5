#include "client/fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "client/files.h"
#include "client/say.h"

struct fetcher {
    CURL *curl;
    char *base;
    char *token; /* the whole header, or NULL */
    long limit;  /* seconds an exchange, or 0 */
    char error[CURL_ERROR_SIZE];
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
    if (!started && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        die_of_memory();
    started = true;
    struct fetcher *f = must(calloc(1, sizeof *f));
    f->curl = must(curl_easy_init());
    f->base = must(strdup(base));
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
    free(f->token);
    free(f);
}

struct sink {
    struct buf *body;
    size_t start, max;
};

static size_t receive(char *p, size_t size, size_t n, void *ctx)
{
    struct sink *s = ctx;
    size_t room = s->max + 1 - (s->body->n - s->start);
    size_t take = size * n < room ? size * n : room;
    buf_add(s->body, p, take);
    if (s->body->failed)
        die_of_memory();
    return take; /* less than offered ends the transfer: it is too large already */
}

static void prepare(struct fetcher *f, const char *url, struct sink *sink)
{
    CURL *c = f->curl;
    curl_easy_reset(c);
    f->error[0] = 0;
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->error);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
    /* A server that hangs, or drips, is given up on; a slow line still gets the largest file. */
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 40L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, f->limit > 0 ? f->limit : (long)(60 + sink->max / 65536));
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, sink);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "bitacora");
    if (on_this_machine(url))
        curl_easy_setopt(c, CURLOPT_PROXY, "");
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

static void perform(struct fetcher *f, const struct sink *sink, struct answer *out)
{
    curl_off_t retry_after = 0;
    const char *type = NULL;
    *out = (struct answer){ .error = "" };
    CURLcode code = curl_easy_perform(f->curl);
    bool too_large = sink->body->n - sink->start > sink->max;
    if (code != CURLE_OK && !too_large) {
        out->error = f->error[0] != 0 ? f->error : curl_easy_strerror(code);
        return;
    }
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(f->curl, CURLINFO_RETRY_AFTER, &retry_after);
    out->acceptable = type_acceptable(type);
    out->retry_after = (long)retry_after;
    snprintf(out->type, sizeof out->type, "%s", type == NULL ? "" : type);
}

void fetch_token(struct fetcher *f, const char *token)
{
    struct buf header = { 0 };
    free(f->token);
    f->token = NULL;
    if (token == NULL)
        return;
    buf_addf(&header, "Authorization: Bearer %s", token);
    f->token = must(strdup(buf_str(&header)));
    buf_free(&header);
}

void fetch_limit(struct fetcher *f, long seconds)
{
    f->limit = seconds;
}

/* What is sent, if anything. */
struct upload {
    const char *method;
    const char *type; /* its header line */
    struct span bytes;
};

static void request(struct fetcher *f, const char *path, const struct upload *up, size_t max,
                    struct buf *body, struct answer *out)
{
    struct sink sink = { .body = body, .start = body->n, .max = max };
    struct curl_slist *headers = NULL;
    char *url = path_join(f->base, path);
    prepare(f, url, &sink);
    if (up != NULL) {
        headers = must(curl_slist_append(NULL, up->type));
        headers = must(curl_slist_append(headers, "Expect:"));
        curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)up->bytes.n);
        curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, (const char *)up->bytes.p);
        curl_easy_setopt(f->curl, CURLOPT_CUSTOMREQUEST, up->method);
    }
    if (f->token != NULL)
        headers = must(curl_slist_append(headers, f->token));
    if (say_lang() == LANGUAGE_ES)
        headers = must(curl_slist_append(headers, "Accept-Language: es"));
    curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers);
    perform(f, &sink, out);
    curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    free(url);
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

void fetch_escape(struct buf *out, const char *text)
{
    char *escaped = must(curl_easy_escape(NULL, text, 0));
    buf_adds(out, escaped);
    curl_free(escaped);
}
