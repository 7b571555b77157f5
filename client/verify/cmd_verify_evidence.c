/* bitacora verify-evidence: does this file prove what it says? With nothing but the policy. It asks
 * the library that others link, by its public header, as they do. */
#include <errno.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "client/remote/trust_options.h"
#include "proto/lib/bitacora.h"
#include "proto/sys/files.h"

static void print_evidence(bool json, const bitacora_evidence *e, bitacora_result result)
{
    char sentence[1024];
    bool proves = result == BITACORA_PROVEN;
    const bitacora_finding *f = bitacora_evidence_finding(e);
    uint64_t entry = bitacora_finding_entry(f);
    if (bitacora_finding_sentence(f, language_get() == LANGUAGE_ES ? "es" : "en", sentence,
                                  sizeof sentence) == 0) {
        lost(ENOMEM); /* no finding is without words */
        return;
    }
    if (!proves)
        trouble_found(result == BITACORA_BAD, bitacora_finding_code(f), sentence);
    if (json) {
        say_json(json_pack("{s:b,s:s,s:s,s:o,s:s}", "proves", proves, "claim",
                           bitacora_evidence_claim(e), "code", bitacora_finding_code(f), "entry",
                           json_of_index(entry), "detail", sentence));
        return;
    }
    terminal_print(stdout, "%s: %s",
                   proves ? TR("proven", "probado") : TR("not proven", "no probado"), sentence);
    if (entry != BITACORA_NO_ENTRY)
        printf(TR(" (entry %llu)", " (asiento %llu)"), (unsigned long long)entry);
    putchar('\n');
}

/* The policy again, as the library takes it: it was read and found good before. */
static bitacora_result take_policy(bitacora_context *ctx, const struct trust *t,
                                   bitacora_policy **out)
{
    return t->has_pin ? bitacora_policy_parse_pinned(ctx, t->text.p, t->text.n, t->pin.b, out)
                      : bitacora_policy_parse(ctx, t->text.p, t->text.n, out);
}

static enum outcome verify_evidence(const struct trust *t, struct span text, bool json)
{
    bitacora_context *ctx = NULL;
    bitacora_policy *policy = NULL;
    bitacora_evidence *e = NULL;
    bitacora_result result = bitacora_context_new(&ctx);
    if (result == BITACORA_PROVEN)
        result = take_policy(ctx, t, &policy);
    if (result == BITACORA_PROVEN)
        result = bitacora_evidence_verify(ctx, policy, text.p, text.n, &e);
    if (e != NULL)
        print_evidence(json, e, result);
    bitacora_evidence_free(e);
    bitacora_policy_free(policy);
    bitacora_context_free(ctx);
    if (result == BITACORA_MEMORY) {
        lost(ENOMEM);
        return OUTCOME_UNDECIDED;
    }
    return (enum outcome)result; /* 0, 1 and 3 mean the same to both */
}

static enum outcome main_verify_evidence(const struct args *a)
{
    struct trust trust;
    struct buf text = { 0 };
    if (!args_operands(a, 1, 1, TR("one evidence file", "un archivo de evidencia")))
        return OUTCOME_USAGE;
    enum outcome outcome = trust_open_args(&trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    enum file read = file_read(&text, a->operand[0], EVIDENCE_MAX);
    if (read == FILE_OK)
        outcome = verify_evidence(&trust, buf_span(&text), a->json);
    else
        outcome = say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"),
                                a->operand[0], file_cause(read));
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
