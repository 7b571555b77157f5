#include "client/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/say.h"

#define READ_BYTES (256 * 1024)

static enum file read_all(struct buf *out, int fd, size_t max)
{
    size_t got = 0;
    for (;;) {
        /* Most bundles come whole in one read. */
        size_t room = max - got < READ_BYTES ? max - got + 1 : READ_BYTES;
        uint8_t *to = must(buf_reserve(out, room));
        ssize_t n = read(fd, to, room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FILE_FAILED;
        if (n == 0)
            return FILE_OK;
        out->n += (size_t)n;
        got += (size_t)n;
        if (got > max)
            return FILE_TOO_LARGE;
    }
}

enum file file_read(struct buf *out, const char *path, size_t max)
{
    if (strcmp(path, "-") == 0)
        return read_all(out, STDIN_FILENO, max);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? FILE_MISSING : FILE_FAILED;
    enum file result = read_all(out, fd, max);
    int kept = errno;
    close(fd);
    errno = kept;
    return result;
}

const char *file_cause(enum file result)
{
    return result == FILE_TOO_LARGE ? TR("it is too large", "es demasiado grande")
           : result == FILE_MISSING ? TR("it does not exist", "no existe")
                                    : strerror(errno);
}

static int write_all(int fd, struct span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = span_of(bytes.p + n, bytes.n - (size_t)n);
    }
    return fsync(fd);
}

/* Fills a file that was just made and closes it; takes it away again if that fails. */
static int fill(int fd, const char *path, struct span bytes)
{
    int failed = write_all(fd, bytes);
    int kept = errno;
    if (close(fd) != 0 && !failed) {
        failed = -1;
        kept = errno;
    }
    if (failed)
        unlink(path);
    errno = kept;
    return failed;
}

int file_create(const char *path, struct span bytes, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    return fd < 0 ? -1 : fill(fd, path, bytes);
}

int directory_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int failed = fsync(fd);
    close(fd);
    return failed;
}

static int sync_parent(const char *path)
{
    char *copy = must(strdup(path));
    char *slash = strrchr(copy, '/');
    if (slash == copy)
        slash++;
    if (slash != NULL)
        *slash = 0;
    int failed = directory_sync(slash == NULL ? "." : copy);
    free(copy);
    return failed;
}

int file_replace(const char *path, struct span bytes, unsigned mode)
{
    size_t n = strlen(path);
    char *beside = must(malloc(n + 32));
    /* A name that nobody can have put a link at. */
    snprintf(beside, n + 32, "%s.new-XXXXXX", path);
    int fd = mkostemp(beside, O_CLOEXEC);
    int failed = fd < 0 || fchmod(fd, (mode_t)mode) != 0 ? -1 : 0;
    if (fd >= 0)
        failed = fill(fd, beside, bytes) != 0 || failed ? -1 : 0;
    if (!failed && rename(beside, path) != 0) {
        failed = -1;
        int kept = errno;
        unlink(beside);
        errno = kept;
    }
    free(beside);
    return failed ? -1 : sync_parent(path);
}

int file_make_parents(const char *path)
{
    char *copy = must(strdup(path));
    int failed = 0;
    for (char *slash = strchr(copy + 1, '/'); slash != NULL && !failed;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            failed = -1;
        *slash = '/';
    }
    free(copy);
    return failed;
}

char *path_join(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + 2;
    char *path = must(malloc(n));
    snprintf(path, n, "%s/%s", dir, name);
    return path;
}
