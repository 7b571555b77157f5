/* The claim `index` of evidence.h: each member of `table`, each entry, and each row that it takes
 * to convict a table; and what convicts none. */
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/recount/table_leaves.h"
#include "proto/verify/evidence.h"
#include "proto/verify/proven.h"
#include "tests/unit/proto/answer/answer_fixture.h"

#define FROM 7
#define TO 20

static struct indexed x;
static struct cover cover; /* of the index that is accused, or not */
static uint64_t accused;   /* the `index` entry */

static int start(void **state)
{
    (void)state;
    indexed_start(&x);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    indexed_free(&x);
    return 0;
}

/* ---- an index and evidence against it -------------------------------------------------------- */

/* The rows of the second table, which edit (may be NULL) changes. */
static void sign_index(size_t (*edit)(struct index_row *rows, size_t n))
{
    struct index_row *rows;
    cover = (struct cover){ .tables = 3, .end = x.l.n };
    put_honest_table(&x, &cover.table[0], 0, FROM);
    size_t n = honest_rows(&x, FROM, TO, &rows), unkeyed = 0;
    if (edit != NULL)
        n = edit(rows, n);
    while (unkeyed < n && index_row_has_key(&rows[unkeyed], &INDEX_UNKEYED))
        unkeyed++;
    put_table(&x, &cover.table[1], FROM, TO, rows, n, unkeyed);
    free(rows);
    put_honest_table(&x, &cover.table[2], TO, cover.end);
    accused = add_index(&x, &cover);
}

/* What evidence is made of. */
struct draft_evidence {
    uint64_t entry[16]; /* the first is the `index` entry */
    size_t entries;
    uint64_t number;   /* of the table that it accuses */
    uint64_t shown;    /* whose rows it shows */
    uint64_t from, to; /* their places */
};

static int read_table(void *ctx, const struct hash *root, const struct index_table_file *f,
                      struct buf *out)
{
    const struct answer_source source = source_of(ctx);
    return source.table(source.ctx, root, f, out);
}

static void write_draft(struct buf *out, const struct draft_evidence *d)
{
    struct chain c = { .n = 0 };
    struct buf cp = { 0 };
    struct table_leaves *leaves = malloc(sizeof *leaves);
    struct said_files said = { &cover.table[d->shown], read_table, &x };
    assert_non_null(leaves);
    assert_int_equal(table_leaves_read(leaves, &said, d->from, d->to), 0);
    for (size_t i = 0; i < d->entries; i++)
        chain_add(&c, &x.l, x.l.n, d->entry[i]);
    log_checkpoint(&cp, &x.l, x.l.n);
    evidence_of_index(out, buf_span(&cp), c.entry, c.n, d->number, &leaves->shown);
    assert_false(out->failed);
    buf_free(&cp);
    free(leaves);
}

/* Judges a file. Returns what evidence_judge() does. */
static int judge(const struct buf *text, struct finding *f)
{
    struct evidence_report report;
    int result = evidence_judge(&report, x.policy, buf_span(text), NULL);
    assert_string_equal(report.claim, "index");
    *f = report.finding;
    return result;
}

static void expect_proven(const struct draft_evidence *d, enum reason reason, uint64_t about)
{
    struct buf text = { 0 };
    struct finding f;
    write_draft(&text, d);
    if (judge(&text, &f) != 0 || f.why.reason != reason)
        fail_msg("%s (%s) instead of %s", reason_name(f.why.reason), f.why.subject,
                 reason_name(reason));
    assert_true(f.entry == accused && f.related == about && f.verdict == VERDICT_BAD);
    buf_free(&text);
}

#define NOT_IN_FORCE "the first entry is no index that is in force"
#define NOT_THE_TABLES "the rows are not the table's"
#define NO_SUCH_TABLE "the index has no such table"
#define NOTHING_WRONG "nothing is wrong with the table, as far as this shows"
#define NOT_INCLUDED "an inclusion proof does not lead to its root"

static void expect_refused(const struct draft_evidence *d, const char *cause)
{
    struct buf text = { 0 };
    struct finding f;
    write_draft(&text, d);
    int got = judge(&text, &f);
    assert_string_equal(f.why.subject, cause);
    assert_int_equal(f.why.reason, REASON_EVIDENCE_EMPTY);
    assert_int_equal(got, -1);
    assert_true(f.related == NO_ENTRY);
    buf_free(&text);
}

