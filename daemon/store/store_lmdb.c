#include "daemon/store/store_lmdb.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "daemon/host/log.h"

static const struct {
    const char *name;
    unsigned flags;
} tables[TABLES] = {
    [TABLE_BUNDLES] = { "bundles", 0 }, [TABLE_TAIL] = { "tail", 0 },
    [TABLE_TILES] = { "tiles", 0 },     [TABLE_IDS] = { "ids", 0 },
    [TABLE_META] = { "meta", 0 },       [TABLE_LISTS] = { "lists", MDB_DUPSORT | MDB_DUPFIXED },
};

void lmdb_say(int rc, const char *doing)
{
    log_line(LOG_ERROR, "store: %s: %s", doing, mdb_strerror(rc));
}

static int open_tables(struct store *s)
{
    MDB_txn *txn;
    unsigned create = s->mode == STORE_CREATE ? MDB_CREATE : 0;
    int rc = mdb_txn_begin(s->env, NULL, create != 0 ? 0 : MDB_RDONLY, &txn);
    if (rc != 0)
        return rc;
    for (int i = 0; rc == 0 && i < TABLES; i++)
        rc = mdb_dbi_open(txn, tables[i].name, tables[i].flags | create, &s->table[i]);
    MDB_val key = val_of("format", 6), value = val_of(STORE_FORMAT, strlen(STORE_FORMAT)), found;
    if (rc == 0 && create != 0) {
        rc = mdb_put(txn, s->table[TABLE_META], &key, &value, MDB_NOOVERWRITE);
        rc = rc == MDB_KEYEXIST ? 0 : rc;
    }
    if (rc == 0)
        rc = mdb_get(txn, s->table[TABLE_META], &key, &found);
    if (rc == 0 && !span_eq(span_of(found.mv_data, found.mv_size), span_str(STORE_FORMAT)))
        rc = MDB_VERSION_MISMATCH;
    if (rc == 0)
        return mdb_txn_commit(txn); /* of a reader too: it is what keeps the table handles */
    mdb_txn_abort(txn);
    return rc;
}

/* The engine writes its lock file at its start, through a link, too, and over whatever is there. */
static int check_lock_file(const struct store *s)
{
    char path[PATH_MAX];
    struct stat st;
    if (snprintf(path, sizeof path, "%s/" STORE_LOCK_FILE, s->dir) >= (int)sizeof path)
        return ENAMETOOLONG;
    if (s->mode == STORE_LOOK || lstat(path, &st) != 0)
        return 0;
    if (S_ISREG(st.st_mode) && st.st_nlink == 1)
        return 0;
    log_line(LOG_ERROR, "store: %s is a link, or no file: remove it", path);
    return EMLINK;
}

/* The engine would wait at a pipe for somebody who writes to it. */
static int check_data_file(const struct store *s)
{
    char path[PATH_MAX];
    struct stat st;
    if (snprintf(path, sizeof path, "%s/" STORE_DATA_FILE, s->dir) >= (int)sizeof path)
        return ENAMETOOLONG;
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
        return 0;
    log_line(LOG_ERROR, "store: %s: it is no file", path);
    return ENOTSUP;
}

/* Sync, meta sync and plain writes stay on: a reply may go out only after the disk has it all. */
static int open_engine(struct store *s)
{
    unsigned flags = MDB_NOTLS | (s->mode == STORE_INSPECT ? MDB_RDONLY : 0) |
                     (s->mode == STORE_LOOK ? MDB_RDONLY | MDB_NOLOCK : 0);
    int rc = check_lock_file(s);
    if (rc == 0)
        rc = check_data_file(s);
    if (rc == 0)
        rc = mdb_env_create(&s->env);
    if (rc != 0) {
        s->env = NULL;
        return rc;
    }
    if ((rc = mdb_env_set_mapsize(s->env, s->map_size)) == 0 &&
        (rc = mdb_env_set_maxreaders(s->env, s->readers)) == 0 &&
        (rc = mdb_env_set_maxdbs(s->env, TABLES)) == 0 &&
        (rc = mdb_env_open(s->env, s->dir, flags, 0600)) == 0 && (rc = open_tables(s)) == 0)
        return 0;
    mdb_env_close(s->env);
    s->env = NULL;
    return rc;
}

const char *store_folder(void)
{
    return "store";
}

const char *store_format(void)
{
    return STORE_FORMAT;
}

void store_engine_version(char out[static 16])
{
    int major, minor, patch;
    mdb_version(&major, &minor, &patch);
    snprintf(out, 16, "%d.%d.%d", major, minor, patch);
}

int store_open(struct store **out, const char *dir, enum store_mode mode, uint64_t map_size,
               unsigned readers)
{
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL || (s->dir = strdup(dir)) == NULL || pthread_rwlock_init(&s->open, NULL) != 0) {
        log_line(LOG_ERROR, "store: out of memory");
        goto free_store;
    }
    s->mode = mode;
    s->map_size = map_size;
    s->readers = readers;
    int rc = open_engine(s);
    if (rc == 0) {
        *out = s;
        return 0;
    }
    log_line(LOG_ERROR, "store: %s cannot be opened: %s", dir, mdb_strerror(rc));
    pthread_rwlock_destroy(&s->open);
