#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/index/shown_rows.h"
#include "proto/tlog/shared_proof.h"

/* A table of entries 100 to 299 with 100 rows (7 leaves, the last of 4): 3 unkeyed ones, then keys
 * 10, 20, 30, … with 5 entries each: row i is of entry 100 + i. */
#define ROWS 100
#define LEAVES 7

static struct index_row rows[ROWS];
static struct hash leaf_hash[LEAVES];
static struct index_table table;

static struct index_key key_of(unsigned n)
{
    return (struct index_key){ { (uint8_t)n } };
}

static void hash_table(void)
{
    for (uint64_t i = 0; i < LEAVES; i++)
        index_row_leaf(&leaf_hash[i], &rows[16 * i], index_table_leaf_rows(ROWS, i));
    plain_root(&table.root, leaf_hash, LEAVES);
}

static int start(void **state)
{
    (void)state;
    table = (struct index_table){ .from = 100, .to = 300, .rows = ROWS, .unkeyed = 3 };
    for (unsigned i = 0; i < ROWS; i++) {
        struct index_key key = key_of(i < 3 ? 0 : 10 * (1 + (i - 3) / 5));
        index_row_set(&rows[i], &key, 100 + i);
    }
    hash_table();
    return 0;
}

/* ---- carried leaves ------------------------------------------------------------------------ */

struct carried {
    struct shown_leaf leaf[LEAVES];
    struct hash proof[64];
    struct shown_rows shown;
};

static int plain_subtree(void *ctx, uint64_t from, uint64_t to, struct hash *out)
{
    (void)ctx;
    plain_root(out, leaf_hash + from, (size_t)(to - from));
    return 0;
}

static int put_in_proof(void *carried, const struct hash *hash)
{
    struct carried *c = carried;
    c->proof[c->shown.hashes++] = *hash;
    return 0;
}

/* Carries the leaves whose bit is set. */
static void carry(struct carried *c, unsigned bits)
{
    uint64_t index[LEAVES];
    size_t n = 0;
    *c = (struct carried){ .shown = { .table = &table, .leaf = c->leaf, .proof = c->proof } };
    for (unsigned i = 0; i < LEAVES; i++)
        if (bits >> i & 1) {
            c->leaf[n] = (struct shown_leaf){ .number = i, .row = &rows[16 * i] };
            index[n++] = i;
        }
    c->shown.leaves = n;
    assert_int_equal(shared_proof_make(LEAVES, index, n, plain_subtree, NULL, put_in_proof, c), 0);
}

static void proven(unsigned bits, enum verdict verdict, enum reason reason)
{
    struct carried c;
    struct refusal why = { .reason = REASON_NONE };
    carry(&c, bits);
    assert_int_equal(shown_rows_prove(&c.shown, &why), verdict);
    assert_int_equal(why.reason, reason);
}

struct heard {
    uint64_t entry[ROWS];
    size_t n;
};

static int hear(void *heard, uint64_t entry)
{
    struct heard *h = heard;
    h->entry[h->n++] = entry;
    return 0;
}

/* -1: not shown; else how many entries were heard, from `first` on. */
static int shown_of(unsigned bits, unsigned key, uint64_t from, uint64_t to, uint64_t first)
{
    struct carried c;
    struct heard h = { .n = 0 };
    struct refusal why;
    struct index_key k = key_of(key);
    carry(&c, bits);
    assert_int_equal(shown_rows_prove(&c.shown, &why), VERDICT_GOOD);
    int result = shown_rows_all(&c.shown, &k, from, to, hear, &h, &why);
    if (result != 0) {
        assert_int_equal(result, -1);
        assert_int_equal(why.reason, REASON_ANSWER_ROWS);
        assert_int_equal(h.n, 0);
        return -1;
    }
    for (size_t i = 0; i < h.n; i++)
        assert_int_equal(h.entry[i], first + i);
    return (int)h.n;
}

/* ---- whether they are the table's ------------------------------------------------------------
 */

static void leaves_of_the_table_are_proven(void **state)
{
    (void)state;
    for (unsigned bits = 1; bits < 1 << LEAVES; bits++)
        proven(bits, VERDICT_GOOD, REASON_NONE);
}

static void leaves_of_another_table_are_not(void **state)
{
    struct carried c;
    struct refusal why;
    struct index_row other[16];
    (void)state;
    carry(&c, 0x14);
    memcpy(other, &rows[64], sizeof other);
    other[15].b[23]++;
    c.leaf[1].row = other;
    assert_int_equal(shown_rows_prove(&c.shown, &why), VERDICT_BAD);
    assert_int_equal(why.reason, REASON_ANSWER_TABLE);
    carry(&c, 0x14);
    c.proof[0].b[0] ^= 1;
    assert_int_equal(shown_rows_prove(&c.shown, &why), VERDICT_BAD);
    assert_int_equal(why.reason, REASON_ANSWER_TABLE);
    carry(&c, 0x14);
    c.shown.hashes--;
    assert_int_equal(shown_rows_prove(&c.shown, &why), VERDICT_BAD);
    carry(&c, 0x14);
    c.leaf[1].number++; /* rows stand where they stand */
    assert_int_equal(shown_rows_prove(&c.shown, &why), VERDICT_BAD);
    assert_int_equal(why.reason, REASON_ANSWER_TABLE);
    carry(&c, 0x40);
    c.leaf[0].number = 7; /* there is none */
    assert_int_equal(shown_rows_prove(&c.shown, &why), VERDICT_BAD);
    c.shown.leaves = 0;
    assert_int_equal(shown_rows_prove(&c.shown, &why), VERDICT_BAD);
}

