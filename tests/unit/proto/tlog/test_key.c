#include "tests/unit/fixture.h"

#include <sodium.h>

static void rfc8032_line(const struct span *word, size_t words)
{
    uint8_t seed[32], public[32], message[2048], signature[64], made[64];
    struct skey k;
    assert_int_equal(words, 4);
    unhex(seed, sizeof seed, word[0]);
    unhex(public, sizeof public, word[1]);
    struct span m = span_of(message, unhex(message, sizeof message, word[2]));
    unhex(signature, sizeof signature, word[3]);
    skey_from_seed(&k, span_str("rfc8032"), KEY_NOTE, seed);
    assert_memory_equal(k.vkey.key, public, 32);
    skey_sign(made, &k, m);
    assert_memory_equal(made, signature, 64);
    assert_true(vkey_verify(&k.vkey, m, signature));
    for (size_t bit = 0; bit < 512; bit++) {
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(vkey_verify(&k.vkey, m, signature));
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    if (m.n > 0) {
        message[m.n - 1] ^= 1;
        assert_false(vkey_verify(&k.vkey, m, signature));
    }
}

static void signs_and_verifies_like_rfc_8032(void **state)
{
    (void)state;
    vector_lines("ed25519/good/rfc8032.txt", rfc8032_line);
}

/* The group's order, little-endian. */
static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                   0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                   0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10 };

