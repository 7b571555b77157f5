/* bitacora show: one entry in words, with its proof: from a log or a mirror that is replayed, from
 * their files by the entry's own proof (--quick), or from a receipt. */
#include <errno.h>
#include <inttypes.h>

#include "client/audit/rulesets.h"
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/entries/entry_receipt.h"
#include "client/entries/entry_view.h"
#include "client/remote/revoked.h"
#include "client/remote/trust_options.h"
#include "client/replay/replay_options.h"
#include "client/show/wrapped.h"
#include "proto/base/scan.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

/* ---- what is shown --------------------------------------------------------------------------- */

static void print_view(const struct entry_view *v, bool json)
{
    if (lost_any()) /* lost_outcome() says so */
        return;
    if (json) {
        findings_print(v->found, stderr);
        say_json(entry_view_json(v));
        return;
    }
    struct sheet s = { 0 };
    entry_view_sheet(&s, v);
    if (!lost_any())
        sheet_print(&s, stdout);
    sheet_free(&s);
}

/* The entry's receipt, for others, if all is proven. */
static enum outcome write_receipt(const struct entry_view *v, const char *path,
                                  enum outcome outcome)
{
    if (path == NULL || outcome != OUTCOME_PROVEN || !v->has_receipt)
        return outcome;
    if (file_create(path, buf_span(&v->receipt.list[0].check.text), 0644) == 0)
        return outcome;
    return say_undecided(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
                         errno_words(errno));
}

static enum outcome finish_view(const struct entry_view *v, const struct args *a,
                                enum outcome outcome)
{
    outcome = lost_outcome(outcome);
    print_view(v, a->json);
    return write_receipt(v, a->out, outcome);
}

/* Says that the log ends before it: that may be so of the log, or of this copy of it alone. */
static void say_beyond(uint64_t entry, uint64_t size)
{
    say(TR("there is no entry %" PRIu64 " here: the checkpoint that was read is of %" PRIu64
           " entries, 0 to %" PRIu64,
           "aquí no hay asiento %" PRIu64 ": el punto de control que se leyó es de %" PRIu64
           " asientos, del 0 al %" PRIu64),
        entry, size, size - 1);
}

/* ---- by a replay ----------------------------------------------------------------------------- */

static enum verdict fetch_replayed(void *ctx, uint64_t index, struct proven *out)
{
    return replaying_entry(ctx, index, out);
}

/* Who held a key that was revoked as compromised, when it signed the entry or one of the enrolments
 * that it rests on: nobody can tell, as `verify --log` says, too. */
static void doubt_keys(struct replaying *r, const struct shown_receipt *x)
{
    for (size_t i = 0; x->facts && i + 1 < x->receipt.entries; i++) {
        const struct receipt_link *l = &x->link[i];
        uint32_t number = 0;
        const struct enrolment *e =
            registry_find(judge_registry(r->judge), l->record.signer, l->record.key_id, &number);
        if (e == NULL || e->revoked == NO_ENTRY)
            continue;
        struct revocation revoked = { .signed_entry = l->entry.index,
                                      .signed_at = l->entry.accepted,
                                      .entry = e->revoked,
                                      .has_since = e->since != INT64_MAX,
                                      .since = e->since };
        snprintf(revoked.reason, sizeof revoked.reason, "%.31s", e->reason);
        if (revoked_meaning(&revoked) != REVOKED_IN_DOUBT)
            continue;
        struct finding f = { .verdict = VERDICT_UNDECIDED,
                             .entry = l->entry.index,
                             .related = e->revoked };
        refuse_number(&f.why, REASON_COMPROMISED, e->revoked);
        findings_add(&r->findings, &f);
    }
}

static bool is_in_log(const struct replaying *r, const struct entry_look *l)
{
    uint64_t size = r->accepted.cp.checkpoint.size;
    if (r->replayed && l->entry >= size)
        say_beyond(l->entry, size);
    return replaying_proven(r) && l->seen;
}

