#include "tests/unit/daemon/store_fake.h"

#include <pthread.h>
#include <stdlib.h>

#include "proto/base/limits.h"
#include "tests/unit/fixture.h"

/* ---- what is stored: rows of several tables ------------------------------------------------- */

enum table { TABLE_HEAD, TABLE_ENTRY, TABLE_LEAF, TABLE_TILE, TABLE_ID, TABLE_LIST };

struct row {
    enum table table;
    uint64_t key; /* an index; of a tile its number; of a list which one */
    int level;    /* of a tile */
    uint32_t signer;
    uint8_t id[UUID_BYTES];
    uint64_t entry; /* of an id or a list */
    struct buf bytes;
};

/* What one commit left; never changed, and kept for as long as a transaction sees it. */
struct contents {
    unsigned users;
    struct row *row;
    size_t n, cap;
};

struct store {
    pthread_mutex_t lock;
    struct contents *now;
    struct store_txn *writer;
    unsigned open; /* transactions */
    unsigned calls, nth, commits;
    enum store_result result;
    bool lands, failed, panicked, gives_up;
    unsigned tries; /* of store_reopen(), that fail */
    uint64_t room;
    const char *breach; /* the first one */
};

struct store_txn {
    struct store *store;
    struct contents *sees; /* a writer's is its own copy */
    bool writes;
    bool spoilt; /* a write has failed: it may only be ended */
    /* Of store_bundle(), which hands out what lasts as long as the transaction: */
    struct buf hashes, bundle;
};

static void release(struct contents *c)
{
    if (--c->users > 0)
        return;
    for (size_t i = 0; i < c->n; i++)
        buf_free(&c->row[i].bytes);
    free(c->row);
    free(c);
}

static void add_row(struct contents *c, const struct row *r, struct span bytes)
{
    if (c->n == c->cap) {
        c->cap = c->cap * 2 + 64;
        c->row = realloc(c->row, c->cap * sizeof *c->row);
    }
    c->row[c->n] = *r;
    c->row[c->n].bytes = (struct buf){ 0 };
    buf_add_span(&c->row[c->n].bytes, bytes);
    c->n++;
}

static struct contents *copy_of(const struct contents *from)
{
    struct contents *c = calloc(1, sizeof *c);
    c->users = 1;
    for (size_t i = 0; i < from->n; i++)
        add_row(c, &from->row[i], buf_span(&from->row[i].bytes));
    return c;
}

static bool is_same(const struct row *a, const struct row *b)
{
    if (a->table != b->table || a->key != b->key || a->level != b->level)
        return false;
    if (a->table == TABLE_ID)
        return a->signer == b->signer && memcmp(a->id, b->id, UUID_BYTES) == 0;
    return a->table != TABLE_LIST ||
           (a->entry == b->entry && span_eq(buf_span(&a->bytes), buf_span(&b->bytes)));
}

static struct row *find(const struct contents *c, const struct row *key)
{
    for (size_t i = 0; i < c->n; i++)
        if (is_same(&c->row[i], key))
            return &c->row[i];
    return NULL;
}

/* ---- faults --------------------------------------------------------------------------------- */

static void breach(struct store *s, const char *what)
{
    if (s->breach == NULL)
        s->breach = what;
}

/* Counts a call that can fail; says what it has to return. Under the lock. */
static enum store_result fault(struct store *s)
{
    if (++s->calls != s->nth)
        return STORE_OK;
    s->failed = true;
    if (s->result == STORE_PANIC || s->gives_up)
        s->panicked = true;
    return s->result;
}

static enum store_result enter(struct store_txn *t, bool to_write)
{
    struct store *s = t->store;
    pthread_mutex_lock(&s->lock);
    if (to_write && !t->writes)
        breach(s, "a write in a STORE_READ transaction");
    if (t->spoilt)
        breach(s, "a call in a transaction in which a write had failed");
    enum store_result r = fault(s);
    t->spoilt = t->spoilt || (to_write && r != STORE_OK);
    pthread_mutex_unlock(&s->lock);
    return r;
}

