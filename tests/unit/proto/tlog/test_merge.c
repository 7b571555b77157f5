#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/tlog/merge.h"

#define W 3 /* witnesses: two of the policy, and one that it does not know */

static struct skey log_key, witness[W];
static struct policy *policy;

static int start(void **state)
{
    struct buf text = { 0 };
    struct refusal why;
    uint8_t seed[32] = { 77 };
    (void)state;
    skey_from_seed(&log_key, span_str(ORIGIN), KEY_NOTE, seed);
    buf_adds(&text, "log ");
    vkey_format(&text, &log_key.vkey);
    for (uint8_t i = 0; i < W; i++) {
        seed[1] = (uint8_t)(i + 1);
        skey_from_seed(&witness[i], span_str(text_of("w%d.example", i)), KEY_COSIGNATURE, seed);
        if (i == 2)
            break;
        buf_adds(&text, text_of("\nwitness w%d ", i));
        vkey_format(&text, &witness[i].vkey);
    }
    buf_adds(&text, "\ngroup g 1 w0 w1\nquorum g\n");
    policy = policy_parse(buf_span(&text), &why);
    buf_free(&text);
    return policy == NULL ? -1 : 0;
}

static int end(void **state)
{
    (void)state;
    policy_free(policy);
    return 0;
}

/* A checkpoint with a cosignature of each witness whose time is not 0. */
static void note_of(struct buf *out, uint64_t size, uint64_t w0, uint64_t w1, uint64_t w2)
{
    const uint64_t at[W] = { w0, w1, w2 };
    struct hash root = { .b = { 1 } };
    struct buf text = { 0 };
    checkpoint_format(&text, ORIGIN, size, &root);
    buf_clear(out);
    note_sign(out, buf_span(&text), &log_key);
    for (int i = 0; i < W; i++)
        if (at[i] != 0)
            note_cosign(out, buf_span(&text), &witness[i], at[i]);
    assert_false(out->failed);
    buf_free(&text);
}

static uint64_t time_in(const struct buf *bytes, int i)
{
    struct note note;
    struct refusal why;
    uint64_t at = 0;
    assert_int_equal(note_parse(&note, buf_span(bytes), &why), 0);
    enum note_verdict v = note_verify_cosignature(&note, &witness[i].vkey, &at);
    assert_true(v == NOTE_GOOD || v == NOTE_UNSIGNED);
    return v == NOTE_GOOD ? at : 0;
}

struct merging {
    uint64_t older[W], newer[W], merged[W];
};

static void of_each_witness_the_youngest_stays(void **state)
{
    static const struct merging cases[] = {
        { { 10, 10, 0 }, { 20, 20, 0 }, { 20, 20, 0 } },
        { { 20, 20, 0 }, { 10, 10, 0 }, { 20, 20, 0 } },
        { { 20, 10, 0 }, { 10, 20, 0 }, { 20, 20, 0 } },
        { { 0, 10, 0 }, { 10, 0, 0 }, { 10, 10, 0 } },
        { { 10, 0, 0 }, { 10, 0, 0 }, { 10, 0, 0 } },
        { { 10, 0, 5 }, { 20, 0, 0 }, { 20, 0, 5 } },
        { { 30, 0, 50 }, { 20, 0, 40 }, { 30, 0, 40 } }, /* whose younger one is, nobody can verify */
    };
    struct buf older = { 0 }, newer = { 0 }, merged = { 0 };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct merging *c = &cases[i];
        note_of(&older, 7, c->older[0], c->older[1], c->older[2]);
        note_of(&newer, 7, c->newer[0], c->newer[1], c->newer[2]);
        buf_clear(&merged);
        checkpoint_merge(&merged, policy, buf_span(&older), buf_span(&newer));
        for (int w = 0; w < W; w++)
            assert_int_equal(time_in(&merged, w), c->merged[w]);
    }
    buf_free(&older);
    buf_free(&newer);
    buf_free(&merged);
}

/* The line of somebody whom the policy does not name. */
static void add_other(struct buf *out, const char *name, uint32_t id, size_t length)
{
    static uint8_t bytes[NOTE_SIGNATURE_BYTES_MAX];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(id >> (24 - 8 * i));
    buf_addf(out, "\xE2\x80\x94 %s ", name);
    buf_add_base64(out, bytes, length);
    buf_adds(out, "\n");
}

static size_t lines_of(const struct buf *bytes)
{
    struct note note;
    struct refusal why;
    assert_int_equal(note_parse(&note, buf_span(bytes), &why), 0);
    return note.signatures;
}

static void stays_as_it_is(const struct buf *older, const struct buf *newer)
{
    struct buf merged = { 0 };
    buf_adds(&merged, "x");
    checkpoint_merge(&merged, policy, buf_span(older), buf_span(newer));
    assert_true(span_eq(span_of(merged.p + 1, merged.n - 1), buf_span(newer)));
    buf_free(&merged);
}

