/* bitacora.h: what is empty, what is just short enough, and where nothing is to be put. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/record/opening.h"

static const bitacora_ref under = { .entry = 0 };
static bitacora_key *key;

static int start(void **state)
{
    struct buf text = { 0 };
    (void)state;
    lib_start();
    skey_format(&text, &l.who[REQUESTER].key);
    assert_int_equal(bitacora_key_parse(ctx, text.p, text.n, &key), BITACORA_PROVEN);
    buf_free(&text);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_key_free(key);
    lib_stop();
    return 0;
}

/* ---- bytes that are read --------------------------------------------------------------------- */

static bitacora_result read_policy(const char *p, size_t n)
{
    bitacora_policy *out;
    bitacora_result result = bitacora_policy_parse(ctx, p, n, &out);
    assert_null(out);
    return result;
}

static bitacora_result read_receipt(const char *p, size_t n)
{
    bitacora_receipt *out;
    bitacora_result result = bitacora_receipt_verify(ctx, policy, p, n, &out);
    assert_null(out);
    return result;
}

static bitacora_result read_evidence(const char *p, size_t n)
{
    bitacora_evidence *out;
    bitacora_result result = bitacora_evidence_verify(ctx, policy, p, n, &out);
    bitacora_evidence_free(out);
    return result;
}

static bitacora_result read_opening(const char *p, size_t n)
{
    bitacora_opening *out;
    bitacora_result result = bitacora_opening_verify(ctx, policy, p, n, NULL, &out);
    assert_null(out);
    return result;
}

static bitacora_result read_answer(const char *p, size_t n)
{
    bitacora_answer *out;
    bitacora_result result = bitacora_answer_verify(ctx, policy, p, n, &out, NULL, NULL);
    assert_null(out);
    return result;
}

static bitacora_result read_checkpoint(const char *p, size_t n)
{
    bitacora_checkpoint *out;
    bitacora_result result = bitacora_checkpoint_open(ctx, policy, p, n, &out);
    assert_null(out);
    return result;
}

static bitacora_result read_key(const char *p, size_t n)
{
    bitacora_key *out;
    bitacora_result result = bitacora_key_parse(ctx, p, n, &out);
    assert_null(out);
    return result;
}

static bitacora_result read_sealed_key(const char *p, size_t n)
{
    bitacora_key *out;
    bitacora_result result = bitacora_key_open(ctx, p, n, "p", 1, &out);
    assert_null(out);
    return result;
}

static bitacora_result read_hints(const char *p, size_t n)
{
    bitacora_hints *out;
    bitacora_result result = bitacora_hints_read(ctx, p, n, &out);
    assert_null(out);
    return result;
}

static bitacora_result read_problem(const char *p, size_t n)
{
    bitacora_problem *out;
    bitacora_result result = bitacora_problem_read(ctx, 404, p, n, &out);
    bitacora_problem_free(out);
    return result;
}

static bitacora_result read_submitted(const char *p, size_t n)
{
    bitacora_receipt *out;
    bitacora_result result = bitacora_submitted(ctx, policy, "x", 1, 200, p, n, &out);
    assert_null(out);
    return result;
}

static bitacora_result (*const readers[])(const char *p, size_t n) = {
    read_policy, read_receipt,    read_evidence, read_opening, read_answer,   read_checkpoint,
    read_key,    read_sealed_key, read_hints,    read_problem, read_submitted
};

static void nothing_at_all_is_no_misuse(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(readers); i++) {
        assert_int_equal(readers[i](NULL, 1), BITACORA_MISUSE);
        assert_int_not_equal(readers[i](NULL, 0), BITACORA_MISUSE);
        assert_int_not_equal(readers[i]("", 0), BITACORA_MISUSE);
    }
}

/* What is as long as a limit is read, and one byte more is not. */
static void a_limit_is_the_most_that_is_read(void **state)
{
    static const struct {
        bitacora_limit limit;
        bitacora_result (*read)(const char *p, size_t n);
    } rows[] = { { BITACORA_LIMIT_POLICY, read_policy },
                 { BITACORA_LIMIT_RECEIPT, read_receipt },
                 { BITACORA_LIMIT_EVIDENCE, read_evidence },
                 { BITACORA_LIMIT_OPENING, read_opening },
                 { BITACORA_LIMIT_ANSWER, read_answer } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(bitacora_set_limit(ctx, rows[i].limit, 4), BITACORA_PROVEN);
        assert_int_not_equal(rows[i].read("xxxx", 4), BITACORA_PROVEN);
        assert_null(strstr(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "too large"));
        assert_int_not_equal(rows[i].read("xxxxx", 5), BITACORA_PROVEN);
        assert_non_null(strstr(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "too large"));
    }
}

