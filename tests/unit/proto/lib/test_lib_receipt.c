/* bitacora.h: receipts. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include "proto/base/base64.h"
#include "proto/tlog/checkpoint.h"

/* The receipt of the fixture's request, cosigned in time. */
static void of_request(struct buf *out)
{
    receipt_of(out, &l, l.request, log_seconds());
}

static bitacora_result verify(const struct buf *text, bitacora_receipt **out)
{
    return bitacora_receipt_verify(ctx, policy, text->p, text->n, out);
}

static void says_what_it_proves(void **state)
{
    (void)state;
    bitacora_receipt *r;
    struct buf text = { 0 };
    struct hash root;
    of_request(&text);
    assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
    none();
    assert_int_equal(bitacora_receipt_result(r), BITACORA_PROVEN);
    assert_int_equal(bitacora_receipt_index(r), l.request);
    assert_memory_equal(bitacora_receipt_leaf(r), l.leaf[l.request].b, HASH_BYTES);
    assert_memory_equal(bitacora_receipt_genesis(r), l.leaf[0].b, HASH_BYTES);
    assert_true(bitacora_receipt_accepted(r) == l.now - 1000 * (int64_t)(l.n - l.request));
    assert_true(bitacora_receipt_signed_at(r) == bitacora_receipt_accepted(r));
    assert_string_equal(bitacora_receipt_kind(r), "request");
    assert_string_equal(bitacora_receipt_signer(r), l.who[REQUESTER].key.vkey.name);
    assert_string_equal(bitacora_receipt_signer_key(r), vkey_text(&l, REQUESTER));
    assert_string_equal(bitacora_receipt_role(r), "requester");
    assert_string_equal(bitacora_receipt_authority(r), "mx.requester");
    assert_string_equal(bitacora_receipt_level(r), "federal");
    assert_string_equal(bitacora_receipt_string(r, "holder"), "mx.holder");
    assert_null(bitacora_receipt_string(r, "persons"));
    assert_null(bitacora_receipt_string(r, "nothing"));
    const bitacora_checkpoint *c = bitacora_receipt_checkpoint(r);
    log_root(&l, l.n, &root);
    assert_string_equal(bitacora_checkpoint_origin(c), ORIGIN);
    assert_int_equal(bitacora_checkpoint_size(c), l.n);
    assert_memory_equal(bitacora_checkpoint_root(c), root.b, HASH_BYTES);
    assert_int_equal(bitacora_checkpoint_quorum(c), 1);
    assert_true(bitacora_checkpoint_time(c) == (int64_t)log_seconds() * 1000);
    bitacora_receipt_free(r);
    buf_free(&text);
}

/* They are the second line of the note, byte for byte. */
static void members_are_as_they_were_signed(void **state)
{
    (void)state;
    bitacora_receipt *r;
    struct buf text = { 0 };
    struct entry e;
    struct refusal why;
    of_request(&text);
    assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[l.request]), &why), 0);
    const char *members = bitacora_receipt_members(r);
    assert_int_equal(members[0], '{');
    assert_int_equal(members[strlen(members) - 1], '}');
    struct buf line = { 0 };
    buf_addf(&line, "bitacora/v1 request\n%s\n\n", members);
    assert_true(span_starts(e.note, buf_str(&line)));
    buf_free(&line);
    bitacora_receipt_free(r);
    buf_free(&text);
}

/* Index of an entry, and who signed it in which role. */
static void names_every_role(void **state)
{
    (void)state;
    static const struct {
        uint64_t index;
        const char *kind, *role;
        enum who who;
    } rows[] = {
        { 0, "genesis", "log", THE_LOG },    { 1, "enroll", "registrar", REGISTRAR },
        { 6, "warrant", "judge", JUDGE },    { 7, "request", "requester", REQUESTER },
        { 8, "response", "holder", HOLDER },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bitacora_receipt *r;
        struct buf text = { 0 };
        receipt_of(&text, &l, rows[i].index, log_seconds());
        assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
        assert_string_equal(bitacora_receipt_kind(r), rows[i].kind);
        assert_string_equal(bitacora_receipt_role(r), rows[i].role);
        assert_string_equal(bitacora_receipt_signer_key(r), vkey_text(&l, rows[i].who));
        assert_string_equal(bitacora_receipt_signer(r), l.who[rows[i].who].key.vkey.name);
        if (i < 2)
            assert_null(bitacora_receipt_authority(r));
        bitacora_receipt_free(r);
        buf_free(&text);
    }
}

