/* `verify --log`: what the log shows now where a receipt says something, too; and what is then
 * asked, told and left open. */
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/client/verify/verify_fixture.h"
#include "tests/unit/proto/answer/answer_fixture.h"

/* A key is revoked, and the service says so when it is asked. */
static uint64_t revoke_key(enum who who)
{
    uint64_t index = log_add(&x.l, BY(REGISTRAR, KIND_REVOKE,
                                      .members = text_of("\"vkey\":\"%s\",\"reason\":"
                                                         "\"left_office\"",
                                                         vkey_text(&x.l, who))));
    log_client_free(service);
    service = log_fake_client(&x.l, x.l.n + 1);
    log_fake_hint(service, index);
    log_fake_serve(service);
    return index;
}

/* An anchor whose link names another entry than the one before it. */
static uint64_t add_unlinked(struct log *l)
{
    struct buf note = { 0 };
    struct entry e = { .index = l->n, .accepted = l->now, .link = l->leaf[1] };
    log_note(&note, l, &BY(AUDITOR, KIND_ANCHOR));
    e.note = buf_span(&note);
    uint64_t index = log_add_entry(l, &e);
    buf_free(&note);
    return index;
}

static bool is_told_of(size_t receipt, const char *code)
{
    size_t i;
    json_t *f;
    json_array_foreach (of_receipt(receipt, "findings"), i, f)
        if (strcmp(json_string_value(json_object_get(f, "code")), code) == 0)
            return true;
    return false;
}

/* ---- entries that the log shows -------------------------------------------------------------- */

