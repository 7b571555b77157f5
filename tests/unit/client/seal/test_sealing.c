/* sealing.h and unsealing.h: what is sealed is opened again by whom it was sealed to or from the
 * private part, as it was; by nobody else, and not after a change. */
#include "client/seal/sealing.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/seal/unsealing.h"
#include "proto/base/base64.h"
#include "proto/record/identifier.h"
#include "tests/unit/client/in_force_fake.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/fixture.h"

#define ID "00000000-0000-7000-8000-000000000001"
#define CURP "GOMC850315HDFRRR07"

static struct log l;
static struct log_client *client;
static struct in_force *in_force;
static char folder[] = "/tmp/bitacora-unit.XXXXXX";

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    clock_fake_set(l.now);
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_free(&l);
    return rmdir(folder);
}

static int each_start(void **state)
{
    (void)state;
    client = log_fake_client(&l, l.n);
    in_force = in_force_fake(&l, l.n);
    return 0;
}

static int each_end(void **state)
{
    (void)state;
    log_client_free(client);
    in_force_close(in_force);
    return 0;
}

/* ---- a warrant that names a person and says something ----------------------------------------- */

static const char *private_path(void)
{
    return text_of("%s/private", folder);
}

static struct sealing *open_sealing(const char *keep)
{
    enum outcome outcome;
    const struct sealing_options options = { .keep = keep, .to = NO_ENTRY };
    struct sealing *s = sealing_open(&options, client, in_force, &outcome);
    assert_non_null(s);
    assert_int_equal(outcome, OUTCOME_PROVEN);
    return s;
}

static json_t *warrant(void)
{
    json_t *v = json_pack("{s:s,s:[{s:s,s:s}]}", "ref", "1/2026", "subjects", "type", "curp",
                          "value", "gomc850315hdfrrr07");
    assert_non_null(v);
    return v;
}

static void bytes_of(uint8_t *out, const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    assert_non_null(text);
    assert_int_equal(base64_decode_exact(out, HASH_BYTES, span_str(text)), 0);
}

/* What a record says of something sealed. */
static struct sealed sealed_of(const json_t *v, const char *type)
{
    struct sealed out = { .type = type };
    const json_t *to = json_object_get(v, "to");
    bytes_of(out.commit, v, "commit");
    bytes_of(out.sealed, v, "sealed");
    bytes_of(out.to.hash, to, "hash");
    out.to.entry = (uint64_t)json_integer_value(json_object_get(to, "entry"));
    return out;
}

/* Seals the warrant and puts its blobs; sets what it says of the person. */
static json_t *seal_warrant(struct sealing *s, struct sealed *person)
{
    json_t *v = warrant();
    struct complaint complaint;
    assert_int_equal(sealing_apply(s, KIND_WARRANT, v, ID, &complaint), 0);
    assert_int_equal(sealing_put(s, &complaint), 0);
    *person = sealed_of(json_array_get(json_object_get(v, "subjects"), 0), "curp");
    return v;
}

static void expect_person(const struct opening *o)
{
    assert_string_equal(o->type, "curp");
    assert_string_equal(o->value, CURP);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void oversight_opens_what_was_sealed(void **state)
{
    (void)state;
    struct sealing *s = open_sealing(NULL);
    struct sealed person;
    struct identity id;
    struct opening o;
    struct complaint complaint;
    json_t *v = seal_warrant(s, &person);
    char *text = json_dumps(v, JSON_COMPACT);
    assert_null(strstr(text, "GOMC")); /* in the clear no more */
    assert_null(strstr(text, "gomc"));
    free(text);
    assert_int_equal(log_fake_blobs(client), 1);
    assert_int_equal(person.to.entry, l.who[OVERSIGHT].entry);
    log_fake_identity(&id, &l, l.n, OVERSIGHT);
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OPEN);
    expect_person(&o);
    log_fake_identity_free(&id);
    json_decref(v);
    sealing_close(s);
}

static void notes_are_sealed_too(void **state)
{
    (void)state;
    struct sealing *s = open_sealing(NULL);
    struct identity id;
    struct opening o;
    struct complaint complaint;
    json_t *v = json_pack("{s:{s:s,s:s}}", "purpose", "code", "other", "note", "urge");
    assert_int_equal(sealing_apply(s, KIND_REQUEST, v, ID, &complaint), 0);
    assert_int_equal(sealing_put(s, &complaint), 0);
    const json_t *purpose = json_object_get(v, "purpose");
    const struct sealed note = sealed_of(json_object_get(purpose, "note"), "note");
    log_fake_identity(&id, &l, l.n, OVERSIGHT);
    assert_int_equal(unseal_with_key(&o, &note, &id, client, &complaint), UNSEALED_OPEN);
    assert_string_equal(o.value, "urge");
    assert_string_equal(json_string_value(json_object_get(purpose, "code")), "other");
    log_fake_identity_free(&id);
    json_decref(v);
    sealing_close(s);
}

