/* bitacora verify-evidence: does this file prove what it says? With nothing but the policy. */
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/remote/trust_options.h"
#include "proto/sys/files.h"
#include "proto/verify/evidence.h"

static void print(const struct args *a, const struct evidence_report *r, bool proves)
{
    struct buf sentence = { 0 };
    refusal_sentence(&sentence, &r->finding.why, language_get());
    if (a->json) {
        say_json(json_pack("{s:b,s:s,s:s,s:o,s:s}", "proves", proves, "claim", r->claim, "code",
                           reason_code(r->finding.why.reason), "entry",
                           json_of_index(r->finding.entry), "detail", buf_str(&sentence)));
    } else {
        terminal_print(stdout, "%s: %s",
                       proves ? TR("proven", "probado") : TR("not proven", "no probado"),
                       buf_str(&sentence));
        if (r->finding.entry != NO_ENTRY)
            printf(TR(" (entry %llu)", " (asiento %llu)"), (unsigned long long)r->finding.entry);
        putchar('\n');
    }
    buf_free(&sentence);
}

static enum outcome main_verify_evidence(const struct args *a)
{
    struct trust trust;
    struct buf text = { 0 };
    struct evidence_report report;
    if (!args_operands(a, 1, 1, TR("one evidence file", "un archivo de evidencia")))
        return OUTCOME_USAGE;
    enum outcome outcome = trust_open_args(&trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    enum file read = file_read(&text, a->operand[0], EVIDENCE_MAX);
    if (read != FILE_OK) {
        outcome = say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"),
                                a->operand[0], file_cause(read));
    } else {
        bool proves =
            evidence_judge(&report, trust.policy, buf_span(&text), trust_pin(&trust)) == 0;
        print(a, &report, proves);
        outcome = proves ? OUTCOME_PROVEN
                         : outcome_of_verdict(verdict_of_file(report.finding.why.reason));
    }
    buf_free(&text);
    trust_close(&trust);
    return outcome;
}

const struct command command_verify_evidence = {
    .name = "verify-evidence",
    .run = main_verify_evidence,
    .form = FORM_VERIFYING "FILE",
    .summary = { "does this file prove what it says?", "¿prueba este archivo lo que dice?" },
};
