#include "tests/unit/fixture.h"

#include "proto/tlog/checkpoint.h"
#include "proto/tlog/note.h"

static void check_form(const char *name, struct span bytes, const char *reason)
{
    struct note n;
    struct refusal why = { .reason = REASON_NONE };
    const char *got = note_parse(&n, bytes, &why) == 0 ? "good" : reason_name(why.reason);
    if (strcmp(got, reason != NULL ? reason : "good") != 0)
        fail_msg("%s: %s (%s)", name, got, why.subject);
}

static void good_notes_are_split(void **state)
{
    (void)state;
    vector_each("note/good", check_form);
}

static void malformed_notes_are_refused(void **state)
{
    (void)state;
    vector_each("note/bad", check_form);
}

/* A note vector and the key that lies beside it. */
static void read_signed(const char *name, struct buf *bytes, struct vkey *key)
{
    struct buf text = { 0 };
    const char *cause;
    vector_read(bytes, text_of("note/good/%s.txt", name));
    vector_read(&text, text_of("note/good/%s.vkey", name));
    assert_int_equal(vkey_parse(key, span_of(text.p, text.n - 1), &cause), 0);
    buf_free(&text);
}

static void notes_of_others_verify(void **state)
{
    static const char *const names[] = { "c2sp", "go", "go-two" };
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct buf bytes = { 0 };
        struct note n;
        struct vkey key;
        read_signed(names[i], &bytes, &key);
        assert_int_equal(note_parse(&n, buf_span(&bytes), &why), 0);
        assert_int_equal(note_verify(&n, &key), NOTE_GOOD);
        buf_free(&bytes);
    }
}