static struct draft_evidence about_entry(uint64_t entry)
{
    return (struct draft_evidence){ .entry = { accused, entry, 0 },
                                    .entries = 3,
                                    .number = 1,
                                    .shown = 1,
                                    .to = cover.table[1].rows };
}

/* Adds an entry that the keys of the one in question rest on. */
static void also(struct draft_evidence *d, uint64_t index)
{
    d->entry[d->entries++] = index;
}

/* With all that it may name. */
static struct draft_evidence about_entry_and_earlier(uint64_t entry)
{
    struct draft_evidence d = about_entry(entry);
    for (uint64_t i = FROM - 1; i < entry; i++)
        also(&d, i);
    return d;
}

/* ---- rows that are left out, or added -------------------------------------------------------- */

static uint64_t left_out; /* the entry */
static struct index_key lost;

static size_t leave_out(struct index_row *rows, size_t n)
{
    for (size_t at = 0; at < n; at++)
        if (index_row_entry(&rows[at]) == left_out) {
            memcpy(lost.b, rows[at].b, sizeof lost.b);
            memmove(&rows[at], &rows[at + 1], (n - at - 1) * sizeof *rows);
            return n - 1;
        }
    fail_msg("there is no row");
    return n;
}

static void a_row_that_is_left_out_convicts(void **state)
{
    (void)state;
    for (left_out = FROM; left_out < TO; left_out++) {
        indexed_free(&x);
        indexed_start(&x);
        sign_index(leave_out);
        struct draft_evidence d = about_entry_and_earlier(left_out);
        expect_proven(&d, REASON_INDEX_LEFT_OUT, left_out);
        d = about_entry_and_earlier(left_out == 12 ? 13 : 12);
        expect_refused(&d, NOTHING_WRONG); /* about another entry */
    }
}

/* Each fault of such evidence alone: it accuses nobody any more. */
static void what_does_not_show_it_convicts_nobody(void **state)
{
    struct draft_evidence good, d;
    (void)state;
    left_out = 10;
    sign_index(leave_out);
    good = about_entry(10);
    expect_proven(&good, REASON_INDEX_LEFT_OUT, 10);
    d = good;
    d.entries = 1;
    expect_refused(&d, NOT_IN_FORCE); /* as far as it shows: genesis says whose it is */
    d.entry[1] = 0;
    d.entries = 2;
    expect_refused(&d, NOTHING_WRONG);
    d = good;
    d.entry[0] = 7; /* a request */
    expect_refused(&d, NOT_IN_FORCE);
    d = good;
    d.number = 2;
    expect_refused(&d, NOT_THE_TABLES);
    d.number = 3;
    expect_refused(&d, NO_SUCH_TABLE);
    d.number = 4;
    expect_refused(&d, NO_SUCH_TABLE);
    d = good;
    d.from = d.to; /* no rows at all */
    expect_refused(&d, NOTHING_WRONG);
    d = good;
    d.to = 1; /* not those where it would stand */
    d.entry[1] = 0;
    d.entries = 2;
    expect_refused(&d, NOTHING_WRONG);
    d = good;
    also(&d, 10);
    expect_refused(&d, NOT_INCLUDED);
}

/* Of genesis nothing is carried twice: two entries are enough. */
static void genesis_may_be_what_was_left_out(void **state)
{
    struct index_row *rows;
    (void)state;
    left_out = 0;
    size_t n = honest_rows(&x, 0, FROM, &rows);
    n = leave_out(rows, n);
    cover = (struct cover){ .tables = 1, .end = FROM };
    put_table(&x, &cover.table[0], 0, FROM, rows, n, 0);
    free(rows);
    accused = add_index(&x, &cover);
    struct draft_evidence d = { .entry = { accused, 0 }, .entries = 2, .to = n };
    expect_proven(&d, REASON_INDEX_LEFT_OUT, 0);
}

static uint64_t put_under; /* the entry that has a key too many */

static size_t put_row(struct index_row *rows, size_t n)
{
    struct index_key key;
    index_key_of(&key, INDEX_KEY_HOLDER, span_str("mx.nobody"));
    index_row_set(&rows[n], &key, put_under);
    for (size_t at = n; at > 0 && index_row_compare(&rows[at - 1], &rows[at]) > 0; at--) {
        struct index_row r = rows[at];
        rows[at] = rows[at - 1];
        rows[at - 1] = r;
    }
    return n + 1;
}

