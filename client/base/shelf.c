#include "client/base/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/spool.h"

#define FIRST_BYTES 65536

static bool give_up(struct shelf *s, int cause)
{
    s->full = true;
    lost(cause);
    return false;
}

/* Room is claimed before it is mapped: a disk that fills up must not show as SIGBUS. */
static bool grow(struct shelf *s, uint64_t cap)
{
    size_t before = s->cap * s->item, bytes = cap * s->item;
    int failed = posix_fallocate(s->fd, 0, (off_t)bytes);
    if (failed != 0)
        return give_up(s, failed);
    void *p = s->p == NULL ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0)
                           : mremap(s->p, before, bytes, MREMAP_MAYMOVE);
    if (p == MAP_FAILED)
        return give_up(s, errno);
    s->p = p;
    s->cap = cap;
    return true;
}

void shelf_open(struct shelf *s, size_t item)
{
    *s = (struct shelf){ .item = item, .fd = spool_file() };
    if (s->fd < 0)
        give_up(s, errno);
    else
        grow(s, FIRST_BYTES / item + 1);
}

void shelf_close(struct shelf *s)
{
    if (s->item == 0)
        return;
    if (s->p != NULL)
        munmap(s->p, s->cap * s->item);
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct shelf){ 0 };
}

/* The number of items that it has to have room for; 0 if there cannot be so many bytes. */
static uint64_t cap_for(const struct shelf *s, uint64_t count)
{
    uint64_t cap = s->cap, most = INT64_MAX / s->item;
    while (cap != 0 && count > cap - s->n)
        cap = cap <= most / 2 ? cap * 2 : 0;
    return cap;
}

void *shelf_add(struct shelf *s, uint64_t count)
{
    if (s->full)
        return NULL;
    uint64_t cap = cap_for(s, count);
    if (cap == 0 ? !give_up(s, EFBIG) : cap != s->cap && !grow(s, cap))
        return NULL;
    s->n += count;
    return shelf_at(s, s->n - count);
}

bool shelf_push(struct shelf *s, const void *item)
{
    void *at = shelf_add(s, 1);
    if (at != NULL)
        memcpy(at, item, s->item);
    return at != NULL;
}

int shelf_save(struct shelf *s, FILE *to)
{
    return fwrite(&s->n, sizeof s->n, 1, to) == 1 && fwrite(s->p, s->item, s->n, to) == s->n ? 0
                                                                                             : -1;
}

/* How many bytes are still to be read; 0 where that cannot be known. */
static uint64_t bytes_left(FILE *f)
{
    long at = ftell(f);
    if (at < 0 || fseek(f, 0, SEEK_END) != 0)
        return 0;
    long end = ftell(f);
    return fseek(f, at, SEEK_SET) != 0 || end < at ? 0 : (uint64_t)(end - at);
}

int shelf_load(struct shelf *s, FILE *from)
{
    uint64_t n;
    if (fread(&n, sizeof n, 1, from) != 1 || n > bytes_left(from) / s->item)
        return -1;
    s->n = 0;
    void *to = shelf_add(s, n);
    return to != NULL && fread(to, s->item, n, from) == n ? 0 : -1;
}
