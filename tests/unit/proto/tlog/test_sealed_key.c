#include "proto/tlog/sealed_key.h"

#include <sodium.h>

#include "tests/unit/fixture.h"

/* The least that is allowed, so that the tests are fast. */
static const struct sealed_key_cost least = { .memory = SEALED_KEY_MEMORY_MIN, .passes = 1 };

static struct span pass(void)
{
    return span_str("correct horse battery staple");
}

static void some_key(struct skey *out)
{
    static const uint8_t seed[32] = { 1, 2, 3 };
    skey_from_seed(out, span_str("mx.telco.signer"), KEY_NOTE, seed);
}

/* For free() by buf_free(). */
static struct buf some_text(void)
{
    struct skey key;
    struct buf text = { 0 };
    const char *cause;
    some_key(&key);
    assert_int_equal(sealed_key_make(&text, &key, pass(), &least, &cause), 0);
    return text;
}

static void what_is_made_opens(void **state)
{
    struct skey key, opened;
    struct vkey public;
    const char *cause;
    struct buf text = some_text(), other = some_text();
    (void)state;
    some_key(&key);
    assert_true(sealed_key_recognise(buf_span(&text)));
    assert_int_equal(sealed_key_vkey(&public, buf_span(&text), &cause), 0);
    assert_true(vkey_eq(&public, &key.vkey));
    assert_int_equal(sealed_key_open(&opened, buf_span(&text), pass(), &cause), 0);
    assert_memory_equal(&opened, &key, sizeof key);
    assert_false(span_eq(buf_span(&text), buf_span(&other))); /* its own salt and nonce */
    buf_free(&text);
    buf_free(&other);
}

/* ---- what others made ------------------------------------------------------------------------ */

static void vector(const char *const *cell)
{
    struct buf text = { 0 };
    uint8_t passphrase[PASSPHRASE_MAX + 1], seed[32];
    size_t n = unhex(passphrase, sizeof passphrase, span_str(cell[1]));
    struct skey key;
    struct vkey public;
    const char *cause;
    vector_read(&text, text_of("encrypted_key/%s", cell[0]));
    int got = sealed_key_open(&key, buf_span(&text), span_of(passphrase, n), &cause);
    if (strcmp(cell[3], "-") != 0) {
        assert_int_equal(got, -1);
        assert_string_equal(cause, cell[3]);
        assert_true(sodium_is_zero((const uint8_t *)&key, sizeof key));
        buf_free(&text);
        return;
    }
    assert_int_equal(got, 0);
    assert_int_equal(unhex(seed, sizeof seed, span_str(cell[2])), 32);
    assert_memory_equal(key.secret, seed, 32);
    assert_int_equal(sealed_key_vkey(&public, buf_span(&text), &cause), 0);
    assert_true(vkey_eq(&public, &key.vkey));
    buf_free(&text);
}

