/* What the judge says of entries that the log signs itself. */
#include "tests/unit/proto/judge/judge_fixture.h"

/* What comes of one more entry, which is then gone again. */
static void bad_next(enum reason reason, struct draft d)
{
    struct log copy;
    log_copy(&copy, &judged, judged.n);
    uint64_t at = log_add(&copy, d);
    struct run *r = run_log(&copy);
    expect_only(&r->found, reason, VERDICT_BAD, at);
    run_free(r);
    log_free(&copy);
}

static const char *anchored(uint64_t index)
{
    return text_of("\"checkpoint\":{\"size\":1,\"root\":\"" ZEROES "\"},\"index\":%s",
                   log_ref(&judged, index));
}

static void the_logs_own_key_acts_under_entry_0(void **state)
{
    static const char id[] = "00000000-0000-7000-9000-000000000001";
    (void)state;
    uint64_t index = log_add(&judged, BY(THE_LOG, KIND_INDEX, .id = id));
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR, .members = anchored(index)));
    log_add(&judged, BY(THE_LOG, KIND_ACCESS));
    nothing();
    bad_next(REASON_UNDER, BY(THE_LOG, KIND_ACCESS, .under = log_ref(&judged, 1)));
    bad_next(REASON_SKEW, BY(THE_LOG, KIND_ACCESS, .at = judged.now - 600001));
    bad_next(REASON_ID_USED, BY(THE_LOG, KIND_ACCESS, .id = id));
    bad_next(REASON_REF_KIND, BY(AUDITOR, KIND_ANCHOR, .members = anchored(1)));
}

/* A key that the policy names for the log signs for it, also where a registrar enrolled it. */
static void a_key_of_the_log_that_is_enrolled_signs_for_the_log(void **state)
{
    struct found found = { .n = 0 };
    const struct log_keys keys = { .n = 1, .key = { &judged.who[JUDGE].key.vkey } };
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .keys = &keys,
                                 .partial = true,
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    const uint64_t carried[] = {
        0, 1, log_add(&judged, BY(JUDGE, KIND_ACCESS, .under = log_ref(&judged, 0)))
    };
    struct judge *j = judge_new(&setup);
    for (size_t i = 0; i < 3; i++)
        judge_entry(j, carried[i], &judged.leaf[carried[i]], buf_span(&judged.entry[carried[i]]));
    expect_none(&found);
    judge_free(j);
}

/* Judges the log by a policy that names these keys for it, the first of them as its key of today. */
static void judge_by_keys(struct found *found, const struct vkey *today,
                          const struct log_keys *keys)
{
    struct judge_setup setup = {
        .log = *today, .keys = keys, .lookup = unknown_entry, .found = found_add, .found_ctx = found
    };
    struct judge *j = judge_new(&setup);
    *found = (struct found){ .n = 0 };
    for (size_t i = 0; i < judged.n; i++)
        judge_entry(j, i, &judged.leaf[i], buf_span(&judged.entry[i]));
    judge_free(j);
}

/* Genesis says which of the log's keys signed it. */
static void the_first_key_of_a_log_may_be_an_earlier_one(void **state)
{
    static struct found found;
    struct skey skey;
    const uint8_t seed[32] = { 77 };
    (void)state;
    skey_from_seed(&skey, span_str(ORIGIN), KEY_NOTE, seed);
    const struct vkey *first = &judged.who[THE_LOG].key.vkey, *today = &skey.vkey;
    const struct log_keys both = { .n = 2, .key = { today, first } },
                          one = { .n = 1, .key = { today } };
    log_add(&judged, BY(THE_LOG, KIND_ACCESS));
    judge_by_keys(&found, today, &both);
    expect_none(&found);
    judge_by_keys(&found, today, &(struct log_keys){ .n = 2, .key = { first, today } });
    expect_none(&found);
    judge_by_keys(&found, today, &one);
    assert_true(found_at(&found, REASON_SIGNATURE, 0));
    judge_by_keys(&found, today, NULL);
    assert_true(found_at(&found, REASON_SIGNATURE, 0));
    skey_wipe(&skey);
}

static void a_bad_signature_of_the_log_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &judged, &BY(THE_LOG, KIND_ACCESS));
    uint8_t *count = memmem(note.p, note.n, "\"count\":0", 9);
    count[8] = '1';
    bad(REASON_SIGNATURE, log_add_note(&judged, buf_span(&note)));
    buf_free(&note);
}

static const char *covering(uint64_t a, uint64_t b)
{
    return text_of("\"version\":1,\"tables\":[{\"entries\":%llu,\"rows\":0,\"root\":\"" ZEROES
                   "\"},{\"entries\":%llu,\"rows\":0,\"root\":\"" ZEROES "\"}]",
                   (unsigned long long)a, (unsigned long long)b);
}

static void an_index_covers_earlier_entries_only(void **state)
{
    (void)state;
    log_add(&judged, BY(THE_LOG, KIND_INDEX, .members = covering(1, judged.n - 1)));
    nothing();
    bad_next(REASON_REF_LATER, BY(THE_LOG, KIND_INDEX, .members = covering(1, judged.n)));
    bad_next(REASON_REF_LATER,
             BY(THE_LOG, KIND_INDEX, .members = covering(INTEGER_MAX, INTEGER_MAX)));
}

