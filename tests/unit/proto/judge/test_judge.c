#include "tests/unit/fixture.h"

/* Each case is a log that its operator built and signed consistently, so that only one check of the
 * judge stands between it and a clean replay. */

static struct log l;

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    return 0;
}

/* Replays the log; the only finding must be this. */
static void only(enum reason reason, enum verdict verdict, uint64_t entry)
{
    struct run *r = run_log(&l);
    expect_only(&r->found, reason, verdict, entry);
    assert_int_equal(r->end, REPLAY_PROVEN); /* it does stand in the tree */
    run_free(r);
}

static void bad(enum reason reason, uint64_t entry)
{
    only(reason, VERDICT_BAD, entry);
}

static void nothing(void)
{
    struct run *r = run_log(&l);
    expect_none(&r->found);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(judge_signatures(r->judge), l.n);
    run_free(r);
}

/* An honest next entry, altered in its header. */
static struct entry next_entry(struct buf *note)
{
    log_note(note, &l, &BY(JUDGE, KIND_ERASURE));
    return (struct entry){
        .index = l.n, .accepted = l.now, .link = l.leaf[l.n - 1], .note = buf_span(note)
    };
}

/* ---- header -------------------------------------------------------------------------------- */

static void another_index_is_found(void **state)
{
    struct buf note = { 0 };
    struct entry e = next_entry(&note);
    (void)state;
    e.index++;
    bad(REASON_INDEX, log_add_entry(&l, &e));
    buf_free(&note);
}

static void a_wrong_link_is_found(void **state)
{
    struct buf note = { 0 };
    struct entry e = next_entry(&note);
    (void)state;
    e.link = l.leaf[l.n - 2];
    bad(REASON_LINK, log_add_entry(&l, &e));
    buf_free(&note);
}

static void a_zero_link_is_found(void **state)
{
    struct buf note = { 0 };
    struct entry e = next_entry(&note);
    (void)state;
    e.link = (struct hash){ { 0 } };
    bad(REASON_LINK, log_add_entry(&l, &e));
    buf_free(&note);
}

static void a_genesis_with_a_link_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_free(&l);
    log_keys(&l);
    log_note(&note, &l, &BY(THE_LOG, KIND_GENESIS));
    log_add_entry(&l,
                  &(struct entry){ .accepted = l.now, .link = { { 1 } }, .note = buf_span(&note) });
    bad(REASON_LINK, 0);
    buf_free(&note);
}

static void time_never_goes_back(void **state)
{
    (void)state;
    l.now -= 1000;
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    nothing(); /* equal is not back */
    l.now -= 1001;
    bad(REASON_TIME, log_add(&l, BY(JUDGE, KIND_ERASURE)));
}

/* A clock that is wrong, but never goes back. */
static void times_before_1970_are_times_too(void **state)
{
    (void)state;
    log_free(&l);
    log_keys(&l);
    l.now = -INT64_C(1000000000000);
    log_add(&l, BY(THE_LOG, KIND_GENESIS));
    log_enroll(&l, JUDGE, "judge", "");
    nothing();
}

static void malformed_entries_are_found(void **state)
{
    (void)state;
    bad(REASON_ENTRY_FORM, log_add_bytes(&l, span_str("bitacora/v1 entry\n")));
}

static void an_entry_of_a_later_version_is_undecided(void **state)
{
    (void)state;
    only(REASON_VERSION, VERDICT_UNDECIDED, log_add_bytes(&l, span_str("bitacora/v2 entry\n?")));
}

static void a_record_of_a_later_version_is_undecided(void **state)
{
    (void)state;
    only(REASON_VERSION, VERDICT_UNDECIDED,
         log_add_note(&l, span_str("bitacora/v2 request\nwhatever it looks like\n")));
}

static void a_malformed_record_is_found(void **state)
{
    (void)state;
    bad(REASON_RECORD_FORM, log_add_note(&l, span_str("hello\n")));
}

static void structure_alone_looks_at_no_record(void **state)
{
    struct files f;
    struct hash root;
    struct buf note = { 0 };
    struct entry e;
    (void)state;
    log_add_note(&l, span_str("hello\n"));
    e = next_entry(&note);
    e.index++;
    e.accepted -= 5000;
    e.link.b[0] ^= 1;
    uint64_t at = log_add_entry(&l, &e);
    files_make(&f, &l, l.n);
    log_root(&l, l.n, &root);
    struct run *r = run_replay(&l, &f, l.n, &root, true);
    assert_int_equal(r->found.n, 3);
    assert_true(found_at(&r->found, REASON_INDEX, at) && found_at(&r->found, REASON_LINK, at) &&
                found_at(&r->found, REASON_TIME, at));
    assert_int_equal(judge_signatures(r->judge), 0);
    run_free(r);
    files_free(&f);
    buf_free(&note);
}

/* ---- genesis ------------------------------------------------------------------------------- */

static void start_with(const char *members, enum who signer)
{
    log_free(&l);
    log_keys(&l);
    log_add(&l, BY(signer, KIND_GENESIS, .members = members));
}

static void every_wrong_genesis_is_found(void **state)
{
    (void)state;
    const char *log = vkey_text(&l, THE_LOG), *registrar = vkey_text(&l, REGISTRAR);
    struct vkey cosigner, other_name, no_point;
    struct buf text[4] = { { 0 }, { 0 }, { 0 }, { 0 } };
    static const uint8_t zeros[PUBLIC_KEY_BYTES];
    vkey_make(&cosigner, span_str("c"), KEY_COSIGNATURE, l.who[REGISTRAR].key.vkey.key);
    vkey_make(&other_name, span_str("R"), KEY_NOTE, l.who[REGISTRAR].key.vkey.key);
    vkey_format(&text[0], &cosigner);
    vkey_format(&text[1], &other_name);
    vkey_make(&no_point, span_str("registro.example.mx/uno"), KEY_NOTE, zeros);
    vkey_format(&text[2], &no_point);
    other_name = l.who[REGISTRAR].key.vkey;
    other_name.id ^= 1; /* not that of the key */
    vkey_format(&text[3], &other_name);
    const struct {
        const char *origin, *vkey, *registrars;
    } cases[] = {
        { "other.example.mx", log, registrar },
        { ORIGIN, vkey_text(&l, STRANGER), registrar },
        { ORIGIN, "nonsense", registrar },
        { ORIGIN, log, "nonsense" },
        { ORIGIN, log, log },
        { ORIGIN, log, text_of("%s\",\"%s", registrar, registrar) },
        { ORIGIN, log, buf_str(&text[0]) },
        { ORIGIN, log, buf_str(&text[1]) },
        { ORIGIN, log, buf_str(&text[2]) },
        { ORIGIN, log, buf_str(&text[3]) },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        start_with(text_of("\"origin\":\"%s\",\"vkey\":\"%s\",\"registrars\":[\"%s\"]",
                           cases[i].origin, cases[i].vkey, cases[i].registrars),
                   THE_LOG);
        bad(REASON_GENESIS, 0);
    }
    for (size_t i = 0; i < COUNT(text); i++)
        buf_free(&text[i]);
}

#define ZEROES "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* A genesis that names STRANGER as the key of the log before; with a proof by `by` over text, if
 * there is one. */
static const char *succeeding(const char *origin, enum who by, const char *text)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct buf proof = { 0 };
    if (text != NULL) {
        skey_sign(signature, &l.who[by].key, span_str(text));
        buf_adds(&proof, ",\"proof\":\"");
        buf_add_base64(&proof, signature, sizeof signature);
        buf_adds(&proof, "\"");
    }
    const char *members =
        text_of("%s,\"predecessor\":{\"origin\":\"%s\",\"vkey\":\"%s\",\"size\":7,"
                "\"root\":\"" ZEROES "\"%s}",
                log_members(&l, KIND_GENESIS), origin, vkey_text(&l, STRANGER), buf_str(&proof));
    buf_free(&proof);
    return members;
}

static void a_predecessor_is_another_log_and_its_proof_good(void **state)
{
    const char *before = "nadie.example.mx/x", *vkey = vkey_text(&l, THE_LOG);
    const char *right =
        text_of("bitacora/v1 succession\n%s\n7\n" ZEROES "\n" ORIGIN "\n%s\n", before, vkey);
    const char *wrong[] = {
        text_of("bitacora/v1 succession\n%s\n8\n" ZEROES "\n" ORIGIN "\n%s\n", before, vkey),
        text_of("bitacora/v1 succession\n%s\n7\n" ZEROES "\n%s\n%s\n", before, before, vkey),
        text_of("bitacora/v1 succession\n%s\n7\n" ZEROES "\n" ORIGIN "\n%s\n", before,
                vkey_text(&l, STRANGER)),
    };
    (void)state;
    start_with(succeeding(before, STRANGER, right), THE_LOG);
    nothing();
    start_with(succeeding(before, STRANGER, NULL), THE_LOG);
    nothing();
    for (size_t i = 0; i < COUNT(wrong); i++) {
        start_with(succeeding(before, STRANGER, wrong[i]), THE_LOG);
        bad(REASON_GENESIS, 0);
    }
    start_with(succeeding(before, STRANGER2, right), THE_LOG);
    bad(REASON_GENESIS, 0);
    start_with(succeeding("otro.example.mx", STRANGER, NULL), THE_LOG);
    bad(REASON_GENESIS, 0);
    start_with(succeeding(ORIGIN, STRANGER, NULL), THE_LOG);
    bad(REASON_GENESIS, 0);
}

