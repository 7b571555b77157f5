#include "daemon/store/blobs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/base/hash.h"
#include "proto/base/scan.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

struct folder {
    const char *name;
    int fd;
    pthread_mutex_t syncing; /* held while the folder is synced; before `turn`, if both */
    bool dirty;              /* names have changed since it was synced; under `turn` */
};

/* Names in new/ and kept/ change under `turn` only, which is never held for longer than a few
 * system calls that wait for no disk; what is pending is counted under it, too, or one that
 * comes again meanwhile would be counted and never be known. */
struct blobs {
    struct folder tmp, fresh, kept;
    pthread_mutex_t turn;
    struct pending pending; /* in new/ or on their way there */
    _Atomic uint64_t next;  /* name of a file in tmp/ */
    atomic_bool broken;     /* a folder could not be synced: what it holds is not known any more */
    atomic_bool littered;   /* a copy in tmp/ could not be overwritten: it may be of any blob */
};

struct blob_name {
    char text[2 * HASH_BYTES + 1];
};

static struct blob_name name_of(const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name n;
    hex_format(n.text, sha256, HASH_BYTES);
    return n;
}

static enum blob_result result_of(int cause)
{
    switch (cause) {
    case ENOENT:
        return BLOB_ABSENT;
    case ENOSPC:
    case EDQUOT:
        return BLOB_FULL;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return BLOB_MEMORY;
    default:
        return BLOB_IO;
    }
}

/* What errno says of a file, which the log is told unless it is only missing. */
static enum blob_result complain(const char *what, const struct folder *f, const char *name)
{
    enum blob_result r = result_of(errno);
    if (r != BLOB_ABSENT)
        log_line(LOG_ERROR, "cannot %s blobs/%s/%s: %s", what, f->name, name, strerror(errno));
    return r;
}

/* ---- folders --------------------------------------------------------------------------------- */

static int open_folder(struct folder *f, int dir, const char *name)
{
    f->name = name;
    f->dirty = true;
    f->fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd >= 0 && pthread_mutex_init(&f->syncing, NULL) == 0)
        return 0;
    log_line(LOG_ERROR, "cannot open blobs/%s: %s", name, strerror(errno));
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    return -1;
}

static void close_folder(struct folder *f)
{
    if (f->fd < 0)
        return;
    close(f->fd);
    pthread_mutex_destroy(&f->syncing);
}

/* All names that the folder had when this was called are on the disk once it returns BLOB_OK,
 * whoever synced them: those who come while it is being synced wait, and share the next time.
 * After a failure nothing more is said to be on the disk: the kernel tells of it only once. */
static enum blob_result sync_folder(struct blobs *b, struct folder *f)
{
    pthread_mutex_lock(&f->syncing);
    pthread_mutex_lock(&b->turn);
    bool dirty = f->dirty;
    f->dirty = false;
    pthread_mutex_unlock(&b->turn);
    if (dirty && fsync(f->fd) != 0) {
        log_line(LOG_ERROR, "cannot sync blobs/%s: %s; no blob is put or kept before a restart",
                 f->name, strerror(errno));
        atomic_store(&b->broken, true);
    }
    pthread_mutex_unlock(&f->syncing);
    return atomic_load(&b->broken) ? BLOB_IO : BLOB_OK;
}

/* Calls visit for each file of a folder; its number, or -1. */
static int64_t each_file(const struct folder *f, void (*visit)(void *ctx, const char *name),
                         void *ctx)
{
    int64_t n = 0;
    int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        log_line(LOG_ERROR, "cannot list blobs/%s: %s", f->name, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        if (visit != NULL)
            visit(ctx, e->d_name);
        n++;
    }
    closedir(dir);
    return n;
}

static int overwrite(int fd)
{
    static const uint8_t zeros[4096];
    struct stat s;
    if (fstat(fd, &s) != 0)
        return -1;
    for (off_t at = 0; at < s.st_size;) {
        off_t left = s.st_size - at;
        ssize_t n = pwrite(fd, zeros, left < 4096 ? (size_t)left : sizeof zeros, at);
        if (n < 0 && errno != EINTR)
            return -1;
        at += n > 0 ? n : 0;
    }
    return fsync(fd);
}