static void a_malleated_signature_is_refused(void **state)
{
    static const uint8_t seed[32] = { 7 };
    struct skey k;
    uint8_t signature[64];
    unsigned carry = 0;
    (void)state;
    skey_from_seed(&k, span_str("k"), KEY_NOTE, seed);
    skey_sign(signature, &k, span_str("text"));
    for (size_t i = 0; i < 32; i++) { /* S + L, which signs as much as S does */
        carry += signature[32 + i] + order[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(carry, 0);
    assert_false(vkey_verify(&k.vkey, span_str("text"), signature));
}

static void refuse_point(const uint8_t point[32])
{
    struct vkey made, parsed;
    struct buf text = { 0 };
    const char *cause;
    vkey_make(&made, span_str("evil"), KEY_NOTE, point);
    vkey_format(&text, &made);
    assert_int_equal(vkey_parse(&parsed, buf_span(&text), &cause), -1);
    assert_string_equal(cause, "not a valid point");
    buf_free(&text);
}

/* Keys under which signatures can be good for texts that nobody signed. */
static void keys_outside_the_prime_order_group_are_refused(void **state)
{
    static const char *const small[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* not canonical */
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000000", /* not on the curve */
    };
    static const uint8_t seed[32] = { 9 };
    uint8_t torsion[32], mixed[32];
    struct skey k;
    (void)state;
    for (size_t i = 0; i < COUNT(small); i++) {
        unhex(mixed, sizeof mixed, span_str(small[i]));
        refuse_point(mixed);
    }
    /* A good key plus a point of order eight. */
    skey_from_seed(&k, span_str("k"), KEY_NOTE, seed);
    unhex(torsion, sizeof torsion, span_str(small[4]));
    assert_int_equal(crypto_core_ed25519_add(mixed, k.vkey.key, torsion), 0);
    refuse_point(mixed);
}

static void reads_the_private_key_of_go(void **state)
{
    struct buf text = { 0 }, want = { 0 }, made = { 0 };
    struct skey k;
    const char *cause;
    (void)state;
    vector_read(&text, "key/good/go.txt");
    vector_read(&want, "key/good/go.vkey");
    assert_int_equal(skey_parse(&k, buf_span(&text), &cause), 0);
    skey_format(&made, &k);
    assert_true(span_eq(buf_span(&made), buf_span(&text)));
    buf_clear(&made);
    vkey_format(&made, &k.vkey);
    buf_adds(&made, "\n");
    assert_true(span_eq(buf_span(&made), buf_span(&want)));
    assert_int_equal(skey_parse(&k, span_of(text.p, text.n - 1), &cause), 0); /* no newline */
    buf_adds(&text, "\n");
    assert_int_equal(skey_parse(&k, buf_span(&text), &cause), -1); /* two */
    buf_free(&text);
    buf_free(&want);
    buf_free(&made);
}

static void keys_survive_their_text_form(void **state)
{
    static const enum key_type types[] = { KEY_NOTE, KEY_COSIGNATURE };
    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        struct skey k, again;
        struct vkey public;
        struct buf text = { 0 };
        const char *cause;
        skey_generate(&k, span_str("a.example/ñ"), types[i]);
        skey_format(&text, &k);
        assert_int_equal(skey_parse(&again, buf_span(&text), &cause), 0);
        assert_memory_equal(again.secret, k.secret, sizeof k.secret);
        assert_true(vkey_eq(&again.vkey, &k.vkey));
        buf_clear(&text);
        vkey_format(&text, &k.vkey);
        assert_int_equal(vkey_parse(&public, buf_span(&text), &cause), 0);
        assert_true(vkey_eq(&public, &k.vkey) && public.id == k.vkey.id);
        buf_free(&text);
    }
}

#define GO_ID "c74f20a3"
#define GO_KEY "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define GO_SEED "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

struct malformed {
    const char *text, *cause;
};

static void malformed_verifier_keys_are_refused(void **state)
{
    static const char form[] = "not NAME+ID+KEY", name[] = "bad name", id[] = "bad key id",
                      key[] = "bad base64 or length", other[] = "the id is not this key's";
    const struct malformed bad[] = {
        { "", form },
        { "PeterNeumann", form },
        { "+", name },
        { "PeterNeumann+", id },
        { "PeterNeumann+" GO_ID, id },
        { "PeterNeumann+" GO_ID "+", id },
        { "PeterNeumann+" GO_ID "+A", key },
        { "+" GO_ID "+" GO_KEY, name },
        { "Peter Neumann+" GO_ID "+" GO_KEY, name },
        { "Peter\xC2\xA0Neumann+" GO_ID "+" GO_KEY, name },
        { "Peter\xFFNeumann+" GO_ID "+" GO_KEY, name },
        { "PeterNeumann+C74F20A3+" GO_KEY, id },
        { "PeterNeumann+c74f20a+" GO_KEY, id },
        { "PeterNeumann+c74f20a30+" GO_KEY, id },
        { "PeterNeumann+c74f20a3-" GO_KEY, id },
        { "PeterNeumann+c74f20a4+" GO_KEY, other },  /* another key's id */
        { "PeterNeumanN+" GO_ID "+" GO_KEY, other }, /* the id of another name */
        { "PeterNeumann-" GO_ID "+" GO_KEY, id },
        { "PeterNeumann+" GO_ID "+" GO_KEY "\n", key },
        { "PeterNeumann+" GO_ID "+" GO_KEY " ", key },
        { "PeterNeumann+" GO_ID "+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", key },
        { "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
          key }, /* Go's tests */
        { "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
          "type is neither 0x01 nor 0x04" },
    };
    char longest[VKEY_TEXT_MAX + 2];
    struct vkey k;
    const char *cause;
    (void)state;
    assert_int_equal(vkey_parse(&k, span_str("PeterNeumann+" GO_ID "+" GO_KEY), &cause), 0);
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (vkey_parse(&k, fenced(span_str(bad[i].text)), &cause) == 0)
            fail_msg("parsed '%s'", bad[i].text);
        assert_string_equal(cause, bad[i].cause);
    }
    memset(longest, 'A', sizeof longest);
    memcpy(longest, "a+" GO_ID "+", 3 + strlen(GO_ID));
    assert_int_equal(vkey_parse(&k, span_of(longest, VKEY_TEXT_MAX), &cause), -1);
    assert_string_equal(cause, key);
    assert_int_equal(vkey_parse(&k, span_of(longest, VKEY_TEXT_MAX + 1), &cause), -1);
    assert_string_equal(cause, form);
}