static void a_checkpoint_may_be_as_long_as_its_cap(void **state)
{
    static char text[CHECKPOINT_MAX + 1];
    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(read_checkpoint(text, sizeof text - 1), BITACORA_UNDECIDED);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "the note");
    assert_int_equal(read_checkpoint(text, sizeof text), BITACORA_UNDECIDED);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "too large");
}

/* A tree of no entries is no checkpoint of a log: there is nothing to be read of it. */
static void a_checkpoint_of_nothing_is_none(void **state)
{
    struct buf note = { 0 };
    (void)state;
    cosigned_checkpoint(&note, &l, 0, log_seconds());
    assert_int_not_equal(read_checkpoint((char *)note.p, note.n), BITACORA_PROVEN);
    buf_free(&note);
}

static bitacora_checkpoint *opened(size_t size)
{
    struct buf note = { 0 };
    bitacora_checkpoint *c;
    cosigned_checkpoint(&note, &l, size, log_seconds());
    assert_int_equal(bitacora_checkpoint_open(ctx, policy, note.p, note.n, &c), BITACORA_PROVEN);
    buf_free(&note);
    return c;
}

/* One hash more than there can be is not read; what is only wrong is no evidence. */
static void a_proof_may_have_as_many_hashes_as_there_can_be(void **state)
{
    struct hash proof[PROOF_MAX + 1] = { { .b = { 0 } } };
    char *evidence = (char *)ctx;
    size_t n = 1;
    (void)state;
    bitacora_checkpoint *older = opened(5), *newer = opened(l.n);
    assert_int_equal(
        bitacora_checkpoint_extends(ctx, older, newer, proof, PROOF_MAX, &evidence, &n),
        BITACORA_BAD);
    only("root", BITACORA_BAD);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "5, 9");
    assert_true(evidence == NULL && n == 0);
    assert_int_equal(
        bitacora_checkpoint_extends(ctx, older, newer, proof, PROOF_MAX + 1, &evidence, &n),
        BITACORA_BAD);
    only("root", BITACORA_BAD);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "hashes");
    assert_true(evidence == NULL && n == 0);
    bitacora_checkpoint_free(older);
    bitacora_checkpoint_free(newer);
}

/* ---- what is signed -------------------------------------------------------------------------- */

#define EARLIEST INT64_C(-62135596800000)
#define LATEST INT64_C(253402300799999)

static void subject_is(const char *expected)
{
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), expected);
}

static void what_is_no_key_says_why(void **state)
{
    static const char sealed[] = "bitacora/v1 encrypted-key\n";
    static char text[SKEY_TEXT_MAX + 2];
    (void)state;
    assert_int_equal(read_key(sealed, strlen(sealed)), BITACORA_USAGE);
    subject_is("it is under a passphrase");
    memset(text, 'x', sizeof text);
    assert_int_equal(read_key(text, sizeof text), BITACORA_USAGE);
    subject_is("too large");
    assert_int_equal(read_key(text, sizeof text - 1), BITACORA_USAGE);
    assert_string_not_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "too large");
    assert_string_not_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)),
                            "not a signer's");
    assert_int_equal(read_sealed_key("x", 1), BITACORA_USAGE);
    assert_string_not_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)),
                            "not a signer's");
    assert_null(bitacora_key_name(NULL));
    assert_null(bitacora_key_verifier(NULL));
    assert_null(bitacora_evidence_claim(NULL));
    assert_null(bitacora_evidence_finding(NULL));
    assert_null(bitacora_sealed_blob(NULL));
    assert_null(bitacora_sealed_opening(NULL));
    assert_null(bitacora_sealed_name(NULL));
    assert_null(bitacora_sealed_member(NULL));
}

