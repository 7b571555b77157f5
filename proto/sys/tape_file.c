#include "proto/sys/tape_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/sys/files.h"

#define TAPE_BUFFER 65536  /* bytes */
#define FORGET_LEAST 65536 /* bytes; giving back less is not worth a call */

/* What is added waits in the buffer until it is full. */
struct tape_file {
    int fd;
    uint64_t written; /* bytes in the file; those in the buffer come behind them */
    size_t n;
    uint8_t buffer[TAPE_BUFFER];
};

static int append_bytes(void *ctx, const void *p, size_t n)
{
    struct tape_file *f = ctx;
    struct span bytes = span_of(p, n);
    if (n > TAPE_BUFFER - f->n) {
        if (file_write_all(f->fd, span_of(f->buffer, f->n)) != 0)
            return -1;
        f->written += f->n;
        f->n = 0;
    }
    if (n > TAPE_BUFFER) {
        f->written += n;
        return file_write_all(f->fd, bytes);
    }
    memcpy(f->buffer + f->n, p, n);
    f->n += n;
    return 0;
}

static int read_file_bytes(int fd, uint64_t at, uint8_t *to, size_t n)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        to += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return 0;
}

static int read_bytes(void *ctx, uint64_t at, void *p, size_t n)
{
    const struct tape_file *f = ctx;
    uint8_t *to = p;
    size_t from_file = at >= f->written ? 0 : n > f->written - at ? (size_t)(f->written - at) : n;
    if (read_file_bytes(f->fd, at, to, from_file) != 0)
        return -1;
    if (from_file < n)
        memcpy(to + from_file, f->buffer + (at + from_file - f->written), n - from_file);
    return 0;
}

static void give_back(void *ctx, uint64_t from, uint64_t to)
{
    const struct tape_file *f = ctx;
    int why = errno;
    to = to < f->written ? to : f->written;
    if (from + FORGET_LEAST <= to)
        fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
                  (off_t)(to - from));
    errno = why;
}

/* Takes the descriptor, and closes it where there is no memory. */
static struct tape_file *file_of(int fd)
{
    struct tape_file *f = calloc(1, sizeof *f);
    if (f == NULL)
        close(fd);
    else
        f->fd = fd;
    return f;
}

int tape_file_new(struct tape *out, const char *dir)
{
    const char *temporary = getenv("TMPDIR");
    char path[4096];
    *out = (struct tape){ .ctx = NULL };
    if (dir == NULL)
        dir = temporary == NULL || *temporary == 0 ? "/tmp" : temporary;
    if (snprintf(path, sizeof path, "%s/bitacora-XXXXXX", dir) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return -1;
    unlink(path);
    struct tape_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    *out =
        (struct tape){ .append = append_bytes, .read = read_bytes, .forget = give_back, .ctx = f };
    return 0;
}

static int refuse_append(void *ctx, const void *p, size_t n)
{
    (void)ctx;
    (void)p;
    (void)n;
    errno = EBADF;
    return -1;
}

int tape_file_open(struct tape *out, const char *path)
{
    struct stat s;
    *out = (struct tape){ .ctx = NULL };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -1;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    struct tape_file *f = file_of(fd);
    if (f == NULL)
        return -1;
    f->written = (uint64_t)s.st_size;
    *out = (struct tape){
        .append = refuse_append, .read = read_bytes, .ctx = f, .length = f->written
    };
    return 0;
}

void tape_file_close(struct tape *t)
{
    struct tape_file *f = t->ctx;
    if (f != NULL)
        close(f->fd);
    free(f);
    *t = (struct tape){ .ctx = NULL };
}
