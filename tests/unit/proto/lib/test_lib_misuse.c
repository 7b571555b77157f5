/* bitacora.h: each argument that is wrong is misuse and named, and the output is NULL then. */
#include "tests/unit/proto/lib/lib_fixture.h"

#define EARLIEST INT64_C(-62135596800000)
#define LATEST INT64_C(253402300799999)

static const bitacora_ref under = { .entry = 0 };
static bitacora_key *key;
static bitacora_gate *gate;
static bitacora_replay *replay;
static bitacora_receipt *request, *by_log_alone;
static bitacora_checkpoint *checkpoint, *checkpoint_alone;
/* Outputs; before each call they are no NULL. */
static void *out;
static char *bytes;
static size_t n;

static bitacora_receipt *take(const bitacora_policy *by, uint64_t index)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    receipt_of(&text, &l, index, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, by, text.p, text.n, &r), BITACORA_PROVEN);
    buf_free(&text);
    return r;
}

static bitacora_checkpoint *open_checkpoint(const bitacora_policy *by)
{
    struct buf note = { 0 };
    bitacora_checkpoint *c;
    cosigned_checkpoint(&note, &l, l.n, log_seconds());
    assert_int_equal(bitacora_checkpoint_open(ctx, by, note.p, note.n, &c), BITACORA_PROVEN);
    buf_free(&note);
    return c;
}

static int start(void **state)
{
    struct buf text = { 0 };
    (void)state;
    lib_start();
    skey_format(&text, &l.who[REQUESTER].key);
    assert_int_equal(bitacora_key_parse(ctx, text.p, text.n, &key), BITACORA_PROVEN);
    buf_free(&text);
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &gate), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_new(ctx, policy, &replay), BITACORA_PROVEN);
    request = take(policy, l.request);
    by_log_alone = take(alone, l.request);
    checkpoint = open_checkpoint(policy);
    checkpoint_alone = open_checkpoint(alone);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_key_free(key);
    bitacora_gate_free(gate);
    bitacora_replay_free(replay);
    bitacora_receipt_free(request);
    bitacora_receipt_free(by_log_alone);
    bitacora_checkpoint_free(checkpoint);
    bitacora_checkpoint_free(checkpoint_alone);
    lib_stop();
    return 0;
}

/* An output, which holds something. */
#define OUT ((void *)(out = ctx, &out))
#define BYTES (bytes = (char *)ctx, &bytes)

/* The call was misuse of that argument, as its one finding says; NULL: it had no context. */
static void misuse(bitacora_result result, const char *argument)
{
    assert_int_equal(result, BITACORA_MISUSE);
    if (argument == NULL)
        return;
    only("misuse", BITACORA_MISUSE);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), argument);
}

/* The same of one with an output, which is NULL now. */
static void misuse_out(bitacora_result result, const char *argument)
{
    misuse(result, argument);
    assert_null(out);
}

static void misuse_bytes(bitacora_result result, const char *argument)
{
    misuse(result, argument);
    assert_null(bytes);
}

static void of_contexts(void **state)
{
    static const struct {
        bitacora_limit limit;
        uint64_t most;
    } rows[] = {
        { BITACORA_LIMIT_POLICY, 1 << 20 },        { BITACORA_LIMIT_RECEIPT, 16 << 20 },
        { BITACORA_LIMIT_EVIDENCE, 8 << 20 },      { BITACORA_LIMIT_OPENING, 8 << 20 },
        { BITACORA_LIMIT_FINDINGS, 10000 },        { BITACORA_LIMIT_STATE, UINT64_C(4) << 30 },
        { BITACORA_LIMIT_REPLAY_MEMORY, 1 << 30 }, { BITACORA_LIMIT_ANSWER, 1 << 30 },
    };
    (void)state;
    misuse(bitacora_context_new(NULL), NULL);
    bitacora_context_free(NULL);
    bitacora_set_cancel(NULL, NULL, NULL);
    misuse(bitacora_set_limit(NULL, BITACORA_LIMIT_POLICY, 1), NULL);
    misuse(bitacora_set_limit(ctx, (bitacora_limit)0, 1), "limit");
    misuse(bitacora_set_limit(ctx, (bitacora_limit)(BITACORA_LIMIT_ANSWER + 1), 1), "limit");
    for (size_t i = 0; i < COUNT(rows); i++) {
        misuse(bitacora_set_limit(ctx, rows[i].limit, 0), "value");
        misuse(bitacora_set_limit(ctx, rows[i].limit, rows[i].most + 1), "value");
        assert_int_equal(bitacora_set_limit(ctx, rows[i].limit, rows[i].most), BITACORA_PROVEN);
        none();
    }
}

