#include "daemon/store/store_lmdb.h"

#include "daemon/host/log.h"
#include "proto/base/scan.h"

static enum store_result damaged(const char *what, uint64_t where)
{
    log_line(LOG_ERROR, "store: %s %llu is damaged: run bitacorad fsck", what,
             (unsigned long long)where);
    return STORE_DAMAGED;
}

static enum store_result added(const struct buf *out)
{
    return out->failed ? STORE_MEMORY : STORE_OK;
}

enum store_result lmdb_get(struct store_txn *t, enum lmdb_table table, const void *key, size_t n,
                           struct span *out)
{
    MDB_val k = val_of(key, n), v;
    int rc = mdb_get(t->txn, t->store->table[table], &k, &v);
    *out = rc == 0 ? span_of(v.mv_data, v.mv_size) : span_of(NULL, 0);
    return lmdb_result(rc, "reading");
}

static enum store_result get_number(struct store_txn *t, enum lmdb_table table, uint64_t key,
                                    struct span *out)
{
    uint8_t be[8];
    be_put(be, key, sizeof be);
    return lmdb_get(t, table, be, sizeof be, out);
}

enum store_result store_head(struct store_txn *t, struct buf *out)
{
    struct span v;
    enum store_result r = lmdb_get(t, TABLE_META, "checkpoint", strlen("checkpoint"), &v);
    if (r != STORE_OK)
        return r;
    buf_add_span(out, v);
    return added(out);
}

/* The first `width` entries of a stored full bundle, lengths included. */
static int bundle_prefix(struct span *out, struct span value, unsigned width)
{
    if (value.n < LEAF_TABLE)
        return -1;
    struct span bundle = span_of(value.p + LEAF_TABLE, value.n - LEAF_TABLE);
    struct scan s = scan_of(bundle);
    for (unsigned i = 0; i < width; i++)
        scan_bytes(&s, scan_u16(&s));
    *out = span_of(bundle.p, (size_t)(s.p - bundle.p));
    return s.bad || (width == TILE_WIDTH && !scan_done(&s)) ? -1 : 0;
}

static enum store_result entry_of_bundle(struct span value, uint64_t index, struct buf *out,
                                         struct hash *leaf)
{
    struct span before;
    unsigned at = (unsigned)(index % TILE_WIDTH);
    if (value.p == NULL || bundle_prefix(&before, value, at) != 0)
        return damaged("the bundle of entry", index);
    struct scan s = scan_of(span_of(before.p + before.n, value.n - LEAF_TABLE - before.n));
    struct span entry = scan_bytes(&s, scan_u16(&s));
    if (s.bad)
        return damaged("the bundle of entry", index);
    if (leaf != NULL)
        memcpy(leaf->b, value.p + at * HASH_BYTES, HASH_BYTES);
    buf_add_span(out, entry);
    return added(out);
}

/* An entry of the tail: its leaf hash and bytes. */
static enum store_result tail_entry(struct store_txn *t, uint64_t index, struct span *leaf,
                                    struct span *bytes)
{
    struct span v;
    enum store_result r = get_number(t, TABLE_TAIL, index, &v);
    if (r != STORE_OK)
        return r;
    if (v.n <= HASH_BYTES || v.n - HASH_BYTES > ENTRY_MAX)
        return damaged("entry", index);
    *leaf = span_of(v.p, HASH_BYTES);
    *bytes = span_of(v.p + HASH_BYTES, v.n - HASH_BYTES);
    return STORE_OK;
}

enum store_result store_entry(struct store_txn *t, uint64_t index, struct buf *out,
                              struct hash *leaf)
{
    struct span v, bytes;
    enum store_result r = get_number(t, TABLE_BUNDLES, index / TILE_WIDTH, &v);
    if (r == STORE_OK)
        return entry_of_bundle(v, index, out, leaf);
    if (r != STORE_ABSENT)
        return r;
    r = tail_entry(t, index, &v, &bytes);
    if (r != STORE_OK)
        return r;
    if (leaf != NULL)
        memcpy(leaf->b, v.p, HASH_BYTES);
    buf_add_span(out, bytes);
    return added(out);
}

/* A tile of level 0 or a bundle whose entries are still in the tail. */
static enum store_result tail_tile(struct store_txn *t, const struct tile *tile, struct buf *out)
{
    for (unsigned i = 0; i < tile->width; i++) {
        struct span leaf, bytes;
        enum store_result r = tail_entry(t, tile->n * TILE_WIDTH + i, &leaf, &bytes);
        if (r != STORE_OK)
            return r;
        if (tile->level == 0) {
            buf_add_span(out, leaf);
        } else {
            buf_add_u16(out, (uint16_t)bytes.n);
            buf_add_span(out, bytes);
        }
    }
    return added(out);
}

