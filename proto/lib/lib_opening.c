#include <sodium.h>
#include <stdlib.h>

#include "proto/lib/lib_objects.h"
#include "proto/verify/disclosure.h"

struct bitacora_opening {
    struct disclosure disclosure;
    struct disclosure_report report; /* points into disclosure */
    bitacora_receipt *receipt;       /* of the entry */
};

/* The receipt that the caller holds must be of the very entry that is disclosed, and not contradict
 * the receipt in the file. */
static bool compare_with_held(bitacora_context *ctx, const bitacora_opening *o,
                              const bitacora_receipt *held)
{
    struct buf evidence = { 0 };
    struct finding f = { .verdict = VERDICT_BAD, .entry = NO_ENTRY, .related = NO_ENTRY };
    const struct receipt_report *a = &held->report, *b = &o->receipt->report;
    if (a->index != b->index || !hash_eq(&a->leaf, &b->leaf) ||
        !span_eq(a->cp.checkpoint.origin, b->cp.checkpoint.origin)) {
        refuse(&f.why, REASON_OPENING_OTHER, "held");
        context_found(ctx, &f);
    }
    bool done = receipts_hold_together(ctx, held, o->receipt, &evidence);
    buf_free(&evidence);
    return done;
}

/* Keeps the entry's receipt. Its findings were told when the disclosure was judged, and the
 * disclosure is good: nothing is told again. */
static bitacora_result keep_receipt(bitacora_context *ctx, const bitacora_policy *policy,
                                    bitacora_opening *o)
{
    bitacora_result result = receipt_take(ctx, policy, o->disclosure.receipt, &o->receipt);
    return o->receipt == NULL && result >= 0 ? BITACORA_MEMORY : result;
}

static bitacora_result judge_opening(bitacora_context *ctx, const bitacora_policy *policy,
                                     bitacora_opening *o, const bitacora_receipt *held)
{
    struct watch watch = watch_of(ctx);
    disclosure_judge_watched(&o->report, &o->disclosure, policy->policy, pin_of(policy), &watch);
    bitacora_result result = context_result(ctx);
    if (result == BITACORA_PROVEN)
        result = keep_receipt(ctx, policy, o);
    if (result == BITACORA_PROVEN && held != NULL)
        result = compare_with_held(ctx, o, held) ? context_result(ctx) : BITACORA_MEMORY;
    return result;
}

static bitacora_result open_disclosure(bitacora_context *ctx, const bitacora_policy *policy,
                                       struct span text, const bitacora_receipt *held,
                                       bitacora_opening **out)
{
    struct refusal why;
    bitacora_opening *o = calloc(1, sizeof *o);
    if (o == NULL)
        return BITACORA_MEMORY;
    if (disclosure_parse(&o->disclosure, text, &why) != 0) {
        free(o);
        return context_refuse(ctx, result_of_verdict(verdict_of_file(why.reason)), &why);
    }
    bitacora_result result = judge_opening(ctx, policy, o, held);
    if (result == BITACORA_PROVEN)
        *out = o;
    else
        bitacora_opening_free(o);
    return result;
}

bitacora_result bitacora_opening_verify(bitacora_context *ctx, const bitacora_policy *policy,
                                        const void *bytes, size_t n, const bitacora_receipt *held,
                                        bitacora_opening **out)
{
    struct refusal why;
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL || (bytes == NULL && n > 0))
        return context_misuse(ctx, policy == NULL ? "policy" : "bytes");
    if (held != NULL && !same_policy(policy, held->checkpoint.policy))
        return context_misuse(ctx, "held");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (n > ctx->limit[BITACORA_LIMIT_OPENING]) {
        refuse(&why, REASON_OPENING_FORM, "too large");
        return context_refuse(ctx, BITACORA_UNDECIDED, &why);
    }
    return open_disclosure(ctx, policy, span_of(bytes, n), held, out);
}

void bitacora_opening_free(bitacora_opening *o)
{
    if (o == NULL)
        return;
    bitacora_receipt_free(o->receipt);
    disclosure_free(&o->disclosure);
    sodium_memzero(o, sizeof *o);
    free(o);
}

const char *bitacora_opening_member(const bitacora_opening *o)
{
    return o == NULL ? NULL : o->report.member;
}

const char *bitacora_opening_type(const bitacora_opening *o)
{
    return o == NULL ? NULL : o->report.type;
}

const char *bitacora_opening_value(const bitacora_opening *o)
{
    return o == NULL ? NULL : o->report.value;
}

bool bitacora_opening_sealed(const bitacora_opening *o)
{
    return o != NULL && o->report.sealed_judged;
}

const bitacora_receipt *bitacora_opening_receipt(const bitacora_opening *o)
{
    return o == NULL ? NULL : o->receipt;
}
