/* bitacora.h: contexts, findings, policies, checkpoints, and whether one tree extends another. */
#include <stdio.h>

#include "proto/base/scan.h"
#include "proto/tlog/source.h"
#include "tests/unit/proto/lib/lib_fixture.h"

/* ---- context and findings -------------------------------------------------------------------- */

static void says_its_version(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", BITACORA_VERSION_MAJOR, BITACORA_VERSION_MINOR,
             BITACORA_VERSION_PATCH);
    assert_string_equal(bitacora_version(), text);
    assert_string_equal(BITACORA_VERSION, text);
    assert_int_equal(bitacora_version_number(), BITACORA_VERSION_NUMBER);
}

static void results_have_names(void **state)
{
    (void)state;
    assert_string_equal(bitacora_result_name(BITACORA_PROVEN), "proven");
    assert_string_equal(bitacora_result_name(BITACORA_BAD), "bad");
    assert_string_equal(bitacora_result_name(BITACORA_USAGE), "usage");
    assert_string_equal(bitacora_result_name(BITACORA_UNDECIDED), "undecided");
    assert_string_equal(bitacora_result_name(BITACORA_MEMORY), "memory");
    assert_string_equal(bitacora_result_name(BITACORA_CANCELLED), "cancelled");
    assert_string_equal(bitacora_result_name(BITACORA_MISUSE), "misuse");
    assert_string_equal(bitacora_result_name((bitacora_result)99), "unknown");
}

static void limits_are_at_most_those_of_the_formats(void **state)
{
    (void)state;
    bitacora_context *c;
    static const struct {
        bitacora_limit limit;
        uint64_t most;
    } rows[] = { { BITACORA_LIMIT_POLICY, 1 << 20 },
                 { BITACORA_LIMIT_RECEIPT, 16 << 20 },
                 { BITACORA_LIMIT_EVIDENCE, 8 << 20 },
                 { BITACORA_LIMIT_OPENING, 8 << 20 },
                 { BITACORA_LIMIT_FINDINGS, 10000 } };
    assert_int_equal(bitacora_context_new(NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_context_new(&c), BITACORA_PROVEN);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(bitacora_set_limit(c, rows[i].limit, rows[i].most), BITACORA_PROVEN);
        assert_int_equal(bitacora_set_limit(c, rows[i].limit, 1), BITACORA_PROVEN);
        assert_int_equal(bitacora_set_limit(c, rows[i].limit, 0), BITACORA_MISUSE);
        assert_int_equal(bitacora_set_limit(c, rows[i].limit, rows[i].most + 1), BITACORA_MISUSE);
        assert_int_equal(bitacora_set_limit(NULL, rows[i].limit, 1), BITACORA_MISUSE);
    }
    assert_int_equal(bitacora_set_limit(c, (bitacora_limit)0, 1), BITACORA_MISUSE);
    assert_int_equal(bitacora_set_limit(c, (bitacora_limit)99, 1), BITACORA_MISUSE);
    bitacora_set_cancel(NULL, NULL, NULL);
    bitacora_context_free(c);
    bitacora_context_free(NULL);
    bitacora_free(NULL);
}

static void findings_have_sentences_in_two_languages(void **state)
{
    (void)state;
    char text[1024], small[12];
    bitacora_policy *p;
    assert_int_equal(bitacora_policy_parse(ctx, "log x\n", 6, &p), BITACORA_USAGE);
    const bitacora_finding *f = bitacora_finding_at(ctx, 0);
    size_t n = bitacora_finding_sentence(f, "en", text, sizeof text);
    assert_int_equal(n, strlen(text));
    assert_non_null(strstr(text, "line 1"));
    assert_int_equal(bitacora_finding_sentence(f, NULL, small, sizeof small), n);
    assert_int_equal(strlen(small), 11);
    assert_memory_equal(small, text, 11);
    assert_int_equal(bitacora_finding_sentence(f, "en", NULL, 0), n);
    assert_int_equal(bitacora_finding_sentence(f, "fr", NULL, 0), n);
    assert_true(bitacora_finding_sentence(f, "es", text, sizeof text) > 0);
    assert_non_null(strstr(text, "línea 1"));
    assert_string_equal(bitacora_finding_name(f), "POLICY_FORM");
    assert_true(bitacora_finding_entry(f) == BITACORA_NO_ENTRY);
    assert_true(bitacora_finding_related(f) == BITACORA_NO_ENTRY);
}