static void an_entry_behind_the_receipts_own_must_name_it(void **state)
{
    struct log other;
    (void)state;
    log_copy(&other, &x.l, REQUEST + 1);
    uint64_t bad = add_unlinked(&other);
    for (int i = 0; i < 4; i++)
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    serve(&other, other.n, 0, 0);
    write_receipt("receipt", &other, EARLY + 1, REQUEST, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("link", "bad", bad);
    convicts("link");
    write_receipt("two", &other, EARLY + 2, REQUEST, 0);
    assert_int_equal(verify("receipt", "two"), OUTCOME_BAD);
    convicts("link"); /* the first is enough */
    log_free(&other);
}

#define CHAIN 66

/* Each registrar is enrolled by the one before; an anchor stands behind each. The one that is
 * number `unlinked` from the end, 0 the last, names another entry. */
static void write_long_receipt(struct log *l, size_t unlinked)
{
    static struct proven_entry entry[CHAIN + 2];
    static struct hash hashes[CHAIN + 2][PROOF_MAX];
    uint64_t index[CHAIN + 2];
    struct buf note = { 0 }, text = { 0 };
    enum who last = REGISTRAR, next = STRANGER;
    index[0] = 0;
    for (size_t i = 1; i <= CHAIN; i++) {
        uint8_t seed[32] = { (uint8_t)i, 77 };
        skey_from_seed(&l->who[next].key, span_str(text_of("r%zu.example", i)), KEY_NOTE, seed);
        index[i] = l->who[next].entry =
            log_add(l, BY(last, KIND_ENROLL,
                          .members = text_of("\"vkey\":\"%s\",\"role\":\"registrar\","
                                             "\"authority\":\"mx.r\",\"level\":\"federal\","
                                             "\"name\":\"r%zu.example\"",
                                             vkey_text(l, next), i)));
        if (CHAIN - i == unlinked)
            add_unlinked(l);
        else
            log_add(l, BY(AUDITOR, KIND_ANCHOR));
        last = next;
        next = last == STRANGER ? STRANGER2 : STRANGER;
    }
    size_t size = l->n;
    for (size_t i = 0; i <= CHAIN; i++)
        entry[i] = log_proven(l, size, index[CHAIN - i], hashes[i]);
    log_checkpoint(&note, l, size);
    receipt_format(&text, entry, CHAIN + 1, buf_span(&note));
    log_folder_put(&folder, "receipt", buf_span(&text));
    log_add(l, BY(AUDITOR, KIND_ANCHOR));
    log_add(l, BY(AUDITOR, KIND_ANCHOR));
    buf_free(&note);
    buf_free(&text);
}

static void of_a_long_chain_the_nearest_are_looked_at(void **state)
{
    (void)state;
    for (size_t unlinked = 59; unlinked <= CHAIN; unlinked += CHAIN - 59) {
        struct log other;
        log_copy(&other, &x.l, EARLY);
        write_long_receipt(&other, unlinked);
        serve(&other, other.n, 0, 0);
        assert_int_equal(verify("receipt", NULL), unlinked < CHAIN ? OUTCOME_BAD : OUTCOME_PROVEN);
        assert_int_equal(is_told_of(0, "link"), unlinked < CHAIN);
        log_free(&other);
    }
}

static void what_a_revoked_key_signed_convicts_by_the_revocations_receipt(void **state)
{
    (void)state;
    uint64_t revoked = revoke_key(REQUESTER), late = log_add(&x.l, BY(REQUESTER, KIND_REQUEST));
    write_receipt("receipt", &x.l, late, revoked, 0);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("enrolment", "bad", late);
    const json_t *f = json_array_get(of_receipt(0, "findings"), 0);
    assert_int_equal(json_integer_value(json_object_get(f, "related")), revoked);
    convicts("entry");
    assert_int_equal(verify("receipt", "receipt"), OUTCOME_BAD);
    convicts("entry"); /* the first is enough */
}

static void what_stands_behind_a_logs_end_convicts_by_the_ends_receipt(void **state)
{
    (void)state;
    uint64_t end = log_add(&x.l, BY(THE_LOG, KIND_FREEZE));
    write_receipt("receipt", &x.l, x.l.n, end, 0);
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("frozen", "bad", end);
    convicts("entry");
}

/* What a receipt's own entries say of each other was told when it was judged. */
static void a_link_within_the_receipt_is_told_once(void **state)
{
    struct entry e;
    struct buf note = { 0 };
    (void)state;
    log_enroll(&x.l, STRANGER, "requester", "");
    e = (struct entry){ .index = x.l.n, .accepted = x.l.now, .link = x.l.leaf[1] };
    log_note(&note, &x.l, &BY(STRANGER, KIND_REQUEST));
    e.note = buf_span(&note);
    uint64_t bad = log_add_entry(&x.l, &e);
    write_receipt("receipt", &x.l, x.l.n, bad, 0);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("link", "bad", bad);
    buf_free(&note);
}

/* Too short to show the receipt's entry, it shows another enrolment. */
static void a_log_may_contradict_an_enrolment_alone(void **state)
{
    struct log other;
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    log_copy(&other, &x.l, 2);
    for (int i = 0; i < 3; i++)
        log_add(&other, BY(REGISTRAR, KIND_ENROLL,
                           .members = text_of("\"vkey\":\"%s\",\"role\":\"auditor\","
                                              "\"authority\":\"mx.x\",\"level\":\"federal\","
                                              "\"name\":\"%s\"",
                                              vkey_text(&x.l, (enum who)(AUDITOR - i)),
                                              x.l.who[AUDITOR - i].key.vkey.name)));
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    assert_int_equal(json_array_size(of_receipt(0, "findings")), 2);
    assert_true(is_told_of(0, "fork") && is_told_of(0, "link"));
    convicts("leaves");
    log_free(&other);
}

static void of_one_size_the_entries_are_compared_too(void **state)
{
    struct log other;
    (void)state;
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    another(&other, REQUEST - 1, EARLY);
    serve(&other, EARLY, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    assert_true(is_told_of(0, "fork") && is_told_of(0, "link"));
    /* Their clocks are, once. */
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    serve(&x.l, EARLY, now_seconds() - 36000, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    for (size_t a = 0; a < json_array_size(of_receipt(0, "findings")); a++)
        for (size_t b = 0; b < a; b++)
            assert_false(json_equal(json_array_get(of_receipt(0, "findings"), a),
                                    json_array_get(of_receipt(0, "findings"), b)));
    log_free(&other);
}

/* The very tree, signed by another log of the policy: nothing of it is this log's, and nothing is
 * read of it. */
static void serve_as_another(const struct skey *key, size_t size)
{
    struct buf text = { 0 }, note = { 0 };
    serve(&x.l, size, 0, 0);
    log_checkpoint(&note, &x.l, size);
    const char *rest = strchr(buf_str(&note), '\n');
    buf_adds(&text, "other.example/log");
    buf_add(&text, rest, (size_t)(strstr(rest, "\n\n") - rest) + 1);
    buf_clear(&note);
    note_sign(&note, buf_span(&text), key);
    log_folder_put(&folder, "log/checkpoint", buf_span(&note));
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%zu", size));
    buf_free(&note);
    buf_free(&text);
}

static void another_log_proves_nothing_of_this_one(void **state)
{
    static const uint8_t seed[32] = { 8 };
    const size_t sizes[] = { x.l.n, EARLY };
    struct skey key;
    struct buf vkey = { 0 };
    (void)state;
    skey_from_seed(&key, span_str("other.example/log"), KEY_NOTE, seed);
    vkey_format(&vkey, &key.vkey);
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nlog %s\nquorum none\n", vkey_text(&x.l, THE_LOG),
                                    buf_str(&vkey))));
    for (size_t i = 0; i < COUNT(sizes); i++) {
        serve_as_another(&key, sizes[i]);
        assert_int_not_equal(verify("receipt", NULL), OUTCOME_PROVEN);
        assert_int_equal(json_array_size(of_receipt(0, "findings")), 1);
        assert_false(is_told_of(0, "missing"));
    }
    buf_free(&vkey);
}

