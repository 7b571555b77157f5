#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/metrics.h"
#include "daemon/store/blob_folders.h"
#include "proto/base/scan.h"

/* Only what was overwritten on the disk is deleted: else nobody could try again. */
static enum blob_result erase_in(struct blobs *b, struct blob_folder *f,
                                 const uint8_t sha256[static HASH_BYTES])
{
    struct blob_name name = blob_name_of(sha256), *n = &name;
    enum blob_result r = folder_overwrite(f, n->text);
    if (r == BLOB_ABSENT) /* but that it went may not be on the disk yet */
        return folder_sync(b, f);
    if (r != BLOB_OK)
        return r;
    pthread_mutex_lock(&b->turn);
    int failed = unlinkat(f->fd, n->text, 0);
    if (failed && errno != ENOENT)
        r = blobs_complain("delete", f, n->text);
    f->dirty = true;
    if (!failed && f == &b->fresh)
        pending_leave(&b->pending, sha256);
    pthread_mutex_unlock(&b->turn);
    if (!failed)
        metric_add(METRIC_BLOBS_ERASED, 1);
    return r == BLOB_OK ? folder_sync(b, f) : r;
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
    struct blob_temporary file = blobs_next_temporary(b);
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
    blobs_discard(b, file.name);
    metric_add(METRIC_BLOBS_EXPIRED, 1);
}

void blobs_expire(struct blobs *b, int64_t now)
{
    struct expiry e = { .blobs = b, .before = (now - PENDING_BLOB_MS) / 1000 };
    folder_each(&b->fresh, expire_one, &e);
}
