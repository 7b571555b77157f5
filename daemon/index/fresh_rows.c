#include "daemon/index/fresh_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/index/row_maker.h"
#include "proto/sys/clock.h"

#define READS_MOST 128               /* of entries that those of one batch name: a millisecond */
#define KEPT_MOST (32 * 1024 * 1024) /* bytes of rows; beyond, they are read from the store */

/* A stretch of entries, one behind the other. */
struct fresh_stretch {
    struct fresh_block block;
    uint64_t keyed; /* entries with keys */
    int64_t since;  /* acceptance of the first of them */
};

struct fresh_rows {
    struct row_maker *maker;    /* the sequencer's thread, as batch */
    unsigned reads;             /* that the batch has left */
    struct fresh_stretch batch; /* appended, and not known to be on the disk */
    pthread_mutex_t lock;       /* for the rest; held for a copy of rows */
    pthread_cond_t changed;
    struct fresh_stretch kept;
    uint64_t wanted; /* keyed entries that somebody waits for */
    bool ended;
};

struct fresh_rows *fresh_rows_new(uint64_t size)
{
    struct fresh_rows *f = calloc(1, sizeof *f);
    pthread_condattr_t steady;
    if (f == NULL)
        return NULL;
    f->maker = row_maker_new();
    if (f->maker == NULL || pthread_mutex_init(&f->lock, NULL) != 0) {
        row_maker_free(f->maker);
        free(f);
        return NULL;
    }
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&f->changed, &steady);
    pthread_condattr_destroy(&steady);
    f->kept.block.from = f->kept.block.to = size;
    f->wanted = UINT64_MAX;
    f->reads = READS_MOST;
    return f;
}

void fresh_block_free(struct fresh_block *block)
{
    buf_free(&block->rows);
    buf_free(&block->unread);
}

void fresh_rows_free(struct fresh_rows *f)
{
    if (f == NULL)
        return;
    row_maker_free(f->maker);
    fresh_block_free(&f->batch.block);
    fresh_block_free(&f->kept.block);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* ---- stretches ------------------------------------------------------------------------------- */

/* Forgets the rows; the stretch begins at `from`. Buffers keep their memory. */
static void begin_at(struct fresh_stretch *s, uint64_t from)
{
    s->block.from = s->block.to = from;
    if (s->block.rows.failed || s->block.unread.failed)
        fresh_block_free(&s->block);
    buf_clear(&s->block.rows);
    buf_clear(&s->block.unread);
    s->keyed = 0;
    s->since = 0;
}

static size_t bytes_of(const struct fresh_block *b)
{
    return b->rows.n + b->unread.n;
}

static bool is_whole(const struct fresh_block *b)
{
    return !b->rows.failed && !b->unread.failed;
}

/* Adds a stretch to the one before it. Where there is no memory, or they are too much together, or
 * not one behind the other, the rows of the first are lost. */
static void join(struct fresh_stretch *s, const struct fresh_stretch *next)
{
    struct fresh_block *b = &s->block;
    uint64_t keyed = s->keyed + next->keyed;
    int64_t since = s->keyed > 0 ? s->since : next->since;
    if (b->to != next->block.from || bytes_of(b) + bytes_of(&next->block) > KEPT_MOST)
        begin_at(s, next->block.from);
    if (is_whole(&next->block)) {
        buf_add_span(&b->rows, buf_span(&next->block.rows));
        buf_add_span(&b->unread, buf_span(&next->block.unread));
    }
    b->to = next->block.to;
    if (!is_whole(b) || !is_whole(&next->block))
        begin_at(s, b->to);
    s->keyed = keyed;
    s->since = since;
}

/* ---- the sequencer's thread ------------------------------------------------------------------ */

static void take_appended(void *ctx, const struct sequenced *e)
{
    struct fresh_rows *f = ctx;
    struct fresh_stretch *s = &f->batch;
    const struct row_entry row = { .index = e->index, .leaf = e->leaf, .record = e->record };
    if (s->block.to != e->index)
        begin_at(s, e->index);
    size_t before = s->block.rows.n;
    s->block.to = e->index + 1;
    if (!kind_has_keys(e->record->kind))
        return;
    if (s->keyed++ == 0)
        s->since = e->accepted;
    if (row_maker_add(f->maker, &row, e->txn, &f->reads, &s->block.rows) == STORE_OK)
        return;
    if (!s->block.rows.failed)
        s->block.rows.n = before;
    buf_add(&s->block.unread, &e->index, sizeof e->index);
}

/* A commit that was said to have failed may have reached the disk, and its entries are read again
 * with the end of the log: nobody knows how many of them have keys. */
static void take_settled(void *ctx, uint64_t size)
{
    struct fresh_rows *f = ctx;
    struct fresh_stretch *s = &f->batch;
    if (size < s->block.to)
        row_maker_forget(f->maker);
    if (s->block.from == s->block.to || size < s->block.to) {
        begin_at(s, size);
        s->keyed = 1;
        s->since = clock_wall();
    }
    pthread_mutex_lock(&f->lock);
    if (size > f->kept.block.to)
        join(&f->kept, s);
    if (f->kept.keyed >= f->wanted)
        pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
    begin_at(s, size);
    f->reads = READS_MOST;
}

struct sequencer_listener fresh_rows_listener(struct fresh_rows *f)
{
    return (
        struct sequencer_listener){ .appended = take_appended, .settled = take_settled, .ctx = f };
}

/* ---- the indexer ----------------------------------------------------------------------------- */

void fresh_rows_wait(struct fresh_rows *f, uint64_t keyed, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&f->lock);
    f->wanted = keyed;
    while (!f->ended && f->kept.keyed < keyed &&
           pthread_cond_timedwait(&f->changed, &f->lock, &until) != ETIMEDOUT)
        ;
    f->wanted = UINT64_MAX;
    pthread_mutex_unlock(&f->lock);
}

void fresh_rows_wake(struct fresh_rows *f)
{
    pthread_mutex_lock(&f->lock);
    f->ended = true;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

uint64_t fresh_rows_keyed(struct fresh_rows *f, int64_t *since)
{
    pthread_mutex_lock(&f->lock);
    uint64_t keyed = f->kept.keyed;
    *since = f->kept.since;
    pthread_mutex_unlock(&f->lock);
    return keyed;
}

void fresh_rows_take(struct fresh_rows *f, struct fresh_block *block)
{
    pthread_mutex_lock(&f->lock);
    *block = f->kept.block;
    f->kept.block.rows = (struct buf){ 0 };
    f->kept.block.unread = (struct buf){ 0 };
    begin_at(&f->kept, block->to);
    pthread_mutex_unlock(&f->lock);
}
