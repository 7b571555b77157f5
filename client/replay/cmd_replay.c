/* bitacora replay: the whole log, against nothing but what the verifier holds. */
#include <errno.h>
#include <inttypes.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/replay/blobcheck.h"
#include "client/replay/replay_options.h"
#include "client/replay/replaying.h"
#include "proto/base/base64.h"

#define LINES 5 /* of what is erased, before it is only counted */

/* Whether there is something to say of erasures: records were looked at. */
static bool has_erasures(const struct replaying *r)
{
    return r->replayed && !r->options.structure;
}

/* ---- for people ------------------------------------------------------------------------------ */

struct printed_lines {
    FILE *to;
    uint64_t n;
};

static int print_erasure(void *ctx, const uint8_t blob[static HASH_BYTES], uint64_t entry)
{
    struct printed_lines *l = ctx;
    char text[48];
    base64_encode(text, blob, HASH_BYTES);
    if (l->n++ < LINES)
        fprintf(l->to,
                TR("blob %s erased by entry %" PRIu64 "\n",
                   "blob %s borrado por el asiento %" PRIu64 "\n"),
                text, entry);
    return 0;
}

static void print_rest(const struct printed_lines *l)
{
    if (l->n > LINES)
        fprintf(l->to, TR("… and %" PRIu64 " more\n", "… y %" PRIu64 " más\n"), l->n - LINES);
}

static void print_erasures(const struct replaying *r, FILE *to)
{
    struct printed_lines l = { .to = to };
    if (has_erasures(r))
        registry_each_erased(judge_registry(r->judge), print_erasure, &l);
    print_rest(&l);
}

/* What is said of the log's index: only of a whole replay, and if it has one. */
static bool has_index(const struct replaying *r, struct index_replay_report *out)
{
    if (r->index == NULL || !replaying_proven(r))
        return false;
    index_replay_report(r->index, out);
    return out->newest != NO_ENTRY;
}

static void print_index(const struct replaying *r, FILE *to)
{
    struct index_replay_report x;
    char hash[48];
    if (!has_index(r, &x))
        return;
    base64_encode(hash, x.leaf.b, HASH_BYTES);
    fprintf(to,
            TR("index: %" PRIu64 " computed again, %s; the newest is entry %" PRIu64
               ", hash %s, for the entries before %" PRIu64 "\n",
               "índice: %" PRIu64 " calculados de nuevo, %s; el último es el asiento %" PRIu64
               ", hash %s, para los asientos anteriores al %" PRIu64 "\n"),
            x.entries,
            x.right ? TR("every table of the newest is right", "cada tabla del último es correcta")
                    : TR("the newest is NOT proven right", "el último NO está probado correcto"),
            x.newest, hash, x.end);
}

static void print_blobs(const struct replaying *r, const struct blobcheck *b, FILE *to)
{
    struct printed_lines l = { .to = to, .n = b->erased };
    for (size_t i = 0; i < b->kept && i < LINES; i++) {
        char text[48];
        base64_encode(text, b->first[i].blob, HASH_BYTES);
        fprintf(to,
                TR("entry %" PRIu64 " names blob %s: erased by entry %" PRIu64 "\n",
                   "el asiento %" PRIu64 " nombra el blob %s: borrado por el asiento %" PRIu64
                   "\n"),
                b->first[i].entry, text, b->first[i].by);
    }
    print_rest(&l);
    fprintf(to,
            TR("blobs named: %" PRIu64 "; there: %" PRIu64 ", erased by order: %" PRIu64
               ", not to be had: %" PRIu64 ", could not be asked for: %" PRIu64 "\n",
               "blobs nombrados: %" PRIu64 "; presentes: %" PRIu64 ", borrados por orden: %" PRIu64
               ", no disponibles: %" PRIu64 ", no se pudieron pedir: %" PRIu64 "\n"),
            b->names, b->there, b->erased, b->gone, b->unread);
    if (r->first > 0)
        fprintf(to,
                TR("those that only the first %" PRIu64
                   " entries name were not looked for: that takes a replay without --state\n",
                   "los que solo nombran los primeros %" PRIu64
                   " asientos no se buscaron: hace falta verificar sin --state\n"),
                r->first);
}

/* ---- for programs ---------------------------------------------------------------------------- */

static json_t *erased_json(uint64_t entry, const uint8_t blob[static HASH_BYTES])
{
    struct hash h;
    memcpy(h.b, blob, HASH_BYTES);
    return json_made(json_pack("{s:I,s:o}", "entry", (json_int_t)entry, "blob", json_of_hash(&h)));
}

