/* log_replay.h: a whole log replayed, from the start and from a state; what stands against keeping
 * a state; what is looked up of earlier entries. */
#include "proto/verify/log_replay.h"

#include <stdlib.h>

#include "proto/verify/evidence.h"
#include "tests/unit/fixture.h"

static struct log l;
static struct policy *policy;
static struct files files;
static struct source source;
static struct log_replay *r;
static struct buf state; /* of the replay that was kept last */

static int start(void **unused)
{
    (void)unused;
    log_start(&l, "");
    policy = log_policy(&l);
    r = calloc(1, sizeof *r);
    return 0;
}

static int stop(void **unused)
{
    (void)unused;
    log_replay_free(r);
    free(r);
    files_free(&files);
    buf_free(&state);
    policy_free(policy);
    log_free(&l);
    return 0;
}

/* Begins a replay of the whole log as it is now, from the state if there is one. */
static void begin(const struct hash *pin)
{
    log_replay_free(r);
    *r = (struct log_replay){ .edge.frontier.size = 0 };
    files_free(&files);
    files_make(&files, &l, l.n);
    source = files_source(&files);
    r->setup = (struct log_replay_setup){
        .policy = policy, .pin = pin, .keep = true, .source = &source, .again = &source
    };
    log_checkpoint(&r->accepted.note, &l, l.n);
    if (state.n > 0) {
        struct log_keys keys = policy_log_keys(policy, 0);
        assert_int_equal(
            replay_state_parse(&r->state, buf_span(&state), policy, &keys, false, &r->findings),
            REPLAY_STATE_GOOD);
        r->from_state = true;
    }
}

static enum verdict run(void)
{
    if (log_replay_checkpoint(r, -1, 0))
        assert_int_equal(log_replay_run(r), LOG_REPLAY_RAN);
    return log_replay_conclude(r);
}

static enum verdict replay(const struct hash *pin)
{
    begin(pin);
    return run();
}

static void keep(void)
{
    const struct replay_known known = { .log = r->keys.key[0],
                                        .accepted = &r->accepted,
                                        .edge = &r->edge,
                                        .judge = r->judge,
                                        .index = r->index,
                                        .findings = &r->findings };
    assert_true(log_replay_may_keep(r));
    buf_clear(&state);
    replay_state_format(&state, &known);
    assert_false(state.failed);
}

static void expect_only_reason(enum reason reason, enum verdict verdict)
{
    assert_int_equal(r->findings.kept, 1);
    assert_int_equal(r->findings.list[0].why.reason, reason);
    assert_int_equal(r->findings.list[0].verdict, verdict);
}

/* ---- from the start -------------------------------------------------------------------------- */

static void an_honest_log_is_good_and_kept(void **unused)
{
    (void)unused;
    assert_int_equal(replay(NULL), VERDICT_GOOD);
    assert_true(log_replay_proven(r) && log_replay_may_keep(r));
    assert_int_equal(r->findings.total, 0);
    assert_int_equal(judge_signatures(r->judge), l.n);
    assert_int_equal(replay(&l.leaf[0]), VERDICT_GOOD);
    assert_true(log_replay_proven(r));
}

static void another_genesis_than_the_pinned_one_proves_nothing(void **unused)
{
    struct hash pin = l.leaf[0];
    (void)unused;
    pin.b[0] ^= 1;
    assert_int_equal(replay(&pin), VERDICT_BAD);
    expect_only_reason(REASON_GENESIS_PIN, VERDICT_BAD);
    assert_false(log_replay_proven(r));
    assert_false(log_replay_may_keep(r));
}

static void a_checkpoint_that_does_not_open_ends_it(void **unused)
{
    (void)unused;
    begin(NULL);
    r->accepted.note.p[r->accepted.note.n - 3] ^= 1;
    assert_int_equal(run(), VERDICT_BAD);
    assert_false(r->replayed);
    assert_false(log_replay_proven(r));
}

/* Even where nothing was found, what was not read is not good. */
static void what_was_not_replayed_is_not_good(void **unused)
{
    (void)unused;
    begin(NULL);
    assert_true(log_replay_checkpoint(r, -1, 0));
    assert_int_equal(log_replay_conclude(r), VERDICT_UNDECIDED);
    assert_false(log_replay_proven(r) || log_replay_may_keep(r));
}

static bool never(void *ctx, uint64_t done, uint64_t size)
{
    (void)ctx;
    (void)done;
    (void)size;
    return false;
}

static void what_was_cancelled_is_not_good(void **unused)
{
    (void)unused;
    begin(NULL);
    r->setup.progress = never;
    assert_int_equal(run(), VERDICT_UNDECIDED);
    assert_int_equal(r->findings.total, 0);
    assert_false(log_replay_proven(r) || log_replay_may_keep(r));
}

