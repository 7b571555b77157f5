/* Evidence against a log whose index lies, made of an answer that shows it: it convinces, and holds
 * no more than it must. */
#include "tests/unit/proto/answer/answer_fixture.h"

#include <stdlib.h>

#include "proto/verify/evidence.h"

static struct indexed x;
static struct found found;
static struct buf file;
static struct answer_question warrant;
static uint64_t newest;
static struct index_row *rows; /* of an index that lies */
static size_t row_count;

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

static void add_requests(size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_request(&x, i % 2 == 0 ? x.warrant[0] : x.other, i % 2 == 0 ? REFERENCE : "99/2025");
}

static void lie_begin(void)
{
    row_count = honest_rows(&x, 0, x.l.n, &rows);
    rows = realloc(rows, (row_count + 1) * sizeof *rows);
    assert_non_null(rows);
}

static void lie_end(void)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    put_table(&x, &cover.table[0], 0, x.l.n, rows, row_count, 0);
    newest = add_index(&x, &cover);
    free(rows);
}

/* The place of a row, or where it would stand. */
static size_t place_of(const struct answer_question *q, uint64_t entry)
{
    struct index_row row;
    size_t at = 0;
    index_row_set(&row, &q->key, entry);
    while (at < row_count && index_row_compare(&rows[at], &row) < 0)
        at++;
    return at;
}

static size_t leave_out(const struct answer_question *q, uint64_t entry)
{
    size_t at = place_of(q, entry);
    row_count--;
    memmove(&rows[at], &rows[at + 1], (row_count - at) * sizeof *rows);
    return at;
}

static size_t put_in(const struct answer_question *q, uint64_t entry)
{
    size_t at = place_of(q, entry);
    memmove(&rows[at + 1], &rows[at], (row_count - at) * sizeof *rows);
    index_row_set(&rows[at], &q->key, entry);
    row_count++;
    return at;
}

static void ask(const struct answer_question *q)
{
    struct answer_ask a = ask_of(&x, newest, q);
    buf_clear(&file);
    make_answer(&file, &x, &a);
}

/* The file convicts the log for that reason; returns the evidence. */
static json_t *convicts(enum reason reason)
{
    struct answer_part p;
    struct evidence_report report;
    assert_int_equal(judge_file(&x, buf_span(&file), &found, &p), VERDICT_BAD);
    expect_only(&found, reason, VERDICT_BAD, newest);
    if (p.evidence.n == 0)
        fail_msg("there is no evidence");
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&p.evidence), NULL), 0);
    assert_int_equal(report.finding.why.reason, reason);
    assert_int_equal(report.finding.entry, newest);
    json_t *v = json_loads(strchr(buf_str(&p.evidence), '{'), 0, NULL);
    assert_non_null(v);
    answer_part_free(&p);
    return v;
}

static size_t leaves_in(json_t *evidence)
{
    return json_array_size(json_object_get(json_object_get(evidence, "table"), "leaves"));
}

static bool has_entry(const json_t *evidence, uint64_t index)
{
    json_t *e;
    size_t i;
    json_array_foreach (json_object_get(evidence, "entries"), i, e)
        if ((uint64_t)json_integer_value(json_object_get(e, "index")) == index)
            return true;
    return false;
}

static void expect_leaves(enum reason reason, size_t leaves)
{
    json_t *evidence = convicts(reason);
    assert_int_equal(leaves_in(evidence), leaves);
    json_decref(evidence);
}

/* ---- what an entry names --------------------------------------------------------------------- */

static uint64_t add_transfer(uint64_t first, uint64_t second)
{
    return log_add(&x.l, BY(REQUESTER, KIND_TRANSFER,
                            .members = text_of("\"requests\":[%s,%s],\"recipient\":{\"country\":"
                                               "\"US\",\"authority\":\"us.x\"}",
                                               log_ref(&x.l, first), log_ref(&x.l, second))));
}

/* The part as it is, with that entry. */
static void carry_also(uint64_t index)
{
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, index);
    draft_write(&file, &x, &d);
    buf_free(&honest);
}

/* Of what an entry names that was left out that is enough which has the key. */
static void one_way_to_the_key_is_enough(void **state)
{
    (void)state;
    uint64_t other = add_request(&x, x.other, "99/2025");
    uint64_t request = add_request(&x, x.warrant[0], REFERENCE);
    uint64_t transfer = add_transfer(other, request);
    add_correction(&x, transfer); /* by which it is carried */
    lie_begin();
    leave_out(&warrant, transfer);
    lie_end();
    ask(&warrant);
    for (int also = 0; also < 2; also++) {
        json_t *evidence = convicts(REASON_INDEX_LEFT_OUT);
        assert_true(has_entry(evidence, transfer) && has_entry(evidence, request));
        assert_false(has_entry(evidence, other));
        json_decref(evidence);
        carry_also(other);
    }
}

