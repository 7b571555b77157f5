#include "client/verify_opening.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/files.h"
#include "client/findings.h"
#include "client/trust.h"
#include "proto/disclosure.h"
#include "proto/when.h"

/* The receipt that somebody holds must be good, and of the very entry that is disclosed. */
static void compare_receipt(const struct trust *t, const char *path,
                            const struct disclosure_report *report, struct findings *f)
{
    struct buf text = { 0 };
    struct receipt_report held;
    struct refusal why;
    enum file read = file_read(&text, path, RECEIPT_MAX);
    if (read != FILE_OK) {
        refuse(&why, read == FILE_MISSING ? REASON_MISSING : REASON_UNREADABLE, path);
        findings_tell(f, VERDICT_UNDECIDED, &why);
    } else if (receipt_judge(&held, t->policy, buf_span(&text), trust_pin(t), findings_add, f) !=
                   VERDICT_BAD &&
               (held.index != report->receipt.index ||
                !hash_eq(&held.leaf, &report->receipt.leaf))) {
        refuse(&why, REASON_OPENING_OTHER, path);
        findings_tell(f, VERDICT_BAD, &why);
    }
    buf_free(&text);
}

static void report_words(const struct disclosure_report *r, enum verdict verdict)
{
    char value[2 * VALUE_MAX], when[WHEN_TEXT + 1] = "";
    printable_copy(value, sizeof value, span_str(r->value == NULL ? "" : r->value));
    if (verdict == VERDICT_BAD || r->receipt.kind == KIND_NONE) {
        printf(TR("%s: this does not show whom an entry concerns\n",
                  "%s: esto no muestra a quién se refiere un asiento\n"),
               verdict_word(verdict));
        return;
    }
    when_format(when, r->receipt.accepted);
    utter(stdout, TR("%s: entry %" PRIu64 ", a %s signed by %s and accepted at %s, names in `%s`: %s %s\n",
             "%s: el asiento %" PRIu64 ", %s que firmó %s y fue aceptado el %s, nombra en `%s`: "
             "%s %s\n"),
          verdict_word(verdict), r->receipt.index, kind_name(r->receipt.kind), r->receipt.signer,
          when, r->member, r->type, value);
    if (!r->sealed_judged)
        puts(TR("that the sealed blob says the same is not shown by this file",
                "que el blob sellado dice lo mismo no lo muestra este archivo"));
}

static void report_json(const struct disclosure_report *r, enum verdict verdict,
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

static enum verdict judge(const struct args *a, const struct trust *t, struct span text)
{
    struct disclosure d;
    struct disclosure_report report = { .receipt = { .index = NO_ENTRY } };
    struct refusal why;
    struct findings f = { 0 };
    bool parsed = disclosure_parse(&d, text, &why) == 0;
    if (!parsed) {
        findings_tell(&f, why.reason == REASON_MEMORY ? VERDICT_UNDECIDED : VERDICT_BAD, &why);
    } else {
        disclosure_judge(&report, &d, t->policy, trust_pin(t), findings_add, &f);
        if (report.receipt.size > 0 && report.receipt.quorum &&
            !trust_fresh(t, &report.receipt.cp, &why))
            findings_tell(&f, VERDICT_UNDECIDED, &why);
        if (a->operands == 1)
            compare_receipt(t, a->operand[0], &report, &f);
    }
    enum verdict verdict = findings_verdict(&f);
    if (verdict == VERDICT_GOOD && report.verdict != VERDICT_GOOD)
        verdict = VERDICT_UNDECIDED; /* cannot be: whatever is wrong was told */
    findings_print(&f, stderr);
    if (a->json)
        report_json(&report, verdict, &f);
    else
        report_words(&report, verdict);
    findings_free(&f);
    if (parsed)
        disclosure_free(&d);
    return verdict;
}

enum outcome verify_opening(const struct args *a)
{
    struct trust trust;
    struct buf text = { 0 };
    if (!args_operands(a, 0, 1, TR("one receipt at most", "a lo sumo un recibo")))
        return OUTCOME_USAGE;
    if (a->log != NULL)
        return say_usage(TR("--opening is verified offline, without --log",
                            "--opening se verifica sin red, sin --log"));
    enum outcome outcome = trust_open(&trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    enum file read = file_read(&text, a->opening, DISCLOSURE_MAX);
    if (read == FILE_OK)
        outcome = outcome_of_verdict(judge(a, &trust, buf_span(&text)));
    else
        outcome = say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"),
                                a->opening, file_cause(read));
    trust_say_limits(&trust);
    trust_close(&trust);
    buf_free(&text);
    return outcome;
}
