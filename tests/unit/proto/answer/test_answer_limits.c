/* What a part of an answer holds at most: as much as a verifier takes, however large the log is and
 * whatever is asked for. */
#include "tests/unit/proto/answer/answer_fixture.h"

#include <stdlib.h>

#include "proto/answer/answer_parse.h"

static struct indexed x;
static struct buf file;
static struct answer_question warrant;
static uint64_t newest; /* the index entry that answers rest on */

static int start(void **state)
{
    (void)state;
    indexed_start(&x);
    warrant = question_of(INDEX_KEY_WARRANT, REFERENCE);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    indexed_free(&x);
    buf_free(&file);
    return 0;
}

/* Makes one part of that source, and sets how many entries and hashes for them it has. Returns where
 * it ends. */
static uint64_t made_of(const struct answer_source *source, const struct answer_ask *a,
                        size_t *entries, size_t *hashes)
{
    struct parsed_part p;
    struct refusal why;
    uint64_t to, end;
    size_t used;
    buf_clear(&file);
    assert_int_equal(answer_make(&file, a, source, &to, &end), ANSWER_MADE);
    assert_int_equal(answer_parse(&p, &used, buf_span(&file), &why), 0);
    *entries = p.entries;
    *hashes = p.hashes;
    parsed_part_free(&p);
    return to;
}

/* As many as a verifier takes, however many are asked for. */
static void a_part_has_no_more_entries_than_one_may_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWER_ENTRIES_MAX + 200; i++)
        log_add_bytes(&x.l, span_of(&i, 3));
    const uint64_t ends[] = { x.l.n };
    newest = add_honest_index(&x, ends, 1, NULL);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    size_t entries, hashes;
    struct answer_source source = source_of(&x);
    made_of(&source, &a, &entries, &hashes);
    assert_in_range(entries, 1000, 1050); /* where nothing is said */
    a.entries_max = SIZE_MAX;
    a.bytes_max = SIZE_MAX;
    made_of(&source, &a, &entries, &hashes);
    assert_in_range(entries, ANSWER_ENTRIES_MAX / 2, ANSWER_ENTRIES_MAX);
}

static void an_entry_has_no_more_bytes_than_one_may_have(void **state)
{
    static uint8_t bytes[ENTRY_MAX + 1];
    struct answer_source source = source_of(&x);
    uint64_t to, end;
    (void)state;
    log_add_bytes(&x.l, span_of(bytes, ENTRY_MAX));
    const uint64_t ends[] = { x.l.n };
    newest = add_honest_index(&x, ends, 1, NULL);
    log_add_bytes(&x.l, span_of(bytes, ENTRY_MAX + 1));
    struct answer_ask a = ask_of(&x, newest, &warrant);
    buf_clear(&file);
    assert_int_equal(answer_make(&file, &a, &source, &to, &end), ANSWER_MADE);
    a.tail = true;
    assert_int_equal(answer_make(&file, &a, &source, &to, &end), ANSWER_UNREAD);
}

/* ---- a log of which hardly anything is there ------------------------------------------------- */

#define APART 65536 /* entries between two that are asked */
#define ASKED 4096

static uint64_t index_at; /* where the index entry stands, in this log */

static int give_far_entry(void *ctx, uint64_t index, struct buf *out)
{
    const struct indexed *log = ctx;
    if (index == 0 || index == index_at)
        buf_add_span(out, buf_span(&log->l.entry[index == 0 ? 0 : newest]));
    else
        buf_adds(out, "x");
    return 0;
}

static const struct tile_nodes *give_nodes(void *ctx, int level, uint64_t n)
{
    static struct tile_nodes nodes = { .width = TILE_WIDTH };
    (void)ctx;
    (void)level;
    (void)n;
    return &nodes;
}

/* A table of rows without form that such a log has, which ends at `end`; the index entry stands
 * behind it. */
static struct answer_ask ask_far(const struct index_row *rows, size_t n, uint64_t end,
                                 uint64_t size)
{
    struct cover cover = { .tables = 1, .end = end };
    put_table(&x, &cover.table[0], 0, end, rows, n, n);
    newest = add_index(&x, &cover);
    index_at = end + 1;
    x.tiles = (struct tile_source){ .nodes = give_nodes, .size = size };
    return (struct answer_ask){ .question = warrant,
                                .index = index_at,
                                .size = size,
                                .entries_max = SIZE_MAX,
                                .bytes_max = SIZE_MAX };
}

/* Entries without form, each at the beginning of a stretch of its own: 16 hashes prove each. The
 * index entry has one more, and saves one. With one more entry in a stretch it is too much for one
 * part: that ends before the last entry but one, as the last one's stretch is that of the index
 * entry, and a second one has both. */