/* Of an entry that has not the key all that it names is shown. */
static void all_that_it_names_shows_that_it_has_not_the_key(void **state)
{
    (void)state;
    uint64_t other = add_request(&x, x.other, "99/2025");
    uint64_t correction = add_correction(&x, other);
    lie_begin();
    put_in(&warrant, correction);
    lie_end();
    ask(&warrant);
    json_t *evidence = convicts(REASON_INDEX_ROW);
    assert_true(has_entry(evidence, other) && has_entry(evidence, x.other));
    assert_int_equal(found.f[0].related, correction);
    json_decref(evidence);
}

/* Evidence has room for 256 entries: not for all of these with what they rest on. */
static void an_entry_that_names_many_can_be_shown(void **state)
{
    struct buf members = { 0 };
    (void)state;
    uint64_t first = add_request(&x, x.warrant[0], REFERENCE);
    buf_addf(&members, "\"class\":\"other\",\"requests\":[%s", log_ref(&x.l, first));
    for (int i = 1; i < 256; i++)
        buf_addf(&members, ",%s", log_ref(&x.l, add_request(&x, x.warrant[0], REFERENCE)));
    buf_adds(&members, "]");
    uint64_t product = log_add(&x.l, BY(REQUESTER, KIND_PRODUCT, .members = buf_str(&members)));
    buf_free(&members);
    add_correction(&x, product);
    lie_begin();
    leave_out(&warrant, product);
    lie_end();
    ask(&warrant);
    json_t *evidence = convicts(REASON_INDEX_LEFT_OUT);
    assert_in_range(json_array_size(json_object_get(evidence, "entries")), 5, 100);
    json_decref(evidence);
}

/* ---- leaves ---------------------------------------------------------------------------------- */

/* A row that is there is shown by its leaf alone, wherever in it it stands. */
static void a_row_that_is_there_is_in_one_leaf(void **state)
{
    size_t first = 0, last = 0;
    (void)state;
    stop(NULL);
    for (uint64_t i = 1; i < 60 && (first == 0 || last == 0); i += 2) {
        start(NULL);
        uint64_t from = x.l.n;
        add_requests(60);
        lie_begin();
        size_t at = put_in(&warrant, from + i) % LEAF_ROWS;
        if (at != 0 && at != LEAF_ROWS - 1 && i > 1) {
            free(rows);
        } else {
            lie_end();
            ask(&warrant);
            expect_leaves(REASON_INDEX_ROW, 1);
        }
        first += at == 0;
        last += at == LEAF_ROWS - 1;
        stop(NULL);
    }
    assert_true(first > 0 && last > 0);
    start(NULL);
}

/* One that is not there, by the leaf in which it would be, or by the two between which. */
static void a_row_that_is_not_there_is_missing_in_one_leaf_or_between_two(void **state)
{
    size_t between = 0, first = 0, last = 0;
    (void)state;
    stop(NULL);
    for (uint64_t i = 0; i < 60 && (between == 0 || first == 0 || last == 0); i += 2) {
        start(NULL);
        uint64_t from = x.l.n;
        add_requests(60);
        add_correction(&x, from + i);
        lie_begin();
        size_t at = leave_out(&warrant, from + i) % LEAF_ROWS;
        if (at > 1 && at < LEAF_ROWS - 1) {
            free(rows);
        } else {
            lie_end();
            ask(&warrant);
            expect_leaves(REASON_INDEX_LEFT_OUT, at == 0 ? 2 : 1);
        }
        between += at == 0;
        first += at == 1;
        last += at == LEAF_ROWS - 1;
        stop(NULL);
    }
    assert_true(between > 0 && first > 0 && last > 0);
    start(NULL);
}

/* An entry that has its form is said to have none. */
static void a_row_of_an_entry_that_has_its_form_convicts(void **state)
{
    struct answer_question none = warrant;
    struct cover cover = { .tables = 1, .end = x.l.n };
    (void)state;
    none.key = INDEX_UNKEYED;
    lie_begin();
    put_in(&none, x.l.request);
    put_table(&x, &cover.table[0], 0, x.l.n, rows, row_count, 1);
    newest = add_index(&x, &cover);
    free(rows);
    ask(&warrant);
    expect_leaves(REASON_INDEX_ROW, 1);
}