static enum store_result low_tile(struct store_txn *t, const struct tile *tile, struct buf *out)
{
    struct span v, bundle;
    enum store_result r = get_number(t, TABLE_BUNDLES, tile->n, &v);
    if (r == STORE_ABSENT)
        return tail_tile(t, tile, out);
    if (r != STORE_OK)
        return r;
    if (tile->level == 0 && v.n >= LEAF_TABLE)
        buf_add(out, v.p, (size_t)tile->width * HASH_BYTES);
    else if (tile->level != 0 && bundle_prefix(&bundle, v, tile->width) == 0)
        buf_add_span(out, bundle);
    else
        return damaged("bundle", tile->n);
    return added(out);
}

enum store_result store_tile(struct store_txn *t, const struct tile *tile, struct buf *out)
{
    uint8_t key[9] = { (uint8_t)tile->level };
    struct span v;
    if (tile->level <= 0)
        return low_tile(t, tile, out);
    be_put(key + 1, tile->n, 8);
    enum store_result r = lmdb_get(t, TABLE_TILES, key, sizeof key, &v);
    if (r != STORE_OK)
        return r;
    if (v.n < (size_t)tile->width * HASH_BYTES)
        return STORE_ABSENT;
    buf_add(out, v.p, (size_t)tile->width * HASH_BYTES);
    return added(out);
}

enum store_result store_bundle(struct store_txn *t, uint64_t n, struct span *hashes,
                               struct span *bundle)
{
    struct span v;
    enum store_result r = get_number(t, TABLE_BUNDLES, n, &v);
    if (r != STORE_OK)
        return r;
    if (v.n < LEAF_TABLE)
        return damaged("bundle", n);
    *hashes = span_of(v.p, LEAF_TABLE);
    *bundle = span_of(v.p + LEAF_TABLE, v.n - LEAF_TABLE);
    return STORE_OK;
}

enum store_result store_id(struct store_txn *t, const uint8_t id[static UUID_BYTES],
                           uint32_t signer, uint64_t *entry)
{
    uint8_t key[ID_KEY_BYTES];
    struct span v;
    memcpy(key, id, UUID_BYTES);
    be_put(key + UUID_BYTES, signer, 4);
    enum store_result r = lmdb_get(t, TABLE_IDS, key, sizeof key, &v);
    if (r != STORE_OK)
        return r;
    if (v.n != 8)
        return damaged("the id index of signer", signer);
    *entry = be_get(v.p, 8);
    return STORE_OK;
}

/* Keeps the cap lowest of what it is shown, ascending. */
static void keep_lowest(uint64_t *entry, size_t cap, size_t *n, uint64_t one)
{
    if (*n == cap && (cap == 0 || one >= entry[cap - 1]))
        return;
    size_t at = *n < cap ? (*n)++ : cap - 1;
    for (; at > 0 && entry[at - 1] > one; at--)
        entry[at] = entry[at - 1];
    entry[at] = one;
}

/* The table has them in the order of their signers: all must be seen to know the lowest. */
enum store_result store_ids(struct store_txn *t, const uint8_t id[static UUID_BYTES], uint64_t from,
                            uint64_t *entry, size_t cap, size_t *n)
{
    MDB_cursor *c;
    MDB_val k = val_of(id, UUID_BYTES), v;
    *n = 0;
    int rc = mdb_cursor_open(t->txn, t->store->table[TABLE_IDS], &c);
    if (rc != 0)
        return lmdb_result(rc, "opening a cursor");
    rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
    while (rc == 0 && k.mv_size == ID_KEY_BYTES && v.mv_size == 8 &&
           memcmp(k.mv_data, id, UUID_BYTES) == 0) {
        uint64_t one = be_get(v.mv_data, 8);
        if (one >= from)
            keep_lowest(entry, cap, n, one);
        rc = mdb_cursor_get(c, &k, &v, MDB_NEXT);
    }
    mdb_cursor_close(c);
    return rc == MDB_NOTFOUND ? STORE_OK : lmdb_result(rc, "reading ids");
}

