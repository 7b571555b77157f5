/* revoked.h: what a log says of the keys of a receipt's chain, and what that comes to. */
#include "client/remote/revoked.h"

#include "client/base/lost.h"
#include "client/remote/escape.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/fixture.h"

#define REQUEST 7 /* of REQUESTER, whom REGISTRAR enrolled */

static struct log l;
static struct revocations asked;
static struct chain chain;
static struct receipt receipt;

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    revocations_free(&asked);
    log_free(&l);
    return 0;
}

/* Revokes the key of `who`; more: other members. */
static uint64_t revoke(enum who who, const char *reason, const char *more)
{
    return log_add(&l, BY(REGISTRAR, KIND_REVOKE,
                          .members = text_of("\"vkey\":\"%s\",\"reason\":\"%s\"%s",
                                             vkey_text(&l, who), reason, more)));
}

static void rests_on(uint64_t entry)
{
    chain_make(&chain, &l, l.n, entry);
    receipt = (struct receipt){ .entry = chain.entry, .entries = chain.n };
}

/* A client of the log as it is now, and a receipt of that entry. */
static void open_log(uint64_t entry)
{
    asked = (struct revocations){
        .client = log_fake_client(&l, l.n), .asked = true, .unproven = NO_ENTRY, .bad = NO_ENTRY
    };
    rests_on(entry);
}

static void ask(void)
{
    revocations_ask(&asked, &receipt);
    assert_false(lost_any());
}

/* ---- what is said ----------------------------------------------------------------------------- */

static void the_keys_of_the_whole_chain_are_asked_about(void **state)
{
    (void)state;
    uint64_t signer = revoke(REQUESTER, "left_office", ""),
             registrar = revoke(REGISTRAR2, "left_office", ""),
             other = revoke(AUDITOR, "left_office", "");
    open_log(REQUEST);
    log_fake_hint(asked.client, signer);
    log_fake_hint(asked.client, registrar);
    log_fake_hint(asked.client, other);
    log_fake_hint(asked.client, REQUEST); /* which is no revocation */
    ask();
    assert_true(asked.asked && asked.unproven == NO_ENTRY && asked.bad == NO_ENTRY);
    assert_int_equal(asked.count, 1); /* the others are of keys that signed nothing of it */
    assert_int_equal(asked.list[0].entry, signer);
    assert_int_equal(asked.list[0].signed_entry, REQUEST);
    assert_string_equal(asked.list[0].reason, "left_office");
    assert_string_equal(asked.list[0].name, l.who[REQUESTER].key.vkey.name);
    assert_false(asked.list[0].has_since);
    assert_int_equal(log_fake_searches(asked.client), 2); /* REQUESTER and REGISTRAR */
}

static void a_registrar_of_genesis_is_asked_about(void **state)
{
    (void)state;
    uint64_t registrar = revoke(REGISTRAR, "left_office", ""); /* who signs it for the last time */
    open_log(REQUEST);
    log_fake_hint(asked.client, registrar);
    ask();
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.list[0].signed_entry, l.who[REQUESTER].entry);
}

/* Of the registrars of genesis the one that signed it. */
static void another_registrar_of_genesis_is_asked_about(void **state)
{
    (void)state;
    uint64_t enrolled = log_add(&l, BY(REGISTRAR2, KIND_ENROLL));
    uint64_t revoked = revoke(REGISTRAR2, "left_office", "");
    open_log(enrolled);
    log_fake_hint(asked.client, revoked);
    ask();
    assert_int_equal(asked.count, 1);
    assert_string_equal(asked.list[0].name, l.who[REGISTRAR2].key.vkey.name);
    assert_int_equal(log_fake_searches(asked.client), 1);
}

/* By its whole key: nothing is listed for another query. */
static void a_key_is_asked_about_by_its_name(void **state)
{
    struct buf query = { 0 };
    (void)state;
    uint64_t revoked = revoke(REQUESTER, "left_office", "");
    open_log(REQUEST);
    buf_adds(&query, "vkey=");
    query_escape(&query, vkey_text(&l, REQUESTER));
    log_fake_listed(asked.client, buf_str(&query));
    log_fake_hint(asked.client, revoked);
    ask();
    assert_int_equal(asked.count, 1);
    /* What was not shown of one key is not forgotten where of the next there is nothing. */
    revocations_free(&asked);
    open_log(REQUEST);
    log_fake_listed(asked.client, buf_str(&query));
    log_fake_hint(asked.client, l.n);
    ask();
    assert_int_equal(asked.unproven, l.n);
    assert_int_equal(log_fake_searches(asked.client), 2);
    buf_free(&query);
}

static void what_the_log_itself_signs_is_of_no_key(void **state)
{
    (void)state;
    open_log(log_add(&l, BY(THE_LOG, KIND_FREEZE)));
    ask();
    assert_true(asked.asked && asked.count == 0);
    assert_int_equal(log_fake_searches(asked.client), 0);
}

static void each_key_is_asked_about_once(void **state)
{
    (void)state;
    uint64_t revoked = revoke(REQUESTER, "left_office", "");
    open_log(REQUEST);
    log_fake_hint(asked.client, revoked);
    ask();
    size_t searches = log_fake_searches(asked.client);
    ask();
    assert_int_equal(log_fake_searches(asked.client), searches);
    assert_int_equal(asked.count, 1); /* in the place of what was there */
    rests_on(l.who[JUDGE].entry);
    ask(); /* REGISTRAR, of whom is known what the log says */
    assert_int_equal(log_fake_searches(asked.client), searches);
    assert_int_equal(asked.count, 0);
}

