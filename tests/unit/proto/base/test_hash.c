/* Hashes whose values are known from elsewhere. */
#include "tests/unit/fixture.h"

#include "proto/base/scan.h"

static void is(const struct hash *h, const char *hex)
{
    struct hash want;
    assert_int_equal(hex_parse(want.b, HASH_BYTES, span_str(hex)), 0);
    assert_memory_equal(h, &want, sizeof want);
}

/* FIPS 180-2, B.1, and of nothing. */
static void bytes_have_their_sha256(void **state)
{
    struct hash h;
    (void)state;
    hash_bytes(&h, span_str("abc"));
    is(&h, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_joined(&h, span_str("a"), span_str("bc"));
    is(&h, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_joined(&h, span_str("abc"), span_of(NULL, 0));
    is(&h, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_joined(&h, span_of(NULL, 0), span_str("abc"));
    is(&h, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_bytes(&h, span_of(NULL, 0));
    is(&h, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 6962, 2.1.3 has no values; these are those of its reference tests: of the leaf "", and of the
 * first two leaves ("" and one zero byte) together. */
static void leaves_and_nodes_are_told_apart(void **state)
{
    struct hash leaf, other, node;
    (void)state;
    hash_leaf(&leaf, span_of(NULL, 0));
    is(&leaf, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    hash_leaf(&other, span_of("", 1));
    is(&other, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
    hash_node(&node, &leaf, &other);
    is(&node, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_their_sha256),
        cmocka_unit_test(leaves_and_nodes_are_told_apart),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