static void without_its_quorum_it_is_undecided_and_readable(void **state)
{
    (void)state;
    bitacora_receipt *r;
    struct buf text = { 0 };
    receipt_of(&text, &l, l.request, 0);
    assert_int_equal(verify(&text, &r), BITACORA_UNDECIDED);
    only("quorum", BITACORA_UNDECIDED);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "w");
    assert_int_equal(bitacora_receipt_result(r), BITACORA_UNDECIDED);
    assert_string_equal(bitacora_receipt_kind(r), "request");
    assert_int_equal(bitacora_checkpoint_quorum(bitacora_receipt_checkpoint(r)), 0);
    assert_true(bitacora_checkpoint_time(bitacora_receipt_checkpoint(r)) == INT64_MIN);
    bitacora_receipt_free(r);
    assert_int_equal(bitacora_receipt_verify(ctx, alone, text.p, text.n, &r), BITACORA_PROVEN);
    assert_int_equal(bitacora_checkpoint_quorum(bitacora_receipt_checkpoint(r)), -1);
    bitacora_receipt_free(r);
    buf_free(&text);
}

static void clocks_that_disagree_are_undecided(void **state)
{
    (void)state;
    bitacora_receipt *r;
    struct buf text = { 0 };
    receipt_of(&text, &l, l.request, log_seconds() - 10000);
    assert_int_equal(verify(&text, &r), BITACORA_UNDECIDED);
    only("clock", BITACORA_UNDECIDED);
    assert_non_null(r);
    bitacora_receipt_free(r);
    buf_free(&text);
}

static void of_another_log_it_is_undecided_and_not_readable(void **state)
{
    (void)state;
    bitacora_receipt *r;
    struct buf text = { 0 };
    of_request(&text);
    assert_int_equal(bitacora_receipt_verify(ctx, other_log, text.p, text.n, &r),
                     BITACORA_UNDECIDED);
    only("checkpoint", BITACORA_UNDECIDED);
    assert_null(r);
    buf_free(&text);
}

/* Each byte of a receipt counts: no altered one is proven, or can be read as something else. */
static void altered_it_is_never_proven(void **state)
{
    (void)state;
    size_t bad = 0, undecided = 0;
    struct buf text = { 0 };
    of_request(&text);
    for (size_t i = 0; i < text.n; i += 7) {
        bitacora_receipt *r;
        text.p[i] ^= 1;
        bitacora_result result = verify(&text, &r);
        assert_true(result == BITACORA_BAD || result == BITACORA_UNDECIDED);
        assert_true(bitacora_findings(ctx) > 0);
        if (r != NULL) /* a line that is no longer the witness's */
            assert_true(has_found("quorum", NULL) && bitacora_findings(ctx) == 1);
        bad += result == BITACORA_BAD;
        undecided += result == BITACORA_UNDECIDED;
        bitacora_receipt_free(r);
        text.p[i] ^= 1;
    }
    assert_true(bad > 100 && undecided > 5);
    buf_free(&text);
}

