#include "proto/sys/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "proto/sys/language.h"

#define READ_BYTES (256 * 1024)
#define OPEN_TRIES 250 /* every 20 ms, until somebody opens a pipe to write */
#define OPEN_MS 10000  /* until something comes out of one that is read bit by bit */
#define FEED_MS 30000  /* that its writer may keep us waiting */

/* ---- opening --------------------------------------------------------------------------------- */

/* A name that is NULL could not be made, for want of memory. */
static bool lacks_name(const char *path)
{
    if (path == NULL)
        errno = ENOMEM;
    return path == NULL;
}

static int open_named(const char *path, int flags)
{
    return lacks_name(path) ? -1 : open(path, flags | O_CLOEXEC);
}

/* What the caller's shell opened and means to be read, such as <(…). */
static bool is_own_descriptor(const char *path)
{
    return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0 ||
           strcmp(path, "/dev/stdin") == 0;
}

static bool is_nothing(const struct stat *s) /* /dev/null: an empty file to everybody */
{
    return S_ISCHR(s->st_mode) && major(s->st_rdev) == 1 && minor(s->st_rdev) == 3;
}

static int refuse_special(int fd, enum file *why)
{
    struct stat s;
    int cause = fstat(fd, &s) == 0 && S_ISDIR(s.st_mode) ? EISDIR : ENOTSUP;
    close(fd);
    errno = cause;
    *why = FILE_SPECIAL;
    return -1;
}

/* Opens without waiting. *pipe: it is a named pipe; reading from it does not wait either. */
static int open_plain(const char *path, int flags, bool *pipe, enum file *why)
{
    struct stat s;
    *pipe = false;
    int fd = open_named(path, O_RDONLY | O_NONBLOCK | flags);
    if (fd < 0) {
        *why = errno == ENOENT || errno == ENOTDIR ? FILE_MISSING
               : errno == ENXIO                    ? FILE_SPECIAL /* a socket */
                                                   : FILE_FAILED;
        return -1;
    }
    bool own = is_own_descriptor(path);
    bool good = fstat(fd, &s) == 0;
    *pipe = good && S_ISFIFO(s.st_mode) && !own;
    if (good && (S_ISREG(s.st_mode) || is_nothing(&s) || *pipe ||
                 (own && !S_ISDIR(s.st_mode) && fcntl(fd, F_SETFL, 0) == 0)))
        return fd;
    return refuse_special(fd, why);
}

/* What poll() says of a pipe as soon as something comes out of it, or its end; 0 if not in time. */
static short wait_fed(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    while (poll(&p, 1, ms) < 0 && errno == EINTR)
        ;
    return p.revents;
}

