/* How a part of an answer is written: what test_answer.c does not ask, as it takes texts that no
 * log makes. */
#include "tests/unit/proto/answer/answer_fixture.h"

#include "proto/answer/answer_parse.h"

static struct buf text;

static int stop(void **state)
{
    (void)state;
    buf_free(&text);
    return 0;
}

static void head(size_t entries)
{
    buf_clear(&text);
    buf_addf(&text,
             "bitacora/v1 answer\nholder x\nrange 0 1 1\nindex 0\naudit none\ncheckpoint 0\n"
             "entries %zu\n",
             entries);
}

static void add_entries(size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%zu 0\n\n", i);
}

static void add_hashes(size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_adds(&text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
}

static void add_leaves(size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%zu AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", i);
}

/* Whether the part, with its sum, has its form. */
static bool has_form(void)
{
    struct parsed_part p;
    struct refusal why;
    size_t used;
    buf_addf(&text, "sha256 %044d\n", 0);
    sum_again(&text);
    int failed = answer_parse(&p, &used, buf_span(&text), &why);
    assert_int_equal(used, failed == 0 ? text.n : 0);
    assert_true(failed == 0 || why.reason == REASON_ANSWER_FORM);
    parsed_part_free(&p);
    return failed == 0;
}

/* As many of each as one part may have, and one more. */
static void a_part_has_so_many_of_each_and_no_more(void **state)
{
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        head(ANSWER_ENTRIES_MAX + more);
        add_entries(ANSWER_ENTRIES_MAX + more);
        buf_adds(&text, "proof 0\ntables 0\n");
        assert_int_equal(has_form(), more == 0);
        head(1);
        add_entries(1);
        buf_addf(&text, "proof %zu\n", ANSWER_HASHES_MAX + more);
        add_hashes(ANSWER_HASHES_MAX + more);
        buf_adds(&text, "tables 0\n");
        assert_int_equal(has_form(), more == 0);
        head(1);
        add_entries(1);
        buf_addf(&text, "proof 0\ntables 1\ntable 0 %zu 0\n", ANSWER_LEAVES_MAX + more);
        add_leaves(ANSWER_LEAVES_MAX + more);
        assert_int_equal(has_form(), more == 0);
        head(1);
        add_entries(1);
        buf_addf(&text, "proof 0\ntables %zu\n", TABLES_MAX + more);
        for (size_t i = 0; i < TABLES_MAX + more; i++)
            buf_addf(&text, "table %zu 0 0\n", i);
        assert_int_equal(has_form(), more == 0);
    }
}

/* A checkpoint and an entry as long as they may be. */
static void bytes_are_so_many_and_no_more(void **state)
{
    static uint8_t bytes[CHECKPOINT_MAX + ENTRY_MAX + 2];
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        buf_clear(&text);
        buf_addf(&text,
                 "bitacora/v1 answer\nholder x\nrange 0 1 1\nindex 0\naudit none\n"
                 "checkpoint %zu\n",
                 CHECKPOINT_MAX + more);
        buf_add(&text, bytes, CHECKPOINT_MAX + more);
        buf_adds(&text, "entries 0\nproof 0\ntables 0\n");
        assert_int_equal(has_form(), more == 0);
        head(1);
        buf_addf(&text, "0 %zu\n", ENTRY_MAX + more);
        buf_add(&text, bytes, ENTRY_MAX + more);
        buf_adds(&text, "\nproof 0\ntables 0\n");
        assert_int_equal(has_form(), more == 0);
    }
}

/* A part has 32 MiB at most, however few things it has. */
static void a_part_is_no_longer_than_it_may_be(void **state)
{
    static uint8_t bytes[ENTRY_MAX];
    const size_t n = ANSWER_PART_MAX / ENTRY_MAX;
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        head(n + more);
        for (size_t i = 0; i < n + more; i++) {
            size_t length = i < 2 ? ENTRY_MAX / 2 : ENTRY_MAX;
            buf_addf(&text, "%zu %zu\n", i, length);
            buf_add(&text, bytes, length);
            buf_adds(&text, "\n");
        }
        buf_adds(&text, "proof 0\ntables 0\n");
        assert_int_equal(has_form(), more == 0);
    }
    assert_true(text.n > ANSWER_PART_MAX);
}