static void a_wrong_pin_is_bad(void **state)
{
    (void)state;
    bitacora_receipt *r;
    bitacora_policy *pinned;
    struct buf text = { 0 };
    const char *words = text_of("log %s\nquorum none\n", vkey_text(&l, THE_LOG));
    of_request(&text);
    assert_int_equal(bitacora_policy_parse_pinned(ctx, words, strlen(words), l.leaf[1].b, &pinned),
                     BITACORA_PROVEN);
    assert_int_equal(bitacora_receipt_verify(ctx, pinned, text.p, text.n, &r), BITACORA_BAD);
    only("genesis", BITACORA_BAD);
    assert_int_equal(bitacora_finding_entry(bitacora_finding_at(ctx, 0)), 0);
    assert_null(r);
    bitacora_policy_free(pinned);
    assert_int_equal(bitacora_policy_parse_pinned(ctx, words, strlen(words), l.leaf[0].b, &pinned),
                     BITACORA_PROVEN);
    assert_int_equal(bitacora_receipt_verify(ctx, pinned, text.p, text.n, &r), BITACORA_PROVEN);
    bitacora_receipt_free(r);
    bitacora_policy_free(pinned);
    buf_free(&text);
}

static void what_is_no_receipt_is_undecided(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "\n", "c2sp.org/tlog-proof@v1\n", "{}",
                                         "c2sp.org/tlog-proof@v2\nindex 0\n" };
    for (size_t i = 0; i < COUNT(texts); i++) {
        bitacora_receipt *r;
        assert_int_equal(bitacora_receipt_verify(ctx, policy, texts[i], strlen(texts[i]), &r),
                         BITACORA_UNDECIDED);
        only("receipt", BITACORA_UNDECIDED);
        assert_null(r);
    }
}

static void a_receipt_above_the_limit_is_not_read(void **state)
{
    (void)state;
    bitacora_receipt *r;
    struct buf text = { 0 };
    of_request(&text);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_RECEIPT, text.n - 1), BITACORA_PROVEN);
    assert_int_equal(verify(&text, &r), BITACORA_UNDECIDED);
    only("receipt", BITACORA_UNDECIDED);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "too large");
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_RECEIPT, text.n), BITACORA_PROVEN);
    assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
    bitacora_receipt_free(r);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_RECEIPT, RECEIPT_MAX), BITACORA_PROVEN);
    buf_free(&text);
}

static void can_be_cancelled_between_entries(void **state)
{
    (void)state;
    bitacora_receipt *r;
    struct buf text = { 0 };
    of_request(&text); /* carries three entries */
    for (int n = 1; n <= 3; n++) {
        int left = n;
        bitacora_set_cancel(ctx, stop_after, &left);
        assert_int_equal(verify(&text, &r), BITACORA_CANCELLED);
        assert_null(r);
        assert_int_equal(left, 0);
    }
    int never = 1000;
    bitacora_set_cancel(ctx, stop_after, &never);
    assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
    bitacora_receipt_free(r);
    bitacora_set_cancel(ctx, NULL, NULL);
    buf_free(&text);
}

static void nulls_are_misuse(void **state)
{
    (void)state;
    bitacora_receipt *r = (bitacora_receipt *)ctx; /* not to be touched, but set to NULL */
    assert_int_equal(bitacora_receipt_verify(NULL, policy, "", 0, &r), BITACORA_MISUSE);
    assert_null(r);
    assert_int_equal(bitacora_receipt_verify(ctx, NULL, "", 0, &r), BITACORA_MISUSE);
    only("misuse", BITACORA_MISUSE);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "policy");
    assert_int_equal(bitacora_receipt_verify(ctx, policy, NULL, 1, &r), BITACORA_MISUSE);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, "", 0, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, NULL, 0, &r), BITACORA_UNDECIDED);
    assert_int_equal(bitacora_receipt_result(NULL), BITACORA_MISUSE);
    assert_true(bitacora_receipt_index(NULL) == BITACORA_NO_ENTRY);
    assert_null(bitacora_receipt_leaf(NULL));
    assert_null(bitacora_receipt_genesis(NULL));
    assert_true(bitacora_receipt_accepted(NULL) == 0 && bitacora_receipt_signed_at(NULL) == 0);
    assert_null(bitacora_receipt_kind(NULL));
    assert_null(bitacora_receipt_members(NULL));
    assert_null(bitacora_receipt_string(NULL, "id"));
    assert_null(bitacora_receipt_signer(NULL));
    assert_null(bitacora_receipt_signer_key(NULL));
    assert_null(bitacora_receipt_role(NULL));
    assert_null(bitacora_receipt_authority(NULL));
    assert_null(bitacora_receipt_level(NULL));
    assert_null(bitacora_receipt_function(NULL));
    assert_null(bitacora_receipt_checkpoint(NULL));
    bitacora_receipt_free(NULL);
}

