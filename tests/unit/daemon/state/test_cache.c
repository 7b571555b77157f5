/* cache.h: objects that live as long as somebody uses them, and go when everything is forgotten. */
#include "daemon/state/cache.h"

#include <stdlib.h>

#include "tests/unit/fixture.h"

#define LEAST 128 /* objects that the smallest cache has room for */

struct object {
    struct cached cached;
    uint64_t value;
};

/* A new one with one user, the test. */
static struct cached *object_new(uint64_t value)
{
    struct object *o = malloc(sizeof *o);
    assert_non_null(o);
    atomic_init(&o->cached.users, 1);
    o->value = value;
    return &o->cached;
}

static uint64_t number_of(const struct cached *c)
{
    return ((const struct object *)c)->value;
}

/* Keeps a new object, which nobody else uses. */
static void keep(struct cache *c, uint64_t key)
{
    struct cached *o = object_new(key * 7);
    cache_keep(c, key, o, cache_generation(c));
    cached_release(o);
}

static bool has(struct cache *c, uint64_t key)
{
    struct cached *o = cache_get(c, key);
    bool found = o != NULL;
    if (found)
        assert_int_equal(number_of(o), key * 7);
    cached_release(o);
    return found;
}

static void what_was_kept_is_found_by_its_key(void **state)
{
    struct cache *c = cache_new(1);
    (void)state;
    assert_false(has(c, 5));
    keep(c, 5);
    assert_true(has(c, 5));
    assert_false(has(c, 6));
    keep(c, 0);
    keep(c, UINT64_MAX);
    assert_true(has(c, 0) && has(c, UINT64_MAX));
    cache_free(c);
}

static void who_uses_an_object_has_it_when_the_cache_is_gone(void **state)
{
    struct cache *c = cache_new(1);
    (void)state;
    keep(c, 3);
    struct cached *o = cache_get(c, 3);
    assert_int_equal(atomic_load(&o->users), 2);
    cache_free(c);
    assert_int_equal(atomic_load(&o->users), 1);
    assert_int_equal(number_of(o), 21);
    cached_release(o);
    cached_release(NULL);
    cache_free(NULL);
}

static void everything_is_forgotten(void **state)
{
    struct cache *c = cache_new(1);
    (void)state;
    for (uint64_t key = 0; key < 20; key++)
        keep(c, key);
    cache_forget(c);
    for (uint64_t key = 0; key < 20; key++)
        assert_false(has(c, key));
    keep(c, 1);
    assert_true(has(c, 1));
    cache_free(c);
}

/* It was read before everything was forgotten: it may be of a commit that never was. */
static void what_was_read_before_is_not_kept(void **state)
{
    struct cache *c = cache_new(1);
    struct cached *o = object_new(7);
    unsigned before = cache_generation(c);
    (void)state;
    cache_forget(c);
    assert_true(cache_generation(c) != before);
    cache_keep(c, 1, o, before);
    assert_int_equal(atomic_load(&o->users), 1);
    assert_false(has(c, 1));
    cached_release(o);
    cache_free(c);
}

/* However many are kept, no more stay than there is room for, and the newest is one of them. */
static void there_is_room_for_so_many(void **state)
{
    struct cache *c = cache_new(LEAST);
    size_t kept = 0;
    (void)state;
    for (uint64_t key = 0; key < 40 * LEAST; key++) {
        keep(c, key);
        assert_true(has(c, key));
    }
    for (uint64_t key = 0; key < 40 * LEAST; key++)
        kept += has(c, key);
    assert_in_range(kept, LEAST / 2, LEAST);
    cache_free(c);
}

static void what_is_asked_for_stays(void **state)
{
    struct cache *c = cache_new(LEAST);
    (void)state;
    keep(c, 1);
    for (uint64_t key = 2; key < 40 * LEAST; key++) {
        keep(c, key);
        assert_true(has(c, 1));
    }
    cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_is_found_by_its_key),
        cmocka_unit_test(who_uses_an_object_has_it_when_the_cache_is_gone),
        cmocka_unit_test(everything_is_forgotten),
        cmocka_unit_test(what_was_read_before_is_not_kept),
        cmocka_unit_test(there_is_room_for_so_many),
        cmocka_unit_test(what_is_asked_for_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