free_store:
    if (s != NULL)
        free(s->dir);
    free(s);
    return -1;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    if (s->env != NULL)
        mdb_env_close(s->env);
    pthread_rwlock_destroy(&s->open);
    buf_free(&s->fold);
    free(s->dir);
    free(s);
}

enum store_result store_reopen(struct store *s)
{
    pthread_rwlock_wrlock(&s->open);
    if (s->env != NULL)
        mdb_env_close(s->env);
    s->ahead = (struct file_ahead){ .off = false };
    enum store_result r = lmdb_result(open_engine(s), "reopening");
    pthread_rwlock_unlock(&s->open);
    return r;
}

enum store_result store_begin(struct store_txn **out, struct store *s, enum store_access access)
{
    struct store_txn *t = malloc(sizeof *t);
    *out = NULL;
    if (t == NULL)
        return STORE_MEMORY;
    *t = (struct store_txn){ .store = s, .access = access };
    pthread_rwlock_rdlock(&s->open);
    int rc = s->env == NULL
                 ? MDB_PANIC
                 : mdb_txn_begin(s->env, NULL, access == STORE_READ ? MDB_RDONLY : 0, &t->txn);
    if (rc == 0) {
        *out = t;
        return STORE_OK;
    }
    pthread_rwlock_unlock(&s->open);
    free(t);
    return lmdb_result(rc, "beginning a transaction");
}

static void release(struct store_txn *t)
{
    pthread_rwlock_unlock(&t->store->open);
    free(t);
}

void store_end(struct store_txn *t)
{
    if (t == NULL)
        return;
    mdb_txn_abort(t->txn);
    release(t);
}

/* What is behind the last page in use is nothing to the engine. */
static void allocate_ahead(struct store *s)
{
    int fd;
    MDB_envinfo info;
    MDB_stat stat;
    if (mdb_env_info(s->env, &info) == 0 && mdb_env_stat(s->env, &stat) == 0 &&
        mdb_env_get_fd(s->env, &fd) == 0)
        file_ahead_keep(&s->ahead, fd, ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize,
                        s->map_size);
}

enum store_result store_commit(struct store_txn *t)
{
    int rc = mdb_txn_commit(t->txn);
    if (rc == 0)
        allocate_ahead(t->store);
    release(t);
    return lmdb_result(rc, "commit");
}

/* ---- looking after it ------------------------------------------------------------------------ */

/* mdb_reader_list prints lines of "pid thread txnid"; "-" is a slot that reads nothing. */
struct readers {
    uint64_t count, oldest;
};

static int count_reader(const char *line, void *ctx)
{
    struct readers *r = ctx;
    unsigned long long pid, thread, txnid;
    if (sscanf(line, "%llu %llx %llu", &pid, &thread, &txnid) != 3)
        return 0;
    r->count++;
    if (txnid < r->oldest)
        r->oldest = txnid;
    return 0;
}

/* The free list is a table of its own (number 0): each value is a count and as many page numbers.
 */
static int free_pages(MDB_txn *txn, uint64_t *pages)
{
    MDB_cursor *c;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, 0, &c);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(c, &key, &value, MDB_NEXT)) == 0) {
        size_t n;
        memcpy(&n, value.mv_data, sizeof n);
        *pages += n;
    }
    mdb_cursor_close(c);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

enum store_result store_stats(struct store *s, struct store_stats *out)
{
    struct store_txn *t;
    MDB_envinfo info;
    MDB_stat stat;
    struct readers readers = { .oldest = UINT64_MAX };
    uint64_t pages = 0;
    enum store_result r = store_begin(&t, s, STORE_READ);
    if (t == NULL)
        return r;
    int rc = mdb_env_info(s->env, &info);
    if (rc == 0)
        rc = mdb_env_stat(s->env, &stat);
    if (rc == 0)
        rc = free_pages(t->txn, &pages);
    if (rc == 0)
        mdb_reader_list(s->env, count_reader, &readers);
    store_end(t);
    if (rc != 0)
        return lmdb_result(rc, "statistics");
    *out = (struct store_stats){
        .used_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize,
        .map_bytes = info.me_mapsize,
        .free_bytes = pages * stat.ms_psize,
        .readers = readers.count,
        .reader_lag = info.me_last_txnid > readers.oldest ? info.me_last_txnid - readers.oldest : 0,
        .disk_free_bytes = store_room(s),
    };
    return STORE_OK;
}

uint64_t store_room(const struct store *s)
{
    struct statvfs v;
    if (statvfs(s->dir, &v) != 0)
        return UINT64_MAX;
    return (uint64_t)v.f_bavail * v.f_frsize;
}

void store_sweep(struct store *s)
{
    int dead = 0;
    pthread_rwlock_rdlock(&s->open);
    if (s->env != NULL && mdb_reader_check(s->env, &dead) == 0 && dead > 0)
        log_line(LOG_WARNING, "store: %d dead readers cleared", dead);
    pthread_rwlock_unlock(&s->open);
}