static void what_cannot_be_merged_stays_as_it_is(void **state)
{
    struct buf older = { 0 }, newer = { 0 };
    (void)state;
    note_of(&newer, 7, 10, 0, 0);
    note_of(&older, 6, 20, 20, 0);
    stays_as_it_is(&older, &newer); /* another checkpoint */
    note_of(&older, 6, 0, 0, 0);
    add_other(&older, "o.example", 1, 20); /* of which no line need verify */
    stays_as_it_is(&older, &newer);
    note_of(&older, 7, 20, 20, 0);
    struct buf merged = { 0 };
    checkpoint_merge(&merged, policy, buf_span(&older), buf_span(&newer)); /* it can be */
    buf_free(&merged);
    stays_as_it_is(&older, &(struct buf){ 0 });
    buf_clear(&older);
    stays_as_it_is(&older, &newer); /* none */
    note_of(&older, 7, 0, 20, 0);
    char *line = strstr((char *)older.p, "\n\n");
    line[70] = line[70] == 'A' ? 'B' : 'A'; /* the log's own signature */
    stays_as_it_is(&older, &newer);
    stays_as_it_is(&newer, &older);
    note_of(&older, 7, 20, 20, 0);
    older.p[older.n - 6] ^= 2; /* a signature that does not verify */
    stays_as_it_is(&older, &newer);
    buf_free(&older);
    buf_free(&newer);
}

/* Lines of others do not push the policy's own out, by their number or their length: whoever serves
 * a note may add any. */
static void merged_with_others(size_t others, size_t length)
{
    struct buf older = { 0 }, newer = { 0 }, merged = { 0 };
    uint8_t bytes[8192] = { 1 };
    note_of(&older, 7, 30, 20, 0);
    note_of(&newer, 7, 10, 0, 0);
    for (size_t i = 0; i < others; i++) {
        bytes[4] = (uint8_t)i;
        buf_adds(&newer, text_of("\xE2\x80\x94 o%d.example ", (int)i));
        buf_add_base64(&newer, bytes, length);
        buf_adds(&newer, "\n");
    }
    checkpoint_merge(&merged, policy, buf_span(&older), buf_span(&newer));
    assert_int_equal(time_in(&merged, 0), 30);
    assert_int_equal(time_in(&merged, 1), 20);
    assert_true(merged.n <= CHECKPOINT_MAX);
    buf_free(&merged);
    buf_free(&older);
    buf_free(&newer);
}

static void others_lines_push_none_out(void **state)
{
    (void)state;
    merged_with_others(NOTE_SIGNATURES_MAX - 2, 5);
    merged_with_others(23, 8192);
}

/* As many of them as have room stay. */
static void too_many_lines_are_not_made(void **state)
{
    struct buf older = { 0 }, newer = { 0 }, merged = { 0 };
    struct skey other;
    (void)state;
    note_of(&older, 7, 20, 0, 0);
    note_of(&newer, 7, 0, 10, 0);
    struct note note;
    struct refusal why;
    assert_int_equal(note_parse(&note, buf_span(&newer), &why), 0);
    struct buf text = { 0 };
    buf_add_span(&text, note.text);
    for (uint8_t i = 0; i < NOTE_SIGNATURES_MAX - 2; i++) {
        uint8_t seed[32] = { 78, i };
        skey_from_seed(&other, span_str(text_of("o%d.example", i)), KEY_COSIGNATURE, seed);
        note_cosign(&newer, buf_span(&text), &other, 5);
    }
    checkpoint_merge(&merged, policy, buf_span(&older), buf_span(&newer));
    assert_int_equal(time_in(&merged, 0), 20);
    assert_int_equal(time_in(&merged, 1), 10);
    assert_int_equal(note_parse(&note, buf_span(&merged), &why), 0);
    assert_int_equal(note.signatures, NOTE_SIGNATURES_MAX);
    buf_free(&merged);
    buf_free(&text);
    buf_free(&older);
    buf_free(&newer);
}

static void others_are_told_apart_by_name_and_id(void **state)
{
    struct buf older = { 0 }, newer = { 0 }, merged = { 0 };
    (void)state;
    note_of(&older, 7, 10, 0, 0);
    note_of(&newer, 7, 10, 0, 0);
    add_other(&older, "o.example", 1, 20);
    add_other(&older, "p.example", 2, 20);
    add_other(&newer, "o.example", 2, 20);
    checkpoint_merge(&merged, policy, buf_span(&older), buf_span(&newer));
    assert_int_equal(lines_of(&merged), 5);
    buf_free(&merged);
    buf_free(&older);
    buf_free(&newer);
}

