#include "client/monitor/webhook.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/base/lost.h"
#include "proto/base/buf.h"
#include "proto/base/http_body.h"
#include "proto/net/listening.h"
#include "proto/net/tls_client.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/sys/secret.h"

#define TAKES_AT_MOST 30L /* seconds */
#define ANSWER_MAX 65536  /* bytes that are read of an answer, and thrown away */
#define TOKEN_FILE_MAX 8192
#define PAUSE_MIN_MS 1000
#define PAUSE_MAX_MS (5 * 60 * 1000)
#define ASKED_MAX_S 3600 /* Retry-After */

struct webhook {
    struct webhook_options options;
    CURL *curl;
    unsigned tries; /* that failed, in a row */
    int64_t next;
    size_t head, body; /* bytes of the answer under way */
    bool in_the_clear; /* the request was given up: its token would have gone so */
    char why[160];     /* the last failure; "": the last try succeeded */
};

/* ---- opening --------------------------------------------------------------------------------- */

static bool is_https(const char *url)
{
    return strncasecmp(url, "https://", strlen("https://")) == 0;
}

/* What is in the URL may be a secret, and is not said. */
static enum outcome check_url(const char *url)
{
    CURLU *u = kept(curl_url());
    char *scheme = NULL, *host = NULL;
    if (u == NULL)
        return OUTCOME_UNDECIDED;
    bool good = curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host != 0 &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(u);
    return good ? OUTCOME_PROVEN
                : say_usage(TR("--post takes an http:// or https:// URL",
                               "--post lleva una URL http:// o https://"));
}

/* Appends the header line of the token. Returns 0; or -1 after having said why. */
static int read_token(const struct webhook *w, struct buf *out)
{
    struct buf file = { 0 };
    const char *path = w->options.token_file;
    enum file read = file_read_at_once(&file, path, TOKEN_FILE_MAX);
    size_t n = 0;
    while (n < file.n && file.p[n] > ' ' && file.p[n] < 0x7F)
        n++;
    bool good = read == FILE_OK && n > 0 && (n == file.n || file.p[n] == '\n' || file.p[n] == '\r');
    if (read != FILE_OK)
        say(TR("--post-token %s could not be read: %s", "no se pudo leer --post-token %s: %s"),
            path, file_cause(read));
    else if (!good)
        say(TR("--post-token %s: its first line must be the token, in visible ASCII characters",
               "--post-token %s: su primera línea debe ser el token, en caracteres ASCII visibles"),
            path);
    buf_adds(out, "Authorization: Bearer ");
    buf_add(out, file.p, good ? n : 0);
    buf_wipe(&file);
    return good ? 0 : -1;
}

static enum outcome check_token(const struct webhook *w)
{
    struct buf line = { 0 };
    if (w->options.token_file == NULL)
        return OUTCOME_PROVEN;
    int failed = read_token(w, &line);
    buf_wipe(&line);
    return failed ? OUTCOME_USAGE : OUTCOME_PROVEN;
}

static enum outcome check_authorities(const struct webhook *w)
{
    struct tls_trouble trouble;
    struct buf words = { 0 };
    if (tls_client_check(&w->options.tls, &trouble) == 0)
        return OUTCOME_PROVEN;
    tls_trouble_words(&words, &trouble);
    say("%s", kept_text(&words));
    buf_free(&words);
    return OUTCOME_USAGE;
}

enum outcome webhook_open(struct webhook **out, const struct webhook_options *options)
{
    *out = NULL;
    enum outcome outcome = check_url(options->url);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    struct webhook *w = kept(calloc(1, sizeof *w));
    if (w == NULL)
        return OUTCOME_UNDECIDED;
    w->options = *options;
    outcome = check_token(w);
    if (outcome == OUTCOME_PROVEN)
        outcome = check_authorities(w);
    if (outcome == OUTCOME_PROVEN && curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
        w->curl = kept(curl_easy_init());
    if (outcome == OUTCOME_PROVEN && w->curl == NULL)
        outcome = OUTCOME_UNDECIDED;
    if (outcome == OUTCOME_PROVEN)
        *out = w;
    else
        webhook_close(w);
    return outcome;
}

void webhook_close(struct webhook *w)
{
    if (w == NULL)
        return;
    curl_easy_cleanup(w->curl);
    free(w);
}

/* ---- one request ----------------------------------------------------------------------------- */

/* Nothing of the answer but its status counts. */
// NOLINTNEXTLINE(readability-non-const-parameter): as libcurl calls it
static size_t throw_away(char *p, size_t size, size_t n, void *ctx)
{
    struct webhook *w = ctx;
    (void)p;
    w->body += size * n;
    return w->body > ANSWER_MAX ? 0 : size * n; /* 0 ends the request: its status is known */
}

static int ask_whether_to_go_on(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct webhook *w = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return w->options.go_on(w->options.ctx) ? 0 : 1;
}

/* Called when there is a connection, and nothing of the request was sent. */
// NOLINTNEXTLINE(readability-non-const-parameter): as libcurl calls it
static int before_request(void *ctx, char *address, char *own, int port, int own_port)
{
    struct webhook *w = ctx;
    (void)own, (void)port, (void)own_port;
    w->in_the_clear =
        w->options.token_file != NULL && !is_https(w->options.url) && !loopback_text(address);
    return w->in_the_clear ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bool stays_here(const char *url)
{
    static const char *const hosts[] = { "http://127.",  "http://localhost",  "http://[::1]",
                                         "https://127.", "https://localhost", "https://[::1]" };
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strncasecmp(url, hosts[i], strlen(hosts[i])) == 0)
            return true;
    return false;
}

static void set_request(struct webhook *w, struct span object, struct curl_slist *headers)
{
    CURL *c = w->curl;
    bool bare = w->options.token_file != NULL && !is_https(w->options.url);
    curl_easy_reset(c); /* the connection stays */
    curl_easy_setopt(c, CURLOPT_URL, w->options.url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, TAKES_AT_MOST);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, throw_away);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, w);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, head_count);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &w->head);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, ask_whether_to_go_on);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, w);
    curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(c, CURLOPT_PREREQDATA, w);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "bitacora");
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)object.n);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, (const char *)object.p);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    if (bare || stays_here(w->options.url))
        curl_easy_setopt(c, CURLOPT_PROXY, "");
    tls_client_set(c, &w->options.tls);
}

