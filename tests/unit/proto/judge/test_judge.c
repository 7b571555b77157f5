/* What the judge says of an entry by itself, and of the one before it. */
#include "tests/unit/proto/judge/judge_fixture.h"

/* ---- header -------------------------------------------------------------------------------- */

static void another_index_is_found(void **state)
{
    struct buf note = { 0 };
    struct entry e = next_entry(&note);
    (void)state;
    e.index++;
    bad(REASON_INDEX, log_add_entry(&judged, &e));
    buf_free(&note);
}

static void a_wrong_link_is_found(void **state)
{
    struct buf note = { 0 };
    struct entry e = next_entry(&note);
    (void)state;
    e.link = judged.leaf[judged.n - 2];
    bad(REASON_LINK, log_add_entry(&judged, &e));
    buf_free(&note);
}

static void a_zero_link_is_found(void **state)
{
    struct buf note = { 0 };
    struct entry e = next_entry(&note);
    (void)state;
    e.link = (struct hash){ { 0 } };
    bad(REASON_LINK, log_add_entry(&judged, &e));
    buf_free(&note);
}

static void a_genesis_with_a_link_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    log_note(&note, &judged, &BY(THE_LOG, KIND_GENESIS));
    log_add_entry(
        &judged,
        &(struct entry){ .accepted = judged.now, .link = { { 1 } }, .note = buf_span(&note) });
    bad(REASON_LINK, 0);
    buf_free(&note);
}

static void time_never_goes_back(void **state)
{
    (void)state;
    judged.now -= 1000;
    log_add(&judged, BY(JUDGE, KIND_ERASURE));
    nothing(); /* equal is not back */
    judged.now -= 1001;
    bad(REASON_TIME, log_add(&judged, BY(JUDGE, KIND_ERASURE)));
}

/* A clock that is wrong, but never goes back. */
static void times_before_1970_are_times_too(void **state)
{
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    judged.now = -INT64_C(1000000000000);
    log_add(&judged, BY(THE_LOG, KIND_GENESIS));
    log_enroll(&judged, JUDGE, "judge", "");
    nothing();
}

static void malformed_entries_are_found(void **state)
{
    (void)state;
    bad(REASON_ENTRY_FORM, log_add_bytes(&judged, span_str("bitacora/v1 entry\n")));
}

static void an_entry_of_a_later_version_is_undecided(void **state)
{
    (void)state;
    only(REASON_VERSION, VERDICT_UNDECIDED,
         log_add_bytes(&judged, span_str("bitacora/v2 entry\n?")));
}

static void a_record_of_a_later_version_is_undecided(void **state)
{
    (void)state;
    only(REASON_VERSION, VERDICT_UNDECIDED,
         log_add_note(&judged, span_str("bitacora/v2 request\nwhatever it looks like\n")));
}

static void a_malformed_record_is_found(void **state)
{
    (void)state;
    bad(REASON_RECORD_FORM, log_add_note(&judged, span_str("hello\n")));
}

static void structure_alone_looks_at_no_record(void **state)
{
    struct files f;
    struct hash root;
    struct buf note = { 0 };
    struct entry e;
    (void)state;
    log_add_note(&judged, span_str("hello\n"));
    e = next_entry(&note);
    e.index++;
    e.accepted -= 5000;
    e.link.b[0] ^= 1;
    uint64_t at = log_add_entry(&judged, &e);
    files_make(&f, &judged, judged.n);
    log_root(&judged, judged.n, &root);
    struct run *r = run_replay(&judged, &f, judged.n, &root, true);
    assert_int_equal(r->found.n, 3);
    assert_true(found_at(&r->found, REASON_INDEX, at) && found_at(&r->found, REASON_LINK, at) &&
                found_at(&r->found, REASON_TIME, at));
    assert_int_equal(judge_signatures(r->judge), 0);
    run_free(r);
    files_free(&f);
    buf_free(&note);
}

/* ---- signers ------------------------------------------------------------------------------- */

static void a_key_that_is_not_enrolled_is_found(void **state)
{
    (void)state;
    bad(REASON_KEY_UNKNOWN,
        log_add(&judged, BY(STRANGER, KIND_ERASURE, .under = log_ref(&judged, 1))));
}