static void what_is_not_shown_may_revoke(void **state)
{
    (void)state;
    open_log(REQUEST);
    log_fake_hint(asked.client, l.n); /* an entry that is not there */
    ask();
    assert_int_equal(asked.unproven, l.n);
    assert_int_equal(asked.count, 0);
    assert_true(asked.asked && asked.bad == NO_ENTRY);
    uint64_t revoked = revoke(REQUESTER, "left_office", "");
    revocations_free(&asked);
    open_log(REQUEST);
    log_fake_hint(asked.client, l.n);
    log_fake_hint(asked.client, revoked); /* it is not read any more */
    ask();
    assert_int_equal(asked.unproven, l.n);
    assert_int_equal(asked.count, 0);
    rests_on(0); /* signed by the log itself: no key is asked about */
    ask();
    assert_int_equal(asked.unproven, NO_ENTRY);
}

static void a_bad_receipt_of_the_log_is_kept(void **state)
{
    (void)state;
    uint64_t revoked = revoke(REQUESTER, "left_office", "");
    uint64_t again = revoke(REQUESTER, "left_office", "");
    open_log(REQUEST);
    log_fake_hint(asked.client, revoked);
    log_fake_hint(asked.client, again); /* what is listed behind it is not read */
    log_fake_spoil(asked.client, revoked);
    ask();
    assert_int_equal(asked.bad, revoked);
    assert_int_equal(asked.count, 0);
    assert_false(asked.asked);
    assert_int_equal(asked.unproven, NO_ENTRY);
}

static void a_log_that_does_not_answer_is_not_asked_again(void **state)
{
    (void)state;
    open_log(REQUEST);
    log_fake_set(asked.client, true, false);
    ask();
    assert_false(asked.asked);
    assert_int_equal(log_fake_searches(asked.client), 1);
    ask();
    assert_int_equal(log_fake_searches(asked.client), 1);
    json_t *none = revocations_json(&asked);
    assert_true(json_is_null(none));
    json_decref(none);
}

/* ---- what it comes to -------------------------------------------------------------------------- */

static void what_a_revocation_means_depends_on_its_place_and_reason(void **state)
{
    static const struct {
        struct revocation r;
        enum revoked meaning;
    } rows[] = {
        { { .entry = 5, .signed_entry = 6, .reason = "left_office" }, REVOKED_BEFORE },
        { { .entry = 6, .signed_entry = 6, .reason = "left_office" }, REVOKED_LATER },
        { { .entry = 7, .signed_entry = 6, .reason = "left_office" }, REVOKED_LATER },
        { { .entry = 5, .signed_entry = 6, .reason = "key_compromise" }, REVOKED_BEFORE },
        { { .entry = 7, .signed_entry = 6, .reason = "key_compromise" }, REVOKED_IN_DOUBT },
        { { .entry = 7,
            .signed_entry = 6,
            .reason = "key_compromise",
            .has_since = true,
            .since = 10,
            .signed_at = 9 },
          REVOKED_LATER },
        { { .entry = 7,
            .signed_entry = 6,
            .reason = "key_compromise",
            .has_since = true,
            .since = 10,
            .signed_at = 10 },
          REVOKED_IN_DOUBT },
        { { .entry = 7,
            .signed_entry = 6,
            .reason = "key_compromise",
            .since = 10, /* which it does not have */
            .signed_at = 9 },
          REVOKED_IN_DOUBT },
        { { .entry = 7,
            .signed_entry = 6,
            .reason = "left_office",
            .has_since = true,
            .since = 10,
            .signed_at = 10 },
          REVOKED_LATER },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(revoked_meaning(&rows[i].r), rows[i].meaning);
}

static void it_is_said_in_json(void **state)
{
    (void)state;
    uint64_t revoked =
        revoke(REQUESTER, "key_compromise", ",\"since\":\"2026-11-21T15:00:00.000Z\"");
    open_log(REQUEST);
    log_fake_hint(asked.client, revoked);
    ask();
    assert_int_equal(asked.count, 1);
    assert_true(asked.list[0].has_since);
    json_t *list = revocations_json(&asked);
    json_t *one = json_array_get(list, 0);
    assert_int_equal(json_array_size(list), 1);
    assert_int_equal(json_integer_value(json_object_get(one, "entry")), revoked);
    assert_int_equal(json_integer_value(json_object_get(one, "of")), REQUEST);
    assert_string_equal(json_string_value(json_object_get(one, "since")),
                        "2026-11-21T15:00:00.000Z");
    assert_int_equal(strlen(json_string_value(json_object_get(one, "accepted"))), 24);
    json_decref(list);
    asked.list[0].has_since = false;
    list = revocations_json(&asked);
    assert_true(json_is_null(json_object_get(json_array_get(list, 0), "since")));
    json_decref(list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_keys_of_the_whole_chain_are_asked_about),
        TEST(a_registrar_of_genesis_is_asked_about),
        TEST(another_registrar_of_genesis_is_asked_about),
        TEST(a_key_is_asked_about_by_its_name),
        TEST(what_the_log_itself_signs_is_of_no_key),
        TEST(each_key_is_asked_about_once),
        TEST(what_is_not_shown_may_revoke),
        TEST(a_bad_receipt_of_the_log_is_kept),
        TEST(a_log_that_does_not_answer_is_not_asked_again),
        cmocka_unit_test(what_a_revocation_means_depends_on_its_place_and_reason),
        TEST(it_is_said_in_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