static void rows_that_do_not_ascend_convict(void **state)
{
    (void)state;
    struct index_row first = rows[20];
    rows[20] = rows[21]; /* one twice */
    hash_table();
    proven(0x02, VERDICT_BAD, REASON_INDEX_ROWS);
    proven(0x01, VERDICT_GOOD, REASON_NONE);
    rows[21] = first; /* the other way round */
    hash_table();
    proven(0x02, VERDICT_BAD, REASON_INDEX_ROWS);
}

/* Leaves far from each other, too: all rows of a table ascend. */
static void leaves_that_do_not_ascend_convict(void **state)
{
    (void)state;
    struct index_row other[16];
    memcpy(other, &rows[16], sizeof other);
    memmove(&rows[16], &rows[80], sizeof other);
    memcpy(&rows[80], other, sizeof other);
    hash_table();
    proven(0x02, VERDICT_GOOD, REASON_NONE);
    proven(0x20, VERDICT_GOOD, REASON_NONE);
    proven(0x22, VERDICT_BAD, REASON_INDEX_ROWS);
    proven(0x30, VERDICT_BAD, REASON_INDEX_ROWS);
}

static void rows_of_other_entries_convict(void **state)
{
    struct index_key key = key_of(255);
    (void)state;
    index_row_set(&rows[99], &key, 299);
    hash_table();
    proven(0x40, VERDICT_GOOD, REASON_NONE);
    index_row_set(&rows[99], &key, 300);
    hash_table();
    proven(0x40, VERDICT_BAD, REASON_INDEX_ROWS);
    index_row_set(&rows[99], &key, 99);
    hash_table();
    proven(0x40, VERDICT_BAD, REASON_INDEX_ROWS);
}

/* Unkeyed rows are the first of a table, as many as it says. */
static void another_number_of_unkeyed_rows_convicts(void **state)
{
    (void)state;
    table.unkeyed = 2;
    proven(0x01, VERDICT_BAD, REASON_INDEX_ROWS);
    proven(0x7E, VERDICT_GOOD, REASON_NONE); /* which shows in the first leaf */
    table.unkeyed = 0;
    proven(0x01, VERDICT_BAD, REASON_INDEX_ROWS);
    table.unkeyed = 4;
    proven(0x01, VERDICT_BAD, REASON_INDEX_ROWS);
    table.unkeyed = 17;
    proven(0x02, VERDICT_BAD, REASON_INDEX_ROWS);
}

/* ---- what they show ------------------------------------------------------------------------ */

/* Rows of key 60 are 28 to 32, in leaves 1 and 2. */
static void all_rows_of_a_key_are_shown_or_it_is_told(void **state)
{
    (void)state;
    assert_int_equal(shown_of(0x06, 60, 100, 300, 128), 5);
    assert_int_equal(shown_of(0x7F, 60, 100, 300, 128), 5);
    assert_int_equal(shown_of(0x02, 60, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x04, 60, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x05, 60, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x0A, 60, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x79, 60, 100, 300, 0), -1);
}

/* Whatever else is carried. */
static void two_leaves_are_enough_and_needed(void **state)
{
    (void)state;
    for (unsigned bits = 1; bits < 1 << LEAVES; bits++) {
        assert_int_equal(shown_of(bits, 60, 100, 300, 128), (bits & 0x06) == 0x06 ? 5 : -1);
        assert_int_equal(shown_of(bits, 90, 100, 300, 143), (bits & 0x0C) == 0x0C ? 5 : -1);
        assert_int_equal(shown_of(bits, 95, 100, 300, 0), (bits & 0x0C) == 0x0C ? 0 : -1);
        assert_int_equal(shown_of(bits, 45, 100, 300, 0), (bits & 0x02) == 0x02 ? 0 : -1);
    }
}

/* Rows of key 90 are 43 to 47: behind the last of leaf 2 a higher one must be shown. Rows 48 to 52
 * (key 100) begin a leaf: before it a lower one must be. */
static void what_stands_beside_them_is_shown(void **state)
{
    (void)state;
    assert_int_equal(shown_of(0x04, 90, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x0C, 90, 100, 300, 143), 5);
    assert_int_equal(shown_of(0x14, 90, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x08, 100, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x0C, 100, 100, 300, 148), 5);
    assert_int_equal(shown_of(0x0A, 100, 100, 300, 0), -1);
}

static void the_ends_of_a_table_are_its_ends(void **state)
{
    (void)state;
    assert_int_equal(shown_of(0x01, 0, 100, 300, 100), 3);
    assert_int_equal(shown_of(0x02, 0, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x40, 200, 100, 300, 198), 2);
    assert_int_equal(shown_of(0x20, 200, 100, 300, 0), -1);
}

