/* bitacora verify: receipts and answers, offline; with --log also against the log as it is now. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/index/index_check.h"
#include "client/remote/prove.h"
#include "client/remote/receipt_check.h"
#include "client/remote/revoked.h"
#include "client/remote/trust_options.h"
#include "client/show/label.h"
#include "client/verify/revocation_words.h"
#include "client/verify/verify_answer.h"
#include "client/verify/verify_opening.h"

struct verification {
    const struct args *args;
    struct trust trust;
    struct logfiles *files; /* NULL if offline */
    struct accepted now;    /* the log's checkpoint, if online */
    bool has_now;           /* it is signed by the log … */
    bool now_good;          /* … and has its quorum, and is fresh */
    struct revocations revoked;
    struct index_check index;    /* of that log */
    struct receipt_check *check; /* of all receipts */
    struct seen_receipt *seen;   /* those to be held against each other */
    size_t seen_count;
    bool any_good;
    struct findings told;            /* about that checkpoint */
    json_t *receipts;                /* what is said of each, with --json */
    struct verified_answer *answers; /* of those that are none, in their order */
    size_t answers_n;
    struct buf evidence; /* of the first receipt that has any */
};

/* One receipt, while it is verified. */
struct verifying {
    struct verification *v;
    struct receipt_check *check;
    struct receipt receipt;
    struct accepted then;       /* its checkpoint */
    bool renewed;               /* it is good by the log's checkpoint of now */
    enum index_checked indexed; /* its entry in the log's index */
};

static enum outcome fetch_now(struct verification *v)
{
    if (v->args->log == NULL)
        return OUTCOME_PROVEN;
    v->files = logfiles_of_url(v->args->log, &v->trust.reader);
    v->revoked = (struct revocations){
        .client = log_client_new(&v->trust), .asked = true, .unproven = NO_ENTRY, .bad = NO_ENTRY
    };
    if (v->files == NULL || v->revoked.client == NULL)
        return OUTCOME_UNDECIDED;
    logfiles_keep(v->files);
    v->has_now = accepted_fetch(&v->now, &v->trust, v->files, &v->told) == VERDICT_GOOD;
    if (v->has_now)
        log_client_expect_origin(v->revoked.client, v->now.cp.checkpoint.origin);
    v->index = (struct index_check){ .trust = &v->trust, .files = v->files, .now = &v->now };
    v->now_good = v->has_now && findings_verdict(&v->told) == VERDICT_GOOD;
    findings_print(&v->told, stderr);
    return outcome_of_verdict(findings_verdict(&v->told));
}

/* ---- against the log of now ------------------------------------------------------------------ */

#define OF_RECEIPT 0 /* its place among what is held together */

static void take_contradiction(void *ctx, const struct contradiction *c)
{
    struct verifying *x = ctx;
    struct finding f = {
        .verdict = c->verdict, .why = c->why, .entry = c->entry, .related = NO_ENTRY
    };
    if (x->v->evidence.n == 0)
        contradiction_evidence(&x->v->evidence, c);
    if (c->a == OF_RECEIPT && c->b == OF_RECEIPT)
        return; /* its own link: told of when it was judged */
    if (c->kind == CONTRADICTION_REVOKED)
        f.related = c->in_a->index;
    findings_add(&x->check->findings, &f);
    if (x->v->evidence.n == 0 &&
        (c->kind == CONTRADICTION_FROZEN || c->kind == CONTRADICTION_REVOKED))
        prove_bad_entry(&x->v->evidence, &x->v->trust, x->v->files, &x->v->now, &f);
}

/* What the log shows where the receipt says something, too: the entries behind those that it
 * carries, whose links name them; these themselves, where the log is shorter now and nothing
 * else proves them; and the first behind the receipt's tree and the last of all, for the clocks.
 * Returns false if any of it failed. */
static bool fetch_said(struct verifying *x, struct log_said *said)
{
    const struct accepted *now = &x->v->now;
    uint64_t size = now->cp.checkpoint.size, then = x->then.cp.checkpoint.size;
    struct findings *f = &x->check->findings;
    bool all = log_said_add(said, x->v->files, now, then, f) &&
               log_said_add(said, x->v->files, now, size - 1, f);
    for (size_t i = 0; all && i < x->receipt.entries; i++) {
        uint64_t index = x->receipt.entry[i].index;
        if (said->entries + 3 > ENTRIES_SHOWN_MAX)
            break; /* of a very long chain of registrars the nearest are enough */
        all = log_said_add(said, x->v->files, now, index + 1, f) &&
              (size >= then || (log_said_add(said, x->v->files, now, index, f) &&
                                log_said_add(said, x->v->files, now, index - 1, f)));
    }
    return all;
}