static void an_index_goes_on_from_the_one_before(void **state)
{
    (void)state;
    log_add(&judged, INDEX("3020"));
    nothing();
    bad_next(REASON_INDEX_AGAIN, INDEX("3020"));
    bad_next(REASON_INDEX_AGAIN, INDEX("40"));
    bad_next(REASON_INDEX_BOUNDS, INDEX("2040"));
    bad_next(REASON_INDEX_CHANGED, INDEX("302110"));
    bad_next(REASON_INDEX_UNKEYED,
             BY(THE_LOG, KIND_INDEX,
                .members = "\"version\":1,\"tables\":[{\"entries\":6,\"rows\":1,\"unkeyed\":2,"
                           "\"root\":\"" ZEROES "\"}]"));
    log_add(&judged, INDEX("302020"));
    log_add(&judged, INDEX("3050"));
    log_add(&judged, INDEX("90"));
    nothing();
}

/* Held against the last one that took effect, whatever stands between. */
static void an_index_that_is_bad_takes_no_effect(void **state)
{
    struct run *r;
    (void)state;
    uint64_t first = log_add(&judged, INDEX("3020"));
    uint64_t later = log_add(&judged, INDEX("9090")),
             role = log_add(&judged, BY(JUDGE, KIND_INDEX));
    uint64_t bounds = log_add(&judged, INDEX("2050"));
    log_add(&judged,
            BY(THE_LOG, KIND_INDEX,
               .members = "\"version\":2,\"tables\":[{\"entries\":9,\"rows\":0,\"root\":\"" ZEROES
                          "\"}]"));
    uint64_t last = log_add(&judged, INDEX("3030"));
    r = run_log(&judged);
    assert_int_equal(r->found.n, 3);
    assert_true(found_at(&r->found, REASON_REF_LATER, later));
    assert_true(found_at(&r->found, REASON_ROLE, role) ||
                found_at(&r->found, REASON_KEY_UNKNOWN, role));
    assert_true(found_at(&r->found, REASON_INDEX_BOUNDS, bounds));
    for (size_t i = 0; i < r->found.n; i++)
        if (r->found.f[i].why.reason == REASON_INDEX_BOUNDS)
            assert_int_equal(r->found.f[i].related, first);
    assert_int_equal(judge_cover(r->judge)->entry, last);
    assert_int_equal(judge_cover(r->judge)->end, 6);
    run_free(r);
}

static void before_an_index_there_is_no_cover(void **state)
{
    struct run *r = run_log(&judged);
    (void)state;
    assert_int_equal(judge_cover(r->judge)->entry, NO_ENTRY);
    run_free(r);
}

/* Those that are carried, with whatever is left out between. */
static void carried_indexes_are_held_against_each_other(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .partial = true,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    uint64_t first = log_add(&judged, INDEX("3020"));
    log_add(&judged, INDEX("302020"));
    uint64_t bad_one = log_add(&judged, INDEX("302130"));
    const uint64_t carried[] = { 0, first, bad_one };
    struct judge *j = judge_new(&setup);
    for (size_t i = 0; i < COUNT(carried); i++)
        judge_entry(j, carried[i], &judged.leaf[carried[i]], buf_span(&judged.entry[carried[i]]));
    expect_only(&found, REASON_INDEX_CHANGED, VERDICT_BAD, bad_one);
    assert_int_equal(found.f[0].related, first);
    judge_free(j);
}

/* The finding is about the freeze, once, however much follows. */
static void nothing_follows_a_freeze(void **state)
{
    (void)state;
    uint64_t end = log_add(&judged, BY(THE_LOG, KIND_FREEZE));
    nothing();
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_FROZEN, end);
    log_add(&judged, BY(THE_LOG, KIND_FREEZE));
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_FROZEN, end);
}

static const char *succeeded_by(const char *origin, enum who who)
{
    return text_of("\"successor\":{\"origin\":\"%s\",\"vkey\":\"%s\"}", origin,
                   vkey_text(&judged, who));
}