static void a_part_has_no_more_hashes_than_one_may_have(void **state)
{
    (void)state;
    struct answer_source source = source_of(&x);
    source.entry = give_far_entry;
    for (size_t more = 0; more < 2; more++) {
        struct index_row *rows = calloc(ASKED, sizeof *rows);
        size_t n = 0, entries, hashes;
        uint64_t last = (uint64_t)(ASKED - 1) * APART;
        assert_non_null(rows);
        if (more > 0)
            index_row_set(&rows[n++], &INDEX_UNKEYED, 5);
        for (uint64_t i = 1; i < ASKED; i++)
            index_row_set(&rows[n++], &INDEX_UNKEYED, i * APART);
        struct answer_ask a = ask_far(rows, n, last + 1, (uint64_t)ASKED * APART);
        free(rows);
        uint64_t to = made_of(&source, &a, &entries, &hashes);
        if (more == 0) {
            assert_int_equal(entries, ASKED + 1);
            assert_int_equal(hashes, ANSWER_HASHES_MAX);
            assert_int_equal(to, last + 1);
            continue;
        }
        assert_int_equal(entries, ASKED);
        assert_in_range(hashes, ANSWER_HASHES_MAX - 16, ANSWER_HASHES_MAX);
        assert_in_range(to, last - 2 * APART + 1, last - APART);
        a.from = to;
        assert_int_equal(made_of(&source, &a, &entries, &hashes), last + 1);
        assert_int_equal(entries, 4); /* entry 0, the index, the last two */
    }
}

static int give_long_entry(void *ctx, uint64_t index, struct buf *out)
{
    static uint8_t bytes[ENTRY_MAX];
    if (index == 0 || index == index_at)
        return give_far_entry(ctx, index, out);
    buf_add(out, bytes, sizeof bytes);
    return 0;
}

/* Of the longest entries there are so many that no part has room for all. */
static void a_part_has_no_more_bytes_than_one_may_have(void **state)
{
    static struct index_row rows[600];
    (void)state;
    struct answer_source source = source_of(&x);
    source.entry = give_long_entry;
    for (size_t i = 0; i < COUNT(rows); i++)
        index_row_set(&rows[i], &INDEX_UNKEYED, i + 1);
    struct answer_ask a = ask_far(rows, COUNT(rows), COUNT(rows) + 1, COUNT(rows) + 3);
    size_t entries, hashes, all = 0;
    for (; a.from < COUNT(rows) + 1; all += entries - 2) {
        a.from = made_of(&source, &a, &entries, &hashes);
        assert_in_range(file.n, 1, ANSWER_PART_MAX);
        if (all == 0)
            assert_in_range(file.n, ANSWER_PART_MAX - 6 * 1024 * 1024, ANSWER_PART_MAX);
    }
    assert_int_equal(all, COUNT(rows));
}

#define FEW 11000
#define CHAIN 6000

/* From FEW on each entry is `under` the one before it. */
static int give_chained_entry(void *ctx, uint64_t index, struct buf *out)
{
    static const char member[] = "\"under\":{\"entry\":";
    const struct indexed *log = ctx;
    struct span entry = buf_span(&log->l.entry[log->other]);
    if (index <= FEW || index == index_at)
        return give_far_entry(ctx, index, out);
    const uint8_t *at = memmem(entry.p, entry.n, member, sizeof member - 1);
    assert_non_null(at);
    size_t head = (size_t)(at - entry.p) + sizeof member - 1, rest = head;
    while (entry.p[rest] >= '0' && entry.p[rest] <= '9')
        rest++;
    buf_add(out, entry.p, head);
    buf_addf(out, "%llu", (unsigned long long)index - 1);
    buf_add(out, entry.p + rest, entry.n - rest);
    return 0;
}

/* What one entry rests on would be too much beside all that was asked before it. */
static void an_entry_that_is_too_much_begins_a_part(void **state)
{
    static struct index_row rows[FEW + 1];
    (void)state;
    struct answer_source source = source_of(&x);
    source.entry = give_chained_entry;
    for (size_t i = 0; i < FEW; i++)
        index_row_set(&rows[i], &INDEX_UNKEYED, i + 1);
    index_row_set(&rows[FEW], &INDEX_UNKEYED, FEW + CHAIN);
    struct answer_ask a = ask_far(rows, FEW + 1, FEW + CHAIN + 1, FEW + CHAIN + 3);
    size_t entries, hashes;
    a.from = made_of(&source, &a, &entries, &hashes);
    assert_int_equal(a.from, FEW + 1);
    assert_int_equal(entries, FEW + 2);
    assert_int_equal(made_of(&source, &a, &entries, &hashes), FEW + CHAIN + 1);
    assert_int_equal(entries, CHAIN + 3);
}