static void another_key_opens_nothing(void **state)
{
    (void)state;
    struct sealing *s = open_sealing(NULL);
    struct sealed person;
    struct identity id;
    struct opening o;
    struct complaint complaint;
    json_t *v = seal_warrant(s, &person);
    log_fake_identity(&id, &l, l.n, AUDITOR);
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_FOREIGN);
    /* A record may name one key, and a blob be sealed to another. */
    person.to.entry = id.under.entry;
    memcpy(person.to.hash, id.under.hash, HASH_BYTES);
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OTHER);
    log_fake_identity_free(&id);
    json_decref(v);
    sealing_close(s);
}

static void what_was_altered_is_not_opened(void **state)
{
    (void)state;
    struct sealing *s = open_sealing(NULL);
    struct sealed person;
    struct identity id;
    struct opening o;
    struct complaint complaint;
    json_t *v = seal_warrant(s, &person);
    log_fake_identity(&id, &l, l.n, OVERSIGHT);
    struct buf *blob = log_fake_blob(client, 0);
    for (size_t i = 0; i < blob->n; i += 7) { /* the blob */
        blob->p[i] ^= 0x20;
        assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OTHER);
        blob->p[i] ^= 0x20;
    }
    for (size_t i = 0; i < HASH_BYTES; i++) { /* what the record commits to */
        person.commit[i] ^= 1;
        assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OTHER);
        person.commit[i] ^= 1;
    }
    person.type = "rfc";
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OTHER);
    person.type = "curp";
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OPEN);
    blob->p[0] ^= 1; /* o has still what was opened */
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OTHER);
    blob->p[0] ^= 1;
    blob->n--; /* cut off */
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OTHER);
    log_fake_identity_free(&id);
    json_decref(v);
    sealing_close(s);
}

/* Sealed by somebody's own program: it opens to what the record commits to, and could hold more. */
static void what_is_sealed_otherwise_is_not_opened(void **state)
{
    (void)state;
    struct sealing *s = open_sealing(NULL);
    struct sealed person;
    struct identity id;
    struct opening o;
    struct complaint complaint;
    struct answer answer;
    struct hash sha256;
    uint8_t plain[OPENING_BYTES], blob[SEALED_BYTES], r[32];
    json_t *v = seal_warrant(s, &person);
    log_fake_identity(&id, &l, l.n, OVERSIGHT);
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OPEN);
    opening_pack(plain, &o);
    assert_int_equal(crypto_sign_ed25519_pk_to_curve25519(r, id.key->vkey.key), 0);
    assert_int_equal(crypto_box_seal(blob, plain, sizeof plain, r), 0);
    assert_true(log_client_put_blob(client, span_of(blob, sizeof blob), &answer));
    hash_bytes(&sha256, span_of(blob, sizeof blob));
    memcpy(person.sealed, sha256.b, HASH_BYTES);
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_OTHER);
    person.to.hash[0] ^= 1; /* to another entry of that number */
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_FOREIGN);
    person.to.hash[0] ^= 1;
    person.to.entry++;
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_FOREIGN);
    log_fake_identity_free(&id);
    json_decref(v);
    sealing_close(s);
}

static void a_blob_that_is_not_had_is_told(void **state)
{
    (void)state;
    struct sealing *s = open_sealing(NULL);
    struct sealed person, absent;
    struct identity id;
    struct opening o;
    struct complaint complaint;
    json_t *v = seal_warrant(s, &person);
    absent = person;
    absent.sealed[0] ^= 1;
    log_fake_identity(&id, &l, l.n, OVERSIGHT);
    assert_int_equal(unseal_with_key(&o, &absent, &id, client, &complaint), UNSEALED_GONE);
    log_fake_erase(client, 0);
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_ERASED);
    log_fake_set(client, true, false);
    assert_int_equal(unseal_with_key(&o, &person, &id, client, &complaint), UNSEALED_FAILED);
    assert_string_equal(complaint.code, "unreachable");
    log_fake_identity_free(&id);
    json_decref(v);
    sealing_close(s);
}