/* One public key under two names is one registrar twice. */
static void a_registrar_under_two_names_is_found(void **state)
{
    struct vkey other;
    struct buf text = { 0 };
    (void)state;
    vkey_make(&other, span_str("otro"), KEY_NOTE, l.who[REGISTRAR].key.vkey.key);
    vkey_format(&text, &other);
    start_with(text_of("\"origin\":\"" ORIGIN "\",\"vkey\":\"%s\",\"registrars\":[\"%s\",\"%s\"]",
                       vkey_text(&l, THE_LOG), vkey_text(&l, REGISTRAR), buf_str(&text)),
               THE_LOG);
    bad(REASON_GENESIS, 0);
    buf_free(&text);
}

static void a_genesis_signed_by_another_key_is_found(void **state)
{
    (void)state;
    start_with(log_members(&l, KIND_GENESIS), REGISTRAR);
    bad(REASON_SIGNATURE, 0);
}

static void a_genesis_with_a_bad_signature_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_free(&l);
    log_keys(&l);
    log_note(&note, &l, &BY(THE_LOG, KIND_GENESIS));
    note.p[30] ^= 1; /* a digit of `at` */
    log_add_note(&l, buf_span(&note));
    bad(REASON_SIGNATURE, 0);
    buf_free(&note);
}

static void a_log_that_begins_with_another_record_is_found(void **state)
{
    (void)state;
    log_free(&l);
    log_keys(&l);
    log_add(&l, BY(REGISTRAR, KIND_ENROLL,
                   .under = text_of("{\"entry\":0,\"hash\":\"%s\"}",
                                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
    bad(REASON_GENESIS, 0);
}

static void a_second_genesis_is_found(void **state)
{
    (void)state;
    bad(REASON_GENESIS, log_add(&l, BY(THE_LOG, KIND_GENESIS)));
}

static void a_genesis_too_far_from_its_time_is_found(void **state)
{
    (void)state;
    log_free(&l);
    log_keys(&l);
    log_add(&l, BY(THE_LOG, KIND_GENESIS, .at = l.now - 600001));
    bad(REASON_SKEW, 0);
}

static void another_genesis_than_the_pinned_one_is_found(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .has_pin = true,
                                 .pin = l.leaf[0],
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    struct judge *j = judge_new(&setup);
    judge_entry(j, 0, &l.leaf[0], buf_span(&l.entry[0]));
    judge_entry(j, 1, &l.leaf[1], buf_span(&l.entry[1])); /* which nobody pinned */
    judge_unreadable(j, 2, &l.leaf[2]);
    expect_none(&found);
    judge_free(j);
    setup.pin.b[31] ^= 1;
    j = judge_new(&setup);
    judge_entry(j, 0, &l.leaf[0], buf_span(&l.entry[0]));
    expect_only(&found, REASON_GENESIS_PIN, VERDICT_BAD, 0);
    judge_free(j);
    found.n = 0;
    j = judge_new(&setup);
    judge_unreadable(j, 0, &l.leaf[0]);
    expect_only(&found, REASON_GENESIS_PIN, VERDICT_BAD, 0);
    judge_free(j);
}

/* A genesis that cannot be read leaves everything undecided, not bad. */
static void a_genesis_of_a_later_version_leaves_all_undecided(void **state)
{
    struct log copy;
    (void)state;
    log_copy(&copy, &l, 0);
    log_add_note(&copy, span_str("bitacora/v2 genesis\nwhatever\n"));
    copy.now += 80000000; /* far from any record's `at`: a skew that nobody knows */
    for (size_t i = 1; i < l.n; i++) {
        struct entry e;
        struct refusal why;
        assert_int_equal(entry_parse(&e, buf_span(&l.entry[i]), &why), 0);
        log_add_note(&copy, e.note);
    }
    struct run *r = run_log(&copy);
    assert_true(found_at(&r->found, REASON_VERSION, 0));
    for (size_t i = 0; i < r->found.n; i++) /* references carry hashes, and are judged */
        assert_true(r->found.f[i].verdict == VERDICT_UNDECIDED ||
                    r->found.f[i].why.reason == REASON_REF_HASH);
    run_free(r);
    log_free(&copy);
}

/* ---- signers ------------------------------------------------------------------------------- */

static void a_key_that_is_not_enrolled_is_found(void **state)
{
    (void)state;
    bad(REASON_KEY_UNKNOWN, log_add(&l, BY(STRANGER, KIND_ERASURE, .under = log_ref(&l, 1))));
}

static void the_log_s_own_key_signs_no_other_record(void **state)
{
    (void)state;
    bad(REASON_KEY_UNKNOWN, log_add(&l, BY(THE_LOG, KIND_ERASURE, .under = log_ref(&l, 0))));
}

/* Signed by a key that is enrolled only later. */
static void a_key_that_is_not_enrolled_yet_is_found(void **state)
{
    (void)state;
    uint64_t at = log_add(&l, BY(STRANGER, KIND_ERASURE, .under = log_ref(&l, 1)));
    log_enroll(&l, STRANGER, "judge", "");
    bad(REASON_KEY_UNKNOWN, at);
}

static void an_altered_record_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    uint8_t *digit = memmem(note.p, note.n, "7000-8000", 9);
    *digit = '6';
    bad(REASON_SIGNATURE, log_add_note(&l, buf_span(&note)));
    buf_free(&note);
}

/* The right name and id, and a signature by somebody else. */
static void a_signature_by_another_key_is_found(void **state)
{
    struct signer judge = l.who[JUDGE];
    (void)state;
    memcpy(l.who[JUDGE].key.secret, l.who[STRANGER].key.secret, 64);
    uint64_t at = log_add(&l, BY(JUDGE, KIND_ERASURE));
    l.who[JUDGE] = judge;
    bad(REASON_SIGNATURE, at);
}

/* Nor does a name and id that are enrolled elsewhere than `under` says. */
static void an_altered_record_under_another_entry_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE, .under = log_ref(&l, 2)));
    *(uint8_t *)memmem(note.p, note.n, "7000-8000", 9) = '6';
    bad(REASON_SIGNATURE, log_add_note(&l, buf_span(&note)));
    buf_free(&note);
}

static void under_another_entry_is_found(void **state)
{
    (void)state;
    bad(REASON_UNDER, log_add(&l, BY(JUDGE, KIND_ERASURE, .under = log_ref(&l, 2))));
}

static void under_with_another_hash_is_found(void **state)
{
    struct log other;
    (void)state;
    log_start(&other, ",\"skew\":601"); /* the same names at the same places, another log */
    uint64_t at = log_add(&l, BY(JUDGE, KIND_ERASURE, .under = log_ref(&other, 1)));
    bad(REASON_UNDER, at);
    log_free(&other);
}

static void under_the_right_hash_at_another_index_is_found(void **state)
{
    const char *hash = strchr(log_ref(&l, 1), ',');
    (void)state;
    bad(REASON_UNDER,
        log_add(&l, BY(JUDGE, KIND_ERASURE, .under = text_of("{\"entry\":2%s", hash))));
}

static void an_enrolment_not_in_force_yet_is_found(void **state)
{
    (void)state;
    log_enroll(&l, STRANGER, "judge", ",\"from\":\"2026-11-21T16:00:12.000Z\"");
    uint64_t at = log_add(&l, BY(STRANGER, KIND_ERASURE)); /* 16:00:10 */
    l.now += 1000;
    log_add(&l, BY(STRANGER, KIND_ERASURE)); /* 16:00:12 */
    bad(REASON_NOT_YET, at);
}

static void an_enrolment_that_ended_is_found(void **state)
{
    (void)state;
    log_enroll(&l, STRANGER, "judge", ",\"until\":\"2026-11-21T16:00:11.000Z\"");
    log_add(&l, BY(STRANGER, KIND_ERASURE));                      /* 16:00:10 */
    bad(REASON_EXPIRED, log_add(&l, BY(STRANGER, KIND_ERASURE))); /* 16:00:11 */
}

static void a_revoked_key_is_found(void **state)
{
    (void)state;
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    uint64_t revoke = log_add(&l, BY(REGISTRAR, KIND_REVOKE));
    uint64_t at = log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    struct run *r = run_log(&l);
    expect_only(&r->found, REASON_REVOKED, VERDICT_BAD, at);
    assert_int_equal(r->found.f[0].related, revoke);
    run_free(r);
}

