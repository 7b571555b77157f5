/* A fuzzer of bitacora.h, as a program that links the library calls it: with files of strangers,
 * callbacks that give them, and every question about what came of it. The first byte says which
 * call; the next two, where there are two files, where the second begins. Nobody can sign for this
 * policy: nothing is ever proven that takes a signature. */
#include <stdlib.h>
#include <string.h>

#include "proto/lib/bitacora.h"
#include "proto/tlog/key.h"
#include "tests/fuzz/fuzz.h"

static bitacora_context *ctx;
static bitacora_policy *policy;
static bitacora_key *signer;

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static int never(void *left)
{
    bitacora_hints *h;
    (void)left;
    must_be(bitacora_hints_read(ctx, "{}", 2, &h) == BITACORA_BUSY && h == NULL);
    return 0;
}

void fuzz_library_begin(void)
{
    static const uint8_t seed[32];
    struct skey log, key;
    struct buf text = { 0 };
    must_be(bitacora_context_new(&ctx) == BITACORA_PROVEN);
    skey_from_seed(&log, span_str("l"), KEY_NOTE, seed);
    buf_adds(&text, "log ");
    vkey_format(&text, &log.vkey);
    buf_adds(&text, "\nquorum none\n");
    must_be(bitacora_policy_parse(ctx, text.p, text.n, &policy) == BITACORA_PROVEN);
    buf_clear(&text);
    skey_from_seed(&key, span_str("a.example"), KEY_NOTE, seed);
    skey_format(&text, &key);
    must_be(bitacora_key_parse(ctx, text.p, text.n, &signer) == BITACORA_PROVEN);
    buf_free(&text);
    bitacora_set_cancel(ctx, never, NULL);
}

/* ---- what came of a call --------------------------------------------------------------------- */

static void read_text(const char *text)
{
    must_be(text == NULL || strlen(text) < SIZE_MAX / 2);
}

static void read_hash(const uint8_t *hash)
{
    uint8_t copy[BITACORA_HASH_BYTES];
    if (hash != NULL)
        memcpy(copy, hash, sizeof copy);
}

static void read_finding(const bitacora_finding *f)
{
    char text[40];
    must_be(f != NULL && bitacora_finding_code(f) != NULL && bitacora_finding_name(f) != NULL);
    read_text(bitacora_finding_subject(f));
    must_be(bitacora_finding_sentence(f, "en", text, sizeof text) > 0 && text[0] != 0);
    must_be(bitacora_finding_sentence(f, "es", text, sizeof text) > 0 && text[0] != 0);
    bitacora_finding_entry(f);
    bitacora_finding_related(f);
    must_be(bitacora_finding_result(f) != BITACORA_PROVEN);
}

/* Whatever is not proven says why. */
static bitacora_result judged(bitacora_result result)
{
    must_be(strcmp(bitacora_result_name(result), "unknown") != 0);
    must_be(result != BITACORA_BUSY && result != BITACORA_CANCELLED);
    must_be(bitacora_findings(ctx) <= bitacora_findings_total(ctx));
    must_be(result == BITACORA_PROVEN || result == BITACORA_MEMORY || bitacora_findings(ctx) > 0);
    for (size_t i = 0; i < bitacora_findings(ctx); i++)
        read_finding(bitacora_finding_at(ctx, i));
    return result;
}

static void read_checkpoint(const bitacora_checkpoint *c)
{
    if (c == NULL)
        return;
    read_text(bitacora_checkpoint_origin(c));
    read_hash(bitacora_checkpoint_root(c));
    bitacora_checkpoint_size(c);
    bitacora_checkpoint_quorum(c);
    bitacora_checkpoint_time(c);
}

