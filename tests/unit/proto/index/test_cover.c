#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/index/cover.h"

/* Tables in short: each table is how many entries it covers, and a letter that its root is made
 * of. */
static struct cover cover_of_tables(uint64_t entry, size_t n, const uint64_t entries[],
                                    const char *letters)
{
    struct cover c = { .entry = entry, .tables = n };
    for (size_t i = 0; i < n; i++) {
        struct index_table *t = &c.table[i];
        *t = (struct index_table){ .from = c.end, .to = c.end + entries[i], .rows = 3 };
        memset(t->root.b, letters[i], HASH_BYTES);
        c.end = t->to;
    }
    return c;
}

#define COVER(letters, ...)                                                                        \
    cover_of_tables(1000, sizeof(const uint64_t[]){ __VA_ARGS__ } / sizeof(uint64_t),              \
                    (const uint64_t[]){ __VA_ARGS__ }, letters)

static const struct cover none = { .entry = NO_ENTRY };

static void follows(struct cover earlier, struct cover later)
{
    struct refusal why;
    assert_int_equal(cover_follows(&earlier, &later, &why), 0);
}

static void refused(struct cover earlier, struct cover later, enum reason reason,
                    const char *subject)
{
    struct refusal why;
    assert_int_equal(cover_follows(&earlier, &later, &why), -1);
    assert_int_equal(why.reason, reason);
    assert_string_equal(why.subject, subject);
}

/* ---- going on ------------------------------------------------------------------------------ */

static void tables_are_added_and_merged(void **state)
{
    (void)state;
    follows(none, COVER("a", 10));
    follows(COVER("a", 10), COVER("ab", 10, 5));
    follows(COVER("ab", 10, 5), COVER("xc", 15, 5));          /* two are merged, one is new */
    follows(COVER("abc", 10, 5, 5), COVER("ayd", 10, 10, 1)); /* any that are neighbours */
    follows(COVER("ab", 10, 5), COVER("ax", 10, 9));          /* with new entries, too */
    follows(COVER("ab", 10, 5), COVER("x", 16));              /* all, and new ones */
}

static void a_cover_that_goes_no_further_is_refused(void **state)
{
    (void)state;
    refused(COVER("ab", 10, 5), COVER("ab", 10, 5), REASON_INDEX_AGAIN, "15");
    refused(COVER("ab", 10, 5), COVER("x", 15), REASON_INDEX_AGAIN, "15");
    refused(COVER("ab", 10, 5), COVER("a", 10), REASON_INDEX_AGAIN, "10");
    refused(COVER("ab", 10, 5), COVER("x", 14), REASON_INDEX_AGAIN, "14");
}

static void a_table_that_is_divided_is_refused(void **state)
{
    (void)state;
    refused(COVER("ab", 10, 5), COVER("xybc", 4, 6, 5, 1), REASON_INDEX_BOUNDS, "4");
    refused(COVER("ab", 10, 5), COVER("axc", 10, 4, 9), REASON_INDEX_BOUNDS, "14");
    refused(COVER("ab", 10, 5), COVER("xc", 9, 20), REASON_INDEX_BOUNDS, "9");
    follows(COVER("ab", 10, 5), COVER("axc", 10, 6, 9)); /* 16 is no earlier entry */
}

static void a_table_of_the_same_entries_is_the_same(void **state)
{
    struct cover earlier = COVER("abc", 10, 5, 5), later;
    (void)state;
    refused(earlier, COVER("axcd", 10, 5, 5, 1), REASON_INDEX_CHANGED, "1");
    refused(earlier, COVER("xbcd", 10, 5, 5, 1), REASON_INDEX_CHANGED, "0");
    follows(earlier, COVER("abcd", 10, 5, 5, 1));
    later = COVER("abcd", 10, 5, 5, 1);
    later.table[2].rows++;
    refused(earlier, later, REASON_INDEX_CHANGED, "2");
    later = COVER("abcd", 10, 5, 5, 1);
    later.table[1].unkeyed++;
    refused(earlier, later, REASON_INDEX_CHANGED, "1");
}

static void there_are_no_more_unkeyed_rows_than_rows(void **state)
{
    struct cover c = COVER("ab", 10, 5);
    (void)state;
    c.table[1].unkeyed = 3;
    follows(none, c);
    c.table[1].unkeyed = 4;
    refused(none, c, REASON_INDEX_UNKEYED, "1");
    refused(COVER("a", 10), c, REASON_INDEX_UNKEYED, "1");
}

/* What is allowed from each to the next is allowed from any to any later one: so carried entries
 * can be held against each other (24.4). */
