#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "daemon/host/log.h"
#include "daemon/store/store_lmdb.h"
#include "proto/base/limits.h"
#include "proto/sys/files.h"

#define COMMIT_BYTES (64u << 20) /* of one transaction: it is in memory until it ends */
#define WRITE_BYTES (1u << 20)   /* more than the engine writes at once */
#define MAP_UNIT ((uint64_t)1 << 20)
#define PACKED_MAX 16 /* times smaller than what a file holds it is where the disk packs files */

/* How long keys and values are. The engine itself does not look, and reads past a list's item that
 * is shorter than its first one. */
static const struct {
    size_t key[2], value[2];
} sizes[TABLES] = {
    [TABLE_BUNDLES] = { { 8, 8 }, { LEAF_TABLE, LEAF_TABLE + TILE_WIDTH *(2 + ENTRY_MAX) } },
    [TABLE_TAIL] = { { 8, 8 }, { HASH_BYTES, HASH_BYTES + ENTRY_MAX } },
    [TABLE_TILES] = { { 9, 9 }, { HASH_BYTES, TILE_BYTES } },
    [TABLE_IDS] = { { ID_KEY_BYTES, ID_KEY_BYTES }, { 8, 8 } },
    [TABLE_LISTS] = { { LIST_HEAD_BYTES, LIST_KEY_MAX }, { 8, 8 } },
    [TABLE_META] = { { 1, CODE_MAX }, { 1, CHECKPOINT_MAX } },
};

/* A store that is made anew from what another one says. Each key and value is put behind the last
 * one, so pages that lead to each other, or to one page a thousand times, end at once. */
struct rebuild {
    struct store *from, *to;
    MDB_txn *read, *write;
    uint64_t left;   /* bytes that may still come: an honest file holds each of them once */
    size_t unsynced; /* bytes of this transaction */
};

static int begin_write(struct rebuild *r)
{
    r->unsynced = 0;
    return mdb_txn_begin(r->to->env, NULL, 0, &r->write);
}

static int commit_write(struct rebuild *r)
{
    MDB_txn *txn = r->write;
    r->write = NULL;
    return mdb_txn_commit(txn);
}

static int count(struct rebuild *r, size_t n)
{
    if (n > r->left)
        return MDB_CORRUPTED;
    r->left -= n;
    r->unsynced += n;
    return 0;
}

static bool fits(const MDB_val *v, const size_t size[2])
{
    return v->mv_size >= size[0] && v->mv_size <= size[1];
}

static int put_behind(struct rebuild *r, enum lmdb_table table, MDB_val *key, MDB_val *value)
{
    bool many = table == TABLE_LISTS; /* values of one key */
    if (!fits(key, sizes[table].key) || !fits(value, sizes[table].value))
        return MDB_CORRUPTED;
    int rc = count(r, value->mv_size + (many ? 0 : key->mv_size));
    if (rc == 0)
        rc = mdb_put(r->write, r->to->table[table], key, value, many ? MDB_APPENDDUP : MDB_APPEND);
    if (rc == MDB_KEYEXIST)
        rc = MDB_CORRUPTED;
    if (rc == 0 && r->unsynced > COMMIT_BYTES && (rc = commit_write(r)) == 0)
        rc = begin_write(r);
    return rc;
}

static int put_table(struct rebuild *r, enum lmdb_table table)
{
    MDB_cursor *c;
    MDB_val key, value;
    int rc = mdb_cursor_open(r->read, r->from->table[table], &c);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(c, &key, &value, MDB_NEXT)) == 0 &&
           (rc = put_behind(r, table, &key, &value)) == 0)
        ;
    mdb_cursor_close(c);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The other key of that table, its format, is the new store's own. */
static int put_checkpoint(struct rebuild *r)
{
    MDB_val key = val_of("checkpoint", strlen("checkpoint")), value;
    int rc = mdb_get(r->read, r->from->table[TABLE_META], &key, &value);
    if (rc == 0)
        rc = fits(&value, sizes[TABLE_META].value) ? count(r, value.mv_size) : MDB_CORRUPTED;
    if (rc == 0)
        rc = mdb_put(r->write, r->to->table[TABLE_META], &key, &value, 0);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int put_all(struct rebuild *r)
{
    int rc = mdb_txn_begin(r->from->env, NULL, MDB_RDONLY, &r->read);
    if (rc != 0)
        return rc;
    rc = begin_write(r);
    for (int i = 0; rc == 0 && i < TABLES; i++)
        if (i != TABLE_META)
            rc = put_table(r, (enum lmdb_table)i);
    if (rc == 0)
        rc = put_checkpoint(r);
    if (rc == 0)
        rc = commit_write(r);
    if (r->write != NULL)
        mdb_txn_abort(r->write);
    mdb_txn_abort(r->read);
    return rc;
}

/* Pages that are filled in order are full: a file that has the same is never twice as long. */
static uint64_t most_bytes(uint64_t bytes)
{
    return bytes / MAP_UNIT * MAP_UNIT * 2 + 64 * MAP_UNIT;
}

/* How much a file can hold. Its length says little: it may have a hole, which takes nothing of
 * whoever made it. Where the file system does not tell what a file takes, it counts. */
static uint64_t bytes_there(const struct stat *st)
{
    uint64_t length = (uint64_t)st->st_size, most = (uint64_t)st->st_blocks * 512 * PACKED_MAX;
    return st->st_blocks == 0 || most > length ? length : most;
}

enum store_result store_rebuild(struct store *s, const char *dir)
{
    char path[PATH_MAX];
    struct stat st;
    struct rebuild r = { .from = s };
    if (snprintf(path, sizeof path, "%s/" STORE_DATA_FILE, s->dir) >= (int)sizeof path ||
        stat(path, &st) != 0)
        return STORE_IO;
    r.left = bytes_there(&st);
    if (store_open(&r.to, dir, STORE_CREATE, most_bytes(r.left), 4) != 0)
        return STORE_IO;
    pthread_rwlock_rdlock(&s->open);
    int rc = s->env == NULL ? MDB_PANIC : put_all(&r);
    pthread_rwlock_unlock(&s->open);
    if (rc == EIO && store_room(r.to) < WRITE_BYTES)
        rc = ENOSPC; /* the engine has EIO for a write that came to an end there */
    store_close(r.to);
    if (rc == 0 && directory_sync(dir) != 0)
        rc = errno;
    return lmdb_result(rc, "copy");
}