void store_fake_fail(struct store *s, unsigned nth, enum store_result r, bool lands)
{
    pthread_mutex_lock(&s->lock);
    s->calls = 0;
    s->nth = nth;
    s->result = r;
    s->lands = lands;
    s->failed = s->gives_up = false;
    pthread_mutex_unlock(&s->lock);
}

void store_fake_give_up(struct store *s, unsigned tries)
{
    pthread_mutex_lock(&s->lock);
    s->gives_up = true;
    s->tries = tries;
    pthread_mutex_unlock(&s->lock);
}

bool store_fake_failed(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    bool failed = s->failed;
    pthread_mutex_unlock(&s->lock);
    return failed;
}

unsigned store_fake_calls(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned calls = s->calls;
    pthread_mutex_unlock(&s->lock);
    return calls;
}

unsigned store_fake_commits(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned commits = s->commits;
    pthread_mutex_unlock(&s->lock);
    return commits;
}

void store_fake_set_room(struct store *s, uint64_t bytes)
{
    pthread_mutex_lock(&s->lock);
    s->room = bytes;
    pthread_mutex_unlock(&s->lock);
}

static struct row *stored(struct store *s, enum table table, uint64_t index)
{
    const struct row key = { .table = table, .key = index };
    struct row *r = find(s->now, &key);
    assert_non_null(r);
    return r;
}

void store_fake_set_entry(struct store *s, uint64_t index, const struct buf *bytes)
{
    struct row *r = stored(s, TABLE_ENTRY, index);
    buf_clear(&r->bytes);
    if (bytes != NULL)
        buf_add_span(&r->bytes, buf_span(bytes));
    else
        r->key = UINT64_MAX;
}

void store_fake_set_leaf(struct store *s, uint64_t index, const struct hash *leaf)
{
    struct row *r = stored(s, TABLE_LEAF, index);
    buf_clear(&r->bytes);
    buf_add(&r->bytes, leaf, sizeof *leaf);
}

/* ---- store.h: the store --------------------------------------------------------------------- */

struct store *store_fake_open(void)
{
    struct store *s = calloc(1, sizeof *s);
    assert_non_null(s);
    assert_int_equal(pthread_mutex_init(&s->lock, NULL), 0);
    s->now = calloc(1, sizeof *s->now);
    s->now->users = 1;
    s->room = UINT64_MAX;
    return s;
}

void store_fake_close(struct store *s)
{
    if (s == NULL)
        return;
    const char *what = s->open > 0 ? "a transaction was left open" : s->breach;
    release(s->now);
    pthread_mutex_destroy(&s->lock);
    free(s);
    if (what != NULL)
        fail_msg("the contract of store.h was broken: %s", what);
}

enum store_result store_reopen(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    if (s->open > 0)
        breach(s, "store_reopen() beside a transaction");
    enum store_result r = s->tries > 0 ? STORE_IO : fault(s);
    s->tries -= s->tries > 0;
    if (r == STORE_OK)
        s->panicked = false;
    pthread_mutex_unlock(&s->lock);
    return r;
}

enum store_result store_begin(struct store_txn **out, struct store *s, enum store_access access)
{
    *out = NULL;
    pthread_mutex_lock(&s->lock);
    enum store_result r = s->panicked ? STORE_PANIC : fault(s);
    if (r == STORE_OK) {
        struct store_txn *t = calloc(1, sizeof *t);
        t->store = s;
        t->writes = access == STORE_WRITE;
        t->sees = t->writes ? copy_of(s->now) : s->now;
        if (!t->writes)
            s->now->users++;
        if (t->writes && s->writer != NULL)
            breach(s, "two writers at once");
        if (t->writes)
            s->writer = t;
        s->open++;
        *out = t;
    }
    pthread_mutex_unlock(&s->lock);
    return r;
}

/* Under the lock. */
static void end_txn(struct store_txn *t)
{
    release(t->sees);
    if (t->store->writer == t)
        t->store->writer = NULL;
    t->store->open--;
    buf_free(&t->hashes);
    buf_free(&t->bundle);
    free(t);
}

