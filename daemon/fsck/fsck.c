#include "daemon/fsck/fsck.h"

#include "daemon/fsck/fsck_access.h"
#include "daemon/fsck/fsck_blobs.h"
#include "daemon/fsck/fsck_index.h"
#include "daemon/fsck/fsck_tables.h"
#include "daemon/state/own_keys.h"
#include "daemon/state/referenced.h"
#include "daemon/state/tip.h"
#include "proto/sys/language.h"
#include "proto/tlog/checkpoint.h"
#include "proto/verify/replay.h"

/* What the judge and the replay find, as findings of ours. */
static void take_finding(void *ctx, const struct finding *f)
{
    struct buf sentence = { 0 };
    refusal_sentence(&sentence, &f->why, language_get());
    fsck_found(ctx, reason_code(f->why.reason), f->entry, "%s", buf_str(&sentence));
    buf_free(&sentence);
}

/* The store as a source of tiles, as a verifier would fetch them. */
static enum fetch fetch_tile(void *ctx, const struct tile *t, size_t max, struct buf *out,
                             struct refusal *why)
{
    char path[TILE_PATH_MAX];
    (void)max; /* a value of the store is never longer than a tile of that width can be */
    switch (store_tile(ctx, t, out)) {
    case STORE_OK:
        return FETCH_OK;
    case STORE_ABSENT:
        return FETCH_MISSING;
    default:
        tile_path(path, t);
        refuse(why, REASON_UNREADABLE, path);
        return FETCH_FAILED;
    }
}

static bool open_checkpoint(struct fsck_report *r, struct store_txn *t,
                            const struct log_own_keys *keys)
{
    struct buf bytes = { 0 };
    struct note note;
    struct checkpoint cp = { .size = 0 };
    struct refusal why;
    bool good =
        store_head(t, &bytes) == STORE_OK && note_parse(&note, buf_span(&bytes), &why) == 0 &&
        own_keys_signer(keys, &note) != NULL && checkpoint_parse(&cp, note.text, &why) == 0 &&
        span_is(cp.origin, keys->key[0].name) && cp.size > 0;
    if (good) {
        r->size = cp.size;
        r->root = cp.root;
    } else {
        fsck_found(r, "checkpoint", NO_ENTRY,
                   "the checkpoint is missing or not signed by the log's key");
    }
    buf_free(&bytes);
    return good;
}

/* Chain, tree, signatures and enrolments, through the verifier's own code. */
static void replay_entries(struct fsck_report *r, struct store_txn *t, struct judge *judge)
{
    static struct edge edge; /* 66 kB */
    struct source source = { .tile = fetch_tile, .ctx = t };
    struct replay_setup setup = { .source = &source,
                                  .size = r->size,
                                  .root = r->root,
                                  .judge = judge,
                                  .found = take_finding,
                                  .found_ctx = r };
    if (replay_run(&setup, &edge) != REPLAY_PROVEN && r->findings == 0)
        fsck_found(r, "root", NO_ENTRY, "the entries do not give the signed root");
}

static void walk_snapshot(struct fsck_report *r, struct store_txn *t,
                          const struct log_own_keys *keys, const struct fsck_folders *folders)
{
    struct reference_source where = { .txn = t };
    struct judge_setup setup = { .log = keys->key[0],
                                 .keys = &keys->all,
                                 .lookup = referenced_lookup,
                                 .lookup_ctx = &where,
                                 .found = take_finding,
                                 .found_ctx = r };
    if (!open_checkpoint(r, t, keys))
        return;
    struct judge *judge = judge_new(&setup);
    if (judge == NULL) {
        fsck_found(r, "memory", NO_ENTRY, "out of memory");
        return;
    }
    replay_entries(r, t, judge);
    struct fsck_blobs *files = fsck_blobs_open(r, folders->blobs, judge_registry(judge));
    fsck_indexes(r, t, judge_registry(judge), files);
    fsck_blobs_end(files);
    fsck_tables(r, t, folders->log);
    fsck_access(r, t, keys->key[0].name, folders->log);
    judge_free(judge);
}

void fsck_walk(struct fsck_report *r, struct store *store, const struct fsck_folders *folders)
{
    struct store_txn *t;
    struct log_own_keys keys;
    const char *cause;
    if (store_begin(&t, store, STORE_READ) != STORE_OK) {
        fsck_found(r, "store", NO_ENTRY, "the store cannot be read");
        return;
    }
    if (own_keys_read(&keys, t, folders->log, &cause) == STORE_OK)
        walk_snapshot(r, t, &keys, folders);
    else
        fsck_found(r, "genesis", 0, "the log's keys cannot be read: %s", cause);
    store_end(t);
}