/* ---- all parts together ---------------------------------------------------------------------- */

/* Whatever a part may have at most, the parts are good, and together they answer: what one has no
 * room for is in the next. */
static void no_question_is_too_long(void **state)
{
    struct found found = { .n = 0 };
    struct refusal why;
    (void)state;
    const uint64_t ends[] = { 9, x.l.n };
    newest = add_honest_index(&x, ends, 2, NULL);
    add_correction(&x, add_request(&x, x.warrant[1], "37 / 2O26"));
    add_request(&x, x.other, "99/2025");
    struct answer_ask a = ask_of(&x, newest, &warrant);
    for (int tail = 0; tail < 2; tail++) {
        size_t fewest = SIZE_MAX;
        a.tail = tail;
        for (a.hashes_max = 30; a.hashes_max > 0; a.hashes_max--) {
            struct answer_file parts = { .parts = 0 };
            size_t asked = 0;
            buf_clear(&file);
            make_answer(&file, &x, &a);
            for (struct span rest = buf_span(&file); rest.n > 0;) {
                struct watch watch = { .found = found_add, .ctx = &found };
                struct answer_part p;
                struct parsed_part parsed;
                size_t used, mine = 0;
                assert_int_equal(answer_judge(&p, &used, x.policy, rest, &warrant, NULL, &watch),
                                 VERDICT_GOOD);
                for (size_t i = 0; i < p.entries; i++)
                    mine += p.entry[i].asked;
                assert_int_equal(answer_file_add(&parts, &p, &why), 0);
                answer_part_free(&p);
                assert_int_equal(answer_parse(&parsed, &used, rest, &why), 0);
                assert_true(parsed.hashes <= a.hashes_max || mine <= 1);
                parsed_part_free(&parsed);
                asked += mine;
                rest = span_of(rest.p + used, rest.n - used);
            }
            assert_int_equal(answer_file_end(&parts, &why), 0);
            assert_int_equal(asked, tail ? 14 : 12);
            if (a.hashes_max == 30)
                fewest = parts.parts;
        }
        assert_int_equal(fewest, 1);
    }
    assert_int_equal(found.n, 0);
}

static const struct index_table_file *broken; /* its first read fails; NULL: none does */

static int give_unless_broken(void *ctx, const struct hash *root, const struct index_table_file *f,
                              struct buf *out)
{
    struct indexed *log = ctx;
    if (broken != NULL && broken->level == f->level && broken->n == f->n) {
        broken = NULL;
        return -1;
    }
    return source_of(log).table(ctx, root, f, out);
}

/* Rows of entries without form and of the key, over three pages: wherever one of the two walks
 * comes to a page that cannot be read the part is not made. */
static void each_page_that_a_walk_comes_to_is_needed(void **state)
{
    static const size_t unkeyed[] = { 10, 2 * PAGE_ROWS + 10 };
    static const struct index_table_file second = { .level = 0, .n = 1 };
    (void)state;
    for (size_t i = 0; i < COUNT(unkeyed); i++)
        for (int whole = 0; whole < 2; whole++) {
            size_t n = 2 * PAGE_ROWS + 100;
            struct index_row *rows = calloc(n, sizeof *rows);
            assert_non_null(rows);
            for (size_t k = 0; k < n; k++)
                index_row_set(&rows[k], k < unkeyed[i] ? &INDEX_UNKEYED : &warrant.key, k + 1);
            struct cover cover = { .tables = 1, .end = n + 1 };
            put_table(&x, &cover.table[0], 0, n + 1, rows, n, unkeyed[i]);
            free(rows);
            newest = add_index(&x, &cover);
            index_at = n + 1;
            x.tiles = (struct tile_source){ .nodes = give_nodes, .size = n + 2 };
            struct answer_source source = source_of(&x);
            source.entry = give_far_entry;
            source.table = give_unless_broken;
            struct answer_ask a = { .question = warrant,
                                    .index = index_at,
                                    .size = x.tiles.size,
                                    .entries_max = SIZE_MAX,
                                    .bytes_max = SIZE_MAX };
            uint64_t to, end;
            broken = whole ? NULL : &second;
            buf_clear(&file);
            assert_int_equal(answer_make(&file, &a, &source, &to, &end),
                             whole ? ANSWER_MADE : ANSWER_UNREAD);
            assert_null(broken);
        }
}

/* ---- a table of one row, again and again ----------------------------------------------------- */

static struct {
    uint64_t rows;
    uint64_t unkeyed; /* so many at the beginning are of entries without form */
    struct index_row row;
    size_t entries_max;
    size_t reads_left;                     /* of files, until one fails */
    const struct index_table_file *broken; /* the first read of this one fails; NULL: none does */
} same;