static void what_a_revoked_registrar_enrolled_stands(void **state)
{
    (void)state;
    log_enroll(&l, STRANGER, "judge", "");
    log_add(&l, BY(REGISTRAR2, KIND_REVOKE,
                   .members = text_of("\"vkey\":\"%s\",\"reason\":\"key_compromise\"",
                                      vkey_text(&l, REGISTRAR))));
    log_add(&l, BY(STRANGER, KIND_ERASURE));
    nothing();
    uint64_t at = log_enroll(&l, STRANGER2, "judge", "");
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
            log_copy(&copy, &l, l.n);
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

/* ---- what the log signs itself ------------------------------------------------------------- */

/* What comes of one more entry, which is then gone again. */
static void bad_next(enum reason reason, struct draft d)
{
    struct log copy;
    log_copy(&copy, &l, l.n);
    uint64_t at = log_add(&copy, d);
    struct run *r = run_log(&copy);
    expect_only(&r->found, reason, VERDICT_BAD, at);
    run_free(r);
    log_free(&copy);
}

static const char *anchored(uint64_t index)
{
    return text_of("\"checkpoint\":{\"size\":1,\"root\":\"" ZEROES "\"},\"index\":%s",
                   log_ref(&l, index));
}

static void the_logs_own_key_acts_under_entry_0(void **state)
{
    static const char id[] = "00000000-0000-7000-9000-000000000001";
    (void)state;
    uint64_t index = log_add(&l, BY(THE_LOG, KIND_INDEX, .id = id));
    log_add(&l, BY(AUDITOR, KIND_ANCHOR, .members = anchored(index)));
    log_add(&l, BY(THE_LOG, KIND_ACCESS));
    nothing();
    bad_next(REASON_UNDER, BY(THE_LOG, KIND_ACCESS, .under = log_ref(&l, 1)));
    bad_next(REASON_SKEW, BY(THE_LOG, KIND_ACCESS, .at = l.now - 600001));
    bad_next(REASON_ID_USED, BY(THE_LOG, KIND_ACCESS, .id = id));
    bad_next(REASON_REF_KIND, BY(AUDITOR, KIND_ANCHOR, .members = anchored(1)));
}

static enum lookup unknown_entry(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    (void)index;
    (void)out;
    return LOOKUP_UNKNOWN;
}

/* A key that the policy names for the log signs for it, also where a registrar enrolled it. */
static void a_key_of_the_log_that_is_enrolled_signs_for_the_log(void **state)
{
    struct found found = { .n = 0 };
    const struct log_keys keys = { .n = 1, .key = { &l.who[JUDGE].key.vkey } };
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .keys = &keys,
                                 .partial = true,
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    const uint64_t carried[] = { 0, 1,
                                 log_add(&l, BY(JUDGE, KIND_ACCESS, .under = log_ref(&l, 0))) };
    struct judge *j = judge_new(&setup);
    for (size_t i = 0; i < 3; i++)
        judge_entry(j, carried[i], &l.leaf[carried[i]], buf_span(&l.entry[carried[i]]));
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
    for (size_t i = 0; i < l.n; i++)
        judge_entry(j, i, &l.leaf[i], buf_span(&l.entry[i]));
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
    const struct vkey *first = &l.who[THE_LOG].key.vkey, *today = &skey.vkey;
    const struct log_keys both = { .n = 2, .key = { today, first } },
                          one = { .n = 1, .key = { today } };
    log_add(&l, BY(THE_LOG, KIND_ACCESS));
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
    log_note(&note, &l, &BY(THE_LOG, KIND_ACCESS));
    uint8_t *count = memmem(note.p, note.n, "\"count\":0", 9);
    count[8] = '1';
    bad(REASON_SIGNATURE, log_add_note(&l, buf_span(&note)));
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
    log_add(&l, BY(THE_LOG, KIND_INDEX, .members = covering(1, l.n - 1)));
    nothing();
    bad_next(REASON_REF_LATER, BY(THE_LOG, KIND_INDEX, .members = covering(1, l.n)));
    bad_next(REASON_REF_LATER,
             BY(THE_LOG, KIND_INDEX, .members = covering(INTEGER_MAX, INTEGER_MAX)));
}

/* Members of an index: for each table two digits, how many entries it covers and how many rows it
 * has. All roots are of zeroes. */
static const char *tables_of(const char *digits)
{
    const char *text = "\"version\":1,\"tables\":[";
    for (const char *at = digits; *at != 0; at += 2)
        text = text_of("%s%s{\"entries\":%c,\"rows\":%c,\"root\":\"" ZEROES "\"}", text,
                       at == digits ? "" : ",", at[0], at[1]);
    return text_of("%s]", text);
}

#define INDEX(digits) BY(THE_LOG, KIND_INDEX, .members = tables_of(digits))

static void an_index_goes_on_from_the_one_before(void **state)
{
    (void)state;
    log_add(&l, INDEX("3020"));
    nothing();
    bad_next(REASON_INDEX_AGAIN, INDEX("3020"));
    bad_next(REASON_INDEX_AGAIN, INDEX("40"));
    bad_next(REASON_INDEX_BOUNDS, INDEX("2040"));
    bad_next(REASON_INDEX_CHANGED, INDEX("302110"));
    bad_next(REASON_INDEX_UNKEYED,
             BY(THE_LOG, KIND_INDEX,
                .members = "\"version\":1,\"tables\":[{\"entries\":6,\"rows\":1,\"unkeyed\":2,"
                           "\"root\":\"" ZEROES "\"}]"));
    log_add(&l, INDEX("302020"));
    log_add(&l, INDEX("3050"));
    log_add(&l, INDEX("90"));
    nothing();
}

/* Held against the last one that took effect, whatever stands between. */
static void an_index_that_is_bad_takes_no_effect(void **state)
{
    struct run *r;
    (void)state;
    uint64_t first = log_add(&l, INDEX("3020"));
    uint64_t later = log_add(&l, INDEX("9090")), role = log_add(&l, BY(JUDGE, KIND_INDEX));
    uint64_t bounds = log_add(&l, INDEX("2050"));
    log_add(&l,
            BY(THE_LOG, KIND_INDEX,
               .members = "\"version\":2,\"tables\":[{\"entries\":9,\"rows\":0,\"root\":\"" ZEROES
                          "\"}]"));
    uint64_t last = log_add(&l, INDEX("3030"));
    r = run_log(&l);
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
    struct run *r = run_log(&l);
    (void)state;
    assert_int_equal(judge_cover(r->judge)->entry, NO_ENTRY);
    run_free(r);
}

/* Those that are carried, with whatever is left out between. */
static void carried_indexes_are_held_against_each_other(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .partial = true,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    uint64_t first = log_add(&l, INDEX("3020"));
    log_add(&l, INDEX("302020"));
    uint64_t bad_one = log_add(&l, INDEX("302130"));
    const uint64_t carried[] = { 0, first, bad_one };
    struct judge *j = judge_new(&setup);
    for (size_t i = 0; i < COUNT(carried); i++)
        judge_entry(j, carried[i], &l.leaf[carried[i]], buf_span(&l.entry[carried[i]]));
    expect_only(&found, REASON_INDEX_CHANGED, VERDICT_BAD, bad_one);
    assert_int_equal(found.f[0].related, first);
    judge_free(j);
}

/* The finding is about the freeze, once, however much follows. */
static void nothing_follows_a_freeze(void **state)
{
    (void)state;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    nothing();
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_FROZEN, end);
    log_add(&l, BY(THE_LOG, KIND_FREEZE));
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_FROZEN, end);
}

static const char *succeeded_by(const char *origin, enum who who)
{
    return text_of("\"successor\":{\"origin\":\"%s\",\"vkey\":\"%s\"}", origin, vkey_text(&l, who));
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
    vkey_make(&witness, span_str("a.example.mx"), KEY_COSIGNATURE, l.who[STRANGER].key.vkey.key);
    vkey_format(&text, &witness);
    bad_next(REASON_SUCCESSOR,
             BY(THE_LOG, KIND_FREEZE,
                .members = text_of("\"successor\":{\"origin\":\"a.example.mx\",\"vkey\":\"%s\"}",
                                   buf_str(&text))));
    static const uint8_t zeros[PUBLIC_KEY_BYTES];
    for (int how = 0; how < 2; how++) { /* no point of the curve; another id than its own */
        buf_clear(&text);
        vkey_make(&witness, span_str("a.example.mx"), KEY_NOTE,
                  how == 0 ? zeros : l.who[STRANGER].key.vkey.key);
        witness.id ^= (uint32_t)how;
        vkey_format(&text, &witness);
        bad_next(
            REASON_SUCCESSOR,
            BY(THE_LOG, KIND_FREEZE,
               .members = text_of("\"successor\":{\"origin\":\"a.example.mx\",\"vkey\":\"%s\"}",
                                  buf_str(&text))));
    }
    buf_free(&text);
    uint64_t at = log_add(&l, BY(REGISTRAR, KIND_FREEZE));
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_ROLE, at);
}

/* A run that begins behind the freeze knows of it from the state. */
static void a_later_run_knows_of_the_freeze(void **state)
{
    struct files f;
    struct hash root;
    (void)state;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    files_make(&f, &l, l.n);
    log_root(&l, l.n, &root);
    struct run *before = run_replay(&l, &f, l.n, &root, false);
    expect_none(&before->found);
    files_free(&f);
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    files_make(&f, &l, l.n);
    struct run *after = run_on(before, &l, &f, l.n);
    expect_only(&after->found, REASON_FROZEN, VERDICT_BAD, end);
    run_free(before);
    run_free(after);
    files_free(&f);
}

/* Goes on after the first n entries, which were judged in an earlier run; of these `none` could not
 * be read. */
static void go_on_behind(struct found *found, size_t n, uint64_t none)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .keep = true,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *before = judge_new(&setup), *after = judge_new(&setup);
    for (size_t i = 0; i < n; i++)
        if (i == none)
            judge_unreadable(before, i, &l.leaf[i]);
        else
            judge_entry(before, i, &l.leaf[i], buf_span(&l.entry[i]));
    json_t *state = judge_export(before);
    assert_int_equal(judge_import(after, state), 0);
    found->n = 0;
    for (size_t i = n; i < l.n; i++)
        judge_entry(after, i, &l.leaf[i], buf_span(&l.entry[i]));
    json_decref(state);
    judge_free(before);
    judge_free(after);
}

