/* bitacora.h: replays. That findings are those of `bitacora replay` is asked of many logs by
 * tests/interop/library_replay.py. */
#include "tests/unit/proto/lib/lib_served.h"

/* ---- good ------------------------------------------------------------------------------------ */

struct told {
    uint64_t entries, done;
    unsigned findings, counting;
};

static void told_entry(void *arg, const bitacora_entry *e)
{
    struct told *t = arg;
    uint64_t i = bitacora_entry_index(e);
    assert_int_equal(i, t->entries++);
    assert_memory_equal(bitacora_entry_leaf(e), l.leaf[i].b, HASH_BYTES);
    assert_true(bitacora_entry_accepted(e) > 0);
    assert_non_null(bitacora_entry_kind(e));
    assert_int_equal(bitacora_entry_members(e)[0], '{');
    t->counting += bitacora_entry_counts(e);
    if (i == l.request) {
        assert_string_equal(bitacora_entry_kind(e), "request");
        assert_string_equal(bitacora_entry_signer(e), l.who[REQUESTER].key.vkey.name);
    }
}

static int told_progress(void *arg, uint64_t done, uint64_t size)
{
    struct told *t = arg;
    assert_true(done > t->done && done <= size);
    t->done = done;
    return 0;
}

static void told_finding(void *arg, const bitacora_finding *f)
{
    struct told *t = arg;
    assert_non_null(bitacora_finding_code(f));
    t->findings++;
}

static void a_good_log_is_proven(void **state)
{
    (void)state;
    struct told told = { .entries = 0 };
    struct hash root;
    size_t n;
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_on_entry(r, told_entry, &told);
    bitacora_replay_on_progress(r, told_progress, &told);
    bitacora_replay_on_finding(r, told_finding, &told);
    assert_false(bitacora_replay_proven(r));
    assert_null(bitacora_replay_checkpoint(r));
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    none();
    assert_true(bitacora_replay_proven(r));
    assert_int_equal(told.entries, l.n);
    assert_int_equal(told.counting, l.n);
    assert_int_equal(told.done, l.n);
    assert_int_equal(told.findings, 0);
    log_root(&l, l.n, &root);
    const bitacora_checkpoint *c = bitacora_replay_checkpoint(r);
    assert_int_equal(bitacora_checkpoint_size(c), l.n);
    assert_memory_equal(bitacora_checkpoint_root(c), root.b, HASH_BYTES);
    assert_int_equal(bitacora_checkpoint_quorum(c), 1);
    assert_int_equal(bitacora_replay_signatures(r), l.n);
    assert_memory_equal(bitacora_replay_genesis(r), l.leaf[0].b, HASH_BYTES);
    assert_int_equal(bitacora_replay_from(r), 0);
    assert_null(bitacora_replay_evidence(r, &n));
    assert_int_equal(n, 0);
    bitacora_replay_free(r);
    stop_serving();
}

static void structure_looks_at_no_record(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_structure(r, true);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_signatures(r), 0);
    bitacora_replay_free(r);
    stop_serving();
}

static void little_memory_makes_no_difference(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_REPLAY_MEMORY, 1), BITACORA_PROVEN);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    none();
    unsigned with_little = served.asked;
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_REPLAY_MEMORY, (uint64_t)1 << 30),
                     BITACORA_PROVEN);
    served.asked = 0;
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    assert_true(served.asked < with_little); /* what references name is remembered */
    bitacora_replay_free(r);
    stop_serving();
}

/* ---- bad and undecided ----------------------------------------------------------------------- */

static void an_altered_entry_is_bad(void **state)
{
    (void)state;
    struct told told = { .findings = 0 };
    serve(l.n, log_seconds());
    struct file *bundle = files_find(&served.files, TILE_ENTRIES, 0);
    bundle->bytes.p[bundle->bytes.n - 10] ^= 1;
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_on_finding(r, told_finding, &told);
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    only("leaf", BITACORA_BAD);
    assert_int_equal(bitacora_finding_entry(bitacora_finding_at(ctx, 0)), l.n - 1);
    assert_int_equal(told.findings, 1);
    assert_false(bitacora_replay_proven(r));
    char *bytes;
    size_t n;
    assert_int_equal(bitacora_replay_state(ctx, r, &bytes, &n), BITACORA_UNDECIDED);
    assert_null(bytes);
    bitacora_replay_free(r);
    stop_serving();
}

static void missing_and_failed_are_told_apart(void **state)
{
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    served.tile = BITACORA_MISSING;
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    assert_true(has_found("missing", NULL) && !has_found("unreadable", NULL));
    served.tile = BITACORA_FAILED;
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    assert_true(has_found("unreadable", NULL) && !has_found("missing", NULL));
    buf_clear(&served.checkpoint);
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    only("missing", BITACORA_UNDECIDED);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "checkpoint");
    assert_null(bitacora_replay_checkpoint(r));
    buf_adds(&served.checkpoint, "no checkpoint\n");
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    only("checkpoint", BITACORA_BAD);
    assert_null(bitacora_replay_checkpoint(r));
    bitacora_replay_free(r);
    stop_serving();
}