/* However short the room, never half a character. */
static void sentences_are_cut_at_whole_characters(void **state)
{
    (void)state;
    char whole[1024], cut[1024];
    bitacora_policy *p;
    assert_int_equal(bitacora_policy_parse(ctx, "log x\n", 6, &p), BITACORA_USAGE);
    const bitacora_finding *f = bitacora_finding_at(ctx, 0);
    size_t n = bitacora_finding_sentence(f, "es", whole, sizeof whole);
    size_t shorter = 0;
    for (size_t cap = 1; cap <= n + 1; cap++) {
        bitacora_finding_sentence(f, "es", cut, cap);
        struct span s = span_str(cut);
        assert_true(s.n < cap && memcmp(cut, whole, s.n) == 0);
        shorter += s.n + 1 < cap;
        while (s.n > 0)
            assert_true(utf8_next(&s) >= 0);
    }
    assert_true(shorter > 0); /* there was such a character */
    assert_string_equal(cut, whole);
}

static void no_finding_has_no_words(void **state)
{
    (void)state;
    char text[8] = "x";
    assert_null(bitacora_finding_code(NULL));
    assert_null(bitacora_finding_name(NULL));
    assert_null(bitacora_finding_subject(NULL));
    assert_int_equal(bitacora_finding_result(NULL), BITACORA_MISUSE);
    assert_true(bitacora_finding_entry(NULL) == BITACORA_NO_ENTRY);
    assert_true(bitacora_finding_related(NULL) == BITACORA_NO_ENTRY);
    assert_int_equal(bitacora_finding_sentence(NULL, "en", text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(bitacora_findings(NULL), 0);
    assert_int_equal(bitacora_findings_total(NULL), 0);
    assert_null(bitacora_finding_at(NULL, 0));
    assert_null(bitacora_finding_at(ctx, 1000));
}

/* ---- policies -------------------------------------------------------------------------------- */

static void a_policy_says_whom_it_trusts(void **state)
{
    (void)state;
    bitacora_policy *p =
        policy_of(text_of("log %s https://log.example.mx/\nquorum none\n", vkey_text(&l, THE_LOG)));
    assert_int_equal(bitacora_policy_logs(p), 1);
    assert_string_equal(bitacora_policy_log_key(p, 0), vkey_text(&l, THE_LOG));
    assert_string_equal(bitacora_policy_log_url(p, 0), "https://log.example.mx/");
    assert_null(bitacora_policy_log_key(p, 1));
    assert_null(bitacora_policy_log_url(p, 1));
    assert_null(bitacora_policy_log_url(policy, 0));
    assert_int_equal(bitacora_policy_witnesses(p), 0);
    assert_int_equal(bitacora_policy_quorum(p), 0);
    assert_int_equal(bitacora_policy_witnesses(policy), 1);
    assert_int_equal(bitacora_policy_quorum(policy), 1);
    bitacora_policy_free(p);
}

static void what_is_no_policy_is_usage(void **state)
{
    (void)state;
    bitacora_policy *p;
    static const char *const texts[] = { "", "x\n", "log x\nquorum none\n", "quorum none" };
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(bitacora_policy_parse(ctx, texts[i], strlen(texts[i]), &p),
                         BITACORA_USAGE);
        only("policy", BITACORA_USAGE);
        assert_null(p);
    }
    const char *good = text_of("log %s\nquorum none\n", vkey_text(&l, THE_LOG));
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_POLICY, strlen(good) - 1),
                     BITACORA_PROVEN);
    assert_int_equal(bitacora_policy_parse(ctx, good, strlen(good), &p), BITACORA_USAGE);
    only("policy", BITACORA_USAGE);
    assert_true(has_found("policy", "too large"));
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_POLICY, POLICY_MAX), BITACORA_PROVEN);
}

