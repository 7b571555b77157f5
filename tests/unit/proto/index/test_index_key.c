#include "tests/unit/fixture.h"

#include "proto/index/index_key.h"

static void expect_key(const struct index_key *key, const char *hex)
{
    uint8_t want[INDEX_KEY_LENGTH];
    assert_int_equal(unhex(want, sizeof want, span_str(hex)), sizeof want);
    assert_memory_equal(key->b, want, sizeof want);
}

/* Made with Python's hashlib by the text of docs/FORMATS.md, 24.1. */
static void keys_are_those_of_the_format(void **state)
{
    static const uint8_t counted[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                         11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                         22, 23, 24, 25, 26, 27, 28, 29, 30, 31 },
                         zeroes[32];
    const struct {
        enum index_key_type type;
        struct span value;
        const char *hex;
    } known[] = {
        { INDEX_KEY_SIGNER, span_str("judge.example.mx"), "93f165fa614b9baaf46ab52acd709bbc" },
        { INDEX_KEY_VKEY, span_of(counted, 32), "fe4c86d58a8db2580baf87e7f009a1f0" },
        { INDEX_KEY_AUTHORITY, span_str("mx.fgr"), "46d49253f93a0bca49b9e46fa48d89c0" },
        { INDEX_KEY_HOLDER, span_str("mx.holder"), "b60bc8aea4c4b854d070b2d4e902e3cc" },
        { INDEX_KEY_SUBJECT, span_of(zeroes, 32), "578ef24b6c502ec7cf2a494e47191655" },
        { INDEX_KEY_WARRANT, span_str("abc"), "71e05e19247650329cb189e4175afa45" },
        { INDEX_KEY_RULESET, span_str(""), "71ed83668279d5cd2a2bf087daba8817" },
        { INDEX_KEY_AUDITED, span_str(""), "6cf4f0f9b5bc795cf8298fe2de44cad6" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        struct index_key key;
        index_key_of(&key, known[i].type, known[i].value);
        expect_key(&key, known[i].hex);
    }
    assert_int_equal(COUNT(known), INDEX_KEY_TYPES);
    expect_key(&INDEX_UNKEYED, "00000000000000000000000000000000");
}

/* The key of a reference is that of its skeleton (5.5): here all that looks like "abc". */
static void references_that_look_alike_have_one_key(void **state)
{
    static const char *const alike[] = { "abc",
                                         "ABC",
                                         "a b c",
                                         "a-b-c",
                                         "\xD0\xB0"
                                         "bc",
                                         "a\xCC\xB2"
                                         "bc" };
    struct index_key key;
    (void)state;
    for (size_t i = 0; i < COUNT(alike); i++) {
        assert_int_equal(index_key_of_reference(&key, span_str(alike[i])), 0);
        expect_key(&key, "71e05e19247650329cb189e4175afa45");
    }
    assert_int_equal(index_key_of_reference(&key, span_str("abd")), 0);
    assert_memory_not_equal(key.b, "\x71\xe0\x5e\x19", 4);
}

static void each_type_has_a_word(void **state)
{
    static const char *const words[] = { "signer",  "vkey",    "authority", "holder",
                                         "subject", "warrant", "ruleset",   "audited" };
    (void)state;
    for (int t = 0; t < INDEX_KEY_TYPES; t++) {
        assert_string_equal(index_key_word((enum index_key_type)t), words[t]);
        assert_int_equal(index_key_type_of(span_str(words[t])), t);
    }
    assert_int_equal(index_key_type_of(span_str("warrants")), INDEX_KEY_TYPES);
    assert_int_equal(index_key_type_of(span_str("")), INDEX_KEY_TYPES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_the_format),
        cmocka_unit_test(references_that_look_alike_have_one_key),
        cmocka_unit_test(each_type_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
