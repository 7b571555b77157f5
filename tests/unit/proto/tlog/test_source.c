#include "proto/tlog/source.h"

#include "tests/unit/fixture.h"

/* A source with one file of that length, or an answer of another kind. */
struct answering {
    size_t length, asked;
    enum fetch says;
};

static enum fetch give(void *ctx, const struct tile *t, size_t max, struct buf *out,
                       struct refusal *why)
{
    struct answering *a = ctx;
    (void)t;
    a->asked = max;
    for (size_t i = 0; a->says == FETCH_OK && i < a->length; i++)
        buf_add_u8(out, (uint8_t)i);
    if (a->says == FETCH_FAILED)
        refuse(why, REASON_UNREADABLE, "a reason of its own");
    return a->says;
}

static void only_as_many_hashes_as_there_should_be_are_taken(void **state)
{
    static const struct {
        struct answering answering;
        enum fetch got;
        enum reason reason;
    } cases[] = {
        { { .length = 3 * HASH_BYTES, .says = FETCH_OK }, FETCH_OK, REASON_NONE },
        { { .length = 3 * HASH_BYTES - 1, .says = FETCH_OK }, FETCH_FAILED, REASON_TILE },
        { { .length = 3 * HASH_BYTES + 1, .says = FETCH_OK }, FETCH_FAILED, REASON_TILE },
        { { .length = 0, .says = FETCH_OK }, FETCH_FAILED, REASON_TILE },
        { { .says = FETCH_MISSING }, FETCH_MISSING, REASON_MISSING },
        { { .says = FETCH_FAILED }, FETCH_FAILED, REASON_UNREADABLE },
    };
    const struct tile t = { .level = 1, .n = 2, .width = 3 };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct answering a = cases[i].answering;
        struct source source = { .tile = give, .ctx = &a };
        struct source_tiles tiles = { .source = &source };
        struct refusal why = { .reason = REASON_NONE };
        struct hash hashes[3];
        memset(hashes, 0, sizeof hashes);
        assert_int_equal(source_hashes(&source, &t, hashes, &why), cases[i].got);
        assert_int_equal(why.reason, cases[i].reason);
        assert_int_equal(a.asked, 3 * HASH_BYTES);
        assert_int_equal(hashes[2].b[31], cases[i].got == FETCH_OK ? 95 : 0);
        assert_int_equal(source_read_tile(&tiles, &t, hashes), cases[i].got == FETCH_OK ? 0 : -1);
        assert_int_equal(tiles.why.reason, cases[i].reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_as_many_hashes_as_there_should_be_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