static void a_row_too_many_convicts_where_all_keys_are_known(void **state)
{
    struct draft_evidence d;
    (void)state;
    for (put_under = 13; put_under < 16; put_under++) {
        indexed_free(&x);
        indexed_start(&x);
        sign_index(put_row);
        /* A response to the request 12, a correction of it, and a request: under warrants. */
        d = about_entry_and_earlier(put_under);
        expect_proven(&d, REASON_INDEX_ROW, put_under);
        d = about_entry(put_under);
        expect_refused(&d, NOTHING_WRONG); /* it may have the key of what it names */
        d = about_entry_and_earlier(put_under == 13 ? 14 : 13);
        expect_refused(&d, NOTHING_WRONG); /* about another entry */
    }
}

/* A table says which entries it covers: others have no row in it. */
static void entries_of_other_tables_have_no_rows(void **state)
{
    static const uint64_t other[] = { 0, FROM - 1, TO, TO + 1 };
    (void)state;
    sign_index(NULL);
    for (size_t i = 0; i < COUNT(other); i++) {
        struct draft_evidence d = about_entry(other[i]);
        if (other[i] == 0)
            d.entries = 2;
        expect_refused(&d, NOTHING_WRONG);
    }
    left_out = FROM;
    sign_index(leave_out);
    struct draft_evidence first = about_entry(FROM);
    expect_proven(&first, REASON_INDEX_LEFT_OUT, FROM);
    left_out = TO - 1;
    sign_index(leave_out);
    struct draft_evidence last = about_entry_and_earlier(TO - 1);
    expect_proven(&last, REASON_INDEX_LEFT_OUT, TO - 1);
}

static void an_honest_table_is_never_convicted(void **state)
{
    (void)state;
    sign_index(NULL);
    for (uint64_t i = FROM; i < TO; i++)
        for (int rest = 0; rest < 2; rest++) {
            struct draft_evidence d = rest ? about_entry_and_earlier(i) : about_entry(i);
            expect_refused(&d, NOTHING_WRONG);
        }
}

/* ---- rows without a key ---------------------------------------------------------------------- */

static size_t without_unkeyed(struct index_row *rows, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!index_row_has_key(&rows[i], &INDEX_UNKEYED))
            rows[kept++] = rows[i];
    return kept;
}

/* A table that says that it has none is convicted without a row being shown. */
static void a_table_without_unkeyed_rows_lacks_them(void **state)
{
    struct index_row *rows;
    struct draft_evidence d;
    (void)state;
    uint64_t odd = add_unkeyed(&x, false);
    cover = (struct cover){ .tables = 2, .end = x.l.n };
    put_honest_table(&x, &cover.table[0], 0, FROM);
    size_t n = honest_rows(&x, FROM, cover.end, &rows);
    n = without_unkeyed(rows, n);
    put_table(&x, &cover.table[1], FROM, cover.end, rows, n, 0);
    free(rows);
    accused = add_index(&x, &cover);
    d = about_entry(odd);
    d.from = d.to;
    expect_proven(&d, REASON_INDEX_LEFT_OUT, odd);
    d = about_entry(odd - 1); /* another entry has other keys */
    d.from = d.to;
    expect_refused(&d, NOTHING_WRONG);
}

static void an_unkeyed_row_that_is_there_is_no_lack(void **state)
{
    struct draft_evidence d;
    (void)state;
    uint64_t odd = add_unkeyed(&x, false);
    cover = (struct cover){ .tables = 2, .end = x.l.n };
    put_honest_table(&x, &cover.table[0], 0, FROM);
    put_honest_table(&x, &cover.table[1], FROM, cover.end);
    accused = add_index(&x, &cover);
    d = about_entry(odd);
    expect_refused(&d, NOTHING_WRONG);
    d.from = d.to; /* it says that it has one, and none is shown */
    expect_refused(&d, NOTHING_WRONG);
}

/* ---- the index entry ------------------------------------------------------------------------- */

