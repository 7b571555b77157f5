/* A gate that knows the log: may whoever shows this receipt be let in, by all that the log says of
 * the request? gate.c asks the receipt alone; this asks what `bitacora gate` asks.
 *
 *     cc -std=c11 gate_log.c $(pkg-config --cflags --libs libbitacora) -o gate_log
 *     ./gate_log POLICY HOLDER MIRROR RECEIPT PRESENTATION [CATEGORY...]
 *
 * MIRROR is a folder that `bitacora mirror` keeps. A program that runs on replays every two seconds
 * or so, each time from the state that bitacora_replay_state() gave; this one looks once. Exit
 * status: 0 let in, 1 refused, 2 usage, 3 could not decide: do not let in. */
#include <bitacora.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FILE_MAX (16 * 1024 * 1024)

struct text {
    char *bytes;
    size_t n;
};

/* Reads a file. Returns 0; 1: there is none; -1: it cannot be read. */
static int read_file(struct text *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    out->bytes = malloc(FILE_MAX + 1);
    out->n = f == NULL || out->bytes == NULL ? 0 : fread(out->bytes, 1, FILE_MAX + 1, f);
    int failed = out->bytes == NULL || (f != NULL && ferror(f)) || out->n > FILE_MAX;
    int missing = f == NULL;
    if (f != NULL)
        fclose(f);
    return failed ? -1 : missing;
}

/* A bitacora_fetch_fn; arg is the folder. */
static bitacora_fetched fetch(void *arg, const char *path, bitacora_sink *sink)
{
    char whole[4096];
    struct text text;
    int length = snprintf(whole, sizeof whole, "%s/%s", (const char *)arg, path);
    if (length < 0 || (size_t)length >= sizeof whole)
        return BITACORA_FAILED;
    int read = read_file(&text, whole);
    if (read == 0)
        bitacora_sink_add(sink, text.bytes, text.n);
    free(text.bytes);
    return read == 0 ? BITACORA_FETCHED : read > 0 ? BITACORA_MISSING : BITACORA_FAILED;
}

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

static void print_findings(const bitacora_context *ctx)
{
    for (size_t i = 0; i < bitacora_findings(ctx); i++) {
        char sentence[1024];
        const bitacora_finding *f = bitacora_finding_at(ctx, i);
        bitacora_finding_sentence(f, getenv("GATE_LANG"), sentence, sizeof sentence);
        printf("[%s] %s\n", bitacora_finding_code(f), sentence);
    }
}

/* What is handed out: data of this person, of this time (milliseconds, `until` not included) and of
 * these categories, and no others. Where the presentation opened nobody, no person's row: never ask
 * the client whose data he wants. */
static void print_scope(const bitacora_gate *gate, const bitacora_replay *log,
                        const bitacora_receipt *request, char **category)
{
    const char *type, *value;
    int64_t from, until;
    printf("let in: %s, entry %llu\n", bitacora_receipt_signer(request),
           (unsigned long long)bitacora_receipt_index(request));
    if (bitacora_gate_person(request, &type, &value))
        printf("of: %s %s\n", type, value);
    else
        printf("of: nobody\n");
    if (bitacora_gate_period(request, &from, &until))
        printf("from %lld until %lld\n", (long long)from, (long long)until);
    for (; *category != NULL; category++)
        printf("%s: %s\n", *category,
               bitacora_gate_gives(gate, log, request, *category) ? "yes" : "no");
}

static bitacora_result decide(bitacora_context *ctx, const bitacora_policy *policy, char **word)
{
    struct text receipt = { NULL, 0 }, presentation = { NULL, 0 };
    bitacora_gate *gate = NULL;
    bitacora_replay *log = NULL;
    bitacora_receipt *request = NULL;
    int64_t seen = now_ms();
    bitacora_result result = bitacora_gate_new(ctx, policy, word[0], &gate);
    if (result == BITACORA_PROVEN)
        result = bitacora_replay_new(ctx, policy, &log);
    if (result == BITACORA_PROVEN)
        result = bitacora_replay_for_gate(log, gate);
    if (read_file(&receipt, word[2]) != 0 || read_file(&presentation, word[3]) != 0)
        result = BITACORA_USAGE;
    if (result == BITACORA_PROVEN)
        result = bitacora_replay_run(ctx, log, fetch, word[1], NULL, 0);
    if (result == BITACORA_PROVEN) /* of a log with bad entries: if a state can be kept */
        result =
            bitacora_gate_decide_known(ctx, gate, log, seen, now_ms(), receipt.bytes, receipt.n,
                                       presentation.bytes, presentation.n, &request);
    if (result == BITACORA_PROVEN)
        print_scope(gate, log, request, word + 4);
    bitacora_receipt_free(request);
    bitacora_replay_free(log);
    bitacora_gate_free(gate);
    free(receipt.bytes);
    free(presentation.bytes);
    return result;
}

int main(int argc, char **argv)
{
    struct text text = { NULL, 0 };
    bitacora_context *ctx = NULL;
    bitacora_policy *policy = NULL;
    if (argc < 6) {
        fprintf(stderr, "usage: %s POLICY HOLDER MIRROR RECEIPT PRESENTATION [CATEGORY...]\n",
                argv[0]);
        return BITACORA_USAGE;
    }
    bitacora_result result = bitacora_context_new(&ctx);
    if (result == BITACORA_PROVEN && read_file(&text, argv[1]) != 0)
        result = BITACORA_USAGE;
    if (result == BITACORA_PROVEN)
        result = bitacora_policy_parse(ctx, text.bytes, text.n, &policy);
    if (result == BITACORA_PROVEN)
        result = decide(ctx, policy, argv + 2);
    if (result != BITACORA_PROVEN)
        printf("not let in: %s\n", bitacora_result_name(result));
    print_findings(ctx);
    bitacora_policy_free(policy);
    bitacora_context_free(ctx);
    free(text.bytes);
    return result < 0 ? BITACORA_UNDECIDED : (int)result;
}