static void policies_of_nothing_are_misuse(void **state)
{
    (void)state;
    bitacora_policy *p;
    assert_int_equal(bitacora_policy_parse(NULL, "", 0, &p), BITACORA_MISUSE);
    assert_int_equal(bitacora_policy_parse(ctx, NULL, 1, &p), BITACORA_MISUSE);
    assert_int_equal(bitacora_policy_parse(ctx, "", 0, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_policy_parse(ctx, NULL, 0, &p), BITACORA_USAGE);
    assert_int_equal(bitacora_policy_parse_pinned(ctx, "", 0, NULL, &p), BITACORA_MISUSE);
    assert_int_equal(bitacora_policy_parse_pinned(ctx, "", 0, NULL, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_policy_logs(NULL), 0);
    assert_null(bitacora_policy_log_key(NULL, 0));
    assert_null(bitacora_policy_log_url(NULL, 0));
    assert_int_equal(bitacora_policy_witnesses(NULL), 0);
    assert_int_equal(bitacora_policy_quorum(NULL), 0);
    bitacora_policy_free(NULL);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static bitacora_checkpoint *opened(const bitacora_policy *p, const struct log *of, size_t size,
                                   uint64_t seconds)
{
    bitacora_checkpoint *c;
    struct buf note = { 0 };
    cosigned_checkpoint(&note, of, size, seconds);
    assert_true(bitacora_checkpoint_open(ctx, p, note.p, note.n, &c) >= 0);
    assert_non_null(c);
    buf_free(&note);
    return c;
}

static void a_checkpoint_says_what_it_is(void **state)
{
    (void)state;
    struct hash root;
    log_root(&l, 5, &root);
    bitacora_checkpoint *c = opened(policy, &l, 5, 1000);
    none();
    assert_string_equal(bitacora_checkpoint_origin(c), ORIGIN);
    assert_int_equal(bitacora_checkpoint_size(c), 5);
    assert_memory_equal(bitacora_checkpoint_root(c), root.b, HASH_BYTES);
    assert_int_equal(bitacora_checkpoint_quorum(c), 1);
    assert_true(bitacora_checkpoint_time(c) == 1000000);
    bitacora_checkpoint_free(c);
}

static void a_checkpoint_without_its_quorum_is_undecided(void **state)
{
    (void)state;
    bitacora_checkpoint *c = opened(policy, &l, 5, 0);
    only("quorum", BITACORA_UNDECIDED);
    assert_int_equal(bitacora_checkpoint_quorum(c), 0);
    assert_true(bitacora_checkpoint_time(c) == INT64_MIN);
    bitacora_checkpoint_free(c);
    c = opened(alone, &l, 5, 0);
    none();
    assert_int_equal(bitacora_checkpoint_quorum(c), -1);
    assert_true(bitacora_checkpoint_time(c) == INT64_MIN);
    bitacora_checkpoint_free(c);
}

/* Of three witnesses any two are the quorum: it is as old as the second newest. */
static void the_time_is_that_of_the_quorum(void **state)
{
    (void)state;
    struct skey w[3];
    struct buf text = { 0 }, note = { 0 };
    struct note n;
    struct refusal why;
    bitacora_checkpoint *c;
    buf_addf(&text, "log %s\n", vkey_text(&l, THE_LOG));
    log_checkpoint(&note, &l, 5);
    assert_int_equal(note_parse(&n, buf_span(&note), &why), 0);
    struct buf signed_text = { 0 };
    buf_add_span(&signed_text, n.text);
    for (uint8_t i = 0; i < 3; i++) {
        const uint8_t seed[32] = { 90, i };
        skey_from_seed(&w[i], span_str(text_of("w%d.example", i)), KEY_COSIGNATURE, seed);
        buf_addf(&text, "witness w%d ", i);
        vkey_format(&text, &w[i].vkey);
        buf_adds(&text, "\n");
        note_cosign(&note, buf_span(&signed_text), &w[i], (uint64_t[]){ 500, 900, 700 }[i]);
    }
    buf_adds(&text, "group g 2 w0 w1 w2\nquorum g\n");
    bitacora_policy *p = policy_of(buf_str(&text));
    assert_int_equal(bitacora_checkpoint_open(ctx, p, note.p, note.n, &c), BITACORA_PROVEN);
    assert_true(bitacora_checkpoint_time(c) == 700000);
    bitacora_checkpoint_free(c);
    /* Also where a later witness of the policy cosigned earlier. */
    buf_clear(&note);
    log_checkpoint(&note, &l, 5);
    for (uint8_t i = 0; i < 3; i++)
        note_cosign(&note, buf_span(&signed_text), &w[i], (uint64_t[]){ 700, 500, 900 }[i]);
    assert_int_equal(bitacora_checkpoint_open(ctx, p, note.p, note.n, &c), BITACORA_PROVEN);
    assert_true(bitacora_checkpoint_time(c) == 700000);
    bitacora_checkpoint_free(c);
    bitacora_policy_free(p);
    buf_free(&text);
    buf_free(&note);
    buf_free(&signed_text);
}

static void altered_checkpoints_are_never_proven(void **state)
{
    (void)state;
    size_t bad = 0, undecided = 0;
    struct buf note = { 0 };
    cosigned_checkpoint(&note, &l, 5, 1000);
    for (size_t i = 0; i < note.n; i++) {
        bitacora_checkpoint *c;
        note.p[i] ^= 1;
        bitacora_result result = bitacora_checkpoint_open(ctx, policy, note.p, note.n, &c);
        assert_true(result == BITACORA_BAD || result == BITACORA_UNDECIDED);
        assert_true(c == NULL || has_found("quorum", NULL));
        bad += result == BITACORA_BAD;
        undecided += result == BITACORA_UNDECIDED;
        bitacora_checkpoint_free(c);
        note.p[i] ^= 1;
    }
    assert_true(bad > 50 && undecided > 10);
    buf_free(&note);
}

static void what_is_no_checkpoint_of_the_policy_is_undecided(void **state)
{
    (void)state;
    bitacora_checkpoint *c;
    struct buf note = { 0 };
    cosigned_checkpoint(&note, &l, 5, 1000);
    assert_int_equal(bitacora_checkpoint_open(ctx, other_log, note.p, note.n, &c),
                     BITACORA_UNDECIDED);
    only("checkpoint", BITACORA_UNDECIDED);
    assert_null(c);
    assert_int_equal(bitacora_checkpoint_open(ctx, policy, "", 0, &c), BITACORA_UNDECIDED);
    only("checkpoint", BITACORA_UNDECIDED);
    char *large = calloc(1, CHECKPOINT_MAX + 1);
    assert_non_null(large);
    assert_int_equal(bitacora_checkpoint_open(ctx, policy, large, CHECKPOINT_MAX + 1, &c),
                     BITACORA_UNDECIDED);
    assert_true(has_found("checkpoint", "too large"));
    free(large);
    assert_int_equal(bitacora_checkpoint_open(NULL, policy, "", 0, &c), BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_open(ctx, NULL, "", 0, &c), BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_open(ctx, policy, NULL, 1, &c), BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_open(ctx, policy, "", 0, NULL), BITACORA_MISUSE);
    assert_null(bitacora_checkpoint_origin(NULL));
    assert_null(bitacora_checkpoint_root(NULL));
    assert_int_equal(bitacora_checkpoint_size(NULL), 0);
    assert_int_equal(bitacora_checkpoint_quorum(NULL), 0);
    assert_true(bitacora_checkpoint_time(NULL) == INT64_MIN);
    bitacora_checkpoint_free(NULL);
    buf_free(&note);
}

/* ---- one tree and another -------------------------------------------------------------------- */

/* A longer log, its files by path, and another history of it. */
static struct log honest, forked;
static struct files files;

static int trees_start(void **state)
{
    group_start(state);
    log_fill(&honest, 300);
    log_copy(&forked, &honest, 269);
    log_add(&forked, BY(HOLDER, KIND_RESPONSE));
    while (forked.n < 300)
        log_add(&forked, BY(REQUESTER, KIND_REQUEST));
    files_make(&files, &honest, 300);
    return 0;
}

static int trees_stop(void **state)
{
    files_free(&files);
    log_free(&honest);
    log_free(&forked);
    return group_stop(state);
}

/* What a callback serves, and how it fails. */
struct server {
    struct files *files;
    const char *missing, *failing, *cut, *endless; /* paths; NULL: none */
    unsigned asked;
};

static bool is(const char *path, const char *other)
{
    return other != NULL && strcmp(path, other) == 0;
}

static bitacora_fetched serve(void *arg, const char *path, bitacora_sink *sink)
{
    struct server *s = arg;
    struct tile t;
    s->asked++;
    assert_int_equal(tile_path_parse(&t, span_str(path)), 0);
    struct file *f = files_find(s->files, t.level, t.n);
    if (is(path, s->failing))
        return BITACORA_FAILED;
    /* Partial ones stay until there is the full one. */
    bool dropped = f != NULL && f->tile.width == TILE_WIDTH && t.width < TILE_WIDTH;
    if (is(path, s->missing) || f == NULL || f->tile.width < t.width || dropped)
        return BITACORA_MISSING;
    if (is(path, s->endless))
        while (bitacora_sink_add(sink, f->bytes.p, f->bytes.n) == 0)
            ;
    size_t n = t.width * HASH_BYTES - is(path, s->cut);
    assert_int_equal(bitacora_sink_add(sink, f->bytes.p, n / 2) != 0, is(path, s->endless));
    bitacora_sink_add(sink, f->bytes.p + n / 2, n - n / 2);
    return BITACORA_FETCHED;
}

static bitacora_result by_tiles(struct server *s, const struct log *of, size_t old, char **evidence,
                                size_t *n)
{
    bitacora_checkpoint *older = opened(alone, of, old, 0), *newer = opened(alone, &honest, 300, 0);
    bitacora_result result =
        bitacora_checkpoint_extends_by_tiles(ctx, older, newer, serve, s, evidence, n);
    bitacora_checkpoint_free(older);
    bitacora_checkpoint_free(newer);
    return result;
}

static void tiles_show_that_a_tree_extends_another(void **state)
{
    (void)state;
    char *evidence;
    size_t n;
    static const size_t sizes[] = { 1, 2, 7, 8, 255, 256, 257, 269, 299, 300 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct server s = { .files = &files };
        assert_int_equal(by_tiles(&s, &honest, sizes[i], &evidence, &n), BITACORA_PROVEN);
        none();
        assert_true(evidence == NULL && n == 0);
        assert_int_equal(s.asked == 0, sizes[i] == 300);
    }
}

static void tiles_show_forks_and_give_evidence(void **state)
{
    (void)state;
    static const size_t sizes[] = { 270, 272, 288, 299, 300 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char *evidence;
        size_t n;
        bitacora_evidence *e;
        struct server s = { .files = &files };
        assert_int_equal(by_tiles(&s, &forked, sizes[i], &evidence, &n), BITACORA_BAD);
        only("fork", BITACORA_BAD);
        assert_int_equal(evidence[n], 0);
        assert_int_equal(bitacora_evidence_verify(ctx, alone, evidence, n, &e), BITACORA_PROVEN);
        bitacora_evidence_free(e);
        bitacora_free(evidence);
        assert_int_equal(by_tiles(&s, &forked, sizes[i], NULL, NULL), BITACORA_BAD);
    }
}

static void tiles_that_are_not_there_decide_nothing(void **state)
{
    (void)state;
    struct server s = { .files = &files, .missing = "tile/0/001.p/44" };
    assert_int_equal(by_tiles(&s, &honest, 257, NULL, NULL), BITACORA_UNDECIDED);
    only("missing", BITACORA_UNDECIDED);
    assert_true(has_found("missing", "tile/0/001.p/44"));
    s = (struct server){ .files = &files, .failing = "tile/0/001.p/44" };
    assert_int_equal(by_tiles(&s, &honest, 257, NULL, NULL), BITACORA_UNDECIDED);
    only("unreadable", BITACORA_UNDECIDED);
}

static void tiles_that_are_not_the_trees_are_bad(void **state)
{
    (void)state;
    struct server s = { .files = &files, .cut = "tile/0/001.p/44" };
    assert_int_equal(by_tiles(&s, &honest, 257, NULL, NULL), BITACORA_BAD);
    only("tile", BITACORA_BAD);
    s = (struct server){ .files = &files, .endless = "tile/0/001.p/44" };
    assert_int_equal(by_tiles(&s, &honest, 257, NULL, NULL), BITACORA_BAD);
    only("tile", BITACORA_BAD);
    struct file *f = files_find(&files, 0, 1);
    f->bytes.p[40 * HASH_BYTES] ^= 1;
    s = (struct server){ .files = &files };
    assert_int_equal(by_tiles(&s, &honest, 257, NULL, NULL), BITACORA_BAD);
    only("root", BITACORA_BAD);
    f->bytes.p[40 * HASH_BYTES] ^= 1;
}

/* A log may drop a partial tile once there is the full one. */
static void a_partial_tile_is_read_from_the_full_one(void **state)
{
    (void)state;
    struct log longer;
    struct files full;
    log_fill(&longer, 512);
    files_make(&full, &longer, 512);
    struct server s = { .files = &full };
    bitacora_checkpoint *older = opened(alone, &longer, 257, 0),
                        *newer = opened(alone, &longer, 300, 0);
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(ctx, older, newer, serve, &s, NULL, NULL),
                     BITACORA_PROVEN);
    s.missing = "tile/0/001";
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(ctx, older, newer, serve, &s, NULL, NULL),
                     BITACORA_UNDECIDED);
    assert_true(has_found("missing", "tile/0/001.p/44"));
    s = (struct server){ .files = &full, .failing = "tile/0/001" };
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(ctx, older, newer, serve, &s, NULL, NULL),
                     BITACORA_UNDECIDED);
    assert_true(has_found("unreadable", "tile/0/001"));
    bitacora_checkpoint_free(older);
    bitacora_checkpoint_free(newer);
    files_free(&full);
    log_free(&longer);
}

