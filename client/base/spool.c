#include "client/base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFERED 4096 /* items that are still in memory */

struct spool {
    int fd;
    size_t bytes;
    uint64_t count;
    uint64_t written; /* items in the file; the rest are in the buffer */
    bool failed;
    uint8_t buffer[];
};

int spool_file(void)
{
    const char *dir = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/bitacora-XXXXXX", dir == NULL || *dir == 0 ? "/tmp" : dir);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

struct spool *spool_new(size_t bytes)
{
    struct spool *s = calloc(1, sizeof *s + BUFFERED * bytes);
    if (s == NULL)
        return NULL;
    s->bytes = bytes;
    s->fd = spool_file();
    if (s->fd >= 0)
        return s;
    free(s);
    return NULL;
}

void spool_free(struct spool *s)
{
    if (s == NULL)
        return;
    close(s->fd);
    free(s);
}

static void flush(struct spool *s)
{
    size_t all = BUFFERED * s->bytes, done = 0;
    while (done < all) {
        ssize_t n =
            pwrite(s->fd, s->buffer + done, all - done, (off_t)(s->written * s->bytes + done));
        if (n < 0 && errno != EINTR) {
            s->failed = true;
            return;
        }
        done += n < 0 ? 0 : (size_t)n;
    }
    s->written += BUFFERED;
}

void spool_add(struct spool *s, const void *item)
{
    uint64_t held = s->count - s->written;
    if (s->failed)
        return;
    memcpy(s->buffer + held * s->bytes, item, s->bytes);
    s->count++;
    if (held + 1 == BUFFERED)
        flush(s);
}

uint64_t spool_count(const struct spool *s)
{
    return s->count;
}

bool spool_get(const struct spool *s, uint64_t i, void *item)
{
    if (s->failed || i >= s->count)
        return false;
    if (i < s->written)
        return pread(s->fd, item, s->bytes, (off_t)(i * s->bytes)) == (ssize_t)s->bytes;
    memcpy(item, s->buffer + (i - s->written) * s->bytes, s->bytes);
    return true;
}
