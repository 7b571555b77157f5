#include "tests/unit/fixture.h"

#include "proto/tlog/add_checkpoint.h"

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

/* The example of c2sp.org/tlog-witness, as it stands there. */
static void the_c2sp_example_is_split_and_made_again(void **state)
{
    struct add_checkpoint r;
    struct refusal why;
    struct buf example = { 0 }, again = { 0 };
    (void)state;
    vector_read(&example, "add_checkpoint/good/c2sp.txt");
    assert_int_equal(add_checkpoint_parse(&r, buf_span(&example), &why), 0);
    assert_int_equal(r.old_size, 20852014);
    assert_int_equal(r.n, 4);
    assert_true(span_starts(r.checkpoint, "example.com/behind-the-sofa\n20852163\n"));
    add_checkpoint_format(&again, r.old_size, r.proof, r.n, r.checkpoint);
    assert_true(span_eq(buf_span(&again), buf_span(&example)));
    buf_free(&example);
    buf_free(&again);
}

static void malformed_requests_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "old",
        "old 0",
        "old 0\n",
        "old \n\nx",
        "old  0\n\nx",
        "old 00\n\nx",
        "old 01\n\nx",
        "old +1\n\nx",
        "old -1\n\nx",
        "old 0x1\n\nx",
        "old 1 \n\nx",
        "old 1\r\n\r\nx",
        "Old 1\n\nx",
        "new 1\n\nx",
        " old 1\n\nx",
        "old 9223372036854775808\n\nx", /* 2^63 */
        "old 18446744073709551617\n\nx",
        "old 1\n" ROOT,
        "old 1\n" ROOT "\n",
        "old 1\n" ROOT " \n\nx",
        "old 1\n " ROOT "\n\nx",
        "old 1\n" ROOT ROOT "\n\nx",
        "old 1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n\nx", /* not canonical */
        "old 1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n\nx",
        "old 1\n47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\n\nx",
        "old 1\nAAAA\n\nx",
        "old 1\nexample.com/log\n1\n" ROOT "\n\nx",
    };
    struct add_checkpoint r;
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        why.reason = REASON_NONE;
        if (add_checkpoint_parse(&r, span_str(bad[i]), &why) != -1 ||
            why.reason != REASON_REQUEST_FORM)
            fail_msg("accepted: %s", bad[i]);
    }
}

static void no_proof_and_the_largest_size_are_good(void **state)
{
    struct add_checkpoint r;
    struct refusal why;
    (void)state;
    assert_int_equal(add_checkpoint_parse(&r, span_str("old 0\n\nx"), &why), 0);
    assert_int_equal(r.old_size, 0);
    assert_int_equal(r.n, 0);
    assert_true(span_is(r.checkpoint, "x"));
    assert_int_equal(add_checkpoint_parse(&r, span_str("old 9223372036854775807\n\n\n"), &why), 0);
    assert_int_equal(r.old_size, INT64_MAX);
    assert_true(span_is(r.checkpoint, "\n"));
}

static void the_caps_are_where_they_are_said_to_be(void **state)
{
    static const struct hash proof[ADD_CHECKPOINT_PROOF_MAX + 1];
    static char text[CHECKPOINT_MAX + 1];
    struct add_checkpoint r;
    struct refusal why;
    struct buf body = { 0 };
    (void)state;
    memset(text, 'x', sizeof text);
    add_checkpoint_format(&body, INT64_MAX, proof, ADD_CHECKPOINT_PROOF_MAX,
                          span_of(text, CHECKPOINT_MAX));
    assert_int_equal(body.n, ADD_CHECKPOINT_MAX);
    assert_int_equal(add_checkpoint_parse(&r, buf_span(&body), &why), 0);
    assert_int_equal(r.n, ADD_CHECKPOINT_PROOF_MAX);
    assert_int_equal(r.checkpoint.n, CHECKPOINT_MAX);
    buf_clear(&body);
    add_checkpoint_format(&body, 1, proof, ADD_CHECKPOINT_PROOF_MAX + 1, span_str("x"));
    assert_int_equal(add_checkpoint_parse(&r, buf_span(&body), &why), -1);
    assert_string_equal(why.subject, "more than 63 hashes");
    buf_clear(&body);
    add_checkpoint_format(&body, 1, NULL, 0, span_of(text, CHECKPOINT_MAX + 1));
    assert_int_equal(add_checkpoint_parse(&r, buf_span(&body), &why), -1);
    buf_free(&body);
}

