/* bitacora.h: of whom a gate gives data, and how old a checkpoint may be. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include <time.h>

#include "proto/base/base64.h"
#include "proto/judge/presentation.h"

static struct opening person = { .salt = { 1 }, .type = "curp", .value = "GOMC850315HDFRRR07" };
static bitacora_gate *gate;
static uint64_t request; /* that names the person */

/* The subject of a request, sealed to the oversight body. */
static const char *subject(void)
{
    uint8_t hash[HASH_BYTES], blob[SEALED_BYTES];
    struct hash sha256;
    char commit[48], sealed[48];
    opening_commit(hash, &person);
    base64_encode(commit, hash, HASH_BYTES);
    assert_int_equal(opening_seal(blob, &person, l.who[OVERSIGHT].key.vkey.key), 0);
    hash_bytes(&sha256, span_of(blob, sizeof blob));
    base64_encode(sealed, sha256.b, HASH_BYTES);
    return text_of("{\"type\":\"curp\",\"commit\":\"%s\",\"sealed\":\"%s\",\"to\":%s}", commit,
                   sealed, log_ref(&l, l.who[OVERSIGHT].entry));
}

static int start(void **state)
{
    (void)state;
    lib_start();
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &gate), BITACORA_PROVEN);
    request = log_add(
        &l, BY(REQUESTER, KIND_REQUEST,
               .members = text_of("%s,\"subjects\":[%s],\"data_window\":{\"from\":\"1970-01-01T00:"
                                  "00:00.001Z\",\"until\":\"1970-01-01T00:00:00.009Z\"}",
                                  log_members(&l, KIND_REQUEST), subject())));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_gate_free(gate);
    lib_stop();
    return 0;
}

/* Decides at `now` about the request that names the person, or the fixture's. */
static bitacora_result decide(uint64_t entry, const struct opening *shown, uint64_t cosigned_at,
                              int64_t now, bitacora_receipt **out)
{
    struct buf receipt = { 0 }, note = { 0 };
    struct entry_ref ref = { .entry = entry };
    memcpy(ref.hash, l.leaf[entry].b, HASH_BYTES);
    presentation_sign(&note, ORIGIN, "mx.holder", &ref, now, shown, &l.who[REQUESTER].key);
    receipt_of(&receipt, &l, entry, cosigned_at);
    bitacora_result result =
        bitacora_gate_decide(ctx, gate, now, receipt.p, receipt.n, note.p, note.n, out);
    buf_free(&receipt);
    buf_free(&note);
    return result;
}

/* ---- persons --------------------------------------------------------------------------------- */

static void who_opens_a_person_gets_that_persons_data(void **state)
{
    const char *type = NULL, *value = NULL;
    int64_t from = 0, until = 0;
    bitacora_receipt *r;
    (void)state;
    assert_int_equal(decide(request, &person, log_seconds(), l.now, &r), BITACORA_PROVEN);
    assert_true(bitacora_gate_person(r, &type, &value));
    assert_string_equal(type, "curp");
    assert_string_equal(value, "GOMC850315HDFRRR07");
    assert_true(bitacora_gate_person(r, NULL, NULL));
    assert_true(bitacora_gate_period(r, &from, &until));
    assert_true(from == 1 && until == 9);
    assert_true(bitacora_gate_period(r, NULL, NULL));
    bitacora_receipt_free(r);
}

static void who_opens_nobody_gets_nobodys_data(void **state)
{
    const char *type = "x", *value = "x";
    bitacora_receipt *r;
    (void)state;
    assert_int_equal(decide(request, NULL, log_seconds(), l.now, &r), BITACORA_PROVEN);
    assert_false(bitacora_gate_person(r, &type, &value));
    assert_true(type == NULL && value == NULL);
    bitacora_receipt_free(r);
}

/* A person whom the request does not name: another value, or none at all. */
static void who_opens_another_person_is_refused(void **state)
{
    struct opening other = person;
    bitacora_receipt *r;
    (void)state;
    other.value[17] = '8';
    assert_int_equal(decide(request, &other, log_seconds(), l.now, &r), BITACORA_BAD);
    only("opening", BITACORA_BAD);
    assert_null(r);
    assert_int_equal(decide(l.request, &person, log_seconds(), l.now, &r), BITACORA_BAD);
    only("opening", BITACORA_BAD);
    assert_null(r);
}

