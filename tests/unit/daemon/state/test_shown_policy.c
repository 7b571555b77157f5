/* shown_policy.h: what `GET /policy` says of a policy's file. */
#include "daemon/state/shown_policy.h"

#include "tests/unit/fixture.h"

static struct shown_policy shown = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* The text without its label, which is two comments. */
static const char *said(void)
{
    static char text[1024];
    struct buf out = { 0 };
    shown_policy_get(&shown, &out);
    assert_in_range(out.n, 1, sizeof text - 1);
    memcpy(text, out.p, out.n);
    text[out.n] = '\0';
    buf_free(&out);
    const char *at = text;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(*at, '#');
        at = strchr(at, '\n') + 1;
    }
    return at;
}

static const char *shown_of(const char *file)
{
    struct skey key;
    skey_generate(&key, span_str("log.example"), KEY_NOTE);
    shown_policy_set(&shown, span_str(file), &key.vkey);
    return said();
}

static void leaves_out_comments_and_addresses(void **state)
{
    (void)state;
    assert_string_equal(
        shown_of("# secret\nlog x+1+y http://log\nwitness w x+1+z http://10.0.0.7/\n"
                 "quorum w\n"),
        "log x+1+y http://log\nwitness w x+1+z\nquorum w\n");
    assert_string_equal(shown_of(" \t# secret\n\n  \t \nquorum none\n"), "quorum none\n");
    assert_string_equal(shown_of("#\n#secret\nquorum none\n"), "quorum none\n");
}

static void reads_blanks_as_a_policy_has_them(void **state)
{
    (void)state;
    assert_string_equal(shown_of("\twitness\tw\t x+1+z \t http://10.0.0.7/\t\n"),
                        "witness w x+1+z\n");
    assert_string_equal(shown_of("  group  g\tall w1   w2 w3 w4\t\n"), "group g all w1 w2 w3 w4\n");
    assert_string_equal(shown_of("witness w\n"), "witness w\n");
    assert_string_equal(shown_of("witnesses a b c d\n"), "witnesses a b c d\n");
}

static void without_a_file_the_log_signs_alone(void **state)
{
    (void)state;
    const char *text = shown_of("");
    assert_int_equal(strncmp(text, "log log.example+", 16), 0);
    assert_non_null(strstr(text, "\nquorum none\n"));
}

static void another_takes_its_place(void **state)
{
    (void)state;
    assert_string_equal(shown_of("quorum a\n"), "quorum a\n");
    assert_string_equal(shown_of("quorum b\n"), "quorum b\n");
    struct buf out = { 0 };
    buf_adds(&out, "before ");
    shown_policy_get(&shown, &out);
    assert_int_equal(strncmp((const char *)out.p, "before #", 8), 0);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_out_comments_and_addresses),
        cmocka_unit_test(reads_blanks_as_a_policy_has_them),
        cmocka_unit_test(without_a_file_the_log_signs_alone),
        cmocka_unit_test(another_takes_its_place),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    shown_policy_free(&shown);
    return failed;
}