static void of_policies(void **state)
{
    const uint8_t *pin = l.leaf[0].b;
    (void)state;
    misuse(bitacora_policy_parse(ctx, "", 0, NULL), "out");
    misuse_out(bitacora_policy_parse(NULL, "", 0, OUT), NULL);
    misuse_out(bitacora_policy_parse(ctx, NULL, 1, OUT), "bytes");
    misuse(bitacora_policy_parse_pinned(ctx, "", 0, pin, NULL), "out");
    misuse(bitacora_policy_parse_pinned(ctx, "", 0, NULL, NULL), "genesis");
    misuse_out(bitacora_policy_parse_pinned(ctx, "", 0, NULL, OUT), "genesis");
    misuse_out(bitacora_policy_parse_pinned(ctx, NULL, 1, pin, OUT), "bytes");
    misuse_out(bitacora_policy_parse_pinned(NULL, "", 0, pin, OUT), NULL);
}

static bitacora_fetched no_fetch(void *arg, const char *path, bitacora_sink *sink)
{
    (void)arg;
    (void)path;
    (void)sink;
    return BITACORA_FAILED;
}

static void of_trees_by_proof(void **state)
{
    const bitacora_checkpoint *c = checkpoint, *other = checkpoint_alone;
    (void)state;
    n = 1;
    misuse_bytes(bitacora_checkpoint_extends(NULL, c, c, NULL, 0, BYTES, &n), NULL);
    assert_int_equal(n, 0);
    n = 1;
    misuse_bytes(bitacora_checkpoint_extends(ctx, NULL, c, NULL, 0, BYTES, &n), "older");
    assert_int_equal(n, 0);
    misuse_bytes(bitacora_checkpoint_extends(ctx, c, NULL, NULL, 0, BYTES, &n), "newer");
    misuse_bytes(bitacora_checkpoint_extends(ctx, other, c, NULL, 0, BYTES, &n), "policy");
    misuse_bytes(bitacora_checkpoint_extends(ctx, c, c, NULL, 0, BYTES, NULL), "evidence");
    misuse(bitacora_checkpoint_extends(ctx, c, c, NULL, 0, NULL, &n), "evidence");
    misuse(bitacora_checkpoint_extends(ctx, c, c, NULL, 1, NULL, NULL), "proof");
    misuse(bitacora_checkpoint_extends(ctx, NULL, c, NULL, 1, NULL, NULL), "older");
    assert_int_equal(bitacora_checkpoint_extends(ctx, c, c, NULL, 0, NULL, NULL), BITACORA_PROVEN);
    assert_int_equal(bitacora_checkpoint_extends(ctx, c, c, "", 0, BYTES, &n), BITACORA_PROVEN);
}

static void of_trees_by_tiles(void **state)
{
    const bitacora_checkpoint *c = checkpoint, *other = checkpoint_alone;
    (void)state;
    misuse_out(bitacora_checkpoint_open(NULL, policy, "", 0, OUT), NULL);
    misuse(bitacora_checkpoint_open(ctx, policy, "", 0, NULL), "out");
    misuse_out(bitacora_checkpoint_open(ctx, NULL, "", 0, OUT), "policy");
    misuse_out(bitacora_checkpoint_open(ctx, policy, NULL, 1, OUT), "note");
    misuse_bytes(bitacora_checkpoint_extends_by_tiles(NULL, c, c, no_fetch, NULL, BYTES, &n), NULL);
    misuse(bitacora_checkpoint_extends_by_tiles(ctx, NULL, c, no_fetch, NULL, NULL, NULL), "older");
    misuse(bitacora_checkpoint_extends_by_tiles(ctx, c, NULL, no_fetch, NULL, NULL, NULL), "newer");
    misuse(bitacora_checkpoint_extends_by_tiles(ctx, c, other, no_fetch, NULL, NULL, NULL),
           "policy");
    misuse_bytes(bitacora_checkpoint_extends_by_tiles(ctx, c, c, no_fetch, NULL, BYTES, NULL),
                 "evidence");
    misuse(bitacora_checkpoint_extends_by_tiles(ctx, c, c, NULL, NULL, NULL, NULL), "fetch");
    misuse(bitacora_checkpoint_extends_by_tiles(ctx, NULL, c, NULL, NULL, NULL, NULL), "older");
}