/* What was told of a freeze stands with the state's findings, and is not told again. */
static void a_freeze_is_told_of_once_in_all_runs(void **state)
{
    static struct found found;
    (void)state;
    size_t before = l.n;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
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
        skey_from_seed(&l.who[who[i]].key, span_str("nadie.example.mx/x"), KEY_NOTE, seed);
        assert_int_equal(l.who[who[i]].key.vkey.id, 0x01363865);
        l.who[who[i]].entry = log_add(
            &l,
            BY(REGISTRAR, KIND_ENROLL,
               .members = text_of(
                   "\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":\"a\",\"level\":\"federal\","
                   "\"name\":\"nadie.example.mx/x\"",
                   vkey_text(&l, who[i]))));
    }
    log_add(&l, BY(STRANGER, KIND_ERASURE));
    log_add(&l, BY(STRANGER2, KIND_ERASURE));
    nothing();
    bad(REASON_UNDER,
        log_add(&l, BY(STRANGER, KIND_ERASURE, .under = log_ref(&l, l.who[STRANGER2].entry))));
}

/* ---- what a record states of its signer ---------------------------------------------------- */

static const char *request_of(const char *authority, const char *level)
{
    return text_of(
        "\"authority\":\"%s\",\"function\":\"prosecution\",\"level\":\"%s\",\"holder\":"
        "\"x\",\"source\":\"other\",\"categories\":[\"bank\"],\"basis\":\"b\",\"purpose\""
        ":{\"code\":\"other\"},\"persons\":1",
        authority, level);
}

static void a_request_in_another_s_name_is_found(void **state)
{
    (void)state;
    bad(REASON_AUTHORITY,
        log_add(&l, BY(REQUESTER, KIND_REQUEST, .members = request_of("mx.other", "federal"))));
}

static void a_request_of_another_level_is_found(void **state)
{
    (void)state;
    bad(REASON_LEVEL,
        log_add(&l, BY(REQUESTER, KIND_REQUEST, .members = request_of("mx.requester", "state"))));
}

static void a_response_for_another_holder_is_found(void **state)
{
    (void)state;
    bad(REASON_HOLDER,
        log_add(&l, BY(HOLDER, KIND_RESPONSE,
                       .members = "\"holder\":\"mx.other\",\"outcome\":\"full\",\"received_at\":"
                                  "\"2026-11-21T16:00:00.000Z\"")));
}

/* ---- enrolments ---------------------------------------------------------------------------- */

static uint64_t enroll_vkey(const char *vkey, const char *name, const char *more)
{
    return log_add(&l, BY(REGISTRAR, KIND_ENROLL,
                          .members = text_of("\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":"
                                             "\"mx.x\",\"level\":\"federal\",\"name\":"
                                             "\"%s\"%s",
                                             vkey, name, more)));
}

static const char *vkey_of(const char *name, enum key_type type, const uint8_t *key)
{
    struct vkey k;
    struct buf text = { 0 };
    vkey_make(&k, span_str(name), type, key);
    vkey_format(&text, &k);
    const char *out = text_of("%s", buf_str(&text));
    buf_free(&text);
    return out;
}

static void an_unusable_vkey_is_found(void **state)
{
    static const uint8_t small_order[32] = { 1 };
    const uint8_t *key = l.who[STRANGER].key.vkey.key;
    const char *const cases[][2] = {
        { "nonsense", "nonsense" },
        { vkey_of("evil", KEY_NOTE, small_order), "evil" },
        { vkey_of("witness", KEY_COSIGNATURE, key), "witness" },
        { vkey_of("Upper", KEY_NOTE, key), "Upper" },
        { text_of("%s ", vkey_text(&l, STRANGER)), l.who[STRANGER].key.vkey.name },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        stop(NULL);
        start(NULL);
        bad(REASON_VKEY, enroll_vkey(cases[i][0], cases[i][1], ""));
    }
}

static struct finding only_finding(void)
{
    struct run *r = run_log(&l);
    assert_int_equal(r->found.n, 1);
    struct finding f = r->found.f[0];
    run_free(r);
    return f;
}

static void what_is_wrong_with_a_vkey_is_said(void **state)
{
    const uint8_t *key = l.who[STRANGER].key.vkey.key;
    (void)state;
    enroll_vkey(vkey_of("witness", KEY_COSIGNATURE, key), "witness", "");
    assert_string_equal(only_finding().why.subject, "type is not 0x01");
    stop(NULL);
    start(NULL);
    enroll_vkey(vkey_of("Upper", KEY_NOTE, key), "Upper", "");
    assert_string_equal(only_finding().why.subject, "bad name");
}

static void enrolling_the_log_s_key_is_found(void **state)
{
    (void)state;
    bad(REASON_VKEY_LOG,
        enroll_vkey(vkey_of("otro", KEY_NOTE, l.who[THE_LOG].key.vkey.key), "otro", ""));
}

static void enrolling_a_key_again_is_found(void **state)
{
    (void)state;
    uint64_t at = enroll_vkey(vkey_of("otro", KEY_NOTE, l.who[JUDGE].key.vkey.key), "otro", "");
    struct run *r = run_log(&l);
    expect_only(&r->found, REASON_VKEY_AGAIN, VERDICT_BAD, at);
    assert_int_equal(r->found.f[0].related, 1);
    run_free(r);
}

static void enrolling_a_registrar_of_genesis_is_found(void **state)
{
    (void)state;
    bad(REASON_VKEY_AGAIN, log_enroll(&l, REGISTRAR2, "judge", ""));
}

static void enrolling_a_revoked_key_again_is_found(void **state)
{
    (void)state;
    log_add(&l, BY(REGISTRAR, KIND_REVOKE));
    bad(REASON_VKEY_AGAIN, log_enroll(&l, AUDITOR, "auditor", ""));
}

static void another_name_than_the_key_s_is_found(void **state)
{
    (void)state;
    bad(REASON_NAME, enroll_vkey(vkey_text(&l, STRANGER), "nadie.example.mx/y", ""));
}

static const char *possession(const char *text, enum who who)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct buf b = { 0 };
    skey_sign(signature, &l.who[who].key, span_str(text));
    buf_adds(&b, ",\"proof\":\"");
    buf_add_base64(&b, signature, sizeof signature);
    buf_adds(&b, "\"");
    const char *out = text_of("%s", buf_str(&b));
    buf_free(&b);
    return out;
}

static void a_wrong_proof_of_possession_is_found(void **state)
{
    const char *vkey = vkey_text(&l, STRANGER);
    const char *right = text_of("bitacora/v1 possession\n" ORIGIN "\n%s\n", vkey);
    (void)state;
    log_enroll(&l, STRANGER, "judge", possession(right, STRANGER));
    nothing();
    stop(NULL);
    start(NULL);
    bad(REASON_POSSESSION, log_enroll(&l, STRANGER, "judge", possession(right, STRANGER2)));
    stop(NULL);
    start(NULL);
    bad(REASON_POSSESSION,
        log_enroll(&l, STRANGER, "judge",
                   possession(text_of("bitacora/v1 possession\nother.mx\n%s\n", vkey), STRANGER)));
}

/* A refused enrolment enrols nobody. */
static void a_bad_enrolment_has_no_effect(void **state)
{
    (void)state;
    uint64_t at = enroll_vkey(vkey_text(&l, STRANGER), "nadie.example.mx/y", "");
    l.who[STRANGER].entry = at;
    uint64_t act = log_add(&l, BY(STRANGER, KIND_ERASURE));
    struct run *r = run_log(&l);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_NAME, at));
    assert_true(found_at(&r->found, REASON_KEY_UNKNOWN, act));
    run_free(r);
}

/* ---- revocations --------------------------------------------------------------------------- */

static uint64_t revoke(enum who by, const char *vkey)
{
    return log_add(
        &l, BY(by, KIND_REVOKE, .members = text_of("\"vkey\":\"%s\",\"reason\":\"other\"", vkey)));
}

static void revoking_an_unknown_key_is_found(void **state)
{
    (void)state;
    bad(REASON_REVOKE_UNKNOWN, revoke(REGISTRAR, vkey_text(&l, STRANGER)));
}

/* An entry that cannot be read may have enrolled it. */
static void behind_an_undecided_entry_no_key_is_unknown(void **state)
{
    (void)state;
    uint64_t later = log_add_note(&l, span_str("bitacora/v2 enroll\nwhatever\n"));
    revoke(REGISTRAR, vkey_text(&l, STRANGER));
    only(REASON_VERSION, VERDICT_UNDECIDED, later);
}

static void revoking_a_key_under_another_name_is_found(void **state)
{
    (void)state;
    bad(REASON_REVOKE_UNKNOWN,
        revoke(REGISTRAR, vkey_of("otro", KEY_NOTE, l.who[JUDGE].key.vkey.key)));
}

/* What speaks against it is the enrolment of that key. */
static void revoking_under_another_name_names_the_enrolment(void **state)
{
    (void)state;
    revoke(REGISTRAR, vkey_of("otro", KEY_NOTE, l.who[JUDGE].key.vkey.key));
    assert_true(only_finding().related == l.who[JUDGE].entry);
    stop(NULL);
    start(NULL);
    revoke(REGISTRAR, vkey_text(&l, STRANGER));
    assert_true(only_finding().related == NO_ENTRY);
}

