/* identity.h: a key, and the entry that enrols it, which the service lists and receipts show. */
#include "client/remote/identity.h"

#include "client/base/lost.h"
#include "client/remote/escape.h"
#include "proto/record/entry.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"

static struct log_folder folder;
static struct log l;
static struct log_client *client;
static struct identity id;
static struct complaint complaint;

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    client = log_fake_client(&l, l.n);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    identity_wipe(&id);
    log_client_free(client);
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static enum outcome read_key(const struct skey *key)
{
    struct buf text = { 0 };
    skey_format(&text, key);
    log_folder_put(&folder, "key", buf_span(&text));
    buf_free(&text);
    identity_wipe(&id);
    const struct keyfile file = { .path = log_folder_path(&folder, "key") };
    return identity_read(&id, &file);
}

static int find(void)
{
    complaint.code[0] = 0;
    int failed = identity_find(&id, client, &complaint);
    assert_int_equal(failed != 0, complaint.code[0] != 0);
    assert_int_equal(failed == 0, id.enrolled);
    return failed;
}

/* It is enrolled by that entry, and by no other. */
static void expect_enrolled(uint64_t entry, enum role role)
{
    assert_int_equal(find(), 0);
    assert_int_equal(id.under.entry, entry);
    assert_memory_equal(id.under.hash, l.leaf[entry].b, HASH_BYTES);
    assert_int_equal(identity_enrolment(&id)->role, role);
    assert_int_equal(identity_enrolment(&id)->entry, entry);
    assert_true(vkey_eq(&identity_enrolment(&id)->key, &id.key->vkey));
}

static void expect_unknown(enum reason reason)
{
    assert_int_equal(find(), -1);
    assert_string_equal(complaint.code, reason_name(reason));
}

static void only_a_signer_acts(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct skey witness;
    (void)state;
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    assert_int_equal(read_key(&witness), OUTCOME_USAGE);
    assert_null(id.key);
    assert_int_equal(read_key(&l.who[JUDGE].key), OUTCOME_PROVEN);
    assert_true(vkey_eq(&id.key->vkey, &l.who[JUDGE].key.vkey));
    assert_false(id.enrolled);
    identity_wipe(&id);
    assert_null(id.key);
}

/* Each '+' of a key would be a space in a query. */
static void it_asks_by_its_whole_key(void **state)
{
    struct buf query = { 0 }, want = { 0 };
    (void)state;
    identity_query(&query, &l.who[JUDGE].key.vkey);
    buf_adds(&want, "vkey=");
    query_escape(&want, vkey_text(&l, JUDGE));
    assert_string_equal(buf_str(&query), buf_str(&want));
    assert_null(strchr(buf_str(&query), '+'));
    buf_free(&query);
    buf_free(&want);
}

static void the_entry_that_enrols_it_is_found(void **state)
{
    (void)state;
    read_key(&l.who[REQUESTER].key);
    log_fake_hint(client, 0);                      /* names registrars */
    log_fake_hint(client, l.who[JUDGE].entry);     /* enrols another */
    log_fake_hint(client, l.request);              /* is signed by it */
    log_fake_hint(client, l.n + 3);                /* is not there */
    log_fake_hint(client, l.who[REQUESTER].entry); /* this one */
    log_fake_hint(client, l.who[HOLDER].entry);
    expect_enrolled(l.who[REQUESTER].entry, ROLE_REQUESTER);
    assert_true(id.good);
    assert_int_equal(log_fake_searches(client), 1);
    log_fake_set(client, true, false);
    expect_enrolled(l.who[REQUESTER].entry, ROLE_REQUESTER); /* it is known */
    assert_int_equal(log_fake_searches(client), 1);
}

static void genesis_enrols_registrars(void **state)
{
    (void)state;
    log_fake_hint(client, l.who[JUDGE].entry);
    log_fake_hint(client, 0);
    static const enum who registrars[] = { REGISTRAR, REGISTRAR2 };
    for (size_t i = 0; i < COUNT(registrars); i++) {
        read_key(&l.who[registrars[i]].key);
        expect_enrolled(0, ROLE_REGISTRAR);
    }
    read_key(&l.who[STRANGER].key);
    expect_unknown(REASON_KEY_UNKNOWN);
}

