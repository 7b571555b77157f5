#include "client/remote/log_client.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "client/remote/receipt_check.h"
#include "client/remote/retry.h"
#include "proto/base/scan.h"
#include "proto/verify/log_answer.h"

#define FIND_PAGES_MAX 8 /* no service can keep us looking for ever */
#define PROBLEM_MAX (64 * 1024)

struct log_client {
    const struct trust *trust;
    struct fetcher *fetcher;
    struct buf body;
    int64_t await_left; /* milliseconds that may still be waited in vain for witnesses of entries */
    bool wants_quorum;
    bool gave_up;      /* on a question that had its time: it is not waited for like that again */
    struct buf origin; /* of the log that is asked; empty: the policy names no other */
    struct buf last;   /* the receipt before; empty before the first */
    struct receipt_report last_report;
};

struct log_client *log_client_new(const struct trust *trust)
{
    struct log_client *s = kept(calloc(1, sizeof *s));
    if (s == NULL)
        return NULL;
    s->trust = trust;
    s->await_left = SERVICE_AWAIT_MS;
    s->fetcher = fetcher_new(trust->url);
    if (s->fetcher == NULL) {
        free(s);
        return NULL;
    }
    fetch_as(s->fetcher, &trust->reader);
    return s;
}

void log_client_free(struct log_client *s)
{
    if (s == NULL)
        return;
    fetcher_free(s->fetcher);
    buf_free(&s->body);
    buf_free(&s->origin);
    buf_free(&s->last);
    free(s);
}

bool log_client_gave_up(const struct log_client *s)
{
    return s->gave_up;
}

const struct buf *log_client_body(const struct log_client *s)
{
    return &s->body;
}

/* ---- asking ---------------------------------------------------------------------------------- */

struct question {
    const char *path;
    const struct span *post, *put;
    size_t max;
    bool brief; /* an exchange, too, is given up when the time is over */
};

static void ask_once(struct log_client *s, const struct question *q, struct answer *out)
{
    buf_clear(&s->body);
    if (q->post != NULL)
        fetch_post(s->fetcher, q->path, *q->post, q->max, &s->body, out);
    else if (q->put != NULL)
        fetch_put(s->fetcher, q->path, *q->put, q->max, &s->body, out);
    else
        fetch_get(s->fetcher, q->path, q->max, &s->body, out);
}

