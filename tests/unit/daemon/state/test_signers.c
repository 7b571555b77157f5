/* signers.h: what the shared registry answers, and who may be revoked. */
#include "daemon/state/signers.h"

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

static struct signer_registry *signers_of(struct world *w)
{
    return &w->service.signers;
}

/* Appends a record by a draft to the fixture's log, and applies it. */
static uint64_t apply(struct world *w, struct draft d)
{
    struct entry e;
    struct record r;
    struct refusal why;
    uint64_t index = log_add(&w->log, d);
    assert_int_equal(entry_parse(&e, buf_span(&w->log.entry[index]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    assert_int_equal(signers_apply(signers_of(w), index, &w->log.leaf[index], &r), 0);
    record_free(&r);
    return index;
}

static struct draft revocation(const struct world *w, enum who who)
{
    return BY(REGISTRAR, KIND_REVOKE,
              .members =
                  text_of("\"vkey\":\"%s\",\"reason\":\"superseded\"", vkey_text(&w->log, who)));
}

static const struct vkey *key_of(const struct world *w, enum who who)
{
    return &w->log.who[who].key.vkey;
}

static void a_key_has_the_entries_that_enrol_and_revoke_it(void **state)
{
    struct world *w = world_new(0);
    uint64_t entry[2];
    (void)state;
    assert_int_equal(signers_key_entries(signers_of(w), key_of(w, JUDGE)->key, entry), 1);
    assert_int_equal(entry[0], 1);
    assert_int_equal(signers_key_entries(signers_of(w), key_of(w, STRANGER)->key, entry), 0);
    uint64_t revoked = apply(w, revocation(w, JUDGE));
    assert_int_equal(signers_key_entries(signers_of(w), key_of(w, JUDGE)->key, entry), 2);
    assert_int_equal(entry[0], 1);
    assert_int_equal(entry[1], revoked);
    world_free(w);
}

static void a_role_has_its_entries_without_the_revoked(void **state)
{
    struct world *w = world_new(0);
    uint64_t entry[4];
    (void)state;
    /* Genesis names two registrars, and is listed once. */
    assert_int_equal(signers_entries(signers_of(w), ROLE_REGISTRAR, 0, entry, 4), 1);
    assert_int_equal(entry[0], 0);
    assert_int_equal(signers_entries(signers_of(w), ROLE_REGISTRAR, 1, entry, 4), 0);
    assert_int_equal(signers_entries(signers_of(w), ROLE_JUDGE, 0, entry, 4), 1);
    assert_int_equal(entry[0], 1);
    assert_int_equal(signers_entries(signers_of(w), ROLE_JUDGE, 0, entry, 0), 0);
    assert_int_equal(signers_entries(signers_of(w), ROLE_NONE, 0, entry, 4), 0);
    apply(w, revocation(w, JUDGE));
    assert_int_equal(signers_entries(signers_of(w), ROLE_JUDGE, 0, entry, 4), 0);
    world_free(w);
}

static void a_name_and_id_tell_which_entry(void **state)
{
    struct world *w = world_new(0);
    const struct vkey *key = key_of(w, HOLDER);
    (void)state;
    assert_int_equal(signers_enrolled(signers_of(w), span_str(key->name), key->id),
                     w->log.who[HOLDER].entry);
    assert_true(signers_enrolled(signers_of(w), span_str(key->name), key->id ^ 1) == NO_ENTRY);
    assert_true(signers_enrolled(signers_of(w), span_str("nobody.example"), key->id) == NO_ENTRY);
    world_free(w);
}

/* What signers_judge_revoke() says of revoking somebody now. */
static int judge(struct world *w, enum who who)
{
    struct entry e;
    struct record r;
    struct refusal why = { .reason = REASON_NONE };
    struct log copy;
    log_copy(&copy, &w->log, w->log.n);
    uint64_t index = log_add(&copy, revocation(w, who));
    assert_int_equal(entry_parse(&e, buf_span(&copy.entry[index]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    int failed = signers_judge_revoke(signers_of(w), &r, e.accepted, &why);
    assert_int_equal(failed == 0 ? REASON_NONE : why.reason,
                     failed == 0 ? REASON_NONE : REASON_REVOKE_LAST);
    record_free(&r);
    log_free(&copy);
    return failed;
}

/* Else nobody could enrol any more. */
static void the_last_registrar_is_not_revoked(void **state)
{
    struct world *w = world_new(0);
    (void)state;
    assert_int_equal(judge(w, REGISTRAR), 0);
    assert_int_equal(judge(w, REGISTRAR2), 0);
    apply(w, revocation(w, REGISTRAR2));
    assert_int_equal(judge(w, REGISTRAR), -1);
    assert_int_equal(judge(w, JUDGE), 0);    /* who is none */
    assert_int_equal(judge(w, STRANGER), 0); /* whom nobody knows */
    world_free(w);
}

static void nothing_is_erased_without_an_order(void **state)
{
    struct world *w = world_new(0);
    uint8_t blob[HASH_BYTES] = { 7 };
    (void)state;
    assert_true(signers_erased(signers_of(w), blob) == NO_ENTRY);
    world_free(w);
}

static void another_registry_takes_its_place(void **state)
{
    struct world *w = world_new(0);
    struct registry *empty = registry_new();
    uint64_t entry[2];
    (void)state;
    assert_non_null(empty);
    signers_replace(signers_of(w), empty);
    assert_ptr_equal(signers_registry(signers_of(w)), empty);
    assert_int_equal(signers_key_entries(signers_of(w), key_of(w, JUDGE)->key, entry), 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_has_the_entries_that_enrol_and_revoke_it),
        cmocka_unit_test(a_role_has_its_entries_without_the_revoked),
        cmocka_unit_test(a_name_and_id_tell_which_entry),
        cmocka_unit_test(the_last_registrar_is_not_revoked),
        cmocka_unit_test(nothing_is_erased_without_an_order),
        cmocka_unit_test(another_registry_takes_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