static void a_checkpoint_without_quorum_or_too_old_is_undecided(void **state)
{
    (void)state;
    serve(l.n, 0);
    bitacora_replay *r = replay_new(policy);
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    only("quorum", BITACORA_UNDECIDED);
    assert_true(bitacora_replay_proven(r)); /* that the entries are the log's */
    stop_serving();
    int64_t now = (int64_t)log_seconds() * 1000;
    serve(l.n, log_seconds());
    bitacora_replay_max_age(r, now + 3600000, 3600000);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    bitacora_replay_max_age(r, now + 3601000, 3600000);
    assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    static const int64_t no_clock[] = { INT64_MIN, -1000000000, -1 };
    for (size_t i = 0; i < COUNT(no_clock); i++) {
        bitacora_replay_max_age(r, no_clock[i], 3600000);
        assert_int_equal(run(r, NULL), BITACORA_UNDECIDED);
        only("stale", BITACORA_UNDECIDED);
    }
    bitacora_replay_max_age(r, now + 3601000, -1);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    bitacora_replay_free(r);
    stop_serving();
}

/* The log signed an entry that nobody may sign: the evidence convinces others. */
static void a_bad_entry_gives_evidence(void **state)
{
    (void)state;
    size_t n;
    log_add(&l, BY(REQUESTER, KIND_WARRANT));
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    only("role", BITACORA_BAD);
    const char *evidence = bitacora_replay_evidence(r, &n);
    assert_non_null(evidence);
    bitacora_evidence *e;
    assert_int_equal(bitacora_evidence_verify(ctx, policy, evidence, n, &e), BITACORA_PROVEN);
    assert_string_equal(bitacora_evidence_claim(e), "entry");
    bitacora_evidence_free(e);
    bitacora_replay_free(r);
    stop_serving();
    lib_stop();
    lib_start();
}

/* ---- states ---------------------------------------------------------------------------------- */

static void a_state_is_gone_on_from(void **state)
{
    (void)state;
    struct buf kept = { 0 };
    size_t before = l.n;
    uint64_t then = log_seconds();
    serve(before, then);
    bitacora_replay *r = replay_new(policy);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    keep(&kept, r);
    stop_serving();
    log_add(&l, BY(HOLDER, KIND_RESPONSE));
    serve(l.n, log_seconds());
    assert_int_equal(run(r, &kept), BITACORA_PROVEN);
    none();
    assert_int_equal(bitacora_replay_from(r), before);
    assert_int_equal(bitacora_replay_signatures(r), l.n);
    stop_serving();
    serve(before - 1, then); /* no witness saw more before that */
    assert_int_equal(run(r, &kept), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    stop_serving();
    serve(before - 1, then + 1);
    assert_int_equal(run(r, &kept), BITACORA_BAD);
    only("rollback", BITACORA_BAD);
    bitacora_replay_free(r);
    buf_free(&kept);
    stop_serving();
}

/* What is asked of a replay after it ran is not what it did. */
static void a_state_says_how_it_was_made(void **state)
{
    (void)state;
    struct buf kept = { 0 };
    log_add(&l, BY(REQUESTER, KIND_WARRANT)); /* which nobody sees who looks at no record */
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_structure(r, true);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    bitacora_replay_structure(r, false);
    keep(&kept, r);
    assert_int_equal(run(r, &kept), BITACORA_USAGE);
    only("state", BITACORA_USAGE);
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    only("role", BITACORA_BAD);
    bitacora_replay_free(r);
    buf_free(&kept);
    stop_serving();
    lib_stop();
    lib_start();
}

static void expect_refused(bitacora_replay *r, const struct buf *kept, const char *cause)
{
    assert_int_equal(run(r, kept), BITACORA_USAGE);
    only("state", BITACORA_USAGE);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), cause);
    assert_null(bitacora_replay_checkpoint(r));
}

static void a_state_that_is_none_of_this_log_and_mode_is_refused(void **state)
{
    (void)state;
    struct buf kept = { 0 }, empty = { 0 };
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy), *other = replay_new(other_log);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    keep(&kept, r);
    expect_refused(other, &kept, "of another log");
    bitacora_replay_structure(r, true);
    expect_refused(r, &kept, "made without structure");
    bitacora_replay_structure(r, false);
    buf_adds(&empty, "x");
    expect_refused(r, &empty, "damaged, or not a state");
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_STATE, kept.n - 1), BITACORA_PROVEN);
    expect_refused(r, &kept, "too large");
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_STATE, (uint64_t)4 << 30),
                     BITACORA_PROVEN);
    for (size_t at = 0; at < kept.n; at += 97) { /* whatever is altered is seen */
        kept.p[at] ^= 1;
        assert_int_equal(run(r, &kept), BITACORA_USAGE);
        kept.p[at] ^= 1;
    }
    assert_int_equal(run(r, &kept), BITACORA_PROVEN);
    bitacora_replay_free(r);
    bitacora_replay_free(other);
    buf_free(&kept);
    buf_free(&empty);
    stop_serving();
}

