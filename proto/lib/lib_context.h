/* The facade's own ground: what a context holds, how findings come into it, and how results of the
 * folders below become a bitacora_result. For proto/lib alone; nothing here is exported.
 *
 * A public function checks its arguments, calls context_begin(), and ends with one of the
 * functions that return a bitacora_result. */
#ifndef PROTO_LIB_LIB_CONTEXT_H
#define PROTO_LIB_LIB_CONTEXT_H

#include "proto/base/must_use.h"
#include "proto/judge/integrity.h"
#include "proto/lib/bitacora.h"
#include "proto/verify/finding_list.h"

#define REPLAY_MEMORY_MAX ((size_t)1 << 30)
#define ANSWER_FILE_MAX ((size_t)1 << 30)
#define LIMITS 9 /* one more than the highest bitacora_limit */

/* Where the caller is refused for what is his own (a policy, a key, an argument), the verdict is
 * VERDICT_GOOD: nothing is said of a file. */
struct bitacora_finding {
    struct finding finding;
};

/* A finding as the caller sees it: the same object. */
static inline const bitacora_finding *finding_shown(const struct finding *f)
{
    return (const bitacora_finding *)f;
}

struct bitacora_context {
    bitacora_cancel_fn *cancel; /* NULL: never */
    void *cancel_arg;
    uint64_t limit[LIMITS];
    struct findings found; /* since context_begin(), as is what follows */
    bool memory, cancelled;
    bool in_callback; /* a callback of the caller is at work, which must not call in again */
};

/* Begins a call: forgets what the last one found. Returns false, and does nothing, if it is made by
 * a callback of another call with this context: then that returns BITACORA_BUSY. */
MUST_USE bool context_begin(bitacora_context *ctx);

/* Forgets, within a call, what it found. */
void context_clear(bitacora_context *ctx);

/* A finding_fn; context is a bitacora_context. REASON_MEMORY is noted, not listed. */
void context_found(void *context, const struct finding *f);

/* Whether memory ran out since context_begin(). */
static inline bool context_no_memory(const bitacora_context *ctx)
{
    return ctx->memory || ctx->found.memory;
}

/* Asks the cancel callback. Once it said yes, it is not asked again during this call. */
bool context_cancelled(bitacora_context *ctx);

/* The result of a call whose findings all went to context_found(): CANCELLED, MEMORY, BAD,
 * UNDECIDED or PROVEN, the first of these that holds. */
MUST_USE bitacora_result context_result(const bitacora_context *ctx);

/* Adds one finding about no entry, with that result (BAD, UNDECIDED or USAGE), and returns it;
 * MEMORY where that is the reason. */
MUST_USE bitacora_result context_refuse(bitacora_context *ctx, bitacora_result result,
                                        const struct refusal *why);

/* Begins a call that cannot be made so: lists the argument that is wrong, and returns
 * BITACORA_MISUSE. ctx may be NULL. */
MUST_USE bitacora_result context_misuse(bitacora_context *ctx, const char *argument);

/* What a verdict of the folders below is called here. */
bitacora_result result_of_verdict(enum verdict v);

/* A copy of bytes with a zero byte behind them, for bitacora_free(); NULL when out of memory. */
char *copy_bytes(const void *bytes, size_t n);

/* Hands over a buffer's bytes with a zero byte behind them (not counted in *n) and leaves it empty.
 * Returns PROVEN, or MEMORY: then *out is NULL. out and n may be NULL: the bytes are freed. */
MUST_USE bitacora_result give_bytes(struct buf *from, char **out, size_t *n);

#endif