static void the_log_s_own_key_signs_no_other_record(void **state)
{
    (void)state;
    bad(REASON_KEY_UNKNOWN,
        log_add(&judged, BY(THE_LOG, KIND_ERASURE, .under = log_ref(&judged, 0))));
}

/* Signed by a key that is enrolled only later. */
static void a_key_that_is_not_enrolled_yet_is_found(void **state)
{
    (void)state;
    uint64_t at = log_add(&judged, BY(STRANGER, KIND_ERASURE, .under = log_ref(&judged, 1)));
    log_enroll(&judged, STRANGER, "judge", "");
    bad(REASON_KEY_UNKNOWN, at);
}

static void an_altered_record_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &judged, &BY(JUDGE, KIND_ERASURE));
    uint8_t *digit = memmem(note.p, note.n, "7000-8000", 9);
    *digit = '6';
    bad(REASON_SIGNATURE, log_add_note(&judged, buf_span(&note)));
    buf_free(&note);
}

/* The right name and id, and a signature by somebody else. */
static void a_signature_by_another_key_is_found(void **state)
{
    struct signer judge = judged.who[JUDGE];
    (void)state;
    memcpy(judged.who[JUDGE].key.secret, judged.who[STRANGER].key.secret, 64);
    uint64_t at = log_add(&judged, BY(JUDGE, KIND_ERASURE));
    judged.who[JUDGE] = judge;
    bad(REASON_SIGNATURE, at);
}

/* Nor does a name and id that are enrolled elsewhere than `under` says. */
static void an_altered_record_under_another_entry_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &judged, &BY(JUDGE, KIND_ERASURE, .under = log_ref(&judged, 2)));
    *(uint8_t *)memmem(note.p, note.n, "7000-8000", 9) = '6';
    bad(REASON_SIGNATURE, log_add_note(&judged, buf_span(&note)));
    buf_free(&note);
}

static void under_another_entry_is_found(void **state)
{
    (void)state;
    bad(REASON_UNDER, log_add(&judged, BY(JUDGE, KIND_ERASURE, .under = log_ref(&judged, 2))));
}

static void under_with_another_hash_is_found(void **state)
{
    struct log other;
    (void)state;
    log_start(&other, ",\"skew\":601"); /* the same names at the same places, another log */
    uint64_t at = log_add(&judged, BY(JUDGE, KIND_ERASURE, .under = log_ref(&other, 1)));
    bad(REASON_UNDER, at);
    log_free(&other);
}

static void under_the_right_hash_at_another_index_is_found(void **state)
{
    const char *hash = strchr(log_ref(&judged, 1), ',');
    (void)state;
    bad(REASON_UNDER,
        log_add(&judged, BY(JUDGE, KIND_ERASURE, .under = text_of("{\"entry\":2%s", hash))));
}

static void an_enrolment_not_in_force_yet_is_found(void **state)
{
    (void)state;
    log_enroll(&judged, STRANGER, "judge", ",\"from\":\"2026-11-21T16:00:12.000Z\"");
    uint64_t at = log_add(&judged, BY(STRANGER, KIND_ERASURE)); /* 16:00:10 */
    judged.now += 1000;
    log_add(&judged, BY(STRANGER, KIND_ERASURE)); /* 16:00:12 */
    bad(REASON_NOT_YET, at);
}

static void an_enrolment_that_ended_is_found(void **state)
{
    (void)state;
    log_enroll(&judged, STRANGER, "judge", ",\"until\":\"2026-11-21T16:00:11.000Z\"");
    log_add(&judged, BY(STRANGER, KIND_ERASURE));                      /* 16:00:10 */
    bad(REASON_EXPIRED, log_add(&judged, BY(STRANGER, KIND_ERASURE))); /* 16:00:11 */
}

static void a_revoked_key_is_found(void **state)
{
    (void)state;
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    uint64_t revoke = log_add(&judged, BY(REGISTRAR, KIND_REVOKE));
    uint64_t at = log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    struct run *r = run_log(&judged);
    expect_only(&r->found, REASON_REVOKED, VERDICT_BAD, at);
    assert_int_equal(r->found.f[0].related, revoke);
    run_free(r);
}

