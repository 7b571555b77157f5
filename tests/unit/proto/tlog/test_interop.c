/* What implementations of others made and said (tests/interop/go writes it down), for machines without Go. */
#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/tlog/tile.h"

#define LEAVES 1000

static struct buf decoded(struct span text)
{
    struct buf out = { 0 };
    uint8_t *p = buf_reserve(&out, text.n + 1);
    assert_non_null(p);
    assert_int_equal(base64_decode(p, text.n, &out.n, text), 0);
    return out;
}

/* ---- notes and keys ------------------------------------------------------------------------ */

static struct policy *policy_of(struct span vkey)
{
    struct buf text = { 0 };
    struct refusal why;
    buf_adds(&text, "log ");
    buf_add_span(&text, vkey);
    buf_adds(&text, "\nquorum none\n");
    struct policy *p = policy_parse(buf_span(&text), &why);
    assert_non_null(p);
    buf_free(&text);
    return p;
}

static const char *said(int result, const struct refusal *why)
{
    return result == 0 ? "good" : reason_name(why->reason);
}

static void say_of_key(struct buf *out, const struct note *n, struct span bytes, struct span vkey)
{
    static const char *const verdicts[] = { "good", "unsigned", "bad", "memory" };
    struct vkey key;
    struct checkpoint cp;
    struct signed_checkpoint signed_cp;
    struct refusal why;
    const char *cause;
    bool known = vkey_parse(&key, vkey, &cause) == 0;
    buf_addf(out, "good %s %s ", known ? verdicts[note_verify(n, &key)] : "-",
             said(checkpoint_parse(&cp, n->text, &why), &why));
    if (!known) {
        buf_adds(out, "-");
        return;
    }
    struct policy *p = policy_of(vkey);
    buf_adds(out, said(policy_open(&signed_cp, p, bytes, &why), &why));
    policy_free(p);
}

/* name vkey their-note their-checkpoint form key checkpoint policy note */
static void note_line(const struct span *word, size_t words)
{
    struct buf said_of = { 0 }, want = { 0 };
    struct note n;
    struct refusal why;
    assert_int_equal(words, 9);
    struct buf bytes = decoded(word[8]);
    for (int i = 4; i < 8; i++) {
        buf_add_span(&want, word[i]);
        buf_adds(&want, i < 7 ? " " : "");
    }
    if (note_parse(&n, buf_span(&bytes), &why) != 0)
        buf_addf(&said_of, "%s - - -", reason_name(why.reason));
    else
        say_of_key(&said_of, &n, buf_span(&bytes), word[1]);
    if (strcmp(buf_str(&said_of), buf_str(&want)) != 0)
        fail_msg("%.*s: %s, expected %s", (int)word[0].n, (const char *)word[0].p,
                 buf_str(&said_of), buf_str(&want));
    buf_free(&bytes);
    buf_free(&said_of);
    buf_free(&want);
}

static void notes_get_the_recorded_verdicts(void **state)
{
    (void)state;
    vector_lines("interop/notes.txt", note_line);
}

/* private-key vkey text note */
static void key_line(const struct span *word, size_t words)
{
    struct skey key;
    struct buf out = { 0 };
    const char *cause;
    assert_int_equal(words, 4);
    struct buf text = decoded(word[2]), want = decoded(word[3]);
    assert_int_equal(skey_parse(&key, word[0], &cause), 0);
    vkey_format(&out, &key.vkey);
    assert_true(span_eq(buf_span(&out), word[1]));
    buf_clear(&out);
    note_sign(&out, buf_span(&text), &key);
    assert_true(span_eq(buf_span(&out), buf_span(&want)));
    buf_free(&out);
    buf_free(&text);
    buf_free(&want);
}

static void keys_of_go_sign_the_same_here(void **state)
{
    (void)state;
    vector_lines("interop/keys.txt", key_line);
}

/* ---- proofs -------------------------------------------------------------------------------- */

static struct hash leaf[LEAVES], above[LEAVES / TILE_WIDTH], root[LEAVES + 1];

static int read_tile(void *ctx, const struct tile *t, struct hash *out)
{
    (void)ctx;
    assert_in_range(t->level, 0, 1);
    memcpy(out, (t->level == 0 ? leaf : above) + t->n * TILE_WIDTH, t->width * sizeof *out);
    return 0;
}