static bool compare_with_said(struct verifying *x)
{
    struct log_said shown = { .entries = 0 };
    struct proven_entry list[ENTRIES_SHOWN_MAX];
    struct accepted bare;
    const struct accepted *now = &x->v->now;
    int64_t skew = x->check->report.skew;
    bool all = fetch_said(x, &shown);
    const struct shown_tree said[] = {
        /* OF_RECEIPT first */
        { &x->then.cp, x->receipt.checkpoint, x->receipt.entry, x->receipt.entries, skew,
          receipt_kind(&x->check->report) },
        { &now->cp, buf_span(&now->note), NULL, 0, skew, KIND_NONE },
        log_said_statement(&shown, accepted_bare(&bare, now), list, skew),
    };
    if (contradictions_find(x->v->trust.policy, said, 3, take_contradiction, x) != 0)
        lost(ENOMEM);
    log_said_free(&shown);
    return all;
}

static enum verdict prove_log_extends(struct verifying *x)
{
    struct buf evidence = { 0 };
    enum verdict verdict = prove_extends(&x->v->trust, &x->then, &x->v->now, x->v->files,
                                         &x->check->findings, &evidence);
    if (x->v->evidence.n == 0)
        buf_add_span(&x->v->evidence, buf_span(&evidence));
    buf_free(&evidence);
    return verdict;
}

/* Whether the log still extends the tree that the receipt is from, and nothing in it contradicts
 * the receipt: good only if that was proven. A log that is shorter or as long may still
 * contradict it; of a longer one a consistency proof says more. */
static enum verdict compare_with_log(struct verifying *x)
{
    const struct checkpoint *now = &x->v->now.cp.checkpoint, *then = &x->then.cp.checkpoint;
    bool longer = now->size > then->size;
    bool all = longer || !span_eq(now->origin, then->origin) || compare_with_said(x);
    if (x->check->findings.bad)
        return VERDICT_BAD;
    enum verdict verdict = prove_log_extends(x);
    if (verdict == VERDICT_GOOD && longer)
        all = compare_with_said(x);
    return verdict == VERDICT_GOOD && !all ? VERDICT_UNDECIDED : verdict;
}

/* A receipt may lack witnesses that the policy names now, or be older than --max-age: what
 * counts is then the same entry under the log's checkpoint of now, which extends the receipt's. */
static void renew(struct verifying *x)
{
    static const enum reason mended[] = { REASON_QUORUM, REASON_OLD_COSIGNATURE };
    struct findings left = { 0 };
    struct proven p;
    struct refusal why;
    const struct checkpoint *now = &x->v->now.cp.checkpoint;
    struct receipt_check *c = x->check;
    for (size_t i = 0; i < c->findings.kept; i++)
        findings_add(&left, &c->findings.list[i]);
    findings_forget(&left, mended, sizeof mended / sizeof *mended);
    bool alone = left.total == 0 && c->findings.total > 0;
    findings_free(&left);
    if (!alone || !x->v->now_good)
        return;
    enum verdict v = prove_entry(&p, x->v->files, now->size, &now->root, c->report.index, &why);
    x->renewed = v == VERDICT_GOOD && hash_eq(&p.leaf, &c->report.leaf);
    proven_free(&p);
    if (x->renewed) {
        findings_forget(&c->findings, mended, sizeof mended / sizeof *mended);
        say(TR("%s: its own checkpoint is short of what the policy asks for; proven again under "
               "the log's checkpoint of %" PRIu64 " entries",
               "%s: a su propio punto de control le falta lo que pide la política; probado de "
               "nuevo bajo "
               "el punto de control de %" PRIu64 " asientos"),
            c->path, now->size);
    } else if (v != VERDICT_GOOD) {
        findings_tell(&c->findings, v, &why);
    }
}

/* ---- revocations ----------------------------------------------------------------------------- */

/* That it was signed after its key was revoked convicts the log; the chain of both is fetched
 * and judged. */
