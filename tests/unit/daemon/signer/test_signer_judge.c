/* signer_judge.h: each refusal, and what follows a signature. */
#include "daemon/signer/signer_judge.h"

#include "proto/tlog/checkpoint.h"
#include "tests/unit/fixture.h"

#define SIZE 40 /* entries of the log that is asked about */

static struct log the_log;

static int start(void **state)
{
    (void)state;
    log_fill(&the_log, SIZE);
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_free(&the_log);
    return 0;
}

static const struct vkey *key(void)
{
    return &the_log.who[THE_LOG].key.vkey;
}

static struct last_signed at_size(size_t size)
{
    struct last_signed last = { .size = size };
    if (size > 0)
        log_root(&the_log, size, &last.root);
    return last;
}

static int read_tile(void *ctx, const struct tile *t, struct hash *out)
{
    (void)ctx;
    assert_int_equal(t->level, 0);
    for (unsigned i = 0; i < t->width; i++)
        out[i] = the_log.leaf[t->n * TILE_WIDTH + i];
    return 0;
}

/* A request for the checkpoint of that size, with the proof that it extends an older one. `text`
 * keeps its bytes. */
static struct signer_request checkpoint(struct buf *text, size_t old_size, size_t size)
{
    struct signer_request r = { .ask = ASK_CHECKPOINT, .old_size = old_size };
    const struct tile_source source = { .read = read_tile, .size = size };
    struct hash root, proof[PROOF_MAX];
    log_root(&the_log, size, &root);
    buf_clear(text);
    checkpoint_format(text, ORIGIN, size, &root);
    r.text = buf_span(text);
    if (old_size > 0 && old_size < size) {
        int n = proof_consistency(proof, &source, old_size, false);
        assert_in_range(n, 0, ADD_CHECKPOINT_PROOF_MAX);
        r.n = (size_t)n;
        memcpy(r.proof, proof, r.n * sizeof *proof);
    }
    return r;
}

static void same(const struct last_signed *a, const struct last_signed *b)
{
    assert_int_equal(a->size, b->size);
    assert_true(hash_eq(&a->root, &b->root));
    assert_int_equal(a->freeze, b->freeze);
}

/* Refused for that, and nothing changes. */
static void refused(enum signer_refusal why, const struct last_signed *last,
                    const struct signer_request *r)
{
    struct last_signed next;
    assert_string_equal(signer_refusal_code(signer_judge(&next, last, key(), r)),
                        signer_refusal_code(why));
}

