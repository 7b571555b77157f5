/* bitacora.h: what a gate decides that knows the log, by the runs of a replay. */
#include "tests/unit/proto/lib/lib_served.h"

#include "proto/base/base64.h"
#include "proto/judge/presentation.h"
#include "proto/record/ruleset.h"

static bitacora_gate *gate;
static bitacora_replay *replay;
static struct buf state_of; /* after the last run that was proven */

static int start(void **state)
{
    (void)state;
    lib_start();
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &gate), BITACORA_PROVEN);
    replay = replay_new(policy);
    assert_int_equal(bitacora_replay_for_gate(replay, gate), BITACORA_PROVEN);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_replay_free(replay);
    bitacora_gate_free(gate);
    buf_free(&state_of);
    lib_stop();
    return 0;
}

/* Replays what the log has by now: from the first entry, or from the last state. */
static bitacora_result follow(bool from_state)
{
    serve(l.n, log_seconds());
    bitacora_result result = run(replay, from_state ? &state_of : NULL);
    if (result <= BITACORA_BAD) {
        buf_free(&state_of);
        keep(&state_of, replay);
    }
    stop_serving();
    return result;
}

/* Decides about a request, which was seen so many milliseconds ago. */
static bitacora_result decide_seen(uint64_t entry, int64_t ago, bitacora_receipt **request)
{
    struct buf receipt = { 0 }, note = { 0 };
    struct entry_ref ref = { .entry = entry };
    receipt_of(&receipt, &l, entry, log_seconds());
    memcpy(ref.hash, l.leaf[entry].b, HASH_BYTES);
    presentation_sign(&note, ORIGIN, "mx.holder", &ref, l.now, NULL, &l.who[REQUESTER].key);
    bitacora_result result = bitacora_gate_decide_known(
        ctx, gate, replay, l.now - ago, l.now, receipt.p, receipt.n, note.p, note.n, request);
    buf_free(&receipt);
    buf_free(&note);
    return result;
}

static bitacora_result decide(uint64_t entry)
{
    bitacora_receipt *request;
    bitacora_result result = decide_seen(entry, 0, &request);
    assert_true((request != NULL) == (result == BITACORA_PROVEN));
    bitacora_receipt_free(request);
    return result;
}

static void ratify(const char *result)
{
    log_add(&l,
            BY(JUDGE, KIND_RATIFICATION,
               .members = text_of("\"request\":%s,\"result\":%s", log_ref(&l, l.request), result)));
}

static void nothing_is_known_before_a_run(void **state)
{
    (void)state;
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_PROVEN);
    uint64_t later = log_add(&l, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(decide(later), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    assert_int_equal(follow(true), BITACORA_PROVEN);
    assert_int_equal(decide(later), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_PROVEN);
}

static void what_came_later_is_seen_by_the_next_run(void **state)
{
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    log_add(&l, BY(REGISTRAR, KIND_REVOKE,
                   .members = text_of("\"vkey\":\"%s\",\"reason\":\"left_office\"",
                                      vkey_text(&l, REQUESTER))));
    assert_int_equal(decide(l.request), BITACORA_PROVEN); /* nobody has looked */
    assert_int_equal(follow(true), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_BAD);
    only("revoked", BITACORA_BAD);
}

static void what_was_seen_long_ago_is_not_known(void **state)
{
    bitacora_receipt *request;
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide_seen(l.request, 30001, &request), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    assert_int_equal(decide_seen(l.request, -30001, &request), BITACORA_UNDECIDED);
    assert_int_equal(bitacora_gate_known_age(gate, 30001), BITACORA_PROVEN);
    assert_int_equal(decide_seen(l.request, 30001, &request), BITACORA_PROVEN);
    bitacora_receipt_free(request);
}

static void judges_decide_what_is_given(void **state)
{
    bitacora_receipt *request;
    (void)state;
    ratify("\"partial\",\"categories\":[\"bank\"]");
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide_seen(l.request, 0, &request), BITACORA_PROVEN);
    assert_true(bitacora_gate_gives(gate, replay, request, "bank"));
    assert_false(bitacora_gate_gives(gate, replay, request, "fiscal"));
    assert_false(bitacora_gate_gives(gate, replay, request, ""));
    assert_false(bitacora_gate_gives(gate, NULL, request, "bank"));
    ratify("\"partial\",\"categories\":[\"fiscal\"]");
    assert_int_equal(follow(true), BITACORA_PROVEN);
    assert_false(bitacora_gate_gives(gate, replay, request, "bank"));
    bitacora_receipt_free(request);
    assert_int_equal(decide(l.request), BITACORA_BAD);
    only("ratification", BITACORA_BAD);
    ratify("\"refused\"");
    assert_int_equal(follow(true), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_BAD);
    only("ratification", BITACORA_BAD);
}