/* Adds a header line. Returns false, the list freed, if there is no memory. */
static bool put_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer == NULL)
        curl_slist_free_all(*list);
    *list = longer;
    return kept(longer) != NULL;
}

static void wipe(struct curl_slist *list)
{
    for (struct curl_slist *l = list; l != NULL; l = l->next)
        sodium_memzero(l->data, strlen(l->data));
    curl_slist_free_all(list);
}

/* The headers of a request; NULL if it cannot be made, which was said or recorded as lost. */
static struct curl_slist *make_headers(const struct webhook *w)
{
    struct curl_slist *list = NULL;
    struct buf token = { 0 };
    bool good = put_header(&list, "Content-Type: application/json") && put_header(&list, "Expect:");
    if (good && w->options.token_file != NULL) {
        good = read_token(w, &token) == 0;
        const char *line = kept_text(&token);
        if (!good)
            curl_slist_free_all(list);
        good = good && put_header(&list, line);
        buf_wipe(&token);
    }
    return good ? list : NULL;
}

/* ---- what came of it ------------------------------------------------------------------------- */

static int64_t longest_pause(const struct webhook *w)
{
    int64_t ms = PAUSE_MIN_MS;
    for (unsigned i = 1; i < w->tries && ms < PAUSE_MAX_MS; i++)
        ms *= 2;
    return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

/* Half of a pause is chance: many monitors that lost one receiver do not come back at once. */
static void put_off(struct webhook *w, int64_t asked_s)
{
    w->tries++;
    int64_t longest = longest_pause(w), asked = asked_s < ASKED_MAX_S ? asked_s : ASKED_MAX_S;
    int64_t ms = longest / 2 + (int64_t)randombytes_uniform((uint32_t)(longest / 2 + 1));
    w->next = clock_steady() + (ms > asked * 1000 ? ms : asked * 1000);
}

static void say_once(struct webhook *w, const char *why)
{
    if (strcmp(w->why, why) == 0)
        return;
    snprintf(w->why, sizeof w->why, "%s", why);
    say(TR("the receiver does not take what is posted: %s; it is posted again",
           "el receptor no toma lo que se envía: %s; se envía de nuevo"),
        w->why);
}

static void say_taken(struct webhook *w)
{
    if (w->why[0] != 0)
        say(TR("the receiver takes what is posted again", "el receptor toma de nuevo lo enviado"));
    w->why[0] = 0;
    w->tries = 0;
    w->next = 0;
}

/* No status came. */
static void fail_without_status(struct webhook *w, CURLcode code)
{
    struct refusal why;
    struct buf words = { 0 };
    enum reason tls = tls_client_reason(w->curl, code);
    put_off(w, 0);
    if (w->in_the_clear) {
        say_once(w, TR("--post-token goes over TLS, or to an address of this machine",
                       "--post-token va por TLS, o a una dirección de esta máquina"));
    } else if (tls != REASON_NET_OTHER) {
        refuse(&why, tls, "--post");
        refusal_sentence(&words, &why, language_get());
        say_once(w, kept_text(&words));
    } else {
        say_once(w, curl_easy_strerror(code));
    }
    buf_free(&words);
}

bool webhook_post(struct webhook *w, struct span object)
{
    long status = 0;
    curl_off_t asked = 0;
    char words[32];
    struct curl_slist *headers = make_headers(w);
    if (headers == NULL) {
        put_off(w, 0);
        return false;
    }
    w->head = w->body = 0;
    w->in_the_clear = false;
    set_request(w, object, headers);
    CURLcode code = curl_easy_perform(w->curl);
    curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(w->curl, CURLINFO_RETRY_AFTER, &asked);
    curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, NULL);
    wipe(headers);
    bool answered = code == CURLE_OK || w->body > ANSWER_MAX;
    if (!answered) {
        fail_without_status(w, code);
    } else if (status >= 200 && status < 300) {
        say_taken(w);
        return true;
    } else {
        put_off(w, (int64_t)asked);
        snprintf(words, sizeof words, "HTTP %ld", status);
        say_once(w, words);
    }
    return false;
}

int64_t webhook_next(const struct webhook *w)
{
    return w->next;
}

void webhook_hurry(struct webhook *w)
{
    w->next = 0;
}
