#include "tests/unit/fixture.h"

#include <sodium.h>

#include "proto/record/opening.h"

/* A key that is always the same. */
static void key_of(struct skey *out, uint8_t first)
{
    uint8_t seed[32] = { first };
    skey_from_seed(out, span_str("supervision.example.mx/s1"), KEY_NOTE, seed);
}

static void opening_of(struct opening *out, const char *type, const char *value)
{
    assert_int_equal(opening_new(out, type, value), 0);
}

static void same(const struct opening *a, const struct opening *b)
{
    assert_memory_equal(a->salt, b->salt, SALT_BYTES);
    assert_string_equal(a->type, b->type);
    assert_string_equal(a->value, b->value);
}

/* ---- vectors of another implementation ----------------------------------------------------- */

static void check_vector(const struct span *word, size_t words)
{
    uint8_t want[OPENING_BYTES + 64], seed[32], public[32], blob[SEALED_BYTES], got[OPENING_BYTES];
    struct opening o = { .type = "" }, back;
    struct refusal why;
    struct skey key;
    struct hash sealed;
    assert_int_equal(words, 12);
    unhex(seed, sizeof seed, word[0]);
    unhex(public, sizeof public, word[1]);
    unhex(o.salt, sizeof o.salt, word[2]);
    unhex((uint8_t *)o.type, CODE_MAX, word[3]);
    unhex((uint8_t *)o.value, VALUE_MAX, word[4]);

    opening_commit(got, &o);
    unhex(want, sizeof want, word[5]);
    assert_memory_equal(got, want, HASH_BYTES);

    opening_pack(got, &o);
    assert_int_equal(unhex(want, sizeof want, word[6]), OPENING_BYTES);
    assert_memory_equal(got, want, OPENING_BYTES);
    assert_int_equal(opening_unpack(&back, want, &why), 0);
    same(&back, &o);

    assert_int_equal(opening_seal(blob, &o, public), 0);
    assert_int_equal(unhex(want, sizeof want, word[10]), SEALED_BYTES);
    assert_memory_equal(blob, want, SEALED_BYTES);
    unhex(want, sizeof want, word[11]);
    hash_bytes(&sealed, span_of(blob, sizeof blob));
    assert_memory_equal(sealed.b, want, HASH_BYTES);

    skey_from_seed(&key, span_str("k"), KEY_NOTE, seed);
    assert_int_equal(opening_unseal(&back, blob, &key, &why), 0);
    same(&back, &o);
}

static void another_implementation_makes_the_same_bytes(void **state)
{
    (void)state;
    vector_lines("opening/good.txt", check_vector);
}

/* ---- making -------------------------------------------------------------------------------- */

static void a_new_opening_has_a_fresh_salt(void **state)
{
    static const uint8_t zero[SALT_BYTES];
    static const struct opening nothing;
    struct opening o[4];
    (void)state;
    for (size_t i = 0; i < COUNT(o); i++) {
        opening_of(&o[i], "curp", "GOMC850315HDFRRR07");
        assert_string_equal(o[i].type, "curp");
        assert_string_equal(o[i].value, "GOMC850315HDFRRR07");
        assert_memory_not_equal(o[i].salt, zero, SALT_BYTES);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(o[i].salt, o[k].salt, SALT_BYTES);
    }
    opening_wipe(&o[0]);
    assert_memory_equal(&o[0], &nothing, sizeof o[0]);
}

static const char *repeated(char c, size_t n)
{
    static char text[2][OPENING_BYTES + 1];
    static int turn;
    turn = !turn;
    memset(text[turn], c, n);
    text[turn][n] = 0;
    return text[turn];
}

/* The two lengths and 477 bytes are all that there is behind the salt. */
static void what_does_not_fit_is_no_opening(void **state)
{
    static const struct {
        size_t type, value;
        bool good;
    } cases[] = { { 1, 1, true },     { 0, 1, false },    { 1, 0, false },   { 29, 448, true },
                  { 30, 448, false }, { 29, 449, false }, { 4, 449, false }, { 64, 413, true },
                  { 64, 414, false }, { 65, 1, false } };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct opening o, back;
        struct refusal why;
        uint8_t packed[OPENING_BYTES];
        const char *type = repeated('t', cases[i].type), *value = repeated('v', cases[i].value);
        if ((opening_new(&o, type, value) == 0) != cases[i].good)
            fail_msg("case %zu", i);
        if (!cases[i].good)
            continue;
        opening_pack(packed, &o);
        assert_int_equal(opening_unpack(&back, packed, &why), 0);
        same(&back, &o);
    }
}