void store_end(struct store_txn *t)
{
    if (t == NULL)
        return;
    struct store *s = t->store;
    pthread_mutex_lock(&s->lock);
    end_txn(t);
    pthread_mutex_unlock(&s->lock);
}

enum store_result store_commit(struct store_txn *t)
{
    struct store *s = t->store;
    enum store_result r = enter(t, true);
    pthread_mutex_lock(&s->lock);
    if (r == STORE_OK || s->lands) {
        struct contents *before = s->now;
        s->now = t->sees;
        s->now->users++;
        s->commits++;
        release(before);
    }
    end_txn(t);
    pthread_mutex_unlock(&s->lock);
    return r;
}

uint64_t store_room(const struct store *s)
{
    struct store *unlocked = (struct store *)(uintptr_t)s;
    pthread_mutex_lock(&unlocked->lock);
    uint64_t room = s->room;
    pthread_mutex_unlock(&unlocked->lock);
    return room;
}

/* ---- store.h: reading ------------------------------------------------------------------------ */

static enum store_result add_bytes(struct store_txn *t, const struct row *key, struct buf *out)
{
    const struct row *r = find(t->sees, key);
    if (r == NULL)
        return STORE_ABSENT;
    buf_add_span(out, buf_span(&r->bytes));
    return STORE_OK;
}

enum store_result store_head(struct store_txn *t, struct buf *out)
{
    const struct row key = { .table = TABLE_HEAD };
    enum store_result r = enter(t, false);
    return r == STORE_OK ? add_bytes(t, &key, out) : r;
}

enum store_result store_entry(struct store_txn *t, uint64_t index, struct buf *out,
                              struct hash *leaf)
{
    const struct row key = { .table = TABLE_ENTRY, .key = index };
    const struct row beside = { .table = TABLE_LEAF, .key = index };
    enum store_result r = enter(t, false);
    if (r == STORE_OK)
        r = add_bytes(t, &key, out);
    if (r == STORE_OK && leaf != NULL)
        memcpy(leaf, find(t->sees, &beside)->bytes.p, sizeof *leaf);
    return r;
}

/* A stretch of entries: their leaf hashes, or as a bundle has them. */
static enum store_result add_stretch(struct store_txn *t, const struct tile *tile, struct buf *out)
{
    enum store_result r = STORE_OK;
    for (uint64_t i = 0; r == STORE_OK && i < tile->width; i++) {
        struct row key = { .table = TABLE_ENTRY, .key = tile->n * TILE_WIDTH + i };
        if (tile->level == TILE_ENTRIES) {
            const struct row *entry = find(t->sees, &key);
            if (entry != NULL)
                buf_add_u16(out, (uint16_t)entry->bytes.n);
        } else {
            key.table = TABLE_LEAF;
        }
        r = add_bytes(t, &key, out);
    }
    return r;
}

enum store_result store_tile(struct store_txn *t, const struct tile *tile, struct buf *out)
{
    const struct row key = { .table = TABLE_TILE, .key = tile->n, .level = tile->level };
    enum store_result r = enter(t, false);
    if (r != STORE_OK)
        return r;
    if (tile->level <= 0)
        return add_stretch(t, tile, out);
    const struct row *kept = find(t->sees, &key);
    if (kept == NULL || kept->bytes.n < tile->width * sizeof(struct hash))
        return STORE_ABSENT;
    buf_add(out, kept->bytes.p, tile->width * sizeof(struct hash));
    return STORE_OK;
}

enum store_result store_bundle(struct store_txn *t, uint64_t n, struct span *hashes,
                               struct span *bundle)
{
    struct tile tile = { .level = 0, .n = n, .width = TILE_WIDTH };
    const struct row key = { .table = TABLE_TILE, .key = n };
    enum store_result r = enter(t, false);
    if (r == STORE_OK && find(t->sees, &key) == NULL)
        r = STORE_ABSENT; /* not closed */
    buf_clear(&t->hashes);
    buf_clear(&t->bundle);
    if (r == STORE_OK)
        r = add_stretch(t, &tile, &t->hashes);
    tile.level = TILE_ENTRIES;
    if (r == STORE_OK)
        r = add_stretch(t, &tile, &t->bundle);
    *hashes = buf_span(&t->hashes);
    *bundle = buf_span(&t->bundle);
    return r;
}

