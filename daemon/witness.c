#include "daemon/witness.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#include "daemon/clock.h"
#include "proto/add_checkpoint.h"
#include "proto/scan.h"

#define CLOCK_SLACK_S 600 /* by which a witness's clock may differ from ours */

struct witness_link {
    const struct policy_witness *who;
    CURL *curl;
    struct curl_slist *headers;
    char *url;
    char error[CURL_ERROR_SIZE];
};

void asking_free(struct asking *a)
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

struct witness_link *witness_link_new(const struct policy_witness *who, long timeout_s,
                                      const atomic_bool *stop)
{
    struct witness_link *l = calloc(1, sizeof *l);
    struct buf url = { 0 };
    if (l == NULL)
        return NULL;
    size_t n = strlen(who->url);
    while (n > 0 && who->url[n - 1] == '/')
        n--;
    buf_add(&url, who->url, n);
    buf_adds(&url, "/add-checkpoint");
    l->who = who;
    l->url = url.failed ? NULL : strdup(buf_str(&url));
    l->curl = curl_easy_init();
    l->headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
    struct curl_slist *more = curl_slist_append(l->headers, "Expect:");
    buf_free(&url);
    if (l->url == NULL || l->curl == NULL || more == NULL) {
        witness_link_free(l);
        return NULL;
    }
    curl_easy_setopt(l->curl, CURLOPT_URL, l->url);
    curl_easy_setopt(l->curl, CURLOPT_HTTPHEADER, l->headers);
    curl_easy_setopt(l->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(l->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(l->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(l->curl, CURLOPT_TIMEOUT, timeout_s);
    curl_easy_setopt(l->curl, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(l->curl, CURLOPT_XFERINFODATA, stop);
    curl_easy_setopt(l->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(l->curl, CURLOPT_ERRORBUFFER, l->error);
    curl_easy_setopt(l->curl, CURLOPT_USERAGENT, "bitacorad");
    return l;
}

void witness_link_free(struct witness_link *l)
{
    if (l == NULL)
        return;
    curl_easy_cleanup(l->curl);
    curl_slist_free_all(l->headers);
    free(l->url);
    free(l);
}

/* ---- what is sent ---------------------------------------------------------------------------- */

struct tiles {
    struct store_txn *txn;
};

static int read_tile(void *ctx, const struct tile *t, struct hash *out)
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
        struct tile_source source = { .read = read_tile, .ctx = &tiles, .size = target->size };
        n = proof_consistency(proof, &source, old, false);
        store_end(tiles.txn);
    }
    if (n < 0)
        return -1;
    add_checkpoint_format(out, old, proof, (size_t)n, target->note);
    return out->failed ? -1 : 0;
}

static size_t receive(char *p, size_t size, size_t n, void *ctx)
{
    struct buf *body = ctx;
    if (body->n + size * n > ADD_CHECKPOINT_ANSWER_MAX)
        return 0; /* no witness has so much to say */
    buf_add(body, p, size * n);
    return body->failed ? 0 : size * n;
}

/* ---- what comes back ------------------------------------------------------------------------- */

static enum asked failed(struct asking *a, const char *cause)
{
    printable_copy(a->cause, sizeof a->cause, span_str(cause));
    return ASKED_FAILED;
}

static enum asked take_lines(const struct witness_link *l, const struct target *target,
                             struct asking *a)
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

static enum asked take_size(struct asking *a, const char *type)
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

static enum asked take_answer(const struct witness_link *l, const struct target *target,
                              struct asking *a)
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
        snprintf(a->cause, sizeof a->cause, "it does not know this log (HTTP %ld)", a->status);
        return ASKED_REFUSED;
    default:
        snprintf(cause, sizeof cause, "HTTP %ld", a->status);
        return failed(a, cause);
    }
}

enum asked witness_ask(struct witness_link *l, struct store *store, const struct target *target,
                       struct asking *a)
{
    struct buf request = { 0 };
    enum asked asked;
    buf_clear(&a->line);
    buf_clear(&a->body);
    a->status = 0;
    if (format(&request, store, target, a->size) != 0) {
        buf_free(&request);
        return failed(a, "the proof could not be built");
    }
    curl_easy_setopt(l->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request.n);
    curl_easy_setopt(l->curl, CURLOPT_POSTFIELDS, (const char *)request.p);
    curl_easy_setopt(l->curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, &a->body);
    l->error[0] = 0;
    CURLcode code = curl_easy_perform(l->curl);
    if (code != CURLE_OK)
        asked = failed(a, l->error[0] != 0 ? l->error : curl_easy_strerror(code));
    else
        asked = take_answer(l, target, a);
    buf_free(&request);
    return asked;
}
