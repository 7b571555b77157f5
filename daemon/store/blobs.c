#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/store/blob_folders.h"
#include "proto/base/hash.h"
#include "proto/base/scan.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

/* ---- opening --------------------------------------------------------------------------------- */

static void discard_left_over(void *ctx, const char *name)
{
    blobs_discard(ctx, name);
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
static int look_at_folders(struct blobs *b)
{
    if (folder_each(&b->tmp, discard_left_over, b) < 0)
        return -1;
    if (folder_each(&b->fresh, count_pending, b) < 0)
        return -1;
    return folder_sync(b, &b->fresh) == BLOB_OK && folder_sync(b, &b->kept) == BLOB_OK ? 0 : -1;
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
    bool opened = dir >= 0 && folder_open(&b->tmp, dir, "tmp") == 0 &&
                  folder_open(&b->fresh, dir, "new") == 0 &&
                  folder_open(&b->kept, dir, "kept") == 0 && look_at_folders(b) == 0;
    if (dir >= 0)
        close(dir);
    if (opened)
        return b;
    blobs_close(b);
    return NULL;
}

void blobs_limit(struct blobs *b, const struct pending_limits *limits)
{
    pending_limit(&b->pending, limits);
}

void blobs_close(struct blobs *b)
{
    if (b == NULL)
        return;
    folder_close(&b->tmp);
    folder_close(&b->fresh);
    folder_close(&b->kept);
    pthread_mutex_destroy(&b->turn);
    pending_destroy(&b->pending);
    free(b);
}

/* ---- looking --------------------------------------------------------------------------------- */

/* Where a blob may be, in this order: one that is moved meanwhile is found the third time. */
static const struct blob_folder *place(const struct blobs *b, int i)
{
    return i == 1 ? &b->fresh : &b->kept;
}

enum blob_result blobs_size(const struct blobs *b, const uint8_t sha256[static HASH_BYTES],
                            uint64_t *size)
{
    struct blob_name n = blob_name_of(sha256);
    struct stat s;
    for (int i = 0; i < 3; i++) {
        if (fstatat(place(b, i)->fd, n.text, &s, AT_SYMLINK_NOFOLLOW) == 0) {
            *size = (uint64_t)s.st_size;
            return BLOB_OK;
        }
        if (errno != ENOENT)
            return blobs_complain("look at", place(b, i), n.text);
    }
    return BLOB_ABSENT;
}

/* Opens a blob, and sets *where. */
static enum blob_result open_blob(const struct blobs *b, const struct blob_name *n, int *fd,
                                  const struct blob_folder **where)
{
    for (int i = 0; i < 3; i++) {
        *where = place(b, i);
        *fd = openat((*where)->fd, n->text, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (*fd >= 0)
            return BLOB_OK;
        if (errno != ENOENT)
            return blobs_complain("open", *where, n->text);
    }
    return BLOB_ABSENT;
}

/* Appends what can be read, up to one byte more than cap. Returns 0 or -1 with errno. */
static int read_blob_file(int fd, size_t cap, struct buf *out)
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

/* Whether a blob that was open has gone since: one that expires is moved away and overwritten. */
static bool went(const struct blob_folder *f, const char *name)
{
    struct stat s;
    return fstatat(f->fd, name, &s, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

enum blob_result blobs_read(const struct blobs *b, const uint8_t sha256[static HASH_BYTES],
                            size_t cap, struct buf *out)
{
    struct blob_name n = blob_name_of(sha256);
    const struct blob_folder *where;
    struct stat s;
    struct hash hash;
    size_t before = out->n;
    int fd;
    enum blob_result r = open_blob(b, &n, &fd, &where);
    if (r != BLOB_OK)
        return r;
    if (fstat(fd, &s) != 0)
        r = blobs_complain("look at", where, n.text);
    else if ((uint64_t)s.st_size > cap)
        r = BLOB_TOO_LARGE;
    else if (read_blob_file(fd, (size_t)s.st_size, out) != 0)
        r = blobs_complain("read", where, n.text);
    close(fd);
    if (r == BLOB_OK) {
        hash_bytes(&hash, span_of(out->p + before, out->n - before));
        if (memcmp(hash.b, sha256, HASH_BYTES) != 0)
            r = went(where, n.text) ? BLOB_ABSENT : BLOB_IO;
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
        return blobs_complain("open", &b->fresh, n->text);
    pthread_mutex_lock(&b->turn);
    int failed = utimensat(b->fresh.fd, n->text, NULL, AT_SYMLINK_NOFOLLOW);
    pthread_mutex_unlock(&b->turn);
    enum blob_result r = BLOB_OK;
    if (failed != 0 || fsync(fd) != 0)
        r = blobs_complain("renew", &b->fresh, n->text);
    close(fd);
    return r == BLOB_OK ? folder_sync(b, &b->fresh) : r;
}

enum blob_result blobs_renew(struct blobs *b, const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name n = blob_name_of(sha256);
    enum blob_result r = BLOB_ABSENT;
    for (int i = 0; r == BLOB_ABSENT && i < 2; i++) {
        if (folder_has(&b->kept, &n)) /* moved there, but perhaps not yet on the disk */
            return folder_sync(b, &b->kept);
        r = renew_pending(b, &n);
    }
    return r;
}

/* A file in tmp/, on the disk. */
static enum blob_result write_temporary(struct blobs *b, const char *name, struct span bytes)
{
    int fd = openat(b->tmp.fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum blob_result r = BLOB_OK;
    if (fd < 0)
        return blobs_complain("make", &b->tmp, name);
    if (file_write_all(fd, bytes) != 0 || fsync(fd) != 0)
        r = blobs_complain("write", &b->tmp, name);
    if (close(fd) != 0 && r == BLOB_OK)
        r = blobs_complain("write", &b->tmp, name);
    if (r != BLOB_OK)
        blobs_discard(b, name);
    return r;
}

/* Gives a written file its name, unless somebody else was first. */
static enum blob_result name_file(struct blobs *b, const char *file, const struct blob_put *put,
                                  bool *fresh)
{
    struct blob_name name = blob_name_of(put->sha256), *n = &name;
    enum blob_result r = BLOB_OK;
    pthread_mutex_lock(&b->turn);
    *fresh = !folder_has(&b->fresh, n) && !folder_has(&b->kept, n);
    if (*fresh && renameat(b->tmp.fd, file, b->fresh.fd, n->text) != 0)
        r = blobs_complain("name", &b->fresh, n->text);
    *fresh = *fresh && r == BLOB_OK;
    if (*fresh) {
        b->fresh.dirty = true;
        pending_name(&b->pending, put->sha256, put->signer, put->bytes.n);
    }
    pthread_mutex_unlock(&b->turn);
    if (!*fresh)
        blobs_discard(b, file);
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
    struct blob_temporary file = blobs_next_temporary(b);
    *fresh = false;
    if (atomic_load(&b->broken))
        return BLOB_IO;
    enum blob_result r = result_of_pending(pending_begin(&b->pending, put->signer, put->bytes.n));
    if (r != BLOB_OK)
        return r;
    r = write_temporary(b, file.name, put->bytes);
    if (r == BLOB_OK)
        r = name_file(b, file.name, put, fresh);
    if (!*fresh)
        pending_cancel(&b->pending, put->signer, put->bytes.n);
    if (r == BLOB_OK)
        r = folder_sync(b, &b->fresh);
    return r == BLOB_OK && !*fresh ? folder_sync(b, &b->kept) : r;
}

/* ---- keeping --------------------------------------------------------------------------------- */

/* The rename decides between this and expiry. */
enum blob_result blobs_keep(struct blobs *b, const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name n = blob_name_of(sha256);
    enum blob_result r = BLOB_OK;
    pthread_mutex_lock(&b->turn);
    bool moved = !folder_has(&b->kept, &n);
    if (moved && renameat(b->fresh.fd, n.text, b->kept.fd, n.text) != 0)
        r = blobs_complain("keep", &b->fresh, n.text);
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
    return folder_sync(b, &b->kept);
}