static int list_erasure(void *ctx, const uint8_t blob[static HASH_BYTES], uint64_t entry)
{
    return json_array_append_new(ctx, erased_json(entry, blob));
}

static json_t *blobs_json(const struct blobcheck *b)
{
    json_t *erased = json_list();
    for (size_t i = 0; i < b->kept; i++) {
        json_t *name = erased_json(b->first[i].entry, b->first[i].blob);
        json_put(name, "by", json_of_index(b->first[i].by));
        json_push(erased, name);
    }
    return json_made(json_pack("{s:I,s:I,s:I,s:I,s:I,s:o}", "named", (json_int_t)b->names, "there",
                               (json_int_t)b->there, "erased", (json_int_t)b->erased, "gone",
                               (json_int_t)b->gone, "unread", (json_int_t)b->unread, "erased_names",
                               erased));
}

/* newest: as an auditor's anchor names it; null if it is not right. */
static json_t *index_json(const struct index_replay_report *x)
{
    json_t *newest = x->right ? json_made(json_pack("{s:I,s:o}", "entry", (json_int_t)x->newest,
                                                    "hash", json_of_hash(&x->leaf)))
                              : json_null();
    return json_made(json_pack("{s:I,s:I,s:o}", "recomputed", (json_int_t)x->entries, "end",
                               (json_int_t)x->end, "newest", newest));
}

static void say_replay_json(const struct replaying *r, const struct blobcheck *b)
{
    struct index_replay_report x;
    json_t *v = replaying_json(r);
    json_put(v, "structure", json_boolean(r->options.structure));
    if (has_erasures(r)) {
        json_t *erasures = json_list();
        if (registry_each_erased(judge_registry(r->judge), list_erasure, erasures) != 0)
            lost(ENOMEM);
        json_put(v, "erasures", erasures);
    }
    if (has_index(r, &x))
        json_put(v, "index", index_json(&x));
    if (b != NULL)
        json_put(v, "blobs", blobs_json(b));
    say_json(v);
}

/* ---- the command ----------------------------------------------------------------------------- */

static enum outcome replay_log(struct replaying *r, struct blobcheck *b, bool json)
{
    FILE *to = json ? stderr : stdout;
    enum outcome outcome = replaying_run(r, b == NULL ? NULL : blobcheck_look, b);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    bool checked = b != NULL && replaying_proven(r);
    if (checked)
        blobcheck_run(b, r);
    else if (b != NULL)
        say(TR("blobs were not looked for: it is not proven what the log says",
               "no se buscaron los blobs: no está probado qué dice la bitácora"));
    outcome = replaying_conclude(r);
    replaying_print(r, to);
    print_erasures(r, to);
    print_index(r, to);
    if (checked)
        print_blobs(r, b, to);
    if (json)
        say_replay_json(r, checked ? b : NULL);
    return outcome;
}

/* With --key: all that looking for blobs takes is asked for before the log is read. */
static enum outcome prepare_blobs(const struct replaying *r, struct blobcheck **b)
{
    enum outcome outcome;
    if (r->options.structure)
        return say_usage(TR("--key or --structure, which looks at no record: not both",
                            "--key o --structure, que no mira ningún registro: no ambos"));
    if (r->trust.url == NULL)
        return say_usage(TR("where are the blobs? The policy names no URL: use --log",
                            "¿dónde están los blobs? La política no da URL: use --log"));
    *b = blobcheck_new(&outcome);
    return outcome;
}

static enum outcome main_replay(const struct args *a)
{
    enum outcome outcome;
    struct blobcheck *b = NULL;
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")))
        return OUTCOME_USAGE;
    struct replaying *r = replaying_open_args(a, &outcome);
    if (r == NULL)
        return outcome;
    if (a->key != NULL)
        outcome = prepare_blobs(r, &b);
    if (outcome == OUTCOME_PROVEN)
        outcome = replay_log(r, b, a->json);
    blobcheck_free(b);
    return replaying_close(r, outcome);
}

const struct command command_replay = {
    .name = "replay",
    .run = main_replay,
    .form = FORM_FETCHING "[ log= | dir= ] state structure accelerator key passphrase-file- json",
    .summary = { "verify the whole log: chain, tree, checkpoint, every signature and enrolment",
                 "verifica toda la bitácora: cadena, árbol, punto de control, cada firma y alta" },
};