static void revoking_nonsense_is_found(void **state)
{
    (void)state;
    bad(REASON_VKEY, revoke(REGISTRAR, "nonsense"));
}

static void revoking_twice_is_found(void **state)
{
    (void)state;
    uint64_t first = revoke(REGISTRAR, vkey_text(&l, JUDGE));
    uint64_t at = revoke(REGISTRAR2, vkey_text(&l, JUDGE));
    struct run *r = run_log(&l);
    expect_only(&r->found, REASON_REVOKE_AGAIN, VERDICT_BAD, at);
    assert_int_equal(r->found.f[0].related, first);
    run_free(r);
}

/* Nor can the last registrar go, as only he could revoke himself. */
static void a_registrar_revoking_himself_is_found(void **state)
{
    (void)state;
    revoke(REGISTRAR, vkey_text(&l, REGISTRAR2));
    bad(REASON_REVOKE_SELF, revoke(REGISTRAR, vkey_text(&l, REGISTRAR)));
}

static void a_bad_revocation_has_no_effect(void **state)
{
    (void)state;
    uint64_t at = revoke(JUDGE, vkey_text(&l, AUDITOR));
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_ROLE, at);
}

/* ---- references ---------------------------------------------------------------------------- */

static uint64_t product_of(const char *refs)
{
    return log_add(&l, BY(REQUESTER, KIND_PRODUCT,
                          .members = text_of("\"requests\":[%s],\"class\":\"other\"", refs)));
}

static void a_reference_to_a_later_entry_is_found(void **state)
{
    const char *hash = strchr(log_ref(&l, 7), ',');
    (void)state;
    uint64_t at = product_of(text_of("{\"entry\":%zu%s", l.n + 1, hash));
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    bad(REASON_REF_LATER, at);
}

static void a_reference_to_itself_is_found(void **state)
{
    const char *hash = strchr(log_ref(&l, 7), ',');
    (void)state;
    bad(REASON_REF_LATER, product_of(text_of("{\"entry\":%zu%s", l.n, hash)));
}

static void a_reference_by_another_hash_is_found(void **state)
{
    const char *hash = strchr(log_ref(&l, 6), ',');
    (void)state;
    bad(REASON_REF_HASH, product_of(text_of("{\"entry\":7%s", hash)));
}

static void a_reference_of_the_wrong_kind_is_found(void **state)
{
    (void)state;
    bad(REASON_REF_KIND, product_of(log_ref(&l, l.warrant)));
}

static void the_second_of_several_references_is_judged(void **state)
{
    (void)state;
    bad(REASON_REF_KIND,
        product_of(text_of("%s,%s", log_ref(&l, l.request), log_ref(&l, l.warrant))));
}

/* Each kind with a reference, and the kind of entry that it may point at. */
static const struct {
    enum who who;
    enum kind kind, target;
    const char *members; /* %s is the reference */
} referring[] = {
    { JUDGE, KIND_EXTENSION, KIND_WARRANT,
      "\"warrant\":%s,\"until\":\"2026-11-21T16:00:00.000Z\"" },
    { JUDGE, KIND_RATIFICATION, KIND_REQUEST, "\"request\":%s,\"result\":\"total\"" },
    { JUDGE, KIND_DEFERRAL, KIND_REQUEST,
      "\"request\":%s,\"until\":\"2026-11-21T16:00:00.000Z\",\"reason\":\"other\"" },
    { REQUESTER, KIND_JUDICIAL_NOTICE, KIND_REQUEST,
      "\"request\":%s,\"fulfilled_at\":\"2026-11-21T16:00:00.000Z\",\"notified_at\":"
      "\"2026-11-21T16:00:00.000Z\"" },
    { REQUESTER, KIND_TRANSFER, KIND_REQUEST,
      "\"requests\":[%s],\"recipient\":{\"country\":\"US\",\"authority\":\"us.x\"}" },
    { REQUESTER, KIND_CLOSING, KIND_WARRANT,
      "\"warrant\":%s,\"executed\":{\"from\":\"2026-11-21T16:00:00.000Z\",\"until\":"
      "\"2026-11-22T16:00:00.000Z\"}" },
    { REQUESTER, KIND_DESTRUCTION, KIND_REQUEST, "\"requests\":[%s]" },
    { REQUESTER, KIND_NOTICE, KIND_REQUEST,
      "\"request\":%s,\"delivered_at\":\"2026-11-21T16:00:00.000Z\",\"means\":\"other\"" },
    { HOLDER, KIND_RESPONSE, KIND_REQUEST,
      "\"request\":%s,\"holder\":\"mx.holder\",\"outcome\":\"full\",\"received_at\":"
      "\"2026-11-21T16:00:00.000Z\"" },
    { OVERSIGHT, KIND_CORRECTION, KIND_ANY, "\"about\":%s,\"cause\":\"other\"" },
    { OVERSIGHT, KIND_CORRECTION, KIND_ENROLL,
      "\"about\":{\"entry\":0,\"hash\":\"$\"},\"cause\":\"other\",\"note\":{\"commit\":\"$\","
      "\"sealed\":\"$\",\"to\":%s}" },
    { JUDGE, KIND_WARRANT, KIND_ENROLL,
      "\"ref\":\"2\",\"matter\":\"m\",\"used_by\":[\"u\"],\"categories\":[\"c\"],\"window\":{"
      "\"from\":\"2026-11-21T16:00:00.000Z\",\"until\":\"2026-11-22T16:00:00.000Z\"},"
      "\"subjects\":[{\"type\":\"t\",\"commit\":\"$\",\"sealed\":\"$\",\"to\":%s}]" },
};

/* Whether a reference of that row, pointed at entry `to`, is judged as it must be. */
static void expect_reference(size_t i, uint64_t to, const char *root)
{
    static const enum kind kinds[] = { KIND_GENESIS, KIND_ENROLL,  KIND_ENROLL,
                                       KIND_ENROLL,  KIND_ENROLL,  KIND_ENROLL,
                                       KIND_WARRANT, KIND_REQUEST, KIND_RESPONSE };
    struct buf format = { 0 };
    struct log copy;
    for (const char *c = referring[i].members; *c != 0; c++)
        buf_add(&format, *c == '$' ? root : c, *c == '$' ? 44 : 1);
    char *slot = strstr(buf_str(&format), "%s");
    const char *members = text_of("%.*s%s%s", (int)(slot - (char *)format.p), buf_str(&format),
                                  log_ref(&l, to), slot + 2);
    log_copy(&copy, &l, l.n);
    uint64_t at = log_add(&copy, BY(referring[i].who, referring[i].kind, .members = members));
    struct run *r = run_log(&copy);
    if (referring[i].target == KIND_ANY || referring[i].target == kinds[to])
        expect_none(&r->found);
    else
        expect_only(&r->found, REASON_REF_KIND, VERDICT_BAD, at);
    run_free(r);
    log_free(&copy);
    buf_free(&format);
}

/* Pointed at an entry of every other kind. */
static void every_reference_has_its_kind(void **state)
{
    char root[45] = { 0 };
    (void)state;
    const char *zero = strstr(log_ref(&l, 0), "hash") + 7;
    memcpy(root, zero, 44);
    for (size_t i = 0; i < COUNT(referring); i++)
        for (uint64_t to = 0; to < 9; to++)
            expect_reference(i, to, root);
}

/* `warrant` of a request is a reference only where it has {entry, hash}. */
static void a_bare_warrant_ref_is_not_judged(void **state)
{
    const char *whole = strchr(log_ref(&l, l.warrant), '{') + 1;
    const char *of_request = strchr(log_ref(&l, l.request), '{') + 1;
    (void)state;
    log_add(&l, BY(REQUESTER, KIND_REQUEST,
                   .members = text_of("%s,\"warrant\":{\"ref\":\"no such\"}",
                                      request_of("mx.requester", "federal"))));
    log_add(&l, BY(REQUESTER, KIND_REQUEST,
                   .members = text_of("%s,\"warrant\":{\"ref\":\"1/2026\",%s",
                                      request_of("mx.requester", "federal"), whole)));
    nothing();
    bad(REASON_REF_KIND,
        log_add(&l, BY(REQUESTER, KIND_REQUEST,
                       .members = text_of("%s,\"warrant\":{\"ref\":\"1\",%s",
                                          request_of("mx.requester", "federal"), of_request))));
}

/* Whatever exists may be written about, malformed or not. */
static void anything_can_be_corrected(void **state)
{
    (void)state;
    uint64_t odd = log_add_note(&l, span_str("hello\n"));
    uint64_t later = log_add_note(&l, span_str("bitacora/v3 x\n"));
    const uint64_t to[] = { odd, later, 0, 8 };
    for (size_t i = 0; i < COUNT(to); i++)
        log_add(&l, BY(OVERSIGHT, KIND_CORRECTION,
                       .members = text_of("\"about\":%s,\"cause\":\"other\"", log_ref(&l, to[i]))));
    struct run *r = run_log(&l);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_RECORD_FORM, odd));
    assert_true(found_at(&r->found, REASON_VERSION, later));
    run_free(r);
}

static void a_reference_to_a_malformed_entry_is_found(void **state)
{
    (void)state;
    uint64_t odd = log_add_note(&l, span_str("hello\n"));
    uint64_t at = product_of(log_ref(&l, odd));
    struct run *r = run_log(&l);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_REF_KIND, at));
    run_free(r);
}

