#include "tests/unit/fixture.h"

#include "proto/index/index_row.h"

static struct index_row row_of(uint8_t first, uint64_t entry)
{
    struct index_key key = { { first } };
    struct index_row row;
    index_row_set(&row, &key, entry);
    return row;
}

static void a_row_is_its_key_and_its_entry(void **state)
{
    static const uint8_t want[24] = { 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                      0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
    struct index_row row = row_of(7, UINT64_C(0x0102030405060708));
    const struct index_key own = { { 7 } }, other = { { 7, [15] = 1 } };
    (void)state;
    assert_memory_equal(row.b, want, sizeof want);
    assert_int_equal(sizeof row, 24);
    assert_int_equal(index_row_entry(&row), UINT64_C(0x0102030405060708));
    assert_true(index_row_has_key(&row, &own));
    assert_false(index_row_has_key(&row, &other));
}

static void rows_are_in_the_order_of_key_and_entry(void **state)
{
    struct index_row a = row_of(1, 300), b = row_of(1, 1000), c = row_of(2, 1);
    (void)state;
    assert_true(index_row_compare(&a, &b) < 0);
    assert_true(index_row_compare(&c, &b) > 0);
    assert_int_equal(index_row_compare(&a, &a), 0);
}

/* SHA-256(0x00 || rows), as docs/FORMATS.md has it. */
static void a_leaf_is_hashed_as_a_leaf(void **state)
{
    struct index_row rows[2] = { row_of(1, 300), row_of(2, 1) };
    uint8_t bytes[1 + 48] = { 0 };
    struct hash leaf, want;
    (void)state;
    memcpy(bytes + 1, rows, 48);
    hash_bytes(&want, span_of(bytes, sizeof bytes));
    index_row_leaf(&leaf, rows, 2);
    assert_true(hash_eq(&leaf, &want));
    hash_bytes(&want, span_of(bytes, 25));
    index_row_leaf(&leaf, rows, 1);
    assert_true(hash_eq(&leaf, &want));
}

/* ---- merging ------------------------------------------------------------------------------- */

struct stock {
    struct index_row row[128];
    size_t n, at;
    size_t fail; /* reading the row with this place fails; 0: none does */
};

static int next_of(void *stock, struct index_row *out)
{
    struct stock *s = stock;
    if (s->fail != 0 && s->at == s->fail)
        return -1;
    if (s->at == s->n)
        return 0;
    *out = s->row[s->at++];
    return 1;
}

static int take_row(void *stock, const struct index_row *row)
{
    struct stock *s = stock;
    if (s->fail != 0 && s->n == s->fail)
        return 5;
    assert_true(s->n < COUNT(s->row));
    s->row[s->n++] = *row;
    return 0;
}

/* Deals 0 to rows - 1, each to the sources whose bit the number has in `deal`. */
static void deal_out(struct stock *stock, size_t sources, uint64_t rows, unsigned seed)
{
    for (size_t i = 0; i < sources; i++)
        stock[i] = (struct stock){ .n = 0 };
    for (uint64_t r = 0; r < rows; r++) {
        seed = seed * 1103515245 + 12345;
        size_t to = (seed >> 16) % sources;
        stock[to].row[stock[to].n++] = row_of((uint8_t)(r / 8), r);
        if (seed >> 29 == 0) { /* some are there twice */
            size_t too = (to + 1) % sources;
            stock[too].row[stock[too].n++] = row_of((uint8_t)(r / 8), r);
        }
    }
}

static void sources_are_merged_in_order_and_what_is_twice_once(void **state)
{
    struct stock stock[9];
    struct index_row_source source[COUNT(stock)];
    (void)state;
    for (size_t i = 0; i < COUNT(stock); i++)
        source[i] = (struct index_row_source){ next_of, &stock[i] };
    for (unsigned seed = 1; seed < 200; seed++)
        for (size_t n = 1; n <= COUNT(stock); n += 4) {
            struct stock all = { .n = 0 };
            deal_out(stock, n, 60, seed);
            assert_int_equal(index_rows_merge(source, n, take_row, &all), 0);
            assert_int_equal(all.n, 60);
            for (uint64_t r = 0; r < 60; r++) {
                struct index_row want = row_of((uint8_t)(r / 8), r);
                assert_int_equal(index_row_compare(&all.row[r], &want), 0);
            }
        }
}

static void of_nothing_nothing_comes(void **state)
{
    struct stock empty[2] = { { .n = 0 } }, all = { .n = 0 };
    const struct index_row_source source[] = { { next_of, &empty[0] }, { next_of, &empty[1] } };
    (void)state;
    assert_int_equal(index_rows_merge(source, 0, take_row, &all), 0);
    assert_int_equal(index_rows_merge(source, 2, take_row, &all), 0);
    assert_int_equal(all.n, 0);
}

static void failures_end_a_merge(void **state)
{
    struct stock stock[2], all;
    const struct index_row_source source[] = { { next_of, &stock[0] }, { next_of, &stock[1] } };
    (void)state;
    for (size_t fail = 1; fail < 10; fail++) {
        deal_out(stock, 2, 60, 1);
        all = (struct stock){ .n = 0 };
        stock[1].fail = fail;
        assert_int_equal(index_rows_merge(source, 2, take_row, &all), -1);
        deal_out(stock, 2, 60, 1);
        all = (struct stock){ .fail = fail };
        assert_int_equal(index_rows_merge(source, 2, take_row, &all), 5);
    }
    deal_out(stock, 2, 60, 1);
    stock[1].n = 0; /* fails at once */
    stock[1].fail = stock[1].at = 1;
    assert_int_equal(index_rows_merge(source, 2, take_row, &all), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_its_key_and_its_entry),
        cmocka_unit_test(rows_are_in_the_order_of_key_and_entry),
        cmocka_unit_test(a_leaf_is_hashed_as_a_leaf),
        cmocka_unit_test(sources_are_merged_in_order_and_what_is_twice_once),
        cmocka_unit_test(of_nothing_nothing_comes),
        cmocka_unit_test(failures_end_a_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