static struct skey witness;

/* From now on the policy asks for a witness. */
static void ask_for_a_witness(void)
{
    const uint8_t seed[32] = { 4 };
    struct buf text = { 0 };
    struct refusal why;
    skey_from_seed(&witness, span_str("w1.example"), KEY_COSIGNATURE, seed);
    vkey_format(&text, &witness.vkey);
    policy_free(policy);
    policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum w\n",
                                           vkey_text(&l, THE_LOG), buf_str(&text))),
                          &why);
    assert_non_null(policy);
    buf_free(&text);
}

/* Begins a replay of a checkpoint that the witness cosigned then. */
static void begin_cosigned(int64_t at)
{
    begin(NULL);
    struct buf *note = &r->accepted.note, text = { 0 };
    buf_add(&text, note->p, (size_t)(strstr(buf_str(note), "\n\n") - (char *)note->p) + 1);
    note_cosign(note, buf_span(&text), &witness, (uint64_t)at);
    buf_free(&text);
}

static void without_the_quorum_nothing_is_kept(void **unused)
{
    (void)unused;
    ask_for_a_witness();
    assert_int_equal(replay(NULL), VERDICT_UNDECIDED);
    expect_only_reason(REASON_QUORUM, VERDICT_UNDECIDED);
    assert_true(log_replay_proven(r));
    assert_false(log_replay_may_keep(r));
}

/* The last entry of a tree is not younger than its cosignature; the skew is ten minutes. */
static void the_last_entry_is_held_against_the_witness_s_clock(void **unused)
{
    (void)unused;
    ask_for_a_witness();
    int64_t last = (l.now - 1000) / 1000;
    begin_cosigned(last - 600);
    assert_int_equal(run(), VERDICT_GOOD);
    begin_cosigned(last - 601);
    assert_int_equal(run(), VERDICT_UNDECIDED);
    expect_only_reason(REASON_CLOCKS, VERDICT_UNDECIDED);
}

/* And the first entry behind a tree that was cosigned is not older than that. */
static void the_first_entry_behind_a_state_is_held_against_its_clock(void **unused)
{
    (void)unused;
    ask_for_a_witness();
    int64_t next = l.now / 1000;
    for (int late = 0; late < 2; late++) {
        buf_clear(&state);
        begin_cosigned(next + 600 + late);
        assert_int_equal(run(), VERDICT_GOOD);
        keep();
        log_add(&l, BY(AUDITOR, KIND_ANCHOR, .at = next * 1000));
        begin_cosigned(next + 700);
        assert_int_equal(run(), late ? VERDICT_UNDECIDED : VERDICT_GOOD);
        if (late)
            expect_only_reason(REASON_CLOCKS, VERDICT_UNDECIDED);
        next = l.now / 1000;
    }
    buf_clear(&state);
    begin_cosigned(next + 700); /* of the same tree nothing is asked */
    assert_int_equal(run(), VERDICT_GOOD);
    keep();
    begin_cosigned(next + 700);
    assert_int_equal(run(), VERDICT_GOOD);
}

/* What is wrong with a file is not wrong with the log, but what was read of it is not kept, even
 * where nothing else is found: references are looked up in files that are as they should be. */
static void a_wrong_file_is_not_kept(void **unused)
{
    struct files whole = { .n = 0 };
    (void)unused;
    begin(NULL);
    files_make(&whole, &l, l.n);
    const struct source again = files_source(&whole);
    r->setup.again = &again;
    struct file *tile = files_find(&files, 0, 0);
    tile->bytes.p[5] ^= 1;
    assert_int_equal(run(), VERDICT_BAD);
    expect_only_reason(REASON_TILE, VERDICT_BAD);
    assert_true(r->file_findings && log_replay_proven(r));
    assert_false(log_replay_may_keep(r));
    files_free(&whole);
}

static void what_is_undecided_is_not_kept(void **unused)
{
    (void)unused;
    log_add_note(&l, span_str("bitacora/v2 x\nwhatever\n"));
    assert_int_equal(replay(NULL), VERDICT_UNDECIDED);
    expect_only_reason(REASON_VERSION, VERDICT_UNDECIDED);
    assert_true(log_replay_proven(r));
    assert_false(log_replay_may_keep(r));
}

/* A log that is convicted often enough is not read to its end. */
static void reading_ends_where_so_much_is_bad(void **unused)
{
    (void)unused;
    begin(NULL);
    r->findings.total = 100000;
    r->findings.bad = true;
    assert_int_equal(run(), VERDICT_BAD);
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    assert_false(log_replay_proven(r));
}