/* A clock proves nothing to others, whatever else is wrong with the entry. */
static void of_clocks_there_is_no_evidence(void **state)
{
    struct log other;
    (void)state;
    log_copy(&other, &x.l, EARLY);
    other.now = x.l.now - INT64_C(3600) * 1000;
    log_add(&other, BY(JUDGE, KIND_REQUEST)); /* bad by itself, of which nobody asks */
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    write_receipt("receipt", &other, EARLY, REQUEST, now_seconds() - 1800);
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_true(is_told_of(0, "clock"));
    convicts(NULL);
    log_free(&other);
}

/* ---- a fork: nothing else is asked ----------------------------------------------------------- */

static void of_a_fork_nothing_else_is_asked(void **state)
{
    struct log other;
    (void)state;
    revoke_key(REQUESTER);
    const uint64_t ends[] = { REQUEST - 1 };
    write_receipt("receipt", &x.l, EARLY, REQUEST, 0);
    write_receipt("two", &x.l, EARLY + 1, REQUEST, 0);
    another(&other, REQUEST, EARLY + 3); /* the receipt's own entry is another one there */
    serve(&other, other.n, 0, 0);
    newest_index(add_honest_index(&x, ends, 1, NULL));
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("fork", "bad", NO_ENTRY);
    convicts("fork");
    assert_int_equal(json_array_size(of_receipt(0, "revocations")), 0);
    assert_true(json_is_null(of_receipt(0, "indexed")));
    assert_int_equal(verify("receipt", "two"), OUTCOME_BAD);
    convicts("fork");                 /* the first is enough */
    serve(&other, REQUEST + 1, 0, 0); /* a shorter one, which shows another entry */
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    assert_int_equal(json_array_size(of_receipt(0, "revocations")), 0);
    log_free(&other);
}

static void of_a_bad_receipt_nothing_else_is_asked(void **state)
{
    (void)state;
    revoke_key(JUDGE);
    uint64_t bad = log_add(&x.l, BY(JUDGE, KIND_REQUEST));
    write_receipt("receipt", &x.l, x.l.n, bad, 0);
    args.log = NULL;
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("role", "bad", bad);
    args.log = url;
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    of_receipt_only("role", "bad", bad);
    assert_int_equal(json_array_size(of_receipt(0, "revocations")), 0);
}

static void a_bad_receipt_is_held_against_a_longer_log(void **state)
{
    struct log other;
    (void)state;
    uint64_t bad = log_add(&x.l, BY(JUDGE, KIND_REQUEST));
    write_receipt("receipt", &x.l, x.l.n, bad, 0);
    another(&other, EARLY, x.l.n + 3);
    serve(&other, other.n, 0, 0);
    assert_int_equal(verify("receipt", NULL), OUTCOME_BAD);
    assert_true(is_told_of(0, "role") && is_told_of(0, "fork"));
    convicts("fork");
    log_free(&other);
}

/* ---- what is left open ----------------------------------------------------------------------- */

static void what_is_none_is_not_held_against_the_log(void **state)
{
    (void)state;
    serve(&x.l, x.l.n, 0, 0);
    log_folder_put(&folder, "receipt", span_str("nonsense\n"));
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_int_equal(json_array_size(of_receipt(0, "findings")), 1);
    assert_string_equal(json_string_value(json_object_get(said, "verdict")), "undecided");
    assert_null(json_object_get(said, "answers"));
    assert_true(log_fake_expects_origin());
}

/* Where the log has no checkpoint that is good, what is asked of it is left. */
static void a_log_that_is_not_good_is_not_asked_for_its_index(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    write_receipt("receipt", &x.l, EARLY, REQUEST, now_seconds() - 3600);
    write_policy("w");
    uint64_t index = add_honest_index(&x, ends, 1, NULL);
    serve(&x.l, x.l.n, 0, 0);
    newest_index(index);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_true(json_is_null(of_receipt(0, "indexed")));
    serve(&x.l, x.l.n, now_seconds(), 0);
    newest_index(index);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    assert_true(json_is_true(of_receipt(0, "indexed")));
}