/* What an enrolment states is said, what it does not state is NULL; and of two registrars the one
 * that signed is named. */
static void says_what_the_enrolment_states(void **state)
{
    struct log more;
    bitacora_receipt *r;
    struct buf text = { 0 };
    (void)state;
    log_copy(&more, &l, l.n);
    receipt_of(&text, &more, l.request, log_seconds());
    assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
    assert_string_equal(bitacora_receipt_authority(r), "mx.requester");
    assert_string_equal(bitacora_receipt_level(r), "federal");
    assert_null(bitacora_receipt_function(r));
    assert_null(bitacora_receipt_string(r, NULL));
    assert_null(bitacora_receipt_string(NULL, NULL));
    bitacora_receipt_free(r);
    log_enroll(&more, STRANGER, "requester", ",\"function\":\"prosecution\"");
    uint64_t at = log_add(&more, BY(STRANGER, KIND_REQUEST));
    buf_clear(&text);
    receipt_of(&text, &more, at, (uint64_t)(more.now / 1000));
    assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
    assert_string_equal(bitacora_receipt_function(r), "prosecution");
    bitacora_receipt_free(r);
    const char *members = text_of("\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":\"mx.b\","
                                  "\"level\":\"federal\",\"name\":\"%s\"",
                                  vkey_text(&more, STRANGER2), more.who[STRANGER2].key.vkey.name);
    at = log_add(&more, BY(REGISTRAR2, KIND_ENROLL, .members = members));
    buf_clear(&text);
    receipt_of(&text, &more, at, (uint64_t)(more.now / 1000));
    assert_int_equal(verify(&text, &r), BITACORA_PROVEN);
    assert_string_equal(bitacora_receipt_signer(r), more.who[REGISTRAR2].key.vkey.name);
    assert_string_equal(bitacora_receipt_signer_key(r), vkey_text(&more, REGISTRAR2));
    assert_string_equal(bitacora_receipt_role(r), "registrar");
    bitacora_receipt_free(r);
    buf_free(&text);
    log_free(&more);
}

static int stop_once(void *asked)
{
    return ++*(unsigned *)asked == 1;
}

/* Nothing is judged behind that, and so nothing found. */
static void cancelled_at_once_it_finds_nothing(void **state)
{
    struct log more;
    bitacora_receipt *r;
    struct buf text = { 0 };
    unsigned asked = 0;
    (void)state;
    log_copy(&more, &l, l.n);
    uint64_t at = log_add(&more, BY(JUDGE, KIND_REQUEST)); /* which no judge may make */
    receipt_of(&text, &more, at, (uint64_t)(more.now / 1000));
    assert_int_equal(verify(&text, &r), BITACORA_BAD);
    assert_true(bitacora_findings(ctx) > 0);
    bitacora_set_cancel(ctx, stop_once, &asked);
    assert_int_equal(verify(&text, &r), BITACORA_CANCELLED);
    bitacora_set_cancel(ctx, NULL, NULL);
    assert_int_equal(asked, 1);
    none();
    buf_free(&text);
    log_free(&more);
}

/* ---- one receipt and another ----------------------------------------------------------------- */

/* Another history under the log's key: the same up to the last entry. */
static void other_history(struct log *out)
{
    log_copy(out, &l, l.n - 1);
    log_add(out, BY(HOLDER, KIND_RESPONSE));
}

static bitacora_receipt *take(const struct log *of, uint64_t index, uint64_t cosigned_at)
{
    bitacora_receipt *r;
    struct buf text = { 0 };
    receipt_of(&text, of, index, cosigned_at);
    assert_true(verify(&text, &r) >= 0);
    assert_non_null(r);
    buf_free(&text);
    return r;
}

