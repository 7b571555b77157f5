#include "tests/unit/daemon/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/append/append.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"

/* ---- the log in the store -------------------------------------------------------------------- */

static uint32_t signer_number(const struct registry *registry, const struct record *record)
{
    uint32_t number = 0;
    struct refusal why;
    if (record->kind != KIND_GENESIS)
        assert_int_equal(judge_signer(registry, record, &number, &why), 0);
    return number;
}

static void append_one(struct append *a, struct registry *registry, const struct log *log,
                       uint64_t i)
{
    struct entry e;
    struct record record;
    struct refusal why;
    struct hash leaf;
    uint64_t index;
    assert_int_equal(entry_parse(&e, buf_span(&log->entry[i]), &why), 0);
    assert_int_equal(record_parse(&record, e.note, &why), 0);
    uint32_t signer = signer_number(registry, &record);
    assert_int_equal(append_record(a, &record, signer, e.accepted, &a->bytes, &index, &leaf),
                     STORE_OK);
    assert_int_equal(index, i);
    assert_int_equal(registry_apply(registry, i, &leaf, &record), 0);
    record_free(&record);
}

void world_append(struct store *store, struct log_signer *signer, const struct log *log,
                  uint64_t from, struct tip *tip)
{
    struct append *a = calloc(1, sizeof *a);
    struct store_txn *txn;
    struct registry *registry = registry_new();
    struct refusal why;
    for (uint64_t i = 0; i < from; i++) {
        struct entry e;
        struct record record;
        assert_int_equal(entry_parse(&e, buf_span(&log->entry[i]), &why), 0);
        assert_int_equal(record_parse(&record, e.note, &why), 0);
        assert_int_equal(registry_apply(registry, i, &log->leaf[i], &record), 0);
        record_free(&record);
    }
    assert_int_equal(store_begin(&txn, store, STORE_WRITE), STORE_OK);
    append_begin(a, txn, tip);
    for (uint64_t i = from; i < log->n; i++)
        append_one(a, registry, log, i);
    assert_int_equal(append_finish(a, signer), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    *tip = a->next;
    registry_free(registry);
    append_free(a);
    free(a);
}

struct registry *world_load(const struct world *w, struct tip *tip)
{
    struct store_txn *txn;
    struct registry *registry = NULL;
    const char *cause = "";
    assert_int_equal(store_begin(&txn, w->service.store, STORE_READ), STORE_OK);
    enum store_result r = tip_load(tip, &registry, txn, &w->service.own_keys, &cause);
    store_end(txn);
    if (r != STORE_OK)
        fail_msg("the store cannot be loaded: %s", cause);
    return registry;
}

/* ---- agreement ------------------------------------------------------------------------------- */

static void same_enrolments(const struct registry *memory, const struct registry *disk)
{
    assert_int_equal(registry_count(memory), registry_count(disk));
    for (uint32_t i = 0; i < registry_count(disk); i++) {
        const struct enrolment *a = registry_get(memory, i), *b = registry_get(disk, i);
        assert_true(vkey_eq(&a->key, &b->key));
        assert_int_equal(a->entry, b->entry);
        assert_true(hash_eq(&a->leaf, &b->leaf));
        assert_int_equal(a->revoked, b->revoked);
        assert_int_equal(a->role, b->role);
    }
    assert_int_equal(registry_rulesets(memory), registry_rulesets(disk));
}

void world_agrees(struct world *w)
{
    struct tip tip;
    struct hash root, newest;
    uint64_t size;
    char note[OWN_CHECKPOINT_MAX];
    struct registry *disk = world_load(w, &tip);
    size_t n = newest_get(&w->service.newest, &size, &newest, note);
    edge_root(&tip.edge, &root);
    assert_int_equal(size, tip.edge.frontier.size);
    assert_true(hash_eq(&root, &newest));
    assert_int_equal(n, tip.checkpoint_length);
    assert_memory_equal(note, tip.checkpoint, n);
    same_enrolments(signers_registry(&w->service.signers), disk);
    registry_free(disk);
}

/* ---- the world ------------------------------------------------------------------------------- */

static const char *const blob_folders[] = { "tmp", "new", "kept" };

static void open_blobs(struct world *w)
{
    const struct pending_limits limits = { .blobs = w->service.config.pending_blobs,
                                           .bytes = w->service.config.pending_bytes,
                                           .share = w->service.config.pending_share };
    strcpy(w->folder, "/tmp/bitacora-unit.XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    for (size_t i = 0; i < COUNT(blob_folders); i++)
        assert_int_equal(mkdir(text_of("%s/%s", w->folder, blob_folders[i]), 0700), 0);
    w->service.blobs = blobs_open(w->folder, &limits);
    assert_non_null(w->service.blobs);
}

struct world *world_new(size_t n)
{
    struct world *w = calloc(1, sizeof *w);
    struct service *s = &w->service;
    if (n == 0)
        log_start(&w->log, "");
    else
        log_fill(&w->log, n);
    struct skey key = w->log.who[THE_LOG].key;
    s->vkey = key.vkey;
    own_keys_single(&s->own_keys, &s->vkey);
    w->signer = log_signer_new(&key);
    config_default(&s->config);
    s->store = store_fake_open();
    world_append(s->store, w->signer, &w->log, 0, &w->tip);
    assert_int_equal(signers_init(&s->signers), 0);
    signers_replace(&s->signers, world_load(w, &w->tip));
    assert_int_equal(receipts_open(s), 0);
    pthread_mutex_init(&s->newest.lock, NULL);
    newest_set(&s->newest, &w->tip);
    s->erasing = erasing_new();
    open_blobs(w);
    clock_fake_set(w->log.now);
    return w;
}

void world_free(struct world *w)
{
    struct service *s = &w->service;
    blobs_close(s->blobs);
    for (size_t i = 0; i < COUNT(blob_folders); i++)
        assert_int_equal(rmdir(text_of("%s/%s", w->folder, blob_folders[i])), 0);
    assert_int_equal(rmdir(w->folder), 0);
    erasing_free(s->erasing);
    receipts_close(s);
    signers_destroy(&s->signers);
    snapshot_release(s->newest.snapshot);
    pthread_mutex_destroy(&s->newest.lock);
    log_signer_free(w->signer);
    store_fake_close(s->store);
    log_free(&w->log);
    free(w);
}
