#include "client/gate/gate_files.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "client/remote/logfiles.h"
#include "proto/record/entry.h"
#include "proto/tlog/tile.h"

#define REQUESTS 64 /* kept; a power of two */
#define RULESETS 32

struct kept_request {
    bool there;
    struct entry_ref ref;
    struct buf bytes; /* of the entry; record points into it */
    struct record record;
};

struct kept_ruleset {
    struct hash sha256;
    struct ruleset *ruleset;
};

struct gate_files {
    struct logfiles *files;
    struct ruleset *builtin;
    struct kept_request request[REQUESTS]; /* each in the place of its index */
    struct kept_ruleset ruleset[RULESETS];
    size_t rulesets, oldest;
};

struct gate_files *gate_files_new(const char *dir)
{
    struct refusal why;
    struct gate_files *f = kept(calloc(1, sizeof *f));
    if (f == NULL)
        return NULL;
    f->files = logfiles_of_dir(dir);
    f->builtin = kept(ruleset_parse(ruleset_builtin(), &why));
    if (f->files != NULL && f->builtin != NULL)
        return f;
    gate_files_free(f);
    return NULL;
}

static void forget(struct kept_request *k)
{
    if (k->there)
        record_free(&k->record);
    buf_free(&k->bytes);
    *k = (struct kept_request){ .there = false };
}

void gate_files_free(struct gate_files *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < REQUESTS; i++)
        forget(&f->request[i]);
    for (size_t i = 0; i < f->rulesets; i++)
        ruleset_free(f->ruleset[i].ruleset);
    ruleset_free(f->builtin);
    logfiles_free(f->files);
    free(f);
}

/* ---- requests -------------------------------------------------------------------------------- */

static bool is_leaf(struct span entry, const struct entry_ref *ref)
{
    struct hash leaf;
    hash_leaf(&leaf, entry);
    return memcmp(leaf.b, ref->hash, HASH_BYTES) == 0;
}

static bool parse_kept(struct kept_request *k)
{
    struct entry e;
    struct refusal why;
    return !k->bytes.failed && entry_parse(&e, buf_span(&k->bytes), &why) == 0 &&
           record_parse(&k->record, e.note, &why) == 0;
}

/* Reads the bundle that the entry is in. */
static void read_request(struct gate_files *f, uint64_t size, const struct entry_ref *ref,
                         struct kept_request *k)
{
    struct span entry[TILE_WIDTH];
    struct refusal why;
    struct buf bundle = { 0 };
    const struct source *source = logfiles_source(f->files);
    unsigned at = (unsigned)(ref->entry % TILE_WIDTH);
    struct tile t = { .level = TILE_ENTRIES, .n = ref->entry / TILE_WIDTH };
    t.width = tile_width(size, TILE_ENTRIES, t.n);
    if (t.width > at &&
        source->tile(source->ctx, &t, tile_bytes_max(&t), &bundle, &why) == FETCH_OK &&
        !bundle.failed && bundle_split(entry, t.width, buf_span(&bundle)) > at &&
        is_leaf(entry[at], ref)) {
        k->ref = *ref;
        buf_add_span(&k->bytes, entry[at]);
        k->there = parse_kept(k);
    }
    buf_free(&bundle);
}

const struct record *gate_files_request(struct gate_files *f, uint64_t size,
                                        const struct entry_ref *request)
{
    struct kept_request *k = &f->request[request->entry & (REQUESTS - 1)];
    if (k->there && k->ref.entry == request->entry &&
        memcmp(k->ref.hash, request->hash, HASH_BYTES) == 0)
        return &k->record;
    forget(k);
    read_request(f, size, request, k);
    if (!k->there)
        forget(k);
    return k->there ? &k->record : NULL;
}

/* ---- rulesets -------------------------------------------------------------------------------- */

static struct ruleset *read_ruleset(struct gate_files *f, const struct hash *sha256)
{
    struct buf file = { 0 };
    struct hash sum;
    struct refusal why;
    struct ruleset *ruleset = NULL;
    if (logfiles_blob(f->files, sha256->b, RULESET_MAX, &file, &why) == FETCH_OK && !file.failed) {
        hash_bytes(&sum, buf_span(&file));
        if (hash_eq(&sum, sha256))
            ruleset = ruleset_parse(buf_span(&file), &why);
    }
    buf_free(&file);
    return ruleset;
}

static void keep_ruleset(struct gate_files *f, const struct hash *sha256, struct ruleset *ruleset)
{
    size_t i = f->rulesets < RULESETS ? f->rulesets++ : f->oldest++ % RULESETS;
    ruleset_free(f->ruleset[i].ruleset);
    f->ruleset[i] = (struct kept_ruleset){ *sha256, ruleset };
}

const struct ruleset *gate_files_ruleset(struct gate_files *f, const struct registry *r,
                                         int64_t accepted, uint64_t before)
{
    struct hash sha256;
    const struct pinned_ruleset *pinned = registry_ruleset(r, accepted, before);
    if (pinned == NULL)
        return f->builtin;
    memcpy(sha256.b, pinned->sha256, HASH_BYTES);
    if (hash_eq(ruleset_sha256(f->builtin), &sha256))
        return f->builtin;
    for (size_t i = 0; i < f->rulesets; i++)
        if (hash_eq(&f->ruleset[i].sha256, &sha256))
            return f->ruleset[i].ruleset;
    struct ruleset *ruleset = read_ruleset(f, &sha256);
    if (ruleset != NULL)
        keep_ruleset(f, &sha256, ruleset);
    return ruleset;
}