static enum outcome show_replayed(struct replaying *r, struct entry_look *l, const struct args *a)
{
    struct buf text = { 0 };
    struct finding f; /* told by the replay */
    struct entry_view v = { .entry = l->entry, .from = a->dir != NULL ? a->dir : r->trust.url };
    enum outcome outcome = replaying_run(r, entry_look_at, l);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    bool shown = is_in_log(r, l);
    if (shown && !a->json)
        rulesets_assume_of(r);
    v.receipt.trust = r->trust; /* which r closes */
    v.receipt.now = clock_wall();
    if (shown &&
        entry_receipt_make(&text, l->entry, buf_span(&r->accepted.note), fetch_replayed, r, &f)) {
        v.has_receipt = true;
        outcome = receipt_show_judge_text(&v.receipt, v.from, &text);
        if (v.receipt.count == 1)
            doubt_keys(r, &v.receipt.list[0]);
    }
    outcome = outcome_worse(outcome, replaying_conclude(r));
    if (!shown)
        outcome = outcome_worse(outcome, OUTCOME_UNDECIDED);
    v.look = shown ? l : NULL;
    v.found = &r->findings;
    v.verdict = outcome == OUTCOME_PROVEN ? VERDICT_GOOD
                : outcome == OUTCOME_BAD  ? VERDICT_BAD
                                          : VERDICT_UNDECIDED;
    outcome = finish_view(&v, a, outcome);
    receipt_show_close(&v.receipt);
    buf_free(&text);
    return outcome;
}

static enum outcome show_by_replay(const struct args *a, uint64_t entry)
{
    enum outcome outcome;
    struct entry_look look;
    struct replaying *r = replaying_open_args(a, &outcome);
    if (r == NULL)
        return outcome;
    entry_look_open(&look, r, entry);
    outcome = show_replayed(r, &look, a);
    entry_look_close(&look);
    return replaying_close(r, outcome);
}

/* ---- by its own proof ------------------------------------------------------------------------ */

struct quick_look {
    uint64_t entry;
    const struct trust *trust;
    struct logfiles *files;
    struct accepted accepted;
    struct findings findings;
};

static enum verdict fetch_quick(void *ctx, uint64_t index, struct proven *out)
{
    struct quick_look *q = ctx;
    struct finding f = { .entry = index, .related = NO_ENTRY };
    const struct checkpoint *cp = &q->accepted.cp.checkpoint;
    f.verdict = prove_entry(out, q->files, cp->size, &cp->root, index, &f.why);
    if (f.verdict != VERDICT_GOOD)
        findings_add(&q->findings, &f);
    return f.verdict;
}

/* Makes the receipt. What is wrong is told, but what the receipt itself will say. */
static bool make_quick(struct quick_look *q, struct buf *text)
{
    struct findings told = { 0 };
    struct finding f;
    if (accepted_fetch(&q->accepted, q->trust, q->files, &told) != VERDICT_GOOD) {
        for (size_t i = 0; i < told.kept; i++)
            findings_add(&q->findings, &told.list[i]);
        findings_free(&told);
        return false;
    }
    findings_free(&told); /* a quorum that is missing: the receipt lacks it, too */
    uint64_t size = q->accepted.cp.checkpoint.size;
    if (q->entry >= size) {
        say_beyond(q->entry, size);
        return false;
    }
    if (entry_receipt_make(text, q->entry, buf_span(&q->accepted.note), fetch_quick, q, &f))
        return true;
    if (f.verdict != VERDICT_GOOD) {
        findings_add(&q->findings, &f);
        say(TR("what stands there is shown without --quick",
               "lo que está ahí se muestra sin --quick"));
    }
    return false;
}

static enum outcome show_quick(struct quick_look *q, struct entry_view *v, const struct args *a)
{
    struct buf text = { 0 };
    v->found = &q->findings;
    v->verdict = VERDICT_UNDECIDED;
    if (make_quick(q, &text)) {
        v->has_receipt = true;
        receipt_show_judge_text(&v->receipt, v->from, &text);
        v->verdict = v->receipt.count == 1 ? v->receipt.list[0].verdict : VERDICT_UNDECIDED;
        v->found = v->receipt.count == 1 ? &v->receipt.list[0].check.findings : v->found;
        v->has_receipt = v->receipt.count == 1;
    } else if (findings_verdict(v->found) == VERDICT_BAD) {
        v->verdict = VERDICT_BAD;
    }
    buf_free(&text);
    return finish_view(v, a, outcome_of_verdict(v->verdict));
}

