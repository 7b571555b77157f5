/* What the tests of bitacora.h share: a context, a policy of the fixture's log with one witness, and
 * receipts under checkpoints that the witness cosigned. */
#ifndef TESTS_UNIT_PROTO_LIB_LIB_FIXTURE_H
#define TESTS_UNIT_PROTO_LIB_LIB_FIXTURE_H

#include <stdlib.h>

#include "proto/lib/bitacora.h"
#include "tests/unit/fixture.h"

static struct log l;
static struct skey witness;
static bitacora_context *ctx;
static bitacora_policy *policy;    /* the log and the witness, which is the quorum */
static bitacora_policy *alone;     /* the log, `quorum none` */
static bitacora_policy *other_log; /* another log, `quorum none` */

static inline bitacora_policy *policy_of(const char *text)
{
    bitacora_policy *p;
    assert_int_equal(bitacora_policy_parse(ctx, text, strlen(text), &p), BITACORA_PROVEN);
    assert_non_null(p);
    return p;
}

static inline void lib_start(void)
{
    static const uint8_t seed[32] = { 77 };
    struct buf key = { 0 }, stranger = { 0 };
    log_start(&l, "");
    skey_from_seed(&witness, span_str("witness.example"), KEY_COSIGNATURE, seed);
    assert_int_equal(bitacora_context_new(&ctx), BITACORA_PROVEN);
    vkey_format(&key, &witness.vkey);
    vkey_format(&stranger, &l.who[STRANGER].key.vkey);
    policy = policy_of(
        text_of("log %s\nwitness w %s\nquorum w\n", vkey_text(&l, THE_LOG), buf_str(&key)));
    alone = policy_of(text_of("log %s\nquorum none\n", vkey_text(&l, THE_LOG)));
    other_log = policy_of(text_of("log %s\nquorum none\n", buf_str(&stranger)));
    buf_free(&key);
    buf_free(&stranger);
}

static inline void lib_stop(void)
{
    bitacora_policy_free(policy);
    bitacora_policy_free(alone);
    bitacora_policy_free(other_log);
    bitacora_context_free(ctx);
    log_free(&l);
}

/* Appends the checkpoint of that size; cosigned at those seconds, or not if 0. */
static inline void cosigned_checkpoint(struct buf *out, const struct log *of, size_t size,
                                       uint64_t seconds)
{
    struct note n;
    struct refusal why;
    struct buf cp = { 0 };
    log_checkpoint(&cp, of, size);
    assert_int_equal(note_parse(&n, buf_span(&cp), &why), 0);
    buf_add_span(out, buf_span(&cp));
    if (seconds > 0)
        note_cosign(out, n.text, &witness, seconds);
    assert_false(out->failed);
    buf_free(&cp);
}

/* The time, in seconds, at which the fixture's log has its next entry accepted. */
static inline uint64_t log_seconds(void)
{
    return (uint64_t)(l.now / 1000);
}

/* Appends the receipt of an entry of a log, under its whole tree. */
static inline void receipt_of(struct buf *out, const struct log *of, uint64_t index,
                              uint64_t cosigned_at)
{
    struct chain c;
    struct buf cp = { 0 };
    chain_make(&c, of, of->n, index);
    cosigned_checkpoint(&cp, of, of->n, cosigned_at);
    receipt_format(out, c.entry, c.n, buf_span(&cp));
    assert_false(out->failed);
    buf_free(&cp);
}

/* Fails unless the last call has exactly one finding, of that code and result. */
static inline void only(const char *code, bitacora_result result)
{
    assert_int_equal(bitacora_findings(ctx), 1);
    assert_int_equal(bitacora_findings_total(ctx), 1);
    const bitacora_finding *f = bitacora_finding_at(ctx, 0);
    assert_string_equal(bitacora_finding_code(f), code);
    assert_int_equal(bitacora_finding_result(f), result);
}

/* Whether the last call has a finding of that code and subject (NULL: whatever it is). */
static inline bool has_found(const char *code, const char *subject)
{
    for (size_t i = 0; i < bitacora_findings(ctx); i++) {
        const bitacora_finding *f = bitacora_finding_at(ctx, i);
        if (strcmp(bitacora_finding_code(f), code) == 0 &&
            (subject == NULL || strcmp(bitacora_finding_subject(f), subject) == 0))
            return true;
    }
    return false;
}

static inline void none(void)
{
    assert_int_equal(bitacora_findings(ctx), 0);
    assert_int_equal(bitacora_findings_total(ctx), 0);
}

/* A cancel callback: stops at the call that makes *left 0. */
static inline int stop_after(void *left)
{
    return --*(int *)left <= 0;
}

static inline int group_start(void **state)
{
    (void)state;
    lib_start();
    return 0;
}

static inline int group_stop(void **state)
{
    (void)state;
    lib_stop();
    return 0;
}

#endif