static void records_are_of_times_and_entries_that_there_are(void **state)
{
    const bitacora_ref highest = { .entry = (uint64_t)INTEGER_MAX };
    static const int64_t at[] = { EARLIEST, LATEST };
    char *bytes;
    size_t n;
    (void)state;
    for (size_t i = 0; i < COUNT(at); i++) {
        const char *members = text_of("{%s}", log_members(&l, KIND_REQUEST));
        assert_int_equal(
            bitacora_record_sign(ctx, key, "request", members, &highest, at[i], &bytes, &n),
            BITACORA_PROVEN);
        assert_non_null(strstr(bytes, "9007199254740991"));
        bitacora_free(bytes);
    }
}

/* Of no kind, or of the log's own: refused as such, whatever the members are. */
static void only_a_signer_s_kinds_are_signed(void **state)
{
    static const char *const kinds[] = { "", "x", "genesis" };
    char *bytes;
    size_t n;
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const char *members = text_of("{%s}", log_members(&l, KIND_GENESIS));
        assert_int_equal(bitacora_record_sign(ctx, key, kinds[i], members, NULL, l.now, &bytes, &n),
                         BITACORA_USAGE);
        assert_null(bytes);
        only("form", BITACORA_USAGE);
        assert_string_equal(bitacora_finding_name(bitacora_finding_at(ctx, 0)), "KIND_UNKNOWN");
        subject_is(kinds[i]);
    }
}

static void tokens_are_of_times_that_there_are(void **state)
{
    static const struct {
        int64_t from, until;
        bitacora_result result;
    } rows[] = {
        { EARLIEST, EARLIEST + 1, BITACORA_PROVEN },
        { LATEST - 1, LATEST, BITACORA_PROVEN },
        { EARLIEST - 1, EARLIEST + 1, BITACORA_USAGE },
        { LATEST, LATEST + 1, BITACORA_USAGE },
        { 0, 300000, BITACORA_PROVEN },
        { 0, 300001, BITACORA_USAGE },
        { 5, 5, BITACORA_USAGE },
    };
    const bitacora_ref highest = { .entry = (uint64_t)INTEGER_MAX },
                       beyond = { .entry = (uint64_t)INTEGER_MAX + 1 };
    char *bytes;
    size_t n;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(bitacora_token_for(ctx, key, ORIGIN, &highest, "GET", "/", rows[i].from,
                                            rows[i].until, &bytes, &n),
                         rows[i].result);
        bitacora_free(bytes);
    }
    assert_int_equal(bitacora_token_for(ctx, key, ORIGIN, &beyond, "GET", "/", 0, 1, &bytes, &n),
                     BITACORA_USAGE);
    subject_is("under");
}

/* ---- where it is to be put ------------------------------------------------------------------- */

