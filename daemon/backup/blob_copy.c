#include "daemon/backup/blob_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/backup/named_blobs.h"
#include "daemon/backup/progress.h"
#include "daemon/backup/uncopied.h"
#include "proto/base/limits.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

static bool is_erased(const struct blob_copy *b, const uint8_t sha256[static HASH_BYTES])
{
    return registry_erased(b->registry, sha256) != NO_ENTRY;
}

/* Calls visit with each file of a folder that bears a blob's name. A folder that is not there is
 * empty. Returns 0 or an exit code. */
static int each_blob(struct blob_copy *b, const char *folder,
                     int (*visit)(struct blob_copy *b, const char *name,
                                  const uint8_t sha256[static HASH_BYTES]))
{
    uint8_t sha256[HASH_BYTES];
    int code = 0;
    DIR *d = opendir(folder);
    if (d == NULL)
        return errno == ENOENT ? 0 : say_uncopied(folder);
    for (struct dirent *e; code == 0 && (e = readdir(d)) != NULL;)
        if (hex_parse(sha256, HASH_BYTES, span_str(e->d_name)) == 0)
            code = visit(b, e->d_name, sha256);
    closedir(d);
    return code;
}

static void kept_path(char out[PATH_MAX], const char *folder, const char *name)
{
    snprintf(out, PATH_MAX, "%s/blobs/kept/%.64s", folder, name);
}

/* ---- one blob -------------------------------------------------------------------------------- */

/* A copy that an earlier try made, of a blob whose erasure was ordered since. Its bytes go, too. */
static int drop_erased(struct blob_copy *b, const char *name,
                       const uint8_t sha256[static HASH_BYTES])
{
    static const uint8_t zeros[4096];
    char path[PATH_MAX];
    struct stat st;
    if (!is_erased(b, sha256))
        return 0;
    kept_path(path, b->to, name);
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    int failed = fd < 0 || fstat(fd, &st) != 0;
    for (off_t left = failed ? 0 : st.st_size; !failed && left > 0; left -= sizeof zeros)
        failed = file_write_all(fd, span_of(zeros, left < (off_t)sizeof zeros ? (size_t)left
                                                                              : sizeof zeros)) != 0;
    failed = failed || fsync(fd) != 0 || unlink(path) != 0;
    int kept = errno;
    if (fd >= 0)
        close(fd);
    errno = kept;
    return failed ? say_uncopied(path) : 0;
}

#define BLOCK 4096

/* A hole stays one: files that are nothing but holes, however many, must not fill the disk. */
static int write_with_holes(int fd, struct span bytes)
{
    static const uint8_t zeros[BLOCK];
    for (size_t at = 0; at < bytes.n; at += BLOCK) {
        size_t n = bytes.n - at < BLOCK ? bytes.n - at : BLOCK;
        bool hole = memcmp(bytes.p + at, zeros, n) == 0;
        if (hole ? lseek(fd, (off_t)n, SEEK_CUR) < 0
                 : file_write_all(fd, span_of(bytes.p + at, n)) != 0)
            return -1;
    }
    return ftruncate(fd, (off_t)bytes.n);
}

/* Writes the copy of a blob under another name first, so that what bears a blob's name is whole. */
static int write_copy(const struct blob_copy *b, const char *name, struct span bytes)
{
    char temporary[PATH_MAX], path[PATH_MAX];
    snprintf(temporary, sizeof temporary, "%s/blobs/tmp/copy", b->to);
    kept_path(path, b->to, name);
    unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int failed = fd < 0 || write_with_holes(fd, bytes) != 0 || fsync(fd) != 0;
    int kept = errno;
    if (fd >= 0 && close(fd) != 0 && !failed) {
        failed = 1;
        kept = errno;
    }
    errno = kept;
    return failed || rename(temporary, path) != 0 ? say_uncopied(path) : 0;
}

static int copy_blob(struct blob_copy *b, const char *name, const uint8_t sha256[static HASH_BYTES])
{
    char from[PATH_MAX], to[PATH_MAX];
    struct buf bytes = { 0 };
    struct stat st;
    struct hash hash;
    int code = 0;
    if (is_erased(b, sha256))
        return 0;
    kept_path(from, b->from, name);
    kept_path(to, b->to, name);
    progress_step();
    if (lstat(to, &st) == 0) {
        b->files++;
        b->bytes += (uint64_t)st.st_size;
        return 0;
    }
    enum file read = file_read_at_once(&bytes, from, RULESET_MAX); /* the longest of them */
    hash_bytes(&hash, buf_span(&bytes));
    if (read == FILE_MISSING || read == FILE_TOO_LARGE ||
        (read == FILE_OK && memcmp(hash.b, sha256, HASH_BYTES) != 0)) {
        b->lost++;
    } else if (read != FILE_OK) {
        code = say_uncopied(from);
    } else if (b->named != NULL && !named_blobs_has(b->named, sha256)) {
        b->unnamed++;
    } else {
        code = write_copy(b, name, buf_span(&bytes));
        b->files++;
        b->bytes += bytes.n;
    }
    buf_free(&bytes);
    return code;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int count_one(struct blob_copy *b, const char *name, const uint8_t sha256[static HASH_BYTES])
{
    (void)name;
    (void)sha256;
    b->files++;
    return 0;
}

int blob_copy_all(struct blob_copy *b)
{
    char from[PATH_MAX], to[PATH_MAX];
    b->files = b->bytes = b->lost = b->unnamed = 0;
    kept_path(from, b->from, "");
    kept_path(to, b->to, "");
    int code = each_blob(b, from, count_one);
    uint64_t total = b->files;
    b->files = 0;
    if (code == 0)
        code = each_blob(b, to, drop_erased);
    progress_begin(PROGRESS_BLOBS, total, NULL);
    if (code == 0)
        code = each_blob(b, from, copy_blob);
    progress_end();
    return code != 0 ? code : directory_sync(to) == 0 ? 0 : say_uncopied(to);
}