static void the_private_part_opens_it_too(void **state)
{
    (void)state;
    struct sealing *s = open_sealing(private_path());
    struct sealed person;
    struct opening o;
    enum outcome outcome;
    struct stat st;
    json_t *v = seal_warrant(s, &person);
    assert_int_equal(sealing_stands(s, 9, &l.leaf[1]), OUTCOME_PROVEN);
    sealing_close(s);
    assert_int_equal(stat(private_path(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct private *p = private_open(private_path(), false, &outcome);
    assert_non_null(p);
    assert_int_equal(unseal_with_private(&o, &person, p), 0);
    expect_person(&o);
    person.type = "phone"; /* of which the commit is not */
    assert_int_equal(unseal_with_private(&o, &person, p), -1);
    person.type = "curp";
    struct private_part part;
    assert_true(private_find(p, ID, &part));
    assert_true(part.has_entry);
    assert_int_equal(part.entry.entry, 9);
    assert_string_equal(part.ref, "1/2026");
    person.commit[HASH_BYTES - 1] ^= 1;
    assert_int_equal(unseal_with_private(&o, &person, p), -1);
    private_close(p);
    json_decref(v);
    assert_int_equal(unlink(private_path()), 0);
}

static void each_end_has_its_words(void **state)
{
    static const enum unsealed all[] = { UNSEALED_ERASED, UNSEALED_GONE, UNSEALED_FOREIGN,
                                         UNSEALED_OTHER, UNSEALED_FAILED };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(unsealed_words(all[i]), unsealed_words(all[k]));
}

/* A record that is sent again after a crash must commit to the same as before. */
static void a_second_run_commits_to_the_same(void **state)
{
    (void)state;
    struct sealed first, second, other;
    struct sealing *s = open_sealing(private_path());
    json_decref(seal_warrant(s, &first));
    sealing_close(s);
    s = open_sealing(private_path());
    json_decref(seal_warrant(s, &second));
    sealing_close(s);
    assert_memory_equal(first.commit, second.commit, HASH_BYTES);
    assert_memory_equal(first.sealed, second.sealed, HASH_BYTES);
    s = open_sealing(NULL); /* and what nobody kept, to something fresh */
    json_decref(seal_warrant(s, &other));
    sealing_close(s);
    assert_memory_not_equal(first.commit, other.commit, HASH_BYTES);
    assert_int_equal(unlink(private_path()), 0);
}

static void a_request_repeats_its_warrants_commitment(void **state)
{
    (void)state;
    struct sealed of_warrant, of_request, outsider;
    struct complaint complaint;
    enum outcome outcome;
    struct sealing *s = open_sealing(private_path());
    json_decref(seal_warrant(s, &of_warrant));
    assert_int_equal(sealing_stands(s, l.warrant, &l.leaf[l.warrant]), OUTCOME_PROVEN);
    sealing_close(s);
    const struct sealing_options options = { .warrant = private_path(), .to = NO_ENTRY };
    s = sealing_open(&options, client, in_force, &outcome);
    assert_non_null(s);
    json_t *v = json_pack("{s:[{s:s,s:s},{s:s,s:s}]}", "subjects", "type", "curp", "value", CURP,
                          "type", "phone", "value", "+525512345678");
    assert_int_equal(
        sealing_apply(s, KIND_REQUEST, v, "00000000-0000-7000-8000-000000000002", &complaint), 0);
    of_request = sealed_of(json_array_get(json_object_get(v, "subjects"), 0), "curp");
    outsider = sealed_of(json_array_get(json_object_get(v, "subjects"), 1), "phone");
    assert_memory_equal(of_request.commit, of_warrant.commit, HASH_BYTES);
    assert_memory_not_equal(outsider.commit, of_warrant.commit, HASH_BYTES);
    const json_t *named = json_object_get(v, "warrant");
    assert_string_equal(json_string_value(json_object_get(named, "ref")), "1/2026");
    assert_int_equal(json_integer_value(json_object_get(named, "entry")), l.warrant);
    assert_true(sealing_needs_private(s)); /* the second one's opening is kept nowhere */
    json_decref(v);
    sealing_close(s);
    assert_int_equal(unlink(private_path()), 0);
}

static void nothing_is_sealed_to_nobody(void **state)
{
    (void)state;
    struct complaint complaint;
    in_force_close(in_force);
    in_force = in_force_fake(&l, 3); /* before oversight was enrolled */
    struct sealing *s = open_sealing(NULL);
    json_t *v = warrant();
    assert_int_equal(sealing_apply(s, KIND_WARRANT, v, ID, &complaint), -1);
    assert_string_equal(complaint.code, reason_name(REASON_OVERSIGHT_NONE));
    json_decref(v);
    sealing_close(s);
}

static void blobs_that_cannot_be_put_are_told(void **state)
{
    (void)state;
    struct complaint complaint;
    struct sealing *s = open_sealing(NULL);
    json_t *v = warrant();
    assert_int_equal(sealing_apply(s, KIND_WARRANT, v, ID, &complaint), 0);
    log_fake_set(client, true, false);
    assert_int_equal(sealing_put(s, &complaint), -1);
    assert_string_equal(complaint.code, "unreachable");
    json_decref(v);
    sealing_close(s);
}

#define sealing_test(f) cmocka_unit_test_setup_teardown(f, each_start, each_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        sealing_test(oversight_opens_what_was_sealed),
        sealing_test(notes_are_sealed_too),
        sealing_test(another_key_opens_nothing),
        sealing_test(what_was_altered_is_not_opened),
        sealing_test(what_is_sealed_otherwise_is_not_opened),
        sealing_test(a_blob_that_is_not_had_is_told),
        sealing_test(the_private_part_opens_it_too),
        sealing_test(each_end_has_its_words),
        sealing_test(a_second_run_commits_to_the_same),
        sealing_test(a_request_repeats_its_warrants_commitment),
        sealing_test(nothing_is_sealed_to_nobody),
        sealing_test(blobs_that_cannot_be_put_are_told),
    };
    return cmocka_run_group_tests(tests, start, end);
}
