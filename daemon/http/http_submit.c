#include <event2/buffer.h>
#include <stdlib.h>
#include <strings.h>

#include "daemon/append/sequencer.h"
#include "daemon/append/signer_limit.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/http/handlers.h"
#include "daemon/http/post.h"
#include "proto/base/scan.h"

/* ---- verifying, on a worker ------------------------------------------------------------------ */

/* A note that was not gathered with others. */
static void count_by_library(struct sig_verifier *v)
{
    if (v != NULL)
        v->by_library++;
}

/* Form, key, signature. What only the log itself may say (genesis and the like) is refused from
 * anybody who sends it. */
static int judge_note(struct service *service, struct submitted *n,
                      const struct checked_note *checked, struct refusal *why)
{
    struct record *r = &n->record;
    if (record_parse_checked(r, n->note, checked, why) != 0)
        return -1;
    int failed = signers_signer(&service->signers, r, &n->signer, why);
    r->checked = NULL; /* it is gone when the worker goes on */
    if (checked == NULL && (failed == 0 || why->reason == REASON_SIGNATURE))
        count_by_library(service->verifier);
    if (failed != 0)
        return -1;
    metric_add(METRIC_SIGNATURES, 1);
    return kind_is_logs(r->kind) ? refuse_span(why, REASON_ROLE, r->signer) : 0;
}

static struct submitted *note_of(struct work *w)
{
    return (struct submitted *)(void *)w; /* work is its first member */
}

/* Checks the signatures of n notes at once, where lanes do that. */
static void check_together(struct service *service, struct work *const w[], size_t n,
                           struct checked_note checked[])
{
    struct note_gather g = { .key = signers_key,
                             .ctx = &service->signers,
                             .verifier = service->verifier };
    for (size_t i = 0; i < n; i++)
        record_gather(&g, &checked[i], note_of(w[i])->note);
    record_gather_end(&g);
    if (sig_verifier_state(service->verifier) == SIG_LANES_LOST &&
        !atomic_exchange(&service->verifier_doubt, true))
        log_line(LOG_WARNING, "the accelerator cannot go on: this processor lost what it needs; "
                              "libsodium judges the signatures");
}

static void verify_one(struct submitted *n, const struct checked_note *checked)
{
    struct post *p = post_of(n->submission);
    struct service *service = p->exchange.service;
    struct refusal why;
    int failed = judge_note(service, n, checked, &why);
    if (failed == 0 && sig_verifier_state(service->verifier) == SIG_LANES_DIFFER)
        failed = refuse(&why, REASON_STOPPING, ""); /* the sequencer ends appending */
    if (failed != 0)
        submitted_refuse(n, &why);
    /* Whoever verified the last note passes all of them on; refused ones, too, as the sequencer
     * may be waiting for them. */
    if (atomic_fetch_sub(&p->unverified, 1) != 1)
        return;
    if (signer_limit(service, &p->submission, &p->retry_after) == 0)
        p->retry_after = 0;
    sequencer_push(service->sequencer, &p->submission);
}

/* Up to eight notes, of whatever bodies and connections, where lanes judge; those that are queued by
 * now. */
static void verify_note(struct work *w)
{
    struct work *all[SIG_LANES] = { w };
    struct checked_note checked[SIG_LANES];
    struct service *service = post_of(note_of(w)->submission)->exchange.service;
    size_t n = 1;
    if (sig_verifier_state(service->verifier) == SIG_BY_LANES)
        n += pool_take_like(service->workers, verify_note, all + 1, SIG_LANES - 1);
    if (n >= SIG_LANES_LEAST)
        check_together(service, all, n, checked);
    for (size_t i = 0; i < n; i++)
        verify_one(note_of(all[i]), n >= SIG_LANES_LEAST ? &checked[i] : NULL);
}

/* ---- the request, on the event loop ---------------------------------------------------------- */

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

/* How many notes a batch body holds. Returns 0 if it does not divide exactly. */
static size_t count_notes(struct span body)
{
    struct scan s = scan_of(body);
    size_t n = 0;
    for (; !s.bad && !scan_done(&s); n++)
        scan_bytes(&s, scan_u16(&s));
    return s.bad ? 0 : n;
}

static void divide(struct post *p)
{
    struct scan scan = scan_of(span_of(p->body, p->body_length));
    for (size_t i = 0; i < p->submission.count; i++) {
        p->note[i].submission = &p->submission;
        p->note[i].note =
            p->submission.batch ? scan_bytes(&scan, scan_u16(&scan)) : scan_rest(&scan);
    }
}

static bool admitted(const struct service *service, size_t notes, size_t bytes)
{
    return metric_get(METRIC_QUEUE_NOTES) + (int64_t)notes <= service->config.queue &&
           metric_get(METRIC_QUEUE_BYTES) + (int64_t)bytes <= service->config.queue_bytes;
}

static void release_post(struct exchange *e)
{
    struct post *p = (struct post *)(void *)e; /* exchange is its first member */
    metric_add(METRIC_QUEUE_NOTES, -(int64_t)p->submission.count);
    metric_add(METRIC_QUEUE_BYTES, -(int64_t)p->body_length);
    free(p->body);
    free(p);
}

/* A post of so many notes, or NULL if it was refused. Takes over body unless it was refused. */
static struct post *new_post(struct call *c, uint8_t *body, size_t n, bool batch, size_t count)
{
    struct post *p = NULL;
    if (call_stopping(c)) {
        call_refuse(c, REASON_STOPPING, "");
    } else if (!admitted(c->service, count, n)) {
        call_refuse(c, REASON_BUSY, "");
    } else if ((p = calloc(1, sizeof *p + count * sizeof *p->note)) == NULL) {
        call_refuse(c, REASON_MEMORY, "");
    }
    if (p == NULL)
        return NULL;
    p->submission.batch = batch;
    p->submission.count = count;
    p->submission.note = p->note;
    p->body = body;
    p->body_length = n;
    p->exchange.release = release_post;
    metric_add(METRIC_QUEUE_NOTES, (int64_t)count);
    metric_add(METRIC_QUEUE_BYTES, (int64_t)n);
    divide(p);
    return p;
}

/* Takes over body. */
static void start_post(struct call *c, uint8_t *body, size_t n, bool batch, size_t count)
{
    struct post *p = new_post(c, body, n, batch, count);
    if (p == NULL) {
        free(body);
        return;
    }
    call_defer(c, &p->exchange);
    atomic_init(&p->unverified, count);
    if (!batch)
        sequencer_expect(c->service->sequencer);
    for (size_t i = 0; i < count; i++) {
        p->note[i].work.run = verify_note;
        call_push(c, c->service->workers, &p->note[i].work);
    }
}

static void take_batch(struct call *c, uint8_t *body, size_t n)
{
    size_t count = count_notes(span_of(body, n));
    if (count > 0 && count <= BATCH_NOTES_MAX) {
        start_post(c, body, n, true, count);
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
        start_post(c, body, n, false, 1);
}