static void vectors_of_a_second_writer(void **state)
{
    (void)state;
    vector_table("encrypted_key/expect.tsv", 4, vector);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void every_bit_counts(void **state)
{
    struct buf text = some_text();
    struct skey key;
    const char *cause;
    (void)state;
    for (size_t bit = 0; bit < text.n * 8; bit += every()) {
        text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(sealed_key_open(&key, buf_span(&text), pass(), &cause), -1);
        assert_non_null(cause);
        text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(sealed_key_open(&key, buf_span(&text), pass(), &cause), 0);
    assert_int_equal(sealed_key_open(&key, buf_span(&text), span_str(""), &cause), -1);
    assert_string_equal(cause, "the passphrase is empty");
    buf_free(&text);
}

static void no_part_of_it_is_one(void **state)
{
    struct buf text = some_text();
    struct skey key;
    const char *cause;
    (void)state;
    for (size_t n = 0; n < text.n; n++) {
        struct buf part = { 0 }; /* so that a sanitizer sees what is read beyond it */
        buf_add(&part, text.p, n);
        assert_int_equal(sealed_key_open(&key, buf_span(&part), pass(), &cause), -1);
        buf_free(&part);
    }
    buf_free(&text);
}

static void what_is_recognised(void **state)
{
    (void)state;
    assert_true(sealed_key_recognise(span_str("bitacora/v1 encrypted-key\n")));
    assert_true(sealed_key_recognise(span_str("bitacora/v27 encrypted-key\nelse")));
    assert_false(sealed_key_recognise(span_str("bitacora/v1 encrypted-key")));
    assert_false(sealed_key_recognise(span_str("bitacora/v1 encrypted-keys\n")));
    assert_false(sealed_key_recognise(span_str("bitacora/v encrypted-key\n")));
    assert_false(sealed_key_recognise(span_str("bitacora/v1 request\n")));
    assert_false(sealed_key_recognise(span_str("PRIVATE+KEY+a+00000000+AAAA\n")));
    assert_false(sealed_key_recognise(span_of(NULL, 0)));
    assert_false(sealed_key_recognise(fenced(span_str("bitacora/v1"))));
    assert_true(sealed_key_recognise(span_str("bitacora/v90 encrypted-key\n")));
    assert_false(sealed_key_recognise(span_str("bitacora/v1: encrypted-key\n")));
    assert_false(sealed_key_recognise(span_str("bitacora/v1/ encrypted-key\n")));
    assert_false(sealed_key_recognise(span_str("xitacora/v1 encrypted-key\n")));
}

static void refuse_cost(uint32_t memory, uint32_t passes)
{
    const struct sealed_key_cost cost = { .memory = memory, .passes = passes };
    struct skey key;
    struct buf text = { 0 };
    const char *cause;
    some_key(&key);
    buf_adds(&text, "before");
    assert_int_equal(sealed_key_make(&text, &key, pass(), &cost, &cause), -1);
    assert_string_equal(cause, "memory or passes are out of bounds");
    assert_int_equal(text.n, strlen("before"));
    buf_free(&text);
}

static void costs_out_of_bounds_are_not_made(void **state)
{
    (void)state;
    assert_true(sealed_key_cost_allowed(&sealed_key_cost_default));
    assert_true(sealed_key_cost_allowed(&(struct sealed_key_cost){ 1048576, 16 }));
    refuse_cost(8191, 1);
    refuse_cost(0, 1);
    refuse_cost(1048577, 1);
    refuse_cost(UINT32_MAX, 1);
    refuse_cost(8192, 0);
    refuse_cost(8192, 17);
    refuse_cost(8192, UINT32_MAX);
}

static void passphrases_that_none_can_have_are_not_made(void **state)
{
    char longest[PASSPHRASE_MAX + 1];
    struct skey key;
    struct buf text = { 0 };
    const char *cause;
    (void)state;
    some_key(&key);
    memset(longest, 'x', sizeof longest);
    assert_null(passphrase_fault(span_of(longest, PASSPHRASE_MAX)));
    assert_non_null(passphrase_fault(span_of(longest, PASSPHRASE_MAX + 1)));
    static const char *const lines[] = { "PRIVATE+KEY+a.example.mx+f5508ab0+x",
                                         "bitacora/v1 encrypted-key" };
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_null(passphrase_fault(span_str(lines[i]))); /* what is under one can be opened */
        assert_int_equal(sealed_key_make(&text, &key, span_str(lines[i]), &least, &cause), -1);
        assert_string_equal(cause, "the passphrase is a line of a private key's file");
    }
    assert_int_equal(text.n, 0);
    assert_int_equal(sealed_key_make(&text, &key, span_str(""), &least, &cause), -1);
    assert_string_equal(cause, "the passphrase is empty");
    assert_int_equal(sealed_key_make(&text, &key, span_str("a\n"), &least, &cause), -1);
    assert_int_equal(
        sealed_key_make(&text, &key, span_str(""), &(struct sealed_key_cost){ 1, 1 }, &cause), -1);
    assert_string_equal(cause, "the passphrase is empty");
    assert_int_equal(text.n, 0);
    buf_free(&text);
}

/* The longest name and the dearest cost fit into what readers make room for. */
static void the_longest_text(void **state)
{
    static const uint8_t seed[32] = { 9 };
    char name[KEY_NAME_MAX];
    struct buf text = { 0 };
    struct skey key;
    struct vkey public;
    const char *cause;
    const struct sealed_key_cost cost = { .memory = SEALED_KEY_MEMORY_MIN, .passes = 10 };
    (void)state;
    memset(name, 'n', sizeof name);
    skey_from_seed(&key, span_of(name, sizeof name), KEY_COSIGNATURE, seed);
    assert_int_equal(sealed_key_make(&text, &key, pass(), &cost, &cause), 0);
    assert_int_equal(text.n + strlen("1048576") - strlen("8192"), SEALED_KEY_TEXT_MAX);
    assert_int_equal(sealed_key_vkey(&public, buf_span(&text), &cause), 0);
    /* The same with the dearest cost, which only its reader pays for, and a byte more. */
    char *at = strstr((char *)text.p, " 8192 ");
    size_t before = (size_t)(at - (char *)text.p);
    const char *longest = text_of("%.*s 1048576 %s", (int)before, buf_str(&text), at + 6);
    assert_int_equal(strlen(longest), SEALED_KEY_TEXT_MAX);
    assert_int_equal(sealed_key_vkey(&public, span_str(longest), &cause), 0);
    assert_int_equal(sealed_key_vkey(&public, span_str(text_of("%s\n", longest)), &cause), -1);
    assert_string_equal(cause, "too large");
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_opens),
        cmocka_unit_test(vectors_of_a_second_writer),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(no_part_of_it_is_one),
        cmocka_unit_test(what_is_recognised),
        cmocka_unit_test(costs_out_of_bounds_are_not_made),
        cmocka_unit_test(passphrases_that_none_can_have_are_not_made),
        cmocka_unit_test(the_longest_text),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