static void what_a_revoked_registrar_enrolled_stands(void **state)
{
    (void)state;
    log_enroll(&judged, STRANGER, "judge", "");
    log_add(&judged, BY(REGISTRAR2, KIND_REVOKE,
                        .members = text_of("\"vkey\":\"%s\",\"reason\":\"key_compromise\"",
                                           vkey_text(&judged, REGISTRAR))));
    log_add(&judged, BY(STRANGER, KIND_ERASURE));
    nothing();
    uint64_t at = log_enroll(&judged, STRANGER2, "judge", "");
    bad(REASON_REVOKED, at);
}

/* Every role and kind: what may not be signed is found, what may is not. */
static void every_kind_is_signed_by_its_roles_only(void **state)
{
    static const struct {
        enum who who;
        enum role role;
    } signers[] = { { REGISTRAR, ROLE_REGISTRAR }, { JUDGE, ROLE_JUDGE },
                    { REQUESTER, ROLE_REQUESTER }, { HOLDER, ROLE_HOLDER },
                    { OVERSIGHT, ROLE_OVERSIGHT }, { AUDITOR, ROLE_AUDITOR } };
    (void)state;
    for (enum kind k = KIND_ENROLL; k < KIND_COUNT; k++)
        for (size_t i = 0; i < COUNT(signers); i++) {
            struct log copy;
            log_copy(&copy, &judged, judged.n);
            uint64_t at = log_add(&copy, BY(signers[i].who, k));
            struct run *r = run_log(&copy);
            if (role_may_sign(signers[i].role, k))
                expect_none(&r->found);
            else
                expect_only(&r->found, REASON_ROLE, VERDICT_BAD, at);
            run_free(r);
            log_free(&copy);
        }
}

/* ---- clocks and repetitions ---------------------------------------------------------------- */

static void skew_is_judged_both_ways_and_inclusively(void **state)
{
    static const struct {
        int64_t off;
        bool good;
    } cases[] = { { -600000, true }, { 600000, true }, { -600001, false }, { 600001, false } };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        judge_stop(NULL);
        judge_start(NULL);
        uint64_t at = log_add(&judged, BY(JUDGE, KIND_ERASURE, .at = judged.now + cases[i].off));
        if (cases[i].good)
            nothing();
        else
            bad(REASON_SKEW, at);
    }
}

static void genesis_says_what_skew_is(void **state)
{
    (void)state;
    log_free(&judged);
    log_start(&judged, ",\"skew\":1");
    log_add(&judged, BY(JUDGE, KIND_ERASURE, .at = judged.now - 1000));
    nothing();
    bad(REASON_SKEW, log_add(&judged, BY(JUDGE, KIND_ERASURE, .at = judged.now - 1001)));
    log_free(&judged);
    log_start(&judged, ",\"skew\":86400");
    log_add(&judged, BY(JUDGE, KIND_ERASURE, .at = judged.now - 86400000));
    nothing();
}

static void a_record_played_in_twice_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &judged, &BY(JUDGE, KIND_ERASURE));
    uint64_t first = log_add_note(&judged, buf_span(&note));
    uint64_t at = log_add_note(&judged, buf_span(&note));
    struct run *r = run_log(&judged);
    expect_only(&r->found, REASON_REPLAYED, VERDICT_BAD, at);
    assert_int_equal(r->found.f[0].related, first);
    run_free(r);
    buf_free(&note);
}

static void an_id_used_twice_is_found_within_twice_the_skew(void **state)
{
    static const char id[] = "55555555-5555-4555-8555-555555555555";
    static const struct {
        int64_t later;
        bool good;
    } cases[] = { { 1000, false }, { 1200000, false }, { 1200001, true } };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        judge_stop(NULL);
        judge_start(NULL);
        log_add(&judged, BY(JUDGE, KIND_ERASURE, .id = id));
        judged.now += cases[i].later - 1000;
        uint64_t at = log_add(&judged, BY(JUDGE, KIND_ERASURE, .id = id));
        if (cases[i].good)
            nothing();
        else
            bad(REASON_ID_USED, at);
    }
}

static void two_keys_may_use_one_id(void **state)
{
    static const char id[] = "55555555-5555-4555-8555-555555555555";
    (void)state;
    log_add(&judged, BY(JUDGE, KIND_ERASURE, .id = id));
    log_add(&judged, BY(HOLDER, KIND_DESTRUCTION, .id = id));
    nothing();
}

/* ---- rewritten logs ------------------------------------------------------------------------ */

