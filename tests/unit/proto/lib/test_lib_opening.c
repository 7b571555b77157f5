/* bitacora.h: openings. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include "proto/base/base64.h"
#include "proto/verify/disclosure.h"

static struct opening person = { .salt = { 1 }, .type = "curp", .value = "GOMC850315HDFRRR07" };
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
    group_start(state);
    request = log_add(
        &l, BY(REQUESTER, KIND_REQUEST,
               .members = text_of("\"authority\":\"mx.requester\",\"function\":\"f\",\"level\":"
                                  "\"federal\",\"holder\":\"h\",\"source\":\"s\",\"categories\":"
                                  "[\"c\"],\"basis\":\"b\",\"persons\":1,\"purpose\":{\"code\":"
                                  "\"c\"},\"subjects\":[%s]",
                                  subject())));
    return 0;
}

/* An opening's file; `to`: with the receipt of the oversight body's enrolment. */
static void make_file(struct buf *out, const struct opening *o, uint64_t cosigned_at, bool to)
{
    struct buf receipt = { 0 }, enrolment = { 0 };
    struct disclosure d = { .member = "subjects", .opening = *o };
    opening_commit(d.commit, o);
    receipt_of(&receipt, &l, request, cosigned_at);
    if (to)
        receipt_of(&enrolment, &l, l.who[OVERSIGHT].entry, cosigned_at);
    d.receipt = buf_span(&receipt);
    d.to = buf_span(&enrolment);
    disclosure_format(out, &d);
    assert_false(out->failed);
    buf_free(&receipt);
    buf_free(&enrolment);
}

static bitacora_result verify(const struct buf *file, const bitacora_receipt *held,
                              bitacora_opening **out)
{
    return bitacora_opening_verify(ctx, policy, file->p, file->n, held, out);
}

static void shows_whom_an_entry_concerns(void **state)
{
    (void)state;
    for (int to = 0; to < 2; to++) {
        bitacora_opening *o;
        struct buf file = { 0 };
        make_file(&file, &person, log_seconds(), to == 1);
        assert_int_equal(verify(&file, NULL, &o), BITACORA_PROVEN);
        none();
        assert_string_equal(bitacora_opening_member(o), "subjects");
        assert_string_equal(bitacora_opening_type(o), "curp");
        assert_string_equal(bitacora_opening_value(o), "GOMC850315HDFRRR07");
        assert_int_equal(bitacora_opening_sealed(o), to == 1);
        assert_true(bitacora_receipt_index(bitacora_opening_receipt(o)) == request);
        assert_string_equal(bitacora_receipt_kind(bitacora_opening_receipt(o)), "request");
        bitacora_opening_free(o);
        buf_free(&file);
    }
}

static void of_another_person_it_is_bad(void **state)
{
    (void)state;
    bitacora_opening *o;
    struct opening other = person;
    struct buf file = { 0 };
    other.value[17] = '8';
    make_file(&file, &other, log_seconds(), false);
    assert_int_equal(verify(&file, NULL, &o), BITACORA_BAD);
    only("opening", BITACORA_BAD);
    assert_null(o);
    /* Whatever receipt is at hand: of what is bad nothing is held against it. */
    struct buf receipt = { 0 };
    bitacora_receipt *held;
    receipt_of(&receipt, &l, request, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, policy, receipt.p, receipt.n, &held),
                     BITACORA_PROVEN);
    assert_int_equal(verify(&file, held, &o), BITACORA_BAD);
    only("opening", BITACORA_BAD);
    bitacora_receipt_free(held);
    buf_free(&receipt);
    buf_free(&file);
}

static void without_the_quorum_nothing_is_opened(void **state)
{
    (void)state;
    bitacora_opening *o;
    struct buf file = { 0 };
    make_file(&file, &person, 0, false);
    assert_int_equal(verify(&file, NULL, &o), BITACORA_UNDECIDED);
    only("quorum", BITACORA_UNDECIDED);
    assert_null(o);
    buf_free(&file);
}

static bitacora_receipt *take(const struct log *of, uint64_t index, uint64_t seconds)
{
    bitacora_receipt *r;
    struct buf text = { 0 };
    receipt_of(&text, of, index, seconds);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    buf_free(&text);
    return r;
}