static void an_absence_is_shown_by_neighbours(void **state)
{
    (void)state;
    assert_int_equal(shown_of(0x02, 45, 100, 300, 0), 0); /* in the middle of leaf 1 */
    assert_int_equal(shown_of(0x01, 45, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x04, 45, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x0C, 95, 100, 300, 0), 0); /* between leaves 2 and 3 */
    assert_int_equal(shown_of(0x04, 95, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x08, 95, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x14, 95, 100, 300, 0), -1);
    assert_int_equal(shown_of(0x40, 255, 100, 300, 0), 0); /* behind the last row */
    assert_int_equal(shown_of(0x20, 255, 100, 300, 0), -1);
    table.unkeyed = 0; /* before the first row */
    struct index_key first = key_of(7);
    index_row_set(&rows[0], &first, 100);
    index_row_set(&rows[1], &first, 101);
    index_row_set(&rows[2], &first, 102);
    hash_table();
    assert_int_equal(shown_of(0x01, 3, 100, 300, 0), 0);
    assert_int_equal(shown_of(0x02, 3, 100, 300, 0), -1);
}

/* Rows of entries outside are neither shown nor needed. */
static void of_a_range_only_its_rows_are_needed(void **state)
{
    (void)state;
    assert_int_equal(shown_of(0x02, 60, 100, 131, 128), 3); /* rows 28 to 30; row 31 is higher */
    assert_int_equal(shown_of(0x02, 60, 100, 132, 0), -1);  /* the next row is in leaf 2 */
    assert_int_equal(shown_of(0x06, 60, 100, 132, 128), 4);
    assert_int_equal(shown_of(0x04, 60, 133, 300, 0), 0);
    assert_int_equal(shown_of(0x04, 60, 132, 300, 0), -1);
    assert_int_equal(shown_of(0x06, 60, 132, 300, 132), 1);
}

static void of_an_empty_table_nothing_is_needed(void **state)
{
    struct shown_rows none = { .table = &table };
    struct heard h = { .n = 0 };
    struct refusal why;
    struct index_key key = key_of(60);
    (void)state;
    table.rows = 0;
    assert_int_equal(shown_rows_all(&none, &key, 100, 300, hear, &h, &why), 0);
    assert_int_equal(h.n, 0);
    assert_true(shown_rows_lack(&none, &rows[0]));
}

static int stop_at_once(void *ctx, uint64_t entry)
{
    (void)ctx;
    return (int)entry;
}

static void who_hears_may_stop(void **state)
{
    struct carried c;
    struct refusal why;
    struct index_key key = key_of(60);
    (void)state;
    carry(&c, 0x06);
    assert_int_equal(shown_rows_all(&c.shown, &key, 100, 300, stop_at_once, NULL, &why), 128);
}

/* ---- a row that is not there --------------------------------------------------------------- */

static bool lacks(unsigned bits, unsigned key, uint64_t entry)
{
    struct carried c;
    struct index_key k = key_of(key);
    struct index_row row;
    carry(&c, bits);
    index_row_set(&row, &k, entry);
    return shown_rows_lack(&c.shown, &row);
}

static void a_row_that_is_there_is_never_lacking(void **state)
{
    struct carried c;
    (void)state;
    for (unsigned bits = 1; bits < 1 << LEAVES; bits++) {
        carry(&c, bits);
        for (size_t i = 0; i < ROWS; i++)
            assert_false(shown_rows_lack(&c.shown, &rows[i]));
    }
}

static void a_row_is_lacking_where_its_neighbours_are_shown(void **state)
{
    (void)state;
    assert_true(lacks(0x02, 60, 127));
    assert_false(lacks(0x01, 60, 127));
    assert_false(lacks(0x04, 60, 127));
    assert_true(lacks(0x0C, 90, 299)); /* between leaves 2 and 3 */
    assert_false(lacks(0x04, 90, 299));
    assert_false(lacks(0x08, 90, 299));
    assert_true(lacks(0x01, 0, 99));
    assert_true(lacks(0x40, 255, 255));
    assert_true(lacks(0x40, 200, 255)); /* the entry's last byte turns over */
    assert_false(lacks(0x20, 255, 255));
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(leaves_of_the_table_are_proven),
        TEST(leaves_of_another_table_are_not),
        TEST(rows_that_do_not_ascend_convict),
        TEST(leaves_that_do_not_ascend_convict),
        TEST(rows_of_other_entries_convict),
        TEST(another_number_of_unkeyed_rows_convicts),
        TEST(all_rows_of_a_key_are_shown_or_it_is_told),
        TEST(two_leaves_are_enough_and_needed),
        TEST(what_stands_beside_them_is_shown),
        TEST(the_ends_of_a_table_are_its_ends),
        TEST(an_absence_is_shown_by_neighbours),
        TEST(of_a_range_only_its_rows_are_needed),
        TEST(of_an_empty_table_nothing_is_needed),
        TEST(who_hears_may_stop),
        TEST(a_row_that_is_there_is_never_lacking),
        TEST(a_row_is_lacking_where_its_neighbours_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