static const char *const bad_types[] = { "-a", "a b", "ñ", "a\n" };
static const char *const bad_values[] = { "\xFF", "a\nb", "\x7F", "\xE2\x80\xAE", "\xEF\xBF\xBF" };

static void types_are_codes_and_values_plain_text(void **state)
{
    struct opening o;
    (void)state;
    for (size_t i = 0; i < COUNT(bad_types); i++)
        assert_int_equal(opening_new(&o, bad_types[i], "v"), -1);
    for (size_t i = 0; i < COUNT(bad_values); i++)
        assert_int_equal(opening_new(&o, "t", bad_values[i]), -1);
    opening_of(&o, "A.b_c-9", " ñ😀 ");
}

/* ---- reading ------------------------------------------------------------------------------- */

static void unpack_refuses(const uint8_t *in, const char *cause)
{
    struct opening o;
    struct refusal why;
    if (opening_unpack(&o, in, &why) == 0)
        fail_msg("accepted, not: %s", cause);
    assert_int_equal(why.reason, REASON_OPENING_FORM);
    assert_string_equal(why.subject, cause);
    if (cause_words(cause, LANGUAGE_ES) == cause)
        fail_msg("no Spanish for: %s", cause);
}

/* Packs what opening_new() would refuse, with lengths as given. */
static const uint8_t *packed_as(size_t type_length, const char *type, size_t value_length,
                                const char *value)
{
    static uint8_t out[OPENING_BYTES];
    struct opening o = { .salt = { 1 } };
    memcpy(o.type, type, strlen(type) + 1);
    memcpy(o.value, value, strlen(value) + 1);
    opening_pack(out, &o);
    out[32] = (uint8_t)type_length;
    uint8_t *at = out + 33 + strlen(type);
    at[0] = (uint8_t)(value_length >> 8);
    at[1] = (uint8_t)value_length;
    return out;
}

static void lengths_must_fit(void **state)
{
    uint8_t full[OPENING_BYTES];
    (void)state;
    memset(full, 'a', sizeof full);
    full[32] = 64;
    full[97] = 413 >> 8;
    full[98] = 413 & 255;
    struct opening o;
    struct refusal why;
    assert_int_equal(opening_unpack(&o, full, &why), 0);
    full[98]++;
    unpack_refuses(full, "the lengths");
    full[97] = full[98] = 255;
    unpack_refuses(full, "the lengths");
    full[32] = 65;
    full[98] = full[99] = 1;
    unpack_refuses(full, "the type");
    full[32] = 255;
    unpack_refuses(full, "the lengths");
    unpack_refuses(packed_as(0, "", 1, "v"), "the type");
    unpack_refuses(packed_as(1, "t", 0, ""), "the value");
    unpack_refuses(packed_as(1, "t", 0, "v"), "the value");
    memset(full, 'a', sizeof full);
    full[32] = 1;
    full[34] = 449 >> 8;
    full[35] = 449 & 255;
    unpack_refuses(full, "the value");
}

static void what_is_not_said_is_zero(void **state)
{
    uint8_t packed[OPENING_BYTES];
    struct opening o;
    (void)state;
    opening_of(&o, "curp", "GOMC850315HDFRRR07");
    opening_pack(packed, &o);
    for (size_t i = 32 + 1 + 4 + 2 + 18; i < sizeof packed; i++) {
        packed[i] = 1;
        unpack_refuses(packed, "no zeros at the end");
        packed[i] = 0;
    }
    unpack_refuses(packed_as(4, "curp", 17, "GOMC850315HDFRRR07"), "no zeros at the end");
}

static void hostile_types_and_values_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_types); i++)
        unpack_refuses(packed_as(strlen(bad_types[i]), bad_types[i], 1, "v"), "the type");
    for (size_t i = 0; i < COUNT(bad_values); i++)
        unpack_refuses(packed_as(1, "t", strlen(bad_values[i]), bad_values[i]), "the value");
    unpack_refuses(packed_as(1, "t", 2, "v"), "the value"); /* with a zero byte in it */
    uint8_t zero_in_type[OPENING_BYTES];
    memcpy(zero_in_type, packed_as(4, "curp", 1, "v"), sizeof zero_in_type);
    zero_in_type[35] = 0;
    unpack_refuses(zero_in_type, "the type");
}

/* ---- commits and blobs --------------------------------------------------------------------- */