static int give_same_rows(void *ctx, const struct hash *root, const struct index_table_file *f,
                          struct buf *out)
{
    static const struct hash none;
    struct index_row unkeyed;
    (void)ctx;
    (void)root;
    if (same.reads_left > 0 && --same.reads_left == 0)
        return -1;
    if (same.broken != NULL && same.broken->level == f->level && same.broken->n == f->n) {
        same.broken = NULL;
        return -1;
    }
    size_t bytes = index_table_file_bytes(same.rows, f);
    size_t each = f->level == 0 ? ROW_BYTES : DIRECTORY_ITEM_BYTES;
    index_row_set(&unkeyed, &INDEX_UNKEYED, 7);
    for (size_t at = 0; at < bytes; at += each) {
        bool is_unkeyed =
            f->n == 0 && at / each < (f->level == 0 ? same.unkeyed : same.unkeyed > 0);
        buf_add(out, is_unkeyed ? unkeyed.b : same.row.b, ROW_BYTES);
        if (f->level > 0)
            buf_add(out, none.b, HASH_BYTES);
    }
    return 0;
}

static void same_rows(uint64_t rows, const struct index_key *key, uint64_t entry)
{
    struct cover cover = { .tables = 1, .end = 8 };
    same.rows = rows;
    index_row_set(&same.row, key, entry);
    cover.table[0] = (struct index_table){ .to = 8,
                                           .rows = rows,
                                           .unkeyed = key == &INDEX_UNKEYED ? rows : same.unkeyed };
    newest = add_index(&x, &cover);
}

static enum answer_made make_of_same(void)
{
    struct answer_source source = source_of(&x);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    uint64_t to, end;
    source.table = give_same_rows;
    a.entries_max = same.entries_max;
    buf_clear(&file);
    return answer_make(&file, &a, &source, &to, &end);
}

static void a_table_shows_no_more_leaves_than_one_may_have(void **state)
{
    (void)state;
    same_rows(20 * ANSWER_LEAVES_MAX, &warrant.key, 7);
    assert_int_equal(make_of_same(), ANSWER_UNREAD);
    assert_int_equal(file.n, 0);
}

/* More files than are kept, so that some are read again: each read may fail. */
static void each_read_of_many_files_is_needed(void **state)
{
    (void)state;
    for (int unkeyed = 0; unkeyed < 3; unkeyed++) {
        bool failed = true;
        same.unkeyed = unkeyed == 2 ? 10 : 0; /* and of the key so many that theirs are not kept */
        same.entries_max = unkeyed == 2 ? SIZE_MAX : 0;
        same_rows(17 * PAGE_ROWS, unkeyed == 1 ? &INDEX_UNKEYED : &warrant.key, 7);
        /* The third time only those directly behind the walks: each takes a while. */
        for (size_t n = unkeyed == 2 ? 18 : 1; failed && (unkeyed < 2 || n < 24); n++) {
            same.reads_left = n;
            enum answer_made made = make_of_same();
            failed = same.reads_left == 0;
            assert_int_equal(made, failed ? ANSWER_UNREAD : ANSWER_MADE);
        }
        same.reads_left = 0;
    }
    same.unkeyed = same.entries_max = 0;
}

/* Where the next anchor that is listed stands in a page that cannot be read nobody knows what it
 * is. */
static void an_anchor_that_cannot_be_read_is_not_passed_over(void **state)
{
    static const struct index_table_file first = { .level = 0, .n = 0 };
    struct index_key key;
    (void)state;
    index_key_of(&key, INDEX_KEY_AUDITED, span_of("", 0));
    same_rows(PAGE_ROWS + 1, &key, 7); /* a request, which is no anchor */
    assert_int_equal(make_of_same(), ANSWER_MADE);
    same.broken = &first;
    assert_int_equal(make_of_same(), ANSWER_UNREAD);
    assert_null(same.broken);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_part_has_no_more_entries_than_one_may_have),
        TEST(an_entry_has_no_more_bytes_than_one_may_have),
        TEST(a_part_has_no_more_hashes_than_one_may_have),
        TEST(a_part_has_no_more_bytes_than_one_may_have),
        TEST(an_entry_that_is_too_much_begins_a_part),
        TEST(no_question_is_too_long),
        TEST(each_page_that_a_walk_comes_to_is_needed),
        TEST(a_table_shows_no_more_leaves_than_one_may_have),
        TEST(each_read_of_many_files_is_needed),
        TEST(an_anchor_that_cannot_be_read_is_not_passed_over),
    };
    return cmocka_run_group_tests_name("answer_limits", tests, NULL, NULL);
}
