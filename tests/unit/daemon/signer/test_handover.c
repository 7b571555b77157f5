/* handover.h: a note of the former key names the next one; nothing else is a hand-over. */
#include "daemon/signer/handover.h"

#include "tests/unit/fixture.h"

static struct log the_log;
static struct skey next;

static int start(void **state)
{
    (void)state;
    log_keys(&the_log);
    skey_generate(&next, span_str(the_log.who[THE_LOG].key.vkey.name), KEY_NOTE);
    return 0;
}

static const struct skey *former(void)
{
    return &the_log.who[THE_LOG].key;
}

static void fits_another_key_of_that_name(void **state)
{
    (void)state;
    struct skey other;
    assert_true(handover_fits(&former()->vkey, &next.vkey));
    assert_false(handover_fits(&former()->vkey, &former()->vkey));
    skey_generate(&other, span_str("other.example.mx"), KEY_NOTE);
    assert_false(handover_fits(&former()->vkey, &other.vkey));
    skey_generate(&other, span_str(former()->vkey.name), KEY_COSIGNATURE);
    assert_false(handover_fits(&former()->vkey, &other.vkey));
    assert_false(handover_fits(&other.vkey, &former()->vkey));
}

static void is_read_as_it_was_written(void **state)
{
    (void)state;
    struct key_handover h = { .to = next.vkey, .size = 17 }, got;
    struct buf text = { 0 }, bytes = { 0 };
    struct note note;
    memset(h.root.b, 7, sizeof h.root.b);
    handover_text(&text, &h);
    note_sign(&bytes, buf_span(&text), former());
    assert_int_equal(handover_parse(&got, &note, buf_span(&bytes)), 0);
    assert_true(vkey_eq(&got.to, &h.to));
    assert_int_equal(got.size, h.size);
    assert_true(hash_eq(&got.root, &h.root));
    assert_true(note_signed_by(&note, &former()->vkey));
    assert_false(note_signed_by(&note, &next.vkey));
    buf_free(&text);
    buf_free(&bytes);
}

static void nothing_else_is_one(void **state)
{
    (void)state;
    static const char first[] = "bitacora/v1 signer handover\n";
    static const char root[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    struct buf vkey = { 0 }, text = { 0 }, bytes = { 0 };
    struct key_handover h;
    struct note note;
    vkey_format(&vkey, &next.vkey);
    const struct {
        const char *first, *key, *rest, *last;
        int expected;
    } cases[] = {
        { first, buf_str(&vkey), "\n3\n", root, 0 },
        { "bitacora/v1 signer state\n", buf_str(&vkey), "\n3\n", root, -1 },
        { first, buf_str(&vkey), "\n0\n", root, -1 },
        { first, buf_str(&vkey), "\n03\n", root, -1 },
        { first, buf_str(&vkey), "\n", root, -1 },
        { first, "log.example.mx+00000000+AAAA", "\n3\n", root, -1 },
        { first, buf_str(&vkey), "\n3\n", "AAAA\n", -1 },
        { first, buf_str(&vkey), "\n3\nopen\n", root, -1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_clear(&text);
        buf_clear(&bytes);
        buf_addf(&text, "%s%s%s%s", cases[i].first, cases[i].key, cases[i].rest, cases[i].last);
        note_sign(&bytes, buf_span(&text), former());
        assert_int_equal(handover_parse(&h, &note, buf_span(&bytes)), cases[i].expected);
    }
    assert_int_equal(handover_parse(&h, &note, buf_span(&text)), -1); /* not signed */
    buf_free(&vkey);
    buf_free(&text);
    buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_another_key_of_that_name),
        cmocka_unit_test(is_read_as_it_was_written),
        cmocka_unit_test(nothing_else_is_one),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