/* A line of numbers has as many as it should, with one space between each two. */
static void numbers_are_as_many_as_they_should(void **state)
{
    static const struct {
        const char *line;
        bool good;
    } cases[] = {
        { "range 0 7 9\nindex 0\naudit none", true },
        { "range 0 7 9 9\nindex 0\naudit none", false },
        { "range 0 7 9 \nindex 0\naudit none", false },
        { "range 0 7\nindex 0\naudit none", false },
        { "range 0  7 9\nindex 0\naudit none", false },
        { "range \nindex 0\naudit none", false },
        { "range 0 7 9\nindex 0 0\naudit none", false },
        { "range 0 7 9\nindex \naudit none", false },
        { "range 0 7 9\nindex 0\naudit 7", true },
        { "range 0 7 9\nindex 0\naudit 7 7", false },
        { "range 0 7 9\nindex 0\naudit ", false },
        { "range 0 7 9\nindex 0\naudit none ", false },
        { "range 7 7 9\nindex 0\naudit none", false },
        { "range 6 7 7\nindex 0\naudit none", true },
        { "range 6 8 7\nindex 0\naudit none", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_clear(&text);
        buf_addf(&text,
                 "bitacora/v1 answer\nholder x\n%s\ncheckpoint 0\nentries 0\nproof 0\ntables 0\n",
                 cases[i].line);
        if (has_form() != cases[i].good)
            fail_msg("%s", cases[i].line);
    }
    /* Of an entry, index and length: not one number for both. */
    head(1);
    buf_adds(&text, "3\nabc\nproof 0\ntables 0\n");
    assert_false(has_form());
    head(1);
    buf_adds(&text, "3 3\nabc\nproof 0\ntables 0\n");
    assert_true(has_form());
    head(1);
    buf_adds(&text, "3 3\nabcd\nproof 0\ntables 0\n");
    assert_false(has_form());
}

/* A question about a key is one about a log's signer: whatever was asked before. */
static void a_key_that_is_asked_for_signs_records(void **state)
{
    static const uint8_t seed[32] = { 77 };
    struct answer_question q;
    struct refusal why;
    struct skey witness, signer;
    struct buf key = { 0 }, good = { 0 };
    (void)state;
    skey_from_seed(&witness, span_str("witness.example"), KEY_COSIGNATURE, seed);
    skey_from_seed(&signer, span_str("signer.example"), KEY_NOTE, seed);
    vkey_format(&key, &witness.vkey);
    vkey_format(&good, &signer.vkey);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(answer_question_of(&q, INDEX_KEY_VKEY, buf_span(&good), &why), 0);
        assert_int_equal(answer_question_of(&q, INDEX_KEY_VKEY, span_str("a+b+c"), &why), -1);
        assert_int_equal(answer_question_of(&q, INDEX_KEY_VKEY, buf_span(&key), &why), -1);
    }
    buf_free(&key);
    buf_free(&good);
}