/* Clocks are asked of what is proven. */
static void of_another_tree_no_clock_is_asked(void **unused)
{
    struct log other;
    (void)unused;
    ask_for_a_witness();
    log_copy(&other, &l, l.n - 1);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    begin_cosigned((l.now - 1000) / 1000 - 601);
    files_free(&files);
    files_make(&files, &other, other.n);
    assert_int_equal(run(), VERDICT_BAD);
    expect_only_reason(REASON_ROOT, VERDICT_BAD);
    log_free(&other);
}

/* A bad entry is listed, and evidence is made of it; the replay itself is whole. */
static void a_bad_entry_convicts(void **unused)
{
    struct evidence_report report;
    (void)unused;
    uint64_t at = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    assert_int_equal(replay(NULL), VERDICT_BAD);
    expect_only_reason(REASON_ROLE, VERDICT_BAD);
    assert_int_equal(r->findings.list[0].entry, at);
    assert_true(log_replay_proven(r) && log_replay_may_keep(r));
    assert_int_equal(evidence_judge(&report, policy, buf_span(&r->evidence), NULL), 0);
    assert_int_equal(report.finding.entry, at);
}

/* ---- who looks on ---------------------------------------------------------------------------- */

static size_t seen, judged;

static void remember(void *ctx, enum kind kind, const struct hash *leaf)
{
    (void)ctx;
    (void)kind;
    assert_true(hash_eq(leaf, &l.leaf[seen++]));
}

static void look(void *ctx, const struct judged *e)
{
    (void)ctx;
    assert_true(e->index == judged++);
}

static void entries_are_told_in_order(void **unused)
{
    struct found found = { .n = 0 };
    (void)unused;
    seen = judged = 0;
    log_add(&l, BY(AUDITOR, KIND_ERASURE));
    begin(NULL);
    r->setup.remember = remember;
    r->setup.judged = look;
    r->setup.found = found_add;
    r->setup.found_ctx = &found;
    assert_int_equal(run(), VERDICT_BAD);
    assert_int_equal(seen, l.n);
    assert_int_equal(judged, l.n);
    assert_int_equal(found.n, 1);
}

static size_t asked;

static enum lookup recall(void *ctx, uint64_t index, struct known_entry *out)
{
    const enum lookup *answer = ctx;
    asked++;
    *out = (struct known_entry){ .kind = KIND_REQUEST, .leaf = l.leaf[index] };
    return *answer;
}

/* A reference is looked up where it was remembered; else that entry is read and proven. */
static void references_are_looked_up(void **unused)
{
    enum lookup answer = LOOKUP_UNKNOWN;
    (void)unused;
    assert_int_equal(replay(NULL), VERDICT_GOOD); /* nothing was remembered */
    begin(NULL);
    r->setup.recall = recall;
    r->setup.recall_ctx = &answer;
    asked = 0;
    assert_int_equal(run(), VERDICT_GOOD);
    assert_true(asked > 0);
    answer = LOOKUP_FAILED;
    begin(NULL);
    r->setup.recall = recall;
    r->setup.recall_ctx = &answer;
    assert_int_equal(run(), VERDICT_UNDECIDED);
}

static enum fetch fetch_nothing(void *ctx, const struct tile *t, size_t max, struct buf *out,
                                struct refusal *why)
{
    (void)ctx;
    (void)t;
    (void)max;
    (void)out;
    (void)why;
    return FETCH_MISSING;
}

/* ---- from a state ---------------------------------------------------------------------------- */

static void a_replay_goes_on_from_a_state(void **unused)
{
    (void)unused;
    assert_int_equal(replay(NULL), VERDICT_GOOD);
    keep();
    uint64_t before = l.n;
    log_add(&l, BY(HOLDER, KIND_RESPONSE)); /* its request is in the state's part */
    assert_int_equal(replay(&l.leaf[0]), VERDICT_GOOD);
    assert_true(r->first == before && log_replay_may_keep(r));
    keep();
    uint64_t at = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    assert_int_equal(replay(NULL), VERDICT_BAD);
    expect_only_reason(REASON_ROLE, VERDICT_BAD);
    assert_int_equal(r->findings.list[0].entry, at);
    keep(); /* and what was found once is found again */
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    assert_int_equal(replay(NULL), VERDICT_BAD);
    expect_only_reason(REASON_ROLE, VERDICT_BAD);
}

