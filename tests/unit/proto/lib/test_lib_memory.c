/* bitacora.h when memory runs out: whichever allocation of ours fails, the answer is
 * BITACORA_MEMORY and nothing else; nothing is found good or bad, nothing is lost, and the next call
 * works. The allocations of jansson and yajl are not among those that fail. */
#include "tests/unit/proto/lib/lib_fixture.h"

static long left = -1; /* allocations until one fails; negative: none does */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool fails(void)
{
    return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

static struct buf text;

static bitacora_result read_policy(void)
{
    bitacora_policy *p;
    bitacora_result result = bitacora_policy_parse(ctx, text.p, text.n, &p);
    assert_int_equal(p != NULL, result == BITACORA_PROVEN);
    bitacora_policy_free(p);
    return result;
}

static bitacora_result verify_receipt(void)
{
    bitacora_receipt *r;
    bitacora_result result = bitacora_receipt_verify(ctx, policy, text.p, text.n, &r);
    assert_int_equal(r != NULL, result == BITACORA_PROVEN);
    bitacora_receipt_free(r);
    return result;
}

static bitacora_result open_checkpoint(void)
{
    bitacora_checkpoint *c;
    bitacora_result result = bitacora_checkpoint_open(ctx, policy, text.p, text.n, &c);
    assert_int_equal(c != NULL, result == BITACORA_PROVEN);
    bitacora_checkpoint_free(c);
    return result;
}

static bitacora_receipt *one, *other; /* of two histories */

static bitacora_result compare(void)
{
    char *evidence;
    size_t n;
    bitacora_result result = bitacora_receipt_compare(ctx, one, other, &evidence, &n);
    assert_int_equal(evidence != NULL, result == BITACORA_BAD);
    bitacora_free(evidence);
    return result;
}

static bitacora_result make_context(void)
{
    bitacora_context *c;
    bitacora_result result = bitacora_context_new(&c);
    bitacora_context_free(c);
    return result;
}

static bitacora_result make_gate(void)
{
    bitacora_gate *g;
    bitacora_result result = bitacora_gate_new(ctx, policy, "h", &g);
    if (result == BITACORA_PROVEN)
        result = bitacora_gate_allow_authority(g, "a");
    bitacora_gate_free(g);
    return result;
}

/* Fails each allocation in turn. */
static void sweep(bitacora_result (*call)(void), bitacora_result expected, long least)
{
    long n = 0;
    assert_int_equal(call(), expected);
    for (;; n++) {
        left = n;
        bitacora_result result = call();
        bool all = left >= 0;
        left = -1;
        if (all)
            break;
        if (result != BITACORA_MEMORY)
            fail_msg("allocation %ld: %s", n, bitacora_result_name(result));
        assert_int_equal(call(), expected);
    }
    assert_true(n >= least);
}

static void contexts_policies_gates(void **state)
{
    (void)state;
    sweep(make_context, BITACORA_PROVEN, 1);
    sweep(make_gate, BITACORA_PROVEN, 2);
    buf_clear(&text);
    buf_addf(&text, "log %s\nquorum none\n", vkey_text(&l, THE_LOG));
    sweep(read_policy, BITACORA_PROVEN, 4);
}

static void receipts_and_checkpoints(void **state)
{
    (void)state;
    buf_clear(&text);
    receipt_of(&text, &l, l.request, log_seconds());
    sweep(verify_receipt, BITACORA_PROVEN, 20);
    buf_clear(&text);
    cosigned_checkpoint(&text, &l, 5, 1000);
    sweep(open_checkpoint, BITACORA_PROVEN, 2);
}

static bitacora_receipt *take(const struct log *of)
{
    bitacora_receipt *r;
    buf_clear(&text);
    receipt_of(&text, of, 7, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    return r;
}

static void comparisons(void **state)
{
    (void)state;
    struct log fork;
    log_copy(&fork, &l, l.n - 1);
    log_add(&fork, BY(HOLDER, KIND_RESPONSE));
    one = take(&l);
    other = take(&fork);
    sweep(compare, BITACORA_BAD, 3);
    bitacora_receipt_free(one);
    bitacora_receipt_free(other);
    log_free(&fork);
}

static int stop(void **state)
{
    buf_free(&text);
    return group_stop(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contexts_policies_gates),
        cmocka_unit_test(receipts_and_checkpoints),
        cmocka_unit_test(comparisons),
    };
    return cmocka_run_group_tests(tests, group_start, stop);
}
