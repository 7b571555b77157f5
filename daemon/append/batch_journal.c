#include "daemon/append/batch_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/config.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"

#define FIRST_LINE "bitacora/v1 batch"
#define ENTRIES_MAX ((size_t)STORE_BATCH_MAX * (2 + ENTRY_MAX))
#define HEAD_MAX 256 /* bytes of the lines before the entries */

/* ---- writing --------------------------------------------------------------------------------- */

int batch_journal_open(struct batch_journal *j, const char *path)
{
    *j =
        (struct batch_journal){ .fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) };
    return j->fd < 0 ? -1 : 0;
}

int batch_journal_look(struct batch_journal *j, const char *path)
{
    *j = (struct batch_journal){ .fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) };
    return j->fd < 0 ? -1 : 0;
}

void batch_journal_close(struct batch_journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    buf_free(&j->entries);
    j->fd = -1;
}

void batch_journal_begin(struct batch_journal *j, const struct edge *edge)
{
    if (j->entries.failed)
        buf_free(&j->entries);
    buf_clear(&j->entries);
    j->size = edge->frontier.size;
    edge_root(edge, &j->root);
}

void batch_journal_add(struct batch_journal *j, struct span entry)
{
    buf_add_u16(&j->entries, (uint16_t)entry.n); /* no entry is longer */
    buf_add_span(&j->entries, entry);
}

static int write_at(int fd, struct span bytes, off_t at)
{
    while (bytes.n > 0) {
        ssize_t n = pwrite(fd, bytes.p, bytes.n, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        bytes = span_of(bytes.p + n, bytes.n - (size_t)n);
        at += n;
    }
    return 0;
}

int batch_journal_write(struct batch_journal *j)
{
    struct buf head = { 0 };
    struct hash sum;
    hash_bytes(&sum, buf_span(&j->entries));
    buf_addf(&head, FIRST_LINE "\n%llu\n", (unsigned long long)j->size);
    buf_add_base64(&head, j->root.b, HASH_BYTES);
    buf_addf(&head, "\n%zu\n", j->entries.n);
    buf_add_base64(&head, sum.b, HASH_BYTES);
    buf_adds(&head, "\n");
    errno = ENOMEM;
    int failed = head.failed || j->entries.failed ? -1 : write_at(j->fd, buf_span(&head), 0);
    if (failed == 0)
        failed = write_at(j->fd, buf_span(&j->entries), (off_t)head.n);
    if (failed == 0)
        failed = fdatasync(j->fd);
    buf_free(&head);
    return failed;
}

/* ---- reading --------------------------------------------------------------------------------- */

int journaled_parse(struct journaled *out, struct span bytes)
{
    struct hash sum, stated;
    uint64_t length;
    struct scan s = scan_of(bytes);
    struct span first = scan_line(&s), size = scan_line(&s), root = scan_line(&s);
    struct span digits = scan_line(&s), base64 = scan_line(&s);
    if (s.bad || !span_is(first, FIRST_LINE) || decimal_parse(&out->size, size) != 0 ||
        base64_decode_exact(out->root.b, HASH_BYTES, root) != 0 ||
        decimal_parse(&length, digits) != 0 || length == 0 || length > ENTRIES_MAX ||
        base64_decode_exact(stated.b, HASH_BYTES, base64) != 0)
        return -1;
    out->entries = scan_bytes(&s, length); /* behind them may be the end of an earlier batch */
    hash_bytes(&sum, out->entries);
    return s.bad || !hash_eq(&sum, &stated) ? -1 : 0;
}

int batch_journal_read(struct journaled *out, struct buf *bytes, const struct batch_journal *j)
{
    struct stat st;
    if (fstat(j->fd, &st) != 0)
        return -1;
    size_t want =
        st.st_size > (off_t)(HEAD_MAX + ENTRIES_MAX) ? HEAD_MAX + ENTRIES_MAX : (size_t)st.st_size;
    buf_clear(bytes);
    uint8_t *p = want == 0 ? NULL : buf_reserve(bytes, want);
    errno = ENOMEM;
    if (p == NULL)
        return want == 0 ? 0 : -1;
    while (bytes->n < want) {
        ssize_t n = pread(j->fd, p + bytes->n, want - bytes->n, (off_t)bytes->n);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n == 0)
            break;
        bytes->n += n > 0 ? (size_t)n : 0;
    }
    return journaled_parse(out, buf_span(bytes)) == 0 ? 1 : 0;
}

bool journaled_next(struct journaled *j, struct span *entry)
{
    struct scan s = scan_of(j->entries);
    *entry = scan_bytes(&s, scan_u16(&s));
    j->entries = scan_rest(&s);
    return !s.bad;
}