/* It is the first entry behind the state that is held against its witness, not a later one. */
static void the_first_entry_behind_a_state_is_not_the_last(void **unused)
{
    (void)unused;
    ask_for_a_witness();
    int64_t next = l.now / 1000;
    begin_cosigned(next + 601);
    assert_int_equal(run(), VERDICT_GOOD);
    keep();
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    l.now += 5000000;
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    begin_cosigned(l.now / 1000);
    assert_int_equal(run(), VERDICT_UNDECIDED);
    expect_only_reason(REASON_CLOCKS, VERDICT_UNDECIDED);
}

static void a_structure_goes_on_from_a_state(void **unused)
{
    (void)unused;
    assert_int_equal(replay(NULL), VERDICT_GOOD);
    keep();
    log_add(&l, BY(AUDITOR, KIND_ERASURE)); /* which nobody looks into */
    begin(NULL);
    r->setup.structure = true;
    assert_int_equal(run(), VERDICT_GOOD);
    assert_null(r->index);
}

/* Of what was found before, and could not be read again now, nothing is made. */
static void without_a_replay_there_is_no_evidence(void **unused)
{
    struct source none = { .tile = fetch_nothing };
    (void)unused;
    log_add(&l, BY(AUDITOR, KIND_ERASURE));
    assert_int_equal(replay(NULL), VERDICT_BAD);
    keep();
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    begin(NULL);
    r->setup.source = &none;
    assert_int_equal(run(), VERDICT_BAD);
    assert_false(r->replayed);
    assert_int_equal(r->evidence.n, 0);
}

/* What was remembered are entries from the state's end on. */
static void before_a_state_nothing_was_remembered(void **unused)
{
    enum lookup answer = LOOKUP_FAILED;
    (void)unused;
    assert_int_equal(replay(NULL), VERDICT_GOOD);
    keep();
    log_add(&l, BY(HOLDER, KIND_RESPONSE));
    begin(NULL);
    r->setup.recall = recall;
    r->setup.recall_ctx = &answer;
    asked = 0;
    assert_int_equal(run(), VERDICT_GOOD);
    assert_int_equal(asked, 0);
}

static void the_pin_is_asked_of_a_state_too(void **unused)
{
    struct hash pin = l.leaf[0];
    (void)unused;
    pin.b[31] ^= 1;
    assert_int_equal(replay(NULL), VERDICT_GOOD);
    keep();
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    assert_int_equal(replay(&pin), VERDICT_BAD);
    expect_only_reason(REASON_GENESIS_PIN, VERDICT_BAD);
    assert_false(log_replay_proven(r));
}

static void a_log_that_does_not_extend_the_state_is_bad(void **unused)
{
    struct log other;
    (void)unused;
    log_copy(&other, &l, 6);
    assert_int_equal(replay(NULL), VERDICT_GOOD);
    keep();
    log_free(&l);
    l = other;
    while (l.n < 12)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    assert_int_equal(replay(NULL), VERDICT_BAD);
    assert_false(r->replayed);
    expect_only_reason(REASON_FORK, VERDICT_BAD);
}

static void a_state_that_the_judge_refuses_is_refused(void **unused)
{
    (void)unused;
    assert_int_equal(replay(NULL), VERDICT_GOOD);
    keep();
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    begin(NULL);
    json_object_set_new(r->state.judge, "signatures", json_integer(-1));
    assert_true(log_replay_checkpoint(r, -1, 0));
    assert_int_equal(log_replay_run(r), LOG_REPLAY_STATE);
    assert_int_equal(log_replay_conclude(r), VERDICT_UNDECIDED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(an_honest_log_is_good_and_kept),
        TEST(another_genesis_than_the_pinned_one_proves_nothing),
        TEST(a_checkpoint_that_does_not_open_ends_it),
        TEST(what_was_not_replayed_is_not_good),
        TEST(what_was_cancelled_is_not_good),
        TEST(without_the_quorum_nothing_is_kept),
        TEST(the_last_entry_is_held_against_the_witness_s_clock),
        TEST(the_first_entry_behind_a_state_is_held_against_its_clock),
        TEST(a_wrong_file_is_not_kept),
        TEST(what_is_undecided_is_not_kept),
        TEST(reading_ends_where_so_much_is_bad),
        TEST(of_another_tree_no_clock_is_asked),
        TEST(the_first_entry_behind_a_state_is_not_the_last),
        TEST(a_structure_goes_on_from_a_state),
        TEST(without_a_replay_there_is_no_evidence),
        TEST(a_bad_entry_convicts),
        TEST(entries_are_told_in_order),
        TEST(references_are_looked_up),
        TEST(a_replay_goes_on_from_a_state),
        TEST(before_a_state_nothing_was_remembered),
        TEST(the_pin_is_asked_of_a_state_too),
        TEST(a_log_that_does_not_extend_the_state_is_bad),
        TEST(a_state_that_the_judge_refuses_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