static enum verdict convict(struct verifying *x, const struct finding *f)
{
    struct buf evidence = { 0 };
    prove_bad_entry(&evidence, &x->v->trust, x->v->files, &x->v->now, f);
    bool proven = evidence.n > 0;
    if (proven && x->v->evidence.n == 0)
        buf_add_span(&x->v->evidence, buf_span(&evidence));
    buf_free(&evidence);
    return proven ? VERDICT_BAD : VERDICT_UNDECIDED;
}

static void look_at_revocations(struct verifying *x)
{
    struct revocations *asked = &x->v->revoked;
    revocations_ask(asked, &x->receipt);
    if (asked->unproven != NO_ENTRY) {
        char path[48];
        struct refusal why;
        snprintf(path, sizeof path, "v1/receipts/%" PRIu64, asked->unproven);
        refuse(&why, REASON_UNREADABLE, path);
        findings_tell(&x->check->findings, VERDICT_UNDECIDED, &why);
    }
    for (size_t i = 0; i < asked->count; i++) {
        const struct revocation *r = &asked->list[i];
        struct finding f = { .verdict = VERDICT_UNDECIDED,
                             .entry = r->signed_entry,
                             .related = r->entry };
        enum revoked meaning = revoked_meaning(r);
        revocation_say(r);
        if (meaning == REVOKED_LATER)
            continue;
        refuse_number(&f.why,
                      meaning == REVOKED_BEFORE ? REASON_REVOKED_BEFORE : REASON_COMPROMISED,
                      r->entry);
        if (meaning == REVOKED_BEFORE)
            f.verdict = convict(x, &f);
        findings_add(&x->check->findings, &f);
    }
}

/* ---- one receipt ----------------------------------------------------------------------------- */

static enum verdict ask_log(struct verifying *x)
{
    struct findings told = { 0 };
    enum verdict verdict = VERDICT_UNDECIDED;
    receipt_open_proven(&x->receipt, buf_span(&x->check->text), &x->check->report);
    buf_add_span(&x->then.note, x->receipt.checkpoint);
    if (accepted_open(&x->then, &x->v->trust, &told) == VERDICT_GOOD)
        verdict = compare_with_log(x);
    if (verdict == VERDICT_GOOD && x->check->report.verdict != VERDICT_BAD) {
        renew(x);
        look_at_revocations(x);
        if (x->v->now_good)
            x->indexed = index_check_receipt(&x->v->index, x->check, &x->v->evidence);
    }
    findings_free(&told);
    return verdict;
}

/* One that is bad by itself may still contradict the log: what is wrong with it is no part of
 * that, and stands first. */
static void ask_log_of_bad(struct verifying *x)
{
    struct findings *f = &x->check->findings, own = *f, of_log;
    *f = (struct findings){ 0 };
    ask_log(x);
    of_log = *f;
    *f = own;
    for (size_t i = 0; i < of_log.kept; i++)
        findings_add(f, &of_log.list[i]);
    findings_free(&of_log);
}

static void print(struct verifying *x, enum verdict verdict)
{
    const struct receipt_check *c = x->check;
    const struct receipt_report *r = &c->report;
    char index[24] = "-";
    if (r->index != NO_ENTRY)
        snprintf(index, sizeof index, "%" PRIu64, r->index);
    findings_print(&c->findings, stderr);
    if (!x->v->args->json) {
        bool spanish = language_get() == LANGUAGE_ES;
        terminal_print(stdout, "%s ", c->path);
        print_verdict(stdout, verdict, spanish ? verdict_word(verdict) : verdict_name(verdict));
        terminal_print(stdout, " %s %s %s %" PRIu64 "\n", index,
                       spanish ? label_kind(r->kind) : kind_name(r->kind),
                       r->signer[0] != 0 ? r->signer : "-", r->size);
        return;
    }
    json_t *o = receipt_check_json(c, &x->v->trust, verdict);
    if (x->v->args->log != NULL) {
        const struct checkpoint *now = &x->v->now.cp.checkpoint;
        json_put(o, "renewed",
                 x->renewed ? json_made(json_pack("{s:I,s:o}", "size", (json_int_t)now->size,
                                                  "root", json_of_hash(&now->root)))
                            : json_null());
        json_put(o, "revocations", revocations_json(&x->v->revoked));
        json_put(o, "indexed", index_checked_json(x->indexed));
    }
    json_push(x->v->receipts, o);
}