static void good(const struct last_signed *expected, const struct last_signed *last,
                 const struct signer_request *r)
{
    struct last_signed next;
    assert_int_equal(signer_judge(&next, last, key(), r), SIGNER_NONE);
    same(&next, expected);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static void what_extends_the_last_is_signed(void **state)
{
    (void)state;
    struct buf text = { 0 };
    for (size_t old = 1; old < SIZE; old++)
        for (size_t size = old + 1; size <= SIZE; size++) {
            const struct last_signed last = at_size(old), next = at_size(size);
            struct signer_request r = checkpoint(&text, old, size);
            good(&next, &last, &r);
        }
    buf_free(&text);
}

static void the_same_is_signed_once_more(void **state)
{
    (void)state;
    struct buf text = { 0 };
    const struct last_signed last = at_size(9);
    /* Whoever asks may not know that it was signed: with the proof from before, or with none. */
    for (size_t old = 0; old <= 9; old++) {
        struct signer_request r = checkpoint(&text, old, 9);
        good(&last, &last, &r);
    }
    buf_free(&text);
}

static void forks_are_refused(void **state)
{
    (void)state;
    struct buf text = { 0 };
    struct hash other = { { 1 } };
    const struct last_signed last = at_size(9);
    struct signer_request r = checkpoint(&text, 9, 9);

    buf_clear(&text); /* another root at the same size */
    checkpoint_format(&text, ORIGIN, 9, &other);
    r.text = buf_span(&text);
    refused(SIGNER_FORK, &last, &r);

    for (size_t size = 1; size < 9; size++) { /* a smaller one, of our own history, too */
        r = checkpoint(&text, 0, size);
        refused(SIGNER_OLDER, &last, &r);
    }
    buf_clear(&text); /* size 0 */
    checkpoint_format(&text, ORIGIN, 0, &other);
    r.text = buf_span(&text);
    refused(SIGNER_OLDER, &last, &r);

    for (size_t old = 0; old < 20; old++) { /* from another base than the last, though truly */
        r = checkpoint(&text, old, 20);
        if (old != 9)
            refused(SIGNER_BASE, &last, &r);
    }

    r = checkpoint(&text, 9, 20); /* another larger tree */
    buf_clear(&text);
    checkpoint_format(&text, ORIGIN, 20, &other);
    r.text = buf_span(&text);
    refused(SIGNER_PROOF, &last, &r);
    buf_free(&text);
}

static void a_proof_is_exactly_the_proof(void **state)
{
    (void)state;
    struct buf text = { 0 };
    const struct last_signed last = at_size(9);
    struct signer_request whole = checkpoint(&text, 9, 37), r = whole;
    good(&(struct last_signed){ .size = 37, .root = at_size(37).root }, &last, &r);
    for (size_t i = 0; i < whole.n * HASH_BYTES * 8; i++) { /* every bit */
        r = whole;
        r.proof[i / 8 / HASH_BYTES].b[i / 8 % HASH_BYTES] ^= (uint8_t)(1u << (i % 8));
        refused(SIGNER_PROOF, &last, &r);
    }
    for (size_t n = 0; n < whole.n; n++) { /* shorter */
        r = whole;
        r.n = n;
        refused(SIGNER_PROOF, &last, &r);
    }
    r = whole; /* longer */
    r.n++;
    refused(SIGNER_PROOF, &last, &r);
    r = whole; /* the right proof, from another history */
    struct last_signed other = last;
    other.root.b[31] ^= 1;
    refused(SIGNER_PROOF, &other, &r);
    buf_free(&text);
}

static void the_text_is_three_lines_of_this_log(void **state)
{
    (void)state;
    struct buf text = { 0 };
    const struct last_signed last = at_size(9);
    struct signer_request r = checkpoint(&text, 9, 10);
    const char *right = text_of("%.*s", (int)text.n, (const char *)text.p);
    const char *root = strrchr(text_of("%.*s", (int)text.n - 1, right), '\n') + 1;
    const struct {
        enum signer_refusal why;
        const char *text;
    } cases[] = {
        { SIGNER_FORM, "" },
        { SIGNER_FORM, "x" },
        { SIGNER_FORM, text_of("%s\n", right) },
        { SIGNER_FORM, text_of("%sextension\n", right) },
        { SIGNER_FORM, text_of(ORIGIN "\n10\n%s", root) },
        { SIGNER_FORM, text_of(ORIGIN "\n010\n%s\n", root) },
        { SIGNER_FORM, text_of(ORIGIN "\n+10\n%s\n", root) },
        { SIGNER_FORM, text_of(ORIGIN "\n99999999999999999999\n%s\n", root) },
        { SIGNER_FORM, text_of(ORIGIN "\n10\n%.43s\n", root) },
        { SIGNER_FORM, text_of("\n10\n%s\n", root) },
        { SIGNER_FORM, "bitacora/v1 freeze\n{}\n" },
        { SIGNER_ORIGIN, text_of("log.example.mx/other\n10\n%s\n", root) },
        { SIGNER_ORIGIN, text_of(ORIGIN " \n10\n%s\n", root) },
        { SIGNER_NONE, right },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        r.text = span_str(cases[i].text);
        refused(cases[i].why, &last, &r);
    }
    buf_free(&text);
}

static void nothing_comes_before_a_genesis(void **state)
{
    (void)state;
    struct buf text = { 0 };
    const struct last_signed nothing = { .size = 0 };
    for (size_t size = 1; size < 3; size++) {
        struct signer_request r = checkpoint(&text, 0, size);
        refused(SIGNER_EMPTY, &nothing, &r);
    }
    buf_free(&text);
}

/* ---- records --------------------------------------------------------------------------------- */

/* The text of a record of the log's own, as it is before it is signed. */
static struct span record_of(struct buf *text, enum kind kind, const char *under)
{
    struct buf note = { 0 };
    struct note n;
    struct refusal why;
    const struct draft d = BY(THE_LOG, kind, .under = under);
    log_note(&note, &the_log, &d);
    assert_int_equal(note_parse(&n, buf_span(&note), &why), 0);
    buf_clear(text);
    buf_add_span(text, n.text);
    buf_free(&note);
    return buf_span(text);
}

static void records_of_the_log_are_signed(void **state)
{
    (void)state;
    struct buf text = { 0 };
    const struct last_signed last = at_size(9);
    const struct last_signed freezing = { .size = 9, .root = last.root, .freeze = FREEZE_SIGNED };
    struct signer_request r = { .ask = ASK_RECORD };
    for (int kind = KIND_GENESIS; kind < KIND_COUNT; kind++) {
        r.text = record_of(&text, (enum kind)kind, NULL);
        if (kind == KIND_INDEX || kind == KIND_ACCESS)
            good(&last, &last, &r);
        else if (kind == KIND_FREEZE)
            good(&freezing, &last, &r);
        else
            refused(SIGNER_KIND, &last, &r);
    }
    buf_free(&text);
}

static void records_are_judged_as_strictly_as_everywhere(void **state)
{
    (void)state;
    struct buf text = { 0 };
    const struct last_signed last = at_size(9), nothing = { .size = 0 };
    struct signer_request r = { .ask = ASK_RECORD };
    r.text = record_of(&text, KIND_INDEX, log_ref(&the_log, 1));
    refused(SIGNER_UNDER, &last, &r);
    r.text = record_of(&text, KIND_INDEX, NULL);
    refused(SIGNER_EMPTY, &nothing, &r);
    for (size_t n = 0; n < text.n; n++) { /* cut off */
        r.text = span_of(text.p, n);
        refused(SIGNER_FORM, &last, &r);
    }
    const char *right = text_of("%.*s", (int)text.n, (const char *)text.p);
    const char *wrong[] = {
        text_of("%s\n", right),                                  /* a line more */
        text_of("bitacora/v2%s", right + strlen("bitacora/v1")), /* another version */
        text_of("%.*s,\"x\":1}\n", (int)text.n - 2, right),      /* an unknown member */
        text_of(ORIGIN "\n10\n%s", right),                       /* a checkpoint's beginning */
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        r.text = span_str(wrong[i]);
        refused(SIGNER_FORM, &last, &r);
    }
    buf_free(&text);
}

/* ---- the end --------------------------------------------------------------------------------- */

static void after_a_freeze_the_log_grows_once(void **state)
{
    (void)state;
    struct buf text = { 0 };
    struct last_signed freezing = at_size(9), ended = at_size(10);
    struct signer_request r = { .ask = ASK_RECORD };
    freezing.freeze = FREEZE_SIGNED;
    ended.freeze = FREEZE_ENDED;
    r.text = record_of(&text, KIND_FREEZE, NULL); /* tried again */
    good(&freezing, &freezing, &r);
    refused(SIGNER_FROZEN, &ended, &r);
    r.text = record_of(&text, KIND_INDEX, NULL);
    refused(SIGNER_FROZEN, &freezing, &r);
    refused(SIGNER_FROZEN, &ended, &r);
    r = checkpoint(&text, 9, 9);
    good(&freezing, &freezing, &r);
    r = checkpoint(&text, 9, 10);
    good(&ended, &freezing, &r);
    good(&ended, &ended, &r);
    r = checkpoint(&text, 10, 11);
    refused(SIGNER_FROZEN, &ended, &r);
    buf_free(&text);
}

/* ---- the beginning --------------------------------------------------------------------------- */

static struct signer_request genesis(struct buf *text, struct buf *note)
{
    struct entry e;
    struct note n;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&the_log.entry[0]), &why), 0);
    assert_int_equal(note_parse(&n, e.note, &why), 0);
    buf_add_span(text, n.text);
    buf_add_span(note, e.note);
    return (struct signer_request){ .ask = ASK_GENESIS,
                                    .accepted = e.accepted,
                                    .text = buf_span(text) };
}