static void sizes_are_one_line(void **state)
{
    static const char *const bad[] = { "",      "\n",     "1",    "01\n",
                                       "1\n\n", "1\n2\n", "1 \n", "9223372036854775808\n" };
    uint64_t size;
    struct buf b = { 0 };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (add_checkpoint_size_parse(&size, span_str(bad[i])) != -1)
            fail_msg("accepted: %s", bad[i]);
    add_checkpoint_size_format(&b, 20852163);
    assert_true(span_is(buf_span(&b), "20852163\n"));
    assert_int_equal(add_checkpoint_size_parse(&size, buf_span(&b)), 0);
    assert_int_equal(size, 20852163);
    buf_free(&b);
}

/* ---- answers with cosignatures ------------------------------------------------------------- */

static const char text[] = "example.com/behind-the-sofa\n1\n" ROOT "\n";

static void make_key(struct skey *key, const char *name, uint8_t seed)
{
    uint8_t bytes[32];
    memset(bytes, seed, sizeof bytes);
    skey_from_seed(key, span_str(name), KEY_COSIGNATURE, bytes);
}

static void the_line_of_the_witness_is_found_among_others(void **state)
{
    struct skey ours, other;
    struct buf body = { 0 }, expected = { 0 }, line = { 0 };
    uint64_t seconds = 0;
    (void)state;
    make_key(&ours, "witness.example/w1", 1);
    make_key(&other, "witness.example/w1", 2);
    note_cosign(&body, span_str(text), &other, 6);
    note_cosign(&body, span_str(text), &ours, 1795276801);
    note_cosign(&expected, span_str(text), &ours, 1795276801);
    assert_int_equal(
        add_checkpoint_cosignature(&line, &seconds, buf_span(&body), span_str(text), &ours.vkey),
        NOTE_GOOD);
    assert_int_equal(seconds, 1795276801);
    assert_true(span_eq(buf_span(&line), buf_span(&expected)));
    buf_clear(&line);
    seconds = 0;
    make_key(&other, "witness.example/w2", 1);
    assert_int_equal(
        add_checkpoint_cosignature(&line, &seconds, buf_span(&body), span_str(text), &other.vkey),
        NOTE_UNSIGNED);
    assert_int_equal(line.n, 0);
    buf_free(&body);
    buf_free(&expected);
    buf_free(&line);
}

static void verdict_is(struct span body, struct span over, const struct skey *key,
                       enum note_verdict verdict)
{
    struct buf line = { 0 };
    uint64_t seconds;
    assert_int_equal(add_checkpoint_cosignature(&line, &seconds, body, over, &key->vkey), verdict);
    assert_int_equal(line.n > 0, verdict == NOTE_GOOD);
    buf_free(&line);
}

static void bad_answers_give_no_line(void **state)
{
    struct skey key;
    struct buf body = { 0 };
    struct span over = span_str(text);
    (void)state;
    make_key(&key, "witness.example/w1", 1);
    verdict_is(span_str(""), over, &key, NOTE_BAD);
    verdict_is(span_str("ok\n"), over, &key, NOTE_BAD);
    note_cosign(&body, over, &key, 7);
    verdict_is(buf_span(&body), over, &key, NOTE_GOOD);
    verdict_is(buf_span(&body), span_str("other\n1\n" ROOT "\n"), &key, NOTE_BAD);
    verdict_is(span_of(body.p, body.n - 1), over, &key, NOTE_BAD); /* its newline is missing */
    note_cosign(&body, over, &key, 8);
    verdict_is(buf_span(&body), over, &key, NOTE_BAD); /* twice */
    buf_clear(&body);
    note_cosign(&body, over, &key, 0);
    verdict_is(buf_span(&body), over, &key, NOTE_BAD); /* without a time */
    buf_free(&body);
}

/* Lines before an empty line would be taken for part of what was signed. */
static void an_answer_cannot_put_words_into_the_checkpoint(void **state)
{
    struct skey key;
    struct buf longer = { 0 }, body = { 0 };
    (void)state;
    make_key(&key, "witness.example/w1", 1);
    buf_adds(&longer, text);
    buf_adds(&longer, "\nmore\n");
    buf_adds(&body, "more\n\n");
    note_cosign(&body, buf_span(&longer), &key, 7);
    verdict_is(buf_span(&body), span_str(text), &key, NOTE_BAD);
    buf_free(&longer);
    buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_c2sp_example_is_split_and_made_again),
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(no_proof_and_the_largest_size_are_good),
        cmocka_unit_test(the_caps_are_where_they_are_said_to_be),
        cmocka_unit_test(sizes_are_one_line),
        cmocka_unit_test(the_line_of_the_witness_is_found_among_others),
        cmocka_unit_test(bad_answers_give_no_line),
        cmocka_unit_test(an_answer_cannot_put_words_into_the_checkpoint),
    };
    return cmocka_run_group_tests_name("add_checkpoint", tests, NULL, NULL);
}