/* Milliseconds of a clock that nobody sets. */
static int64_t steady(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits before the question is asked again. Returns false where it is not. */
static bool wait_to_repeat(const struct log_client *s, struct retry *retry,
                           const struct answer *answer)
{
    struct complaint c;
    char detail[sizeof c.detail + 32];
    if (s->gave_up || !answer_may_come(answer))
        return false;
    log_client_complaint(s, answer, &c);
    if (answer->status != 0 && strncmp(c.detail, "HTTP", 4) != 0)
        snprintf(detail, sizeof detail, "HTTP %ld: %s", answer->status, c.detail);
    else
        snprintf(detail, sizeof detail, "%s", c.detail);
    return retry_pause(retry, answer, detail);
}

/* Whoever is silent for the whole time of one question is asked others once each, and nothing
 * more after the first of them hangs: else a run would wait as often as it has questions. */
static void take_silence(struct log_client *s, const struct question *q,
                         const struct answer *answer)
{
    if (answer->status == 0 && !q->brief && !s->gave_up) {
        s->gave_up = true;
        fetch_no_hanging(s->fetcher);
    } else if (answer->status != 0) {
        s->gave_up = false;
    }
}

/* Asks again until there is an answer, for so many seconds. */
static void ask_for(struct log_client *s, const struct question *q, long seconds,
                    struct answer *out)
{
    struct retry retry = retry_for(s->trust->url, seconds);
    do {
        long left = retry_left(&retry);
        fetch_limit(s->fetcher, !q->brief ? 0 : left < 1 ? 1 : left);
        ask_once(s, q, out);
    } while (wait_to_repeat(s, &retry, out));
    if (!q->brief && answer_may_come(out))
        retry_say_over(&retry);
    take_silence(s, q, out);
}

static void ask(struct log_client *s, const struct question *q, struct answer *out)
{
    ask_for(s, q, RETRY_SECONDS, out);
}

void log_client_get(struct log_client *s, const char *path, size_t max, struct answer *out)
{
    ask(s, &(struct question){ .path = path, .max = max }, out);
}

void log_client_post(struct log_client *s, const char *path, struct span bytes, size_t max,
                     struct answer *out)
{
    ask(s, &(struct question){ .path = path, .post = &bytes, .max = max }, out);
}

void log_client_await(struct log_client *s, uint64_t index, int64_t *left, struct answer *out)
{
    char path[64];
    int64_t start = steady();
    const struct question q = { .path = path, .max = RECEIPT_MAX, .brief = true };
    snprintf(path, sizeof path, "v1/receipts/%" PRIu64 "?wait=witnessed", index);
    ask_for(s, &q, *left < 1000 ? 1 : (long)(*left / 1000), out);
    *left -= steady() - start;
}

void log_client_complaint(const struct log_client *s, const struct answer *answer,
                          struct complaint *out)
{
    struct problem problem;
    if (answer->status == 0 || (answer->status == 200 && !answer->acceptable)) {
        struct refusal why;
        answer_refusal(answer, trust_log(s->trust)->name, &why);
        complain(out, &why);
        snprintf(out->code, sizeof out->code, "unreachable");
        return;
    }
    problem_read(&problem, answer->status, buf_span(&s->body));
    memcpy(out->code, problem.code, sizeof out->code);
    memcpy(out->detail, problem.detail, sizeof out->detail);
}

enum outcome complaint_say(const struct complaint *c)
{
    trouble_is(c->code);
    return say_undecided("[%s] %s", c->code, c->detail);
}

void complaint_fill(struct complaint *out, const struct refusal *why)
{
    struct buf sentence = { 0 };
    refusal_sentence(&sentence, why, language_get());
    snprintf(out->code, sizeof out->code, "%s", reason_code(why->reason));
    snprintf(out->detail, sizeof out->detail, "%s", kept_text(&sentence));
    buf_free(&sentence);
}

int complain_memory(struct complaint *out)
{
    struct refusal why;
    refuse(&why, REASON_MEMORY, "");
    return complain(out, &why);
}

/* ---- entries --------------------------------------------------------------------------------- */

void shown_free(struct shown *e)
{
    record_free(&e->record);
    buf_free(&e->bytes);
}

/* Copies the entry of a verified receipt. Returns false if its record has not its form, or without
 * memory, recorded as lost. */
static bool take_entry(struct shown *out, uint64_t index, struct span bytes)
{
    struct entry e;
    struct refusal why;
    *out = (struct shown){ .index = index };
    buf_add_span(&out->bytes, bytes);
    kept_text(&out->bytes);
    hash_leaf(&out->leaf, bytes);
    if (!out->bytes.failed && entry_parse(&e, buf_span(&out->bytes), &why) == 0 &&
        record_parse(&out->record, e.note, &why) == 0) {
        out->accepted = e.accepted;
        return true;
    }
    if (!out->bytes.failed)
        lost_to_memory(&why);
    buf_free(&out->bytes);
    return false;
}

/* Asks for a receipt, witnessed or as it can be had. */
static void ask_receipt(struct log_client *s, uint64_t index, bool witnessed, struct answer *answer)
{
    char path[64];
    if (witnessed && s->await_left > 0 && !policy_trusts_log_alone(s->trust->policy)) {
        log_client_await(s, index, &s->await_left, answer);
        if (answer->status == 200 || answer->status == 404 || answer->status == 0)
            return;
    }
    snprintf(path, sizeof path, "v1/receipts/%" PRIu64, index);
    log_client_get(s, path, RECEIPT_MAX, answer);
}

/* Without memory the next receipt is held against none. */
static void forget_last(struct log_client *s)
{
    lost(ENOMEM);
    buf_free(&s->last);
}

/* A receipt against the one before it: a log that answers by two histories is convicted, with
 * evidence. */
static bool agrees_with_last(struct log_client *s, const struct receipt_report *report,
                             struct findings *f)
{
    struct span text = buf_span(&s->body);
    struct buf evidence = { 0 };
    struct receipt parsed;
    struct refusal why;
    enum outcome outcome = OUTCOME_PROVEN;
    if (s->last.n > 0) {
        const struct seen_receipt seen[2] = { { "…", buf_span(&s->last), &s->last_report, 0, NULL },
                                              { "v1/receipts", text, report, 1, NULL } };
        outcome = receipts_compare(s->trust, seen, 2, f, &evidence, NULL, NULL);
        trust_write_evidence(s->trust, &evidence);
        buf_free(&evidence);
    }
    buf_clear(&s->last);
    buf_add_span(&s->last, text);
    s->last_report = *report;
    if (s->last.failed || receipt_parse(&parsed, buf_span(&s->last), &why) != 0 ||
        policy_open(&s->last_report.cp, s->trust->policy, parsed.checkpoint, &why) != 0)
        forget_last(s); /* it was parsed and opened before */
    else
        receipt_free(&parsed);
    return outcome != OUTCOME_BAD;
}

static bool is_of_another(const struct log_client *s, const struct receipt_report *report)
{
    return s->origin.n > 0 && !span_eq(report->cp.checkpoint.origin, buf_span(&s->origin));
}

/* Takes the entry of the receipt in the body, which is `report`. */
static enum show take_proven(struct log_client *s, uint64_t index,
                             const struct receipt_report *report, struct shown *out)
{
    struct receipt r;
    struct refusal why;
    if (report->index != index)
        return SHOW_BAD;
    if (receipt_parse(&r, buf_span(&s->body), &why) != 0)
        return lost_to_memory(&why) ? SHOW_FAILED : SHOW_BAD;
    bool taken = take_entry(out, index, r.entry[0].bytes);
    receipt_free(&r);
    return taken ? SHOW_PROVEN : lost_any() ? SHOW_FAILED : SHOW_BAD;
}

/* Judges the receipt in the body and takes its entry. Findings are printed of what is bad, and
 * where a good one is needed of what is not good. */
static enum show take_receipt(struct log_client *s, uint64_t index, bool need_good,
                              struct shown *out)
{
    struct findings f = { 0 };
    struct receipt_report report;
    enum verdict verdict = receipt_judge_served(&report, s->trust->policy, buf_span(&s->body),
                                                trust_pin(s->trust), findings_add, &f);
    if (verdict != VERDICT_BAD && report.size > 0 && !agrees_with_last(s, &report, &f))
        verdict = VERDICT_BAD;
    if (verdict == VERDICT_BAD || report.size == 0 || (need_good && verdict != VERDICT_GOOD))
        findings_print(&f, stderr);
    bool unknown = findings_lost(&f) && verdict != VERDICT_BAD;
    findings_free(&f);
    if (verdict == VERDICT_BAD)
        return SHOW_BAD;
    if (unknown || report.size == 0 || is_of_another(s, &report))
        return SHOW_FAILED; /* nothing of it is proven, or nothing of this log */
    enum show shown = take_proven(s, index, &report, out);
    if (shown != SHOW_PROVEN)
        return shown;
    out->good = verdict == VERDICT_GOOD;
    if (!need_good || out->good)
        return SHOW_PROVEN;
    shown_free(out);
    return SHOW_UNWITNESSED;
}

static enum show show(struct log_client *s, uint64_t index, bool need_good, struct shown *out,
                      struct answer *answer)
{
    int64_t left = s->await_left;
    ask_receipt(s, index, need_good || s->wants_quorum, answer);
    if (answer->status == 404)
        return SHOW_ABSENT;
    if (answer->status != 200 || !answer->acceptable)
        return SHOW_FAILED;
    enum show shown = take_receipt(s, index, need_good, out);
    if (shown == SHOW_PROVEN && out->good)
        s->await_left = left;               /* that was not in vain */
    if (shown == SHOW_FAILED && lost_any()) /* what came is not at fault */
        *answer = (struct answer){ .why = REASON_MEMORY };
    return shown;
}

enum show log_client_entry(struct log_client *s, uint64_t index, struct shown *out,
                           struct answer *answer)
{
    return show(s, index, false, out, answer);
}

enum show log_client_good_entry(struct log_client *s, uint64_t index, struct shown *out,
                                struct answer *answer)
{
    return show(s, index, true, out, answer);
}

void log_client_expect_origin(struct log_client *s, struct span origin)
{
    buf_clear(&s->origin);
    buf_add_span(&s->origin, origin);
    kept_text(&s->origin);
}

void log_client_want_quorum(struct log_client *s)
{
    s->wants_quorum = true;
}

/* Visits the entries of a page. Returns false where there is no more to be done: visit said so,
 * or there were too many. */
static bool visit_page(const struct hints *page, bool (*visit)(void *ctx, uint64_t index),
                       void *ctx, size_t *left, bool *all)
{
    for (size_t i = 0; i < page->n; i++) {
        *all = *left > 0; /* those beyond are as good as hidden */
        if (!*all)
            return false;
        --*left;
        if (!visit(ctx, page->entry[i]))
            return false;
    }
    return true;
}

/* Asks for one page. Returns false if it could not be had. */
static bool ask_page(struct log_client *s, const char *query, uint64_t after, struct hints *page,
                     struct answer *answer)
{
    struct buf path = { 0 };
    buf_addf(&path, "v1/find?%s", query);
    if (after != NO_ENTRY)
        buf_addf(&path, "&after=%" PRIu64, after);
    const char *text = kept_text(&path);
    *answer = (struct answer){ .why = REASON_MEMORY };
    if (!path.failed) /* an empty path is another question */
        log_client_get(s, text, FIND_ANSWER_MAX, answer);
    buf_free(&path);
    int failed = answer->status != 200 ? -1 : hints_parse(page, buf_span(&s->body));
    if (failed == -2)
        lost(ENOMEM);
    return failed == 0;
}

bool log_client_find(struct log_client *s, const char *query,
                     bool (*visit)(void *ctx, uint64_t index), void *ctx, struct answer *answer)
{
    uint64_t after = NO_ENTRY;
    size_t left = SERVICE_HINTS_MAX;
    bool more = true, all = true;
    for (int pages = 0; more && all; pages++) {
        struct hints page = { .next = NO_ENTRY };
        all = ask_page(s, query, after, &page, answer) && pages < FIND_PAGES_MAX;
        more = all && page.next != NO_ENTRY;
        after = page.next;
        if (all && !visit_page(&page, visit, ctx, &left, &all))
            more = false;
        free(page.entry);
    }
    return all;
}

/* ---- blobs ----------------------------------------------------------------------------------- */

void log_client_identify(struct log_client *s, const struct skey *key,
                         const struct entry_ref *under)
{
    struct log_reader reader = log_reader_of(key, trust_log(s->trust)->name);
    reader.known = true;
    reader.under = *under;
    reader.tls = s->trust->reader.tls;
    fetch_as(s->fetcher, &reader);
}

static void blob_path(char out[128], const uint8_t sha256[static HASH_BYTES])
{
    char hex[2 * HASH_BYTES + 1];
    hex_format(hex, sha256, HASH_BYTES);
    snprintf(out, 128, "v1/blobs/%s", hex);
}

bool log_client_put_blob(struct log_client *s, struct span blob, struct answer *answer)
{
    struct hash sha256;
    char path[128];
    hash_bytes(&sha256, blob);
    blob_path(path, sha256.b);
    ask(s, &(struct question){ .path = path, .put = &blob, .max = PROBLEM_MAX }, answer);
    return answer->status == 200 || answer->status == 201;
}

enum blob log_client_get_blob(struct log_client *s, const uint8_t sha256[static HASH_BYTES],
                              size_t max, struct answer *answer)
{
    struct hash got;
    char path[128];
    blob_path(path, sha256);
    ask(s, &(struct question){ .path = path, .max = max }, answer);
    if (answer->status == 410)
        return BLOB_ERASED;
    if (answer->status == 404)
        return BLOB_ABSENT;
    if (answer->status != 200 || !answer->acceptable)
        return BLOB_REFUSED;
    hash_bytes(&got, buf_span(&s->body));
    return s->body.n <= max && memcmp(got.b, sha256, HASH_BYTES) == 0 ? BLOB_THERE : BLOB_ABSENT;
}