static void receipts_of_one_history_agree(void **state)
{
    (void)state;
    char *evidence;
    size_t n;
    bitacora_receipt *a = take(&l, 7, log_seconds()), *b = take(&l, 8, log_seconds());
    assert_int_equal(bitacora_receipt_compare(ctx, a, b, &evidence, &n), BITACORA_PROVEN);
    assert_true(evidence == NULL && n == 0);
    none();
    bitacora_receipt_free(a);
    bitacora_receipt_free(b);
}

static void receipts_of_two_histories_convict_the_log(void **state)
{
    (void)state;
    char *evidence;
    size_t n;
    struct log other;
    bitacora_evidence *e;
    other_history(&other);
    bitacora_receipt *a = take(&l, 7, log_seconds()), *b = take(&other, 7, log_seconds());
    assert_int_equal(bitacora_receipt_compare(ctx, a, b, &evidence, &n), BITACORA_BAD);
    assert_true(has_found("fork", NULL));
    assert_int_equal(bitacora_evidence_verify(ctx, policy, evidence, n, &e), BITACORA_PROVEN);
    assert_string_equal(bitacora_evidence_claim(e), "fork");
    bitacora_evidence_free(e);
    bitacora_free(evidence);
    assert_int_equal(bitacora_receipt_compare(ctx, a, b, NULL, NULL), BITACORA_BAD);
    bitacora_receipt_free(a);
    bitacora_receipt_free(b);
    log_free(&other);
}

/* A revocation, and what that key signed behind it: each names the other. */
static void a_revoked_key_s_receipt_names_the_revocation(void **state)
{
    struct log more;
    (void)state;
    log_copy(&more, &l, l.n);
    uint64_t revoked =
        log_add(&more, BY(REGISTRAR, KIND_REVOKE,
                          .members = text_of("\"vkey\":\"%s\",\"reason\":\"left_office\"",
                                             vkey_text(&more, REQUESTER))));
    uint64_t later = log_add(&more, BY(REQUESTER, KIND_REQUEST));
    bitacora_receipt *a = take(&more, revoked, (uint64_t)(more.now / 1000)),
                     *b = take(&more, later, (uint64_t)(more.now / 1000));
    for (int order = 0; order < 2; order++) {
        assert_int_equal(
            bitacora_receipt_compare(ctx, order == 0 ? a : b, order == 0 ? b : a, NULL, NULL),
            BITACORA_BAD);
        only("enrolment", BITACORA_BAD);
        const bitacora_finding *f = bitacora_finding_at(ctx, 0);
        assert_true(bitacora_finding_entry(f) == later);
        assert_true(bitacora_finding_related(f) == revoked);
    }
    bitacora_receipt_free(a);
    bitacora_receipt_free(b);
    log_free(&more);
}

static void receipts_that_contradict_a_clock_are_undecided(void **state)
{
    (void)state;
    /* The witness says of the smaller tree that it saw it later than the larger one was there. */
    struct log small;
    log_copy(&small, &l, l.n - 1);
    bitacora_receipt *a = take(&small, 7, log_seconds() + 20000), *b = take(&l, 8, 0);
    assert_int_equal(bitacora_receipt_compare(ctx, a, b, NULL, NULL), BITACORA_UNDECIDED);
    assert_true(has_found("clock", "w"));
    bitacora_receipt_free(a);
    bitacora_receipt_free(b);
    log_free(&small);
}

/* The witness is the first of one policy and the second of another: its times would be held against
 * those of nobody. */