static void fetching_can_be_cancelled(void **state)
{
    (void)state;
    int left = 2;
    struct server s = { .files = &files };
    bitacora_set_cancel(ctx, stop_after, &left);
    assert_int_equal(by_tiles(&s, &honest, 257, NULL, NULL), BITACORA_CANCELLED);
    assert_int_equal(s.asked, 1);
    bitacora_set_cancel(ctx, NULL, NULL);
}

/* The consistency proof to the tree of 300, as RFC 9162 has it. */
static size_t proof_from(size_t old, struct hash *proof)
{
    struct source source = files_source(&files);
    struct source_tiles tiles = { .source = &source };
    struct tile_source proofs = { .read = source_read_tile, .ctx = &tiles, .size = 300 };
    int n = proof_consistency(proof, &proofs, old, false);
    assert_true(n >= 0);
    return (size_t)n;
}

static bitacora_result by_proof(const struct log *of, size_t old, size_t new,
                                const struct hash *proof, size_t n, char **evidence,
                                size_t *evidence_n)
{
    bitacora_checkpoint *older = opened(alone, of, old, 0), *newer = opened(alone, &honest, new, 0);
    bitacora_result result =
        bitacora_checkpoint_extends(ctx, older, newer, proof, n, evidence, evidence_n);
    bitacora_checkpoint_free(older);
    bitacora_checkpoint_free(newer);
    return result;
}