static void every_flipped_bit_of_a_note_is_noticed(void **state)
{
    struct buf bytes = { 0 };
    struct note n;
    struct vkey key;
    struct refusal why;
    (void)state;
    read_signed("c2sp", &bytes, &key);
    for (size_t bit = 0; bit < 8 * bytes.n; bit++) {
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (note_parse(&n, buf_span(&bytes), &why) == 0 && note_verify(&n, &key) == NOTE_GOOD)
            fail_msg("bit %zu", bit);
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_free(&bytes);
}

/* The text ends at the last empty line, as signed-note says. */
static void the_last_empty_line_divides(void **state)
{
    struct buf bytes = { 0 };
    struct note n;
    struct refusal why;
    (void)state;
    vector_read(&bytes, "note/good/c2sp-empty-line.txt");
    assert_int_equal(note_parse(&n, buf_span(&bytes), &why), 0);
    assert_true(span_starts(n.text, "Ognuno sta solo"));
    assert_int_equal(n.text.p[n.text.n - 1], '\n');
    assert_int_equal(n.text.p[n.text.n - 2], '.');
    assert_int_equal(n.signatures, 1);
    assert_true(span_is(n.signature[0].name, "quasimodo.example/salvatore"));
    buf_free(&bytes);
}

/* Text, an empty line and lines that are given; keys k[0] and k[1] sign it as asked. */
struct made {
    struct buf bytes;
    struct skey k[2];
    struct note n;
};

static void make(struct made *m, const char *lines)
{
    static const uint8_t seed[2][32] = { { 1 }, { 2 } };
    struct buf note = { 0 };
    struct refusal why;
    *m = (struct made){ .bytes = { 0 } };
    for (size_t i = 0; i < 2; i++)
        skey_from_seed(&m->k[i], span_str("signer.example"), KEY_NOTE, seed[i]);
    buf_adds(&m->bytes, "text\n\n");
    for (; *lines != 0; lines++) {
        buf_clear(&note);
        note_sign(&note, span_str("text\n"), &m->k[*lines - '0']);
        buf_add(&m->bytes, note.p + 6, note.n - 6);
    }
    buf_free(&note);
    assert_int_equal(note_parse(&m->n, buf_span(&m->bytes), &why), 0);
}

static void what_was_signed_verifies_by_its_key_only(void **state)
{
    struct made m;
    (void)state;
    make(&m, "0");
    assert_int_equal(note_verify(&m.n, &m.k[0].vkey), NOTE_GOOD);
    assert_int_equal(note_verify(&m.n, &m.k[1].vkey), NOTE_UNSIGNED);
    buf_free(&m.bytes);
    make(&m, "01");
    assert_int_equal(note_verify(&m.n, &m.k[1].vkey), NOTE_GOOD);
    buf_free(&m.bytes);
}

static void two_lines_of_one_key_are_bad(void **state)
{
    struct made m;
    (void)state;
    make(&m, "00");
    assert_int_equal(note_verify(&m.n, &m.k[0].vkey), NOTE_BAD);
    buf_free(&m.bytes);
}

/* A line that names the key must verify, whatever is wrong with it. */
static void a_known_key_must_verify(void **state)
{
    struct made m;
    struct skey cosigner;
    uint64_t seconds;
    (void)state;
    make(&m, "0");
    m.n.signature[0].bytes[10] ^= 1;
    assert_int_equal(note_verify(&m.n, &m.k[0].vkey), NOTE_BAD);
    m.n.signature[0].bytes[10] ^= 1;
    m.n.signature[0].n++;
    assert_int_equal(note_verify(&m.n, &m.k[0].vkey), NOTE_BAD);
    m.n.signature[0].n = 9000;
    assert_int_equal(note_verify(&m.n, &m.k[0].vkey), NOTE_BAD);
    m.n.signature[0].n = SIGNATURE_BYTES;
    assert_int_equal(note_verify(&m.n, &m.k[0].vkey), NOTE_GOOD);
    m.n.signature[0].id = m.k[1].vkey.id; /* the other key's id, this one's signature */
    assert_int_equal(note_verify(&m.n, &m.k[1].vkey), NOTE_BAD);
    m.n.signature[0].id = m.k[0].vkey.id;
    cosigner = m.k[0]; /* of another type, with an id that collides */
    cosigner.vkey.type = KEY_COSIGNATURE;
    assert_int_equal(note_verify(&m.n, &cosigner.vkey), NOTE_BAD);
    assert_int_equal(note_verify_cosignature(&m.n, &m.k[0].vkey, &seconds), NOTE_BAD);
    assert_int_equal(note_verify_cosignature(&m.n, &m.k[1].vkey, &seconds), NOTE_UNSIGNED);
    buf_free(&m.bytes);
}

static void cosignatures_carry_their_time(void **state)
{
    static const uint64_t times[] = { 0, 1, 1679315147, INT64_MAX };
    static const uint8_t seed[32] = { 3 };
    struct skey w;
    (void)state;
    skey_from_seed(&w, span_str("w.example"), KEY_COSIGNATURE, seed);
    for (size_t i = 0; i < COUNT(times); i++) {
        struct made m;
        struct refusal why;
        uint64_t seconds = 5;
        make(&m, "0");
        note_cosign(&m.bytes, span_str("text\n"), &w, times[i]);
        assert_int_equal(note_parse(&m.n, buf_span(&m.bytes), &why), 0);
        assert_int_equal(note_verify_cosignature(&m.n, &w.vkey, &seconds), NOTE_GOOD);
        assert_true(seconds == times[i]);
        assert_int_equal(note_verify(&m.n, &m.k[0].vkey), NOTE_GOOD);
        buf_free(&m.bytes);
    }
}

static void an_altered_cosignature_is_bad(void **state)
{
    static const uint8_t seed[32] = { 3 };
    struct skey w;
    struct made m;
    struct refusal why;
    uint64_t seconds;
    (void)state;
    skey_from_seed(&w, span_str("w.example"), KEY_COSIGNATURE, seed);
    make(&m, "0");
    note_cosign(&m.bytes, span_str("text\n"), &w, 1679315147);
    assert_int_equal(note_parse(&m.n, buf_span(&m.bytes), &why), 0);
    struct note_signature *s = &m.n.signature[1];
    for (size_t bit = 0; bit < 8 * s->n; bit++) {
        s->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(note_verify_cosignature(&m.n, &w.vkey, &seconds), NOTE_BAD);
        s->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    seconds = 5;
    s->n--;
    assert_int_equal(note_verify_cosignature(&m.n, &w.vkey, &seconds), NOTE_BAD);
    assert_int_equal(seconds, 5);
    s->n++;
    w.vkey.type = KEY_NOTE; /* an id that collides: still no witness */
    assert_int_equal(note_verify_cosignature(&m.n, &w.vkey, &seconds), NOTE_BAD);
    w.vkey.type = KEY_COSIGNATURE;
    assert_int_equal(note_verify_cosignature(&m.n, &w.vkey, &seconds), NOTE_GOOD);
    m.n.signature[0] = *s; /* twice */
    assert_int_equal(note_verify_cosignature(&m.n, &w.vkey, &seconds), NOTE_BAD);
    buf_free(&m.bytes);
}

/* A time that POSIX seconds cannot be, although it was signed. */
static void a_cosignature_beyond_all_time_is_bad(void **state)
{
    static const uint8_t seed[32] = { 3 };
    struct skey w;
    struct made m;
    struct refusal why;
    uint64_t seconds;
    (void)state;
    skey_from_seed(&w, span_str("w.example"), KEY_COSIGNATURE, seed);
    make(&m, "0");
    note_cosign(&m.bytes, span_str("text\n"), &w, (uint64_t)INT64_MAX + 1);
    assert_int_equal(note_parse(&m.n, buf_span(&m.bytes), &why), 0);
    assert_int_equal(note_verify_cosignature(&m.n, &w.vkey, &seconds), NOTE_BAD);
    buf_free(&m.bytes);
}

/* Of a text, and of a signature's line, wherever it stands. */
static void characters_are_judged_in_every_place(void **state)
{
    static const struct {
        const char *bytes;
        bool allowed;
    } cases[] = { { "\x7F", true },      { "\xC3\xA9", true }, { "\n", true },
                  { "\xC2\x85", true },  { "\t", false },      { "\r", false },
                  { "\x1F", false },     { "\x80", false },    { "\xE2\x80", false },
                  { "\xC0\xAF", false }, { "\xFF", false } };
    struct note n;
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t at = 0; at < 17; at++) {
            const char *text = text_of("%.*s%saa\n\n\xE2\x80\x94 k AAAAAAA=\n", (int)at,
                                       "bbbbbbbbbbbbbbbbbbb", cases[i].bytes);
            if ((note_parse(&n, span_str(text), &why) == 0) != cases[i].allowed)
                fail_msg("case %zu at %zu", i, at);
        }
}

static void a_line_is_copied_as_it_stands(void **state)
{
    struct made m;
    struct buf out = { 0 };
    (void)state;
    make(&m, "01");
    note_copy_signature(&out, &m.n, &m.k[1].vkey);
    assert_true(span_eq(buf_span(&out), span_of(m.bytes.p + m.bytes.n - out.n, out.n)));
    assert_int_equal(out.n, (m.bytes.n - 6) / 2);
    buf_clear(&out);
    m.n.signatures = 1;
    note_copy_signature(&out, &m.n, &m.k[1].vkey); /* there is none */
    assert_int_equal(out.n, 0);
    assert_false(out.failed);
    buf_free(&out);
    buf_free(&m.bytes);
}

/* Appends the signature line of that key; `bad`: with another bit. */
static void add_line(struct buf *out, struct span text, const struct skey *key, bool bad)
{
    struct buf note = { 0 };
    note_sign(&note, text, key);
    const uint8_t *line = memmem(note.p, note.n, "\n\n", 2);
    assert_non_null(line);
    line += 2;
    buf_add(out, line, note.n - (size_t)(line - note.p));
    if (bad)
        out->p[out->n - 20] = out->p[out->n - 20] == 'A' ? 'B' : 'A';
    buf_free(&note);
}

/* The first key whose line is bad is told, in whatever order the lines stand, and whoever else
 * signed behind it. */
static void the_first_key_with_a_bad_line_is_told(void **state)
{
    enum { A, B, OTHER };
    static const struct {
        int line[3]; /* of whom */
        bool bad[3];
        size_t first; /* SIZE_MAX: none is bad */
    } rows[] = {
        { { A, B, OTHER }, { false, false, false }, SIZE_MAX },
        { { A, B, OTHER }, { false, false, true }, SIZE_MAX }, /* a stranger's */
        { { A, B, OTHER }, { true, false, false }, 0 },
        { { A, B, OTHER }, { false, true, false }, 1 },
        { { A, B, OTHER }, { true, true, false }, 0 },
        { { B, A, OTHER }, { true, true, true }, 0 },
        { { OTHER, B, A }, { false, true, false }, 1 },
    };
    struct log l;
    const struct span text = span_str("one\ntext\n");
    (void)state;
    log_keys(&l);
    const struct skey *who[] = { &l.who[JUDGE].key, &l.who[HOLDER].key, &l.who[STRANGER].key };
    const struct vkey *key[] = { &who[A]->vkey, &who[B]->vkey };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf bytes = { 0 };
        struct note n;
        struct note_line line[2];
        struct refusal why;
        size_t bad = 77;
        buf_add_span(&bytes, text);
        buf_adds(&bytes, "\n");
        for (size_t k = 0; k < 3; k++)
            add_line(&bytes, text, who[rows[i].line[k]], rows[i].bad[k]);
        assert_int_equal(note_parse(&n, buf_span(&bytes), &why), 0);
        assert_int_equal(note_verify_all(line, &n, key, 2, &bad),
                         rows[i].first == SIZE_MAX ? NOTE_GOOD : NOTE_BAD);
        assert_true(bad == rows[i].first);
        buf_free(&bytes);
    }
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_notes_are_split),
        cmocka_unit_test(malformed_notes_are_refused),
        cmocka_unit_test(notes_of_others_verify),
        cmocka_unit_test(every_flipped_bit_of_a_note_is_noticed),
        cmocka_unit_test(the_first_key_with_a_bad_line_is_told),
        cmocka_unit_test(the_last_empty_line_divides),
        cmocka_unit_test(what_was_signed_verifies_by_its_key_only),
        cmocka_unit_test(two_lines_of_one_key_are_bad),
        cmocka_unit_test(a_known_key_must_verify),
        cmocka_unit_test(cosignatures_carry_their_time),
        cmocka_unit_test(an_altered_cosignature_is_bad),
        cmocka_unit_test(characters_are_judged_in_every_place),
        cmocka_unit_test(a_cosignature_beyond_all_time_is_bad),
        cmocka_unit_test(a_line_is_copied_as_it_stands),
    };
    return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
