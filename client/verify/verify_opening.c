#include "client/verify/verify_opening.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/base/json_put.h"
#include "client/remote/receipt_check.h"
#include "client/show/label.h"
#include "proto/base/when.h"
#include "proto/sys/files.h"
#include "proto/verify/disclosure.h"

/* One verification. */
struct opening_check {
    const struct opening_options *options;
    struct trust trust;
    struct disclosure d;
    struct disclosure_report report;
    struct receipt_check held; /* the receipt that somebody holds, if it is given */
    struct findings findings;
    struct buf evidence;
};

#define HELD 2 /* the number of that one in a comparison */

/* What the disclosure's own two receipts say of each other was told when it was judged. */
static void held_disagrees(void *ctx, size_t a, size_t b, const struct finding *f)
{
    struct opening_check *c = ctx;
    if (a == HELD || b == HELD)
        findings_add(&c->findings, f);
}

static void compare_receipts_shown(struct opening_check *c)
{
    const struct receipt_report *all[] = { &c->report.receipt, &c->report.to, &c->held.report };
    const struct span text[] = { c->d.receipt, c->d.to, buf_span(&c->held.text) };
    struct seen_receipt seen[3];
    struct findings told = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < 3; i++)
        if (all[i]->size > 0)
            seen[n++] =
                (struct seen_receipt){ i == HELD ? c->options->receipt : c->options->opening,
                                       text[i], all[i], i, NULL };
    receipts_compare(&c->trust, seen, n, &told, &c->evidence, held_disagrees, c);
    findings_free(&told);
}

/* The receipt that somebody holds must be good, and of the very entry that is disclosed. */
static void look_at_held(struct opening_check *c)
{
    struct refusal why;
    const struct receipt_report *shown = &c->report.receipt, *held = &c->held.report;
    receipt_check(&c->held, &c->trust, c->options->receipt);
    for (size_t i = 0; i < c->held.findings.kept; i++)
        findings_add(&c->findings, &c->held.findings.list[i]);
    if (c->held.findings.bad || held->size == 0 || shown->size == 0)
        return;
    if (held->index != shown->index || !hash_eq(&held->leaf, &shown->leaf) ||
        !span_eq(held->cp.checkpoint.origin, shown->cp.checkpoint.origin)) {
        refuse(&why, REASON_OPENING_OTHER, c->options->receipt);
        findings_tell(&c->findings, VERDICT_BAD, &why);
    }
}

static void report_words(const struct disclosure_report *r, enum verdict verdict)
{
    char value[2 * VALUE_MAX], when[WHEN_TEXT + 1] = "";
    printable_copy(value, sizeof value, span_str(r->value == NULL ? "" : r->value));
    if (verdict == VERDICT_BAD || r->receipt.size == 0 || r->receipt.kind == KIND_NONE) {
        printf(TR("%s: this does not show whom an entry concerns\n",
                  "%s: esto no muestra a quién se refiere un asiento\n"),
               verdict_word(verdict));
        return;
    }
    when_format(when, r->receipt.accepted);
    terminal_print(
        stdout,
        TR("%s: entry %" PRIu64 ", a %s signed by %s and accepted at %s, names in `%s`: %s %s\n",
           "%s: el asiento %" PRIu64 ", %s que firmó %s y fue aceptado el %s, nombra en `%s`: "
           "%s %s\n"),
        verdict_word(verdict), r->receipt.index,
        language_get() == LANGUAGE_ES ? label_kind(r->receipt.kind) : kind_name(r->receipt.kind),
        r->receipt.signer, when, r->member, r->type, value);
    if (!r->sealed_judged)
        puts(TR("that the sealed blob says the same is not shown by this file",
                "que el blob sellado dice lo mismo no lo muestra este archivo"));
}

static void say_disclosure_json(const struct disclosure_report *r, enum verdict verdict,
                                const struct findings *f)
{
    bool known = r->receipt.kind != KIND_NONE;
    char when[WHEN_TEXT + 1] = "";
    if (known)
        when_format(when, r->receipt.accepted);
    say_json(json_pack("{s:b,s:s,s:o,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:o}", "ok",
                       verdict == VERDICT_GOOD, "verdict", verdict_name(verdict), "index",
                       json_of_index(r->receipt.index), "kind", kind_name(r->receipt.kind),
                       "signer", known ? r->receipt.signer : "-", "accepted", when, "member",
                       r->member == NULL ? "" : r->member, "type", r->type == NULL ? "" : r->type,
                       "value", r->value == NULL ? "" : r->value, "sealed", r->sealed_judged,
                       "findings", findings_json(f)));
}

static enum verdict judge(struct opening_check *c, struct span text)
{
    struct refusal why;
    c->report.receipt.index = NO_ENTRY;
    if (disclosure_parse(&c->d, text, &why) != 0) {
        findings_tell(&c->findings, verdict_of_file(why.reason), &why);
        return findings_verdict(&c->findings);
    }
    disclosure_judge(&c->report, &c->d, c->trust.policy, trust_pin(&c->trust), findings_add,
                     &c->findings);
    if (c->report.receipt.size > 0 && c->report.receipt.quorum &&
        !trust_fresh(&c->trust, &c->report.receipt.cp, &why))
        findings_tell(&c->findings, VERDICT_UNDECIDED, &why);
    if (c->options->receipt != NULL)
        look_at_held(c);
    compare_receipts_shown(c);
    enum verdict verdict = findings_verdict(&c->findings);
    if (verdict == VERDICT_GOOD && c->report.verdict != VERDICT_GOOD)
        verdict = VERDICT_UNDECIDED; /* cannot be: whatever is wrong was told */
    return verdict;
}

static enum outcome verify(struct opening_check *c, struct span text)
{
    enum verdict verdict = judge(c, text);
    findings_print(&c->findings, stderr);
    if (c->options->json)
        say_disclosure_json(&c->report, verdict, &c->findings);
    else
        report_words(&c->report, verdict);
    enum outcome outcome = outcome_of_verdict(verdict);
    outcome = outcome_worse(outcome, trust_write_evidence(&c->trust, &c->evidence));
    disclosure_free(&c->d);
    receipt_check_free(&c->held);
    findings_free(&c->findings);
    buf_free(&c->evidence);
    return outcome;
}

enum outcome verify_opening(const struct opening_options *options)
{
    struct opening_check c = { .options = options };
    struct buf text = { 0 };
    enum outcome outcome = trust_open(&c.trust, &options->trust, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    enum file read = file_read(&text, options->opening, DISCLOSURE_MAX);
    if (read == FILE_OK)
        outcome = verify(&c, buf_span(&text));
    else
        outcome = say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"),
                                options->opening, file_cause(read));
    trust_say_limits(&c.trust);
    trust_close(&c.trust);
    buf_free(&text);
    return outcome;
}