static void of_receipts_and_files(void **state)
{
    (void)state;
    misuse_out(bitacora_receipt_verify(NULL, policy, "", 0, OUT), NULL);
    misuse(bitacora_receipt_verify(ctx, policy, "", 0, NULL), "out");
    misuse_out(bitacora_receipt_verify(ctx, NULL, "", 0, OUT), "policy");
    misuse_out(bitacora_receipt_verify(ctx, policy, NULL, 1, OUT), "bytes");
    misuse_out(bitacora_evidence_verify(NULL, policy, "", 0, OUT), NULL);
    misuse(bitacora_evidence_verify(ctx, policy, "", 0, NULL), "out");
    misuse_out(bitacora_evidence_verify(ctx, NULL, "", 0, OUT), "policy");
    misuse_out(bitacora_evidence_verify(ctx, policy, NULL, 1, OUT), "bytes");
    misuse_out(bitacora_opening_verify(NULL, policy, "", 0, NULL, OUT), NULL);
    misuse(bitacora_opening_verify(ctx, policy, "", 0, NULL, NULL), "out");
    misuse_out(bitacora_opening_verify(ctx, NULL, "", 0, NULL, OUT), "policy");
    misuse_out(bitacora_opening_verify(ctx, policy, NULL, 1, NULL, OUT), "bytes");
    misuse_out(bitacora_opening_verify(ctx, policy, "", 0, by_log_alone, OUT), "held");
}

static void of_pairs_and_answers(void **state)
{
    const bitacora_receipt *r = request;
    (void)state;
    n = 1;
    misuse_bytes(bitacora_receipt_compare(NULL, r, r, BYTES, &n), NULL);
    assert_int_equal(n, 0);
    misuse_bytes(bitacora_receipt_compare(ctx, NULL, r, BYTES, &n), "a");
    misuse_bytes(bitacora_receipt_compare(ctx, r, NULL, BYTES, &n), "b");
    misuse_bytes(bitacora_receipt_compare(ctx, r, r, BYTES, NULL), "evidence");
    misuse(bitacora_receipt_compare(ctx, r, r, NULL, &n), "evidence");
    misuse_bytes(bitacora_receipt_compare(ctx, r, by_log_alone, BYTES, &n), "policy");
    assert_int_equal(bitacora_receipt_compare(ctx, r, r, NULL, NULL), BITACORA_PROVEN);
    n = 1;
    misuse_out(bitacora_answer_verify(NULL, policy, "", 0, OUT, BYTES, &n), NULL);
    assert_true(bytes == NULL && n == 0);
    misuse_bytes(bitacora_answer_verify(ctx, policy, "", 0, NULL, BYTES, &n), "out");
    misuse_out(bitacora_answer_verify(ctx, NULL, "", 0, OUT, NULL, NULL), "policy");
    misuse_out(bitacora_answer_verify(ctx, policy, NULL, 1, OUT, NULL, NULL), "bytes");
}

/* ---- gates ----------------------------------------------------------------------------------- */

static void of_gates(void **state)
{
    (void)state;
    misuse_out(bitacora_gate_new(NULL, policy, "a", OUT), NULL);
    misuse(bitacora_gate_new(ctx, policy, "a", NULL), "out");
    misuse_out(bitacora_gate_new(ctx, NULL, "a", OUT), "policy");
    misuse_out(bitacora_gate_new(ctx, policy, NULL, OUT), "holder");
    misuse_out(bitacora_gate_new(ctx, policy, "a b", OUT), "holder");
    misuse(bitacora_gate_allow_authority(NULL, "a"), NULL);
    misuse(bitacora_gate_allow_authority(gate, NULL), NULL);
    misuse(bitacora_gate_allow_authority(gate, "a b"), NULL);
    misuse(bitacora_gate_max_age(NULL, 0, 0), NULL);
    misuse(bitacora_gate_max_age(gate, -1, 0), NULL);
    misuse(bitacora_gate_max_age(gate, 0, -1), NULL);
    assert_int_equal(bitacora_gate_max_age(gate, 0, 1), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(gate, 0, 0), BITACORA_PROVEN);
    misuse(bitacora_gate_known_age(NULL, 0), NULL);
    misuse(bitacora_gate_known_age(gate, -1), NULL);
    assert_int_equal(bitacora_gate_known_age(gate, 0), BITACORA_PROVEN);
    misuse(bitacora_gate_require_warrant(NULL, true), NULL);
    assert_int_equal(bitacora_gate_require_warrant(gate, false), BITACORA_PROVEN);
    misuse(bitacora_gate_add_ruleset(NULL, gate, "{}", 2), NULL);
    misuse(bitacora_gate_add_ruleset(ctx, NULL, "{}", 2), "gate");
    misuse(bitacora_gate_add_ruleset(ctx, gate, NULL, 0), "bytes");
    misuse(bitacora_replay_for_gate(NULL, gate), NULL);
    misuse(bitacora_replay_for_gate(replay, NULL), NULL);
}

