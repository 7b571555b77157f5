#include "proto/lib/lib_context.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "proto/tlog/signing.h"
#include "proto/verify/replay_state.h"

const char *bitacora_version(void)
{
    return BITACORA_VERSION;
}

int bitacora_version_number(void)
{
    return BITACORA_VERSION_NUMBER;
}

static const struct {
    bitacora_result result;
    const char *name;
} results[] = {
    { BITACORA_PROVEN, "proven" }, { BITACORA_BAD, "bad" },
    { BITACORA_USAGE, "usage" },   { BITACORA_UNDECIDED, "undecided" },
    { BITACORA_MEMORY, "memory" }, { BITACORA_CANCELLED, "cancelled" },
    { BITACORA_MISUSE, "misuse" }, { BITACORA_BUSY, "busy" },
};

const char *bitacora_result_name(bitacora_result result)
{
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (results[i].result == result)
            return results[i].name;
    return "unknown";
}

void bitacora_free(void *bytes)
{
    free(bytes);
}

/* ---- context --------------------------------------------------------------------------------- */

static const uint64_t limit_default[LIMITS] = {
    [BITACORA_LIMIT_POLICY] = POLICY_MAX,
    [BITACORA_LIMIT_RECEIPT] = RECEIPT_MAX,
    [BITACORA_LIMIT_EVIDENCE] = EVIDENCE_MAX,
    [BITACORA_LIMIT_OPENING] = DISCLOSURE_MAX,
    [BITACORA_LIMIT_FINDINGS] = FINDINGS_KEPT_MAX,
    [BITACORA_LIMIT_STATE] = REPLAY_STATE_MAX,
    [BITACORA_LIMIT_REPLAY_MEMORY] = REPLAY_MEMORY_MAX,
    [BITACORA_LIMIT_ANSWER] = ANSWER_FILE_MAX,
};

/* The one thing that is known for the whole process: what the cryptographic library is. Written
 * once, before any context exists. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool reliable;

static void try_library(void)
{
    reliable = sodium_init() >= 0 && signing_begin() == NULL;
}

bitacora_result bitacora_context_new(bitacora_context **out)
{
    if (out == NULL)
        return BITACORA_MISUSE;
    *out = NULL;
    pthread_once(&once, try_library);
    if (!reliable)
        return BITACORA_USAGE;
    bitacora_context *ctx = calloc(1, sizeof *ctx);
    if (ctx == NULL)
        return BITACORA_MEMORY;
    memcpy(ctx->limit, limit_default, sizeof ctx->limit);
    *out = ctx;
    return BITACORA_PROVEN;
}

void bitacora_context_free(bitacora_context *ctx)
{
    if (ctx == NULL || ctx->in_callback)
        return;
    findings_free(&ctx->found);
    free(ctx);
}

void bitacora_set_cancel(bitacora_context *ctx, bitacora_cancel_fn *cancel, void *arg)
{
    if (ctx == NULL || ctx->in_callback)
        return;
    ctx->cancel = cancel;
    ctx->cancel_arg = arg;
}

bitacora_result bitacora_set_limit(bitacora_context *ctx, bitacora_limit limit, uint64_t value)
{
    if (ctx == NULL)
        return BITACORA_MISUSE;
    if (limit < BITACORA_LIMIT_POLICY || limit > BITACORA_LIMIT_ANSWER)
        return context_misuse(ctx, "limit");
    if (value == 0 || value > limit_default[limit])
        return context_misuse(ctx, "value");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    ctx->limit[limit] = value;
    if (limit == BITACORA_LIMIT_FINDINGS)
        ctx->found.max = (size_t)value;
    return BITACORA_PROVEN;
}

void context_clear(bitacora_context *ctx)
{
    findings_clear(&ctx->found);
    ctx->memory = ctx->cancelled = false;
}

bool context_begin(bitacora_context *ctx)
{
    if (ctx->in_callback)
        return false;
    context_clear(ctx);
    return true;
}

bool context_cancelled(bitacora_context *ctx)
{
    if (!ctx->cancelled && ctx->cancel != NULL) {
        ctx->in_callback = true;
        ctx->cancelled = ctx->cancel(ctx->cancel_arg) != 0;
        ctx->in_callback = false;
    }
    return ctx->cancelled;
}

/* ---- findings -------------------------------------------------------------------------------- */

void context_found(void *context, const struct finding *f)
{
    bitacora_context *ctx = context;
    if (f->why.reason == REASON_MEMORY)
        ctx->memory = true;
    else
        findings_add(&ctx->found, f);
}

