#include "daemon/store/store_lmdb.h"

static enum store_result put_value(struct store_txn *t, enum lmdb_table table, MDB_val key,
                                   MDB_val value)
{
    return lmdb_result(mdb_put(t->txn, t->store->table[table], &key, &value, 0), "writing");
}

enum store_result store_put_head(struct store_txn *t, struct span note)
{
    return put_value(t, TABLE_META, val_of("checkpoint", strlen("checkpoint")),
                     val_of(note.p, note.n));
}

enum store_result store_put_entry(struct store_txn *t, uint64_t index, struct span bytes,
                                  const struct hash *leaf)
{
    uint8_t key[8];
    be_put(key, index, sizeof key);
    MDB_val k = val_of(key, sizeof key), v = { .mv_size = HASH_BYTES + bytes.n };
    int rc = mdb_put(t->txn, t->store->table[TABLE_TAIL], &k, &v, MDB_APPEND | MDB_RESERVE);
    if (rc == 0) {
        memcpy(v.mv_data, leaf->b, HASH_BYTES);
        memcpy((uint8_t *)v.mv_data + HASH_BYTES, bytes.p, bytes.n);
    }
    return lmdb_result(rc, "writing an entry");
}

/* Takes the entries of a stretch out of the tail and puts them and their tile into one value. */
static enum store_result close_bundle(struct store_txn *t, uint64_t n, const struct hash *hashes)
{
    struct buf *fold = &t->store->fold;
    struct tile bundle = { .level = TILE_ENTRIES, .n = n, .width = TILE_WIDTH };
    uint8_t key[8];
    if (fold->failed)
        buf_free(fold);
    buf_clear(fold);
    buf_add(fold, hashes, TILE_BYTES);
    enum store_result r = store_tile(t, &bundle, fold);
    if (r != STORE_OK)
        return r == STORE_ABSENT ? STORE_DAMAGED : r;
    be_put(key, n, sizeof key);
    r = put_value(t, TABLE_BUNDLES, val_of(key, sizeof key), val_of(fold->p, fold->n));
    for (unsigned i = 0; r == STORE_OK && i < TILE_WIDTH; i++) {
        be_put(key, n * TILE_WIDTH + i, sizeof key);
        MDB_val k = val_of(key, sizeof key);
        r = lmdb_result(mdb_del(t->txn, t->store->table[TABLE_TAIL], &k, NULL), "closing a bundle");
    }
    return r;
}

enum store_result store_put_tile(struct store_txn *t, const struct tile *tile,
                                 const struct hash *hashes)
{
    uint8_t key[9] = { (uint8_t)tile->level };
    if (tile->level == 0)
        return close_bundle(t, tile->n, hashes);
    be_put(key + 1, tile->n, 8);
    return put_value(t, TABLE_TILES, val_of(key, sizeof key),
                     val_of(hashes, (size_t)tile->width * HASH_BYTES));
}

enum store_result store_put_id(struct store_txn *t, const uint8_t id[static UUID_BYTES],
                               uint32_t signer, uint64_t entry)
{
    uint8_t key[ID_KEY_BYTES], value[8];
    memcpy(key, id, UUID_BYTES);
    be_put(key + UUID_BYTES, signer, 4);
    be_put(value, entry, sizeof value);
    return put_value(t, TABLE_IDS, val_of(key, sizeof key), val_of(value, sizeof value));
}

enum store_result store_put_list(struct store_txn *t, enum store_list list, struct span name,
                                 uint64_t entry)
{
    uint8_t key[LIST_KEY_MAX], value[8];
    size_t n = list_key(key, list, entry, name);
    be_put(value, entry, sizeof value);
    return put_value(t, TABLE_LISTS, val_of(key, n), val_of(value, sizeof value));
}