static void an_index_that_is_bad_or_unknown_is_not_in_force(void **state)
{
    struct draft_evidence d;
    struct buf json = { 0 };
    (void)state;
    left_out = 10;
    sign_index(leave_out);
    cover_json(&json, &cover);
    accused = log_add(&x.l, BY(JUDGE, KIND_INDEX, .members = buf_str(&json)));
    d = about_entry(10);
    expect_refused(&d, NOT_IN_FORCE); /* signed by somebody */
    *strchr(buf_str(&json), '1') = '2';
    accused = log_add(&x.l, BY(THE_LOG, KIND_INDEX, .members = buf_str(&json)));
    d = about_entry(10);
    expect_refused(&d, NOT_IN_FORCE); /* of another version */
    buf_clear(&json);
    cover_json(&json, &cover);
    const int64_t late = x.l.now + INT64_C(86400000);
    accused = log_add(&x.l, BY(THE_LOG, KIND_INDEX, .members = buf_str(&json), .at = late));
    d = about_entry(10);
    expect_refused(&d, NOT_IN_FORCE); /* made on another day than it was accepted */
    buf_free(&json);
    accused = add_unkeyed(&x, true);
    d = about_entry(10);
    expect_refused(&d, NOT_IN_FORCE);
    accused = add_unkeyed(&x, false);
    d = about_entry(10);
    expect_refused(&d, NOT_IN_FORCE);
    accused = log_add_bytes(&x.l, span_str("hello"));
    d = about_entry(10);
    expect_refused(&d, NOT_IN_FORCE);
}

/* ---- evidence that is made ------------------------------------------------------------------- */

/* Has evidence made against the second table, about an entry; without the files of a bundle
 * (UINT64_MAX: all are there). Returns how long it is. */
static size_t made(uint64_t about, uint64_t without)
{
    struct accepted cp = { .note = { 0 } };
    struct findings none = { 0 };
    struct files files;
    struct buf out = { 0 };
    struct table_leaves *leaves = malloc(sizeof *leaves);
    struct said_files said = { &cover.table[1], read_table, &x };
    assert_non_null(leaves);
    assert_int_equal(table_leaves_read(leaves, &said, 0, cover.table[1].rows), 0);
    struct wrong_rows wrong = {
        .index = accused, .number = 1, .about = about, .rows = &leaves->shown
    };
    files_make(&files, &x.l, x.l.n);
    struct source source = files_source(&files);
    if (without != UINT64_MAX)
        files_find(&files, TILE_ENTRIES, without)->gone = true;
    log_checkpoint(&cp.note, &x.l, x.l.n);
    assert_int_equal(accepted_judge(&cp, x.policy, -1, 0, &none), VERDICT_GOOD);
    evidence_of_table(&out, x.policy, NULL, &source, &cp, &wrong);
    size_t n = out.n;
    buf_free(&out);
    files_free(&files);
    accepted_free(&cp);
    free(leaves);
    return n;
}

static void evidence_is_made_of_what_is_proven(void **state)
{
    (void)state;
    left_out = 10;
    sign_index(leave_out);
    assert_true(made(10, UINT64_MAX) > 0);
    assert_int_equal(made(11, UINT64_MAX), 0); /* it convinces nobody */
    assert_int_equal(made(NO_ENTRY, UINT64_MAX), 0);
    while (x.l.n < 256)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    uint64_t naming = add_correction(&x, 12);
    struct index_row *rows;
    left_out = naming;
    size_t n = honest_rows(&x, naming, naming + 1, &rows);
    n = leave_out(rows, n);
    put_honest_table(&x, &cover.table[0], 0, naming);
    put_table(&x, &cover.table[1], naming, naming + 1, rows, n, 0);
    free(rows);
    cover.tables = 2;
    cover.end = naming + 1;
    accused = add_index(&x, &cover);
    assert_true(made(naming, UINT64_MAX) > 0);
    assert_int_equal(made(naming, 0), 0);   /* what it names, and genesis, are missing */
    assert_int_equal(made(naming, 1), 0);   /* it is, and the `index` entry */
    assert_int_equal(made(10, 0), 0);       /* another entry is */
    assert_int_equal(made(NO_ENTRY, 0), 0); /* genesis is */
}

/* ---- the member `table` ---------------------------------------------------------------------- */

static json_t *good; /* evidence, to be altered */

