/* A requester's side of the gate: signs a presentation of its request for one data holder.
 *
 *     cc -std=c11 present.c $(pkg-config --cflags --libs libbitacora) -o present
 *     ./present POLICY KEY RECEIPT HOLDER >presentation
 *
 * KEY is the key that signed the request, RECEIPT the request's. The presentation is good for five
 * minutes and for this holder alone. Exit status: as that of `bitacora`. */
#include <bitacora.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_MAX (16 * 1024 * 1024)

struct text {
    char *bytes;
    size_t n;
};

static int read_file(struct text *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    out->bytes = calloc(1, FILE_MAX + 1);
    out->n = f == NULL || out->bytes == NULL ? 0 : fread(out->bytes, 1, FILE_MAX + 1, f);
    int failed = f == NULL || out->bytes == NULL || ferror(f) || out->n > FILE_MAX;
    if (failed)
        fprintf(stderr, "%s: cannot be read\n", path);
    if (f != NULL)
        fclose(f);
    return failed ? -1 : 0;
}

static void print_findings(const bitacora_context *ctx)
{
    for (size_t i = 0; i < bitacora_findings(ctx); i++) {
        char sentence[1024];
        const bitacora_finding *f = bitacora_finding_at(ctx, i);
        bitacora_finding_sentence(f, "en", sentence, sizeof sentence);
        fprintf(stderr, "[%s] %s\n", bitacora_finding_code(f), sentence);
    }
}

static bitacora_result present(bitacora_context *ctx, struct text *file, const char *holder)
{
    bitacora_policy *policy = NULL;
    bitacora_key *key = NULL;
    bitacora_receipt *request = NULL;
    char *note = NULL;
    size_t n = 0;
    bitacora_result result = bitacora_policy_parse(ctx, file[0].bytes, file[0].n, &policy);
    if (result == BITACORA_PROVEN)
        result = bitacora_key_parse(ctx, file[1].bytes, file[1].n, &key);
    if (result == BITACORA_PROVEN)
        result = bitacora_receipt_verify(ctx, policy, file[2].bytes, file[2].n, &request);
    if (result == BITACORA_PROVEN)
        result = bitacora_presentation_sign(ctx, key, request, holder, (int64_t)time(NULL) * 1000,
                                            &note, &n);
    if (result == BITACORA_PROVEN)
        fwrite(note, 1, n, stdout);
    print_findings(ctx);
    bitacora_free(note);
    bitacora_receipt_free(request);
    bitacora_key_free(key);
    bitacora_policy_free(policy);
    return result;
}

int main(int argc, char **argv)
{
    struct text file[3] = { { NULL, 0 } };
    bitacora_context *ctx = NULL;
    if (argc != 5) {
        fprintf(stderr, "usage: %s POLICY KEY RECEIPT HOLDER\n", argv[0]);
        return BITACORA_USAGE;
    }
    bitacora_result result = bitacora_context_new(&ctx);
    for (int i = 0; i < 3; i++)
        if (read_file(&file[i], argv[1 + i]) != 0)
            result = BITACORA_USAGE;
    if (result == BITACORA_PROVEN)
        result = present(ctx, file, argv[4]);
    if (file[1].bytes != NULL) /* the private key */
        memset(file[1].bytes, 0, file[1].n);
    for (int i = 0; i < 3; i++)
        free(file[i].bytes);
    bitacora_context_free(ctx);
    return result < 0 ? BITACORA_UNDECIDED : (int)result;
}