static void read_receipt(const bitacora_receipt *r)
{
    if (r == NULL)
        return;
    must_be(bitacora_receipt_result(r) != BITACORA_PROVEN);
    read_text(bitacora_receipt_kind(r));
    read_text(bitacora_receipt_members(r));
    read_text(bitacora_receipt_string(r, "holder"));
    read_text(bitacora_receipt_signer(r));
    read_text(bitacora_receipt_signer_key(r));
    read_text(bitacora_receipt_role(r));
    read_text(bitacora_receipt_authority(r));
    read_text(bitacora_receipt_level(r));
    read_text(bitacora_receipt_function(r));
    read_hash(bitacora_receipt_leaf(r));
    read_hash(bitacora_receipt_genesis(r));
    bitacora_receipt_index(r);
    bitacora_receipt_accepted(r);
    bitacora_receipt_signed_at(r);
    read_checkpoint(bitacora_receipt_checkpoint(r));
}

/* ---- calls ----------------------------------------------------------------------------------- */

struct files {
    struct span one, other;
};

static void call_policy(const struct files *f)
{
    bitacora_policy *p;
    if (judged(bitacora_policy_parse(ctx, f->one.p, f->one.n, &p)) != BITACORA_PROVEN)
        must_be(p == NULL);
    for (size_t i = 0; i < bitacora_policy_logs(p); i++) {
        read_text(bitacora_policy_log_key(p, i));
        read_text(bitacora_policy_log_url(p, i));
    }
    must_be(p == NULL || bitacora_policy_quorum(p) <= bitacora_policy_witnesses(p) + 1);
    bitacora_policy_free(p);
}

static void call_receipts(const struct files *f)
{
    bitacora_receipt *a, *b;
    char *evidence;
    size_t n;
    must_be(judged(bitacora_receipt_verify(ctx, policy, f->one.p, f->one.n, &a)) !=
            BITACORA_PROVEN);
    read_receipt(a);
    must_be(judged(bitacora_receipt_verify(ctx, policy, f->other.p, f->other.n, &b)) !=
            BITACORA_PROVEN);
    if (a != NULL && b != NULL) {
        (void)!bitacora_receipt_compare(ctx, a, b, &evidence, &n);
        bitacora_free(evidence);
    }
    bitacora_receipt_free(a);
    bitacora_receipt_free(b);
}

static void call_evidence(const struct files *f)
{
    bitacora_evidence *e;
    must_be(judged(bitacora_evidence_verify(ctx, policy, f->one.p, f->one.n, &e)) !=
            BITACORA_PROVEN);
    read_text(bitacora_evidence_claim(e));
    bitacora_evidence_free(e);
}

static void call_answer(const struct files *f)
{
    bitacora_answer *a;
    char *evidence;
    size_t n;
    must_be(judged(bitacora_answer_verify(ctx, policy, f->one.p, f->one.n, &a, &evidence, &n)) !=
            BITACORA_PROVEN);
    read_text(bitacora_answer_type(a));
    read_text(bitacora_answer_value(a));
    bitacora_answer_free(a);
    bitacora_free(evidence);
}

static void call_opening(const struct files *f)
{
    bitacora_opening *o;
    must_be(judged(bitacora_opening_verify(ctx, policy, f->one.p, f->one.n, NULL, &o)) !=
            BITACORA_PROVEN);
    read_text(bitacora_opening_member(o));
    read_text(bitacora_opening_type(o));
    read_text(bitacora_opening_value(o));
    read_receipt(bitacora_opening_receipt(o));
    bitacora_opening_free(o);
}

static void call_checkpoint(const struct files *f)
{
    bitacora_checkpoint *c;
    must_be(judged(bitacora_checkpoint_open(ctx, policy, f->one.p, f->one.n, &c)) !=
            BITACORA_PROVEN);
    read_checkpoint(c);
    bitacora_checkpoint_free(c);
}

static void call_answers_of_http(const struct files *f)
{
    bitacora_problem *p;
    bitacora_hints *h;
    bitacora_receipt *r;
    (void)!bitacora_problem_read(ctx, 404, f->one.p, f->one.n, &p);
    read_text(bitacora_problem_code(p));
    read_text(bitacora_problem_detail(p));
    bitacora_problem_again(p);
    bitacora_problem_free(p);
    judged(bitacora_hints_read(ctx, f->one.p, f->one.n, &h));
    for (size_t i = 0; i < bitacora_hints_count(h); i++)
        bitacora_hints_at(h, i);
    bitacora_hints_next(h);
    bitacora_hints_free(h);
    if (f->other.p != NULL)
        must_be(judged(bitacora_submitted(ctx, policy, f->other.p, f->other.n, 200, f->one.p,
                                          f->one.n, &r)) != BITACORA_PROVEN);
    else
        r = NULL;
    bitacora_receipt_free(r);
}