static void a_genesis_is_signed_once(void **state)
{
    (void)state;
    struct buf text = { 0 }, note = { 0 };
    struct last_signed next;
    const struct last_signed nothing = { .size = 0 }, first = at_size(1), later = at_size(2);
    struct signer_request r = genesis(&text, &note);
    assert_int_equal(signer_judge(&next, &nothing, key(), &r), SIGNER_NONE);
    assert_int_equal(signer_judge_genesis(&next, &nothing, &r, buf_span(&note)), SIGNER_NONE);
    same(&next, &first);
    /* The same once more: nobody may have heard the answer. */
    assert_int_equal(signer_judge(&next, &first, key(), &r), SIGNER_NONE);
    assert_int_equal(signer_judge_genesis(&next, &first, &r, buf_span(&note)), SIGNER_NONE);
    same(&next, &first);
    r.accepted++; /* another entry 0 */
    assert_int_equal(signer_judge(&next, &first, key(), &r), SIGNER_NONE);
    assert_int_equal(signer_judge_genesis(&next, &first, &r, buf_span(&note)), SIGNER_BEGUN);
    r.accepted--;
    refused(SIGNER_BEGUN, &later, &r);
    buf_free(&text);
    buf_free(&note);
}

static void a_genesis_is_of_this_log(void **state)
{
    (void)state;
    struct buf text = { 0 }, note = { 0 };
    struct last_signed next;
    const struct last_signed nothing = { .size = 0 };
    struct signer_request r = genesis(&text, &note);
    struct vkey other = *key();
    vkey_make(&other, span_str("log.example.mx/other"), KEY_NOTE, key()->key);
    assert_int_equal(signer_judge(&next, &nothing, &other, &r), SIGNER_ORIGIN);
    assert_int_equal(signer_judge(&next, &nothing, &the_log.who[STRANGER].key.vkey, &r),
                     SIGNER_ORIGIN);
    r.text = record_of(&text, KIND_INDEX, NULL);
    refused(SIGNER_KIND, &nothing, &r);
    r.text = span_str("bitacora/v1 genesis\n{}\n");
    refused(SIGNER_FORM, &nothing, &r);
    buf_free(&text);
    buf_free(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_extends_the_last_is_signed),
        cmocka_unit_test(the_same_is_signed_once_more),
        cmocka_unit_test(forks_are_refused),
        cmocka_unit_test(a_proof_is_exactly_the_proof),
        cmocka_unit_test(the_text_is_three_lines_of_this_log),
        cmocka_unit_test(nothing_comes_before_a_genesis),
        cmocka_unit_test(records_of_the_log_are_signed),
        cmocka_unit_test(records_are_judged_as_strictly_as_everywhere),
        cmocka_unit_test(after_a_freeze_the_log_grows_once),
        cmocka_unit_test(a_genesis_is_signed_once),
        cmocka_unit_test(a_genesis_is_of_this_log),
    };
    return cmocka_run_group_tests(tests, start, end);
}