/* The same public key under another name is another signer. */
static void a_key_of_another_name_is_not_enrolled(void **state)
{
    struct skey other = l.who[REGISTRAR].key;
    (void)state;
    vkey_make(&other.vkey, span_str("another.name"), KEY_NOTE, l.who[REGISTRAR].key.vkey.key);
    log_fake_hint(client, 0);
    assert_int_equal(read_key(&other), OUTCOME_PROVEN);
    expect_unknown(REASON_KEY_UNKNOWN);
    other = l.who[JUDGE].key;
    vkey_make(&other.vkey, span_str("another.name"), KEY_NOTE, l.who[JUDGE].key.vkey.key);
    log_fake_hint(client, l.who[JUDGE].entry);
    assert_int_equal(read_key(&other), OUTCOME_PROVEN);
    expect_unknown(REASON_KEY_UNKNOWN);
}

/* No key is enrolled twice: whatever comes behind the first is not read. */
static void the_first_entry_that_enrols_it_stands(void **state)
{
    (void)state;
    log_client_free(client);
    struct buf note = { 0 };
    struct entry first;
    struct refusal why;
    assert_int_equal(entry_parse(&first, buf_span(&l.entry[l.who[JUDGE].entry]), &why), 0);
    buf_add_span(&note, first.note);
    uint64_t again = log_add_note(&l, buf_span(&note));
    buf_free(&note);
    client = log_fake_client(&l, l.n);
    read_key(&l.who[JUDGE].key);
    log_fake_hint(client, l.who[JUDGE].entry);
    log_fake_hint(client, again);
    expect_enrolled(l.who[JUDGE].entry, ROLE_JUDGE);
}

static void a_receipt_without_its_quorum_is_no_good_one(void **state)
{
    (void)state;
    read_key(&l.who[JUDGE].key);
    log_fake_hint(client, l.who[JUDGE].entry);
    log_fake_set(client, false, true);
    expect_enrolled(l.who[JUDGE].entry, ROLE_JUDGE);
    assert_false(id.good);
}

static void what_proves_nothing_enrols_nobody(void **state)
{
    (void)state;
    read_key(&l.who[JUDGE].key);
    expect_unknown(REASON_KEY_UNKNOWN); /* nothing is listed */
    log_fake_hint(client, l.who[JUDGE].entry);
    log_fake_spoil(client, l.who[JUDGE].entry);
    expect_unknown(REASON_KEY_UNKNOWN);
    log_fake_hint(client, l.who[JUDGE].entry); /* the one behind it is asked for, too */
    log_fake_spoil(client, NO_ENTRY);
    expect_enrolled(l.who[JUDGE].entry, ROLE_JUDGE);
}

static void without_an_answer_nothing_is_known(void **state)
{
    (void)state;
    read_key(&l.who[JUDGE].key);
    log_fake_set(client, true, false);
    assert_int_equal(find(), -1);
    assert_string_equal(complaint.code, "unreachable");
    log_fake_set(client, false, false);
    log_fake_hint(client, l.who[AUDITOR].entry);
    log_fake_hint(client, l.who[JUDGE].entry);
    log_fake_silence(client, l.who[AUDITOR].entry); /* none is asked for behind it */
    assert_int_equal(find(), -1);
    assert_string_equal(complaint.code, "unreachable");
    log_fake_silence(client, NO_ENTRY);
    expect_enrolled(l.who[JUDGE].entry, ROLE_JUDGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_a_signer_acts),
        TEST(it_asks_by_its_whole_key),
        TEST(the_entry_that_enrols_it_is_found),
        TEST(genesis_enrols_registrars),
        TEST(a_key_of_another_name_is_not_enrolled),
        TEST(the_first_entry_that_enrols_it_stands),
        TEST(a_receipt_without_its_quorum_is_no_good_one),
        TEST(what_proves_nothing_enrols_nobody),
        TEST(without_an_answer_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