static void of_decisions(void **state)
{
    const bitacora_gate *g = gate;
    (void)state;
    misuse_out(bitacora_gate_decide(NULL, g, 0, "", 0, "", 0, OUT), NULL);
    misuse(bitacora_gate_decide(ctx, g, 0, "", 0, "", 0, NULL), "request");
    misuse_out(bitacora_gate_decide(ctx, NULL, 0, "", 0, "", 0, OUT), "gate");
    misuse_out(bitacora_gate_decide(ctx, g, EARLIEST - 1, "", 0, "", 0, OUT), "now");
    misuse_out(bitacora_gate_decide(ctx, g, LATEST + 1, "", 0, "", 0, OUT), "now");
    misuse_out(bitacora_gate_decide(ctx, g, 0, NULL, 1, "", 0, OUT), "receipt");
    misuse_out(bitacora_gate_decide(ctx, g, 0, "", 0, NULL, 1, OUT), "presentation");
    assert_int_equal(bitacora_gate_decide(ctx, g, EARLIEST, NULL, 0, NULL, 0, OUT),
                     BITACORA_UNDECIDED);
    assert_int_equal(bitacora_gate_decide(ctx, g, LATEST, "", 0, "", 0, OUT), BITACORA_UNDECIDED);
}

static void of_decisions_by_what_is_known(void **state)
{
    const bitacora_gate *g = gate;
    const bitacora_replay *r = replay;
    (void)state;
    misuse_out(bitacora_gate_decide_known(ctx, g, r, 0, 0, "", 0, "", 0, OUT), "replay");
    assert_int_equal(bitacora_replay_for_gate(replay, gate), BITACORA_PROVEN);
    misuse_out(bitacora_gate_decide_known(NULL, g, r, 0, 0, "", 0, "", 0, OUT), NULL);
    misuse(bitacora_gate_decide_known(ctx, g, r, 0, 0, "", 0, "", 0, NULL), "request");
    misuse_out(bitacora_gate_decide_known(ctx, NULL, r, 0, 0, "", 0, "", 0, OUT), "gate");
    misuse_out(bitacora_gate_decide_known(ctx, g, NULL, 0, 0, "", 0, "", 0, OUT), "replay");
    misuse_out(bitacora_gate_decide_known(ctx, g, r, EARLIEST - 1, 0, "", 0, "", 0, OUT), "seen");
    misuse_out(bitacora_gate_decide_known(ctx, g, r, LATEST + 1, 0, "", 0, "", 0, OUT), "seen");
    assert_int_equal(bitacora_gate_decide_known(ctx, g, r, EARLIEST, 0, "", 0, "", 0, OUT),
                     BITACORA_UNDECIDED);
    assert_int_equal(bitacora_gate_decide_known(ctx, g, r, LATEST, 0, "", 0, "", 0, OUT),
                     BITACORA_UNDECIDED);
    assert_false(bitacora_gate_gives(NULL, r, request, "x") ||
                 bitacora_gate_gives(g, NULL, request, "x") ||
                 bitacora_gate_gives(g, r, NULL, "x") || bitacora_gate_gives(g, r, request, NULL));
}

static void of_warrants(void **state)
{
    const bitacora_receipt *r = request;
    (void)state;
    misuse(bitacora_gate_check_warrant(NULL, 0, r, r), NULL);
    misuse(bitacora_gate_check_warrant(ctx, 0, NULL, r), "request");
    misuse(bitacora_gate_check_warrant(ctx, 0, r, NULL), "warrant");
    misuse(bitacora_gate_check_warrant(ctx, EARLIEST - 1, r, r), "now");
    misuse(bitacora_gate_check_warrant(ctx, LATEST + 1, r, r), "now");
    misuse(bitacora_gate_check_warrant(ctx, 0, r, by_log_alone), "policy");
    assert_int_equal(bitacora_gate_check_warrant(ctx, EARLIEST, r, r), BITACORA_BAD);
    assert_int_equal(bitacora_gate_check_warrant(ctx, LATEST, r, r), BITACORA_BAD);
}