/* Of a type that we do not know: name and id are read, and nothing of the key. */
static void keys_of_other_types_keep_name_and_id(void **state)
{
    static const char *const bad[] = {
        "",
        "a",
        "+01020304+Bg==",
        "a b+01020304+Bg==",
        "a+",
        "a+01020304",
        "a+01020304+",
        "a+0102030+Bg==",
        "a+0102030g+Bg==",
        "a+01020304-Bg==",
        "a+01020304+Bg=",
        ("a+01020304+" GO_KEY),                                    /* of type 1 */
        "a+01020304+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", /* of type 4 */
    };
    static char longest[UNKNOWN_VKEY_TEXT_MAX + 4];
    struct vkey k;
    (void)state;
    assert_int_equal(vkey_parse_unknown(&k, span_str("a+01020304+Bg==")), 0);
    assert_string_equal(k.name, "a");
    assert_true(k.id == 0x01020304 && k.type == 6);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (vkey_parse_unknown(&k, fenced(span_str(bad[i]))) == 0)
            fail_msg("parsed '%s'", bad[i]);
    memset(longest, 'C', sizeof longest);
    memcpy(longest, "a+01020304+", 11);
    size_t most = 11 + (UNKNOWN_VKEY_TEXT_MAX - 11) / 4 * 4;
    assert_int_equal(vkey_parse_unknown(&k, span_of(longest, most)), 0);
    assert_int_equal(vkey_parse_unknown(&k, span_of(longest, most + 4)), -1);
    memset(longest, 'C', sizeof longest);
    memcpy(longest, "ab+01020304+", 12);
    assert_int_equal((UNKNOWN_VKEY_TEXT_MAX - 12) % 4, 0);
    assert_int_equal(vkey_parse_unknown(&k, span_of(longest, UNKNOWN_VKEY_TEXT_MAX)), 0);
}

static void malformed_private_keys_are_refused(void **state)
{
    static const char prefix[] = "does not begin with PRIVATE+KEY+";
    const struct malformed bad[] = {
        { "", prefix },
        { "\n", prefix },
        { "PRIVATE+KEY+", "not NAME+ID+KEY" },
        { "PeterNeumann+" GO_ID "+" GO_SEED, prefix },
        { "PRIVATE+KEY+PeterNeumann+" GO_ID, "bad key id" },
        { "PRIVATE+KEY+PeterNeumann+c74f20a4+" GO_SEED, "the id is not this key's" },
        { "PRIVATE+KEY+PeterNeumanN+" GO_ID "+" GO_SEED, "the id is not this key's" },
        { "private+key+PeterNeumann+" GO_ID "+" GO_SEED, prefix },
        { " PRIVATE+KEY+PeterNeumann+" GO_ID "+" GO_SEED, prefix },
        { "PRIVATE+KEY+PeterNeumann+" GO_ID "+" GO_SEED "x", "bad base64 or length" },
        { "PRIVATE+KEY+PeterNeumann+" GO_ID "+" GO_SEED "\r\n", "bad base64 or length" },
        { "PRIVATE+KEY+PeterNeumann+" GO_ID "+AgEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
          "type is neither 0x01 nor 0x04" },
    };
    static const char behind[] = "\nPRIVATE+KEY+PeterNeumann+" GO_ID "+" GO_SEED;
    static const struct skey nothing;
    struct skey k;
    const char *cause;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (skey_parse(&k, fenced(span_str(bad[i].text)), &cause) == 0)
            fail_msg("parsed '%s'", bad[i].text);
        assert_string_equal(cause, bad[i].cause);
    }
    assert_int_equal(skey_parse(&k, span_of(behind + 1, 0), &cause), -1); /* nothing of a file */
    assert_string_equal(cause, prefix);
    assert_int_equal(skey_parse(&k, span_str(bad[5].text), &cause), -1);
    assert_memory_equal(&k, &nothing, sizeof k);
}