static void what_is_no_presentation_says_so(void **state)
{
    struct buf receipt = { 0 };
    bitacora_receipt *r;
    (void)state;
    receipt_of(&receipt, &l, request, log_seconds());
    assert_int_equal(bitacora_gate_decide(ctx, gate, l.now, receipt.p, receipt.n, "x", 1, &r),
                     BITACORA_BAD);
    only("presentation", BITACORA_BAD);
    assert_string_equal(bitacora_finding_name(bitacora_finding_at(ctx, 0)), "PRESENTATION_FORM");
    buf_free(&receipt);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static void as_long_as_nobody_asks_no_checkpoint_is_too_old(void **state)
{
    bitacora_receipt *r;
    (void)state;
    uint64_t at = log_seconds();
    assert_int_equal(decide(request, NULL, at, l.now + 3600000, &r), BITACORA_PROVEN);
    bitacora_receipt_free(r);
}

static void one_that_is_too_old_is_named_by_its_time(void **state)
{
    bitacora_receipt *r;
    (void)state;
    assert_int_equal(bitacora_gate_max_age(gate, 0, 1000), BITACORA_PROVEN);
    uint64_t at = log_seconds(); /* 2026-11-21T15:00:…, as entries are accepted each second */
    assert_int_equal(decide(request, NULL, at, l.now + 3600000, &r), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    char when[32];
    time_t seconds = (time_t)at;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S.000Z", gmtime(&seconds));
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), when);
}

/* By a witness whose clock is beyond all times: it is no time, and no fresh one. */
static void a_time_beyond_all_times_is_none(void **state)
{
    bitacora_receipt *r;
    bitacora_checkpoint *c;
    const uint64_t beyond = UINT64_C(1) << 40;
    (void)state;
    for (uint64_t at = beyond - 1; at <= beyond; at++) {
        struct buf note = { 0 };
        cosigned_checkpoint(&note, &l, l.n, at);
        assert_int_equal(bitacora_checkpoint_open(ctx, policy, note.p, note.n, &c),
                         BITACORA_PROVEN);
        assert_int_equal(bitacora_checkpoint_quorum(c), 1);
        assert_true(bitacora_checkpoint_time(c) == (at == beyond ? INT64_MIN : (int64_t)at * 1000));
        bitacora_checkpoint_free(c);
        buf_free(&note);
    }
    assert_int_equal(bitacora_gate_max_age(gate, 0, 1000), BITACORA_PROVEN);
    assert_int_equal(decide(request, NULL, beyond, l.now, &r), BITACORA_UNDECIDED);
    assert_null(r);
    assert_true(has_found("stale", "0001-01-01T00:00:00.000Z"));
}

static void where_nobody_cosigns_no_age_is_asked(void **state)
{
    bitacora_gate *g;
    (void)state;
    assert_int_equal(bitacora_gate_new(ctx, alone, "mx.holder", &g), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(g, 1, 0), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(g, 1, 1), BITACORA_MISUSE);
    bitacora_gate_free(g);
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* Proven but for a witness's clock, which is before the log's. */
static void a_clock_that_disagrees_keeps_a_pair_undecided(void **state)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    (void)state;
    receipt_of(&text, &l, request, 1000);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_UNDECIDED);
    only("clock", BITACORA_UNDECIDED);
    assert_non_null(r);
    assert_int_equal(bitacora_gate_check_warrant(ctx, l.now, r, r), BITACORA_BAD);
    assert_true(has_found("clock", "") && has_found("kind", "request"));
    assert_false(has_found("quorum", NULL));
    bitacora_receipt_free(r);
    buf_free(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_opens_a_person_gets_that_persons_data),
        TEST(who_opens_nobody_gets_nobodys_data),
        TEST(who_opens_another_person_is_refused),
        TEST(what_is_no_presentation_says_so),
        TEST(as_long_as_nobody_asks_no_checkpoint_is_too_old),
        TEST(one_that_is_too_old_is_named_by_its_time),
        TEST(a_time_beyond_all_times_is_none),
        TEST(where_nobody_cosigns_no_age_is_asked),
        TEST(a_clock_that_disagrees_keeps_a_pair_undecided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
