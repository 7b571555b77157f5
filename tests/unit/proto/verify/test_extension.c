/* extension.h: one tree against another by sizes, by a proof and by tiles; the witness's times. */
#include "proto/verify/extension.h"

#include "proto/verify/evidence.h"
#include "tests/unit/fixture.h"

static struct log l, other; /* `other` has the first 6 entries of l, and goes on by itself */
static struct policy *policy;
static struct skey witness;

/* A checkpoint of a log, cosigned at that second (0: not). */
struct cosigned {
    struct buf note;
    struct signed_checkpoint cp;
    struct shown_tree tree;
};

static struct cosigned older, newer;
static struct buf evidence;
static struct refusal why;

static int start(void **state)
{
    const uint8_t seed[32] = { 4 };
    struct buf text = { 0 };
    (void)state;
    log_fill(&l, 16);
    log_copy(&other, &l, 6);
    while (other.n < 16)
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    skey_from_seed(&witness, span_str("w1.example"), KEY_COSIGNATURE, seed);
    vkey_format(&text, &witness.vkey);
    policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum none\n",
                                           vkey_text(&l, THE_LOG), buf_str(&text))),
                          &why);
    assert_non_null(policy);
    buf_free(&text);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    buf_free(&older.note);
    buf_free(&newer.note);
    older = newer = (struct cosigned){ .note = { 0 } };
    buf_free(&evidence);
    policy_free(policy);
    log_free(&l);
    log_free(&other);
    return 0;
}

static void show(struct cosigned *c, const struct log *of, size_t size, uint64_t at)
{
    struct buf text = { 0 };
    buf_free(&c->note);
    log_checkpoint(&c->note, of, size);
    buf_add(&text, c->note.p, (size_t)(strstr(buf_str(&c->note), "\n\n") - (char *)c->note.p) + 1);
    if (at != 0)
        note_cosign(&c->note, buf_span(&text), &witness, at);
    buf_free(&text);
    assert_int_equal(policy_open(&c->cp, policy, buf_span(&c->note), &why), 0);
    c->tree = (struct shown_tree){ .cp = &c->cp, .note = buf_span(&c->note) };
    buf_clear(&evidence);
}

/* What sizes and roots alone say; the reason is REASON_NONE where it is good. */
static void by_size(enum verdict verdict, enum reason reason)
{
    enum verdict v = VERDICT_UNDECIDED;
    why.reason = REASON_NONE;
    assert_true(extension_by_size(&v, policy, &older.tree, &newer.tree, &why, &evidence));
    assert_int_equal(v, verdict);
    assert_int_equal(why.reason, reason);
}

static void sizes_decide_where_the_newer_tree_is_not_larger(void **state)
{
    struct evidence_report report;
    enum verdict v;
    (void)state;
    show(&older, &l, 8, 0);
    show(&newer, &l, 8, 0);
    by_size(VERDICT_GOOD, REASON_NONE);
    show(&newer, &l, 7, 0);
    by_size(VERDICT_UNDECIDED, REASON_STALE);
    show(&newer, &other, 8, 0);
    by_size(VERDICT_BAD, REASON_FORK);
    assert_int_equal(evidence_judge(&report, policy, buf_span(&evidence), NULL), 0);
    show(&newer, &l, 9, 0);
    assert_false(extension_by_size(&v, policy, &older.tree, &newer.tree, &why, &evidence));
    newer.cp.checkpoint.origin = span_str("log.example.mx/other");
    by_size(VERDICT_UNDECIDED, REASON_OTHER_LOG);
}

/* A witness that did not cosign the larger tree says nothing. */
static void a_smaller_tree_that_is_cosigned_later_is_a_rollback(void **state)
{
    (void)state;
    show(&older, &l, 8, 100);
    show(&newer, &l, 7, 100);
    by_size(VERDICT_UNDECIDED, REASON_STALE);
    show(&newer, &l, 7, 101);
    by_size(VERDICT_BAD, REASON_ROLLED_BACK);
    show(&older, &l, 8, 0);
    by_size(VERDICT_UNDECIDED, REASON_STALE);
}

/* ---- proofs ---------------------------------------------------------------------------------- */

/* What the proof of l from one size to the other says of the two that are shown, when it is cut to
 * n hashes (-1: as it is). */
