/* A mirror folder replayed through libbitacora, by its public header alone, for scripts that hold
 * its answer against that of `bitacora replay --json`:
 *
 *     library_replay [--structure] [--genesis HEX] [--state FILE] [--keep FILE] [--memory BYTES]
 *                    POLICY FOLDER
 *
 * Prints {"ok","verdict","size","root","from","signatures","findings"} with as much of each finding
 * as both have (code, reason, verdict, entry, related), and exits with the result. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/lib/bitacora.h"

struct bytes {
    char *p;
    size_t n;
};

static void fail(const char *what)
{
    fprintf(stderr, "library_replay: %s\n", what);
    exit(2);
}

/* Returns 0, or -1 with errno. */
static int read_file(struct bytes *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    char buffer[65536];
    size_t n;
    *out = (struct bytes){ .p = NULL };
    if (f == NULL)
        return -1;
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0) {
        out->p = realloc(out->p, out->n + n);
        if (out->p == NULL)
            fail("out of memory");
        memcpy(out->p + out->n, buffer, n);
        out->n += n;
    }
    int failed = ferror(f);
    fclose(f);
    return failed ? -1 : 0;
}

static bitacora_fetched fetch(void *folder, const char *path, bitacora_sink *sink)
{
    char name[4096];
    struct bytes b;
    snprintf(name, sizeof name, "%s/%s", (const char *)folder, path);
    if (read_file(&b, name) != 0)
        return errno == ENOENT || errno == ENOTDIR ? BITACORA_MISSING : BITACORA_FAILED;
    bitacora_sink_add(sink, b.p, b.n); /* one that is full knows it */
    free(b.p);
    return BITACORA_FETCHED;
}

static void print_index(const char *name, uint64_t index)
{
    if (index == BITACORA_NO_ENTRY)
        printf(",\"%s\":null", name);
    else
        printf(",\"%s\":%" PRIu64, name, index);
}

static void print_findings(const bitacora_context *ctx)
{
    printf(",\"findings_total\":%" PRIu64 ",\"findings\":[", bitacora_findings_total(ctx));
    for (size_t i = 0; i < bitacora_findings(ctx); i++) {
        const bitacora_finding *f = bitacora_finding_at(ctx, i);
        printf("%s{\"code\":\"%s\",\"reason\":\"%s\",\"verdict\":\"%s\"", i == 0 ? "" : ",",
               bitacora_finding_code(f), bitacora_finding_name(f),
               bitacora_result_name(bitacora_finding_result(f)));
        print_index("entry", bitacora_finding_entry(f));
        print_index("related", bitacora_finding_related(f));
        printf("}");
    }
    printf("]");
}

static void print_run(const bitacora_context *ctx, const bitacora_replay *r, bitacora_result result)
{
    const bitacora_checkpoint *cp = bitacora_replay_checkpoint(r);
    static const uint8_t none[BITACORA_HASH_BYTES];
    const uint8_t *root = cp == NULL ? none : bitacora_checkpoint_root(cp);
    printf("{\"ok\":%s,\"verdict\":\"%s\",\"size\":%" PRIu64 ",\"from\":%" PRIu64
           ",\"signatures\":%" PRIu64 ",\"root\":\"",
           result == BITACORA_PROVEN ? "true" : "false", bitacora_result_name(result),
           cp == NULL ? 0 : bitacora_checkpoint_size(cp), bitacora_replay_from(r),
           bitacora_replay_signatures(r));
    for (int i = 0; i < BITACORA_HASH_BYTES; i++)
        printf("%02x", root[i]);
    printf("\"");
    print_findings(ctx);
    printf("}\n");
}

static void keep_state(bitacora_context *ctx, const bitacora_replay *r, const char *path)
{
    char *state;
    size_t n;
    if (bitacora_replay_state(ctx, r, &state, &n) != BITACORA_PROVEN)
        return;
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(state, 1, n, f) != n || fclose(f) != 0)
        fail(path);
    bitacora_free(state);
}

static void unhex(uint8_t out[BITACORA_HASH_BYTES], const char *text)
{
    for (size_t i = 0; i < BITACORA_HASH_BYTES; i++)
        if (sscanf(text + 2 * i, "%2hhx", &out[i]) != 1)
            fail("--genesis");
}

struct options {
    bool structure;
    const char *genesis, *state, *keep, *memory, *policy, *folder;
};

static struct options parse(int argc, char **argv)
{
    static const struct option table[] = {
        { "structure", no_argument, NULL, 's' },    { "genesis", required_argument, NULL, 'g' },
        { "state", required_argument, NULL, 'i' },  { "keep", required_argument, NULL, 'o' },
        { "memory", required_argument, NULL, 'm' }, { NULL, 0, NULL, 0 }
    };
    struct options o = { .structure = false };
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        const char **place = c == 'g'   ? &o.genesis
                             : c == 'i' ? &o.state
                             : c == 'o' ? &o.keep
                             : c == 'm' ? &o.memory
                                        : NULL;
        if (c == '?')
            exit(2);
        if (place != NULL)
            *place = optarg;
        o.structure = o.structure || c == 's';
    }
    if (argc - optind != 2)
        fail("POLICY FOLDER");
    o.policy = argv[optind];
    o.folder = argv[optind + 1];
    return o;
}

static bitacora_policy *read_policy(bitacora_context *ctx, const struct options *o)
{
    struct bytes text;
    uint8_t genesis[BITACORA_HASH_BYTES];
    bitacora_policy *policy;
    if (read_file(&text, o->policy) != 0)
        fail(o->policy);
    if (o->genesis != NULL)
        unhex(genesis, o->genesis);
    bitacora_result result =
        o->genesis == NULL ? bitacora_policy_parse(ctx, text.p, text.n, &policy)
                           : bitacora_policy_parse_pinned(ctx, text.p, text.n, genesis, &policy);
    free(text.p);
    if (result != BITACORA_PROVEN)
        fail("the policy");
    return policy;
}

int main(int argc, char **argv)
{
    struct options o = parse(argc, argv);
    struct bytes state = { .p = NULL };
    bitacora_context *ctx;
    bitacora_replay *r;
    if (bitacora_context_new(&ctx) != BITACORA_PROVEN)
        fail("no context");
    bitacora_policy *policy = read_policy(ctx, &o);
    if (o.memory != NULL && bitacora_set_limit(ctx, BITACORA_LIMIT_REPLAY_MEMORY,
                                               strtoull(o.memory, NULL, 10)) != BITACORA_PROVEN)
        fail("--memory");
    if (o.state != NULL && read_file(&state, o.state) != 0)
        fail(o.state);
    if (bitacora_replay_new(ctx, policy, &r) != BITACORA_PROVEN)
        fail("no replay");
    bitacora_replay_structure(r, o.structure);
    bitacora_result result =
        bitacora_replay_run(ctx, r, fetch, (void *)(uintptr_t)o.folder, state.p, state.n);
    print_run(ctx, r, result);
    if (o.keep != NULL)
        keep_state(ctx, r, o.keep);
    free(state.p);
    bitacora_replay_free(r);
    bitacora_policy_free(policy);
    bitacora_context_free(ctx);
    return result < 0 ? 3 : (int)result;
}
