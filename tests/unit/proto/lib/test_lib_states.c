/* bitacora.h: what a replay leaves that was stopped, refused its state, or could not begin. */
#include "tests/unit/proto/lib/lib_served.h"

#include <jansson.h>

static bitacora_replay *r;

static int start(void **state)
{
    (void)state;
    lib_start();
    r = replay_new(policy);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_replay_free(r);
    stop_serving();
    lib_stop();
    return 0;
}

static void subject_is(const char *expected)
{
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), expected);
}

/* As before the first run. */
static void left_nothing(void)
{
    size_t n = 1;
    char *bytes;
    assert_false(bitacora_replay_proven(r));
    assert_null(bitacora_replay_checkpoint(r));
    assert_null(bitacora_replay_genesis(r));
    assert_true(bitacora_replay_from(r) == 0 && bitacora_replay_signatures(r) == 0);
    assert_null(bitacora_replay_evidence(r, &n));
    assert_int_equal(n, 0);
    bitacora_result result = bitacora_replay_state(ctx, r, &bytes, &n);
    assert_int_equal(result, BITACORA_UNDECIDED);
}

/* ---- what could not begin -------------------------------------------------------------------- */

static void without_a_checkpoint_nothing_is_left(void **state)
{
    (void)state;
    files_make(&served.files, &l, l.n);
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    only("missing", BITACORA_UNDECIDED);
    left_nothing();
}

static void without_its_first_entry_there_is_no_genesis(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    served.tile = BITACORA_MISSING;
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    assert_null(bitacora_replay_genesis(r));
    assert_string_equal(bitacora_checkpoint_origin(bitacora_replay_checkpoint(r)), ORIGIN);
    assert_true(bitacora_checkpoint_time(bitacora_replay_checkpoint(r)) ==
                (int64_t)log_seconds() * 1000);
}

static void an_age_of_nothing_is_asked_too(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay_max_age(r, (int64_t)log_seconds() * 1000, 0);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    bitacora_replay_max_age(r, (int64_t)log_seconds() * 1000 + 1000, 0);
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    assert_true(has_found("stale", NULL));
    bitacora_replay_max_age(r, (int64_t)log_seconds() * 1000 + 1000, -1);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
}

/* ---- what was stopped ------------------------------------------------------------------------ */

static int say_once(void *left)
{
    return --*(int *)left == 0;
}

/* At each place where it can be, also while evidence is looked for; from the start, and from a
 * state of half the log. */
static void what_was_cancelled_left_nothing(void **state)
{
    struct buf kept = { 0 };
    (void)state;
    serve(l.n, log_seconds());
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    keep(&kept, r);
    stop_serving();
    log_add(&l, BY(AUDITOR, KIND_ERASURE)); /* bad: evidence comes of it */
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    serve(l.n, log_seconds());
    for (int from_state = 0; from_state < 2; from_state++)
        for (int at = 1;; at++) {
            int left = at;
            bitacora_set_cancel(ctx, say_once, &left);
            bitacora_result result = run(r, from_state ? &kept : NULL);
            bitacora_set_cancel(ctx, NULL, NULL);
            if (left > 0) {
                size_t n;
                assert_int_equal(result, BITACORA_BAD);
                assert_non_null(bitacora_replay_evidence(r, &n));
                assert_true(bitacora_replay_proven(r) && at > 3);
                break;
            }
            assert_int_equal(left, 0);
            assert_int_equal(result, BITACORA_CANCELLED);
            left_nothing();
        }
    buf_free(&kept);
}

static int stop_at_once(void *calls, uint64_t done, uint64_t size)
{
    (void)done;
    (void)size;
    ++*(unsigned *)calls;
    return 1;
}

/* Of a log of two bundles the second is not read any more. */
static void what_was_stopped_reads_no_more(void **state)
{
    unsigned calls = 0;
    (void)state;
    while (l.n < 300)
        log_add(&l, BY(JUDGE, KIND_ERASURE));
    serve(l.n, log_seconds());
    bitacora_replay_on_progress(r, stop_at_once, &calls);
    assert_int_equal(run(r, NULL), BITACORA_CANCELLED);
    assert_int_equal(calls, 1);
    assert_int_equal(served.asked, 3); /* checkpoint, bundle, tile */
    left_nothing();
}

static void ask_another_age(void *arg, const bitacora_entry *e)
{
    (void)arg;
    (void)e;
    bitacora_replay_max_age(r, l.now + INT64_C(1000000000), 1);
}

static void a_callback_changes_nothing_of_its_replay(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay_on_entry(r, ask_another_age, NULL);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
}

static void count_finding(void *arg, const bitacora_finding *f)
{
    assert_non_null(bitacora_finding_code(f));
    ++*(unsigned *)arg;
}

/* The last thing that a run does is to tell of a finding: the context is free then. */
static void after_the_last_finding_the_context_is_free(void **state)
{
    unsigned told = 0;
    bitacora_hints *h;
    (void)state;
    serve(l.n, log_seconds());
    files_find(&served.files, 0, 0)->bytes.p[7] ^= 1;
    bitacora_replay_on_finding(r, count_finding, &told);
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    assert_true(told > 0);
    assert_int_equal(bitacora_hints_read(ctx, "{\"entries\":[]}", 14, &h), BITACORA_PROVEN);
    bitacora_hints_free(h);
}

