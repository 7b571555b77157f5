#include "daemon/state/log_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/base64.h"
#include "proto/base/limits.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

#define MARK_VERSION "bitacora/v1 mark "
#define SLOTS 2
/* A block of any disk and file system of today: to tear one slot does not touch the other. */
#define SLOT_BYTES 4096
#define LINE_MAX_BYTES 512

struct log_mark {
    int fd;
    unsigned next; /* the slot to write: that of the older word */
    char origin[KEY_NAME_MAX + 1];
};

/* ---- one slot: a line, its checksum, zeros ---------------------------------------------------- */

static void format_slot(uint8_t slot[static SLOT_BYTES], const char *origin,
                        const struct marked *says)
{
    char root[64], sum[64];
    struct hash h;
    memset(slot, 0, SLOT_BYTES);
    base64_encode(root, says->root.b, HASH_BYTES);
    int n = snprintf((char *)slot, LINE_MAX_BYTES, MARK_VERSION "%s %llu %s ", origin,
                     (unsigned long long)says->size, root);
    hash_bytes(&h, span_of(slot, (size_t)n));
    base64_encode(sum, h.b, HASH_BYTES);
    snprintf((char *)slot + n, LINE_MAX_BYTES - (size_t)n, "%s\n", sum);
}

/* The next word of a line, up to a space. */
static struct span next_word(struct span *line)
{
    const uint8_t *space = line->n == 0 ? NULL : memchr(line->p, ' ', line->n);
    struct span word = span_of(line->p, space == NULL ? line->n : (size_t)(space - line->p));
    size_t taken = word.n + (space != NULL);
    *line = span_of(line->p + taken, line->n - taken);
    return word;
}

/* Returns whether a slot holds a whole word; *origin is a view into it. */
static bool parse_slot(const uint8_t slot[static SLOT_BYTES], struct span *origin,
                       struct marked *says)
{
    struct hash sum, told;
    struct scan s = scan_of(span_of(slot, LINE_MAX_BYTES));
    struct span line = scan_line_after(&s, MARK_VERSION);
    if (s.bad)
        return false;
    *origin = next_word(&line);
    struct span size = next_word(&line), root = next_word(&line);
    hash_bytes(&sum, span_of(slot, (size_t)(line.p - slot)));
    return decimal_parse(&says->size, size) == 0 && says->size > 0 &&
           base64_decode_exact(says->root.b, HASH_BYTES, root) == 0 &&
           base64_decode_exact(told.b, HASH_BYTES, line) == 0 && hash_eq(&sum, &told);
}

/* ---- the file -------------------------------------------------------------------------------- */

/* Opens and locks the file. Returns a descriptor, or -1 with *why. */
static int open_locked(const char *path, enum log_mark_result *why)
{
    struct stat s;
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        *why = errno == ENOENT || errno == ENOTDIR                   ? LOG_MARK_MISSING
               : errno == ELOOP || errno == EISDIR || errno == ENXIO ? LOG_MARK_DAMAGED
                                                                     : LOG_MARK_FAILED;
        return -1;
    }
    if (fstat(fd, &s) != 0)
        *why = LOG_MARK_FAILED;
    else if (!S_ISREG(s.st_mode))
        *why = LOG_MARK_DAMAGED;
    else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        *why = errno == EWOULDBLOCK ? LOG_MARK_IN_USE : LOG_MARK_FAILED;
    else
        return fd;
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

/* Reads a slot. Returns false if it is not there whole; *failed if the disk said so. */
static bool read_slot(int fd, unsigned slot, uint8_t out[static SLOT_BYTES], bool *failed)
{
    size_t n = 0;
    ssize_t got = 1;
    while (n < SLOT_BYTES && got != 0) {
        got = pread(fd, out + n, SLOT_BYTES - n, (off_t)(slot * SLOT_BYTES + n));
        if (got < 0 && errno != EINTR) {
            *failed = true;
            return false;
        }
        n += got > 0 ? (size_t)got : 0;
    }
    return n == SLOT_BYTES;
}

/* Takes the slot that says more. One that the disk cannot read any more counts as torn. */
static enum log_mark_result read_mark(struct log_mark *m, const char *origin, struct marked *says)
{
    uint8_t slot[SLOT_BYTES];
    struct marked one;
    struct span whose;
    bool any = false, ours = false, failed = false;
    for (unsigned i = 0; i < SLOTS; i++) {
        if (!read_slot(m->fd, i, slot, &failed) || !parse_slot(slot, &whose, &one))
            continue;
        any = true;
        if (!span_is(whose, origin) || (ours && one.size <= says->size))
            continue;
        ours = true;
        *says = one;
        m->next = 1 - i;
    }
    return ours     ? LOG_MARK_OK
           : any    ? LOG_MARK_OTHER_LOG
           : failed ? LOG_MARK_FAILED
                    : LOG_MARK_DAMAGED;
}

enum log_mark_result log_mark_open(struct log_mark **out, const char *path, const char *origin,
                                   struct marked *says)
{
    enum log_mark_result result = LOG_MARK_FAILED;
    struct log_mark *m = calloc(1, sizeof *m);
    *out = NULL;
    if (m == NULL)
        return result;
    m->fd = open_locked(path, &result);
    if (m->fd >= 0)
        result = read_mark(m, origin, says);
    if (result == LOG_MARK_OK) {
        snprintf(m->origin, sizeof m->origin, "%s", origin);
        *out = m;
        return result;
    }
    int kept = errno;
    log_mark_close(m);
    errno = kept;
    return result;
}

enum log_mark_result log_mark_make(const char *path, const char *origin, const struct marked *says)
{
    uint8_t slots[SLOTS * SLOT_BYTES] = { 0 };
    enum log_mark_result result = LOG_MARK_OK;
    int fd = open_locked(path, &result); /* kept until the new one is there */
    if (fd < 0 && result == LOG_MARK_IN_USE)
        return result;
    format_slot(slots, origin, says);
    int failed = file_replace(path, span_of(slots, sizeof slots), 0600);
    int kept = errno;
    if (fd >= 0)
        close(fd);
    errno = kept;
    return failed == 0 ? LOG_MARK_OK : LOG_MARK_FAILED;
}

int log_mark_write(struct log_mark *m, const struct marked *says)
{
    uint8_t slot[SLOT_BYTES];
    size_t n = 0;
    format_slot(slot, m->origin, says);
    while (n < SLOT_BYTES) {
        ssize_t put = pwrite(m->fd, slot + n, SLOT_BYTES - n, (off_t)(m->next * SLOT_BYTES + n));
        if (put < 0 && errno != EINTR)
            return -1;
        n += put > 0 ? (size_t)put : 0;
    }
    if (fdatasync(m->fd) != 0)
        return -1;
    m->next = 1 - m->next;
    return 0;
}

void log_mark_close(struct log_mark *m)
{
    if (m == NULL)
        return;
    if (m->fd >= 0)
        close(m->fd);
    free(m);
}