/* A receipt that has two things against it is not proven again for one of them. */
static void what_is_wrong_besides_is_not_mended(void **state)
{
    (void)state;
    write_policy("v");
    write_receipt("receipt", &x.l, EARLY, REQUEST, now_seconds() - 1800);
    serve(&x.l, x.l.n, 0, now_seconds());
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_true(is_told_of(0, "quorum") && is_told_of(0, "clock"));
    assert_true(json_is_null(of_receipt(0, "renewed")));
}

/* ---- a log of several bundles ---------------------------------------------------------------- */

static void fill(size_t n)
{
    while (x.l.n < n)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
}

static void drop_bundle(unsigned n)
{
    log_folder_drop(&folder, text_of("log/tile/entries/00%u", n));
}

static void what_need_not_be_read_may_be_missing(void **state)
{
    (void)state;
    fill(512);
    uint64_t mine = log_add(&x.l, BY(REQUESTER, KIND_REQUEST));
    fill(516);
    size_t size = x.l.n;
    write_receipt("receipt", &x.l, size, mine, 0);
    fill(518);
    serve(&x.l, x.l.n, 0, 0);
    drop_bundle(1);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
    serve(&x.l, size, 0, 0); /* of the same size */
    drop_bundle(1);
    assert_int_equal(verify("receipt", NULL), OUTCOME_PROVEN);
}

/* The entry itself must be shown by the log of now. */
static void what_is_not_shown_again_is_not_proven_again(void **state)
{
    (void)state;
    write_policy("v");
    fill(511);
    uint64_t mine = log_add(&x.l, BY(REQUESTER, KIND_REQUEST));
    fill(516);
    write_receipt("receipt", &x.l, x.l.n, mine, now_seconds() - 1);
    fill(518);
    serve(&x.l, x.l.n, 0, now_seconds());
    drop_bundle(1);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_true(json_is_null(of_receipt(0, "renewed")));
    assert_true(is_told_of(0, "quorum") && is_told_of(0, "missing"));
    serve(&x.l, x.l.n, 0, now_seconds());
    log_folder_drop(&folder, "log/tile/0/001"); /* its bytes are there, its proof is not */
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    assert_true(json_is_null(of_receipt(0, "renewed")));
}

/* What convicts cannot be shown to others: then it is the service's word. */
static void a_revocation_that_the_files_do_not_show_leaves_it_open(void **state)
{
    (void)state;
    fill(300);
    uint64_t revoked = revoke_key(REQUESTER);
    fill(513);
    uint64_t late = log_add(&x.l, BY(REQUESTER, KIND_REQUEST));
    write_receipt("receipt", &x.l, x.l.n, late, 0);
    fill(516);
    log_client_free(service);
    service = log_fake_client(&x.l, x.l.n);
    log_fake_hint(service, revoked);
    log_fake_serve(service);
    serve(&x.l, x.l.n, 0, 0);
    assert_int_equal(verify("receipt", "receipt"), OUTCOME_BAD);
    convicts("entry");                                        /* once */
    assert_non_null(strstr(told, "is signed by the key of")); /* in words, too */
    drop_bundle(1);
    assert_int_equal(verify("receipt", NULL), OUTCOME_UNDECIDED);
    of_receipt_only("enrolment", "undecided", late);
    convicts(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entry_behind_the_receipts_own_must_name_it),
        TEST(of_a_long_chain_the_nearest_are_looked_at),
        TEST(what_a_revoked_key_signed_convicts_by_the_revocations_receipt),
        TEST(what_stands_behind_a_logs_end_convicts_by_the_ends_receipt),
        TEST(a_link_within_the_receipt_is_told_once),
        TEST(a_log_may_contradict_an_enrolment_alone),
        TEST(of_one_size_the_entries_are_compared_too),
        TEST(another_log_proves_nothing_of_this_one),
        TEST(of_clocks_there_is_no_evidence),
        TEST(of_a_fork_nothing_else_is_asked),
        TEST(of_a_bad_receipt_nothing_else_is_asked),
        TEST(a_bad_receipt_is_held_against_a_longer_log),
        TEST(what_is_none_is_not_held_against_the_log),
        TEST(a_log_that_is_not_good_is_not_asked_for_its_index),
        TEST(what_is_wrong_besides_is_not_mended),
        TEST(what_need_not_be_read_may_be_missing),
        TEST(what_is_not_shown_again_is_not_proven_again),
        TEST(a_revocation_that_the_files_do_not_show_leaves_it_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