enum store_result store_id(struct store_txn *t, const uint8_t id[static UUID_BYTES],
                           uint32_t signer, uint64_t *entry)
{
    struct row key = { .table = TABLE_ID, .signer = signer };
    memcpy(key.id, id, UUID_BYTES);
    enum store_result r = enter(t, false);
    const struct row *kept = find(t->sees, &key);
    if (r != STORE_OK || kept == NULL)
        return r == STORE_OK ? STORE_ABSENT : r;
    *entry = kept->entry;
    return STORE_OK;
}

/* Rows are in the order in which they were put, and entries only ever grow. */
enum store_result store_list(struct store_txn *t, enum store_list list, struct span name,
                             uint64_t from, uint64_t *entry, size_t cap, size_t *n)
{
    enum store_result r = enter(t, false);
    *n = 0;
    for (size_t i = 0; r == STORE_OK && i < t->sees->n && *n < cap; i++) {
        const struct row *row = &t->sees->row[i];
        if (row->table == TABLE_LIST && row->key == (uint64_t)list && row->entry >= from &&
            span_eq(buf_span(&row->bytes), name))
            entry[(*n)++] = row->entry;
    }
    return r;
}

/* ---- store.h: writing ------------------------------------------------------------------------ */

static enum store_result put_row(struct store_txn *t, const struct row *r, struct span bytes)
{
    enum store_result result = enter(t, true);
    if (result != STORE_OK)
        return result;
    struct row *before = find(t->sees, r);
    if (before == NULL) {
        add_row(t->sees, r, bytes);
    } else {
        before->entry = r->entry;
        buf_clear(&before->bytes);
        buf_add_span(&before->bytes, bytes);
    }
    return STORE_OK;
}

enum store_result store_put_head(struct store_txn *t, struct span note)
{
    const struct row r = { .table = TABLE_HEAD };
    return put_row(t, &r, note);
}

enum store_result store_put_entry(struct store_txn *t, uint64_t index, struct span bytes,
                                  const struct hash *leaf)
{
    const struct row before = { .table = TABLE_ENTRY, .key = index - 1 };
    const struct row r = { .table = TABLE_ENTRY, .key = index };
    const struct row beside = { .table = TABLE_LEAF, .key = index };
    if (find(t->sees, &r) != NULL || (index > 0 && find(t->sees, &before) == NULL))
        breach(t->store, "an entry out of order");
    enum store_result result = put_row(t, &r, bytes);
    if (result == STORE_OK)
        add_row(t->sees, &beside, span_of(leaf, sizeof *leaf));
    return result;
}

enum store_result store_put_tile(struct store_txn *t, const struct tile *tile,
                                 const struct hash *hashes)
{
    const struct row r = { .table = TABLE_TILE, .key = tile->n, .level = tile->level };
    if (tile->level == 0 && tile->width != TILE_WIDTH)
        breach(t->store, "a tile of level 0 that is not full");
    return put_row(t, &r, span_of(hashes, tile->width * sizeof *hashes));
}

enum store_result store_put_id(struct store_txn *t, const uint8_t id[static UUID_BYTES],
                               uint32_t signer, uint64_t entry)
{
    struct row r = { .table = TABLE_ID, .signer = signer, .entry = entry };
    memcpy(r.id, id, UUID_BYTES);
    return put_row(t, &r, span_of(NULL, 0));
}

enum store_result store_put_list(struct store_txn *t, enum store_list list, struct span name,
                                 uint64_t entry)
{
    struct row r = { .table = TABLE_LIST, .key = (uint64_t)list, .entry = entry };
    buf_add_span(&r.bytes, name); /* which is what it is told apart by */
    enum store_result result = put_row(t, &r, name);
    buf_free(&r.bytes);
    return result;
}
