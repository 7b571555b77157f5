#include "client/mirror/mirror_index.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/base/scan.h"
#include "proto/record/entry.h"
#include "proto/sys/tape_file.h"
#include "proto/verify/index_replay.h"

struct mirror_index {
    const struct trust *trust;
    struct logfiles *here, *there;
    struct source again; /* from here, or else from there */
    struct copy_folder *folder;
    const struct accepted *now;
    struct index_replay *replay;
    struct tape tape[RECOUNT_TAPES];
    struct findings findings;
    struct hash genesis; /* leaf hash of entry 0 */
    uint64_t shown;      /* the entry that index/newest of the copy named at first */
    struct cover cover;  /* in force */
    struct cover kept;   /* whose files are in the copy */
    struct cover before; /* that was so before the last round */
    bool staged;         /* those of `cover` are in the copy, or staged */
};

/* ---- life and death -------------------------------------------------------------------------- */

static enum fetch read_again(void *ctx, const struct tile *t, size_t max, struct buf *out,
                             struct refusal *why)
{
    struct mirror_index *x = ctx;
    const struct source *here = logfiles_source(x->here), *there = logfiles_source(x->there);
    size_t start = out->n;
    enum fetch got = here->tile(here->ctx, t, max, out, why);
    if (got == FETCH_OK)
        return got;
    out->n = start;
    return there->tile(there->ctx, t, max, out, why);
}

struct mirror_index *mirror_index_new(const struct trust *trust, struct logfiles *here,
                                      struct logfiles *there, struct copy_folder *folder,
                                      const struct accepted *now)
{
    struct mirror_index *x = kept(calloc(1, sizeof *x));
    struct refusal why;
    if (x == NULL)
        return NULL;
    x->trust = trust;
    x->here = here;
    x->there = there;
    x->folder = folder;
    x->now = now;
    x->again = (struct source){ .tile = read_again, .ctx = x };
    x->cover.entry = x->kept.entry = x->before.entry = NO_ENTRY;
    if (logfiles_index_newest(here, &x->shown, &why) != FETCH_OK)
        x->shown = NO_ENTRY;
    return x;
}

static void forget_all(struct mirror_index *x)
{
    index_replay_free(x->replay);
    x->replay = NULL;
    for (size_t i = 0; i < RECOUNT_TAPES; i++)
        tape_file_close(&x->tape[i]);
    x->cover = (struct cover){ .entry = NO_ENTRY };
}

