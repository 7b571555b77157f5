/* bitacora.h: callbacks that call in again, with the context or the replay that is at work. */
#include "tests/unit/proto/lib/lib_fixture.h"

/* The callback that calls in again. */
enum where { NOWHERE, IN_CANCEL, IN_FETCH, IN_FINDING, IN_PROGRESS, IN_ENTRY, PLACES };

static struct work {
    enum where where;
    bitacora_replay *replay;
    bitacora_context *other; /* that of another call, which is free */
    struct files files;
    struct buf checkpoint;
    unsigned called[PLACES];
} work;

static const bitacora_ref under = { .entry = 0 };

static void is_busy(bitacora_result result)
{
    assert_int_equal(result, BITACORA_BUSY);
}

/* What takes the context: nothing of it is done. */
static void ask_with_context(void)
{
    bitacora_policy *p;
    bitacora_receipt *r;
    bitacora_evidence *e;
    bitacora_opening *o;
    bitacora_checkpoint *c;
    bitacora_problem *problem;
    bitacora_hints *h;
    bitacora_gate *g;
    bitacora_key *k;
    bitacora_replay *replay;
    char *bytes;
    size_t n;
    size_t before = bitacora_findings(ctx);
    is_busy(bitacora_policy_parse(ctx, "x", 1, &p));
    is_busy(bitacora_policy_parse(ctx, NULL, 1, &p)); /* misuse, too, would forget findings */
    is_busy(bitacora_receipt_verify(ctx, policy, "x", 1, &r));
    is_busy(bitacora_evidence_verify(ctx, policy, "x", 1, &e));
    is_busy(bitacora_opening_verify(ctx, policy, "x", 1, NULL, &o));
    is_busy(bitacora_checkpoint_open(ctx, policy, "x", 1, &c));
    is_busy(bitacora_problem_read(ctx, 404, "x", 1, &problem));
    is_busy(bitacora_submitted(ctx, policy, "x", 1, 200, "x", 1, &r));
    is_busy(bitacora_hints_read(ctx, "x", 1, &h));
    is_busy(bitacora_gate_new(ctx, policy, "mx.telco", &g));
    is_busy(bitacora_key_parse(ctx, "x", 1, &k));
    is_busy(bitacora_key_open(ctx, "x", 1, "p", 1, &k));
    is_busy(bitacora_replay_new(ctx, policy, &replay));
    is_busy(bitacora_replay_state(ctx, work.replay, &bytes, &n));
    is_busy(bitacora_set_limit(ctx, BITACORA_LIMIT_POLICY, 1));
    bitacora_set_cancel(ctx, NULL, NULL);
    bitacora_context_free(ctx);
    assert_int_equal(bitacora_findings(ctx), before);
}

static bitacora_fetched no_fetch(void *arg, const char *path, bitacora_sink *sink)
{
    (void)arg;
    (void)path;
    (void)sink;
    fail();
    return BITACORA_FAILED;
}

/* What takes the replay, with a context that is free, too. */
static void ask_with_replay(void)
{
    char *bytes;
    size_t n;
    bitacora_gate *g;
    bitacora_receipt *r;
    assert_int_equal(bitacora_gate_new(work.other, policy, "mx.telco", &g), BITACORA_PROVEN);
    is_busy(bitacora_replay_for_gate(work.replay, g));
    is_busy(bitacora_gate_decide_known(work.other, g, work.replay, 0, 0, "", 0, "", 0, &r));
    is_busy(bitacora_gate_add_ruleset(ctx, g, "{}", 2));
    bitacora_gate_free(g);
    is_busy(bitacora_replay_run(ctx, work.replay, no_fetch, NULL, NULL, 0));
    is_busy(bitacora_replay_run(work.other, work.replay, no_fetch, NULL, NULL, 0));
    is_busy(bitacora_replay_state(work.other, work.replay, &bytes, &n));
    bitacora_replay_on_entry(work.replay, NULL, NULL);
    bitacora_replay_on_finding(work.replay, NULL, NULL);
    bitacora_replay_on_progress(work.replay, NULL, NULL);
    bitacora_replay_structure(work.replay, true);
    bitacora_replay_max_age(work.replay, 0, 0);
    bitacora_replay_free(work.replay);
    assert_false(bitacora_replay_proven(work.replay));
    assert_null(bitacora_replay_checkpoint(work.replay));
    assert_null(bitacora_replay_genesis(work.replay));
    assert_null(bitacora_replay_evidence(work.replay, NULL));
    assert_true(bitacora_replay_from(work.replay) == 0);
    assert_true(bitacora_replay_signatures(work.replay) == 0);
}

/* Another context is another call's business. */
static void ask_elsewhere(void)
{
    bitacora_hints *h;
    assert_int_equal(bitacora_hints_read(work.other, "{\"entries\":[]}", 14, &h), BITACORA_PROVEN);
    bitacora_hints_free(h);
}

static void called(enum where where)
{
    work.called[where]++;
    if (work.where != where)
        return;
    ask_with_context();
    ask_with_replay();
    ask_elsewhere();
}