/* Of what no gate let in. */
static void what_is_asked_of_a_request_has_its_places(void **state)
{
    const char *type = "x", *value = "x";
    int64_t from = 0, until = 0;
    (void)state;
    assert_false(bitacora_gate_person(NULL, NULL, NULL) || bitacora_gate_period(NULL, NULL, NULL));
    for (size_t i = 0; i < 2; i++) {
        assert_false(bitacora_gate_person(i == 0 ? NULL : request, &type, &value));
        assert_true(type == NULL && value == NULL);
        assert_false(bitacora_gate_period(i == 0 ? NULL : request, &from, &until));
        assert_true(from == INT64_MAX && until == INT64_MIN);
        type = value = "x";
        from = until = 0;
    }
}

/* ---- replays, and what is made --------------------------------------------------------------- */

static void of_replays(void **state)
{
    bitacora_replay *r = replay;
    (void)state;
    misuse_out(bitacora_replay_new(NULL, policy, OUT), NULL);
    misuse(bitacora_replay_new(ctx, policy, NULL), "out");
    misuse_out(bitacora_replay_new(ctx, NULL, OUT), "policy");
    misuse(bitacora_replay_run(NULL, r, no_fetch, NULL, NULL, 0), NULL);
    misuse(bitacora_replay_run(ctx, NULL, no_fetch, NULL, NULL, 0), "replay");
    misuse(bitacora_replay_run(ctx, r, NULL, NULL, NULL, 0), "fetch");
    misuse(bitacora_replay_run(ctx, r, no_fetch, NULL, NULL, 1), "state");
    misuse_bytes(bitacora_replay_state(NULL, r, BYTES, &n), NULL);
    misuse(bitacora_replay_state(ctx, r, NULL, &n), "out");
    misuse_bytes(bitacora_replay_state(ctx, NULL, BYTES, &n), "replay");
    misuse_bytes(bitacora_replay_state(ctx, r, BYTES, NULL), "n");
    assert_int_equal(bitacora_replay_state(ctx, r, BYTES, &n), BITACORA_UNDECIDED);
    n = 1;
    assert_null(bitacora_replay_evidence(NULL, &n));
    assert_int_equal(n, 0);
    assert_null(bitacora_replay_evidence(r, NULL));
}

static void of_keys_and_records(void **state)
{
    const bitacora_ref high = { .entry = (uint64_t)INTEGER_MAX + 1 };
    bitacora_context *c = ctx;
    const bitacora_key *k = key;
    (void)state;
    misuse_out(bitacora_key_parse(NULL, "", 0, OUT), NULL);
    misuse(bitacora_key_parse(c, "", 0, NULL), "out");
    misuse_out(bitacora_key_parse(c, NULL, 1, OUT), "bytes");
    misuse_out(bitacora_key_open(NULL, "", 0, "p", 1, OUT), NULL);
    misuse(bitacora_key_open(c, "", 0, "p", 1, NULL), "out");
    misuse_out(bitacora_key_open(c, NULL, 1, "p", 1, OUT), "bytes");
    misuse_out(bitacora_key_open(c, "", 0, NULL, 0, OUT), "passphrase");
    misuse_bytes(bitacora_record_sign(NULL, k, "anchor", "{}", NULL, 0, BYTES, &n), NULL);
    misuse(bitacora_record_sign(c, k, "anchor", "{}", NULL, 0, NULL, &n), "out");
    misuse(bitacora_record_sign(c, k, "anchor", "{}", NULL, 0, BYTES, NULL), "n");
    misuse_bytes(bitacora_record_sign(c, NULL, "anchor", "{}", NULL, 0, BYTES, &n), "key");
    misuse_bytes(bitacora_record_sign(c, k, NULL, "{}", NULL, 0, BYTES, &n), "kind");
    misuse_bytes(bitacora_record_sign(c, k, "anchor", NULL, NULL, 0, BYTES, &n), "members");
    misuse_bytes(bitacora_record_sign(c, k, "anchor", "{}", &high, 0, BYTES, &n), "under");
    misuse_bytes(bitacora_record_sign(c, k, "anchor", "{}", NULL, EARLIEST - 1, BYTES, &n), "at");
    misuse_bytes(bitacora_record_sign(c, k, "anchor", "{}", NULL, LATEST + 1, BYTES, &n), "at");
    misuse_out(bitacora_seal(NULL, request, "curp", "x", NULL, OUT), NULL);
    misuse(bitacora_seal(c, request, "curp", "x", NULL, NULL), "out");
    misuse_out(bitacora_seal(c, NULL, "curp", "x", NULL, OUT), "oversight");
    misuse_out(bitacora_seal(c, request, NULL, "x", NULL, OUT), "type");
    misuse_out(bitacora_seal(c, request, "curp", NULL, NULL, OUT), "value");
    misuse_out(bitacora_seal(c, request, "a b", "x", NULL, OUT), "type");
}