static void a_holder_may_require_a_warrant(void **state)
{
    bitacora_receipt *request;
    struct buf receipt = { 0 }, note = { 0 };
    struct entry_ref ref = { .entry = l.request };
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_require_warrant(gate, true), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_BAD); /* it cites none */
    only("warrant", BITACORA_BAD);
    receipt_of(&receipt, &l, l.request, log_seconds());
    memcpy(ref.hash, l.leaf[l.request].b, HASH_BYTES);
    presentation_sign(&note, ORIGIN, "mx.holder", &ref, l.now, NULL, &l.who[REQUESTER].key);
    assert_int_equal(
        bitacora_gate_decide(ctx, gate, l.now, receipt.p, receipt.n, note.p, note.n, &request),
        BITACORA_UNDECIDED);
    assert_null(request);
    only("warrant", BITACORA_UNDECIDED);
    assert_int_equal(bitacora_gate_require_warrant(gate, false), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_require_warrant(NULL, true), BITACORA_MISUSE);
    buf_free(&receipt);
    buf_free(&note);
}

static void whose_data_and_of_what_time_is_said(void **state)
{
    const char *type = "x", *value = "x";
    int64_t from, until;
    bitacora_receipt *request;
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide_seen(l.request, 0, &request), BITACORA_PROVEN);
    assert_false(bitacora_gate_person(request, &type, &value)); /* no opening was shown */
    assert_null(type);
    assert_null(value);
    assert_true(bitacora_gate_period(request, &from, &until));
    assert_true(from == INT64_MIN && until == INT64_MAX);
    assert_true(bitacora_gate_period(request, NULL, NULL));
    bitacora_receipt_free(request);
    assert_false(bitacora_gate_person(NULL, NULL, NULL));
    assert_false(bitacora_gate_period(NULL, &from, &until));
    assert_true(from >= until);
    uint64_t r = log_add(
        &l, BY(REQUESTER, KIND_REQUEST,
               .members = "\"authority\":\"mx.requester\",\"function\":\"prosecution\",\"level\":"
                          "\"federal\",\"holder\":\"mx.holder\",\"source\":\"other\","
                          "\"categories\":[\"bank\"],\"basis\":\"LIC-142\",\"purpose\":"
                          "{\"code\":\"other\"},\"persons\":1,\"data_window\":{\"from\":"
                          "\"2026-02-01T00:00:00.000Z\",\"until\":\"2026-03-01T00:00:00.000Z\"}"));
    assert_int_equal(follow(true), BITACORA_PROVEN);
    assert_int_equal(decide_seen(r, 0, &request), BITACORA_PROVEN);
    assert_true(bitacora_gate_period(request, &from, &until));
    assert_true(from == INT64_C(1769904000000) && until == INT64_C(1772323200000));
    bitacora_receipt_free(request);
}

static void a_warrant_that_is_needed_must_be_in_the_log(void **state)
{
    (void)state;
    uint64_t r = log_add(
        &l, BY(REQUESTER, KIND_REQUEST,
               .members = "\"authority\":\"mx.requester\",\"function\":\"prosecution\",\"level\":"
                          "\"federal\",\"holder\":\"mx.holder\",\"source\":\"other\","
                          "\"categories\":[\"subscriber\"],\"basis\":\"CNPP-303\",\"purpose\":"
                          "{\"code\":\"other\"},\"persons\":1"));
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide(r), BITACORA_BAD);
    only("warrant", BITACORA_BAD);
}