static int on_cancel(void *arg)
{
    (void)arg;
    called(IN_CANCEL);
    return 0;
}

static bitacora_fetched on_fetch(void *arg, const char *path, bitacora_sink *sink)
{
    struct tile t;
    struct span bytes = buf_span(&work.checkpoint);
    (void)arg;
    called(IN_FETCH);
    if (strcmp(path, "checkpoint") != 0) {
        assert_int_equal(tile_path_parse(&t, span_str(path)), 0);
        struct file *f = files_find(&work.files, t.level, t.n);
        if (f == NULL || f->tile.width != t.width)
            return BITACORA_MISSING;
        bytes = buf_span(&f->bytes);
    }
    return bitacora_sink_add(sink, bytes.p, bytes.n) == 0 ? BITACORA_FETCHED : BITACORA_FAILED;
}

static void on_finding(void *arg, const bitacora_finding *f)
{
    (void)arg;
    assert_string_equal(bitacora_finding_code(f), "quorum");
    called(IN_FINDING);
}

static int on_progress(void *arg, uint64_t done, uint64_t size)
{
    (void)arg;
    assert_true(done <= size);
    called(IN_PROGRESS);
    return 0;
}

static void on_entry(void *arg, const bitacora_entry *e)
{
    (void)arg;
    assert_true(bitacora_entry_counts(e));
    called(IN_ENTRY);
}

/* A good log whose checkpoint nobody cosigned: it has a finding. */
static void replay_with(enum where where)
{
    char *state;
    size_t n;
    work = (struct work){ .where = where };
    files_make(&work.files, &l, l.n);
    log_checkpoint(&work.checkpoint, &l, l.n);
    assert_int_equal(bitacora_context_new(&work.other), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_new(ctx, policy, &work.replay), BITACORA_PROVEN);
    bitacora_set_cancel(ctx, on_cancel, NULL);
    bitacora_replay_on_finding(work.replay, on_finding, NULL);
    bitacora_replay_on_progress(work.replay, on_progress, NULL);
    bitacora_replay_on_entry(work.replay, on_entry, NULL);
    assert_int_equal(bitacora_replay_run(ctx, work.replay, on_fetch, NULL, NULL, 0),
                     BITACORA_UNDECIDED);
    assert_int_equal(bitacora_findings(ctx), 1);
    assert_string_equal(bitacora_finding_code(bitacora_finding_at(ctx, 0)), "quorum");
    assert_true(bitacora_replay_proven(work.replay));
    assert_int_equal(work.called[IN_ENTRY], l.n);
    assert_true(work.called[IN_FINDING] == 1 && work.called[IN_PROGRESS] > 0);
    assert_true(work.called[IN_CANCEL] > 0 && work.called[IN_FETCH] > 1);
    /* When it is over both are free again. */
    assert_int_equal(bitacora_replay_state(ctx, work.replay, &state, &n), BITACORA_UNDECIDED);
    assert_int_equal(bitacora_replay_run(ctx, work.replay, on_fetch, NULL, NULL, 0),
                     BITACORA_UNDECIDED);
    bitacora_set_cancel(ctx, NULL, NULL);
    bitacora_replay_free(work.replay);
    bitacora_context_free(work.other);
    files_free(&work.files);
    buf_free(&work.checkpoint);
}

static void a_callback_that_calls_in_again_changes_nothing(void **state)
{
    (void)state;
    for (enum where where = NOWHERE; where < PLACES; where++)
        replay_with(where);
}

static int cancel_and_sign(void *arg)
{
    bitacora_key *key = arg;
    char *bytes;
    size_t n;
    is_busy(bitacora_record_sign(ctx, key, "request", "{}", &under, 0, &bytes, &n));
    is_busy(bitacora_token_for(ctx, key, ORIGIN, &under, "GET", "/", 0, 1, &bytes, &n));
    work.called[IN_CANCEL]++;
    return 1;
}

/* Of a receipt, too; and what the callback says counts all the same. */
static void a_call_that_is_cancelled_by_such_a_callback_is_cancelled(void **state)
{
    struct buf text = { 0 };
    bitacora_key *key;
    bitacora_receipt *r;
    (void)state;
    work = (struct work){ .where = NOWHERE };
    skey_format(&text, &l.who[REQUESTER].key);
    assert_int_equal(bitacora_key_parse(ctx, text.p, text.n, &key), BITACORA_PROVEN);
    buf_clear(&text);
    receipt_of(&text, &l, l.request, log_seconds());
    bitacora_set_cancel(ctx, cancel_and_sign, key);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_CANCELLED);
    bitacora_set_cancel(ctx, NULL, NULL);
    assert_int_equal(work.called[IN_CANCEL], 1);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    bitacora_receipt_free(r);
    bitacora_key_free(key);
    buf_free(&text);
}

static void it_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(bitacora_result_name(BITACORA_BUSY), "busy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_callback_that_calls_in_again_changes_nothing),
        cmocka_unit_test(a_call_that_is_cancelled_by_such_a_callback_is_cancelled),
        cmocka_unit_test(it_has_a_name),
    };
    return cmocka_run_group_tests(tests, group_start, group_stop);
}
