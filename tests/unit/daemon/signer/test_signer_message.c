/* signer_message.h: what is written is read again, and nothing else is. */
#include "daemon/signer/signer_message.h"

#include "tests/unit/fixture.h"

static struct log the_log;

static int start(void **state)
{
    (void)state;
    log_keys(&the_log);
    return 0;
}

static const struct vkey *key(void)
{
    return &the_log.who[THE_LOG].key.vkey;
}

/* The text of a message, which must be whole and nothing more. */
static struct span body_of(const struct buf *frame)
{
    struct span body;
    assert_false(frame->failed);
    assert_int_equal(signer_frame(&body, buf_span(frame)), 1);
    assert_int_equal(frame->n, SIGNER_HEAD + body.n);
    return body;
}

/* ---- frames ---------------------------------------------------------------------------------- */

static void a_frame_has_a_length_within_bounds(void **state)
{
    (void)state;
    struct span body;
    static uint8_t bytes[SIGNER_FRAME_MAX + 1];
    const struct {
        uint8_t head[SIGNER_HEAD];
        size_t n;
        int expected;
        size_t length;
    } cases[] = {
        { { 0, 0, 0, 0 }, 0, 0, 0 },  { { 0, 0, 0, 1 }, 3, 0, 0 },
        { { 0, 0, 0, 1 }, 4, 0, 0 },  { { 0, 0, 0, 1 }, 5, 1, 1 },
        { { 0, 0, 0, 1 }, 9, 1, 1 },  { { 0, 0, 0, 0 }, 4, -1, 0 },
        { { 0, 1, 0, 0 }, 4, 0, 0 },  { { 0, 1, 0, 0 }, SIGNER_FRAME_MAX, 1, SIGNER_BODY_MAX },
        { { 0, 1, 0, 1 }, 4, -1, 0 }, { { 0, 2, 0, 0 }, SIGNER_FRAME_MAX, -1, 0 },
        { { 1, 0, 0, 1 }, 4, -1, 0 }, { { 0xff, 0xff, 0xff, 0xff }, 4, -1, 0 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        memcpy(bytes, cases[i].head, SIGNER_HEAD);
        assert_int_equal(signer_frame(&body, span_of(bytes, cases[i].n)), cases[i].expected);
        if (cases[i].expected == 1)
            assert_int_equal(body.n, cases[i].length);
    }
}

/* ---- what was signed last -------------------------------------------------------------------- */

static void what_was_signed_last_is_read_as_it_was_written(void **state)
{
    (void)state;
    const struct last_signed cases[] = { { .size = 0 },
                                         { .size = 1, .root = { { 1 } } },
                                         { .size = 7, .freeze = FREEZE_SIGNED },
                                         { .size = INT64_MAX, .freeze = FREEZE_ENDED } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf text = { 0 };
        struct vkey k;
        struct last_signed last;
        last_signed_format(&text, key(), &cases[i]);
        assert_int_equal(last_signed_parse(&k, &last, buf_span(&text)), 0);
        assert_true(vkey_eq(&k, key()));
        assert_int_equal(last.size, cases[i].size);
        assert_true(hash_eq(&last.root, &cases[i].root));
        assert_int_equal(last.freeze, cases[i].freeze);
        /* Cut off anywhere, or with more behind it, it is nothing. */
        for (size_t n = 0; n < text.n; n++)
            assert_int_equal(last_signed_parse(&k, &last, span_of(text.p, n)), -1);
        buf_adds(&text, "\n");
        assert_int_equal(last_signed_parse(&k, &last, buf_span(&text)), -1);
        buf_free(&text);
    }
}

static void a_state_that_was_altered_is_none(void **state)
{
    (void)state;
    struct buf text = { 0 };
    struct vkey k;
    struct last_signed last;
    const char *vkey = vkey_text(&the_log, THE_LOG);
    const char *root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const char *wrong[] = {
        text_of("bitacora/v2 signer state\n%s\n1\n%s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer status\n%s\n1\n%s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s \n1\n%s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer state\nx%s\n1\n%s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s\n01\n%s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s\n-1\n%s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s\n9223372036854775808\n%s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s\n1\n%.40s\nopen\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s\n1\n%s\nclosed\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s\n1\n%s\n\n", vkey, root),
        text_of("bitacora/v1 signer state\n%s\n1\n%s\nopen\r\n", vkey, root),
    };
    buf_addf(&text, "bitacora/v1 signer state\n%s\n1\n%s\nopen\n", vkey, root);
    assert_int_equal(last_signed_parse(&k, &last, buf_span(&text)), 0);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(last_signed_parse(&k, &last, span_str(wrong[i])), -1);
    buf_free(&text);
}

/* ---- requests -------------------------------------------------------------------------------- */

static void requests_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct signer_request cases[] = {
        { .ask = ASK_STATUS },
        { .ask = ASK_GENESIS, .accepted = 1764000000123, .text = span_str("a\nb\n") },
        { .ask = ASK_RECORD, .text = span_str("a\n\nb") },
        { .ask = ASK_CHECKPOINT,
          .old_size = 5,
          .n = 2,
          .proof = { { { 7 } }, { { 9 } } },
          .text = span_str("o\n6\nr\n") },
        { .ask = ASK_CHECKPOINT, .old_size = 0, .text = span_str("") },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf frame = { 0 };
        struct signer_request r;
        signer_request_format(&frame, &cases[i]);
        assert_int_equal(signer_request_parse(&r, body_of(&frame)), 0);
        assert_int_equal(r.ask, cases[i].ask);
        assert_true(span_eq(r.text, cases[i].text));
        assert_int_equal(r.accepted, cases[i].accepted);
        assert_int_equal(r.old_size, cases[i].old_size);
        assert_int_equal(r.n, cases[i].n);
        assert_memory_equal(r.proof, cases[i].proof, r.n * sizeof *r.proof);
        buf_free(&frame);
    }
}