static void a_freeze_that_does_not_count_ends_nothing(void **state)
{
    (void)state;
    bad_next(REASON_SUCCESSOR, BY(THE_LOG, KIND_FREEZE, .members = succeeded_by(ORIGIN, THE_LOG)));
    bad_next(REASON_SUCCESSOR,
             BY(THE_LOG, KIND_FREEZE, .members = succeeded_by("a.example.mx", STRANGER)));
    bad_next(REASON_SUCCESSOR,
             BY(THE_LOG, KIND_FREEZE,
                .members = "\"successor\":{\"origin\":\"a.example.mx\",\"vkey\":\"nonsense\"}"));
    struct vkey witness; /* no key that signs for a log */
    struct buf text = { 0 };
    vkey_make(&witness, span_str("a.example.mx"), KEY_COSIGNATURE,
              judged.who[STRANGER].key.vkey.key);
    vkey_format(&text, &witness);
    bad_next(REASON_SUCCESSOR,
             BY(THE_LOG, KIND_FREEZE,
                .members = text_of("\"successor\":{\"origin\":\"a.example.mx\",\"vkey\":\"%s\"}",
                                   buf_str(&text))));
    static const uint8_t zeros[PUBLIC_KEY_BYTES];
    for (int how = 0; how < 2; how++) { /* no point of the curve; another id than its own */
        buf_clear(&text);
        vkey_make(&witness, span_str("a.example.mx"), KEY_NOTE,
                  how == 0 ? zeros : judged.who[STRANGER].key.vkey.key);
        witness.id ^= (uint32_t)how;
        vkey_format(&text, &witness);
        bad_next(
            REASON_SUCCESSOR,
            BY(THE_LOG, KIND_FREEZE,
               .members = text_of("\"successor\":{\"origin\":\"a.example.mx\",\"vkey\":\"%s\"}",
                                  buf_str(&text))));
    }
    buf_free(&text);
    uint64_t at = log_add(&judged, BY(REGISTRAR, KIND_FREEZE));
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_ROLE, at);
}

/* A run that begins behind the freeze knows of it from the state. */
static void a_later_run_knows_of_the_freeze(void **state)
{
    struct files f;
    struct hash root;
    (void)state;
    uint64_t end = log_add(&judged, BY(THE_LOG, KIND_FREEZE));
    files_make(&f, &judged, judged.n);
    log_root(&judged, judged.n, &root);
    struct run *before = run_replay(&judged, &f, judged.n, &root, false);
    expect_none(&before->found);
    files_free(&f);
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    files_make(&f, &judged, judged.n);
    struct run *after = run_on(before, &judged, &f, judged.n);
    expect_only(&after->found, REASON_FROZEN, VERDICT_BAD, end);
    run_free(before);
    run_free(after);
    files_free(&f);
}

/* What was told of a freeze stands with the state's findings, and is not told again. */
static void a_freeze_is_told_of_once_in_all_runs(void **state)
{
    static struct found found;
    (void)state;
    size_t before = judged.n;
    uint64_t end = log_add(&judged, BY(THE_LOG, KIND_FREEZE));
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    go_on_behind(&found, before, NO_ENTRY);
    expect_only(&found, REASON_FROZEN, VERDICT_BAD, end);
    go_on_behind(&found, before + 1, NO_ENTRY);
    expect_only(&found, REASON_FROZEN, VERDICT_BAD, end);
    go_on_behind(&found, before + 2, NO_ENTRY);
    expect_none(&found);
}

/* Two keys of one name whose ids are the same: found by trying 120,000 seeds. */
static void keys_with_one_id_are_told_apart(void **state)
{
    static const uint32_t seeds[] = { 60643, 118283 };
    static const enum who who[] = { STRANGER, STRANGER2 };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint8_t seed[32] = { (uint8_t)seeds[i], (uint8_t)(seeds[i] >> 8),
                             (uint8_t)(seeds[i] >> 16) };
        skey_from_seed(&judged.who[who[i]].key, span_str("nadie.example.mx/x"), KEY_NOTE, seed);
        assert_int_equal(judged.who[who[i]].key.vkey.id, 0x01363865);
        judged.who[who[i]].entry = log_add(
            &judged,
            BY(REGISTRAR, KIND_ENROLL,
               .members = text_of(
                   "\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":\"a\",\"level\":\"federal\","
                   "\"name\":\"nadie.example.mx/x\"",
                   vkey_text(&judged, who[i]))));
    }
    log_add(&judged, BY(STRANGER, KIND_ERASURE));
    log_add(&judged, BY(STRANGER2, KIND_ERASURE));
    nothing();
    bad(REASON_UNDER, log_add(&judged, BY(STRANGER, KIND_ERASURE,
                                          .under = log_ref(&judged, judged.who[STRANGER2].entry))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(keys_with_one_id_are_told_apart),
        JUDGE_TEST(the_logs_own_key_acts_under_entry_0),
        JUDGE_TEST(a_key_of_the_log_that_is_enrolled_signs_for_the_log),
        JUDGE_TEST(the_first_key_of_a_log_may_be_an_earlier_one),
        JUDGE_TEST(a_bad_signature_of_the_log_is_found),
        JUDGE_TEST(an_index_covers_earlier_entries_only),
        JUDGE_TEST(an_index_goes_on_from_the_one_before),
        JUDGE_TEST(an_index_that_is_bad_takes_no_effect),
        JUDGE_TEST(before_an_index_there_is_no_cover),
        JUDGE_TEST(carried_indexes_are_held_against_each_other),
        JUDGE_TEST(nothing_follows_a_freeze),
        JUDGE_TEST(a_freeze_that_does_not_count_ends_nothing),
        JUDGE_TEST(a_later_run_knows_of_the_freeze),
        JUDGE_TEST(a_freeze_is_told_of_once_in_all_runs),
    };
    return cmocka_run_group_tests_name("judge_own_kinds", tests, NULL, NULL);
}
