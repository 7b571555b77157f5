#include "tests/unit/fixture.h"

#include "proto/base/base64.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/note.h"

static void check_form(const char *name, struct span bytes, const char *reason)
{
    struct note n;
    struct checkpoint cp;
    struct refusal why = { .reason = REASON_NONE };
    assert_int_equal(note_parse(&n, bytes, &why), 0);
    const char *got = checkpoint_parse(&cp, n.text, &why) == 0 ? "good" : reason_name(why.reason);
    if (strcmp(got, reason != NULL ? reason : "good") != 0)
        fail_msg("%s: %s (%s)", name, got, why.subject);
}

static void good_checkpoints_are_read(void **state)
{
    (void)state;
    vector_each("checkpoint/good", check_form);
}

static void malformed_checkpoints_are_refused(void **state)
{
    (void)state;
    vector_each("checkpoint/bad", check_form);
}

static void the_c2sp_example_says_what_it_says(void **state)
{
    struct buf bytes = { 0 }, again = { 0 };
    struct note n;
    struct checkpoint cp;
    struct refusal why;
    char root[45];
    (void)state;
    vector_read(&bytes, "checkpoint/good/c2sp-cosigned.txt");
    assert_int_equal(note_parse(&n, buf_span(&bytes), &why), 0);
    assert_int_equal(checkpoint_parse(&cp, n.text, &why), 0);
    assert_true(span_is(cp.origin, "example.com/behind-the-sofa"));
    assert_int_equal(cp.size, 20852163);
    base64_encode(root, cp.root.b, HASH_BYTES);
    assert_string_equal(root, "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    checkpoint_format(&again, "example.com/behind-the-sofa", cp.size, &cp.root);
    assert_true(span_eq(buf_span(&again), n.text));
    assert_int_equal(n.signatures, 2);
    assert_int_equal(n.signature[0].n, SIGNATURE_BYTES);
    assert_true(span_is(n.signature[1].name, "witness.example.com/w1"));
    assert_int_equal(n.signature[1].n, 8 + SIGNATURE_BYTES);
    assert_memory_equal(n.signature[1].bytes, "\0\0\0\0\x64\x18\x50\xCB", 8);
    buf_free(&bytes);
    buf_free(&again);
}

static void a_last_line_without_newline_is_refused(void **state)
{
    struct checkpoint cp;
    struct refusal why;
    (void)state;
    assert_int_equal(
        checkpoint_parse(&cp, span_str("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), &why),
        -1);
    assert_int_equal(
        checkpoint_parse(&cp, span_str("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx"),
                         &why),
        -1);
    assert_int_equal(checkpoint_parse(&cp, span_str("o\n1\n"), &why), -1);
    assert_string_equal(why.subject, "three lines");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_checkpoints_are_read),
        cmocka_unit_test(malformed_checkpoints_are_refused),
        cmocka_unit_test(the_c2sp_example_says_what_it_says),
        cmocka_unit_test(a_last_line_without_newline_is_refused),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