/* ---- stopping, wrong calls ------------------------------------------------------------------- */

static int stop_at_once(void *arg, uint64_t done, uint64_t size)
{
    (void)done;
    (void)size;
    ++*(int *)arg;
    return 1;
}

static void it_can_be_stopped(void **state)
{
    (void)state;
    int stopped = 0;
    char *bytes;
    size_t n;
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_on_progress(r, stop_at_once, &stopped);
    assert_int_equal(run(r, NULL), BITACORA_CANCELLED);
    assert_int_equal(stopped, 1);
    assert_false(bitacora_replay_proven(r));
    assert_null(bitacora_replay_genesis(r));
    assert_int_equal(bitacora_replay_state(ctx, r, &bytes, &n), BITACORA_UNDECIDED);
    bitacora_replay_on_progress(r, NULL, NULL);
    for (int calls = 1; calls < 5; calls++) {
        int left = calls;
        bitacora_set_cancel(ctx, stop_after, &left);
        assert_int_equal(run(r, NULL), BITACORA_CANCELLED);
    }
    bitacora_set_cancel(ctx, NULL, NULL);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    bitacora_replay_free(r);
    stop_serving();
}

static void a_policy_of_several_logs_is_refused(void **state)
{
    (void)state;
    bitacora_replay *r;
    bitacora_policy *two = policy_of(
        text_of("log %s\nlog %s\nquorum none\n", vkey_text(&l, THE_LOG), vkey_text(&l, STRANGER)));
    assert_int_equal(bitacora_replay_new(ctx, two, &r), BITACORA_USAGE);
    only("policy", BITACORA_USAGE);
    assert_null(r);
    bitacora_policy_free(two);
}

static void wrong_calls_are_misuse(void **state)
{
    (void)state;
    bitacora_replay *r = replay_new(policy), *none_made;
    char *bytes;
    size_t n;
    assert_int_equal(bitacora_replay_new(ctx, NULL, &none_made), BITACORA_MISUSE);
    assert_null(none_made);
    assert_int_equal(bitacora_replay_new(NULL, policy, &none_made), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_new(ctx, policy, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_run(ctx, r, NULL, NULL, NULL, 0), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_run(ctx, NULL, fetch, NULL, NULL, 0), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_run(ctx, r, fetch, NULL, NULL, 1), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_state(ctx, r, NULL, &n), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_state(ctx, NULL, &bytes, &n), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_state(ctx, r, &bytes, NULL), BITACORA_MISUSE);
    bitacora_replay_structure(NULL, true);
    bitacora_replay_max_age(NULL, 0, 0);
    bitacora_replay_on_finding(NULL, NULL, NULL);
    bitacora_replay_on_progress(NULL, NULL, NULL);
    bitacora_replay_on_entry(NULL, NULL, NULL);
    bitacora_replay_free(NULL);
    assert_false(bitacora_replay_proven(NULL) || bitacora_entry_counts(NULL));
    assert_null(bitacora_replay_checkpoint(NULL));
    assert_null(bitacora_replay_genesis(NULL));
    assert_null(bitacora_replay_evidence(NULL, NULL));
    assert_true(bitacora_replay_from(NULL) == 0 && bitacora_replay_signatures(NULL) == 0);
    assert_true(bitacora_entry_index(NULL) == BITACORA_NO_ENTRY);
    assert_null(bitacora_entry_leaf(NULL));
    assert_null(bitacora_entry_kind(NULL));
    assert_null(bitacora_entry_signer(NULL));
    assert_null(bitacora_entry_members(NULL));
    assert_true(bitacora_entry_accepted(NULL) == INT64_MIN);
    bitacora_replay_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_log_is_proven),
        cmocka_unit_test(structure_looks_at_no_record),
        cmocka_unit_test(little_memory_makes_no_difference),
        cmocka_unit_test(an_altered_entry_is_bad),
        cmocka_unit_test(missing_and_failed_are_told_apart),
        cmocka_unit_test(a_checkpoint_without_quorum_or_too_old_is_undecided),
        cmocka_unit_test(a_bad_entry_gives_evidence),
        cmocka_unit_test(a_state_is_gone_on_from),
        cmocka_unit_test(a_state_says_how_it_was_made),
        cmocka_unit_test(a_state_that_is_none_of_this_log_and_mode_is_refused),
        cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(a_policy_of_several_logs_is_refused),
        cmocka_unit_test(wrong_calls_are_misuse),
    };
    return cmocka_run_group_tests(tests, group_start, group_stop);
}
