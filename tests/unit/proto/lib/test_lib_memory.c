/* bitacora.h when memory runs out: whichever allocation of ours fails, the answer is
 * BITACORA_MEMORY and nothing else; nothing is found good or bad, nothing is lost, and the next call
 * works. The allocations of jansson and yajl are not among those that fail. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include "proto/record/ruleset.h"

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

/* ---- replays --------------------------------------------------------------------------------- */

/* A log's files, and what its callbacks were told. */
static struct served {
    struct files files;
    struct buf checkpoint, state;
    bool resume;
    size_t entries;
} served;

static bitacora_fetched fetch(void *arg, const char *path, bitacora_sink *sink)
{
    struct tile t;
    (void)arg;
    if (strcmp(path, "checkpoint") == 0)
        return bitacora_sink_add(sink, served.checkpoint.p, served.checkpoint.n) == 0
                   ? BITACORA_FETCHED
                   : BITACORA_FAILED;
    assert_int_equal(tile_path_parse(&t, span_str(path)), 0);
    struct file *f = files_find(&served.files, t.level, t.n);
    if (f == NULL || f->tile.width != t.width)
        return BITACORA_MISSING;
    return bitacora_sink_add(sink, f->bytes.p, f->bytes.n) == 0 ? BITACORA_FETCHED
                                                                : BITACORA_FAILED;
}

static bool empty_members;

static void seen(void *arg, const bitacora_entry *e)
{
    (void)arg;
    served.entries++;
    const char *members = bitacora_entry_members(e);
    empty_members = empty_members || members == NULL || members[0] != '{';
}

/* What it allocates know() fails. */
static void keep_for_gate(bitacora_replay *r)
{
    bitacora_gate *g;
    long before = left;
    left = -1;
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &g), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_for_gate(r, g), BITACORA_PROVEN);
    bitacora_gate_free(g);
    left = before;
}

/* Runs, and goes on from what it left: nothing that was found is found no more. */
static bitacora_result replay(void)
{
    bitacora_replay *r;
    bitacora_result result = bitacora_replay_new(ctx, policy, &r);
    if (result != BITACORA_PROVEN)
        return result;
    empty_members = false;
    bitacora_replay_on_entry(r, seen, NULL);
    keep_for_gate(r);
    result = bitacora_replay_run(ctx, r, fetch, NULL, served.resume ? served.state.p : NULL,
                                 served.resume ? served.state.n : 0);
    if (empty_members && result >= 0)
        fail_msg("entries without members");
    if (result < 0)
        assert_null(bitacora_replay_checkpoint(r));
    char *state;
    size_t n;
    if (bitacora_replay_state(ctx, r, &state, &n) == BITACORA_PROVEN) {
        long before = left;
        left = -1;
        bitacora_result again = bitacora_replay_run(ctx, r, fetch, NULL, state, n);
        left = before;
        if (result >= 0 && again != result)
            fail_msg("%s, and of its state %s", bitacora_result_name(result),
                     bitacora_result_name(again));
        bitacora_free(state);
    }
    bitacora_replay_free(r);
    return result;
}

static void serve(size_t size, uint64_t cosigned_at)
{
    files_make(&served.files, &l, size);
    cosigned_checkpoint(&served.checkpoint, &l, size, cosigned_at);
}

static void stop_serving(void)
{
    files_free(&served.files);
    buf_free(&served.checkpoint);
    buf_free(&served.state);
    served = (struct served){ .entries = 0 };
}

/* Some allocations can be done without, as what they were for is read again: then the result is
 * that of always. */
static void sweep_replay(bitacora_result expected)
{
    long n = 0, memory = 0;
    assert_int_equal(replay(), expected);
    for (;; n++) {
        left = n;
        bitacora_result result = replay();
        bool all = left >= 0;
        left = -1;
        if (all)
            break;
        memory += result == BITACORA_MEMORY;
        if (result != BITACORA_MEMORY && result != expected)
            fail_msg("allocation %ld: %s", n, bitacora_result_name(result));
    }
    assert_true(memory > 10);
}

static bitacora_result know(void)
{
    bitacora_replay *r = NULL;
    bitacora_gate *g;
    bitacora_result result = bitacora_gate_new(ctx, policy, "mx.holder", &g);
    if (result == BITACORA_PROVEN)
        result = bitacora_replay_new(ctx, policy, &r);
    if (result == BITACORA_PROVEN)
        result = bitacora_replay_for_gate(r, g);
    if (result == BITACORA_PROVEN)
        result = bitacora_gate_add_ruleset(ctx, g, ruleset_builtin().p, ruleset_builtin().n);
    bitacora_replay_free(r);
    bitacora_gate_free(g);
    return result;
}

static void gates_that_know(void **state)
{
    (void)state;
    sweep(know, BITACORA_PROVEN, 5);
}

static void replays(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    sweep_replay(BITACORA_PROVEN);
    stop_serving();
    serve(l.n, 0);
    sweep_replay(BITACORA_UNDECIDED);
    stop_serving();
}

static void keep_state(void)
{
    bitacora_replay *r;
    char *state;
    size_t n;
    assert_int_equal(bitacora_replay_new(ctx, policy, &r), BITACORA_PROVEN);
    assert_true(bitacora_replay_run(ctx, r, fetch, NULL, NULL, 0) >= 0);
    assert_int_equal(bitacora_replay_state(ctx, r, &state, &n), BITACORA_PROVEN);
    buf_add(&served.state, state, n);
    served.resume = true;
    bitacora_free(state);
    bitacora_replay_free(r);
}

static void replays_that_go_on(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    keep_state();
    sweep_replay(BITACORA_PROVEN);
    stop_serving();
    for (int i = 0; i < 20; i++)
        log_add(&l, BY(REQUESTER, KIND_WARRANT));
    serve(l.n, log_seconds());
    sweep_replay(BITACORA_BAD);
    keep_state();
    sweep_replay(BITACORA_BAD);
    stop_serving();
    lib_stop();
    lib_start();
}

/* A state from which an enrolment is missing would make what its signer signs later bad, and one
 * without a revocation good. */
static void states_are_whole_or_none(void **state)
{
    (void)state;
    bitacora_replay *r, *later;
    char *kept;
    size_t n;
    long memory = 0;
    serve(7, log_seconds());
    assert_int_equal(bitacora_replay_new(ctx, policy, &r), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_new(ctx, policy, &later), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_run(ctx, r, fetch, NULL, NULL, 0), BITACORA_PROVEN);
    stop_serving();
    serve(l.n, log_seconds());
    for (long at = 0;; at++) {
        left = at;
        bitacora_result result = bitacora_replay_state(ctx, r, &kept, &n);
        bool all = left >= 0;
        left = -1;
        memory += result == BITACORA_MEMORY;
        if (result == BITACORA_PROVEN)
            assert_int_equal(bitacora_replay_run(ctx, later, fetch, NULL, kept, n),
                             BITACORA_PROVEN);
        else
            assert_null(kept);
        bitacora_free(kept);
        if (all)
            break;
    }
    assert_true(memory > 10);
    bitacora_replay_free(r);
    bitacora_replay_free(later);
    stop_serving();
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
        cmocka_unit_test(gates_that_know),
        cmocka_unit_test(replays),
        cmocka_unit_test(replays_that_go_on),
        cmocka_unit_test(states_are_whole_or_none),
    };
    return cmocka_run_group_tests(tests, group_start, stop);
}