static enum outcome show_by_proof(const struct args *a, uint64_t entry)
{
    struct entry_view v = { .entry = entry, .receipt.now = clock_wall() };
    struct trust *t = &v.receipt.trust;
    struct quick_look q = { .entry = entry, .trust = t };
    enum outcome outcome = trust_open_to_read(t, a, true);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    v.from = a->dir != NULL ? a->dir : t->url;
    if (v.from == NULL) {
        outcome =
            say_usage(TR("where is the log? The policy names no URL: use --log or --dir",
                         "¿dónde está la bitácora? La política no da URL: use --log o --dir"));
    } else {
        q.files = a->dir != NULL ? logfiles_of_dir(a->dir) : logfiles_of_url(t->url, &t->reader);
        outcome = q.files == NULL ? OUTCOME_UNDECIDED : show_quick(&q, &v, a);
        trust_say_limits(t);
    }
    receipt_show_close(&v.receipt);
    logfiles_free(q.files);
    accepted_free(&q.accepted);
    findings_free(&q.findings);
    trust_close(t);
    return outcome;
}

/* ---- by a receipt ---------------------------------------------------------------------------- */

static enum outcome show_receipt(const struct args *a)
{
    struct entry_view v = { .entry = NO_ENTRY, .from = a->operand[0], .receipt.now = clock_wall() };
    if (a->log != NULL || a->dir != NULL || a->quick || a->out != NULL)
        return say_usage(TR("a receipt is judged by itself: no --log, --dir, --quick or --out",
                            "un recibo se juzga por sí mismo: sin --log, --dir, --quick ni --out"));
    enum outcome outcome = trust_open_args(&v.receipt.trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = receipt_show_judge(&v.receipt, a->operand, 1);
    v.has_receipt = v.receipt.list != NULL && v.receipt.count == 1;
    if (v.has_receipt) {
        const struct receipt_check *c = &v.receipt.list[0].check;
        v.verdict = v.receipt.list[0].verdict;
        v.found = &c->findings;
        v.entry = c->report.index;
        outcome = finish_view(&v, a, outcome);
        trust_say_limits(&v.receipt.trust);
    }
    receipt_show_close(&v.receipt);
    trust_close(&v.receipt.trust);
    return outcome;
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
    return text[strspn(text, "0123456789")] == 0;
}

static enum outcome main_show(const struct args *a)
{
    uint64_t entry;
    if (!args_operands(a, 1, 1,
                       TR("the index of an entry, or a receipt's file",
                          "el índice de un asiento, o el archivo de un recibo")))
        return OUTCOME_USAGE;
    if (!is_number(a->operand[0]))
        return show_receipt(a);
    if (decimal_parse(&entry, span_str(a->operand[0])) != 0)
        return say_usage(TR("%s is no index of an entry: they are 0, 1, 2 and so on, without "
                            "leading zeros",
                            "%s no es índice de un asiento: son 0, 1, 2 etc., sin ceros a la "
                            "izquierda"),
                         a->operand[0]);
    return a->quick ? show_by_proof(a, entry) : show_by_replay(a, entry);
}

static const struct form_option show_options[] = {
    FORM_OWN("quick", NULL, NULL,
             "reads this entry and its signer's enrolments alone: no revocation, no later entry",
             "lee solo este asiento y las altas de quien lo firma: ni revocaciones ni asientos "
             "posteriores"),
    FORM_OWN("out", "FILE", "ARCHIVO",
             "a file to keep the entry's receipt in; it may not be there yet",
             "un archivo en que guardar el recibo del asiento; no debe existir aún"),
    FORM_END,
};

const struct command command_show = {
    .name = "show",
    .run = main_show,
    .form = FORM_FETCHING FORM_ZONE
    "[ log= | dir= ] key passphrase-file- quick out ( ENTRY | RECEIPT )",
    .own = show_options,
    .summary = { "one entry in words, with its proof: replays the log, or judges a receipt",
                 "un asiento en palabras, con su prueba: verifica toda la bitácora, o juzga un "
                 "recibo" },
};
