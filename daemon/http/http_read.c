#include <event2/buffer.h>
#include <stdlib.h>

#include "daemon/http/handlers.h"
#include "daemon/http/reading.h"
#include "daemon/http/server_state.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "daemon/witnesses/confronted.h"
#include "daemon/witnesses/feed.h"
#include "proto/base/scan.h"

/* ---- the newest checkpoint ------------------------------------------------------------------- */

/* With witnesses: the newest that has its quorum. */
static void answer_witnessed(struct call *c, struct feed *feed)
{
    struct call_reply a = { .status = 200,
                            .type = "text/plain; charset=utf-8",
                            .cache = CACHE_CHECK };
    uint64_t size = feed_witnessed(feed, &a.body);
    if (size > 0 && !a.body.failed) {
        call_answer(c, &a);
        return;
    }
    buf_free(&a.body);
    call_refuse(c, size == 0 ? REASON_UNWITNESSED : REASON_MEMORY, "checkpoint");
}

/* ---- a checkpoint that somebody shows -------------------------------------------------------- */

#define SHOWN_BYTES_MAX (64 * 1024)
#define SHOWN_MOST 4 /* under way at once: nobody's reading waits for more */

struct showing {
    struct exchange exchange; /* first */
    size_t n;
    uint8_t note[];
};

static void release_showing(struct exchange *e)
{
    e->server->shown--;
    metric_add(METRIC_READS, -1);
    free(e);
}

static void judge_showing(struct work *w)
{
    struct showing *s = (struct showing *)(void *)w; /* exchange is its first member */
    struct call_reply *a = &s->exchange.reply;
    struct refusal why;
    uint64_t size;
    struct hash root;
    *a = (struct call_reply){ .status = 200, .type = "application/json", .cache = CACHE_NEVER };
    if (confronted_judge(s->exchange.service, span_of(s->note, s->n), &why) != 0) {
        problem_reply(a, &why, s->exchange.language);
    } else {
        newest_get(&s->exchange.service->newest, &size, &root, NULL);
        buf_addf(&a->body, "{\"held\":true,\"size\":%llu}\n", (unsigned long long)size);
    }
    exchange_return(&s->exchange);
}

static void take_shown(struct call *c)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(c->request);
    size_t n = evbuffer_get_length(in);
    if (n > SHOWN_BYTES_MAX) {
        call_refuse(c, REASON_BODY_TOO_LARGE, "64 KiB");
        return;
    }
    if (call_stopping(c) || c->server->shown >= SHOWN_MOST) {
        call_refuse(c, call_stopping(c) ? REASON_STOPPING : REASON_BUSY, "");
        return;
    }
    if (!call_may_read(c, n))
        return;
    struct showing *s = calloc(1, sizeof *s + n);
    if (s == NULL) {
        call_refuse(c, REASON_MEMORY, "");
        return;
    }
    s->n = n;
    evbuffer_remove(in, s->note, n);
    s->exchange.release = release_showing;
    s->exchange.work.run = judge_showing;
    c->server->shown++;
    metric_add(METRIC_READS, 1);
    call_defer(c, &s->exchange);
    call_push(c, c->service->readers, &s->exchange.work);
}

void handle_checkpoint(struct call *c)
{
    struct feed *feed = c->service->feed;
    if (evhttp_request_get_command(c->request) == EVHTTP_REQ_POST) {
        take_shown(c);
        return;
    }
    if (feed != NULL) {
        answer_witnessed(c, feed);
        return;
    }
    char note[OWN_CHECKPOINT_MAX];
    uint64_t size;
    struct hash root;
    struct call_reply a = { .status = 200,
                            .type = "text/plain; charset=utf-8",
                            .cache = CACHE_CHECK };
    size_t n = newest_get(&c->service->newest, &size, &root, note);
    buf_add(&a.body, note, n);
    if (a.body.failed)
        call_refuse(c, REASON_MEMORY, "");
    else
        call_answer(c, &a);
}

/* ---- tiles ----------------------------------------------------------------------------------- */