static void make_good(void)
{
    struct buf text = { 0 };
    struct draft_evidence d;
    left_out = 10;
    sign_index(leave_out);
    d = about_entry(10);
    write_draft(&text, &d);
    json_decref(good);
    good = json_loadb((const char *)text.p, text.n, 0, NULL);
    assert_non_null(good);
    buf_free(&text);
}

/* The good evidence, with its table in place of "T" changed by sprintf-like JSON. */
static void expect_table(json_t *table, enum reason reason, const char *subject)
{
    struct finding f;
    struct buf text = { 0 };
    json_t *v = json_copy(good);
    json_object_set_new(v, "table", table);
    char *said = json_dumps(v, 0);
    buf_adds(&text, said);
    int result = judge(&text, &f);
    if (f.why.reason != reason || strcmp(f.why.subject, subject) != 0)
        fail_msg("%s: %s (%s)", json_dumps(table, JSON_COMPACT), reason_name(f.why.reason),
                 f.why.subject);
    assert_int_equal(result, reason == REASON_INDEX_LEFT_OUT ? 0 : -1);
    free(said);
    buf_free(&text);
    json_decref(v);
}

static json_t *table_copy(void)
{
    return json_deep_copy(json_object_get(good, "table"));
}

static json_t *with(json_t *table, const char *member, json_t *value)
{
    json_object_set_new(table, member, value);
    return table;
}

static json_t *leaf_of(json_t *table, size_t i)
{
    return json_array_get(json_object_get(table, "leaves"), i);
}

static json_t *with_leaf(size_t i, const char *member, json_t *value)
{
    json_t *table = table_copy();
    json_object_set_new(leaf_of(table, i), member, value);
    return table;
}

static json_t *text_of_rows(size_t bytes)
{
    static const uint8_t rows[LEAF_ROWS * ROW_BYTES + ROW_BYTES];
    struct buf b = { 0 };
    buf_add_base64(&b, rows, bytes);
    json_t *text = json_string(buf_str(&b));
    buf_free(&b);
    return text;
}

static void the_table_has_its_members(void **state)
{
    const json_int_t most = INTEGER_MAX;
    json_t *t;
    (void)state;
    make_good();
    expect_table(table_copy(), REASON_INDEX_LEFT_OUT, "10");
    expect_table(with(table_copy(), "number", json_integer(most)), REASON_EVIDENCE_EMPTY,
                 NO_SUCH_TABLE);
    expect_table(with(table_copy(), "number", json_integer(most + 1)), REASON_EVIDENCE_FORM,
                 "table");
    expect_table(with(table_copy(), "number", json_string("1")), REASON_EVIDENCE_FORM, "table");
    expect_table(with(table_copy(), "leaves", json_object()), REASON_EVIDENCE_FORM, "table");
    expect_table(with(table_copy(), "hashes", json_object()), REASON_EVIDENCE_FORM, "table");
    expect_table(with(table_copy(), "more", json_integer(1)), REASON_EVIDENCE_FORM, "table");
    t = table_copy();
    json_object_del(t, "number");
    expect_table(t, REASON_EVIDENCE_FORM, "table");
    expect_table(json_array(), REASON_EVIDENCE_FORM, "table");
    json_decref(good);
    good = NULL;
}

/* Behind the rows of that leaf, which is the table's last, some that the table does not have. */
static json_t *with_rows_of_nobody(size_t leaf)
{
    uint8_t rows[LEAF_ROWS * ROW_BYTES];
    struct buf b = { 0 };
    size_t n;
    const char *text =
        json_string_value(json_object_get(leaf_of(json_object_get(good, "table"), leaf), "rows"));
    assert_int_equal(base64_decode(rows, sizeof rows, &n, span_str(text)), 0);
    assert_in_range(n, ROW_BYTES, sizeof rows - ROW_BYTES);
    memset(rows + n, 0xff, ROW_BYTES);
    buf_add_base64(&b, rows, n + ROW_BYTES);
    json_t *longer = json_string(buf_str(&b));
    buf_free(&b);
    return with_leaf(leaf, "rows", longer);
}

