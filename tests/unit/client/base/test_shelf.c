/* shelf.h, spool.h and key_index.h: many small things that are kept on the disk. */
#include "client/base/shelf.h"

#include <stdio.h>
#include <unistd.h>

#include "client/base/key_index.h"
#include "client/base/spool.h"
#include "tests/unit/fixture.h"

#define ITEMS 20000

static void items_are_found_by_number_and_can_be_changed(void **state)
{
    (void)state;
    struct shelf s;
    shelf_open(&s, sizeof(uint64_t));
    for (uint64_t i = 0; i < ITEMS; i++)
        assert_true(shelf_push(&s, &(uint64_t){ i * i }));
    assert_int_equal(s.n, ITEMS);
    *(uint64_t *)shelf_at(&s, 77) = 5;
    for (uint64_t i = 0; i < ITEMS; i++)
        assert_int_equal(*(uint64_t *)shelf_at(&s, i), i == 77 ? 5 : i * i);
    const uint64_t *zeroes = shelf_add(&s, 3);
    assert_non_null(zeroes);
    for (int i = 0; i < 3; i++)
        assert_int_equal(zeroes[i], 0);
    shelf_close(&s);
}

static void a_saved_shelf_is_the_same(void **state)
{
    (void)state;
    struct shelf s, again, other;
    FILE *file = tmpfile();
    assert_non_null(file);
    shelf_open(&s, sizeof(uint64_t));
    shelf_open(&again, sizeof(uint64_t));
    shelf_open(&other, sizeof(uint32_t));
    for (uint64_t i = 0; i < 1000; i++)
        shelf_push(&s, &i);
    shelf_push(&again, &(uint64_t){ 9 }); /* which goes */
    assert_int_equal(shelf_save(&s, file), 0);
    rewind(file);
    assert_int_equal(shelf_load(&again, file), 0);
    assert_int_equal(again.n, s.n);
    assert_memory_equal(again.p, s.p, s.n * s.item);
    rewind(file);
    assert_int_equal(ftruncate(fileno(file), 4000), 0); /* half of it */
    assert_int_equal(shelf_load(&again, file), -1);
    rewind(file);
    assert_int_equal(shelf_load(&other, file), -1); /* items of another size */
    fclose(file);
    shelf_close(&s);
    shelf_close(&again);
    shelf_close(&other);
}

static void spooled_items_come_back(void **state)
{
    (void)state;
    uint64_t item;
    struct spool *s = spool_new(sizeof item);
    assert_non_null(s);
    for (uint64_t i = 0; i < ITEMS; i++)
        spool_add(s, &(uint64_t){ i * 3 });
    assert_int_equal(spool_count(s), ITEMS);
    for (uint64_t i = 0; i < ITEMS; i += 7) {
        assert_true(spool_get(s, i, &item));
        assert_int_equal(item, i * 3);
    }
    assert_false(spool_get(s, ITEMS, &item));
    spool_free(s);
}

static void a_key_finds_its_numbers_last_first(void **state)
{
    (void)state;
    struct key_index x;
    uint32_t at, number;
    key_index_open(&x);
    for (uint32_t i = 0; i < 3000; i++)
        assert_true(key_index_put(&x, span_str(text_of("key %u", i % 1000)), i));
    for (uint32_t k = 0; k < 1000; k++) {
        struct span key = span_str(text_of("key %u", k));
        at = 0;
        for (uint32_t i = 3; i-- > 0;) {
            do /* others may share the hash: whoever looks something up compares */
                assert_true(key_index_next(&x, key, &at, &number));
            while (number % 1000 != k);
            assert_int_equal(number, i * 1000 + k);
        }
    }
    at = 0;
    size_t strangers = 0;
    while (key_index_next(&x, span_str("nobody"), &at, &number))
        strangers++;
    assert_in_range(strangers, 0, 30);
    key_index_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_found_by_number_and_can_be_changed),
        cmocka_unit_test(a_saved_shelf_is_the_same),
        cmocka_unit_test(spooled_items_come_back),
        cmocka_unit_test(a_key_finds_its_numbers_last_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