static bool is_full_tile(const struct tile *t)
{
    return t->level >= 0 && t->level < TILE_LEVELS && t->width == TILE_WIDTH;
}

static enum store_result read_tile_file(struct reading *r)
{
    struct call_reply *a = &r->exchange.reply;
    *a = (struct call_reply){ .status = 200,
                              .type = "application/octet-stream",
                              .cache = CACHE_FOREVER };
    return receipts_read_tile(&a->body, r->exchange.service, &r->tile);
}

/* A full tile that is in memory is answered from there at once. */
static bool answer_kept(struct call *c, const struct tile *tile)
{
    const void *bytes;
    struct cached *kept = is_full_tile(tile) ? receipts_tile(c->service, tile, &bytes) : NULL;
    if (kept == NULL)
        return false;
    struct call_reply a = { .status = 200,
                            .type = "application/octet-stream",
                            .cache = CACHE_FOREVER };
    if (call_may_read(c, 0)) {
        a.kept = kept;
        a.kept_bytes = span_of(bytes, TILE_BYTES);
        call_answer(c, &a);
    } else {
        cached_release(kept);
    }
    return true;
}

void handle_tile(struct call *c)
{
    struct tile tile;
    struct span path = span_of(c->rest.p - strlen("tile/"), c->rest.n + strlen("tile/"));
    if (tile_path_parse(&tile, path) != 0) {
        call_refuse(c, REASON_NOT_FOUND, "tile");
        return;
    }
    if (answer_kept(c, &tile))
        return;
    struct reading *r = reading_admit(c, read_tile_file);
    if (r == NULL)
        return;
    r->tile = tile;
    r->open = tile.level != TILE_ENTRIES;
    reading_start(c, r);
}

/* ---- receipts -------------------------------------------------------------------------------- */

static enum store_result read_receipt(struct reading *r)
{
    struct call_reply *a = &r->exchange.reply;
    *a = (struct call_reply){ .status = 200,
                              .type = "text/plain; charset=utf-8",
                              .cache = CACHE_CHECK };
    struct buf note = { 0 };
    if (r->witnessed)
        feed_quorum_size(r->exchange.service, &note);
    enum store_result result =
        note.failed ? STORE_MEMORY
                    : receipt_build(&a->body, r->exchange.service, buf_span(&note), r->index);
    buf_free(&note);
    r->withheld = result == STORE_OK && erasing_withholds(r->exchange.service, r->index);
    if (result == STORE_OK && !r->withheld)
        metric_add(METRIC_RECEIPTS, 1);
    return result;
}

static bool is_wait(const char *query)
{
    return query != NULL && strcmp(query, "wait=witnessed") == 0;
}

static bool wait_allowed(const char *query)
{
    return query == NULL || query[0] == 0 || is_wait(query);
}

/* Without witnesses every checkpoint has its quorum as soon as it is signed. */
static void answer_when_witnessed(struct call *c, uint64_t index)
{
    struct reading *r = call_may_wait(c) ? reading_new(c, read_receipt, METRIC_WAITS) : NULL;
    if (r == NULL)
        return;
    r->index = index;
    r->witnessed = true;
    if (visits_needed(c->service) || feed_quorum_size(c->service, NULL) > index)
        reading_start(c, r);
    else
        call_await(c, &r->exchange, index);
}

void handle_receipt(struct call *c)
{
    uint64_t index;
    if (decimal_parse(&index, c->rest) != 0) {
        call_refuse(c, REASON_NOT_FOUND, "/v1/receipts/INDEX");
        return;
    }
    if (!wait_allowed(c->query)) {
        call_refuse(c, REASON_REQUEST_FORM, "?wait=witnessed");
        return;
    }
    uint64_t size;
    struct hash root;
    newest_get(&c->service->newest, &size, &root, NULL);
    if (index < size && is_wait(c->query) && c->service->feed != NULL) {
        answer_when_witnessed(c, index);
        return;
    }
    struct reading *r = reading_admit(c, read_receipt);
    if (r == NULL)
        return;
    r->index = index;
    reading_start(c, r);
}
