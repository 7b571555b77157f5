#include "daemon/witnesses/witness_client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#include "proto/base/http_body.h"
#include "proto/base/scan.h"
#include "proto/net/tls_client.h"
#include "proto/sys/clock.h"
#include "proto/tlog/add_checkpoint.h"

#define CLOCK_SLACK_S 600 /* by which a witness's clock may differ from ours */

struct witness_link {
    const struct policy_witness *who;
    const _Atomic int64_t *timeout_s;
    CURL *curl;
    struct curl_slist *headers; /* of add-checkpoint */
    char *ask_url, *show_url;
    char error[CURL_ERROR_SIZE], words[CURL_ERROR_SIZE + 32];
};

bool witness_is_asked(const struct policy_witness *who)
{
    return who->url != NULL && key_type_known(who->key.type);
}

void ask_state_free(struct ask_state *a)
{
    buf_free(&a->line);
    buf_free(&a->body);
}

static int go_on(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const atomic_bool *stop = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(stop);
}

/* BASE/PATH, to be freed; NULL when out of memory. */
static char *url_of(const char *base, const char *path)
{
    struct buf url = { 0 };
    size_t n = strlen(base);
    while (n > 0 && base[n - 1] == '/')
        n--;
    buf_add(&url, base, n);
    buf_addf(&url, "/%s", path);
    char *text = url.failed ? NULL : strdup(buf_str(&url));
    buf_free(&url);
    return text;
}

static char *show_url_of(const char *base, const char *origin)
{
    struct hash h;
    char name[2 * HASH_BYTES + 1], path[sizeof name + 16];
    hash_bytes(&h, span_str(origin));
    hex_format(name, h.b, HASH_BYTES);
    snprintf(path, sizeof path, "%s/checkpoint", name);
    return url_of(base, path);
}

static void set_options(CURL *curl, char *error, const atomic_bool *stop)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, stop);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "bitacorad");
}

struct witness_link *witness_link_new(const struct policy_witness *who, const char *origin,
                                      const char *cacert, const _Atomic int64_t *timeout_s,
                                      const atomic_bool *stop)
{
    const struct tls_client_files tls = { .cacert = cacert };
    struct witness_link *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->who = who;
    l->timeout_s = timeout_s;
    l->ask_url = url_of(who->url, "add-checkpoint");
    l->show_url = show_url_of(who->url, origin);
    l->curl = curl_easy_init();
    l->headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
    struct curl_slist *more = curl_slist_append(l->headers, "Expect:");
    if (l->ask_url == NULL || l->show_url == NULL || l->curl == NULL || more == NULL) {
        witness_link_free(l);
        return NULL;
    }
    set_options(l->curl, l->error, stop);
    tls_client_set(l->curl, &tls);
    return l;
}

void witness_link_free(struct witness_link *l)
{
    if (l == NULL)
        return;
    curl_easy_cleanup(l->curl);
    curl_slist_free_all(l->headers);
    free(l->ask_url);
    free(l->show_url);
    free(l);
}

/* ---- one exchange ---------------------------------------------------------------------------- */

/* What comes in, and how much of it may. */
struct incoming {
    struct buf *body;
    size_t most, head;  /* bytes of header and trailer lines */
    const char *excess; /* why no more was taken, or NULL */
};

static size_t take_bytes(char *p, size_t size, size_t n, void *ctx)
{
    struct incoming *in = ctx;
    if (in->body->n + size * n > in->most) {
        in->excess = "its answer is longer than any that a witness gives";
        return 0;
    }
    buf_add(in->body, p, size * n);
    return in->body->failed ? 0 : size * n;
}

/* Puts what the body holds in its place. Returns NULL, or why it cannot be read. */
static const char *unpack(CURL *curl, struct buf *body, size_t most)
{
    struct curl_header *h = NULL;
    struct buf plain = { 0 };
    bool said = curl_easy_header(curl, "Content-Encoding", 0, CURLH_HEADER, -1, &h) == CURLHE_OK;
    enum encoding encoding = !said            ? ENCODING_NONE
                             : h->amount == 1 ? encoding_of(h->value)
                                              : ENCODING_OTHER;
    if (encoding == ENCODING_NONE)
        return NULL;
    bool good = encoding == ENCODING_GZIP && gzip_unpack(&plain, buf_span(body), most) == GZIP_GOOD;
    buf_clear(body);
    buf_add_span(body, buf_span(&plain));
    buf_free(&plain);
    return encoding == ENCODING_OTHER ? "its answer has a Content-Encoding other than gzip"
           : !good || body->failed    ? "its answer's gzip cannot be unpacked"
                                      : NULL;
}

/* A fault of TLS is named as one: its own words may be of a certificate or of a socket. */
static const char *name_failure(struct witness_link *l, CURLcode code)
{
    bool tls = tls_client_reason(l->curl, code) != REASON_NET_OTHER;
    snprintf(l->words, sizeof l->words, "%s%s%s", tls ? "TLS: " : "",
             l->error[0] != 0 ? l->error : curl_easy_strerror(code),
             tls ? " (setting cacert)" : "");
    return l->words;
}

/* Puts its answer into *body (at most `most` bytes). Returns NULL, or why there is none. */
static const char *perform(struct witness_link *l, const char *url, struct buf *body, size_t most)
{
    struct incoming in = { .body = body, .most = most };
    buf_clear(body);
    l->error[0] = 0;
    curl_easy_setopt(l->curl, CURLOPT_URL, url);
    curl_easy_setopt(l->curl, CURLOPT_TIMEOUT, (long)*l->timeout_s);
    curl_easy_setopt(l->curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, &in);
    curl_easy_setopt(l->curl, CURLOPT_HEADERFUNCTION, head_count);
    curl_easy_setopt(l->curl, CURLOPT_HEADERDATA, &in.head);
    CURLcode code = curl_easy_perform(l->curl);
    if (code == CURLE_OK)
        return unpack(l->curl, body, most);
    if (in.head > HEAD_BYTES_MAX)
        return "its answer has more than 65,536 bytes of headers and trailers";
    return in.excess != NULL ? in.excess : body->failed ? "out of memory" : name_failure(l, code);
}