static void a_reference_to_an_undecided_entry_is_undecided(void **state)
{
    (void)state;
    uint64_t later = log_add_note(&l, span_str("bitacora/v3 x\n"));
    uint64_t at = product_of(log_ref(&l, later));
    uint64_t both = product_of(text_of("%s,%s", log_ref(&l, later), log_ref(&l, l.warrant)));
    uint64_t turned = product_of(text_of("%s,%s", log_ref(&l, l.warrant), log_ref(&l, later)));
    uint64_t hash =
        product_of(text_of("{\"entry\":7%s,%s", strchr(log_ref(&l, 6), ','), log_ref(&l, later)));
    uint64_t beyond =
        product_of(text_of("{\"entry\":900%s,%s", strchr(log_ref(&l, 6), ','), log_ref(&l, later)));
    struct run *r = run_log(&l);
    assert_int_equal(r->found.n, 6);
    assert_true(found_at(&r->found, REASON_REF_HASH, hash));
    assert_true(found_at(&r->found, REASON_REF_LATER, beyond));
    assert_true(found_at(&r->found, REASON_UNKNOWN_BASIS, at));
    assert_true(found_at(&r->found, REASON_REF_KIND, both)); /* bad outranks undecided */
    assert_true(found_at(&r->found, REASON_REF_KIND, turned));
    assert_int_equal(r->found.f[1].verdict, VERDICT_UNDECIDED);
    assert_int_equal(r->found.f[2].verdict, VERDICT_BAD);
    assert_int_equal(r->found.f[3].verdict, VERDICT_BAD);
    run_free(r);
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
        stop(NULL);
        start(NULL);
        uint64_t at = log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now + cases[i].off));
        if (cases[i].good)
            nothing();
        else
            bad(REASON_SKEW, at);
    }
}

static void genesis_says_what_skew_is(void **state)
{
    (void)state;
    log_free(&l);
    log_start(&l, ",\"skew\":1");
    log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 1000));
    nothing();
    bad(REASON_SKEW, log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 1001)));
    log_free(&l);
    log_start(&l, ",\"skew\":86400");
    log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 86400000));
    nothing();
}

static void a_record_played_in_twice_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    uint64_t first = log_add_note(&l, buf_span(&note));
    uint64_t at = log_add_note(&l, buf_span(&note));
    struct run *r = run_log(&l);
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
        stop(NULL);
        start(NULL);
        log_add(&l, BY(JUDGE, KIND_ERASURE, .id = id));
        l.now += cases[i].later - 1000;
        uint64_t at = log_add(&l, BY(JUDGE, KIND_ERASURE, .id = id));
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
    log_add(&l, BY(JUDGE, KIND_ERASURE, .id = id));
    log_add(&l, BY(HOLDER, KIND_DESTRUCTION, .id = id));
    nothing();
}

/* ---- rewritten logs ------------------------------------------------------------------------ */

/* Entries of one log put into another with a fresh header each: index and link are right again. */
static void relink(struct log *out, const size_t *index, size_t n)
{
    log_copy(out, &l, 0);
    out->now = l.now - 1000 * (int64_t)l.n;
    for (size_t i = 0; i < n; i++) {
        struct entry e;
        struct refusal why;
        assert_int_equal(entry_parse(&e, buf_span(&l.entry[index[i]]), &why), 0);
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
    bad(REASON_UNDER, log_add_note(&l, e.note));
    log_free(&other);
}

/* ---- the questions on their own ------------------------------------------------------------ */

/* With only some entries at hand, what is not at hand accuses nobody. */
static void a_partial_judge_does_not_accuse_for_lack_of_entries(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = {
        .log = l.who[THE_LOG].key.vkey, .partial = true, .found = found_add, .found_ctx = &found
    };
    (void)state;
    revoke(REGISTRAR, vkey_text(&l, AUDITOR));
    struct judge *j = judge_new(&setup);
    judge_entry(j, 0, &l.leaf[0], buf_span(&l.entry[0]));
    judge_entry(j, l.n - 1, &l.leaf[l.n - 1], buf_span(&l.entry[l.n - 1]));
    expect_none(&found);
    judge_free(j);
}

/* The log's key is enrolled nowhere, whatever is at hand. */
static void a_partial_judge_knows_that_the_log_s_key_is_not_enrolled(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = {
        .log = l.who[THE_LOG].key.vkey, .partial = true, .found = found_add, .found_ctx = &found
    };
    (void)state;
    revoke(REGISTRAR, vkey_text(&l, THE_LOG));
    struct judge *j = judge_new(&setup);
    judge_entry(j, 0, &l.leaf[0], buf_span(&l.entry[0]));
    judge_entry(j, l.n - 1, &l.leaf[l.n - 1], buf_span(&l.entry[l.n - 1]));
    assert_int_equal(found.n, 1);
    assert_int_equal(found.f[0].why.reason, REASON_REVOKE_UNKNOWN);
    judge_free(j);
}

/* ---- what is not at hand --------------------------------------------------------------------- */

/* Judges what the log has from entry `from` on after genesis; none < l.n cannot be read. */
static void judge_some(struct found *found, uint64_t from, uint64_t none, uint64_t size,
                       bool partial)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .size = size,
                                 .partial = partial,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *j = judge_new(&setup);
    found->n = 0;
    for (size_t i = 0; i < l.n; i++)
        if (i == none)
            judge_unreadable(j, i, &l.leaf[i]);
        else if (i == 0 || i >= from)
            judge_entry(j, i, &l.leaf[i], buf_span(&l.entry[i]));
    judge_free(j);
}

/* The size alone convicts a log that ended, whatever of it is at hand. */
static void a_freeze_is_held_against_the_size(void **state)
{
    static struct found found;
    (void)state;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    judge_some(&found, end, NO_ENTRY, 0, true);
    expect_none(&found);
    judge_some(&found, end, NO_ENTRY, end + 1, true);
    expect_none(&found);
    judge_some(&found, end, NO_ENTRY, end + 2, true);
    expect_only(&found, REASON_FROZEN, VERDICT_BAD, end);
    uint64_t more = log_add(&l, BY(AUDITOR, KIND_ANCHOR, .members = "\"log\":\"a\""));
    judge_some(&found, 0, more, 0, false); /* nor need what follows be read */
    expect_only(&found, REASON_FROZEN, VERDICT_BAD, end);
}

/* Its leaf hash is known: the next entry must link to it. */
static void an_entry_that_cannot_be_read_is_linked_to(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    uint64_t gone = log_add(&l, BY(JUDGE, KIND_ERASURE));
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    judge_some(&found, 0, gone, 0, false);
    expect_none(&found);
    log_add(&l, BY(JUDGE, KIND_ERASURE)); /* gone, too */
    struct entry e = next_entry(&note);
    e.link.b[7] ^= 1;
    uint64_t at = log_add_entry(&l, &e);
    judge_some(&found, 0, at - 1, 0, false);
    expect_only(&found, REASON_LINK, VERDICT_BAD, at);
    buf_free(&note);
}

/* What is no entry has a leaf hash, too. */
static void a_malformed_entry_is_linked_to(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    uint64_t odd = log_add_bytes(&l, span_str("nothing"));
    struct entry e = next_entry(&note);
    e.link.b[7] ^= 1;
    uint64_t at = log_add_entry(&l, &e);
    judge_some(&found, 0, NO_ENTRY, 0, false);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.f[0].entry, odd);
    assert_true(found_at(&found, REASON_LINK, at));
    buf_free(&note);
}

/* The first entry of a log is held against no other time. */
static void a_log_may_be_of_any_time(void **state)
{
    static struct found found;
    (void)state;
    log_free(&l);
    log_keys(&l);
    l.now = INT64_C(-100000000000);
    log_add(&l, BY(THE_LOG, KIND_GENESIS));
    log_add(&l, BY(THE_LOG, KIND_ACCESS));
    judge_some(&found, 0, NO_ENTRY, 0, false);
    expect_none(&found);
}

/* It may have enrolled the key that is revoked. Where all could be read, nothing did. */
static void an_entry_that_cannot_be_read_may_have_enrolled(void **state)
{
    static struct found found;
    (void)state;
    uint64_t gone = log_enroll(&l, STRANGER, "judge", "");
    uint64_t at = revoke(REGISTRAR, vkey_text(&l, STRANGER));
    judge_some(&found, 0, gone, 0, false);
    expect_none(&found);
    judge_some(&found, 0, NO_ENTRY, 0, false);
    expect_none(&found);
    go_on_behind(&found, at, gone); /* nor does a later run accuse */
    expect_none(&found);
    at = revoke(REGISTRAR, vkey_text(&l, STRANGER2));
    judge_some(&found, 0, NO_ENTRY, 0, false);
    expect_only(&found, REASON_REVOKE_UNKNOWN, VERDICT_BAD, at);
}

/* What could be read, and is of no form, enrolled nobody: it excuses nothing. */
static void a_malformed_entry_has_enrolled_nobody(void **state)
{
    static struct found found;
    (void)state;
    uint64_t odd = log_add_note(&l, span_str("hello\n"));
    uint64_t at = revoke(REGISTRAR, vkey_text(&l, STRANGER));
    judge_some(&found, 0, NO_ENTRY, 0, false);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.f[0].entry, odd);
    assert_true(found_at(&found, REASON_REVOKE_UNKNOWN, at));
}