static enum verdict by_proof(size_t from, size_t to, bool seeded, int n)
{
    struct hash proof[PROOF_MAX + 1];
    struct files files = { .n = 0 };
    files_make(&files, &l, to);
    struct source source = files_source(&files);
    struct source_tiles tiles = { .source = &source };
    struct tile_source proofs = { .read = source_read_tile, .ctx = &tiles, .size = to };
    int length = proof_consistency(proof, &proofs, from, seeded);
    assert_true(length >= 0);
    files_free(&files);
    buf_clear(&evidence);
    why.reason = REASON_NONE;
    return extension_by_proof(policy, &older.tree, &newer.tree, proof, (size_t)(n < 0 ? length : n),
                              seeded, &why, &evidence);
}

static void a_proof_shows_an_extension(void **state)
{
    (void)state;
    for (size_t from = 1; from < 16; from++)
        for (int seeded = 0; seeded < 2; seeded++) {
            show(&older, &l, from, 0);
            show(&newer, &l, 16, 0);
            assert_int_equal(by_proof(from, 16, seeded, -1), VERDICT_GOOD);
            if (from < 8)
                continue;
            show(&older, &other, from, 0); /* a seeded proof gives what the fork is proven by */
            assert_int_equal(by_proof(from, 16, seeded, -1), VERDICT_BAD);
            assert_true(why.reason == REASON_FORK || why.reason == REASON_ROOT);
            assert_true(!seeded || why.reason == REASON_FORK);
        }
}

static void a_fork_that_a_proof_shows_is_proven(void **state)
{
    struct evidence_report report;
    (void)state;
    for (size_t from = 8; from < 16; from++) {
        show(&older, &other, from, 0);
        show(&newer, &l, 16, 0);
        assert_int_equal(by_proof(from, 16, true, -1), VERDICT_BAD);
        assert_int_equal(evidence_judge(&report, policy, buf_span(&evidence), NULL), 0);
    }
}

static void a_proof_that_is_cut_shows_nothing(void **state)
{
    (void)state;
    for (size_t from = 7; from < 10; from++)
        for (int seeded = 0; seeded < 2; seeded++)
            for (int n = 0; n < 2; n++) {
                show(&older, &l, from, 0);
                show(&newer, &l, 16, 0);
                assert_int_equal(by_proof(from, 16, seeded, n),
                                 from == 8 && !seeded && n == 1 ? VERDICT_GOOD : VERDICT_BAD);
                assert_true(why.reason == REASON_ROOT || why.reason == REASON_NONE);
                assert_int_equal(evidence.n, 0);
            }
}

static void a_proof_does_not_excuse_a_rollback(void **state)
{
    (void)state;
    show(&older, &l, 7, 100);
    show(&newer, &l, 16, 100);
    assert_int_equal(by_proof(7, 16, true, -1), VERDICT_GOOD);
    show(&older, &l, 7, 101);
    assert_int_equal(by_proof(7, 16, true, -1), VERDICT_BAD);
    assert_int_equal(why.reason, REASON_ROLLED_BACK);
    show(&newer, &l, 16, 0); /* not yet cosigned */
    assert_int_equal(by_proof(7, 16, true, -1), VERDICT_GOOD);
}

/* ---- tiles ----------------------------------------------------------------------------------- */

static enum verdict by_tiles(struct files *files)
{
    struct source source = files_source(files);
    why.reason = REASON_NONE;
    return extension_by_tiles(policy, &older.tree, &newer.tree, &source, &why, &evidence);
}

static void tiles_of_a_wrong_length_are_bad_and_none_undecided(void **state)
{
    struct files files = { .n = 0 };
    (void)state;
    show(&older, &l, 7, 0);
    show(&newer, &l, 16, 0);
    files_make(&files, &l, 16);
    assert_int_equal(by_tiles(&files), VERDICT_GOOD);
    struct file *tile = files_find(&files, 0, 0);
    tile->bytes.n--;
    assert_int_equal(by_tiles(&files), VERDICT_BAD);
    assert_int_equal(why.reason, REASON_TILE);
    tile->gone = true;
    assert_int_equal(by_tiles(&files), VERDICT_UNDECIDED);
    assert_int_equal(why.reason, REASON_MISSING);
    show(&newer, &l, 7, 0); /* no tile is needed */
    assert_int_equal(by_tiles(&files), VERDICT_GOOD);
    files_free(&files);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(sizes_decide_where_the_newer_tree_is_not_larger),
        TEST(a_smaller_tree_that_is_cosigned_later_is_a_rollback),
        TEST(a_proof_shows_an_extension),
        TEST(a_fork_that_a_proof_shows_is_proven),
        TEST(a_proof_that_is_cut_shows_nothing),
        TEST(a_proof_does_not_excuse_a_rollback),
        TEST(tiles_of_a_wrong_length_are_bad_and_none_undecided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