size_t bitacora_findings(const bitacora_context *ctx)
{
    return ctx == NULL ? 0 : ctx->found.kept;
}

uint64_t bitacora_findings_total(const bitacora_context *ctx)
{
    return ctx == NULL ? 0 : ctx->found.total;
}

const bitacora_finding *bitacora_finding_at(const bitacora_context *ctx, size_t at)
{
    return ctx == NULL || at >= ctx->found.kept ? NULL : finding_shown(&ctx->found.list[at]);
}

const char *bitacora_finding_code(const bitacora_finding *f)
{
    return f == NULL ? NULL : reason_code(f->finding.why.reason);
}

const char *bitacora_finding_name(const bitacora_finding *f)
{
    return f == NULL ? NULL : reason_name(f->finding.why.reason);
}

bitacora_result bitacora_finding_result(const bitacora_finding *f)
{
    if (f == NULL || f->finding.why.reason == REASON_ARGUMENT)
        return BITACORA_MISUSE;
    return f->finding.verdict == VERDICT_GOOD ? BITACORA_USAGE
                                              : result_of_verdict(f->finding.verdict);
}

uint64_t bitacora_finding_entry(const bitacora_finding *f)
{
    return f == NULL ? BITACORA_NO_ENTRY : f->finding.entry;
}

uint64_t bitacora_finding_related(const bitacora_finding *f)
{
    return f == NULL ? BITACORA_NO_ENTRY : f->finding.related;
}

const char *bitacora_finding_subject(const bitacora_finding *f)
{
    return f == NULL ? NULL : f->finding.why.subject;
}

/* Copies what fits, and no half of a character: bytes 10xxxxxx go on with one. */
static void copy_cut(char *out, size_t cap, const char *text, size_t n)
{
    size_t fits = n < cap ? n : cap - 1;
    while (fits > 0 && fits < n && ((unsigned char)text[fits] & 0xC0) == 0x80)
        fits--;
    memcpy(out, text, fits);
    out[fits] = 0;
}

size_t bitacora_finding_sentence(const bitacora_finding *f, const char *language, char *text,
                                 size_t cap)
{
    struct buf b = { 0 };
    bool spanish = language != NULL && strcmp(language, "es") == 0;
    if (f != NULL)
        refusal_sentence(&b, &f->finding.why, spanish ? LANGUAGE_ES : LANGUAGE_EN);
    const char *whole = buf_str(&b);
    size_t n = strlen(whole);
    if (text != NULL && cap > 0)
        copy_cut(text, cap, whole, n);
    buf_free(&b);
    return n;
}

/* ---- results --------------------------------------------------------------------------------- */

bitacora_result result_of_verdict(enum verdict v)
{
    return v == VERDICT_GOOD  ? BITACORA_PROVEN
           : v == VERDICT_BAD ? BITACORA_BAD
                              : BITACORA_UNDECIDED;
}

bitacora_result context_result(const bitacora_context *ctx)
{
    return ctx->cancelled           ? BITACORA_CANCELLED
           : context_no_memory(ctx) ? BITACORA_MEMORY
                                    : result_of_verdict(findings_verdict(&ctx->found));
}

bitacora_result context_refuse(bitacora_context *ctx, bitacora_result result,
                               const struct refusal *why)
{
    enum verdict verdict = result == BITACORA_BAD         ? VERDICT_BAD
                           : result == BITACORA_UNDECIDED ? VERDICT_UNDECIDED
                                                          : VERDICT_GOOD;
    if (why->reason == REASON_MEMORY)
        return BITACORA_MEMORY;
    findings_tell(&ctx->found, verdict, why);
    return context_no_memory(ctx) ? BITACORA_MEMORY : result;
}

bitacora_result context_misuse(bitacora_context *ctx, const char *argument)
{
    struct refusal why;
    if (ctx == NULL)
        return BITACORA_MISUSE;
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    refuse(&why, REASON_ARGUMENT, argument);
    return context_refuse(ctx, BITACORA_MISUSE, &why);
}

char *copy_bytes(const void *bytes, size_t n)
{
    char *copy = malloc(n + 1);
    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, bytes, n);
    copy[n] = 0;
    return copy;
}

bitacora_result give_bytes(struct buf *from, char **out, size_t *n)
{
    char *copy = out == NULL || from->failed ? NULL : copy_bytes(from->p, from->n);
    bitacora_result result =
        from->failed || (out != NULL && copy == NULL) ? BITACORA_MEMORY : BITACORA_PROVEN;
    if (out != NULL)
        *out = copy;
    if (n != NULL)
        *n = copy == NULL ? 0 : from->n;
    buf_free(from);
    return result;
}
