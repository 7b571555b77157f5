#include <event2/buffer.h>
#include <stdlib.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/http/handlers.h"
#include "daemon/http/visit.h"
#include "daemon/state/erasing.h"
#include "daemon/store/blobs.h"
#include "daemon/witnesses/restored.h"
#include "proto/base/scan.h"

/* A blob on its way in or out. The event loop does not even look at the signer registry, as its
 * lock is held while signatures are checked. */
struct blob_transfer {
    struct exchange exchange; /* first */
    bool put;
    uint8_t sha256[HASH_BYTES];
    struct http_visit *visit;
    uint8_t *body; /* of a PUT; NULL if it is longer than any blob */
    size_t length;
    size_t counted; /* in METRIC_READ_BYTES */
};

static void count_bytes(struct blob_transfer *t, size_t n)
{
    metric_add(METRIC_READ_BYTES, (int64_t)n - (int64_t)t->counted);
    t->counted = n;
}

static void release_transfer(struct exchange *e)
{
    struct blob_transfer *t = (struct blob_transfer *)(void *)e; /* exchange is its first member */
    count_bytes(t, 0);
    metric_add(METRIC_READS, -1);
    visit_free(t->visit);
    free(t->body);
    free(t);
}

/* ---- on a reader thread ---------------------------------------------------------------------- */

static int refuse_erased(struct blob_transfer *t, struct refusal *why)
{
    uint64_t entry = signers_erased(&t->exchange.service->signers, t->sha256);
    return entry == NO_ENTRY ? 0 : refuse_number(why, REASON_ERASED, entry);
}

/* What went wrong with the blobs' files, said to a client. */
static int refuse_result(enum blob_result r, struct refusal *why)
{
    return refuse(why,
                  r == BLOB_CROWDED ? REASON_BLOBS_PENDING
                  : r == BLOB_SHARE ? REASON_BLOBS_SHARE
                  : r == BLOB_FULL  ? REASON_FULL
                                    : REASON_MEMORY,
                  "");
}

static int judge_token(struct blob_transfer *t, bool (*may)(enum role role), struct refusal *why)
{
    return visit_judge(t->visit, t->exchange.service, may, why);
}

/* Sealed blobs have one length; all others are rulesets' files. */
static int judge_body(const struct blob_transfer *t, enum role role, struct refusal *why)
{
    struct hash hash;
    if (t->length > RULESET_MAX)
        return refuse(why, REASON_BODY_TOO_LARGE, "1 MiB");
    if (t->length == 0 || (t->length != SEALED_BYTES && role != ROLE_REGISTRAR))
        return refuse_number(why, REASON_BLOB_SIZE, t->length);
    hash_bytes(&hash, span_of(t->body, t->length));
    if (memcmp(hash.b, t->sha256, HASH_BYTES) == 0)
        return 0;
    char hex[2 * HASH_BYTES + 1];
    hex_format(hex, hash.b, HASH_BYTES);
    return refuse(why, REASON_BLOB_HASH, hex);
}

/* Blobs never take the room that records need. */
static bool leaves_room(const struct service *s, size_t length)
{
    uint64_t room = store_room(s->store);
    uint64_t least = (uint64_t)s->config.min_free;
    return room >= least && room - least >= (uint64_t)s->config.blob_reserve + length;
}

/* What is there already needs no room. */
static int store_blob(struct blob_transfer *t, bool *fresh, struct refusal *why)
{
    struct service *s = t->exchange.service;
    *fresh = false;
    enum blob_result r = blobs_renew(s->blobs, t->sha256);
    if (r == BLOB_ABSENT) {
        struct blob_put blob = { .bytes = span_of(t->body, t->length),
                                 .signer = t->visit->who.number };
        memcpy(blob.sha256, t->sha256, HASH_BYTES);
        if (!leaves_room(s, t->length))
            return refuse(why, REASON_FULL, "");
        r = blobs_put(s->blobs, &blob, fresh);
    }
    return r == BLOB_OK ? 0 : refuse_result(r, why);
}

/* An erasure may be committed between the first look at the registry and the rename. Whoever comes
 * second sees the other: the sequencer changes the registry first and then deletes the file, so
 * either it finds the file, or this finds the order. */
static int put_blob(struct blob_transfer *t, struct refusal *why)
{
    bool fresh;
    if (visits_needed(t->exchange.service) && judge_token(t, role_may_put_blobs, why) != 0)
        return -1; /* of what enrolled keys read, nobody else is told what was erased */
    if (refuse_erased(t, why) != 0 || judge_token(t, role_may_put_blobs, why) != 0 ||
        judge_body(t, t->visit->who.role, why) != 0)
        return -1;
    int failed = store_blob(t, &fresh, why);
    if (refuse_erased(t, why) != 0) {
        erasing_blob(t->exchange.service, t->sha256);
        return -1;
    }
    if (failed)
        return -1;
    metric_add(METRIC_BLOBS_PUT, fresh);
    t->exchange.reply = (struct call_reply){ .status = fresh ? 201 : 200,
                                             .type = "application/octet-stream",
                                             .cache = CACHE_NEVER };
    return 0;
}