static void leaves_have_their_form(void **state)
{
    const json_int_t most = INTEGER_MAX;
    json_t *t;
    (void)state;
    make_good();
    assert_true(json_array_size(json_object_get(json_object_get(good, "table"), "leaves")) > 2);
    expect_table(with_leaf(0, "leaf", json_string("0")), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(1, "leaf", json_integer(0)), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "leaf", json_integer(1)), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "leaf", json_integer(2)), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "more", json_integer(1)), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "rows", text_of_rows(0)), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "rows", text_of_rows(ROW_BYTES - 1)), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "rows", text_of_rows(ROW_BYTES + 1)), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "rows", text_of_rows((LEAF_ROWS + 1) * ROW_BYTES)),
                 REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "rows", json_string("*")), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(1, "rows", json_string("*")), REASON_EVIDENCE_FORM, "table");
    expect_table(with_leaf(0, "rows", json_integer(1)), REASON_EVIDENCE_FORM, "table");
    /* What has its form, and is none of the table's leaves. */
    expect_table(with_leaf(0, "rows", text_of_rows((LEAF_ROWS - 1) * ROW_BYTES)),
                 REASON_EVIDENCE_EMPTY, NOT_THE_TABLES);
    expect_table(with_leaf(0, "rows", text_of_rows(LEAF_ROWS * ROW_BYTES)), REASON_EVIDENCE_EMPTY,
                 NOT_THE_TABLES);
    t = table_copy();
    size_t last = json_array_size(json_object_get(t, "leaves")) - 1;
    json_decref(t);
    expect_table(with_rows_of_nobody(last), REASON_EVIDENCE_EMPTY, NOT_THE_TABLES);
    expect_table(with_leaf(last, "leaf", json_integer((json_int_t)last + 1)), REASON_EVIDENCE_EMPTY,
                 NOT_THE_TABLES);
    expect_table(with_leaf(last, "leaf", json_integer(most)), REASON_EVIDENCE_EMPTY,
                 NOT_THE_TABLES);
    expect_table(with_leaf(last, "leaf", json_integer(most + 1)), REASON_EVIDENCE_FORM, "table");
    json_decref(good);
    good = NULL;
}

/* So many leaves of one row, numbered from 0; so many hashes. */
static json_t *large_table(size_t leaves, size_t hashes)
{
    json_t *leaf = json_array(), *hash = json_array();
    for (size_t i = 0; i < leaves; i++)
        json_array_append_new(
            leaf, json_pack("{s:I,s:o}", "leaf", (json_int_t)i, "rows", text_of_rows(ROW_BYTES)));
    for (size_t i = 0; i < hashes; i++)
        json_array_append_new(hash, json_string("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    return json_pack("{s:i,s:o,s:o}", "number", 1, "leaves", leaf, "hashes", hash);
}

static void limits_of_a_table_are_kept(void **state)
{
    (void)state;
    make_good();
    expect_table(large_table(EVIDENCE_LEAVES_MAX, 0), REASON_EVIDENCE_EMPTY, NOT_THE_TABLES);
    expect_table(large_table(EVIDENCE_LEAVES_MAX + 1, 0), REASON_EVIDENCE_FORM, "table");
    expect_table(large_table(0, 0), REASON_EVIDENCE_EMPTY, NOTHING_WRONG);
    expect_table(large_table(0, 1), REASON_EVIDENCE_EMPTY, NOT_THE_TABLES);
    expect_table(large_table(0, EVIDENCE_HASHES_MAX), REASON_EVIDENCE_EMPTY, NOT_THE_TABLES);
    expect_table(large_table(0, EVIDENCE_HASHES_MAX + 1), REASON_EVIDENCE_FORM, "table");
    json_decref(good);
    good = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_that_is_left_out_convicts),
        TEST(what_does_not_show_it_convicts_nobody),
        TEST(genesis_may_be_what_was_left_out),
        TEST(a_row_too_many_convicts_where_all_keys_are_known),
        TEST(entries_of_other_tables_have_no_rows),
        TEST(an_honest_table_is_never_convicted),
        TEST(a_table_without_unkeyed_rows_lacks_them),
        TEST(an_unkeyed_row_that_is_there_is_no_lack),
        TEST(an_index_that_is_bad_or_unknown_is_not_in_force),
        TEST(evidence_is_made_of_what_is_proven),
        TEST(the_table_has_its_members),
        TEST(leaves_have_their_form),
        TEST(limits_of_a_table_are_kept),
    };
    return cmocka_run_group_tests_name("evidence_index", tests, NULL, NULL);
}