static void a_commit_holds_salt_type_and_value(void **state)
{
    uint8_t commit[HASH_BYTES], other[HASH_BYTES];
    struct opening o, altered;
    (void)state;
    opening_of(&o, "curp", "GOMC850315HDFRRR07");
    opening_commit(commit, &o);
    altered = o;
    altered.salt[31] ^= 1;
    opening_commit(other, &altered);
    assert_memory_not_equal(commit, other, HASH_BYTES);
    altered = o;
    altered.type[3] = 'q';
    opening_commit(other, &altered);
    assert_memory_not_equal(commit, other, HASH_BYTES);
    altered = o;
    altered.value[17] = '8';
    opening_commit(other, &altered);
    assert_memory_not_equal(commit, other, HASH_BYTES);
}

static void unseal_refuses(const uint8_t *blob, const struct skey *key)
{
    struct opening o;
    struct refusal why;
    assert_int_equal(opening_unseal(&o, blob, key, &why), -1);
    assert_int_equal(why.reason, REASON_OPENING_FORM);
    assert_string_equal(why.subject, "not sealed to this key, or altered");
    assert_ptr_not_equal(cause_words(why.subject, LANGUAGE_ES), why.subject);
}

static void a_blob_is_opened_by_its_recipient_only(void **state)
{
    uint8_t blob[SEALED_BYTES], again[SEALED_BYTES];
    struct skey key, other;
    struct opening o, back;
    struct refusal why;
    (void)state;
    key_of(&key, 1);
    key_of(&other, 2);
    opening_of(&o, "note", "niño desaparecido");
    assert_int_equal(opening_seal(blob, &o, key.vkey.key), 0);
    assert_int_equal(opening_seal(again, &o, key.vkey.key), 0);
    assert_memory_equal(blob, again, sizeof blob);
    assert_int_equal(opening_unseal(&back, blob, &key, &why), 0);
    same(&back, &o);
    unseal_refuses(blob, &other);
    assert_int_equal(opening_seal(again, &o, other.vkey.key), 0);
    assert_memory_not_equal(blob, again, 32); /* the same opening to another is another pair */
    unseal_refuses(again, &key);
}

static void every_flipped_byte_of_a_blob_is_found(void **state)
{
    uint8_t blob[SEALED_BYTES];
    struct skey key;
    struct opening o;
    (void)state;
    key_of(&key, 1);
    opening_of(&o, "curp", "GOMC850315HDFRRR07");
    assert_int_equal(opening_seal(blob, &o, key.vkey.key), 0);
    for (size_t i = 0; i < sizeof blob; i++) {
        blob[i] ^= 1;
        unseal_refuses(blob, &key);
        blob[i] ^= 1;
    }
}

/* Anybody can seal anything to a public key. */
static void what_is_sealed_need_not_be_an_opening(void **state)
{
    uint8_t blob[SEALED_BYTES], plain[OPENING_BYTES] = { 0 }, r[32];
    struct skey key;
    struct opening o;
    struct refusal why;
    (void)state;
    key_of(&key, 1);
    assert_int_equal(crypto_sign_ed25519_pk_to_curve25519(r, key.vkey.key), 0);
    crypto_box_seal(blob, plain, sizeof plain, r);
    assert_int_equal(opening_unseal(&o, blob, &key, &why), -1);
    assert_int_equal(why.reason, REASON_OPENING_FORM);
    assert_string_equal(why.subject, "the type");
}

static void a_key_without_an_x25519_form_gets_no_blob(void **state)
{
    static const uint8_t bad[][PUBLIC_KEY_BYTES] = {
        { 0 }, /* of order 4 */
        { 1 }, /* the neutral point */
        { 2 }, /* no point */
    };
    uint8_t blob[SEALED_BYTES];
    struct opening o;
    (void)state;
    opening_of(&o, "curp", "GOMC850315HDFRRR07");
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(opening_seal(blob, &o, bad[i]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_implementation_makes_the_same_bytes),
        cmocka_unit_test(a_new_opening_has_a_fresh_salt),
        cmocka_unit_test(what_does_not_fit_is_no_opening),
        cmocka_unit_test(types_are_codes_and_values_plain_text),
        cmocka_unit_test(lengths_must_fit),
        cmocka_unit_test(what_is_not_said_is_zero),
        cmocka_unit_test(hostile_types_and_values_are_refused),
        cmocka_unit_test(a_commit_holds_salt_type_and_value),
        cmocka_unit_test(a_blob_is_opened_by_its_recipient_only),
        cmocka_unit_test(every_flipped_byte_of_a_blob_is_found),
        cmocka_unit_test(what_is_sealed_need_not_be_an_opening),
        cmocka_unit_test(a_key_without_an_x25519_form_gets_no_blob),
    };
    return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