/* Rows of entries that the table is not about: a part made of it has nothing of these. */
static void rows_beyond_a_table_are_not_followed(void **state)
{
    struct cover cover = { .tables = 1 };
    struct answer_part p;
    (void)state;
    cover.end = x.l.n;
    row_count = honest_rows(&x, 0, x.l.n, &rows);
    rows = realloc(rows, (row_count + 2) * sizeof *rows);
    assert_non_null(rows);
    for (int i = 0; i < 2; i++) {
        uint64_t beyond = add_request(&x, x.other, "99/2025");
        put_in(&warrant, beyond);
    }
    put_table(&x, &cover.table[0], 0, cover.end, rows, row_count, 0);
    newest = add_index(&x, &cover);
    free(rows);
    ask(&warrant);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, &p), VERDICT_BAD);
    assert_null(answer_part_entry(&p, cover.end));
    assert_null(answer_part_entry(&p, cover.end + 1));
    answer_part_free(&p);
}

/* A question that a row answers. */
static struct answer_question question_for(const struct index_row *row)
{
    static const struct {
        enum index_key_type type;
        const char *value;
    } others[] = {
        { INDEX_KEY_AUTHORITY, "mx.judge" },     { INDEX_KEY_AUTHORITY, "mx.requester" },
        { INDEX_KEY_AUTHORITY, "mx.holder" },    { INDEX_KEY_AUTHORITY, "mx.auditor" },
        { INDEX_KEY_AUTHORITY, "mx.oversight" }, { INDEX_KEY_HOLDER, "mx.holder" },
        { INDEX_KEY_WARRANT, REFERENCE },        { INDEX_KEY_WARRANT, "99/2025" },
    };
    struct answer_question q;
    for (int who = 0; who < STRANGER; who++) {
        q = question_of(INDEX_KEY_SIGNER, x.l.who[who].key.vkey.name);
        if (index_row_has_key(row, &q.key))
            return q;
        q = question_of(INDEX_KEY_VKEY, vkey_text(&x.l, (enum who)who));
        if (index_row_has_key(row, &q.key))
            return q;
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        q = question_of(others[i].type, others[i].value);
        if (index_row_has_key(row, &q.key))
            return q;
    }
    fail_msg("no question for that row");
    return q;
}

/* The highest row of the table, and the lowest. */
static void a_row_at_an_end_of_the_table_is_shown_by_one_leaf(void **state)
{
    (void)state;
    for (int highest = 0; highest < 2; highest++) {
        lie_begin();
        const struct index_row row = rows[highest ? row_count - 1 : 0];
        struct answer_question q = question_for(&row);
        size_t at = leave_out(&q, index_row_entry(&row));
        assert_int_equal(at, highest ? row_count : 0);
        lie_end();
        ask(&q);
        carry_also(index_row_entry(&row));
        for (int who = JUDGE; who <= AUDITOR; who++)
            carry_also(x.l.who[who].entry);
        expect_leaves(REASON_INDEX_LEFT_OUT, 1);
        stop(NULL);
        start(NULL);
    }
}

/* Rows out of order, within a leaf and between two, neither the first one that is shown. */
static void rows_out_of_order_are_shown_by_two_leaves(void **state)
{
    struct answer_question holder = question_of(INDEX_KEY_HOLDER, "mx.holder");
    (void)state;
    stop(NULL);
    for (size_t behind = 0; behind < 2; behind++) {
        start(NULL);
        add_requests(60);
        lie_begin();
        size_t at = (place_of(&holder, 0) / LEAF_ROWS + 3) * LEAF_ROWS + 3 * behind;
        assert_true(index_row_has_key(&rows[at - 1], &holder.key));
        struct index_row moved = rows[at];
        rows[at] = rows[at - 1];
        rows[at - 1] = moved;
        lie_end();
        ask(&holder);
        expect_leaves(REASON_INDEX_ROWS, 2);
        stop(NULL);
    }
    start(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_way_to_the_key_is_enough),
        TEST(all_that_it_names_shows_that_it_has_not_the_key),
        TEST(an_entry_that_names_many_can_be_shown),
        TEST(a_row_that_is_there_is_in_one_leaf),
        TEST(a_row_that_is_not_there_is_missing_in_one_leaf_or_between_two),
        TEST(a_row_at_an_end_of_the_table_is_shown_by_one_leaf),
        TEST(rows_out_of_order_are_shown_by_two_leaves),
        TEST(a_row_of_an_entry_that_has_its_form_convicts),
        TEST(rows_beyond_a_table_are_not_followed),
    };
    return cmocka_run_group_tests_name("answer_evidence", tests, NULL, NULL);
}
