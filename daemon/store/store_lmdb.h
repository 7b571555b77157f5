/* What the parts of the LMDB engine share; nobody else includes this.
 *
 * Tables, with big-endian keys so that they are in order. A full bundle and its level-0 tile are
 * one value, because a page holds half as much in two. */
// clang-format off
/*   bundles  n                -> the 256 leaf hashes, then the full bundle
 *   tail     index            -> leaf hash, entry: those that no full bundle holds yet
 *   tiles    level(1) n       -> hashes, of levels 1 and higher, as many as there are
 *   ids      id(16) signer(4) -> index
 *   lists    list(1) stretch(4) name -> indexes (sorted duplicates of a fixed size)
 *   meta     "checkpoint", "format" */
// clang-format on
#ifndef DAEMON_STORE_STORE_LMDB_H
#define DAEMON_STORE_STORE_LMDB_H

#include <errno.h>
#include <lmdb.h>
#include <pthread.h>

#include "daemon/store/file_ahead.h"
#include "daemon/store/store.h"

#define STORE_FORMAT "bitacora/v1 lmdb 2"
#define STORE_DATA_FILE "data.mdb" /* what the engine calls the file that has it all, */
#define STORE_LOCK_FILE "lock.mdb" /* and the one that says who reads it */
#define ID_KEY_BYTES (UUID_BYTES + 4)
#define LIST_HEAD_BYTES (1 + 4)
#define LIST_KEY_MAX (LIST_HEAD_BYTES + TEXT_MAX)
#define LEAF_TABLE TILE_BYTES /* leaf hashes in front of a bundle */

enum lmdb_table {
    TABLE_BUNDLES,
    TABLE_TAIL,
    TABLE_TILES,
    TABLE_IDS,
    TABLE_LISTS,
    TABLE_META,
    TABLES
};

struct store {
    MDB_env *env; /* NULL between a failed reopening and the next */
    MDB_dbi table[TABLES];
    char *dir;
    enum store_mode mode;
    uint64_t map_size;
    unsigned readers;
    struct buf fold;         /* the writer's, for closing bundles */
    struct file_ahead ahead; /* the writer's, of STORE_DATA_FILE */
    /* Held for reading as long as a transaction lasts, for writing while the engine is reopened. */
    pthread_rwlock_t open;
};

struct store_txn {
    struct store *store;
    MDB_txn *txn;
    enum store_access access;
};

/* What a result of LMDB, or an errno value, means: STORE_OK for 0 alone. */
static inline enum store_result lmdb_meaning(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return STORE_OK;
    case MDB_NOTFOUND:
        return STORE_ABSENT;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case MDB_MAP_FULL:
        return STORE_FULL;
    case ENOMEM:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case MDB_READERS_FULL:
        return STORE_MEMORY;
    case MDB_PANIC:
        return STORE_PANIC;
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_BAD_VALSIZE:
        return STORE_DAMAGED;
    default:
        return STORE_IO;
    }
}

/* Writes an error of the engine to the log; doing: what was tried. */
void lmdb_say(int rc, const char *doing);

/* What rc means; an error is logged, too. */
static inline enum store_result lmdb_result(int rc, const char *doing)
{
    enum store_result r = lmdb_meaning(rc);
    if (r != STORE_OK && r != STORE_ABSENT)
        lmdb_say(rc, doing);
    return r;
}

/* Lists come in stretches of so many entries, each of its own pages: else each record of another
 * signer would rewrite a page of its own. Finding takes a step for each stretch. */
#define LIST_STRETCH_BITS 12

static inline void be_put(uint8_t *out, uint64_t v, unsigned bytes)
{
    while (bytes-- > 0) {
        out[bytes] = (uint8_t)v;
        v >>= 8;
    }
}

static inline uint64_t be_get(const void *p, unsigned bytes)
{
    const uint8_t *b = p;
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++)
        v = v << 8 | b[i];
    return v;
}

/* The key of a name in the stretch that an entry is in. Returns its length. */
static inline size_t list_key(uint8_t key[static LIST_KEY_MAX], enum store_list list,
                              uint64_t entry, struct span name)
{
    key[0] = (uint8_t)list;
    be_put(key + 1, entry >> LIST_STRETCH_BITS, 4);
    if (name.n > 0)
        memcpy(key + LIST_HEAD_BYTES, name.p, name.n);
    return LIST_HEAD_BYTES + name.n;
}

static inline MDB_val val_of(const void *p, size_t n)
{
    return (MDB_val){ .mv_size = n, .mv_data = (void *)(uintptr_t)p };
}

/* Reads the value of a key; it is valid until the transaction writes or ends. */
enum store_result lmdb_get(struct store_txn *t, enum lmdb_table table, const void *key, size_t n,
                           struct span *out);

#endif