/* Asked again, as in other reads: many may have been admitted at once. */
static bool has_room_to_send(const struct blob_transfer *t)
{
    return metric_get(METRIC_REPLY_BYTES) + metric_get(METRIC_READ_BYTES) <
           t->exchange.service->config.reply_bytes;
}

static int read_blob(struct blob_transfer *t, bool public, struct refusal *why)
{
    struct call_reply *a = &t->exchange.reply;
    char hex[2 * HASH_BYTES + 1];
    *a = (struct call_reply){ .status = 200,
                              .type = "application/octet-stream",
                              .cache = public && !visits_needed(t->exchange.service)
                                           ? CACHE_FOREVER
                                           : CACHE_PRIVATE };
    enum blob_result r = blobs_read(t->exchange.service->blobs, t->sha256,
                                    public ? RULESET_MAX : SEALED_BYTES, &a->body);
    if (refuse_erased(t, why) != 0) /* what was read may be zeros already */
        return -1;
    if (r == BLOB_OK)
        return 0;
    if (r == BLOB_ABSENT)
        return refuse(why, REASON_NOT_FOUND, "/v1/blobs");
    hex_format(hex, t->sha256, HASH_BYTES);
    if (r != BLOB_MEMORY)
        log_line(LOG_ERROR,
                 "blob %s cannot be read, or is not what its name says: run bitacorad fsck", hex);
    return refuse(why, REASON_MEMORY, "");
}

/* Whoever has no token is not told which blobs there are, but for rulesets' files of a log that
 * everybody reads. */
static int get_blob(struct blob_transfer *t, struct refusal *why)
{
    uint64_t size = SEALED_BYTES;
    if (visits_needed(t->exchange.service) && judge_token(t, visit_any_role, why) != 0)
        return -1;
    if (refuse_erased(t, why) != 0)
        return -1;
    if (!has_room_to_send(t))
        return refuse(why, REASON_BUSY, "");
    enum blob_result r = blobs_size(t->exchange.service->blobs, t->sha256, &size);
    bool public = r == BLOB_OK && size != SEALED_BYTES;
    if (!public && judge_token(t, role_may_read_blobs, why) != 0)
        return -1;
    if (!public && restored_withholds(t->exchange.service))
        return refuse(why, REASON_BLOBS_WITHHELD, "");
    return read_blob(t, public, why);
}

static void run_transfer(struct work *w)
{
    struct blob_transfer *t = (struct blob_transfer *)(void *)w;
    struct refusal why;
    if ((t->put ? put_blob(t, &why) : get_blob(t, &why)) != 0)
        problem_reply(&t->exchange.reply, &why, t->exchange.language);
    if (!t->put)
        count_bytes(t, t->exchange.reply.body.n);
    visit_end(t->put ? NULL : t->visit, &t->exchange);
}

/* ---- on the event loop ----------------------------------------------------------------------- */

/* Takes the body over. A longer one than any blob is only measured. Returns 0 or -1. */
static int take_blob(struct blob_transfer *t, struct evhttp_request *request)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(request);
    t->length = evbuffer_get_length(in);
    if (t->length > RULESET_MAX) {
        evbuffer_drain(in, t->length);
        return 0;
    }
    t->body = malloc(t->length + 1);
    if (t->body == NULL)
        return -1;
    evbuffer_remove(in, t->body, t->length);
    count_bytes(t, t->length);
    return 0;
}

void handle_blob(struct call *c)
{
    uint8_t sha256[HASH_BYTES];
    struct blob_transfer *t;
    bool is_put = evhttp_request_get_command(c->request) == EVHTTP_REQ_PUT;
    size_t n = evbuffer_get_length(evhttp_request_get_input_buffer(c->request));
    if (hex_parse(sha256, HASH_BYTES, c->rest) != 0) {
        call_refuse(c, REASON_NOT_FOUND, "/v1/blobs/SHA256");
        return;
    }
    if (!call_may_read(c, is_put ? n : 0))
        return;
    struct http_visit *visit = !is_put && visits_needed(c->service) ? visit_begin(c) : visit_new(c);
    if (visit == NULL)
        return;
    t = calloc(1, sizeof *t);
    if (t == NULL || (is_put && take_blob(t, c->request) != 0)) {
        visit_free(visit);
        free(t);
        call_refuse(c, REASON_MEMORY, "");
        return;
    }
    t->put = is_put;
    t->visit = visit;
    memcpy(t->sha256, sha256, HASH_BYTES);
    t->exchange.release = release_transfer;
    t->exchange.work.run = run_transfer;
    metric_add(METRIC_READS, 1);
    call_defer(c, &t->exchange);
    pool_push(c->service->readers, &t->exchange.work);
}
