#include "tests/unit/fixture.h"

#include "proto/judge/access_row.h"

#define T0 INT64_C(1795276800000) /* 2026-11-21T16:00:00.000Z */
#define HOUR INT64_C(3600000)

static struct access_row row_at(int64_t at)
{
    struct access_row row = { .at = at,
                              .reader = "fgr.example.mx/a.lopez",
                              .under = { .entry = 3 },
                              .method = "GET",
                              .path = "/v1/find?warrant=a%20b" };
    memset(row.under.hash, 7, HASH_BYTES);
    memset(row.token.b, 9, HASH_BYTES);
    return row;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void what_is_written_can_be_read_again(void **state)
{
    const struct access_row row = row_at(T0);
    struct access_row got;
    struct buf text = { 0 };
    struct refusal why;
    (void)state;
    access_row_write(&text, &row);
    assert_int_equal(access_row_parse(&got, buf_span(&text), &why), 0);
    assert_memory_equal(&got, &row, sizeof row);
    buf_free(&text);
}

static void the_longest_row_has_room(void **state)
{
    struct access_row row = row_at(T0), got;
    struct buf text = { 0 };
    struct refusal why;
    (void)state;
    memset(row.reader, 'a', SIGNER_NAME_MAX);
    memset(row.path, '/', TOKEN_PATH_MAX);
    memcpy(row.method, "HEAD", 5);
    row.under.entry = (uint64_t)INTEGER_MAX;
    access_row_write(&text, &row);
    assert_int_equal(access_row_parse(&got, buf_span(&text), &why), 0);
    buf_free(&text);
}

#define HASH_TEXT "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""
#define AT "\"at\":\"2026-11-21T16:00:00.000Z\""
#define READER "\"reader\":\"a.example/b\""
#define UNDER "\"under\":{\"entry\":1,\"hash\":" HASH_TEXT "}"
#define METHOD "\"method\":\"GET\""
#define PATH "\"path\":\"/\""
#define TOKEN "\"token\":" HASH_TEXT

static void a_row_is_a_strict_object_of_six_members(void **state)
{
    static const struct {
        const char *row, *cause;
    } cases[] = {
        { "{" AT "," READER "," UNDER "," METHOD "," PATH "," TOKEN "}", NULL },
        { "{" TOKEN "," PATH "," METHOD "," UNDER "," READER "," AT "}", NULL },
        { "{" AT "," READER "," UNDER ",\"method\":\"HEAD\"," PATH "," TOKEN "}", NULL },
        { "{" AT "," READER "," UNDER "," METHOD "," PATH "," TOKEN "} ", "the row" },
        { "[]", "the row" },
        { "{" AT "," AT "}", "the row" },
        { "{}", "members" },
        { "{" AT "," READER "," UNDER "," METHOD "," PATH "}", "members" },
        { "{" AT "," READER "," UNDER "," METHOD "," PATH "," TOKEN ",\"x\":1}", "members" },
        { "{\"x\":1," READER "," UNDER "," METHOD "," PATH "," TOKEN "}", "at" },
        { "{\"at\":\"2026-11-21\"," READER "," UNDER "," METHOD "," PATH "," TOKEN "}", "at" },
        { "{" AT ",\"reader\":\"A B\"," UNDER "," METHOD "," PATH "," TOKEN "}", "reader" },
        { "{" AT ",\"reader\":1," UNDER "," METHOD "," PATH "," TOKEN "}", "reader" },
        { "{" AT "," READER ",\"under\":1," METHOD "," PATH "," TOKEN "}", "under" },
        { "{" AT "," READER ",\"under\":{\"entry\":1,\"hash\":" HASH_TEXT ",\"x\":1}," METHOD
          "," PATH "," TOKEN "}",
          "under" },
        { "{" AT "," READER ",\"under\":{\"entry\":\"1\",\"hash\":" HASH_TEXT "}," METHOD "," PATH
          "," TOKEN "}",
          "under" },
        { "{" AT "," READER "," UNDER ",\"method\":\"PUT\"," PATH "," TOKEN "}", "method" },
        { "{" AT "," READER "," UNDER "," METHOD ",\"path\":\"x\"," TOKEN "}", "path" },
        { "{" AT "," READER "," UNDER "," METHOD "," PATH ",\"token\":\"AA==\"}", "token" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct access_row row;
        struct refusal why = { .reason = REASON_NONE };
        int got = access_row_parse(&row, span_str(cases[i].row), &why);
        if (got != (cases[i].cause == NULL ? 0 : -1) ||
            (got != 0 &&
             (why.reason != REASON_ACCESS_FORM || strcmp(why.subject, cases[i].cause) != 0)))
            fail_msg("%s (%s) of %s", reason_name(why.reason), why.subject, cases[i].row);
    }
}

static void a_row_is_capped(void **state)
{
    struct access_row row;
    struct refusal why;
    char text[ACCESS_ROW_MAX + 2];
    (void)state;
    for (int over = 0; over <= 1; over++) {
        snprintf(text, sizeof text, "{%*s", ACCESS_ROW_MAX + over - 1,
                 AT "," READER "," UNDER "," METHOD "," PATH "," TOKEN "}");
        assert_int_equal(strlen(text), ACCESS_ROW_MAX + over);
        assert_int_equal(access_row_parse(&row, span_str(text), &why), -over);
    }
    assert_string_equal(why.subject, "too large");
}

/* Longer rows than there may be are no rows; what their leaf is made of ends there all the same. */
static void a_leaf_is_made_of_what_a_row_may_have(void **state)
{
    static const uint8_t salt[ACCESS_SALT_BYTES] = { 1 };
    static uint8_t bytes[ACCESS_ROW_MAX + 1] = { 1 };
    struct hash leaf[3];
    (void)state;
    for (size_t i = 0; i < COUNT(leaf); i++)
        access_row_leaf(&leaf[i], salt, span_of(bytes, ACCESS_ROW_MAX - 1 + i));
    assert_false(hash_eq(&leaf[0], &leaf[1]));
    assert_true(hash_eq(&leaf[1], &leaf[2]));
}

/* ---- rows against an entry ------------------------------------------------------------------- */

struct rows {
    struct access_claim claim;
    struct buf line[5];
};

/* Five rows, a second apart, and what an entry says of the first n. */
static void make(struct rows *r, uint64_t n)
{
    struct frontier f = { .size = 0 };
    struct hash leaf, done[64];
    *r = (struct rows){ .claim = { .version = ACCESS_VERSION, .from = T0, .until = T0 + HOUR } };
    for (uint64_t i = 0; i < COUNT(r->line); i++) {
        const struct access_row row = row_at(T0 + (int64_t)i * 1000);
        uint8_t salt[ACCESS_SALT_BYTES];
        memset(salt, (int)i, sizeof salt);
        access_line_write(&r->line[i], &row, salt, &leaf);
        if (i < n)
            frontier_append(&f, &leaf, done);
    }
    r->claim.count = n;
    frontier_root(&f, &r->claim.root);
}

static void forget(struct rows *r)
{
    for (size_t i = 0; i < COUNT(r->line); i++)
        buf_free(&r->line[i]);
}

/* The first n lines against the claim; "" if they are good, else what is wrong. */
static const char *check(const struct rows *r, size_t n)
{
    static struct refusal why;
    struct access_check c;
    struct access_row row;
    why = (struct refusal){ .reason = REASON_NONE };
    int failed = access_check_begin(&c, &r->claim, &why);
    for (size_t i = 0; failed == 0 && i < n; i++)
        failed = access_check_line(&c, span_of(r->line[i].p, r->line[i].n - 1), &row, &why);
    if (failed == 0)
        failed = access_check_end(&c, &why);
    assert_true(failed == 0 || strcmp(reason_code(why.reason), "access") == 0);
    return failed == 0 ? "" : why.subject;
}

static void they_give_its_root(void **state)
{
    struct rows r;
    (void)state;
    for (size_t n = 0; n <= COUNT(r.line); n++) {
        make(&r, n);
        assert_string_equal(check(&r, n), "");
        if (n > 0)
            assert_string_equal(check(&r, n - 1), "count");
        if (n < COUNT(r.line))
            assert_string_equal(check(&r, n + 1), "count");
        r.claim.root.b[31] ^= 1;
        assert_string_equal(check(&r, n), "root");
        forget(&r);
    }
}

static void their_order_counts(void **state)
{
    struct rows r;
    (void)state;
    make(&r, 3);
    struct buf first = r.line[0];
    r.line[0] = r.line[1];
    r.line[1] = first;
    assert_string_equal(check(&r, 3), "at");
    forget(&r);
}

static void two_may_come_at_one_time(void **state)
{
    struct frontier f = { .size = 0 };
    struct hash leaf, done[64];
    struct rows r;
    (void)state;
    make(&r, 2);
    for (uint8_t i = 0; i < 2; i++) {
        const struct access_row row = row_at(T0 + 1000);
        uint8_t salt[ACCESS_SALT_BYTES] = { i };
        buf_free(&r.line[i]);
        access_line_write(&r.line[i], &row, salt, &leaf);
        frontier_append(&f, &leaf, done);
    }
    frontier_root(&f, &r.claim.root);
    assert_string_equal(check(&r, 2), "");
    forget(&r);
}

/* An entry over no rows is held against its root before any line comes. */
static void no_rows_have_a_root(void **state)
{
    struct access_check c;
    struct refusal why;
    struct rows r;
    (void)state;
    for (uint64_t n = 0; n < 2; n++) {
        make(&r, n);
        assert_int_equal(access_check_begin(&c, &r.claim, &why), 0);
        r.claim.root.b[0] ^= 1;
        assert_int_equal(access_check_begin(&c, &r.claim, &why), n == 0 ? -1 : 0);
        forget(&r);
    }
}

static void each_lies_in_the_interval(void **state)
{
    struct rows r;
    (void)state;
    make(&r, 3);
    r.claim.until = T0 + 2000;
    assert_string_equal(check(&r, 3), "at");
    r.claim.until++;
    assert_string_equal(check(&r, 3), "");
    r.claim.from = T0 + 1;
    assert_string_equal(check(&r, 3), "at");
    forget(&r);
}

/* No bit of a line can be another. */
static void every_bit_counts(void **state)
{
    struct rows r;
    (void)state;
    make(&r, 2);
    for (size_t bit = 0; bit < (r.line[1].n - 1) * 8; bit += every()) {
        r.line[1].p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_string_not_equal(check(&r, 2), "");
        r.line[1].p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_string_equal(check(&r, 2), "");
    forget(&r);
}

static void a_line_may_be_cut_anywhere(void **state)
{
    struct rows r;
    struct access_row row;
    struct hash leaf;
    struct refusal why;
    (void)state;
    make(&r, 1);
    for (size_t n = 0; n < r.line[0].n - 1; n++) {
        assert_int_equal(access_line_parse(&row, &leaf, span_of(r.line[0].p, n), &why), -1);
        assert_string_equal(why.subject, n <= 90 ? "the line" : "the row");
    }
    forget(&r);
}

/* Each part of a line by what is wrong with it. */
static void a_line_has_its_parts(void **state)
{
    static const struct {
        size_t at;
        const char *cause;
    } cases[] = { { 0, "the line" },
                  { 44, "the line" },
                  { 45, "the line" },
                  { 89, "the line" },
                  { 90, "the row" } };
    struct rows r;
    struct access_row row;
    struct hash leaf;
    struct refusal why;
    (void)state;
    make(&r, 1);
    struct span line = span_of(r.line[0].p, r.line[0].n - 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t kept = r.line[0].p[cases[i].at];
        r.line[0].p[cases[i].at] = '*';
        assert_int_equal(access_line_parse(&row, &leaf, line, &why), -1);
        assert_string_equal(why.subject, cases[i].cause);
        r.line[0].p[cases[i].at] = kept;
    }
    r.line[0].p[0] = r.line[0].p[0] == 'A' ? 'B' : 'A';
    assert_int_equal(access_line_parse(&row, &leaf, line, &why), -1);
    assert_string_equal(why.subject, "leaf hash");
    forget(&r);
}

/* A line too many is refused when it comes. */
static void a_line_too_many_is_refused(void **state)
{
    struct access_check c;
    struct access_row row;
    struct refusal why;
    struct rows r;
    (void)state;
    make(&r, 2);
    assert_int_equal(access_check_begin(&c, &r.claim, &why), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(access_check_line(&c, span_of(r.line[i].p, r.line[i].n - 1), &row, &why),
                         i < 2 ? 0 : -1);
    assert_string_equal(why.subject, "count");
    forget(&r);
}

/* ---- what an entry says ---------------------------------------------------------------------- */

static void a_claim_is_members_of_a_record(void **state)
{
    struct rows r;
    struct buf members = { 0 };
    struct log l;
    struct entry e;
    struct record record;
    struct refusal why;
    struct access_claim got;
    (void)state;
    make(&r, 5);
    access_claim_json(&members, &r.claim);
    log_start(&l, "");
    uint64_t i = log_add(&l, BY(THE_LOG, KIND_ACCESS, .members = buf_str(&members)));
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[i]), &why), 0);
    assert_int_equal(record_parse(&record, e.note, &why), 0);
    access_claim_of(&got, &record);
    assert_true(got.version == r.claim.version && got.from == r.claim.from &&
                got.until == r.claim.until && got.count == r.claim.count &&
                hash_eq(&got.root, &r.claim.root));
    record_free(&record);
    for (i = 7; i < 11; i++) { /* of a record of another kind nothing is claimed */
        if (i == 10)
            log_add(&l, BY(THE_LOG, KIND_INDEX));
        assert_int_equal(entry_parse(&e, buf_span(&l.entry[i]), &why), 0);
        assert_int_equal(record_parse(&record, e.note, &why), 0);
        if (i != 9) {
            access_claim_of(&got, &record);
            assert_true(got.version == 0 && got.count == 0);
        }
        record_free(&record);
    }
    log_free(&l);
    buf_free(&members);
    forget(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read_again),
        cmocka_unit_test(the_longest_row_has_room),
        cmocka_unit_test(a_row_is_a_strict_object_of_six_members),
        cmocka_unit_test(a_row_is_capped),
        cmocka_unit_test(a_leaf_is_made_of_what_a_row_may_have),
        cmocka_unit_test(they_give_its_root),
        cmocka_unit_test(their_order_counts),
        cmocka_unit_test(two_may_come_at_one_time),
        cmocka_unit_test(no_rows_have_a_root),
        cmocka_unit_test(each_lies_in_the_interval),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(a_line_may_be_cut_anywhere),
        cmocka_unit_test(a_line_has_its_parts),
        cmocka_unit_test(a_line_too_many_is_refused),
        cmocka_unit_test(a_claim_is_members_of_a_record),
    };
    return cmocka_run_group_tests_name("access_row", tests, NULL, NULL);
}