static void signer_names_are_plain_ascii(void **state)
{
    static const char *const good[] = { "a", "0", "a.b/c-d_e", "log.example.mx/2026", "z--" };
    static const char *const bad[] = { "",    "A",  "aB", ".a", "_a", "/a",  "-a",  "a b",
                                       "a+b", "a:", "a@", "ñ",  "añ", "a\n", "a\t", "a~" };
    char longest[SIGNER_NAME_MAX + 1];
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(signer_name_allowed(span_str(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (signer_name_allowed(span_str(bad[i])))
            fail_msg("allowed '%s'", bad[i]);
    assert_false(signer_name_allowed(span_of("a\0b", 3)));
    memset(longest, 'a', sizeof longest);
    assert_true(signer_name_allowed(span_of(longest, SIGNER_NAME_MAX)));
    assert_false(signer_name_allowed(span_of(longest, SIGNER_NAME_MAX + 1)));
}

static void key_names_have_no_space_plus_or_control(void **state)
{
    static const char *const good[] = { "A", "PeterNeumann", "ñ", "漢字", "😀", "a\x7f" };
    static const char *const bad[] = { "",
                                       "+",
                                       "a+",
                                       " ",
                                       "\t",
                                       "a\x01",
                                       "\xC2\x85",
                                       "\xC2\xA0",
                                       "\xE1\x9A\x80",
                                       "\xE2\x80\x80",
                                       "\xE2\x80\x8A",
                                       "\xE2\x80\xA8",
                                       "\xE2\x80\xA9",
                                       "\xE2\x80\xAF",
                                       "\xE2\x81\x9F",
                                       "\xE3\x80\x80",
                                       "\xFF",
                                       "\xED\xA0\x80" };
    char longest[KEY_NAME_MAX + 1];
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(key_name_allowed(span_str(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (key_name_allowed(span_str(bad[i])))
            fail_msg("allowed case %zu", i);
    memset(longest, 'A', sizeof longest);
    assert_true(key_name_allowed(span_of(longest, KEY_NAME_MAX)));
    assert_false(key_name_allowed(span_of(longest, KEY_NAME_MAX + 1)));
}

static void keys_differ_by_name_type_and_bytes(void **state)
{
    static const uint8_t one[32] = { 1 }, two[32] = { 2 };
    struct skey a, b;
    (void)state;
    skey_from_seed(&a, span_str("a"), KEY_NOTE, one);
    skey_from_seed(&b, span_str("b"), KEY_NOTE, one);
    assert_false(vkey_eq(&a.vkey, &b.vkey));
    skey_from_seed(&b, span_str("a"), KEY_COSIGNATURE, one);
    assert_false(vkey_eq(&a.vkey, &b.vkey));
    assert_int_not_equal(a.vkey.id, b.vkey.id);
    skey_from_seed(&b, span_str("a"), KEY_NOTE, two);
    assert_false(vkey_eq(&a.vkey, &b.vkey));
    skey_from_seed(&b, span_str("a"), KEY_NOTE, one);
    assert_true(vkey_eq(&a.vkey, &b.vkey));
}

static void a_wiped_key_holds_nothing(void **state)
{
    static const struct skey nothing;
    struct skey k;
    (void)state;
    skey_generate(&k, span_str("a"), KEY_NOTE);
    skey_wipe(&k);
    assert_memory_equal(&k, &nothing, sizeof k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_verifies_like_rfc_8032),
        cmocka_unit_test(a_malleated_signature_is_refused),
        cmocka_unit_test(keys_outside_the_prime_order_group_are_refused),
        cmocka_unit_test(reads_the_private_key_of_go),
        cmocka_unit_test(keys_survive_their_text_form),
        cmocka_unit_test(malformed_verifier_keys_are_refused),
        cmocka_unit_test(keys_of_other_types_keep_name_and_id),
        cmocka_unit_test(malformed_private_keys_are_refused),
        cmocka_unit_test(signer_names_are_plain_ascii),
        cmocka_unit_test(key_names_have_no_space_plus_or_control),
        cmocka_unit_test(keys_differ_by_name_type_and_bytes),
        cmocka_unit_test(a_wiped_key_holds_nothing),
    };
    return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