/* The kind that judge_entry() returns for the last entry, of which only genesis is known. */
static enum kind kind_alone(struct found *found)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .partial = true,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *j = judge_new(&setup);
    found->n = 0;
    judge_entry(j, 0, &l.leaf[0], buf_span(&l.entry[0]));
    enum kind kind = judge_entry(j, l.n - 1, &l.leaf[l.n - 1], buf_span(&l.entry[l.n - 1]));
    judge_free(j);
    return kind;
}

static void what_has_no_form_is_of_no_kind_or_undecided(void **state)
{
    static struct found found;
    (void)state;
    log_add_bytes(&l, span_str("bitacora/v2 entry\nwhatever it is\n"));
    assert_int_equal(kind_alone(&found), KIND_UNDECIDED);
    log_add_bytes(&l, span_str("no entry at all"));
    assert_int_equal(kind_alone(&found), KIND_NONE);
}

/* A record of the log's own, on whose signature line stands another name or another id. */
static void the_log_signs_by_its_name_and_id(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        struct buf note = { 0 };
        stop(NULL);
        start(NULL);
        log_note(&note, &l, &BY(THE_LOG, KIND_INDEX));
        uint8_t *line = memmem(note.p, note.n, "\n\n", 2);
        uint8_t *at = memmem(line, (size_t)(note.p + note.n - line), ORIGIN, strlen(ORIGIN));
        if (how == 0)
            *at = 'x';
        else
            at[strlen(ORIGIN) + 1] ^= 1; /* in the first characters of the base64 */
        bad(REASON_KEY_UNKNOWN, log_add_note(&l, buf_span(&note)));
        buf_free(&note);
    }
}

/* The kind of entry 0, which later ones may name, whatever else is wrong with it. */
static enum kind kind_of_first(struct found *found)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *j = judge_new(&setup);
    found->n = 0;
    enum kind kind = judge_entry(j, 0, &l.leaf[0], buf_span(&l.entry[0]));
    judge_free(j);
    return kind;
}

static void the_first_entry_has_its_kind_even_if_it_is_bad(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    expect_none(&found);
    start_with(log_members(&l, KIND_GENESIS), REGISTRAR);
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    expect_only(&found, REASON_SIGNATURE, VERDICT_BAD, 0);
    start_with(text_of("\"origin\":\"log.example.mx/other\",%s",
                       strchr(log_members(&l, KIND_GENESIS), ',') + 1),
               THE_LOG);
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    assert_int_equal(found.n, 1);
    log_free(&l);
    log_start(&l, "");
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    log_free(&l);
    log_keys(&l);
    log_add_note(&l, buf_span(&note));
    assert_int_equal(kind_of_first(&found), KIND_ERASURE);
    expect_only(&found, REASON_GENESIS, VERDICT_BAD, 0);
    buf_free(&note);
}

/* Before the first entry there is no time that it could be earlier than. */
static void the_first_entry_may_have_any_time(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    log_free(&l);
    log_keys(&l);
    log_note(&note, &l, &BY(THE_LOG, KIND_GENESIS));
    log_add_entry(&l, &(struct entry){ .accepted = -86400000, .note = buf_span(&note) });
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    expect_only(&found, REASON_SKEW, VERDICT_BAD, 0);
    buf_free(&note);
}

/* Who may have been enrolled may have enrolled and revoked; other kinds are what they say. */
static void only_what_registers_is_undecided_with_its_signer(void **state)
{
    static struct found found;
    (void)state;
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    assert_int_equal(kind_alone(&found), KIND_ERASURE);
    expect_only(&found, REASON_KEY_UNKNOWN, VERDICT_UNDECIDED, l.n - 1);
    revoke(JUDGE, vkey_text(&l, AUDITOR));
    assert_int_equal(kind_alone(&found), KIND_UNDECIDED);
    log_add(&l, BY(JUDGE, KIND_ENROLL));
    assert_int_equal(kind_alone(&found), KIND_UNDECIDED);
    /* That it was enrolled by itself, or later, is not so. */
    log_add(&l, BY(JUDGE, KIND_ERASURE,
                   .under = text_of("{\"entry\":%zu,\"hash\":\"" ZEROES "\"}", l.n)));
    kind_alone(&found);
    expect_only(&found, REASON_KEY_UNKNOWN, VERDICT_BAD, l.n - 1);
}

static void a_pin_differs_from_another_genesis_and_from_none(void **state)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey };
    struct judge *j = judge_new(&setup);
    struct hash other = l.leaf[0];
    (void)state;
    other.b[0] ^= 1;
    assert_false(judge_pin_differs(j, NULL));
    assert_true(judge_pin_differs(j, &l.leaf[0]));
    assert_false(judge_genesis(j, &(struct hash){ { 0 } }));
    judge_unreadable(j, 0, &l.leaf[0]);
    assert_false(judge_pin_differs(j, NULL));
    assert_false(judge_pin_differs(j, &l.leaf[0]));
    assert_true(judge_pin_differs(j, &other));
    judge_free(j);
}

static void what_the_judge_knows_can_be_asked(void **state)
{
    struct run *r = run_log(&l);
    struct hash genesis;
    (void)state;
    judge_free(NULL);
    assert_true(judge_genesis(r->judge, &genesis));
    assert_true(hash_eq(&genesis, &l.leaf[0]));
    assert_int_equal(judge_last_time(r->judge), l.now - 1000);
    assert_int_equal(judge_skew_of_log(r->judge), 600000);
    assert_int_equal(registry_count(judge_registry(r->judge)), 7);
    run_free(r);
}

/* What a judged_fn is told, as one line an entry. */
static void write_down(void *ctx, const struct judged *e)
{
    assert_true(hash_eq(e->leaf, &l.leaf[e->index]));
    assert_true(!e->has_header || e->accepted == l.now - 1000 * (int64_t)(l.n - e->index));
    assert_true(e->record == NULL || e->record->object != NULL);
    buf_addf(ctx, "%d %d%d%d %d %d\n", (int)e->index, e->has_header, e->record != NULL, e->counts,
             (int)e->signer, e->kind == KIND_UNDECIDED ? -1 : (int)e->kind);
}

static void told(bool structure, const char *expected)
{
    struct buf text = { 0 };
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .structure = structure,
                                 .partial = true,
                                 .found = found_add,
                                 .found_ctx = &found,
                                 .judged = write_down,
                                 .judged_ctx = &text };
    struct judge *j = judge_new(&setup);
    for (size_t i = 0; i < l.n; i++)
        if (i == 3)
            judge_unreadable(j, i, &l.leaf[i]);
        else
            judge_entry(j, i, &l.leaf[i], buf_span(&l.entry[i]));
    judge_free(j);
    assert_string_equal(buf_str(&text), expected);
    buf_free(&text);
}

/* Index, then: has a header, a record, counts; signer; kind. */
static void every_entry_is_told_as_it_was_judged(void **state)
{
    (void)state;
    log_free(&l);
    log_keys(&l);
    log_add(&l, BY(THE_LOG, KIND_GENESIS, .at = l.now - 600001)); /* out of skew: takes effect */
    log_enroll(&l, JUDGE, "judge", "");
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    log_add(&l, BY(REGISTRAR, KIND_ERASURE)); /* not his to sign */
    log_add(&l, BY(JUDGE, KIND_ERASURE, .members = "\"blob\":1"));
    log_add_bytes(&l, span_str("nothing"));
    log_add(&l, BY(THE_LOG, KIND_GENESIS, .under = log_ref(&l, 0)));
    told(false, text_of("0 111 -1 %d\n1 111 0 %d\n2 111 2 %d\n3 000 -1 -1\n4 110 -1 %d\n"
                        "5 100 -1 0\n6 000 -1 0\n7 110 -1 %d\n",
                        KIND_GENESIS, KIND_ENROLL, KIND_ERASURE, KIND_ERASURE, KIND_GENESIS));
    told(true, "0 100 -1 -1\n1 100 -1 -1\n2 100 -1 -1\n3 000 -1 -1\n4 100 -1 -1\n5 100 -1 -1\n"
               "6 000 -1 0\n7 100 -1 -1\n");
}

static void a_state_that_is_none_is_not_imported(void **state)
{
    const char *name;
    json_t *value;
    (void)state;
    log_add(&l, INDEX("3020"));
    struct run *r = run_log(&l);
    json_t *good = judge_export(r->judge);
    assert_non_null(json_object_get(good, "cover"));
    json_object_foreach (good, name, value) {
        json_t *copy = json_deep_copy(good);
        struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey };
        struct judge *j = judge_new(&setup);
        bool optional = strcmp(name, "genesis") == 0 || strcmp(name, "cover") == 0;
        json_object_set_new(copy, name, json_string("x"));
        assert_int_equal(judge_import(j, copy), -1);
        judge_free(j);
        j = judge_new(&setup);
        json_object_del(copy, name);
        assert_int_equal(judge_import(j, copy), optional ? 0 : -1);
        judge_free(j);
        json_decref(copy);
    }
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey };
    struct judge *j = judge_new(&setup);
    json_object_set_new(good, "ids", json_string("AAAA")); /* base64, but not of whole ids */
    assert_int_equal(judge_import(j, good), -1);
    judge_free(j);
    json_decref(good);
    run_free(r);
}

