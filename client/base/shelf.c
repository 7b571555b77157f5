#include "client/base/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/base/say.h"
#include "client/base/spool.h"

#define FIRST_BYTES 65536

_Noreturn static void give_up(int why)
{
    say(TR("no room for a temporary file: %s", "no hay espacio para un archivo temporal: %s"),
        errno_words(why));
    exit(OUTCOME_UNDECIDED);
}

/* Room is claimed before it is mapped: a disk that fills up must not show as SIGBUS. */
static void grow(struct shelf *s, uint64_t cap)
{
    size_t before = s->cap * s->item, bytes = cap * s->item;
    int failed = posix_fallocate(s->fd, 0, (off_t)bytes);
    if (failed != 0)
        give_up(failed);
    void *p = s->p == NULL ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0)
                           : mremap(s->p, before, bytes, MREMAP_MAYMOVE);
    if (p == MAP_FAILED)
        give_up(errno);
    s->p = p;
    s->cap = cap;
}

void shelf_open(struct shelf *s, size_t item)
{
    *s = (struct shelf){ .item = item, .fd = spool_file() };
    if (s->fd < 0)
        give_up(errno);
    grow(s, FIRST_BYTES / item + 1);
}

void shelf_close(struct shelf *s)
{
    if (s->p == NULL)
        return;
    munmap(s->p, s->cap * s->item);
    close(s->fd);
    *s = (struct shelf){ 0 };
}

void *shelf_add(struct shelf *s, uint64_t count)
{
    uint64_t cap = s->cap;
    while (count > cap - s->n)
        cap *= 2;
    if (cap != s->cap)
        grow(s, cap);
    s->n += count;
    return shelf_at(s, s->n - count);
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
    shelf_add(s, n);
    return fread(s->p, s->item, n, from) == n ? 0 : -1;
}