static void call_gate(const struct files *f)
{
    bitacora_gate *g;
    bitacora_receipt *r;
    must_be(bitacora_gate_new(ctx, policy, "mx.telco", &g) == BITACORA_PROVEN);
    if (f->one.p != NULL && f->other.p != NULL) {
        must_be(judged(bitacora_gate_decide(ctx, g, INT64_C(1795276816789), f->one.p, f->one.n,
                                            f->other.p, f->other.n, &r)) != BITACORA_PROVEN);
        bitacora_receipt_free(r);
    }
    judged(bitacora_gate_add_ruleset(ctx, g, f->one.p, f->one.n));
    bitacora_gate_free(g);
}

/* A record with members of a stranger: what is signed is a text. */
static void call_sign(const struct files *f)
{
    static const bitacora_ref under = { .entry = 0 };
    bitacora_key *k;
    char *note, *members = malloc(f->one.n + 1);
    size_t n;
    must_be(members != NULL);
    memcpy(members, f->one.p, f->one.n);
    members[f->one.n] = 0;
    if (judged(bitacora_record_sign(ctx, signer, "response", members, &under, 0, &note, &n)) ==
        BITACORA_PROVEN)
        must_be(n > 0 && strlen(note) == n);
    bitacora_free(note);
    free(members);
    judged(bitacora_key_parse(ctx, f->one.p, f->one.n, &k));
    read_text(bitacora_key_verifier(k));
    bitacora_key_free(k);
    /* No passphrase is empty: the file is judged, without the work of opening it. */
    must_be(judged(bitacora_key_open(ctx, f->one.p, f->one.n, "", 0, &k)) != BITACORA_PROVEN);
}

/* The first file is the checkpoint; the second every tile, bundle and table that is asked for. */
static bitacora_fetched give(void *arg, const char *path, bitacora_sink *sink)
{
    const struct files *f = arg;
    struct span bytes = strcmp(path, "checkpoint") == 0 ? f->one : f->other;
    never(NULL);
    return bitacora_sink_add(sink, bytes.p, bytes.n) == 0 ? BITACORA_FETCHED : BITACORA_FAILED;
}

static void call_replay(const struct files *f)
{
    bitacora_replay *r;
    struct files files = *f;
    char *state;
    size_t n;
    must_be(bitacora_replay_new(ctx, policy, &r) == BITACORA_PROVEN);
    must_be(judged(bitacora_replay_run(ctx, r, give, &files, NULL, 0)) != BITACORA_PROVEN);
    read_checkpoint(bitacora_replay_checkpoint(r));
    must_be(!bitacora_replay_proven(r));
    if (f->other.p != NULL)
        must_be(bitacora_replay_run(ctx, r, give, &files, f->other.p, f->other.n) !=
                BITACORA_PROVEN);
    must_be(bitacora_replay_state(ctx, r, &state, &n) != BITACORA_PROVEN);
    bitacora_replay_free(r);
}

static void (*const calls[])(const struct files *f) = {
    call_policy,     call_receipts,        call_evidence, call_answer, call_opening,
    call_checkpoint, call_answers_of_http, call_gate,     call_sign,   call_replay,
};

/* A seed may be a file as it is: its own first bytes say then what is called. */
void fuzz_library(struct span in)
{
    if (in.n < 3)
        return;
    struct span all = span_of(in.p + 3, in.n - 3);
    size_t first = (size_t)(in.p[1] << 8 | in.p[2]);
    if (first == 0 || first > all.n)
        first = all.n;
    struct files f = { span_of(all.p, first), span_of(all.p + first, all.n - first) };
    calls[in.p[0] % (sizeof calls / sizeof *calls)](&f);
}
