#include <event2/buffer.h>
#include <stdlib.h>
#include <strings.h>

#include "daemon/append/submission.h"
#include "daemon/host/metrics.h"
#include "daemon/http/http.h"
#include "proto/base/scan.h"

enum media { MEDIA_OTHER, MEDIA_NOTE, MEDIA_NOTES };

/* Parameters, such as charset, are not looked at: a note is UTF-8. */
static enum media media_of(struct evhttp_request *request)
{
    const char *type =
        evhttp_find_header(evhttp_request_get_input_headers(request), "Content-Type");
    size_t n = type == NULL ? 0 : strcspn(type, "; \t");
    if (n == strlen("text/plain") && strncasecmp(type, "text/plain", n) == 0)
        return MEDIA_NOTE;
    if (n == strlen("application/octet-stream") &&
        strncasecmp(type, "application/octet-stream", n) == 0)
        return MEDIA_NOTES;
    return MEDIA_OTHER;
}

static void release(struct exchange *e)
{
    struct submission *s = (struct submission *)(void *)e; /* exchange is its first member */
    metric_add(METRIC_QUEUE_NOTES, -(int64_t)s->count);
    metric_add(METRIC_QUEUE_BYTES, -(int64_t)s->body_length);
    free(s->body);
    free(s);
}

/* How many notes a batch body holds. Returns 0 if it does not divide exactly. */
static size_t count_notes(struct span body)
{
    struct scan s = scan_of(body);
    size_t n = 0;
    for (; !s.bad && !scan_done(&s); n++)
        scan_bytes(&s, scan_u16(&s));
    return s.bad ? 0 : n;
}

static void divide(struct submission *s)
{
    struct scan scan = scan_of(span_of(s->body, s->body_length));
    for (size_t i = 0; i < s->count; i++) {
        s->note[i].submission = s;
        s->note[i].note = s->batch ? scan_bytes(&scan, scan_u16(&scan)) : scan_rest(&scan);
    }
}

static bool admitted(const struct service *service, size_t notes, size_t bytes)
{
    return metric_get(METRIC_QUEUE_NOTES) + (int64_t)notes <= service->config.queue &&
           metric_get(METRIC_QUEUE_BYTES) + (int64_t)bytes <= service->config.queue_bytes;
}

/* body is taken over. */
static void start(struct call *c, uint8_t *body, size_t n, bool batch, size_t count)
{
    struct submission *s = NULL;
    if (server_stopping(c->server)) {
        call_refuse(c, REASON_STOPPING, "");
    } else if (!admitted(c->service, count, n)) {
        call_refuse(c, REASON_BUSY, "");
    } else if ((s = calloc(1, sizeof *s + count * sizeof *s->note)) == NULL) {
        call_refuse(c, REASON_MEMORY, "");
    }
    if (s == NULL) {
        free(body);
        return;
    }
    s->batch = batch;
    s->body = body;
    s->body_length = n;
    s->count = count;
    s->exchange.release = release;
    metric_add(METRIC_QUEUE_NOTES, (int64_t)count);
    metric_add(METRIC_QUEUE_BYTES, (int64_t)n);
    divide(s);
    call_defer(c, &s->exchange);
    submission_start(c, s);
}

static void take_batch(struct call *c, uint8_t *body, size_t n)
{
    size_t count = count_notes(span_of(body, n));
    if (count > 0 && count <= BATCH_NOTES_MAX) {
        start(c, body, n, true, count);
        return;
    }
    free(body);
    if (count == 0)
        call_refuse(c, REASON_LENGTHS, n == 0 ? "no note" : "cut off");
    else
        call_refuse(c, REASON_BODY_TOO_LARGE, "1,000 notes");
}

void handle_records(struct call *c)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(c->request);
    size_t n = evbuffer_get_length(in);
    enum media media = media_of(c->request);
    if (media == MEDIA_OTHER) {
        call_refuse(c, REASON_MEDIA_TYPE, "");
        return;
    }
    if (media == MEDIA_NOTE && n > RECORD_NOTE_MAX) {
        call_refuse(c, REASON_RECORD_TOO_LARGE, "");
        return;
    }
    if (n > BATCH_BYTES_MAX) {
        call_refuse(c, REASON_BODY_TOO_LARGE, "4 MiB");
        return;
    }
    uint8_t *body = malloc(n + 1);
    if (body == NULL) {
        call_refuse(c, REASON_MEMORY, "");
        return;
    }
    evbuffer_remove(in, body, n);
    if (media == MEDIA_NOTES)
        take_batch(c, body, n);
    else
        start(c, body, n, false, 1);
}
