#include "daemon/store/blob_folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "proto/base/scan.h"

struct blob_name blob_name_of(const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name n = { .text = "" };
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

enum blob_result blobs_complain(const char *what, const struct blob_folder *f, const char *name)
{
    enum blob_result r = result_of(errno);
    if (r != BLOB_ABSENT)
        log_line(LOG_ERROR, "cannot %s blobs/%s/%s: %s", what, f->name, name, strerror(errno));
    return r;
}

int folder_open(struct blob_folder *f, int dir, const char *name)
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

void folder_close(struct blob_folder *f)
{
    if (f->fd < 0)
        return;
    close(f->fd);
    pthread_mutex_destroy(&f->syncing);
}

enum blob_result folder_sync(struct blobs *b, struct blob_folder *f)
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

bool blobs_broken(const struct blobs *b)
{
    return atomic_load(&b->broken);
}

int64_t folder_each(const struct blob_folder *f, void (*visit)(void *ctx, const char *name),
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
    for (const struct dirent *e; errno = 0, (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        if (visit != NULL)
            visit(ctx, e->d_name);
        n++;
    }
    if (errno != 0) { /* those that follow are not known */
        log_line(LOG_ERROR, "cannot list blobs/%s: %s", f->name, strerror(errno));
        n = -1;
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

enum blob_result folder_overwrite(const struct blob_folder *f, const char *name)
{
    int fd = openat(f->fd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    enum blob_result r = BLOB_OK;
    if (fd < 0 || overwrite(fd) != 0)
        r = blobs_complain("overwrite", f, name);
    if (fd >= 0)
        close(fd);
    return r;
}

/* Beyond LITTER_MAX names the count alone grows, and stays. */
static void remember_litter(struct blobs *b, const char *name)
{
    pthread_mutex_lock(&b->turn);
    if (b->litter_count < LITTER_MAX)
        snprintf(b->litter[b->litter_count], sizeof b->litter[0], "%s", name);
    if (b->litter_count <= LITTER_MAX)
        b->litter_count++;
    atomic_store(&b->littered, true);
    pthread_mutex_unlock(&b->turn);
}

void blobs_discard(struct blobs *b, const char *name)
{
    enum blob_result r = folder_overwrite(&b->tmp, name);
    if (r == BLOB_OK && unlinkat(b->tmp.fd, name, 0) != 0)
        r = blobs_complain("remove", &b->tmp, name);
    if (r != BLOB_OK && r != BLOB_ABSENT)
        remember_litter(b, name);
}

/* A copy that fails meanwhile is remembered behind those that are tried here. */
void blobs_tidy(struct blobs *b)
{
    char name[NAME_MAX + 1];
    if (!atomic_load(&b->littered))
        return;
    pthread_mutex_lock(&b->turn);
    unsigned count = b->litter_count;
    pthread_mutex_unlock(&b->turn);
    for (unsigned i = 0; i < count && count <= LITTER_MAX; i++) {
        pthread_mutex_lock(&b->turn);
        memcpy(name, b->litter[0], sizeof name);
        memmove(b->litter[0], b->litter[1], (LITTER_MAX - 1) * sizeof b->litter[0]);
        b->litter_count--;
        pthread_mutex_unlock(&b->turn);
        blobs_discard(b, name);
    }
    pthread_mutex_lock(&b->turn);
    atomic_store(&b->littered, b->litter_count > 0);
    pthread_mutex_unlock(&b->turn);
}

bool folder_has(const struct blob_folder *f, const struct blob_name *n)
{
    return faccessat(f->fd, n->text, F_OK, 0) == 0;
}

struct blob_temporary blobs_next_temporary(struct blobs *b)
{
    struct blob_temporary t;
    snprintf(t.name, sizeof t.name, "%" PRIu64, atomic_fetch_add(&b->next, 1));
    return t;
}