static void to_go_on_is_transitive(void **state)
{
    static const uint64_t parts[] = { 1, 2, 3 };
    struct cover *all = calloc(1500, sizeof *all);
    struct refusal why;
    size_t n = 0;
    (void)state;
    assert_non_null(all);
    for (unsigned code = 0; code < 729; code++) { /* up to three tables of 1 to 3 entries */
        uint64_t entries[3];
        char letters[3];
        size_t tables = 0;
        for (unsigned rest = code; rest > 0 && tables < 3; rest /= 9, tables++) {
            entries[tables] = parts[rest % 3];
            letters[tables] = "ab"[rest / 3 % 3 & 1];
        }
        if (tables > 0)
            all[n++] = cover_of_tables(1000, tables, entries, letters);
    }
    for (size_t a = 0; a < n; a += 7)
        for (size_t b = 0; b < n; b += 5)
            if (cover_follows(&all[a], &all[b], &why) == 0)
                for (size_t c = 0; c < n; c++)
                    if (cover_follows(&all[b], &all[c], &why) == 0)
                        assert_int_equal(cover_follows(&all[a], &all[c], &why), 0);
    free(all);
}

static void the_same_table_is_found(void **state)
{
    struct cover earlier = COVER("abc", 10, 5, 5), later = COVER("axd", 10, 10, 1);
    (void)state;
    assert_ptr_equal(cover_same_table(&earlier, &later.table[0]), &earlier.table[0]);
    assert_null(cover_same_table(&earlier, &later.table[1]));
    assert_null(cover_same_table(&earlier, &later.table[2]));
    assert_null(cover_same_table(&none, &later.table[0]));
    later.table[0].root.b[31] ^= 1;
    assert_null(cover_same_table(&earlier, &later.table[0]));
}

/* ---- records ------------------------------------------------------------------------------- */

static struct log l;

static bool read_cover(struct cover *out, struct draft d)
{
    struct buf note = { 0 };
    struct record r;
    struct refusal why;
    log_note(&note, &l, &d);
    assert_int_equal(record_parse(&r, buf_span(&note), &why), 0);
    bool is = cover_of(out, 77, &r);
    record_free(&r);
    buf_free(&note);
    return is;
}

#define ROOT_A "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ROOT_B "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void a_cover_is_written_and_read(void **state)
{
    static const char text[] = "\"version\":1,\"tables\":["
                               "{\"entries\":4096,\"rows\":12000,\"root\":\"" ROOT_A "\"},"
                               "{\"entries\":1,\"rows\":7,\"unkeyed\":6,\"root\":\"" ROOT_B "\"}]";
    struct buf json = { 0 };
    struct cover c;
    (void)state;
    log_start(&l, "");
    assert_true(read_cover(&c, BY(THE_LOG, KIND_INDEX, .members = text)));
    assert_int_equal(c.entry, 77);
    assert_int_equal(c.end, 4097);
    assert_int_equal(c.tables, 2);
    assert_int_equal(c.table[0].from, 0);
    assert_int_equal(c.table[0].to, 4096);
    assert_int_equal(c.table[0].rows, 12000);
    assert_int_equal(c.table[0].unkeyed, 0);
    assert_int_equal(c.table[0].root.b[31], 31);
    assert_int_equal(c.table[1].from, 4096);
    assert_int_equal(c.table[1].to, 4097);
    assert_int_equal(c.table[1].rows, 7);
    assert_int_equal(c.table[1].unkeyed, 6);
    cover_json(&json, &c);
    assert_string_equal(buf_str(&json), text);
    buf_free(&json);
    log_free(&l);
}

static void a_root_is_found_in_any_table(void **state)
{
    struct cover c = COVER("abc", 10, 5, 5);
    struct hash root;
    (void)state;
    for (const char *letter = "abcd"; *letter != 0; letter++) {
        memset(root.b, *letter, sizeof root.b);
        assert_int_equal(cover_has_root(&c, &root), *letter != 'd');
    }
    assert_false(cover_has_root(&none, &root));
}

static void what_is_no_index_of_version_1_has_no_cover(void **state)
{
    struct cover c;
    (void)state;
    log_start(&l, "");
    assert_false(read_cover(
        &c, BY(THE_LOG, KIND_INDEX,
               .members = "\"version\":2,\"tables\":[{\"entries\":1,\"rows\":1,\"root\":\"" ROOT_A
                          "\"}]")));
    assert_false(read_cover(&c, BY(THE_LOG, KIND_ACCESS)));
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_added_and_merged),
        cmocka_unit_test(a_cover_that_goes_no_further_is_refused),
        cmocka_unit_test(a_table_that_is_divided_is_refused),
        cmocka_unit_test(a_table_of_the_same_entries_is_the_same),
        cmocka_unit_test(there_are_no_more_unkeyed_rows_than_rows),
        cmocka_unit_test(to_go_on_is_transitive),
        cmocka_unit_test(the_same_table_is_found),
        cmocka_unit_test(a_cover_is_written_and_read),
        cmocka_unit_test(what_is_no_index_of_version_1_has_no_cover),
        cmocka_unit_test(a_root_is_found_in_any_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