void mirror_index_free(struct mirror_index *x)
{
    if (x == NULL)
        return;
    forget_all(x);
    findings_free(&x->findings);
    free(x);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int open_scratch(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    struct mirror_index *x = ctx;
    for (size_t i = 0; i < RECOUNT_TAPES; i++) {
        if (tape_file_new(&x->tape[i], NULL) != 0)
            return -1;
        tape[i] = x->tape[i];
    }
    return 0;
}

static int read_there(void *ctx, const struct hash *root, const struct index_table_file *f,
                      struct buf *out)
{
    struct refusal why;
    return logfiles_index_file(ctx, root, f, out, &why) == FETCH_OK ? 0 : -1;
}

/* A log that says that it has an index is believed so far as to keep rows from the first entry on.
 * If it does not say so, and has one, entries are read twice. */
static bool seems_indexed(struct mirror_index *x)
{
    struct refusal why;
    uint64_t entry;
    return logfiles_index_newest(x->there, &entry, &why) == FETCH_OK;
}

bool mirror_index_begin(struct mirror_index *x, bool anew)
{
    findings_free(&x->findings);
    x->findings = (struct findings){ .list = NULL };
    x->staged = false;
    if (anew)
        forget_all(x);
    if (x->replay != NULL)
        return true;
    struct index_replay_setup setup = { .open = open_scratch,
                                        .open_ctx = x,
                                        .again = &x->again,
                                        .cp = x->now,
                                        .policy = x->trust->policy,
                                        .pin = trust_pin(x->trust),
                                        .file = read_there,
                                        .file_ctx = x->there,
                                        .found = findings_add,
                                        .found_ctx = &x->findings,
                                        .eager = seems_indexed(x) };
    x->replay = kept(index_replay_new(&setup));
    return x->replay != NULL;
}

/* Whether the log's own key signed it, under entry 0. */
static bool is_of_log(const struct mirror_index *x, const struct record *r)
{
    const struct log_keys *keys = trust_log_keys(x->trust);
    bool by_log = false;
    for (size_t i = 0; i < keys->n && !by_log; i++)
        by_log = record_signed_by(r, keys->key[i]);
    return by_log && r->under.entry == 0 && memcmp(r->under.hash, x->genesis.b, HASH_BYTES) == 0;
}

/* Records are not judged here. An `index` that the log's key signed, and that may follow the one in
 * force, is taken to be in force: whether anything else is wrong with it is for a replay to say. */
static bool takes_effect(const struct mirror_index *x, const struct judged *e, struct cover *out)
{
    struct entry entry;
    struct record r;
    struct refusal why = { .reason = REASON_NONE };
    if (entry_parse(&entry, e->bytes, &why) != 0 ||
        !span_starts(entry.note, "bitacora/v1 index\n") ||
        record_parse(&r, entry.note, &why) != 0) {
        lost_to_memory(&why);
        return false;
    }
    bool takes = is_of_log(x, &r) && cover_of(out, e->index, &r) && out->end <= e->index &&
                 cover_follows(&x->cover, out, &why) == 0;
    record_free(&r);
    return takes;
}

void mirror_index_entry(void *mirror_index, const struct judged *e)
{
    struct mirror_index *x = mirror_index;
    struct cover cover;
    if (e->index == 0)
        x->genesis = *e->leaf;
    bool takes = takes_effect(x, e, &cover);
    if (takes)
        x->cover = cover;
    if (takes && x->kept.entry == NO_ENTRY && e->index == x->shown)
        x->before = cover;
    index_replay_entry(x->replay, e, takes ? &cover : NULL);
}

const struct findings *mirror_index_findings(const struct mirror_index *x, struct span *evidence)
{
    *evidence = x->replay == NULL ? span_of(NULL, 0) : index_replay_evidence(x->replay);
    return &x->findings;
}

/* ---- the copy's files ------------------------------------------------------------------------ */

/* A file on its way to the copy. */
struct staging {
    struct mirror_index *x;
    const struct hash *root;
    struct buf here;
};

static int stage_file(void *ctx, const struct index_table_file *f, struct span bytes)
{
    struct staging *s = ctx;
    struct refusal why;
    char name[INDEX_PATH_MAX];
    buf_clear(&s->here);
    if (logfiles_index_file(s->x->here, s->root, f, &s->here, &why) == FETCH_OK &&
        span_eq(buf_span(&s->here), bytes))
        return 0;
    index_table_path(name, s->root, f);
    copy_folder_stage(s->x->folder, name, bytes);
    return 0;
}

static bool is_kept(const struct mirror_index *x, const struct index_table *t)
{
    return x->kept.entry != NO_ENTRY && cover_same_table(&x->kept, t) != NULL;
}

void mirror_index_stage(struct mirror_index *x)
{
    struct index_replay_report report;
    struct staging s = { .x = x };
    index_replay_report(x->replay, &report);
    bool all = report.right && x->findings.total == 0;
    for (size_t i = 0; all && i < x->cover.tables; i++) {
        s.root = &x->cover.table[i].root;
        if (!is_kept(x, &x->cover.table[i]))
            all = index_replay_files(x->replay, i, stage_file, &s) == 0;
    }
    buf_free(&s.here);
    x->staged = all;
}

/* Whether a reader of the copy may still ask for the table of that name: one who has just read the
 * copy's last checkpoint. */
static bool is_table_of_copy(const void *ctx, const char *name)
{
    const struct mirror_index *x = ctx;
    const struct cover *cover[] = { &x->kept, &x->before };
    char hex[2 * HASH_BYTES + 1];
    for (size_t c = 0; c < 2; c++)
        for (size_t i = 0; cover[c]->entry != NO_ENTRY && i < cover[c]->tables; i++) {
            hex_format(hex, cover[c]->table[i].root.b, HASH_BYTES);
            if (strcmp(hex, name) == 0)
                return true;
        }
    return false;
}

enum outcome mirror_index_keep(struct mirror_index *x, bool grown)
{
    char newest[24];
    if (!x->staged)
        return OUTCOME_PROVEN;
    snprintf(newest, sizeof newest, "%" PRIu64 "\n", x->cover.entry);
    bool moved = x->kept.entry != x->cover.entry;
    bool settled = !moved && x->before.entry == x->kept.entry;
    if (x->kept.entry != NO_ENTRY && (moved || grown))
        x->before = x->kept;
    x->kept = x->cover;
    enum outcome outcome =
        moved ? copy_folder_put(x->folder, INDEX_NEWEST, span_str(newest)) : OUTCOME_PROVEN;
    if (!settled && grown)
        copy_folder_sweep(x->folder, "index", is_table_of_copy, x);
    return outcome;
}