/* What there is room for is remembered, the rest is read again; nothing else is taken for it. */
static void as_much_is_remembered_as_there_is_room_for(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        log_add(&l, BY(HOLDER, KIND_RESPONSE));
    serve(l.n, log_seconds());
    for (uint64_t slots = 1; slots <= l.n; slots++) {
        assert_int_equal(
            bitacora_set_limit(ctx, BITACORA_LIMIT_REPLAY_MEMORY, slots * (1 + HASH_BYTES)),
            BITACORA_PROVEN);
        assert_int_equal(run(r, NULL), BITACORA_PROVEN);
        none();
    }
}

/* ---- states ---------------------------------------------------------------------------------- */

/* The state with another third line, and the sum that goes with it: only its owner could do
 * that. */
static void with_line(struct buf *out, const json_t *v)
{
    char *text = json_dumps(v, JSON_COMPACT);
    struct hash sum;
    assert_non_null(text);
    buf_clear(out);
    hash_bytes(&sum, span_str(text));
    buf_adds(out, "bitacora/v1 state\n");
    buf_add_base64(out, sum.b, HASH_BYTES);
    buf_addf(out, "\n%s\n", text);
    free(text);
}

static json_t *line_of(struct buf *kept)
{
    const char *third = strchr(strchr(buf_str(kept), '\n') + 1, '\n') + 1;
    json_t *v = json_loads(third, 0, NULL);
    assert_non_null(v);
    return v;
}

static void expect_state(struct buf *bytes, const char *cause)
{
    assert_int_equal(run(r, bytes), BITACORA_USAGE);
    only("state", BITACORA_USAGE);
    subject_is(cause);
    left_nothing();
}

static void a_state_that_cannot_be_used_says_why(void **state)
{
    struct buf kept = { 0 }, crafted = { 0 };
    (void)state;
    log_add(&l, BY(AUDITOR, KIND_ERASURE)); /* bad: the state has a finding */
    serve(l.n, log_seconds());
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    keep(&kept, r);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_STATE, kept.n), BITACORA_PROVEN);
    assert_int_equal(run(r, &kept), BITACORA_BAD);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_STATE, kept.n - 1), BITACORA_PROVEN);
    expect_state(&kept, "too large");
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_STATE, kept.n + 1000), BITACORA_PROVEN);
    json_t *v = line_of(&kept);
    json_object_set_new(v, "checkpoint", json_string("none"));
    with_line(&crafted, v);
    expect_state(&crafted, "its checkpoint is not good under this policy");
    json_decref(v);
    v = line_of(&kept);
    json_object_del(v, "edge");
    with_line(&crafted, v);
    expect_state(&crafted, "not a state");
    json_decref(v);
    /* What it told before the judge refused it is believed no more. */
    v = line_of(&kept);
    json_object_set_new(v, "judge", json_pack("{s:I}", "next", (json_int_t)l.n));
    with_line(&crafted, v);
    expect_state(&crafted, "damaged");
    json_decref(v);
    v = line_of(&kept); /* and of an index that there is not */
    json_object_set_new(v, "index", json_pack("{s:i}", "entry", 3));
    with_line(&crafted, v);
    expect_state(&crafted, "damaged");
    json_decref(v);
    buf_free(&kept);
    buf_free(&crafted);
}

static void a_state_of_a_structure_is_of_no_records(void **state)
{
    struct buf kept = { 0 };
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay_structure(r, true);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    keep(&kept, r);
    bitacora_replay_structure(r, false);
    expect_state(&kept, "made with structure");
    buf_free(&kept);
}

/* What an earlier run found is told first, in each run that goes on from there. */
static void what_a_state_found_is_told_again(void **state)
{
    struct buf kept = { 0 };
    unsigned told = 0;
    (void)state;
    uint64_t bad = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    serve(l.n, log_seconds());
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    keep(&kept, r);
    bitacora_replay_on_finding(r, count_finding, &told);
    assert_int_equal(run(r, &kept), BITACORA_BAD);
    assert_int_equal(told, 1);
    only("role", BITACORA_BAD);
    assert_true(bitacora_finding_entry(bitacora_finding_at(ctx, 0)) == bad);
    assert_int_equal(bitacora_replay_from(r), l.n);
    buf_free(&kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_checkpoint_nothing_is_left),
        TEST(without_its_first_entry_there_is_no_genesis),
        TEST(an_age_of_nothing_is_asked_too),
        TEST(what_was_cancelled_left_nothing),
        TEST(what_was_stopped_reads_no_more),
        TEST(a_callback_changes_nothing_of_its_replay),
        TEST(after_the_last_finding_the_context_is_free),
        TEST(as_much_is_remembered_as_there_is_room_for),
        TEST(a_state_that_cannot_be_used_says_why),
        TEST(a_state_of_a_structure_is_of_no_records),
        TEST(what_a_state_found_is_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