/* Whether a judge goes on from a state in which this entry is the one that covers. */
static int import_covering(const json_t *state, uint64_t entry, uint64_t as, bool wrong_leaf)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey };
    struct judge *j = judge_new(&setup);
    json_t *copy = json_deep_copy(state), *cover = json_object();
    struct buf leaf = { 0 }, bytes = { 0 };
    buf_add_base64(&leaf, l.leaf[entry].b, HASH_BYTES);
    buf_add_base64(&bytes, l.entry[entry].p, l.entry[entry].n);
    if (wrong_leaf)
        leaf.p[0] ^= 1;
    json_object_set_new(cover, "index", json_integer((json_int_t)as));
    json_object_set_new(cover, "leaf", json_string(buf_str(&leaf)));
    json_object_set_new(cover, "entry", json_string(buf_str(&bytes)));
    json_object_set_new(copy, "cover", cover);
    int result = judge_import(j, copy);
    if (result == 0)
        assert_int_equal(judge_cover(j)->entry, as);
    json_decref(copy);
    buf_free(&leaf);
    buf_free(&bytes);
    judge_free(j);
    return result;
}

static void an_imported_cover_is_one_that_can_be(void **state)
{
    (void)state;
    uint64_t good = log_add(&l, INDEX("3020"));
    uint64_t other = log_add(
        &l, BY(THE_LOG, KIND_INDEX,
               .members = "\"version\":2,\"tables\":[{\"entries\":9,\"rows\":0,\"root\":\"" ZEROES
                          "\"}]"));
    struct run *r = run_log(&l);
    json_t *exported = judge_export(r->judge);
    uint64_t beyond = log_add(&l, INDEX("9090"));
    uint64_t unkeyed = log_add(
        &l, BY(THE_LOG, KIND_INDEX,
               .members = "\"version\":1,\"tables\":[{\"entries\":6,\"rows\":1,\"unkeyed\":2,"
                          "\"root\":\"" ZEROES "\"}]"));
    assert_int_equal(import_covering(exported, good, good, false), 0);
    assert_int_equal(import_covering(exported, good, good, true), -1);
    assert_int_equal(import_covering(exported, good, 4, false), -1); /* below what it covers */
    assert_int_equal(import_covering(exported, good, other + 1, false), -1); /* not yet judged */
    assert_int_equal(import_covering(exported, other, other, false), -1);
    assert_int_equal(import_covering(exported, beyond, other, false), -1);
    assert_int_equal(import_covering(exported, unkeyed, other, false), -1);
    assert_int_equal(import_covering(exported, 7, 7, false), -1); /* a request */
    json_decref(exported);
    run_free(r);
}

/* What was judged in an earlier run counts in the next one. */
static void an_index_goes_on_from_one_in_a_state(void **state)
{
    struct files files;
    (void)state;
    uint64_t first = log_add(&l, INDEX("3020"));
    struct run *before = run_log(&l), *r;
    uint64_t bad_one = log_add(&l, INDEX("302120"));
    files_make(&files, &l, l.n);
    r = run_on(before, &l, &files, l.n);
    expect_only(&r->found, REASON_INDEX_CHANGED, VERDICT_BAD, bad_one);
    assert_int_equal(r->found.f[0].related, first);
    run_free(r);
    run_free(before);
    files_free(&files);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

static const struct CMUnitTest tests[] = {
    TEST(another_index_is_found),
    TEST(a_wrong_link_is_found),
    TEST(a_zero_link_is_found),
    TEST(a_genesis_with_a_link_is_found),
    TEST(time_never_goes_back),
    TEST(times_before_1970_are_times_too),
    TEST(malformed_entries_are_found),
    TEST(an_entry_of_a_later_version_is_undecided),
    TEST(a_record_of_a_later_version_is_undecided),
    TEST(a_malformed_record_is_found),
    TEST(structure_alone_looks_at_no_record),
    TEST(every_wrong_genesis_is_found),
    TEST(a_predecessor_is_another_log_and_its_proof_good),
    TEST(a_registrar_under_two_names_is_found),
    TEST(a_genesis_signed_by_another_key_is_found),
    TEST(a_genesis_with_a_bad_signature_is_found),
    TEST(a_log_that_begins_with_another_record_is_found),
    TEST(a_second_genesis_is_found),
    TEST(a_genesis_too_far_from_its_time_is_found),
    TEST(another_genesis_than_the_pinned_one_is_found),
    TEST(a_genesis_of_a_later_version_leaves_all_undecided),
    TEST(a_key_that_is_not_enrolled_is_found),
    TEST(the_log_s_own_key_signs_no_other_record),
    TEST(a_key_that_is_not_enrolled_yet_is_found),
    TEST(an_altered_record_is_found),
    TEST(a_signature_by_another_key_is_found),
    TEST(an_altered_record_under_another_entry_is_found),
    TEST(under_another_entry_is_found),
    TEST(under_with_another_hash_is_found),
    TEST(under_the_right_hash_at_another_index_is_found),
    TEST(an_enrolment_not_in_force_yet_is_found),
    TEST(an_enrolment_that_ended_is_found),
    TEST(a_revoked_key_is_found),
    TEST(what_a_revoked_registrar_enrolled_stands),
    TEST(keys_with_one_id_are_told_apart),
    TEST(every_kind_is_signed_by_its_roles_only),
    TEST(the_logs_own_key_acts_under_entry_0),
    TEST(a_key_of_the_log_that_is_enrolled_signs_for_the_log),
    TEST(the_first_key_of_a_log_may_be_an_earlier_one),
    TEST(a_bad_signature_of_the_log_is_found),
    TEST(an_index_covers_earlier_entries_only),
    TEST(an_index_goes_on_from_the_one_before),
    TEST(an_index_that_is_bad_takes_no_effect),
    TEST(before_an_index_there_is_no_cover),
    TEST(carried_indexes_are_held_against_each_other),
    TEST(nothing_follows_a_freeze),
    TEST(a_freeze_that_does_not_count_ends_nothing),
    TEST(a_later_run_knows_of_the_freeze),
    TEST(a_request_in_another_s_name_is_found),
    TEST(a_request_of_another_level_is_found),
    TEST(a_response_for_another_holder_is_found),
    TEST(an_unusable_vkey_is_found),
    TEST(enrolling_the_log_s_key_is_found),
    TEST(enrolling_a_key_again_is_found),
    TEST(enrolling_a_registrar_of_genesis_is_found),
    TEST(enrolling_a_revoked_key_again_is_found),
    TEST(another_name_than_the_key_s_is_found),
    TEST(a_wrong_proof_of_possession_is_found),
    TEST(a_bad_enrolment_has_no_effect),
    TEST(revoking_an_unknown_key_is_found),
    TEST(behind_an_undecided_entry_no_key_is_unknown),
    TEST(revoking_a_key_under_another_name_is_found),
    TEST(revoking_nonsense_is_found),
    TEST(revoking_twice_is_found),
    TEST(a_registrar_revoking_himself_is_found),
    TEST(a_bad_revocation_has_no_effect),
    TEST(a_reference_to_a_later_entry_is_found),
    TEST(a_reference_to_itself_is_found),
    TEST(a_reference_by_another_hash_is_found),
    TEST(a_reference_of_the_wrong_kind_is_found),
    TEST(the_second_of_several_references_is_judged),
    TEST(every_reference_has_its_kind),
    TEST(a_bare_warrant_ref_is_not_judged),
    TEST(anything_can_be_corrected),
    TEST(a_reference_to_a_malformed_entry_is_found),
    TEST(a_reference_to_an_undecided_entry_is_undecided),
    TEST(skew_is_judged_both_ways_and_inclusively),
    TEST(genesis_says_what_skew_is),
    TEST(a_record_played_in_twice_is_found),
    TEST(an_id_used_twice_is_found_within_twice_the_skew),
    TEST(two_keys_may_use_one_id),
    TEST(an_enrolment_dropped_with_a_clean_rebuild_is_found),
    TEST(enrolments_swapped_with_a_clean_rebuild_are_found),
    TEST(a_record_of_another_log_is_found),
    TEST(a_freeze_is_held_against_the_size),
    TEST(an_entry_that_cannot_be_read_is_linked_to),
    TEST(a_malformed_entry_is_linked_to),
    TEST(a_log_may_be_of_any_time),
    TEST(a_freeze_is_told_of_once_in_all_runs),
    TEST(an_entry_that_cannot_be_read_may_have_enrolled),
    TEST(a_malformed_entry_has_enrolled_nobody),
    TEST(only_what_registers_is_undecided_with_its_signer),
    TEST(what_has_no_form_is_of_no_kind_or_undecided),
    TEST(the_log_signs_by_its_name_and_id),
    TEST(the_first_entry_has_its_kind_even_if_it_is_bad),
    TEST(the_first_entry_may_have_any_time),
    TEST(what_is_wrong_with_a_vkey_is_said),
    TEST(revoking_under_another_name_names_the_enrolment),
    TEST(a_pin_differs_from_another_genesis_and_from_none),
    TEST(a_partial_judge_does_not_accuse_for_lack_of_entries),
    TEST(a_partial_judge_knows_that_the_log_s_key_is_not_enrolled),
    TEST(what_the_judge_knows_can_be_asked),
    TEST(every_entry_is_told_as_it_was_judged),
    TEST(a_state_that_is_none_is_not_imported),
    TEST(an_imported_cover_is_one_that_can_be),
    TEST(an_index_goes_on_from_one_in_a_state),
};

int main(void)
{
    return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