static void what_has_no_place_is_misuse(void **state)
{
    char *bytes;
    size_t n;
    (void)state;
    assert_int_equal(bitacora_problem_read(ctx, 404, "x", 1, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_hints_read(ctx, "x", 1, NULL), BITACORA_MISUSE);
    assert_true(bitacora_hints_at(NULL, 0) == BITACORA_NO_ENTRY);
    assert_int_equal(bitacora_submitted(ctx, policy, "x", 1, 200, "x", 1, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_seal(ctx, NULL, "curp", "x", NULL, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_token_for(ctx, key, ORIGIN, &under, "GET", "/", 0, 1, NULL, &n),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_token_for(ctx, key, ORIGIN, &under, "GET", "/", 0, 1, &bytes, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_token_for(ctx, NULL, ORIGIN, &under, "GET", "/", 0, 1, &bytes, &n),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_token_for(ctx, key, ORIGIN, &under, "GET", "/", 0, 1, &bytes, &n),
                     BITACORA_PROVEN);
    bitacora_free(bytes);
    assert_int_equal(bitacora_presentation_sign(ctx, key, NULL, "mx.holder", l.now, NULL, &n),
                     BITACORA_MISUSE);
}

/* ---- persons --------------------------------------------------------------------------------- */

static bitacora_receipt *take(uint64_t index)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    receipt_of(&text, &l, index, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    buf_free(&text);
    return r;
}

static bitacora_sealed *seal_again(const bitacora_receipt *to, const char *type, const char *value,
                                   const void *again)
{
    bitacora_sealed *s;
    assert_int_equal(bitacora_seal(ctx, to, type, value, again, &s), BITACORA_PROVEN);
    assert_non_null(s);
    return s;
}

/* The same person as of the opening: spelled otherwise, or as nobody would be sealed anew. */
static void the_person_of_an_opening_is_sealed_again(void **state)
{
    struct opening odd = { .salt = { 1 }, .type = "curp", .value = "NOT-A-CURP" };
    uint8_t packed[OPENING_BYTES];
    bitacora_sealed *none;
    (void)state;
    bitacora_receipt *to = take(l.who[OVERSIGHT].entry);
    bitacora_sealed *first = seal_again(to, "curp", "GOMC850315HDFRRR07", NULL);
    bitacora_sealed *s =
        seal_again(to, "curp", "gomc850315hdfrrr07", bitacora_sealed_opening(first));
    assert_string_equal(bitacora_sealed_member(s), bitacora_sealed_member(first));
    bitacora_sealed_free(s);
    opening_pack(packed, &odd);
    s = seal_again(to, "curp", "NOT-A-CURP", packed);
    assert_memory_equal(bitacora_sealed_opening(s), packed, sizeof packed);
    bitacora_sealed_free(s);
    assert_int_equal(bitacora_seal(ctx, to, "curp", "NOT-A-CURP", NULL, &none), BITACORA_USAGE);
    only("identifier", BITACORA_USAGE);
    assert_string_not_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "length");
    bitacora_sealed_free(first);
    bitacora_receipt_free(to);
}

/* Type and value together are longer than an opening has room for. */
static void what_does_not_fit_is_not_sealed(void **state)
{
    char type[CODE_MAX + 1], value[VALUE_MAX + 1];
    bitacora_sealed *s;
    (void)state;
    bitacora_receipt *to = take(l.who[OVERSIGHT].entry);
    memset(type, 'a', sizeof type - 1);
    memset(value, '1', sizeof value - 1);
    type[sizeof type - 1] = value[sizeof value - 1] = 0;
    assert_int_equal(bitacora_seal(ctx, to, type, value, NULL, &s), BITACORA_USAGE);
    only("identifier", BITACORA_USAGE);
    subject_is("length");
    assert_null(s);
    bitacora_receipt_free(to);
}

/* The member names the blob by its hash. */
static void a_sealed_member_names_its_blob(void **state)
{
    char text[48];
    struct hash sha256;
    (void)state;
    bitacora_receipt *to = take(l.who[OVERSIGHT].entry);
    bitacora_sealed *s = seal_again(to, "curp", "GOMC850315HDFRRR07", NULL);
    hash_bytes(&sha256, span_of(bitacora_sealed_blob(s), BITACORA_SEALED_BYTES));
    base64_encode(text, sha256.b, HASH_BYTES);
    assert_non_null(strstr(bitacora_sealed_member(s), text_of("\"sealed\":\"%s\"", text)));
    bitacora_sealed_free(s);
    bitacora_receipt_free(to);
}

static void who_oversees_nothing_is_named_as_such(void **state)
{
    const enum who others[] = { HOLDER, REQUESTER };
    bitacora_sealed *s;
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        bitacora_receipt *r = take(l.who[others[i]].entry);
        assert_int_equal(bitacora_seal(ctx, r, "curp", "GOMC850315HDFRRR07", NULL, &s),
                         BITACORA_USAGE);
        only("oversight", BITACORA_USAGE);
        subject_is("enroll");
        bitacora_receipt_free(r);
    }
    bitacora_receipt *r = take(l.request);
    assert_int_equal(bitacora_seal(ctx, r, "curp", "GOMC850315HDFRRR07", NULL, &s), BITACORA_USAGE);
    subject_is("request");
    bitacora_receipt_free(r);
}

/* By the very key that signed it, and of another kind. */
static void only_requests_are_presented(void **state)
{
    struct buf text = { 0 };
    bitacora_key *judge;
    char *bytes;
    size_t n;
    (void)state;
    skey_format(&text, &l.who[JUDGE].key);
    assert_int_equal(bitacora_key_parse(ctx, text.p, text.n, &judge), BITACORA_PROVEN);
    buf_free(&text);
    bitacora_receipt *r = take(l.warrant);
    assert_int_equal(bitacora_presentation_sign(ctx, judge, r, "mx.holder", l.now, &bytes, &n),
                     BITACORA_USAGE);
    only("presentation", BITACORA_USAGE);
    subject_is("kind");
    bitacora_receipt_free(r);
    bitacora_key_free(judge);
}

/* ---- calls that are called in again ---------------------------------------------------------- */

static struct {
    bitacora_receipt *request, *oversight;
    bitacora_checkpoint *checkpoint;
    bitacora_gate *gate;
    bitacora_replay *replay; /* that is not run */
    unsigned called;
} held;

static void is_busy(bitacora_result result)
{
    assert_int_equal(result, BITACORA_BUSY);
}

static bitacora_fetched no_fetch(void *arg, const char *path, bitacora_sink *sink)
{
    (void)arg;
    (void)path;
    (void)sink;
    return BITACORA_FAILED;
}

static int call_all(void *arg)
{
    char *bytes;
    size_t n;
    bitacora_sealed *sealed;
    bitacora_receipt *r;
    bitacora_answer *a;
    (void)arg;
    is_busy(bitacora_receipt_compare(ctx, held.request, held.request, &bytes, &n));
    is_busy(bitacora_gate_check_warrant(ctx, l.now, held.request, held.request));
    is_busy(bitacora_gate_decide(ctx, held.gate, l.now, "x", 1, "x", 1, &r));
    is_busy(
        bitacora_checkpoint_extends(ctx, held.checkpoint, held.checkpoint, NULL, 0, &bytes, &n));
    is_busy(bitacora_checkpoint_extends_by_tiles(ctx, held.checkpoint, held.checkpoint, no_fetch,
                                                 NULL, &bytes, &n));
    is_busy(bitacora_answer_verify(ctx, policy, "x", 1, &a, &bytes, &n));
    is_busy(bitacora_replay_run(ctx, held.replay, no_fetch, NULL, NULL, 0));
    is_busy(bitacora_replay_state(ctx, held.replay, &bytes, &n));
    is_busy(bitacora_seal(ctx, held.oversight, "curp", "GOMC850315HDFRRR07", NULL, &sealed));
    is_busy(bitacora_presentation_sign(ctx, key, held.request, "mx.holder", l.now, &bytes, &n));
    held.called++;
    return 0;
}

static void what_takes_the_context_is_busy_within_a_call(void **state)
{
    struct buf note = { 0 };
    (void)state;
    held.called = 0;
    held.request = take(l.request);
    held.oversight = take(l.who[OVERSIGHT].entry);
    cosigned_checkpoint(&note, &l, l.n, log_seconds());
    assert_int_equal(bitacora_checkpoint_open(ctx, policy, note.p, note.n, &held.checkpoint),
                     BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &held.gate), BITACORA_PROVEN);
    assert_int_equal(bitacora_replay_new(ctx, policy, &held.replay), BITACORA_PROVEN);
    bitacora_set_cancel(ctx, call_all, NULL);
    bitacora_receipt_free(take(l.request));
    bitacora_set_cancel(ctx, NULL, NULL);
    assert_true(held.called > 0);
    bitacora_receipt_free(held.request);
    bitacora_receipt_free(held.oversight);
    bitacora_checkpoint_free(held.checkpoint);
    bitacora_gate_free(held.gate);
    bitacora_replay_free(held.replay);
    buf_free(&note);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_at_all_is_no_misuse),
        TEST(a_limit_is_the_most_that_is_read),
        TEST(a_checkpoint_may_be_as_long_as_its_cap),
        TEST(a_checkpoint_of_nothing_is_none),
        TEST(a_proof_may_have_as_many_hashes_as_there_can_be),
        TEST(what_is_no_key_says_why),
        TEST(records_are_of_times_and_entries_that_there_are),
        TEST(only_a_signer_s_kinds_are_signed),
        TEST(tokens_are_of_times_that_there_are),
        TEST(the_person_of_an_opening_is_sealed_again),
        TEST(what_does_not_fit_is_not_sealed),
        TEST(a_sealed_member_names_its_blob),
        TEST(who_oversees_nothing_is_named_as_such),
        TEST(only_requests_are_presented),
        TEST(what_has_no_place_is_misuse),
        TEST(what_takes_the_context_is_busy_within_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