static int make_leaves(void **state)
{
    struct frontier f = { 0 };
    struct hash done[64];
    (void)state;
    for (size_t i = 0; i < LEAVES; i++) {
        hash_leaf(&leaf[i], span_str(text_of("leaf %zu", i)));
        frontier_append(&f, &leaf[i], done);
        frontier_root(&f, &root[i + 1]);
    }
    for (size_t i = 0; i < COUNT(above); i++)
        tile_root(&above[i], leaf + i * TILE_WIDTH, TILE_WIDTH);
    return 0;
}

/* kind a b hash hash proof...: the proof is good, and the one that is made here. */
static void proof_line(const struct span *word, size_t words)
{
    struct hash hash[2 + PROOF_MAX], made[PROOF_MAX], got;
    struct tile_source source = { .read = read_tile };
    uint64_t a;
    assert_in_range(words, 5, 5 + PROOF_MAX);
    size_t n = words - 5;
    for (size_t i = 3; i < words; i++)
        assert_int_equal(hex_parse(hash[i - 3].b, HASH_BYTES, word[i]), 0);
    assert_int_equal(decimal_parse(&a, word[1]), 0);
    assert_int_equal(decimal_parse(&source.size, word[2]), 0);
    assert_in_range(source.size, 1, LEAVES);
    if (span_is(word[0], "inclusion")) {
        assert_true(hash_eq(&hash[0], &root[source.size]) && hash_eq(&hash[1], &leaf[a]));
        assert_int_equal(tree_root_of_inclusion(&got, a, source.size, &hash[1], hash + 2, n), 0);
        assert_true(hash_eq(&got, &hash[0]));
        assert_int_equal(proof_inclusion(made, &source, a), n);
    } else {
        assert_true(hash_eq(&hash[0], &root[a]) && hash_eq(&hash[1], &root[source.size]));
        assert_true(tree_consistent(a, &hash[0], source.size, &hash[1], hash + 2, n));
        assert_int_equal(proof_consistency(made, &source, a, false), n);
    }
    assert_memory_equal(made, hash + 2, n * sizeof *made);
}

static void proofs_of_tlog_are_ours(void **state)
{
    (void)state;
    vector_lines("interop/inclusion.txt", proof_line);
    vector_lines("interop/consistency.txt", proof_line);
}

/* ---- cosigned checkpoints ------------------------------------------------------------------ */

static bool has_quorum(const struct policy *p, const struct buf *note)
{
    struct signed_checkpoint cp;
    struct refusal why;
    return policy_open(&cp, p, buf_span(note), &why) == 0 && cp.quorum && cp.cosigned_at[0] != 0;
}

static void cosigned(const char *name)
{
    struct buf text = { 0 }, bytes = { 0 };
    struct refusal why;
    struct note n;
    vector_read(&text, text_of("interop/%s.policy", name));
    vector_read(&bytes, text_of("interop/%s.txt", name));
    struct policy *p = policy_parse(buf_span(&text), &why);
    assert_non_null(p);
    if (!has_quorum(p, &bytes))
        fail_msg("%s", name);
    assert_int_equal(note_parse(&n, buf_span(&bytes), &why), 0);
    for (size_t bit = 0; bit < 8 * n.text.n; bit++) {
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (has_quorum(p, &bytes))
            fail_msg("%s: bit %zu", name, bit);
        bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    policy_free(p);
    buf_free(&text);
    buf_free(&bytes);
}

/* Our log, cosigned with Ed25519 and ML-DSA-44 by transparency-dev/formats; our log, cosigned by litewitness; a
 * log of transparency-dev/tessera, signed with Ed25519 and ML-DSA-44, cosigned by `bitacora witness`. */
static void cosignatures_across_implementations_hold(void **state)
{
    (void)state;
    cosigned("go-witness");
    cosigned("litewitness");
    cosigned("tessera");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_get_the_recorded_verdicts),
        cmocka_unit_test(keys_of_go_sign_the_same_here),
        cmocka_unit_test(proofs_of_tlog_are_ours),
        cmocka_unit_test(cosignatures_across_implementations_hold),
    };
    return cmocka_run_group_tests_name("interop", tests, make_leaves, NULL);
}
