/* A data holder's gate: may whoever shows this receipt be let in?
 *
 *     cc -std=c11 gate.c $(pkg-config --cflags --libs libbitacora) -o gate
 *     ./gate POLICY HOLDER RECEIPT PRESENTATION [RECEIPT-OF-THE-WARRANT]
 *
 * POLICY       the trust policy, from somebody you trust
 * HOLDER       your own code, as requests name it
 * RECEIPT      of the request, as the log gave it to the requester
 * PRESENTATION the note that the requester signed for you, minutes ago
 *
 * It asks the receipts alone, and says on standard error what it did not judge: gate_log.c judges
 * that, too.
 *
 * Exit status: 0 let in, 1 refused, 2 usage, 3 could not decide: do not let in. */
#include <bitacora.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FILE_MAX (16 * 1024 * 1024)
#define DAY_MS INT64_C(86400000)

struct text {
    char *bytes;
    size_t n;
};

/* Reads a file. Returns 0, or -1 and says why. */
static int read_file(struct text *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    out->bytes = malloc(FILE_MAX + 1);
    out->n = f == NULL || out->bytes == NULL ? 0 : fread(out->bytes, 1, FILE_MAX + 1, f);
    int failed = f == NULL || out->bytes == NULL || ferror(f) || out->n > FILE_MAX;
    if (failed)
        fprintf(stderr, "%s: cannot be read\n", path);
    if (f != NULL)
        fclose(f);
    return failed ? -1 : 0;
}

/* Why: a stable code for programs, and a sentence for people. */
static void print_findings(const bitacora_context *ctx)
{
    for (size_t i = 0; i < bitacora_findings(ctx); i++) {
        char sentence[1024];
        const bitacora_finding *f = bitacora_finding_at(ctx, i);
        bitacora_finding_sentence(f, getenv("GATE_LANG"), sentence, sizeof sentence);
        printf("[%s] %s\n", bitacora_finding_code(f), sentence);
    }
}

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* The request, if whoever shows it may be let in. */
static bitacora_result ask(bitacora_context *ctx, const bitacora_gate *gate,
                           const struct text *receipt, const struct text *presentation,
                           bitacora_receipt **request)
{
    return bitacora_gate_decide(ctx, gate, now_ms(), receipt->bytes, receipt->n,
                                presentation->bytes, presentation->n, request);
}

/* Whether the warrant that the request cites covers it. */
static bitacora_result ask_warrant(bitacora_context *ctx, const bitacora_policy *policy,
                                   const bitacora_receipt *request, const char *path)
{
    struct text text;
    bitacora_receipt *warrant = NULL;
    if (read_file(&text, path) != 0) {
        free(text.bytes);
        return BITACORA_USAGE;
    }
    bitacora_result result = bitacora_receipt_verify(ctx, policy, text.bytes, text.n, &warrant);
    if (result == BITACORA_PROVEN)
        result = bitacora_gate_check_warrant(ctx, now_ms(), request, warrant);
    bitacora_receipt_free(warrant);
    free(text.bytes);
    return result;
}

/* What is handed out is bounded by what the request says, never by what the client asks. */
static void print_scope(const bitacora_receipt *request)
{
    printf("let in: %s, of %s\n", bitacora_receipt_signer(request),
           bitacora_receipt_authority(request));
    printf("entry: %llu\n", (unsigned long long)bitacora_receipt_index(request));
    printf("scope: %s\n", bitacora_receipt_members(request));
}

/* What was not judged: nobody should take a yes by the receipt for one by the log. */
static void print_not_judged(const char *warrant)
{
    fprintf(stderr,
            "by the receipt alone: %srevocations, ratifications and closings were NOT judged; "
            "gate_log.c asks the log\n",
            warrant == NULL ? "the warrant, " : "");
}

static bitacora_result decide(bitacora_context *ctx, const bitacora_policy *policy, char **word,
                              const char *warrant)
{
    struct text receipt = { 0 }, presentation = { 0 };
    bitacora_gate *gate = NULL;
    bitacora_receipt *request = NULL;
    bitacora_result result = bitacora_gate_new(ctx, policy, word[0], &gate);
    if (result == BITACORA_PROVEN)
        result = bitacora_gate_max_age(gate, 30 * DAY_MS, 0);
    if (read_file(&receipt, word[1]) != 0 || read_file(&presentation, word[2]) != 0)
        result = BITACORA_USAGE;
    if (result == BITACORA_PROVEN)
        result = ask(ctx, gate, &receipt, &presentation, &request);
    if (result == BITACORA_PROVEN && warrant != NULL)
        result = ask_warrant(ctx, policy, request, warrant);
    if (result == BITACORA_PROVEN) {
        print_scope(request);
        print_not_judged(warrant);
    }
    bitacora_receipt_free(request);
    bitacora_gate_free(gate);
    free(receipt.bytes);
    free(presentation.bytes);
    return result;
}

int main(int argc, char **argv)
{
    struct text text = { 0 };
    bitacora_context *ctx = NULL;
    bitacora_policy *policy = NULL;
    if (argc < 5 || argc > 6) {
        fprintf(stderr, "usage: %s POLICY HOLDER RECEIPT PRESENTATION [WARRANT]\n", argv[0]);
        return BITACORA_USAGE;
    }
    bitacora_result result = bitacora_context_new(&ctx);
    if (result == BITACORA_PROVEN && read_file(&text, argv[1]) != 0)
        result = BITACORA_USAGE;
    if (result == BITACORA_PROVEN)
        result = bitacora_policy_parse(ctx, text.bytes, text.n, &policy);
    if (result == BITACORA_PROVEN)
        result = decide(ctx, policy, argv + 2, argc == 6 ? argv[5] : NULL);
    if (result != BITACORA_PROVEN)
        printf("not let in: %s\n", bitacora_result_name(result));
    print_findings(ctx);
    bitacora_policy_free(policy);
    bitacora_context_free(ctx);
    free(text.bytes);
    return result < 0 ? BITACORA_UNDECIDED : (int)result;
}
