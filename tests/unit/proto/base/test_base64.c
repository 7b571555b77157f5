#include "tests/unit/fixture.h"

#include <sodium.h>
#include <stdlib.h>

#include "proto/base/base64.h"

/* RFC 4648, section 10. */
static const struct {
    const char *plain, *text;
} rfc4648[] = { { "", "" },
                { "f", "Zg==" },
                { "fo", "Zm8=" },
                { "foo", "Zm9v" },
                { "foob", "Zm9vYg==" },
                { "fooba", "Zm9vYmE=" },
                { "foobar", "Zm9vYmFy" } };

static void encodes_the_rfc_vectors(void **state)
{
    char text[16];
    (void)state;
    for (size_t i = 0; i < COUNT(rfc4648); i++) {
        base64_encode(text, rfc4648[i].plain, strlen(rfc4648[i].plain));
        assert_string_equal(text, rfc4648[i].text);
        assert_int_equal(base64_length(strlen(rfc4648[i].plain)), strlen(text));
    }
}

static void decodes_the_rfc_vectors(void **state)
{
    uint8_t out[16];
    size_t n;
    (void)state;
    for (size_t i = 0; i < COUNT(rfc4648); i++) {
        assert_int_equal(base64_decode(out, sizeof out, &n, span_str(rfc4648[i].text)), 0);
        assert_true(span_is(span_of(out, n), rfc4648[i].plain));
    }
}

static void refuses_what_is_not_canonical(void **state)
{
    static const char *const bad[] = { "Zg=",   "Zg",   "Zg===",    "Z",        "Zh==",   "Zm9=",
                                       "=",     "====", "Zg==Zg==", "Zm9v\n",   "\nZm9v", " Zm9v",
                                       "Zm 9v", "Zm9-", "Zm9_",     "Zm9v====", "Zm9*",   "Z=g=" };
    uint8_t out[16];
    size_t n;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (base64_decode(out, sizeof out, &n, span_str(bad[i])) == 0)
            fail_msg("decoded '%s'", bad[i]);
}

/* In every place of a group, every byte is one of the 64 characters or refused. */
static void refuses_every_other_byte(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++)
        for (size_t at = 0; at < 4; at++) {
            uint8_t text[4] = { 'A', 'A', 'A', 'A' }, out[3];
            size_t n;
            text[at] = (uint8_t)c;
            bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                         (c >= '0' && c <= '9') || c == '+' || c == '/';
            bool padding = c == '=' && at == 3;
            if ((base64_decode(out, sizeof out, &n, span_of(text, 4)) == 0) != (plain || padding))
                fail_msg("byte %02x at %zu", c, at);
        }
}

static void refuses_more_than_there_is_room_for(void **state)
{
    uint8_t out[3] = { 0, 0, 7 };
    size_t n;
    (void)state;
    assert_int_equal(base64_decode(out, 2, &n, span_str("Zm9v")), -1);
    assert_int_equal(out[2], 7);
    assert_int_equal(base64_decode(out, 3, &n, span_str("Zm9v")), 0);
}

/* Another library decides the same: of many lengths, every byte
 * in every place gets the verdict that libsodium gives to canonical base64. */
static void libsodium_decides_the_same(void **state)
{
    (void)state;
    for (size_t bytes = 28; bytes <= 100; bytes++)
        for (size_t at = 0; at < base64_length(bytes); at++)
            for (unsigned c = 0; c < 256; c++) {
                uint8_t in[100], out[101] = { 0 }, want[100] = { 0 };
                char text[140];
                size_t n = 0, sodium = 0, length = base64_length(bytes);
                for (size_t i = 0; i < bytes; i++)
                    in[i] = (uint8_t)(i * 151 + bytes);
                base64_encode(text, in, bytes);
                text[at] = (char)c;
                int good = c >= 0x80 ? -1
                                     : sodium_base642bin(want, bytes, text, length, NULL, &sodium,
                                                         NULL, sodium_base64_VARIANT_ORIGINAL);
                int got = base64_decode(out, bytes, &n, span_of(text, length));
                if (got != good || (good == 0 && (n != sodium || memcmp(out, want, n) != 0)) ||
                    out[bytes] != 0)
                    fail_msg("%zu bytes, byte %02x at %zu", bytes, c, at);
            }
}

static void exact_decoding_refuses_other_lengths(void **state)
{
    uint8_t out[4];
    (void)state;
    assert_int_equal(base64_decode_exact(out, 2, span_str("Zm8=")), 0);
    assert_int_equal(base64_decode_exact(out, 1, span_str("Zm8=")), -1);
    assert_int_equal(base64_decode_exact(out, 3, span_str("Zm8=")), -1);
    assert_int_equal(base64_decode_exact(out, 2, span_str("Zm9=")), -1);
    assert_int_equal(base64_decode_exact(out, 2, span_str("Zm8")), -1);
}

/* The encoder works in slices of 3 MiB. */
static void large_input_survives_the_slices(void **state)
{
    size_t n = (size_t)7 * (1 << 20) + 1, got = 0;
    uint8_t *in = malloc(n), *out = malloc(n);
    char *text = malloc(base64_length(n) + 1);
    (void)state;
    assert_true(in != NULL && out != NULL && text != NULL);
    for (size_t i = 0; i < n; i++)
        in[i] = (uint8_t)(i * 31 + (i >> 16));
    base64_encode(text, in, n);
    assert_int_equal(strlen(text), base64_length(n));
    assert_int_equal(base64_decode(out, n, &got, span_str(text)), 0);
    assert_int_equal(got, n);
    assert_memory_equal(in, out, n);
    free(in);
    free(out);
    free(text);
}

static void the_last_digit_counts(void **state)
{
    (void)state;
    assert_true(base64_is(span_str("AAAA"), 3));
    assert_false(base64_is(span_str("AAA*"), 3));
    assert_false(base64_is(span_str("AAAA"), 2));
    assert_false(base64_is(span_str("AAA"), 3));
    assert_true(base64_is(span_str(""), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_the_rfc_vectors),
        cmocka_unit_test(decodes_the_rfc_vectors),
        cmocka_unit_test(refuses_what_is_not_canonical),
        cmocka_unit_test(refuses_every_other_byte),
        cmocka_unit_test(refuses_more_than_there_is_room_for),
        cmocka_unit_test(libsodium_decides_the_same),
        cmocka_unit_test(exact_decoding_refuses_other_lengths),
        cmocka_unit_test(large_input_survives_the_slices),
        cmocka_unit_test(the_last_digit_counts),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
