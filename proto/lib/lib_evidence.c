#include <stdlib.h>

#include "proto/lib/lib_objects.h"
#include "proto/verify/evidence.h"

struct bitacora_evidence {
    struct evidence_report report;
};

/* The finding says that the log is bad where the file proves it, and else what the file is. */
static bitacora_result conclude_evidence(bitacora_context *ctx, bitacora_evidence *e, bool proves)
{
    struct finding f = e->report.finding;
    if (ctx->cancelled)
        return BITACORA_CANCELLED;
    f.verdict = proves ? VERDICT_BAD : verdict_of_file(f.why.reason);
    context_found(ctx, &f);
    if (context_no_memory(ctx))
        return BITACORA_MEMORY;
    e->report.finding = f;
    return proves ? BITACORA_PROVEN : result_of_verdict(f.verdict);
}

static void refuse_size(bitacora_evidence *e)
{
    e->report.finding.entry = e->report.finding.related = NO_ENTRY;
    refuse(&e->report.finding.why, REASON_EVIDENCE_FORM, "too large");
}

bitacora_result bitacora_evidence_verify(bitacora_context *ctx, const bitacora_policy *policy,
                                         const void *bytes, size_t n, bitacora_evidence **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL || (bytes == NULL && n > 0))
        return context_misuse(ctx, policy == NULL ? "policy" : "bytes");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bitacora_evidence *e = calloc(1, sizeof *e);
    if (e == NULL)
        return BITACORA_MEMORY;
    bool proves = false;
    if (n > ctx->limit[BITACORA_LIMIT_EVIDENCE])
        refuse_size(e);
    else
        proves = evidence_judge_watched(&e->report, policy->policy, span_of(bytes, n),
                                        pin_of(policy), watch_of(ctx).go_on, ctx) == 0;
    bitacora_result result = conclude_evidence(ctx, e, proves);
    if (result >= 0)
        *out = e;
    else
        bitacora_evidence_free(e);
    return result;
}

void bitacora_evidence_free(bitacora_evidence *e)
{
    free(e);
}

const char *bitacora_evidence_claim(const bitacora_evidence *e)
{
    return e == NULL ? NULL : e->report.claim;
}

const bitacora_finding *bitacora_evidence_finding(const bitacora_evidence *e)
{
    return e == NULL ? NULL : finding_shown(&e->report.finding);
}