/* Nobody else has one of that witness. */
static void a_cosignature_at_time_0_is_kept(void **state)
{
    struct buf older = { 0 }, newer = { 0 }, merged = { 0 }, text = { 0 };
    struct hash root = { .b = { 1 } };
    (void)state;
    note_of(&older, 7, 10, 0, 0);
    note_of(&newer, 7, 10, 0, 0);
    checkpoint_format(&text, ORIGIN, 7, &root);
    note_cosign(&older, buf_span(&text), &witness[1], 0);
    checkpoint_merge(&merged, policy, buf_span(&older), buf_span(&newer));
    assert_int_equal(lines_of(&merged), 3);
    buf_free(&merged);
    buf_free(&older);
    buf_free(&newer);
    buf_free(&text);
}

/* What the older note adds fits exactly, or one byte is missing for the last line of others. */
static void others_fill_the_room_to_the_last_byte(void **state)
{
    struct buf older = { 0 }, newer = { 0 }, merged = { 0 };
    (void)state;
    note_of(&older, 7, 0, 20, 0);
    const char *own = strstr(strstr(buf_str(&older), "\n\n") + 2, "\n") + 1;
    for (size_t extra = 0; extra <= 1; extra++) {
        note_of(&newer, 7, 10, 0, 0);
        size_t room = CHECKPOINT_MAX - strlen(own), lines = 2;
        for (; newer.n + 12000 < room; lines++)
            add_other(&newer, "o.example", (uint32_t)lines, NOTE_SIGNATURE_BYTES_MAX);
        size_t last = (room - newer.n - 24) / 4 * 3 - 93; /* its name takes the rest */
        char name[200] = { 0 };
        size_t fixed = 3 + 1 + 1 + 1 + (last + 2) / 3 * 4;
        memset(name, 'o', room - newer.n - fixed + extra);
        add_other(&newer, name, 1, last);
        lines++;
        assert_int_equal(newer.n, room + extra);
        buf_clear(&merged);
        checkpoint_merge(&merged, policy, buf_span(&older), buf_span(&newer));
        assert_int_equal(time_in(&merged, 1), 20);
        assert_int_equal(lines_of(&merged), lines + 1 - extra);
        assert_true(extra != 0 || merged.n == CHECKPOINT_MAX);
    }
    buf_free(&merged);
    buf_free(&older);
    buf_free(&newer);
}

/* Others do not push it out, either. */
static void merged_with_former_key(bool named_first)
{
    static const uint8_t seed[32] = { 79 };
    struct buf text = { 0 }, older = { 0 }, newer = { 0 }, merged = { 0 };
    struct skey former;
    struct refusal why;
    struct hash root = { .b = { 1 } };
    skey_from_seed(&former, span_str(ORIGIN), KEY_NOTE, seed);
    buf_adds(&text, "log ");
    vkey_format(&text, named_first ? &former.vkey : &log_key.vkey);
    buf_adds(&text, "\nlog ");
    vkey_format(&text, named_first ? &log_key.vkey : &former.vkey);
    buf_adds(&text, "\nquorum none\n");
    struct policy *two = policy_parse(buf_span(&text), &why);
    assert_non_null(two);
    buf_clear(&text);
    checkpoint_format(&text, ORIGIN, 7, &root);
    note_sign(&older, buf_span(&text), &former);
    note_sign(&newer, buf_span(&text), &log_key);
    for (uint32_t i = 1; i < NOTE_SIGNATURES_MAX; i++)
        add_other(&newer, "o.example", i, 20);
    checkpoint_merge(&merged, two, buf_span(&older), buf_span(&newer));
    struct note note;
    assert_int_equal(note_parse(&note, buf_span(&merged), &why), 0);
    assert_int_equal(note.signatures, NOTE_SIGNATURES_MAX);
    assert_true(note_signed_by(&note, &former.vkey) && note_signed_by(&note, &log_key.vkey));
    policy_free(two);
    buf_free(&text);
    buf_free(&older);
    buf_free(&newer);
    buf_free(&merged);
}

static void a_line_of_a_former_key_of_the_log_is_its_own(void **state)
{
    (void)state;
    merged_with_former_key(true);
    merged_with_former_key(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_each_witness_the_youngest_stays),
        cmocka_unit_test(what_cannot_be_merged_stays_as_it_is),
        cmocka_unit_test(others_lines_push_none_out),
        cmocka_unit_test(too_many_lines_are_not_made),
        cmocka_unit_test(others_are_told_apart_by_name_and_id),
        cmocka_unit_test(a_cosignature_at_time_0_is_kept),
        cmocka_unit_test(others_fill_the_room_to_the_last_byte),
        cmocka_unit_test(a_line_of_a_former_key_of_the_log_is_its_own),
    };
    return cmocka_run_group_tests(tests, start, end);
}
