#include "tests/unit/fixture.h"

#include "proto/judge/recent_ids.h"

#define WINDOW 1000

static struct used_id use_of(unsigned id, uint32_t signer, int64_t accepted, uint64_t entry)
{
    struct used_id u = { .signer = signer, .accepted = accepted, .entry = entry };
    memcpy(u.id, &id, sizeof id);
    return u;
}

static const struct used_id *find(const struct ids *s, unsigned id, uint32_t signer,
                                  int64_t accepted)
{
    struct used_id u = use_of(id, signer, accepted, 0);
    return ids_find(s, u.id, signer, accepted);
}

static void add(struct ids *s, unsigned id, uint32_t signer, int64_t accepted, uint64_t entry)
{
    struct used_id u = use_of(id, signer, accepted, entry);
    assert_int_equal(ids_add(s, &u), 0);
}

static void the_window_is_inclusive_on_both_sides(void **state)
{
    struct ids *s = ids_new(WINDOW);
    (void)state;
    assert_null(find(s, 1, 1, 5000));
    add(s, 1, 1, 5000, 7);
    assert_int_equal(find(s, 1, 1, 5000)->entry, 7);
    assert_non_null(find(s, 1, 1, 6000));
    assert_non_null(find(s, 1, 1, 4000));
    assert_null(find(s, 1, 1, 6001));
    assert_null(find(s, 1, 1, 3999));
    ids_free(s);
}

static void id_and_signer_both_count(void **state)
{
    struct ids *s = ids_new(WINDOW);
    (void)state;
    add(s, 1, 1, 0, 7);
    assert_null(find(s, 1, 2, 0));
    assert_null(find(s, 2, 1, 0));
    assert_non_null(find(s, 1, 1, 0));
    ids_free(s);
    ids_free(NULL);
}

static void the_latest_use_is_found(void **state)
{
    struct ids *s = ids_new(WINDOW);
    (void)state;
    for (uint64_t i = 0; i < 5; i++)
        add(s, 1, 1, (int64_t)i * 10, i);
    assert_int_equal(find(s, 1, 1, 50)->entry, 4);
    ids_free(s);
}

static void count_use(void *ctx, const struct used_id *u)
{
    (void)u;
    ++*(size_t *)ctx;
}

/* Ten thousand uses, ten a millisecond: those of the last window are found, no other. */
static void a_long_log_is_remembered_for_one_window(void **state)
{
    struct ids *s = ids_new(WINDOW);
    size_t n = 0;
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        assert_null(find(s, i, i % 3, i / 10));
        add(s, i, i % 3, i / 10, i);
        unsigned back = i < 10009 ? i : 10009; /* the oldest within the window of this one */
        back -= back == 10009 ? 9 - i % 10 : 0;
        assert_int_equal(find(s, i - back, (i - back) % 3, i / 10)->entry, i - back);
        if (i > back)
            assert_null(find(s, i - back - 1, (i - back - 1) % 3, i / 10));
    }
    ids_each(s, count_use, &n);
    assert_int_equal(n, 10010);
    ids_free(s);
}

/* One id by so many signers that they share slots. */
static void an_id_is_one_signer_s_however_full_the_table(void **state)
{
    struct ids *s = ids_new(WINDOW);
    (void)state;
    for (uint32_t signer = 0; signer < 180; signer++)
        add(s, 1, signer, 5, signer);
    for (uint32_t signer = 0; signer < 180; signer++)
        assert_int_equal(find(s, 1, signer, 5)->entry, signer);
    for (uint32_t signer = 180; signer < 1000; signer++)
        assert_null(find(s, 1, signer, 5));
    ids_free(s);
}

static void times_before_1970_are_times_too(void **state)
{
    struct ids *s = ids_new(WINDOW);
    (void)state;
    add(s, 1, 1, INT64_C(-62135596800000), 7);
    assert_non_null(find(s, 1, 1, INT64_C(-62135596800000) + WINDOW));
    add(s, 2, 1, INT64_C(253402300799999), 8);
    assert_null(find(s, 1, 1, INT64_C(-62135596800000)));
    assert_non_null(find(s, 2, 1, INT64_C(253402300799999)));
    ids_free(s);
}

static void copy_use(void *ctx, const struct used_id *u)
{
    assert_int_equal(ids_add(ctx, u), 0);
}

/* However the clock goes, a copy made of what is told answers like the original. */
static void a_copy_answers_alike(void **state)
{
    uint32_t seed = 1;
    (void)state;
    for (int round = 0; round < 50; round++) {
        struct ids *s = ids_new(WINDOW), *copy = ids_new(WINDOW);
        int64_t now = 0;
        for (uint64_t i = 0; i < 400; i++) {
            seed = seed * 1664525u + 1013904223u;
            now += (int64_t)(seed >> 16) % 700 - 300;
            add(s, seed >> 24 & 15, 1, now, i);
            if (i == 200)
                ids_each(s, copy_use, copy);
            else if (i > 200)
                add(copy, seed >> 24 & 15, 1, now, i);
            for (unsigned id = 0; i >= 200 && id < 16; id++) {
                const struct used_id *a = find(s, id, 1, now - 500),
                                     *b = find(copy, id, 1, now - 500);
                assert_true((a == NULL) == (b == NULL) && (a == NULL || a->entry == b->entry));
            }
        }
        ids_free(s);
        ids_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_is_inclusive_on_both_sides),
        cmocka_unit_test(id_and_signer_both_count),
        cmocka_unit_test(the_latest_use_is_found),
        cmocka_unit_test(a_long_log_is_remembered_for_one_window),
        cmocka_unit_test(an_id_is_one_signer_s_however_full_the_table),
        cmocka_unit_test(times_before_1970_are_times_too),
        cmocka_unit_test(a_copy_answers_alike),
    };
    return cmocka_run_group_tests_name("ids", tests, NULL, NULL);
}
