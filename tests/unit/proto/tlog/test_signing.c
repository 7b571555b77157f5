#include "tests/unit/fixture.h"

#include <sodium.h>

#include "proto/tlog/signing.h"

static size_t lines, good_ones;

static void edge(const struct span *word, size_t words)
{
    uint8_t key[32], message[64], signature[64];
    assert_int_equal(words, 4);
    assert_int_equal(unhex(key, sizeof key, word[1]), 32);
    size_t n = unhex(message, sizeof message, word[2]);
    assert_int_equal(unhex(signature, sizeof signature, word[3]), 64);
    bool good = key_good(key) && signature_good(key, span_of(message, n), signature);
    if (good != span_is(word[0], "good"))
        fail_msg("line %zu: %d", lines, good);
    lines++;
    good_ones += good;
}

static void edges_are_decided_as_the_arithmetic_says(void **state)
{
    (void)state;
    vector_lines("ed25519/edges/edges.txt", edge);
    assert_int_equal(good_ones, 1);
    assert_in_range(lines, 50, 100);
}

static void this_library_needs_nothing_that_we_lack(void **state)
{
    (void)state;
    assert_null(signing_begin());
    lines = good_ones = 0;
    edges_are_decided_as_the_arithmetic_says(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_are_decided_as_the_arithmetic_says),
        cmocka_unit_test(this_library_needs_nothing_that_we_lack),
    };
    return cmocka_run_group_tests_name("signing", tests, NULL, NULL);
}