static void proofs_show_that_a_tree_extends_another(void **state)
{
    (void)state;
    struct hash proof[PROOF_MAX + 1];
    static const size_t sizes[] = { 1, 2, 7, 8, 255, 256, 257, 269, 299, 300 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        size_t n = proof_from(sizes[i], proof);
        assert_int_equal(by_proof(&honest, sizes[i], 300, proof, n, NULL, NULL), BITACORA_PROVEN);
        none();
        for (size_t k = 0; k < n; k++) {
            proof[k].b[0] ^= 1;
            assert_int_equal(by_proof(&honest, sizes[i], 300, proof, n, NULL, NULL), BITACORA_BAD);
            only("root", BITACORA_BAD);
            proof[k].b[0] ^= 1;
        }
        memset(&proof[n], 0, sizeof proof[n]);
        assert_int_equal(by_proof(&honest, sizes[i], 300, proof, n + 1, NULL, NULL), BITACORA_BAD);
        only("root", BITACORA_BAD);
        if (n > 0)
            assert_int_equal(by_proof(&honest, sizes[i], 300, proof, n - 1, NULL, NULL),
                             BITACORA_BAD);
    }
    memset(proof, 0, sizeof proof);
    assert_int_equal(by_proof(&honest, 7, 300, proof, PROOF_MAX + 1, NULL, NULL), BITACORA_BAD);
}