static void a_bad_entry_counts_for_nothing(void **state)
{
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    log_add(&l, BY(REQUESTER, KIND_RATIFICATION,
                   .members =
                       text_of("\"request\":%s,\"result\":\"refused\"", log_ref(&l, l.request))));
    assert_int_equal(follow(true), BITACORA_BAD); /* no judge signed it */
    assert_int_equal(decide(l.request), BITACORA_PROVEN);
}

/* What a book takes in of a run that proves nothing it cannot give back. */
static void a_run_that_fails_makes_nothing_known(void **state)
{
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(run(replay, &state_of), BITACORA_UNDECIDED); /* no file at all */
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
    assert_int_equal(follow(true), BITACORA_PROVEN); /* no entry was taken in */
    assert_int_equal(decide(l.request), BITACORA_PROVEN);

    log_add(&l, BY(REQUESTER, KIND_REQUEST));
    serve(l.n, log_seconds());
    files_find(&served.files, TILE_ENTRIES, 0)->bytes.p[9] ^= 1;
    assert_int_equal(run(replay, &state_of), BITACORA_BAD);
    stop_serving();
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
}

static void a_state_of_another_run_makes_nothing_known(void **state)
{
    struct buf first = { 0 };
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    buf_add_span(&first, buf_span(&state_of));
    log_add(&l, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(follow(true), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_PROVEN);
    serve(l.n, log_seconds());
    assert_int_equal(run(replay, &first), BITACORA_PROVEN);
    stop_serving();
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
    assert_int_equal(follow(true), BITACORA_PROVEN); /* from the right state: it is too late */
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_PROVEN);
    buf_free(&first);
}

/* Of the same size: nothing but its root tells it from the one that the run before ended with. */
static void a_state_of_another_history_makes_nothing_known(void **state)
{
    struct log mine, other;
    struct buf its_state = { 0 };
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    log_copy(&mine, &l, l.n);
    log_copy(&other, &l, l.n - 1);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    log_free(&l);
    l = other;
    bitacora_replay *its = replay_new(policy);
    serve(l.n, log_seconds());
    assert_int_equal(run(its, NULL), BITACORA_PROVEN);
    keep(&its_state, its);
    stop_serving();
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    serve(l.n, log_seconds());
    assert_int_equal(run(replay, &its_state), BITACORA_PROVEN);
    stop_serving();
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    bitacora_replay_free(its);
    buf_free(&its_state);
    log_free(&l);
    l = mine;
}