/* A file's bytes are zeros on the disk. BLOB_ABSENT: there is no such file. */
static enum blob_result overwrite_file(const struct folder *f, const char *name)
{
    int fd = openat(f->fd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    enum blob_result r = BLOB_OK;
    if (fd < 0 || overwrite(fd) != 0)
        r = complain("overwrite", f, name);
    if (fd >= 0)
        close(fd);
    return r;
}

/* Deletes a file in tmp/. It may hold a copy of a blob that is ordered erased one day: its bytes go
 * first, and what could not be overwritten stays for the next start. */
static void discard(struct blobs *b, const char *name)
{
    enum blob_result r = overwrite_file(&b->tmp, name);
    if (r == BLOB_OK && unlinkat(b->tmp.fd, name, 0) != 0)
        r = complain("remove", &b->tmp, name);
    if (r != BLOB_OK && r != BLOB_ABSENT)
        atomic_store(&b->littered, true);
}

static void remove_left_over(void *ctx, const char *name)
{
    discard(ctx, name);
}

/* What bears no blob's name does not count. */
static void count_pending(void *ctx, const char *name)
{
    struct blobs *b = ctx;
    uint8_t sha256[HASH_BYTES];
    struct stat s;
    if (hex_parse(sha256, HASH_BYTES, span_str(name)) == 0 &&
        fstatat(b->fresh.fd, name, &s, AT_SYMLINK_NOFOLLOW) == 0)
        pending_found(&b->pending, sha256, (uint64_t)s.st_size);
}

/* What a process that was killed has left behind may not be on the disk, and is not known to be. */
static int start(struct blobs *b)
{
    if (each_file(&b->tmp, remove_left_over, b) < 0)
        return -1;
    if (each_file(&b->fresh, count_pending, b) < 0)
        return -1;
    return sync_folder(b, &b->fresh) == BLOB_OK && sync_folder(b, &b->kept) == BLOB_OK ? 0 : -1;
}

struct blobs *blobs_open(const char *path, const struct pending_limits *limits)
{
    struct blobs *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    if (pending_init(&b->pending, limits) != 0) {
        free(b);
        return NULL;
    }
    if (pthread_mutex_init(&b->turn, NULL) != 0) {
        pending_destroy(&b->pending);
        free(b);
        return NULL;
    }
    atomic_init(&b->next, (uint64_t)clock_wall() << 16); /* beyond what an earlier start left */
    b->tmp.fd = b->fresh.fd = b->kept.fd = -1;
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        log_line(LOG_ERROR, "cannot open %s: %s", path, strerror(errno));
    bool opened = dir >= 0 && open_folder(&b->tmp, dir, "tmp") == 0 &&
                  open_folder(&b->fresh, dir, "new") == 0 &&
                  open_folder(&b->kept, dir, "kept") == 0 && start(b) == 0;
    if (dir >= 0)
        close(dir);
    if (opened)
        return b;
    blobs_close(b);
    return NULL;
}

void blobs_close(struct blobs *b)
{
    if (b == NULL)
        return;
    close_folder(&b->tmp);
    close_folder(&b->fresh);
    close_folder(&b->kept);
    pthread_mutex_destroy(&b->turn);
    pending_destroy(&b->pending);
    free(b);
}

/* ---- looking --------------------------------------------------------------------------------- */

/* Where a blob may be, in this order: one that is moved meanwhile is found the third time. */
static const struct folder *place(const struct blobs *b, int i)
{
    return i == 1 ? &b->fresh : &b->kept;
}

static bool is_in(const struct folder *f, const struct blob_name *n)
{
    return faccessat(f->fd, n->text, F_OK, 0) == 0;
}

enum blob_result blobs_size(const struct blobs *b, const uint8_t sha256[static HASH_BYTES],
                            uint64_t *size)
{
    struct blob_name n = name_of(sha256);
    struct stat s;
    for (int i = 0; i < 3; i++) {
        if (fstatat(place(b, i)->fd, n.text, &s, AT_SYMLINK_NOFOLLOW) == 0) {
            *size = (uint64_t)s.st_size;
            return BLOB_OK;
        }
        if (errno != ENOENT)
            return complain("look at", place(b, i), n.text);
    }
    return BLOB_ABSENT;
}

/* Opens a blob, and sets *where. */
static enum blob_result open_blob(const struct blobs *b, const struct blob_name *n, int *fd,
                                  const struct folder **where)
{
    for (int i = 0; i < 3; i++) {
        *where = place(b, i);
        *fd = openat((*where)->fd, n->text, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (*fd >= 0)
            return BLOB_OK;
        if (errno != ENOENT)
            return complain("open", *where, n->text);
    }
    return BLOB_ABSENT;
}

/* Appends what can be read, up to one byte more than cap. Returns 0 or -1 with errno. */
static int read_all(int fd, size_t cap, struct buf *out)
{
    uint8_t *p = buf_reserve(out, cap + 1);
    size_t n = 0;
    ssize_t got = 1;
    while (p != NULL && got != 0 && n <= cap) {
        got = read(fd, p + n, cap + 1 - n);
        if (got < 0 && errno != EINTR)
            return -1;
        n += got > 0 ? (size_t)got : 0;
    }
    if (p == NULL)
        errno = ENOMEM;
    out->n += n;
    return p == NULL ? -1 : 0;
}

enum blob_result blobs_read(const struct blobs *b, const uint8_t sha256[static HASH_BYTES],
                            size_t cap, struct buf *out)
{
    struct blob_name n = name_of(sha256);
    const struct folder *where;
    struct stat s;
    struct hash hash;
    size_t before = out->n;
    int fd;
    enum blob_result r = open_blob(b, &n, &fd, &where);
    if (r != BLOB_OK)
        return r;
    if (fstat(fd, &s) != 0)
        r = complain("look at", where, n.text);
    else if ((uint64_t)s.st_size > cap)
        r = BLOB_TOO_LARGE;
    else if (read_all(fd, (size_t)s.st_size, out) != 0)
        r = complain("read", where, n.text);
    close(fd);
    if (r == BLOB_OK) {
        hash_bytes(&hash, span_of(out->p + before, out->n - before));
        if (memcmp(hash.b, sha256, HASH_BYTES) != 0)
            r = BLOB_IO;
    }
    if (r != BLOB_OK)
        out->n = before;
    return r;
}

/* ---- putting --------------------------------------------------------------------------------- */

/* Expiry looks at the time once more when it has its turn: so either it sees the new time, or
 * the blob is gone here. The time must be on the disk, too, as after a crash the old one would
 * hold. */
static enum blob_result renew_pending(struct blobs *b, const struct blob_name *n)
{
    int fd = openat(b->fresh.fd, n->text, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return complain("open", &b->fresh, n->text);
    pthread_mutex_lock(&b->turn);
    int failed = utimensat(b->fresh.fd, n->text, NULL, AT_SYMLINK_NOFOLLOW);
    pthread_mutex_unlock(&b->turn);
    enum blob_result r = BLOB_OK;
    if (failed != 0 || fsync(fd) != 0)
        r = complain("renew", &b->fresh, n->text);
    close(fd);
    return r == BLOB_OK ? sync_folder(b, &b->fresh) : r;
}

enum blob_result blobs_renew(struct blobs *b, const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name n = name_of(sha256);
    enum blob_result r = BLOB_ABSENT;
    for (int i = 0; r == BLOB_ABSENT && i < 2; i++) {
        if (is_in(&b->kept, &n)) /* moved there, but perhaps not yet on the disk */
            return sync_folder(b, &b->kept);
        r = renew_pending(b, &n);
    }
    return r;
}

struct temporary {
    char name[24];
};

/* A name in tmp/ that nobody else has. */
static struct temporary next_temporary(struct blobs *b)
{
    struct temporary t;
    snprintf(t.name, sizeof t.name, "%" PRIu64, atomic_fetch_add(&b->next, 1));
    return t;
}

/* A file in tmp/, on the disk. */
static enum blob_result write_file(struct blobs *b, const char *name, struct span bytes)
{
    int fd = openat(b->tmp.fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum blob_result r = BLOB_OK;
    if (fd < 0)
        return complain("make", &b->tmp, name);
    if (file_write_all(fd, bytes) != 0 || fsync(fd) != 0)
        r = complain("write", &b->tmp, name);
    if (close(fd) != 0 && r == BLOB_OK)
        r = complain("write", &b->tmp, name);
    if (r != BLOB_OK)
        discard(b, name);
    return r;
}

/* Gives a written file its name, unless somebody else was first. */
static enum blob_result name_file(struct blobs *b, const char *file, const struct blob_put *put,
                                  bool *fresh)
{
    struct blob_name name = name_of(put->sha256), *n = &name;
    enum blob_result r = BLOB_OK;
    pthread_mutex_lock(&b->turn);
    *fresh = !is_in(&b->fresh, n) && !is_in(&b->kept, n);
    if (*fresh && renameat(b->tmp.fd, file, b->fresh.fd, n->text) != 0)
        r = complain("name", &b->fresh, n->text);
    *fresh = *fresh && r == BLOB_OK;
    if (*fresh) {
        b->fresh.dirty = true;
        pending_name(&b->pending, put->sha256, put->signer, put->bytes.n);
    }
    pthread_mutex_unlock(&b->turn);
    if (!*fresh)
        discard(b, file);
    return r;
}

static enum blob_result result_of_pending(enum pending_result r)
{
    return r == PENDING_OK        ? BLOB_OK
           : r == PENDING_CROWDED ? BLOB_CROWDED
           : r == PENDING_SHARE   ? BLOB_SHARE
                                  : BLOB_MEMORY;
}

enum blob_result blobs_put(struct blobs *b, const struct blob_put *put, bool *fresh)
{
    struct temporary file = next_temporary(b);
    *fresh = false;
    if (atomic_load(&b->broken))
        return BLOB_IO;
    enum blob_result r = result_of_pending(pending_begin(&b->pending, put->signer, put->bytes.n));
    if (r != BLOB_OK)
        return r;
    r = write_file(b, file.name, put->bytes);
    if (r == BLOB_OK)
        r = name_file(b, file.name, put, fresh);
    if (!*fresh)
        pending_cancel(&b->pending, put->signer, put->bytes.n);
    if (r == BLOB_OK)
        r = sync_folder(b, &b->fresh);
    return r == BLOB_OK && !*fresh ? sync_folder(b, &b->kept) : r;
}

/* ---- keeping --------------------------------------------------------------------------------- */

/* The rename decides between this and expiry. */
enum blob_result blobs_keep(struct blobs *b, const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name n = name_of(sha256);
    enum blob_result r = BLOB_OK;
    pthread_mutex_lock(&b->turn);
    bool moved = !is_in(&b->kept, &n);
    if (moved && renameat(b->fresh.fd, n.text, b->kept.fd, n.text) != 0)
        r = complain("keep", &b->fresh, n.text);
    else if (moved)
        b->kept.dirty = true;
    if (moved && r == BLOB_OK)
        pending_leave(&b->pending, sha256);
    pthread_mutex_unlock(&b->turn);
    return r;
}

/* new/ need not be synced: a name that comes back there after a crash is one more, and expires. */
enum blob_result blobs_settle(struct blobs *b)
{
    return sync_folder(b, &b->kept);
}

/* ---- deleting -------------------------------------------------------------------------------- */

/* Only what was overwritten on the disk is deleted: else nobody could try again. */
static enum blob_result erase_in(struct blobs *b, struct folder *f,
                                 const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name name = name_of(sha256), *n = &name;
    enum blob_result r = overwrite_file(f, n->text);
    if (r == BLOB_ABSENT) /* but that it went may not be on the disk yet */
        return sync_folder(b, f);
    if (r != BLOB_OK)
        return r;
    pthread_mutex_lock(&b->turn);
    int failed = unlinkat(f->fd, n->text, 0);
    if (failed && errno != ENOENT)
        r = complain("delete", f, n->text);
    f->dirty = true;
    if (!failed && f == &b->fresh)
        pending_leave(&b->pending, sha256);
    pthread_mutex_unlock(&b->turn);
    if (!failed)
        metric_add(METRIC_BLOBS_ERASED, 1);
    return r == BLOB_OK ? sync_folder(b, f) : r;
}

enum blob_result blobs_erase(struct blobs *b, const uint8_t sha256[static HASH_BYTES])
{
    enum blob_result pending = erase_in(b, &b->fresh, sha256), kept = erase_in(b, &b->kept, sha256);
    if (pending == BLOB_OK && kept == BLOB_OK && atomic_load(&b->littered))
        return BLOB_IO;
    return pending != BLOB_OK ? pending : kept;
}

struct expiry {
    struct blobs *blobs;
    int64_t before; /* POSIX seconds */
};

static bool is_old(const struct expiry *e, const char *name)
{
    struct stat s;
    return fstatat(e->blobs->fresh.fd, name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
           s.st_mtim.tv_sec < e->before;
}

static void expire_one(void *ctx, const char *name)
{
    struct expiry *e = ctx;
    struct blobs *b = e->blobs;
    uint8_t sha256[HASH_BYTES];
    struct temporary file = next_temporary(b);
    if (!is_old(e, name))
        return;
    pthread_mutex_lock(&b->turn);
    bool gone = is_old(e, name) && /* not if it was renewed */
                renameat(b->fresh.fd, name, b->tmp.fd, file.name) == 0;
    b->fresh.dirty = true;
    if (gone && hex_parse(sha256, HASH_BYTES, span_str(name)) == 0)
        pending_leave(&b->pending, sha256);
    pthread_mutex_unlock(&b->turn);
    if (!gone)
        return;
    discard(b, file.name);
    metric_add(METRIC_BLOBS_EXPIRED, 1);
}

void blobs_expire(struct blobs *b, int64_t now)
{
    struct expiry e = { .blobs = b, .before = (now - PENDING_BLOB_MS) / 1000 };
    each_file(&b->fresh, expire_one, &e);
}