static void receipts_of_different_policies_are_not_compared(void **state)
{
    (void)state;
    static const uint8_t seed[32] = { 78 };
    struct skey more;
    struct buf w = { 0 }, x = { 0 }, text = { 0 };
    struct log small;
    bitacora_receipt *a, *b;
    skey_from_seed(&more, span_str("more.example"), KEY_COSIGNATURE, seed);
    vkey_format(&w, &witness.vkey);
    vkey_format(&x, &more.vkey);
    const char *key = vkey_text(&l, THE_LOG);
    const char *first =
        text_of("log %s\nwitness w %s\nwitness x %s\nquorum w\n", key, buf_str(&w), buf_str(&x));
    const char *second =
        text_of("log %s\nwitness x %s\nwitness w %s\nquorum w\n", key, buf_str(&x), buf_str(&w));
    bitacora_policy *one = policy_of(first), *same = policy_of(first), *other = policy_of(second);
    log_copy(&small, &l, l.n - 1);
    receipt_of(&text, &small, 7, log_seconds() + 5);
    assert_int_equal(bitacora_receipt_verify(ctx, one, text.p, text.n, &a), BITACORA_PROVEN);
    buf_clear(&text);
    receipt_of(&text, &l, 8, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, same, text.p, text.n, &b), BITACORA_PROVEN);
    assert_int_equal(bitacora_receipt_compare(ctx, a, b, NULL, NULL), BITACORA_BAD);
    only("rollback", BITACORA_BAD);
    bitacora_receipt_free(b);
    assert_int_equal(bitacora_receipt_verify(ctx, other, text.p, text.n, &b), BITACORA_PROVEN);
    assert_int_equal(bitacora_receipt_compare(ctx, a, b, NULL, NULL), BITACORA_MISUSE);
    assert_true(has_found("misuse", "policy"));
    bitacora_receipt_free(a);
    bitacora_receipt_free(b);
    bitacora_policy_free(one);
    bitacora_policy_free(same);
    bitacora_policy_free(other);
    log_free(&small);
    buf_free(&w);
    buf_free(&x);
    buf_free(&text);
}

static void comparing_with_nothing_is_misuse(void **state)
{
    (void)state;
    char *evidence;
    size_t n;
    bitacora_receipt *a = take(&l, 7, log_seconds());
    assert_int_equal(bitacora_receipt_compare(NULL, a, a, &evidence, &n), BITACORA_MISUSE);
    assert_int_equal(bitacora_receipt_compare(ctx, NULL, a, &evidence, &n), BITACORA_MISUSE);
    assert_int_equal(bitacora_receipt_compare(ctx, a, NULL, &evidence, &n), BITACORA_MISUSE);
    assert_int_equal(bitacora_receipt_compare(ctx, a, a, &evidence, NULL), BITACORA_MISUSE);
    only("misuse", BITACORA_MISUSE);
    assert_int_equal(bitacora_receipt_compare(ctx, a, a, &evidence, &n), BITACORA_PROVEN);
    bitacora_receipt_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_it_proves),
        cmocka_unit_test(members_are_as_they_were_signed),
        cmocka_unit_test(names_every_role),
        cmocka_unit_test(says_what_the_enrolment_states),
        cmocka_unit_test(cancelled_at_once_it_finds_nothing),
        cmocka_unit_test(a_revoked_key_s_receipt_names_the_revocation),
        cmocka_unit_test(without_its_quorum_it_is_undecided_and_readable),
        cmocka_unit_test(clocks_that_disagree_are_undecided),
        cmocka_unit_test(of_another_log_it_is_undecided_and_not_readable),
        cmocka_unit_test(altered_it_is_never_proven),
        cmocka_unit_test(a_wrong_pin_is_bad),
        cmocka_unit_test(what_is_no_receipt_is_undecided),
        cmocka_unit_test(a_receipt_above_the_limit_is_not_read),
        cmocka_unit_test(can_be_cancelled_between_entries),
        cmocka_unit_test(nulls_are_misuse),
        cmocka_unit_test(receipts_of_one_history_agree),
        cmocka_unit_test(receipts_of_two_histories_convict_the_log),
        cmocka_unit_test(receipts_that_contradict_a_clock_are_undecided),
        cmocka_unit_test(receipts_of_different_policies_are_not_compared),
        cmocka_unit_test(comparing_with_nothing_is_misuse),
    };
    return cmocka_run_group_tests(tests, group_start, group_stop);
}