static void is_held_against_the_receipt_at_hand(void **state)
{
    (void)state;
    bitacora_opening *o;
    struct log other;
    struct buf file = { 0 };
    make_file(&file, &person, log_seconds(), true);
    bitacora_receipt *held = take(&l, request, log_seconds());
    assert_int_equal(verify(&file, held, &o), BITACORA_PROVEN);
    bitacora_opening_free(o);
    bitacora_receipt_free(held);

    held = take(&l, l.request, log_seconds());
    assert_int_equal(verify(&file, held, &o), BITACORA_BAD);
    only("opening", BITACORA_BAD);
    assert_true(has_found("opening", "held"));
    assert_null(o);
    bitacora_receipt_free(held);

    /* Another history has another entry in that place. */
    log_copy(&other, &l, request);
    log_add(&other, BY(HOLDER, KIND_RESPONSE));
    held = take(&other, request, log_seconds());
    assert_int_equal(verify(&file, held, &o), BITACORA_BAD);
    assert_true(has_found("opening", "held") && has_found("fork", NULL));
    bitacora_receipt_free(held);
    log_free(&other);

    struct buf text = { 0 };
    receipt_of(&text, &l, request, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, alone, text.p, text.n, &held), BITACORA_PROVEN);
    assert_int_equal(verify(&file, held, &o), BITACORA_MISUSE);
    assert_true(has_found("misuse", "held"));
    bitacora_receipt_free(held);
    buf_free(&text);
    buf_free(&file);
}

static void what_is_no_opening_is_undecided(void **state)
{
    (void)state;
    bitacora_opening *o;
    static const char *const texts[] = { "", "{}", "c2sp.org/tlog-proof@v1\n" };
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(bitacora_opening_verify(ctx, policy, texts[i], strlen(texts[i]), NULL, &o),
                         BITACORA_UNDECIDED);
        only("opening", BITACORA_UNDECIDED);
        assert_null(o);
    }
}

static void has_a_limit_and_can_be_cancelled(void **state)
{
    (void)state;
    bitacora_opening *o;
    struct buf file = { 0 };
    make_file(&file, &person, log_seconds(), true);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_OPENING, file.n - 1), BITACORA_PROVEN);
    assert_int_equal(verify(&file, NULL, &o), BITACORA_UNDECIDED);
    assert_true(has_found("opening", "too large"));
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_OPENING, DISCLOSURE_MAX),
                     BITACORA_PROVEN);
    for (int n = 1; n <= 5; n++) { /* two receipts, of three and two entries */
        int left = n;
        bitacora_set_cancel(ctx, stop_after, &left);
        assert_int_equal(verify(&file, NULL, &o), BITACORA_CANCELLED);
        assert_null(o);
    }
    bitacora_set_cancel(ctx, NULL, NULL);
    buf_free(&file);
}

static void nulls_are_misuse(void **state)
{
    (void)state;
    bitacora_opening *o;
    assert_int_equal(bitacora_opening_verify(NULL, policy, "", 0, NULL, &o), BITACORA_MISUSE);
    assert_int_equal(bitacora_opening_verify(ctx, NULL, "", 0, NULL, &o), BITACORA_MISUSE);
    assert_int_equal(bitacora_opening_verify(ctx, policy, NULL, 1, NULL, &o), BITACORA_MISUSE);
    assert_int_equal(bitacora_opening_verify(ctx, policy, "", 0, NULL, NULL), BITACORA_MISUSE);
    assert_null(bitacora_opening_member(NULL));
    assert_null(bitacora_opening_type(NULL));
    assert_null(bitacora_opening_value(NULL));
    assert_null(bitacora_opening_receipt(NULL));
    assert_false(bitacora_opening_sealed(NULL));
    bitacora_opening_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_whom_an_entry_concerns),
        cmocka_unit_test(of_another_person_it_is_bad),
        cmocka_unit_test(without_the_quorum_nothing_is_opened),
        cmocka_unit_test(is_held_against_the_receipt_at_hand),
        cmocka_unit_test(what_is_no_opening_is_undecided),
        cmocka_unit_test(has_a_limit_and_can_be_cancelled),
        cmocka_unit_test(nulls_are_misuse),
    };
    return cmocka_run_group_tests(tests, start, group_stop);
}