/* The indexes under the key that the cursor stands at, from `from` on. */
static int read_duplicates(MDB_cursor *c, MDB_val k, uint64_t from, uint64_t *entry, size_t cap,
                           size_t *n)
{
    uint8_t first[8];
    be_put(first, from, sizeof first);
    MDB_val v = val_of(first, sizeof first);
    int rc = mdb_cursor_get(c, &k, &v, MDB_GET_BOTH_RANGE);
    while (rc == 0 && *n < cap) {
        uint64_t one = be_get(v.mv_data, 8);
        if (one < from)
            return MDB_CORRUPTED; /* whoever asks for what follows would never come to an end */
        entry[(*n)++] = one;
        from = one + 1;
        rc = mdb_cursor_get(c, &k, &v, MDB_NEXT_DUP);
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

enum store_result store_list(struct store_txn *t, enum store_list list, struct span name,
                             uint64_t from, uint64_t *entry, size_t cap, size_t *n)
{
    uint8_t key[LIST_KEY_MAX];
    MDB_cursor *c;
    *n = 0;
    if (name.n > TEXT_MAX)
        return STORE_OK;
    int rc = mdb_cursor_open(t->txn, t->store->table[TABLE_LISTS], &c);
    if (rc != 0)
        return lmdb_result(rc, "opening a cursor");
    uint64_t stretch = from >> LIST_STRETCH_BITS;
    while (rc == 0 && *n < cap && stretch <= UINT32_MAX) {
        MDB_val wanted = val_of(key, list_key(key, list, stretch << LIST_STRETCH_BITS, name)),
                k = wanted, v;
        rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
        if (rc != 0 || k.mv_size < LIST_HEAD_BYTES || *(const uint8_t *)k.mv_data != list)
            break; /* there is no such stretch any more */
        uint64_t found = be_get((const uint8_t *)k.mv_data + 1, 4);
        bool same = k.mv_size == wanted.mv_size && memcmp(k.mv_data, key, k.mv_size) == 0;
        if (same)
            rc = read_duplicates(c, k, from, entry, cap, n);
        stretch = found > stretch ? found : stretch + 1;
    }
    mdb_cursor_close(c);
    return rc == MDB_NOTFOUND ? STORE_OK : lmdb_result(rc, "reading a list");
}

enum store_result store_count(struct store_txn *t, struct store_counts *out)
{
    uint64_t n[TABLES];
    for (int i = 0; i < TABLES; i++) {
        MDB_stat stat;
        int rc = mdb_stat(t->txn, t->store->table[i], &stat);
        if (rc != 0)
            return lmdb_result(rc, "counting");
        n[i] = stat.ms_entries;
    }
    *out = (struct store_counts){ .bundles = n[TABLE_BUNDLES],
                                  .tail = n[TABLE_TAIL],
                                  .tiles = n[TABLE_TILES],
                                  .ids = n[TABLE_IDS],
                                  .list_items = n[TABLE_LISTS],
                                  .meta = n[TABLE_META] };
    return STORE_OK;
}

static bool in_its_stretch(const MDB_val *key, const MDB_val *value)
{
    return key->mv_size >= LIST_HEAD_BYTES && be_get((const uint8_t *)key->mv_data + 1, 4) ==
                                                  be_get(value->mv_data, 8) >> LIST_STRETCH_BITS;
}

/* The item of an index that was visited last. */
struct visited {
    uint8_t key[LIST_KEY_MAX], value[8];
    size_t key_length; /* 0: none was */
};

/* Whether an item comes after the last one. Damaged pages may lead to each other without end. */
static bool is_behind_last(struct visited *last, const MDB_val *k, const MDB_val *v)
{
    size_t both = k->mv_size < last->key_length ? k->mv_size : last->key_length;
    if (k->mv_size > sizeof last->key)
        return false;
    int order = memcmp(last->key, k->mv_data, both);
    if (order == 0)
        order = (last->key_length > k->mv_size) - (last->key_length < k->mv_size);
    if (order == 0)
        order = memcmp(last->value, v->mv_data, sizeof last->value) < 0 ? -1 : 1;
    memcpy(last->key, k->mv_data, k->mv_size);
    memcpy(last->value, v->mv_data, sizeof last->value);
    last->key_length = k->mv_size;
    return order < 0;
}

static int visit_table(struct store_txn *t, enum lmdb_table table,
                       const struct store_visitor *visitor)
{
    MDB_cursor *c;
    MDB_val k, v;
    struct visited last = { .key_length = 0 };
    int stop = 0, rc = mdb_cursor_open(t->txn, t->store->table[table], &c);
    if (rc != 0)
        return rc;
    while (stop == 0 && (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
        const uint8_t *key = k.mv_data;
        bool ids = table == TABLE_IDS;
        if (v.mv_size != 8 || (ids ? k.mv_size != ID_KEY_BYTES : !in_its_stretch(&k, &v)) ||
            !is_behind_last(&last, &k, &v))
            rc = MDB_CORRUPTED;
        else if (ids)
            stop = visitor->id(visitor->ctx, key, (uint32_t)be_get(key + UUID_BYTES, 4),
                               be_get(v.mv_data, 8));
        else
            stop = visitor->list(visitor->ctx, (enum store_list)key[0],
                                 span_of(key + LIST_HEAD_BYTES, k.mv_size - LIST_HEAD_BYTES),
                                 be_get(v.mv_data, 8));
        if (rc != 0)
            break;
    }
    mdb_cursor_close(c);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

enum store_result store_visit(struct store_txn *t, const struct store_visitor *visitor)
{
    int rc = visit_table(t, TABLE_IDS, visitor);
    if (rc == 0)
        rc = visit_table(t, TABLE_LISTS, visitor);
    return lmdb_result(rc, "walking the indexes");
}