/* An answer, in a file or, of a pipe, in memory. */
static enum outcome verify_answer_file(struct verification *v, const char *path, struct span text)
{
    struct verified_answer *a = &v->answers[v->answers_n++];
    const struct log_now log = { v->files, &v->now, v->has_now, v->now_good };
    enum outcome outcome = verify_answer(a, &v->trust, path, text, &log);
    if (a->check.note.n > 0)
        v->seen[v->seen_count++] = (struct seen_receipt){ .path = path,
                                                          .text = buf_span(&a->check.note),
                                                          .cp = &a->check.cp };
    if (v->evidence.n == 0)
        buf_add_span(&v->evidence, buf_span(&a->check.evidence));
    verified_answer_print(a, v->args->json);
    return outcome;
}

static enum outcome verify_file(struct verification *v, const char *path, struct receipt_check *c)
{
    struct verifying x = { .v = v, .check = c, .indexed = INDEX_NOT_YET };
    enum verdict log_verdict = v->args->log == NULL ? VERDICT_GOOD : VERDICT_UNDECIDED;
    if (answer_file_begins(path))
        return verify_answer_file(v, path, span_of(NULL, 0));
    v->revoked.count = 0;
    receipt_check(c, &v->trust, path);
    if (c->form == FORM_ANSWER)
        return verify_answer_file(v, path, buf_span(&c->text));
    if (c->form == FORM_PRESENTATION)
        say(TR("%s is a presentation: the gate takes it", "%s es una presentación: va a la puerta"),
            path);
    if (v->has_now && c->report.size > 0 && c->report.verdict == VERDICT_BAD)
        ask_log_of_bad(&x);
    else if (v->has_now && c->report.size > 0)
        log_verdict = ask_log(&x);
    enum verdict verdict = findings_verdict(&c->findings);
    if (verdict == VERDICT_GOOD)
        verdict = v->args->log != NULL && !v->now_good ? VERDICT_UNDECIDED : log_verdict;
    if (c->report.size > 0)
        v->seen[v->seen_count++] =
            (struct seen_receipt){ path, buf_span(&c->text), &c->report, 0, NULL };
    v->any_good = v->any_good || verdict == VERDICT_GOOD;
    print(&x, verdict);
    accepted_free(&x.then);
    receipt_free(&x.receipt);
    return outcome_of_verdict(verdict);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static enum outcome compare_receipts(struct verification *v)
{
    struct findings told = { 0 };
    enum outcome outcome =
        receipts_compare(&v->trust, v->seen, v->seen_count, &told, &v->evidence, NULL, NULL);
    verified_answers_compare(v->answers, v->answers_n, v->check, v->args->operands, &told);
    outcome = outcome_worse(outcome, outcome_of_verdict(findings_verdict(&told)));
    findings_print(&told, stderr);
    for (size_t i = 0; i < told.kept; i++)
        findings_add(&v->told, &told.list[i]);
    findings_free(&told);
    return outcome;
}

/* A log that answers by a receipt that is bad is convicted by it, whatever was asked. */
static enum outcome look_at_answers(struct verification *v)
{
    char path[48];
    struct refusal why;
    if (v->args->log == NULL || v->revoked.bad == NO_ENTRY)
        return OUTCOME_PROVEN;
    snprintf(path, sizeof path, "v1/receipts/%" PRIu64, v->revoked.bad);
    refuse(&why, REASON_RECEIPT_FORM, path);
    findings_tell(&v->told, VERDICT_BAD, &why);
    return OUTCOME_BAD;
}

static void say_verified_json(const struct verification *v, enum outcome outcome)
{
    if (!v->args->json || lost_any())
        return;
    enum verdict verdict = outcome == OUTCOME_PROVEN ? VERDICT_GOOD
                           : outcome == OUTCOME_BAD  ? VERDICT_BAD
                                                     : VERDICT_UNDECIDED;
    json_t *all = json_pack("{s:b,s:s,s:O,s:o}", "ok", verdict == VERDICT_GOOD, "verdict",
                            verdict_name(verdict), "receipts", v->receipts, "findings",
                            findings_json(&v->told));
    if (v->answers_n == 0) {
        say_json(all);
        return;
    }
    struct json_stream *out = json_stream_begin();
    json_stream_members(out, all);
    verified_answers_json(out, v->answers, v->answers_n);
    json_stream_end(out);
}

/* What good means, where something is good and nothing is bad. */
static void say_scope(const struct verification *v, enum outcome outcome)
{
    if (v->any_good && outcome != OUTCOME_BAD) {
        say(TR(
            "good says: signed by this key, enrolled for this role by this registrar, in the "
            "log under this checkpoint; not that it was unrevoked, complete or timely: for that, "
            "replay",
            "«bien» dice: firmado por esta clave, dada de alta para este papel por este "
            "registrador, en la bitácora bajo este punto de control; no que no estuviera revocada, "
            "ni "
            "completo, ni a tiempo: para eso, replay"));
        if (v->args->log != NULL)
            say(v->revoked.asked
                    ? TR("revocations are those that the log names when it is asked: it may leave "
                         "one out, a replay does not",
                         "las revocaciones son las que la bitácora nombra cuando se le pregunta: "
                         "puede callar una, un replay no")
                    : TR("whether a key was revoked could not be asked for there: a replay tells",
                         "allí no se pudo preguntar si una clave fue revocada: un replay lo dice"));
    }
    if (!v->trust.has_pin)
        say(TR("the genesis it rests on is taken on the operator's word: pin it with --genesis",
               "el génesis en que se apoya es el que dice quien opera: fíjelo con --genesis"));
    trust_say_limits(&v->trust);
}

static void close_all(struct verification *v)
{
    for (size_t i = 0; v->check != NULL && i < v->args->operands; i++)
        receipt_check_free(&v->check[i]);
    verified_answers_free(v->answers, v->answers_n);
    free(v->check);
    free(v->seen);
    json_decref(v->receipts);
    findings_free(&v->told);
    accepted_free(&v->now);
    buf_free(&v->evidence);
    logfiles_free(v->files);
    revocations_free(&v->revoked);
    trust_close(&v->trust);
}

static enum outcome verify_with_opening(const struct args *a)
{
    struct opening_options options = { .opening = a->opening, .json = a->json };
    if (!args_operands(a, 0, 1, TR("one receipt at most", "a lo sumo un recibo")))
        return OUTCOME_USAGE;
    if (a->log != NULL)
        return say_usage(TR("--opening is verified offline, without --log",
                            "--opening se verifica sin red, sin --log"));
    options.receipt = a->operands == 1 ? a->operand[0] : NULL;
    enum outcome outcome = trust_options_read(&options.trust, a);
    return outcome == OUTCOME_PROVEN ? verify_opening(&options) : outcome;
}

static enum outcome verify_all(struct verification *v)
{
    const struct args *a = v->args;
    enum outcome outcome = fetch_now(v);
    if (lost_any()) /* the log cannot be asked; main() says why */
        return OUTCOME_UNDECIDED;
    for (size_t i = 0; i < a->operands; i++)
        outcome = outcome_worse(outcome, verify_file(v, a->operand[i], &v->check[i]));
    outcome = outcome_worse(outcome, compare_receipts(v));
    outcome = outcome_worse(outcome, look_at_answers(v));
    outcome = lost_outcome(outcome);
    say_verified_json(v, outcome);
    say_scope(v, outcome);
    return outcome_worse(outcome, trust_write_evidence(&v->trust, &v->evidence));
}

static enum outcome main_verify(const struct args *a)
{
    struct verification v = { .args = a };
    if (a->opening != NULL)
        return verify_with_opening(a);
    if (!args_operands(a, 1, SIZE_MAX, TR("one or more receipts", "uno o más recibos")))
        return OUTCOME_USAGE;
    enum outcome outcome = trust_open_to_read(&v.trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    v.receipts = json_list();
    v.check = kept(calloc(a->operands, sizeof *v.check));
    v.seen = kept(calloc(a->operands, sizeof *v.seen));
    v.answers = kept(calloc(a->operands, sizeof *v.answers));
    bool room = v.check != NULL && v.seen != NULL && v.answers != NULL;
    outcome = room ? verify_all(&v) : OUTCOME_UNDECIDED;
    close_all(&v);
    return outcome;
}

const struct command command_verify = {
    .name = "verify",
    .run = main_verify,
    .form = FORM_FETCHING "( log key passphrase-file- RECEIPT… | opening= [ RECEIPT ] )",
    .summary = { "verify receipts, and answers of `answer`, offline; with --log, that the log "
                 "still "
                 "extends them",
                 "verifica recibos, y respuestas de `answer`, sin red; con --log, que la bitácora "
                 "aún los extiende" },
};