/* Entries of one log put into another with a fresh header each: index and link are right again. */
static void relink(struct log *out, const size_t *index, size_t n)
{
    log_copy(out, &judged, 0);
    out->now = judged.now - 1000 * (int64_t)judged.n;
    for (size_t i = 0; i < n; i++) {
        struct entry e;
        struct refusal why;
        assert_int_equal(entry_parse(&e, buf_span(&judged.entry[index[i]]), &why), 0);
        log_add_note(out, e.note);
    }
}

/* Signatures commit to the log's history through `under`: dropping or swapping an enrolment leaves
 * everything behind it without one. */
static void an_enrolment_dropped_with_a_clean_rebuild_is_found(void **state)
{
    static const size_t index[] = { 0, 2, 3, 4, 5, 6, 7, 8 };
    struct log out;
    (void)state;
    relink(&out, index, COUNT(index));
    struct run *r = run_log(&out);
    assert_true(found_at(&r->found, REASON_KEY_UNKNOWN, 5)); /* the warrant: its judge is gone */
    assert_true(found_at(&r->found, REASON_UNDER, 6));       /* the request: its `under` moved */
    run_free(r);
    log_free(&out);
}

static void enrolments_swapped_with_a_clean_rebuild_are_found(void **state)
{
    static const size_t index[] = { 0, 2, 1, 3, 4, 5, 6, 7, 8 };
    struct log out;
    (void)state;
    relink(&out, index, COUNT(index));
    struct run *r = run_log(&out);
    assert_true(found_at(&r->found, REASON_UNDER, 6) && found_at(&r->found, REASON_UNDER, 7));
    run_free(r);
    log_free(&out);
}

/* A record moved to another log of the same people. */
static void a_record_of_another_log_is_found(void **state)
{
    struct log other;
    struct entry e;
    struct refusal why;
    (void)state;
    log_start(&other, ",\"skew\":599");
    uint64_t from = log_add(&other, BY(JUDGE, KIND_ERASURE));
    assert_int_equal(entry_parse(&e, buf_span(&other.entry[from]), &why), 0);
    bad(REASON_UNDER, log_add_note(&judged, e.note));
    log_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(another_index_is_found),
        JUDGE_TEST(a_wrong_link_is_found),
        JUDGE_TEST(a_zero_link_is_found),
        JUDGE_TEST(a_genesis_with_a_link_is_found),
        JUDGE_TEST(time_never_goes_back),
        JUDGE_TEST(times_before_1970_are_times_too),
        JUDGE_TEST(malformed_entries_are_found),
        JUDGE_TEST(an_entry_of_a_later_version_is_undecided),
        JUDGE_TEST(a_record_of_a_later_version_is_undecided),
        JUDGE_TEST(a_malformed_record_is_found),
        JUDGE_TEST(structure_alone_looks_at_no_record),
        JUDGE_TEST(a_key_that_is_not_enrolled_is_found),
        JUDGE_TEST(the_log_s_own_key_signs_no_other_record),
        JUDGE_TEST(a_key_that_is_not_enrolled_yet_is_found),
        JUDGE_TEST(an_altered_record_is_found),
        JUDGE_TEST(a_signature_by_another_key_is_found),
        JUDGE_TEST(an_altered_record_under_another_entry_is_found),
        JUDGE_TEST(under_another_entry_is_found),
        JUDGE_TEST(under_with_another_hash_is_found),
        JUDGE_TEST(under_the_right_hash_at_another_index_is_found),
        JUDGE_TEST(an_enrolment_not_in_force_yet_is_found),
        JUDGE_TEST(an_enrolment_that_ended_is_found),
        JUDGE_TEST(a_revoked_key_is_found),
        JUDGE_TEST(what_a_revoked_registrar_enrolled_stands),
        JUDGE_TEST(every_kind_is_signed_by_its_roles_only),
        JUDGE_TEST(skew_is_judged_both_ways_and_inclusively),
        JUDGE_TEST(genesis_says_what_skew_is),
        JUDGE_TEST(a_record_played_in_twice_is_found),
        JUDGE_TEST(an_id_used_twice_is_found_within_twice_the_skew),
        JUDGE_TEST(two_keys_may_use_one_id),
        JUDGE_TEST(an_enrolment_dropped_with_a_clean_rebuild_is_found),
        JUDGE_TEST(enrolments_swapped_with_a_clean_rebuild_are_found),
        JUDGE_TEST(a_record_of_another_log_is_found),
    };
    return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
