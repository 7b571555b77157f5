#include "client/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SLOT (1 + HASH_BYTES)
#define BUFFERED 4096 /* slots that are still in memory */

struct scratch {
    int fd;
    uint64_t first, next;
    uint64_t written; /* slots in the file; the rest are in the buffer */
    bool failed;
    uint8_t buffer[BUFFERED * SLOT];
};

/* A file without a name, in TMPDIR or /tmp: gone with the process, however it ends. */
static int open_unlinked(void)
{
    const char *dir = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/bitacora-XXXXXX", dir == NULL || *dir == 0 ? "/tmp" : dir);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

struct scratch *scratch_new(uint64_t first)
{
    struct scratch *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->first = s->next = first;
    s->fd = open_unlinked();
    if (s->fd >= 0)
        return s;
    free(s);
    return NULL;
}

void scratch_free(struct scratch *s)
{
    if (s == NULL)
        return;
    close(s->fd);
    free(s);
}

static void flush(struct scratch *s, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        ssize_t n =
            pwrite(s->fd, s->buffer + done, bytes - done, (off_t)(s->written * SLOT + done));
        if (n < 0 && errno != EINTR) {
            s->failed = true;
            return;
        }
        done += n < 0 ? 0 : (size_t)n;
    }
    s->written += bytes / SLOT;
}

void scratch_add(struct scratch *s, enum kind kind, const struct hash *leaf)
{
    uint64_t held = s->next - s->first - s->written;
    uint8_t *slot = s->buffer + held * SLOT;
    if (s->failed)
        return;
    slot[0] = (uint8_t)kind;
    memcpy(slot + 1, leaf->b, HASH_BYTES);
    s->next++;
    if (held + 1 == BUFFERED)
        flush(s, sizeof s->buffer);
}

enum lookup scratch_get(struct scratch *s, uint64_t index, struct known_entry *out)
{
    uint8_t slot[SLOT];
    uint64_t at = index - s->first;
    if (s->failed || index < s->first || index >= s->next)
        return LOOKUP_FAILED;
    if (at >= s->written)
        memcpy(slot, s->buffer + (at - s->written) * SLOT, SLOT);
    else if (pread(s->fd, slot, SLOT, (off_t)(at * SLOT)) != SLOT)
        return LOOKUP_FAILED;
    out->kind = (enum kind)slot[0];
    memcpy(out->leaf.b, slot + 1, HASH_BYTES);
    return LOOKUP_FOUND;
}