/* A line that is wrong is not passed over, nor what it should begin. */
static void no_line_is_passed_over(void **state)
{
    static const char first[] = "bitacora/v1 answer\n", question[] = "holder x\n",
                      range[] = "range 0 1 1\n", index[] = "index 0\n", audit[] = "audit none\n",
                      checkpoint[] = "checkpoint 0\n", entries[] = "entries 0\n",
                      proof[] = "proof 0\n", tables[] = "tables 0\n",
                      hash[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    const char *const wrong[][10] = {
        { first, "holder a b\n", range, index, audit, checkpoint, entries, proof, tables },
        { first, "ruleset x\n", range, index, audit, checkpoint, entries, proof, tables },
        { first, "holder\n", range, index, audit, checkpoint, entries, proof, tables },
        { first, question, "range 1 1 1\n", index, audit, checkpoint, entries, proof, tables },
        { first, question, "range 1 1 1\n", checkpoint, entries, proof, tables },
        { first, question, "range x\n", checkpoint, entries, proof, tables },
        { first, question, range, "index x\n", audit, checkpoint, entries, proof, tables },
        { first, question, range, "index x\n", checkpoint, entries, proof, tables },
        { first, question, range, index, "audit x\n", checkpoint, entries, proof, tables },
        { first, question, range, index, audit, "checkpoint x\n", entries, proof, tables },
        { first, question, range, index, audit, "checkpoint 99999999\n", entries, proof, tables },
        { first, question, range, index, audit, checkpoint, "entries x\n", proof, tables },
        { first, question, range, index, audit, checkpoint, "entries 99999\n", proof, tables },
        { first, question, range, index, audit, checkpoint, "entries 1\nx\n\n", proof, tables },
        { first, question, range, index, audit, checkpoint, "entries 1\nx\n", proof, tables },
        { first, question, range, index, audit, checkpoint, "entries 1\n0 0\nx\n", proof, tables },
        { first, question, range, index, audit, checkpoint, entries, "proof x\n", tables },
        { first, question, range, index, audit, checkpoint, entries, "proof 99999\n", tables },
        { first, question, range, index, audit, checkpoint, entries, "proof 1\nx\n", tables },
        { first, question, range, index, audit, checkpoint, entries,
          "proof 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", tables },
        { first, question, range, index, audit, checkpoint, entries, "proof 2\n", hash, tables },
        { first, question, range, index, audit, checkpoint, entries, proof, "tables x\n" },
        { first, question, range, index, audit, checkpoint, entries, proof, "tables 33\n" },
        { first, question, range, index, audit, checkpoint, entries, proof, "tables 1\nx\n" },
        { first, question, range, index, audit, checkpoint, entries, proof,
          "tables 1\ntable 0 x 0\n" },
        { first, question, range, index, audit, checkpoint, entries, proof,
          "tables 1\ntable 0 1 0\nx\n" },
        { first, question, range, index, audit, checkpoint, entries, proof,
          "tables 1\ntable 0 1 0\n0 AAAA\n" },
        { first, question, range, index, audit, checkpoint, entries, proof,
          "tables 1\ntable 0 0 1\nx\n" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        buf_clear(&text);
        for (size_t k = 0; k < COUNT(wrong[i]) && wrong[i][k] != NULL; k++)
            buf_adds(&text, wrong[i][k]);
        if (has_form())
            fail_msg("%s", buf_str(&text));
    }
}

static void leaves_are_whole_rows_in_order(void **state)
{
    static const struct {
        const char *leaves;
        size_t n;
        bool good;
    } cases[] = {
        { "0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 1, true },
        { "0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 1, false },
        { "0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 1, false },
        { "0 \n", 1, false },
        { "0 AAAA\n0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 1, false },
        { "0 \nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", 1, false },
        { "0\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", 1, false },
        { " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 1, false },
        { "5 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n6 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 2, true },
        { "5 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n5 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 2, false },
        { "6 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n5 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 2, false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        head(0);
        buf_addf(&text, "proof 0\ntables 1\ntable 3 %zu 0\n%s", cases[i].n, cases[i].leaves);
        if (has_form() != cases[i].good)
            fail_msg("%s", cases[i].leaves);
    }
    /* One leaf has so many rows, and no more. */
    static const uint8_t rows[(LEAF_ROWS + 1) * ROW_BYTES];
    for (size_t more = 0; more < 2; more++) {
        head(0);
        buf_adds(&text, "proof 0\ntables 1\ntable 0 1 0\n0 ");
        buf_add_base64(&text, rows, (LEAF_ROWS + more) * ROW_BYTES);
        buf_adds(&text, "\n");
        assert_int_equal(has_form(), more == 0);
    }
}

/* Tables ascend by their number, and each has its own leaves. */
static void tables_are_in_order(void **state)
{
    static const struct {
        const char *tables;
        bool good;
    } cases[] = {
        { "table 1 0 0\ntable 2 0 0\n", true },    { "table 1 0 0\ntable 1 0 0\n", false },
        { "table 2 0 0\ntable 1 0 0\n", false },   { "table 30 0 0\ntable 31 0 0\n", true },
        { "table 30 0 0\ntable 32 0 0\n", false },
    };
    struct parsed_part p;
    struct refusal why;
    size_t used;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        head(0);
        buf_addf(&text, "proof 0\ntables 2\n%s", cases[i].tables);
        if (has_form() != cases[i].good)
            fail_msg("%s", cases[i].tables);
    }
    head(0);
    buf_adds(&text, "proof 0\ntables 2\ntable 0 2 0\n"
                    "0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                    "1 AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\ntable 1 1 0\n"
                    "7 AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    assert_true(has_form());
    assert_int_equal(answer_parse(&p, &used, buf_span(&text), &why), 0);
    assert_int_equal(p.table[0].rows[0], 2);
    assert_int_equal(p.table[0].leaf[0].row[0].b[0], 0);
    assert_int_equal(p.table[0].leaf[0].row[1].b[0], 1);
    assert_int_equal(p.table[0].leaf[1].row[0].b[0], 2);
    assert_int_equal(p.table[1].leaf[0].row[0].b[0], 3);
    assert_int_equal(p.table[1].leaf[0].number, 7);
    parsed_part_free(&p);
}

/* The first line of another thing, of another version, of neither. */
static void the_first_line_says_what_it_is(void **state)
{
    static const struct {
        const char *line;
        enum reason reason;
    } cases[] = {
        { "bitacora/v2 answer\n", REASON_VERSION },
        { "bitacora/v0 answer\n", REASON_ANSWER_FORM },
        { "bitacora/vx answer\n", REASON_ANSWER_FORM },
        { "bitacora/v01 answer\n", REASON_ANSWER_FORM },
        { "bitacora/v2 receipt\n", REASON_ANSWER_FORM },
        { "bitacora/v2 answer", REASON_ANSWER_FORM },
        { "bitacora/v1 answer\nholder\n", REASON_ANSWER_FORM },
        { "bitacora/v1 answer\n\n", REASON_ANSWER_FORM },
        { "bitacora/v1 answer\nholder x", REASON_ANSWER_FORM },
        { "", REASON_ANSWER_FORM },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parsed_part p;
        struct refusal why;
        size_t used = 7;
        assert_int_equal(answer_parse(&p, &used, fenced(span_str(cases[i].line)), &why), -1);
        assert_int_equal(used, 0);
        if (why.reason != cases[i].reason)
            fail_msg("%s: %s", cases[i].line, reason_name(why.reason));
        parsed_part_free(&p);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_part_has_so_many_of_each_and_no_more),
        TEST(bytes_are_so_many_and_no_more),
        TEST(a_part_is_no_longer_than_it_may_be),
        TEST(numbers_are_as_many_as_they_should),
        TEST(leaves_are_whole_rows_in_order),
        TEST(tables_are_in_order),
        TEST(no_line_is_passed_over),
        TEST(a_key_that_is_asked_for_signs_records),
        TEST(the_first_line_says_what_it_is),
    };
    return cmocka_run_group_tests_name("answer_parse", tests, NULL, NULL);
}