int file_open(const char *path, enum file *why)
{
    bool pipe;
    int fd = open_plain(path, 0, &pipe, why);
    if (fd < 0 || !pipe || ((wait_fed(fd, OPEN_MS) & POLLIN) != 0 && fcntl(fd, F_SETFL, 0) == 0))
        return fd;
    return refuse_special(fd, why);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Reads some of a pipe. Until somebody opens it to write its end is all that there is to be
 * read. */
static ssize_t read_pipe(int fd, uint8_t *to, size_t room, bool begun)
{
    const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
    for (int tries = 0; tries < OPEN_TRIES; tries++) {
        ssize_t n = read(fd, to, room);
        if (n > 0 || (n == 0 && begun) || (n < 0 && errno != EAGAIN))
            return n;
        if (n < 0)
            return wait_fed(fd, FEED_MS) != 0 ? read(fd, to, room) : -1;
        nanosleep(&pause, NULL);
    }
    errno = EAGAIN;
    return -1;
}

static enum file read_to_end(struct buf *out, int fd, size_t max, bool pipe)
{
    size_t got = 0;
    for (;;) {
        /* Most bundles come whole in one read. */
        size_t room = max - got < READ_BYTES ? max - got + 1 : READ_BYTES;
        uint8_t *to = buf_reserve(out, room);
        if (to == NULL) {
            errno = ENOMEM;
            return FILE_FAILED;
        }
        ssize_t n = pipe ? read_pipe(fd, to, room, got > 0) : read(fd, to, room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return pipe && errno == EAGAIN ? FILE_SPECIAL : FILE_FAILED;
        if (n == 0)
            return FILE_OK;
        out->n += (size_t)n;
        got += (size_t)n;
        if (got > max) {
            errno = EFBIG;
            return FILE_TOO_LARGE;
        }
    }
}

static enum file read_and_close(struct buf *out, int fd, size_t max, bool pipe)
{
    enum file result = read_to_end(out, fd, max, pipe);
    int kept = errno;
    close(fd);
    errno = kept;
    return result;
}

enum file file_read(struct buf *out, const char *path, size_t max)
{
    enum file result;
    bool pipe;
    if (path != NULL && strcmp(path, "-") == 0)
        return read_to_end(out, STDIN_FILENO, max, false);
    int fd = open_plain(path, 0, &pipe, &result);
    return fd < 0 ? result : read_and_close(out, fd, max, pipe);
}

static enum file read_at_once(struct buf *out, const char *path, int flags, size_t max)
{
    enum file result;
    bool pipe;
    int fd = open_plain(path, flags, &pipe, &result);
    if (fd >= 0 && pipe)
        fd = refuse_special(fd, &result);
    return fd < 0 ? result : read_and_close(out, fd, max, false);
}

enum file file_read_at_once(struct buf *out, const char *path, size_t max)
{
    return read_at_once(out, path, 0, max);
}

enum file file_read_no_link(struct buf *out, const char *path, size_t max)
{
    return read_at_once(out, path, O_NOFOLLOW, max);
}

const char *file_cause(enum file result)
{
    return result == FILE_TOO_LARGE ? TR("it is too large", "es demasiado grande")
           : result == FILE_MISSING ? TR("it does not exist", "no existe")
           : result == FILE_SPECIAL
               ? TR("it is a folder, device or socket, or a pipe that nobody writes to",
                    "es una carpeta, un dispositivo, un socket o una tubería en la que nadie "
                    "escribe")
               : errno_words(errno);
}

/* ---- writing --------------------------------------------------------------------------------- */

int file_write_all(int fd, struct span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = span_of(bytes.p + n, bytes.n - (size_t)n);
    }
    return 0;
}

/* Fills a file that was just made and closes it; takes it away again if that fails. */
static int fill_and_close(int fd, const char *path, struct span bytes)
{
    int failed = file_write_all(fd, bytes) != 0 || fsync(fd) != 0 ? -1 : 0;
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

int directory_sync(const char *path)
{
    int fd = open_named(path, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return -1;
    int failed = fsync(fd);
    close(fd);
    return failed;
}

int parent_sync(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return -1;
    char *slash = strrchr(copy, '/');
    if (slash == copy)
        slash++;
    if (slash != NULL)
        *slash = 0;
    int failed = directory_sync(slash == NULL ? "." : copy);
    free(copy);
    return failed;
}

int file_create(const char *path, struct span bytes, unsigned mode)
{
    int fd =
        lacks_name(path) ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    return fd < 0 || fill_and_close(fd, path, bytes) != 0 ? -1 : parent_sync(path);
}

int new_file_open(struct new_file *f, const char *path, unsigned mode)
{
    if (lacks_name(path))
        return -1;
    size_t n = strlen(path);
    *f = (struct new_file){ .fd = -1, .path = path, .beside = malloc(n + 32) };
    if (f->beside == NULL)
        return -1;
    /* A name that nobody can have put a link at. */
    snprintf(f->beside, n + 32, "%s.new-XXXXXX", path);
    f->fd = mkostemp(f->beside, O_CLOEXEC);
    if (f->fd >= 0 && fchmod(f->fd, (mode_t)mode) == 0)
        return 0;
    new_file_drop(f);
    return -1;
}

void new_file_drop(struct new_file *f)
{
    int kept = errno;
    if (f->fd >= 0) {
        close(f->fd);
        unlink(f->beside);
    }
    free(f->beside);
    *f = (struct new_file){ .fd = -1 };
    errno = kept;
}

int new_file_keep(struct new_file *f)
{
    if (fsync(f->fd) != 0 || rename(f->beside, f->path) != 0) {
        new_file_drop(f);
        return -1;
    }
    int failed = close(f->fd); /* what was written is synced already */
    free(f->beside);
    return parent_sync(f->path) != 0 || failed ? FILE_NOT_SYNCED : 0;
}

int file_replace(const char *path, struct span bytes, unsigned mode)
{
    struct new_file f;
    if (new_file_open(&f, path, mode) != 0)
        return -1;
    if (file_write_all(f.fd, bytes) == 0)
        return new_file_keep(&f);
    new_file_drop(&f);
    return -1;
}

bool file_is_left_over(const char *name, size_t *length)
{
    static const size_t ending = sizeof ".new-XXXXXX" - 1;
    size_t n = strlen(name);
    *length = n < ending ? 0 : n - ending;
    return *length > 0 && strncmp(name + *length, ".new-", 5) == 0;
}

void file_remove_left_over(const char *dir, bool (*is_ours)(const char *name, size_t length))
{
    DIR *d = opendir(dir);
    size_t length;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (file_is_left_over(e->d_name, &length) && is_ours(e->d_name, length))
            unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL)
        closedir(d);
}

/* ---- locks and folders ----------------------------------------------------------------------- */

/* Takes the lock of an open file, or closes it. */
static int take_lock(int fd)
{
    int failed = 0;
    do
        failed = flock(fd, LOCK_EX);
    while (failed && errno == EINTR);
    if (!failed)
        return fd;
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

int file_lock(const char *path)
{
    if (lacks_name(path))
        return -1;
    size_t n = strlen(path);
    char *name = malloc(n + 8);
    struct stat s;
    if (name == NULL)
        return -1;
    snprintf(name, n + 8, "%s.lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    free(name);
    if (fd >= 0 && fstat(fd, &s) == 0 && !S_ISREG(s.st_mode)) {
        close(fd);
        errno = EINVAL;
        fd = -1;
    }
    return fd < 0 ? -1 : take_lock(fd);
}

int directory_lock(const char *path)
{
    int fd = open_named(path, O_RDONLY | O_DIRECTORY);
    return fd < 0 ? -1 : take_lock(fd);
}

int file_make_parents(const char *path)
{
    char *copy = lacks_name(path) ? NULL : strdup(path);
    int failed = 0;
    if (copy == NULL)
        return -1;
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
