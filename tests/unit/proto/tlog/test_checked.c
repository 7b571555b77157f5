#include "tests/unit/fixture.h"

#include <pthread.h>

#include "proto/tlog/checked.h"
#include "proto/tlog/signing.h"

struct signed_text {
    struct skey key;
    uint8_t signature[SIGNATURE_BYTES];
    struct span message;
};

static void sign(struct signed_text *s)
{
    skey_generate(&s->key, span_str("a.example.mx"), KEY_NOTE);
    s->message = span_str("a text that was signed");
    skey_sign(s->signature, &s->key, s->message);
}

static bool asked(const struct signed_text *s)
{
    const uint8_t *key = s->key.vkey.key;
    bool good = signature_good(key, s->message, s->signature);
    assert_int_equal(checked_signature(key, s->message, s->signature), good);
    assert_int_equal(checked_key(key), key_good(key));
    return good;
}

static void what_was_found_good_is_found_good_again(void **state)
{
    struct signed_text s;
    (void)state;
    sign(&s);
    for (int i = 0; i < 3; i++)
        assert_true(asked(&s));
    checked_forget();
    assert_true(asked(&s));
}

/* Each bit of key, signature and message is part of what was found good. */
static void other_bytes_are_judged_by_themselves(void **state)
{
    struct signed_text s;
    char text[] = "a text that was signed";
    (void)state;
    sign(&s);
    assert_true(asked(&s));
    for (size_t i = 0; i < SIGNATURE_BYTES * 8; i += 3) {
        s.signature[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(asked(&s));
        s.signature[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < PUBLIC_KEY_BYTES * 8; i += 3) {
        s.key.vkey.key[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(asked(&s));
        s.key.vkey.key[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    s.message = span_of((uint8_t *)text, s.message.n);
    assert_true(asked(&s));
    for (size_t i = 0; i < s.message.n * 8; i += 3) {
        text[i / 8] ^= (char)(1 << i % 8);
        assert_false(asked(&s));
        text[i / 8] ^= (char)(1 << i % 8);
    }
    s.message.n--;
    assert_false(asked(&s));
}

/* More than there is room for: whatever is kept, verdicts stay. */
static void many_keys_take_turns(void **state)
{
    static struct signed_text s[600];
    (void)state;
    for (size_t i = 0; i < 600; i++) {
        sign(&s[i]);
        assert_true(asked(&s[i]));
        memcpy(s[i].signature, s[i / 2].signature, SIGNATURE_BYTES);
        assert_int_equal(asked(&s[i]), i == 0);
    }
    for (size_t i = 0; i < 600; i++)
        assert_int_equal(asked(&s[i]), i == 0);
}

static void edge(const struct span *word, size_t words)
{
    uint8_t key[32], message[64], signature[64];
    assert_int_equal(words, 4);
    assert_int_equal(unhex(key, sizeof key, word[1]), 32);
    size_t n = unhex(message, sizeof message, word[2]);
    assert_int_equal(unhex(signature, sizeof signature, word[3]), 64);
    struct span m = span_of(message, n);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(checked_key(key), key_good(key));
        assert_int_equal(checked_key(key) && checked_signature(key, m, signature),
                         span_is(word[0], "good"));
    }
}

static void edges_are_decided_as_ever(void **state)
{
    (void)state;
    vector_lines("ed25519/edges/edges.txt", edge);
    vector_lines("ed25519/edges/edges.txt", edge);
}

/* Its encoding is that of a point of order 4, and of an empty table. */
static void zero_bytes_are_no_key(void **state)
{
    static const uint8_t zero[PUBLIC_KEY_BYTES];
    (void)state;
    checked_forget();
    assert_false(checked_key(zero));
}

static void *ask_in_thread(void *ctx)
{
    const struct signed_text *s = ctx;
    for (int i = 0; i < 50; i++)
        if (!checked_signature(s->key.vkey.key, s->message, s->signature) ||
            !checked_key(s->key.vkey.key))
            return NULL;
    checked_forget();
    return ctx;
}

static void threads_have_tables_of_their_own(void **state)
{
    struct signed_text s[2];
    pthread_t thread[2];
    void *said;
    (void)state;
    for (int i = 0; i < 2; i++) {
        sign(&s[i]);
        assert_int_equal(pthread_create(&thread[i], NULL, ask_in_thread, &s[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(thread[i], &said), 0);
        assert_ptr_equal(said, &s[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_found_good_is_found_good_again),
        cmocka_unit_test(other_bytes_are_judged_by_themselves),
        cmocka_unit_test(many_keys_take_turns),
        cmocka_unit_test(edges_are_decided_as_ever),
        cmocka_unit_test(zero_bytes_are_no_key),
        cmocka_unit_test(threads_have_tables_of_their_own),
    };
    return cmocka_run_group_tests_name("checked", tests, NULL, NULL);
}