static void proofs_show_forks_and_give_evidence(void **state)
{
    (void)state;
    struct hash proof[PROOF_MAX];
    char *evidence;
    size_t n;
    bitacora_evidence *e;
    size_t hashes = proof_from(270, proof);
    assert_int_equal(by_proof(&forked, 270, 300, proof, hashes, &evidence, &n), BITACORA_BAD);
    only("fork", BITACORA_BAD);
    assert_int_equal(bitacora_evidence_verify(ctx, alone, evidence, n, &e), BITACORA_PROVEN);
    assert_string_equal(bitacora_evidence_claim(e), "fork");
    bitacora_evidence_free(e);
    bitacora_free(evidence);
    assert_int_equal(by_proof(&forked, 300, 300, NULL, 0, &evidence, &n), BITACORA_BAD);
    only("fork", BITACORA_BAD);
    bitacora_free(evidence);
}

static void a_smaller_tree_or_another_log_is_stale(void **state)
{
    (void)state;
    struct hash proof[PROOF_MAX];
    size_t n = proof_from(7, proof);
    assert_int_equal(by_proof(&honest, 300, 7, proof, n, NULL, NULL), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    assert_true(has_found("stale", "300, 7"));
}

/* A witness that cosigned the smaller tree later than the larger one. */
static void a_rollback_is_bad(void **state)
{
    (void)state;
    struct hash proof[PROOF_MAX];
    bitacora_checkpoint *older = opened(policy, &honest, 7, 2000),
                        *newer = opened(policy, &honest, 300, 1000);
    size_t n = proof_from(7, proof);
    assert_int_equal(bitacora_checkpoint_extends(ctx, older, newer, proof, n, NULL, NULL),
                     BITACORA_BAD);
    only("rollback", BITACORA_BAD);
    assert_int_equal(bitacora_checkpoint_extends(ctx, newer, older, NULL, 0, NULL, NULL),
                     BITACORA_BAD);
    only("rollback", BITACORA_BAD);
    bitacora_checkpoint_free(older);
    bitacora_checkpoint_free(newer);
}

static void trees_of_nothing_are_misuse(void **state)
{
    (void)state;
    char *evidence;
    size_t n;
    struct server s = { .files = &files };
    bitacora_checkpoint *c = opened(alone, &honest, 7, 0);
    assert_int_equal(bitacora_checkpoint_extends(NULL, c, c, NULL, 0, NULL, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends(ctx, NULL, c, NULL, 0, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends(ctx, c, NULL, NULL, 0, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends(ctx, c, c, NULL, 1, NULL, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends(ctx, c, c, NULL, 0, &evidence, NULL),
                     BITACORA_MISUSE);
    assert_null(evidence);
    assert_int_equal(bitacora_checkpoint_extends(ctx, c, c, NULL, 0, NULL, &n), BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(NULL, c, c, serve, &s, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(ctx, NULL, c, serve, &s, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(ctx, c, NULL, serve, &s, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(ctx, c, c, NULL, &s, NULL, NULL),
                     BITACORA_MISUSE);
    assert_true(has_found("misuse", "fetch"));
    bitacora_checkpoint *d = opened(policy, &honest, 300, 1000);
    assert_int_equal(bitacora_checkpoint_extends(ctx, c, d, NULL, 0, NULL, NULL), BITACORA_MISUSE);
    assert_true(has_found("misuse", "policy"));
    assert_int_equal(bitacora_checkpoint_extends_by_tiles(ctx, c, d, serve, &s, NULL, NULL),
                     BITACORA_MISUSE);
    bitacora_checkpoint_free(d);
    assert_true(bitacora_sink_add(NULL, "", 0) != 0);
    bitacora_checkpoint_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_its_version),
        cmocka_unit_test(results_have_names),
        cmocka_unit_test(limits_are_at_most_those_of_the_formats),
        cmocka_unit_test(findings_have_sentences_in_two_languages),
        cmocka_unit_test(sentences_are_cut_at_whole_characters),
        cmocka_unit_test(no_finding_has_no_words),
        cmocka_unit_test(a_policy_says_whom_it_trusts),
        cmocka_unit_test(what_is_no_policy_is_usage),
        cmocka_unit_test(policies_of_nothing_are_misuse),
        cmocka_unit_test(a_checkpoint_says_what_it_is),
        cmocka_unit_test(a_checkpoint_without_its_quorum_is_undecided),
        cmocka_unit_test(the_time_is_that_of_the_quorum),
        cmocka_unit_test(altered_checkpoints_are_never_proven),
        cmocka_unit_test(what_is_no_checkpoint_of_the_policy_is_undecided),
        cmocka_unit_test(tiles_show_that_a_tree_extends_another),
        cmocka_unit_test(tiles_show_forks_and_give_evidence),
        cmocka_unit_test(tiles_that_are_not_there_decide_nothing),
        cmocka_unit_test(tiles_that_are_not_the_trees_are_bad),
        cmocka_unit_test(a_partial_tile_is_read_from_the_full_one),
        cmocka_unit_test(fetching_can_be_cancelled),
        cmocka_unit_test(proofs_show_that_a_tree_extends_another),
        cmocka_unit_test(proofs_show_forks_and_give_evidence),
        cmocka_unit_test(a_smaller_tree_or_another_log_is_stale),
        cmocka_unit_test(a_rollback_is_bad),
        cmocka_unit_test(trees_of_nothing_are_misuse),
    };
    return cmocka_run_group_tests(tests, trees_start, trees_stop);
}