static bitacora_result token(const bitacora_key *k, const char *origin, const bitacora_ref *ref,
                             const char *method, const char *path)
{
    return bitacora_token_for(ctx, k, origin, ref, method, path, 0, 1, BYTES, &n);
}

static void of_tokens_and_presentations(void **state)
{
    const bitacora_key *k = key;
    (void)state;
    misuse_bytes(bitacora_token_for(NULL, k, ORIGIN, &under, "GET", "/", 0, 1, BYTES, &n), NULL);
    misuse(bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "/", 0, 1, NULL, &n), "out");
    misuse(bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "/", 0, 1, BYTES, NULL), "n");
    misuse_bytes(token(NULL, ORIGIN, &under, "GET", "/"), "key");
    misuse_bytes(token(k, NULL, &under, "GET", "/"), "origin");
    misuse_bytes(token(k, ORIGIN, NULL, "GET", "/"), "under");
    misuse_bytes(token(k, ORIGIN, &under, NULL, "/"), "method");
    misuse_bytes(token(k, ORIGIN, &under, "GET", NULL), "path");
    misuse_bytes(bitacora_presentation_sign(NULL, k, request, "a", 0, BYTES, &n), NULL);
    misuse(bitacora_presentation_sign(ctx, k, request, "a", 0, NULL, &n), "out");
    misuse(bitacora_presentation_sign(ctx, k, request, "a", 0, BYTES, NULL), "n");
    misuse_bytes(bitacora_presentation_sign(ctx, NULL, request, "a", 0, BYTES, &n), "key");
    misuse_bytes(bitacora_presentation_sign(ctx, k, NULL, "a", 0, BYTES, &n), "request");
    misuse_bytes(bitacora_presentation_sign(ctx, k, request, NULL, 0, BYTES, &n), "holder");
    misuse_bytes(bitacora_presentation_sign(ctx, k, request, "a", LATEST + 1, BYTES, &n), "at");
}

static void of_what_the_log_answers(void **state)
{
    (void)state;
    misuse_out(bitacora_problem_read(NULL, 0, "", 0, OUT), NULL);
    misuse(bitacora_problem_read(ctx, 0, "", 0, NULL), "out");
    misuse_out(bitacora_problem_read(ctx, -1, "", 0, OUT), "status");
    misuse_out(bitacora_problem_read(ctx, 0, NULL, 1, OUT), "body");
    misuse_out(bitacora_submitted(NULL, policy, "x", 1, 200, "", 0, OUT), NULL);
    misuse(bitacora_submitted(ctx, policy, "x", 1, 200, "", 0, NULL), "out");
    misuse_out(bitacora_submitted(ctx, NULL, "x", 1, 200, "", 0, OUT), "policy");
    misuse_out(bitacora_submitted(ctx, policy, NULL, 0, 200, "", 0, OUT), "note");
    misuse_out(bitacora_submitted(ctx, policy, "x", 1, 200, NULL, 1, OUT), "body");
    misuse_out(bitacora_hints_read(NULL, "", 0, OUT), NULL);
    misuse(bitacora_hints_read(ctx, "", 0, NULL), "out");
    misuse_out(bitacora_hints_read(ctx, NULL, 1, OUT), "body");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_contexts),
        cmocka_unit_test(of_policies),
        cmocka_unit_test(of_trees_by_proof),
        cmocka_unit_test(of_trees_by_tiles),
        cmocka_unit_test(of_receipts_and_files),
        cmocka_unit_test(of_pairs_and_answers),
        cmocka_unit_test(of_gates),
        cmocka_unit_test(of_decisions),
        cmocka_unit_test(of_decisions_by_what_is_known),
        cmocka_unit_test(of_warrants),
        cmocka_unit_test(what_is_asked_of_a_request_has_its_places),
        cmocka_unit_test(of_replays),
        cmocka_unit_test(of_keys_and_records),
        cmocka_unit_test(of_tokens_and_presentations),
        cmocka_unit_test(of_what_the_log_answers),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
