#include "daemon/index/indexer.h"

#include <stdlib.h>

#include "daemon/host/pool.h"
#include "daemon/index/indexer_state.h"
#include "daemon/witnesses/feed.h"
#include "proto/sys/clock.h"

#define LOOK_MS 1000 /* how often it looks whether time has come for something */

/* ---- what is due ----------------------------------------------------------------------------- */

static bool may_work(const struct indexer *ix)
{
    return !ix->stopped && !atomic_load(&ix->stopping) &&
           (!ix->waiting || clock_steady() >= ix->retry_at);
}

static uint64_t count_keyed(struct indexer *ix, int64_t *since)
{
    uint64_t keyed = ix->keyed + fresh_rows_keyed(ix->fresh, since);
    if (ix->keyed > 0)
        *since = ix->since;
    return keyed;
}

static bool is_due(struct indexer *ix)
{
    const struct config *config = &ix->service->config;
    int64_t since;
    uint64_t keyed = count_keyed(ix, &since);
    return keyed >= (uint64_t)config->index_every ||
           (keyed > 0 && clock_wall() - since >= config->index_wait * 1000);
}

/* A table is not merged away before an entry has named it: slots that were not signed are signed
 * first. */
static bool write_entry(struct indexer *ix)
{
    if (!index_make_room(ix) || !index_flush(ix) || !index_sign(ix))
        return false;
    index_goes_on(ix);
    return true;
}

/* Does what is due; merges of tiers below `below` only. */
static void attend(struct indexer *ix, unsigned below)
{
    if (may_work(ix) && index_end(ix) > ix->cover.end && index_sign(ix))
        index_goes_on(ix);
    while (may_work(ix) && is_due(ix) && write_entry(ix))
        ;
    while (may_work(ix)) {
        const struct merge_choice choice = index_choose(ix, below);
        if (choice.n == 0 || !index_merge(ix, &choice))
            return;
    }
}

/* They may have changed. */
static void take_settings(struct indexer *ix)
{
    const struct config *c = &ix->service->config;
    ix->job.min_free = (uint64_t)c->min_free + (uint64_t)c->blob_reserve;
}

/* Between two steps of a merge, or of the making of a table. */
static int between(void *ctx)
{
    struct indexer *ix = ctx;
    take_settings(ix);
    if (ix->below > 0)
        attend(ix, ix->below);
    return atomic_load(&ix->stopping) || ix->stopped;
}

/* ---- tables that nobody needs ---------------------------------------------------------------- */

static bool is_needed(void *ctx, const struct hash *root)
{
    const struct indexer *ix = ctx;
    for (size_t i = 0; i < ix->slots; i++)
        if (hash_eq(&ix->slot[i].table.root, root))
            return true;
    return false;
}

static void tidy(struct indexer *ix)
{
    struct service *s = ix->service;
    leaving_remove(&ix->leaving, ix->files, feed_quorum_size(s, NULL), clock_steady(),
                   s->config.index_keep * 1000, is_needed, ix);
}

/* ---- the thread ------------------------------------------------------------------------------ */

static void *index_all(void *ctx)
{
    struct indexer *ix = ctx;
    bool recalled = false;
    while (!atomic_load(&ix->stopping)) {
        uint64_t every = (uint64_t)ix->service->config.index_every;
        take_settings(ix);
        if (!recalled && may_work(ix) && index_recall(ix)) {
            recalled = true;
            index_goes_on(ix);
        }
        if (recalled) {
            attend(ix, TIERS);
            tidy(ix);
        }
        fresh_rows_wait(ix->fresh,
                        !recalled || !may_work(ix) ? UINT64_MAX
                        : every > ix->keyed        ? every - ix->keyed
                                                   : 1,
                        LOOK_MS);
    }
    return NULL;
}

static bool set_up(struct indexer *ix, uint64_t size)
{
    if (pthread_mutex_init(&ix->lock, NULL) != 0)
        return false;
    if (pthread_cond_init(&ix->answer, NULL) != 0) {
        pthread_mutex_destroy(&ix->lock);
        return false;
    }
    ix->fresh = fresh_rows_new(size);
    ix->maker = row_maker_new();
    return true;
}

struct indexer *indexer_new(struct service *service, const struct index_folder *files,
                            uint64_t size)
{
    struct indexer *ix = calloc(1, sizeof *ix);
    if (ix == NULL || !set_up(ix, size)) {
        free(ix);
        return NULL;
    }
    ix->service = service;
    ix->files = files;
    ix->cover.entry = NO_ENTRY;
    ix->job = (struct table_job){
        .files = files,
        .store = service->store,
        .between = between,
        .ctx = ix,
    };
    take_settings(ix);
    if (ix->fresh != NULL && ix->maker != NULL)
        return ix;
    indexer_free(ix);
    return NULL;
}

struct sequencer_listener indexer_listener(struct indexer *ix)
{
    return fresh_rows_listener(ix->fresh);
}

int indexer_start(struct indexer *ix)
{
    ix->started = thread_start(&ix->thread, index_all, ix) == 0;
    return ix->started ? 0 : -1;
}

void indexer_stop(struct indexer *ix)
{
    if (ix == NULL || !ix->started)
        return;
    atomic_store(&ix->stopping, true);
    fresh_rows_wake(ix->fresh);
    pthread_join(ix->thread, NULL);
    ix->started = false;
}

void indexer_free(struct indexer *ix)
{
    if (ix == NULL)
        return;
    leaving_free(&ix->leaving);
    row_maker_free(ix->maker);
    fresh_rows_free(ix->fresh);
    pthread_cond_destroy(&ix->answer);
    pthread_mutex_destroy(&ix->lock);
    free(ix);
}

enum indexed indexer_run_once(struct indexer *ix, uint64_t *entry, uint64_t *covered)
{
    enum indexed did = INDEXED_NOTHING;
    int64_t since;
    if (!index_recall(ix))
        return ix->wrong ? INDEXED_WRONG : INDEXED_NOT;
    if (count_keyed(ix, &since) > 0)
        did = write_entry(ix) ? INDEXED : INDEXED_NOT;
    *entry = ix->cover.entry;
    *covered = ix->cover.end;
    return ix->wrong ? INDEXED_WRONG : did;
}