bool witness_show(struct witness_link *l, struct buf *note)
{
    long status = 0;
    curl_easy_setopt(l->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(l->curl, CURLOPT_HTTPHEADER, NULL);
    const char *cause = perform(l, l->show_url, note, CHECKPOINT_MAX);
    curl_easy_getinfo(l->curl, CURLINFO_RESPONSE_CODE, &status);
    return cause == NULL && status == 200;
}

/* ---- what is sent ---------------------------------------------------------------------------- */

struct tiles {
    struct store_txn *txn;
};

static int read_own_tile(void *ctx, const struct tile *t, struct hash *out)
{
    const struct tiles *tiles = ctx;
    struct buf file = { 0 };
    enum store_result r = store_tile(tiles->txn, t, &file);
    if (r == STORE_OK)
        memcpy(out, file.p, t->width * sizeof *out);
    buf_free(&file);
    return r == STORE_OK ? 0 : -1;
}

/* Appends the request, with the proof from what the witness has. Returns 0 or -1. */
static int format(struct buf *out, struct store *store, const struct target *target, uint64_t old)
{
    struct tiles tiles;
    struct hash proof[PROOF_MAX];
    int n = 0;
    if (old != 0 && old != target->size) {
        if (store_begin(&tiles.txn, store, STORE_READ) != STORE_OK)
            return -1;
        struct tile_source source = { .read = read_own_tile, .ctx = &tiles, .size = target->size };
        n = proof_consistency(proof, &source, old, false);
        store_end(tiles.txn);
    }
    if (n < 0)
        return -1;
    add_checkpoint_format(out, old, proof, (size_t)n, target->note);
    return out->failed ? -1 : 0;
}

/* ---- what comes back ------------------------------------------------------------------------- */

static enum ask_result failed(struct ask_state *a, const char *cause)
{
    printable_copy(a->cause, sizeof a->cause, span_str(cause));
    return ASKED_FAILED;
}

static enum ask_result take_lines(const struct witness_link *l, const struct target *target,
                                  struct ask_state *a)
{
    struct note note;
    struct refusal why;
    uint64_t seconds;
    if (note_parse(&note, target->note, &why) != 0 ||
        add_checkpoint_cosignature(&a->line, &seconds, buf_span(&a->body), note.text,
                                   &l->who->key) != NOTE_GOOD ||
        a->line.failed) {
        buf_clear(&a->line);
        return failed(a, "its answer is not a cosignature of its key");
    }
    /* Its time would make every verifier doubt one of two clocks. */
    int64_t now = clock_wall() / 1000;
    if ((int64_t)seconds <= now + CLOCK_SLACK_S && (int64_t)seconds >= now - CLOCK_SLACK_S)
        return ASKED_COSIGNED;
    buf_clear(&a->line);
    return failed(a, "its clock is more than ten minutes away from ours");
}

static enum ask_result take_size(struct ask_state *a, const char *type)
{
    uint64_t size;
    if (type == NULL || strncasecmp(type, "text/x.tlog.size", strlen("text/x.tlog.size")) != 0 ||
        add_checkpoint_size_parse(&size, buf_span(&a->body)) != 0)
        return failed(a, "409 without a size");
    if (size == a->size)
        return failed(a, "409 with the size that was sent");
    a->size = size;
    return ASKED_BEHIND;
}

static enum ask_result take_answer(const struct witness_link *l, const struct target *target,
                                   struct ask_state *a)
{
    const char *type = NULL;
    char cause[64];
    curl_easy_getinfo(l->curl, CURLINFO_RESPONSE_CODE, &a->status);
    curl_easy_getinfo(l->curl, CURLINFO_CONTENT_TYPE, &type);
    switch (a->status) {
    case 200:
        return take_lines(l, target, a);
    case 409:
        return take_size(a, type);
    case 422: /* our proofs are right: what it has seen is not what we have */
        return a->size > 0 ? ASKED_OTHER : failed(a, "HTTP 422");
    case 403:
    case 404:
        snprintf(a->cause, sizeof a->cause,
                 "it does not know this log, or is no witness (HTTP %ld)", a->status);
        return ASKED_REFUSED;
    default:
        snprintf(cause, sizeof cause, "HTTP %ld", a->status);
        return failed(a, cause);
    }
}

enum ask_result witness_ask(struct witness_link *l, struct store *store,
                            const struct target *target, struct ask_state *a)
{
    struct buf request = { 0 };
    buf_clear(&a->line);
    buf_clear(&a->body);
    a->status = 0;
    if (format(&request, store, target, a->size) != 0) {
        buf_free(&request);
        return failed(a, "the proof could not be built");
    }
    curl_easy_setopt(l->curl, CURLOPT_HTTPHEADER, l->headers);
    curl_easy_setopt(l->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(l->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request.n);
    curl_easy_setopt(l->curl, CURLOPT_POSTFIELDS, (const char *)request.p);
    const char *cause = perform(l, l->ask_url, &a->body, ADD_CHECKPOINT_ANSWER_MAX);
    enum ask_result asked = cause != NULL ? failed(a, cause) : take_answer(l, target, a);
    buf_free(&request);
    return asked;
}
