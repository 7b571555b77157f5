#include "client/remote/state.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/files.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"

#define FIRST_LINE "bitacora/v1 state"
#define STATE_MAX ((size_t)4 << 30)

/* ---- writing ------------------------------------------------------------------------------- */

static json_t *json_base64(const void *p, size_t n)
{
    struct buf b = { 0 };
    buf_add_base64(&b, p, n);
    json_t *v = b.failed ? NULL : json_stringn((const char *)b.p, b.n);
    buf_free(&b);
    return must(v);
}

static json_t *export_edge(const struct edge *e)
{
    json_t *list = json_array();
    for (int level = 0; level < TILE_LEVELS; level++)
        json_array_append_new(list, json_base64(e->tile[level], edge_width(e, level) * HASH_BYTES));
    return list;
}

static char *log_vkey(const struct trust *t)
{
    struct buf b = { 0 };
    vkey_format(&b, trust_log(t));
    char *copy = must(strdup(buf_str(&b)));
    buf_free(&b);
    return copy;
}

enum outcome state_write(const char *path, const struct trust *t, bool structure,
                         const struct accepted *accepted, const struct edge *edge,
                         const struct judge *judge, const struct findings *f)
{
    char *vkey = log_vkey(t);
    json_t *v = json_pack("{s:s,s:b,s:s#,s:o,s:o,s:o,s:I}", "log", vkey, "structure", structure,
                          "checkpoint", (const char *)accepted->note.p, (int)accepted->note.n,
                          "edge", export_edge(edge), "judge", judge_export(judge), "findings",
                          findings_export(f), "findings_total", (json_int_t)f->total);
    char *text = v == NULL ? NULL : json_dumps(v, JSON_COMPACT);
    free(vkey);
    json_decref(v);
    must(text);
    struct buf file = { 0 };
    struct hash sum;
    hash_bytes(&sum, span_str(text));
    buf_adds(&file, FIRST_LINE "\n");
    buf_add_base64(&file, sum.b, HASH_BYTES);
    buf_addf(&file, "\n%s\n", text);
    free(text);
    if (file.failed)
        die_of_memory();
    int failed = file_replace(path, buf_span(&file), 0600);
    buf_free(&file);
    if (failed)
        return say_undecided(TR("the state could not be written to %s: %s",
                                "no se pudo escribir el estado en %s: %s"),
                             path, errno_words(errno));
    return OUTCOME_PROVEN;
}

/* A log may have several keys, in any order; it was the policy's first when the state was
 * written. */
static bool is_key_of_log(const struct trust *t, const char *vkey)
{
    const struct log_keys *keys = trust_log_keys(t);
    bool found = false;
    for (size_t i = 0; i < keys->n && !found; i++) {
        struct buf b = { 0 };
        vkey_format(&b, keys->key[i]);
        found = strcmp(buf_str(&b), vkey) == 0;
        buf_free(&b);
    }
    return found;
}

/* ---- reading ------------------------------------------------------------------------------- */

static int import_edge(struct edge *e, const json_t *list, uint64_t size)
{
    e->frontier.size = size; /* so that edge_width() speaks of it */
    for (int level = 0; level < TILE_LEVELS; level++) {
        const json_t *v = json_array_get(list, (size_t)level);
        size_t n = edge_width(e, level) * (size_t)HASH_BYTES;
        if (!json_is_string(v) ||
            base64_decode_exact((uint8_t *)e->tile[level], n,
                                span_of(json_string_value(v), json_string_length(v))) != 0)
            return -1;
    }
    edge_from_tiles(e, size);
    return 0;
}

/* The JSON of a state file whose sum is right, or NULL. */
static json_t *parse(struct span file)
{
    struct scan s = scan_of(file);
    struct hash sum, want;
    struct span first = scan_line(&s), sum_text = scan_line(&s), text = scan_line(&s);
    if (!scan_done(&s) || !span_is(first, FIRST_LINE) ||
        base64_decode_exact(want.b, HASH_BYTES, sum_text) != 0)
        return NULL;
    hash_bytes(&sum, text);
    return hash_eq(&sum, &want) ? json_loadb((const char *)text.p, text.n, 0, NULL) : NULL;
}

static enum outcome import(struct state *out, const char *path, const struct trust *t,
                           bool structure, const json_t *v, struct findings *f)
{
    const char *vkey, *note;
    size_t note_length;
    int was_structure;
    json_t *edge, *judge, *findings;
    json_int_t total;
    struct hash root;
    struct findings ignored = { 0 };
    if (json_unpack((json_t *)(uintptr_t)v, "{s:s,s:b,s:s%,s:o,s:o,s:o,s:I}", "log", &vkey,
                    "structure", &was_structure, "checkpoint", &note, &note_length, "edge", &edge,
                    "judge", &judge, "findings", &findings, "findings_total", &total) != 0)
        return say_usage(TR("%s is not a state file", "%s no es un archivo de estado"), path);
    if (!is_key_of_log(t, vkey))
        return say_usage(TR("%s is the state of another log", "%s es el estado de otra bitácora"),
                         path);
    if (was_structure != structure)
        return say_usage(TR("%s was made %s --structure: use another file",
                            "%s se hizo %s --structure: use otro archivo"),
                         path, was_structure ? TR("with", "con") : TR("without", "sin"));
    buf_add(&out->accepted.note, note, note_length);
    enum verdict opened = accepted_open(&out->accepted, t, &ignored);
    findings_free(&ignored);
    if (opened != VERDICT_GOOD)
        return say_usage(TR("%s: its checkpoint is not good under this policy",
                            "%s: su checkpoint no vale bajo esta política"),
                         path);
    uint64_t size = out->accepted.cp.checkpoint.size;
    const json_t *next = json_object_get(judge, "next");
    if (import_edge(&out->edge, edge, size) != 0 || !json_is_integer(next) ||
        (uint64_t)json_integer_value(next) != size || total < 0 ||
        findings_import(f, findings, (uint64_t)total, size) != 0)
        return say_usage(TR("%s is not a state file", "%s no es un archivo de estado"), path);
    edge_root(&out->edge, &root);
    if (!hash_eq(&root, &out->accepted.cp.checkpoint.root))
        return say_usage(TR("%s is damaged: remove it and replay from the start",
                            "%s está dañado: bórrelo y verifique desde el principio"),
                         path);
    out->judge = json_incref(judge);
    out->present = true;
    return OUTCOME_PROVEN;
}

enum outcome state_read(struct state *out, const char *path, const struct trust *t, bool structure,
                        struct findings *f)
{
    struct buf file = { 0 };
    enum outcome outcome = OUTCOME_PROVEN;
    *out = (struct state){ .present = false };
    enum file read = file_read(&file, path, STATE_MAX);
    switch (read) {
    case FILE_MISSING:
        break;
    case FILE_OK: {
        json_t *v = parse(buf_span(&file));
        outcome = v == NULL
                      ? say_usage(TR("%s is damaged, or is no state file: is it the right one?",
                                     "%s está dañado, o no es un estado: ¿es el que debe ser?"),
                                  path)
                      : import(out, path, t, structure, v, f);
        json_decref(v);
        break;
    }
    default:
        outcome = say_usage(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                            file_cause(read));
    }
    buf_free(&file);
    return outcome;
}

void state_free(struct state *s)
{
    accepted_free(&s->accepted);
    json_decref(s->judge);
}
