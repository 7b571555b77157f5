#include <stdio.h>
#include <stdlib.h>

#include "proto/lib/lib_objects.h"
#include "proto/verify/log_answer.h"

/* ---- problems -------------------------------------------------------------------------------- */

struct bitacora_problem {
    int status;
    struct problem problem;
};

bitacora_result bitacora_problem_read(bitacora_context *ctx, int status, const void *body, size_t n,
                                      bitacora_problem **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || status < 0 || (body == NULL && n > 0))
        return context_misuse(ctx, status < 0 ? "status" : "body");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bitacora_problem *p = calloc(1, sizeof *p);
    if (p == NULL)
        return BITACORA_MEMORY;
    p->status = status;
    problem_read(&p->problem, status, span_of(body, n));
    *out = p;
    return BITACORA_PROVEN;
}

void bitacora_problem_free(bitacora_problem *p)
{
    free(p);
}

const char *bitacora_problem_code(const bitacora_problem *p)
{
    return p == NULL ? NULL : p->problem.code;
}

const char *bitacora_problem_detail(const bitacora_problem *p)
{
    return p == NULL ? NULL : p->problem.detail;
}

bool bitacora_problem_again(const bitacora_problem *p)
{
    return p != NULL && (p->status == 0 || status_may_pass(p->status));
}

/* ---- what became of a record ----------------------------------------------------------------- */

static bitacora_result refuse_status(bitacora_context *ctx, int status)
{
    struct refusal why;
    char text[32];
    snprintf(text, sizeof text, "HTTP %d", status);
    refuse(&why, REASON_NET_STATUS, text);
    return context_refuse(ctx, BITACORA_UNDECIDED, &why);
}

/* The note in the receipt must be the one that was sent. */
static bitacora_result hold_against_note(bitacora_context *ctx, struct span note,
                                         bitacora_result result, bitacora_receipt **out)
{
    struct refusal why;
    if (*out == NULL || span_eq((*out)->record.note, note))
        return result;
    refuse(&why, REASON_OTHER_RECORD, "note");
    bitacora_receipt_free(*out);
    *out = NULL;
    return context_refuse(ctx, BITACORA_BAD, &why);
}

bitacora_result bitacora_submitted(bitacora_context *ctx, const bitacora_policy *policy,
                                   const void *note, size_t note_n, int status, const void *body,
                                   size_t n, bitacora_receipt **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL || note == NULL || (body == NULL && n > 0))
        return context_misuse(ctx, policy == NULL ? "policy" : note == NULL ? "note" : "body");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (status != 200 && status != 201)
        return refuse_status(ctx, status);
    bitacora_result result = receipt_take_served(ctx, policy, span_of(body, n), out);
    return hold_against_note(ctx, span_of(note, note_n), result, out);
}

/* ---- lists ----------------------------------------------------------------------------------- */

struct bitacora_hints {
    struct hints hints;
};

bitacora_result bitacora_hints_read(bitacora_context *ctx, const void *body, size_t n,
                                    bitacora_hints **out)
{
    struct refusal why;
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || (body == NULL && n > 0))
        return context_misuse(ctx, "body");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bitacora_hints *h = calloc(1, sizeof *h);
    if (h == NULL)
        return BITACORA_MEMORY;
    int failed = hints_parse(&h->hints, span_of(body, n));
    if (failed == 0) {
        *out = h;
        return BITACORA_PROVEN;
    }
    free(h);
    refuse(&why, REASON_UNREADABLE, "/v1/find");
    return failed == -2 ? BITACORA_MEMORY : context_refuse(ctx, BITACORA_UNDECIDED, &why);
}

void bitacora_hints_free(bitacora_hints *h)
{
    if (h != NULL)
        free(h->hints.entry);
    free(h);
}

size_t bitacora_hints_count(const bitacora_hints *h)
{
    return h == NULL ? 0 : h->hints.n;
}

uint64_t bitacora_hints_at(const bitacora_hints *h, size_t at)
{
    return h == NULL || at >= h->hints.n ? BITACORA_NO_ENTRY : h->hints.entry[at];
}

uint64_t bitacora_hints_next(const bitacora_hints *h)
{
    return h == NULL ? BITACORA_NO_ENTRY : h->hints.next;
}