/* A proven receipt is not enough: what a gate gives is what the runs have seen. */
static void what_no_run_has_seen_gives_nothing(void **state)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    (void)state;
    receipt_of(&text, &l, l.request, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    assert_false(bitacora_gate_gives(gate, replay, r, "bank"));
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_true(bitacora_gate_gives(gate, replay, r, "bank"));
    bitacora_receipt_free(r);
    buf_clear(&text);
    uint64_t later = log_add(&l, BY(REQUESTER, KIND_REQUEST));
    receipt_of(&text, &l, later, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    assert_false(bitacora_gate_gives(gate, replay, r, "bank"));
    assert_int_equal(follow(true), BITACORA_PROVEN);
    assert_true(bitacora_gate_gives(gate, replay, r, "bank"));
    assert_false(bitacora_gate_gives(NULL, replay, r, "bank"));
    assert_false(bitacora_gate_gives(gate, replay, NULL, "bank"));
    assert_false(bitacora_gate_gives(gate, replay, r, NULL));
    bitacora_receipt_free(r);
    buf_free(&text);
}

static void a_ruleset_that_is_pinned_has_to_be_given(void **state)
{
    struct buf file = { 0 }, sum = { 0 };
    struct hash hash;
    (void)state;
    buf_add_span(&file, ruleset_builtin());
    buf_add(&file, "\n", 1); /* another file that says the same */
    hash_bytes(&hash, buf_span(&file));
    buf_add_base64(&sum, hash.b, HASH_BYTES);
    log_add(&l, BY(REGISTRAR, KIND_RULESET,
                   .members = text_of("\"name\":\"mx\",\"version\":\"2\",\"from\":"
                                      "\"2026-01-01T00:00:00.000Z\",\"sha256\":\"%s\"",
                                      buf_str(&sum))));
    uint64_t r = log_add(&l, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_PROVEN); /* accepted before */
    assert_int_equal(decide(r), BITACORA_UNDECIDED);
    only("ruleset", BITACORA_UNDECIDED);
    assert_int_equal(bitacora_gate_add_ruleset(ctx, gate, "{}", 2), BITACORA_USAGE);
    only("ruleset", BITACORA_USAGE);
    assert_int_equal(bitacora_gate_add_ruleset(ctx, gate, file.p, file.n), BITACORA_PROVEN);
    assert_int_equal(decide(r), BITACORA_PROVEN);
    buf_free(&file);
    buf_free(&sum);
}

static void wrong_arguments_are_misuse(void **state)
{
    bitacora_receipt *request;
    bitacora_gate *bank;
    (void)state;
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_structure(r, true);
    assert_int_equal(bitacora_replay_for_gate(r, gate), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_for_gate(NULL, gate), BITACORA_MISUSE);
    assert_int_equal(bitacora_replay_for_gate(r, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_known_age(gate, -1), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_known_age(NULL, 0), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_add_ruleset(ctx, NULL, "", 0), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_add_ruleset(ctx, gate, NULL, 0), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.bank", &bank), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_decide_known(ctx, bank, replay, 0, 0, "", 0, "", 0, &request),
                     BITACORA_MISUSE);
    assert_null(request);
    assert_int_equal(bitacora_gate_decide_known(ctx, gate, r, 0, 0, "", 0, "", 0, &request),
                     BITACORA_MISUSE); /* it keeps nothing */
    assert_int_equal(bitacora_gate_decide_known(ctx, gate, NULL, 0, 0, "", 0, "", 0, &request),
                     BITACORA_MISUSE);
    assert_int_equal(
        bitacora_gate_decide_known(ctx, gate, replay, INT64_MIN, 0, "", 0, "", 0, &request),
        BITACORA_MISUSE);
    bitacora_gate_free(bank);
    bitacora_replay_free(r);
}

/* ---- from states, and anew ------------------------------------------------------------------- */

static void a_run_from_the_start_begins_anew(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(follow(false), BITACORA_PROVEN);
        assert_int_equal(decide(l.request), BITACORA_PROVEN);
    }
}

/* A state of another replay's run: what is behind it is read, and nothing is known. */
static void behind_another_replay_s_state_nothing_is_known(void **state)
{
    (void)state;
    bitacora_replay *before = replay_new(policy);
    serve(l.n, log_seconds());
    assert_int_equal(run(before, NULL), BITACORA_PROVEN);
    keep(&state_of, before);
    stop_serving();
    bitacora_replay_free(before);
    log_add(&l, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(follow(true), BITACORA_PROVEN);
    none();
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_PROVEN);
}

static int say_once(void *left)
{
    return --*(int *)left == 0;
}

/* At whatever place, also while evidence is looked for: what was not ended is not known. */
static void of_a_run_that_was_cancelled_nothing_is_known(void **state)
{
    (void)state;
    log_add(&l, BY(AUDITOR, KIND_ERASURE)); /* bad: evidence comes of it */
    serve(l.n, log_seconds());
    for (int at = 1;; at++) {
        int left = at;
        bitacora_set_cancel(ctx, say_once, &left);
        bitacora_result result = run(replay, NULL);
        bitacora_set_cancel(ctx, NULL, NULL);
        if (left > 0) {
            assert_int_equal(result, BITACORA_BAD);
            assert_int_equal(decide(l.request), BITACORA_PROVEN);
            break;
        }
        assert_int_equal(result, BITACORA_CANCELLED);
        assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
        only("stale", BITACORA_UNDECIDED);
    }
    stop_serving();
}

static void kept_for_another_holder_nothing_is_known(void **state)
{
    bitacora_gate *other;
    (void)state;
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_for_gate(replay, gate), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    assert_int_equal(bitacora_gate_new(ctx, alone, "mx.holder", &other), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_for_gate(replay, other), BITACORA_MISUSE); /* its policy */
    bitacora_gate_free(other);
}

/* Whatever else speaks against a request is told as well. */
static void what_is_not_known_does_not_hide_the_rest(void **state)
{
    (void)state;
    assert_int_equal(bitacora_gate_allow_authority(gate, "mx.other"), BITACORA_PROVEN);
    assert_int_equal(decide(l.request), BITACORA_BAD);
    assert_int_equal(bitacora_findings(ctx), 2);
    assert_true(has_found("stale", NULL) && has_found("authority", "mx.requester"));
}

/* ---- rulesets -------------------------------------------------------------------------------- */

static void pin(struct span file)
{
    struct hash sha256;
    char text[48];
    hash_bytes(&sha256, file);
    base64_encode(text, sha256.b, HASH_BYTES);
    log_add(&l,
            BY(REGISTRAR, KIND_RULESET,
               .members = text_of("\"name\":\"mx\",\"version\":\"2\",\"sha256\":\"%s\",\"from\":"
                                  "\"2026-01-01T00:00:00.000Z\"",
                                  text)));
}

static void a_ruleset_of_the_software_s_own_need_not_be_given(void **state)
{
    const struct span own[] = { ruleset_builtin(), ruleset_newest() };
    (void)state;
    for (size_t i = 0; i < COUNT(own); i++) {
        pin(own[i]);
        uint64_t r = log_add(&l, BY(REQUESTER, KIND_REQUEST));
        assert_int_equal(follow(i > 0), BITACORA_PROVEN);
        assert_int_equal(decide(r), BITACORA_PROVEN);
        none();
    }
}

/* Two that only differ in a blank: the one that is pinned is taken, whichever was given first. */
static void of_several_rulesets_the_pinned_one_is_taken(void **state)
{
    struct buf other = { 0 };
    bitacora_receipt *request;
    (void)state;
    buf_add_span(&other, ruleset_builtin());
    buf_adds(&other, " ");
    pin(buf_span(&other));
    uint64_t r = log_add(&l, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(follow(false), BITACORA_PROVEN);
    assert_int_equal(decide(r), BITACORA_UNDECIDED);
    only("ruleset", BITACORA_UNDECIDED);
    /* Without it nothing is given, either. */
    struct buf receipt = { 0 };
    receipt_of(&receipt, &l, r, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, policy, receipt.p, receipt.n, &request),
                     BITACORA_PROVEN);
    assert_false(bitacora_gate_gives(gate, replay, request, "bank"));
    buf_adds(&other, " ");
    assert_int_equal(bitacora_gate_add_ruleset(ctx, gate, other.p, other.n), BITACORA_PROVEN);
    assert_int_equal(decide(r), BITACORA_UNDECIDED); /* it is not that one */
    only("ruleset", BITACORA_UNDECIDED);
    assert_int_equal(bitacora_gate_add_ruleset(ctx, gate, other.p, other.n - 1), BITACORA_PROVEN);
    assert_int_equal(decide(r), BITACORA_PROVEN);
    assert_true(bitacora_gate_gives(gate, replay, request, "bank"));
    bitacora_receipt_free(request);
    buf_free(&receipt);
    buf_free(&other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_known_before_a_run),
        TEST(what_came_later_is_seen_by_the_next_run),
        TEST(what_was_seen_long_ago_is_not_known),
        TEST(judges_decide_what_is_given),
        TEST(a_holder_may_require_a_warrant),
        TEST(whose_data_and_of_what_time_is_said),
        TEST(a_warrant_that_is_needed_must_be_in_the_log),
        TEST(a_bad_entry_counts_for_nothing),
        TEST(a_run_that_fails_makes_nothing_known),
        TEST(a_state_of_another_run_makes_nothing_known),
        TEST(a_state_of_another_history_makes_nothing_known),
        TEST(what_no_run_has_seen_gives_nothing),
        TEST(a_ruleset_that_is_pinned_has_to_be_given),
        TEST(a_run_from_the_start_begins_anew),
        TEST(behind_another_replay_s_state_nothing_is_known),
        TEST(of_a_run_that_was_cancelled_nothing_is_known),
        TEST(kept_for_another_holder_nothing_is_known),
        TEST(what_is_not_known_does_not_hide_the_rest),
        TEST(a_ruleset_of_the_software_s_own_need_not_be_given),
        TEST(of_several_rulesets_the_pinned_one_is_taken),
        TEST(wrong_arguments_are_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