static void what_is_no_request(void **state)
{
    (void)state;
    struct signer_request r;
    const char *wrong[] = {
        "",
        "\n",
        "status\n",
        "bitacora/v1 signer status",
        "bitacora/v1 signer status\nx",
        "bitacora/v1 signer Status\n",
        "bitacora/v2 signer status\n",
        "bitacora/v1 signer sign\nx\n",
        "bitacora/v1 signer genesis\n",
        "bitacora/v1 signer genesis\n2026-11-30\na\nb\n",
        "bitacora/v1 signer genesis\n2026-11-30T00:00:00.000Z",
        "bitacora/v1 signer checkpoint\n",
        "bitacora/v1 signer checkpoint\nold 5\n",
        "bitacora/v1 signer checkpoint\nold x\n\no\n6\nr\n",
        "bitacora/v1 signer checkpoint\nold 5\nAAAA\n\no\n6\nr\n",
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(signer_request_parse(&r, span_str(wrong[i])), -1);
}

static void a_request_that_is_too_long_is_not_made(void **state)
{
    (void)state;
    struct buf text = { 0 }, frame = { 0 };
    for (size_t i = 0; i < SIGNER_BODY_MAX; i++)
        buf_add_u8(&text, 'x');
    struct signer_request r = { .ask = ASK_RECORD, .text = buf_span(&text) };
    signer_request_format(&frame, &r);
    assert_true(frame.failed);
    buf_free(&frame);
    r.text.n -= strlen("bitacora/v1 signer record\n");
    signer_request_format(&frame, &r);
    assert_int_equal(body_of(&frame).n, SIGNER_BODY_MAX);
    buf_free(&frame);
    buf_free(&text);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void answers_are_read_as_they_were_written(void **state)
{
    (void)state;
    for (int reply = REPLY_STATE; reply <= REPLY_FAILED; reply++)
        for (int why = SIGNER_REQUEST; why <= SIGNER_ORDER; why++) {
            struct buf frame = { 0 };
            struct signer_answer read;
            const struct signer_answer a = { .reply = (enum signer_reply)reply,
                                             .key = *key(),
                                             .last = { .size = 3, .freeze = FREEZE_ENDED },
                                             .note = span_str("text\n\nline\n"),
                                             .why = (enum signer_refusal)why };
            signer_answer_format(&frame, &a);
            assert_int_equal(signer_answer_parse(&read, body_of(&frame)), 0);
            assert_int_equal(read.reply, reply);
            if (reply == REPLY_STATE) {
                assert_true(vkey_eq(&read.key, key()));
                assert_int_equal(read.last.size, 3);
                assert_int_equal(read.last.freeze, FREEZE_ENDED);
            }
            if (reply == REPLY_SIGNED)
                assert_true(span_eq(read.note, a.note));
            if (reply == REPLY_REFUSED)
                assert_int_equal(read.why, why);
            buf_free(&frame);
        }
}

static void what_is_no_answer(void **state)
{
    (void)state;
    struct signer_answer a;
    const char *wrong[] = {
        "",
        "bitacora/v1 signer signed",
        "bitacora/v1 signer sign\n",
        "bitacora/v2 signer signed\nx",
        "bitacora/v1 signer refused\n",
        "bitacora/v1 signer refused\nfork",
        "bitacora/v1 signer refused\nfork\nx",
        "bitacora/v1 signer refused\nnone\n",
        "bitacora/v1 signer refused\nForK\n",
        "bitacora/v1 signer failed\nx",
        "bitacora/v1 signer state\n",
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(signer_answer_parse(&a, span_str(wrong[i])), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_has_a_length_within_bounds),
        cmocka_unit_test(what_was_signed_last_is_read_as_it_was_written),
        cmocka_unit_test(a_state_that_was_altered_is_none),
        cmocka_unit_test(requests_are_read_as_they_were_written),
        cmocka_unit_test(what_is_no_request),
        cmocka_unit_test(a_request_that_is_too_long_is_not_made),
        cmocka_unit_test(answers_are_read_as_they_were_written),
        cmocka_unit_test(what_is_no_answer),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
