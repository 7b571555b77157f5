#include "daemon/access/row_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "proto/sys/files.h"

#define NAME "open"

static void path_of(const struct row_journal *j, char out[ROW_PATH_MAX])
{
    row_file_path(j->folder, out, NAME);
}

void row_journal_close(struct row_journal *j)
{
    int cause = errno;
    if (j->fd >= 0)
        close(j->fd);
    j->fd = -1;
    buf_free(&j->fresh);
    errno = cause;
}

/* Opens the file for writing behind what is there. */
static int open_end(struct row_journal *j)
{
    char path[ROW_PATH_MAX];
    path_of(j, path);
    j->fd = open(path, O_WRONLY | O_CLOEXEC);
    off_t end = j->fd < 0 ? -1 : lseek(j->fd, 0, SEEK_END);
    if (end >= 0 && fdatasync(j->fd) == 0) {
        j->end = (uint64_t)end;
        j->after = j->interval;
        return 0;
    }
    row_journal_close(j);
    return -1;
}

/* ---- making it, and making it again ---------------------------------------------------------- */

static int copy_line(void *ctx, const struct access_row *row, struct span line)
{
    static const uint8_t newline[] = { '\n' };
    const struct new_file *f = ctx;
    (void)row;
    return file_write_all(f->fd, line) != 0 ? -1 : file_write_all(f->fd, span_of(newline, 1));
}

/* Writes the file anew: its first line, and the rows of the one that is there. */
static int write_again(struct row_journal *j, bool rows, uint64_t *lost)
{
    char path[ROW_PATH_MAX];
    struct new_file f;
    struct buf header = { 0 };
    struct row_interval again;
    path_of(j, path);
    row_file_header(&header, &j->interval);
    if (header.failed || new_file_open(&f, path, 0600) != 0) {
        errno = header.failed ? ENOMEM : errno;
        buf_free(&header);
        return -1;
    }
    int failed = file_write_all(f.fd, buf_span(&header));
    if (failed == 0 && rows)
        failed = row_file_read(path, &again, lost, copy_line, &f);
    if (failed == 0)
        failed = new_file_keep(&f) == 0 ? 0 : -1;
    else
        new_file_drop(&f);
    int cause = errno;
    buf_free(&header);
    errno = cause;
    return failed;
}

int row_journal_open(struct row_journal *j, const struct access_folder *folder, bool again,
                     uint64_t *lost)
{
    char path[ROW_PATH_MAX];
    *j = (struct row_journal){ .folder = folder, .fd = -1 };
    path_of(j, path);
    if (row_file_read(path, &j->interval, lost, NULL, NULL) != 0)
        return errno == ENOENT ? 0 : -1;
    if ((*lost > 0 || again) && write_again(j, true, lost) != 0)
        return -1;
    return open_end(j) == 0 ? 1 : -1;
}

int row_journal_begin(struct row_journal *j, const struct access_folder *folder, int64_t from,
                      uint64_t size)
{
    *j = (struct row_journal){ .folder = folder,
                               .fd = -1,
                               .interval = { .from = from, .last = from, .size = size } };
    return write_again(j, false, NULL) == 0 ? open_end(j) : -1;
}

/* ---- rows ------------------------------------------------------------------------------------ */

void row_journal_add(struct row_journal *j, struct access_row *row, int64_t now)
{
    uint8_t salt[ACCESS_SALT_BYTES];
    struct hash leaf, done[64];
    row->at = now > j->after.last ? now : j->after.last;
    randombytes_buf(salt, sizeof salt);
    access_line_write(&j->fresh, row, salt, &leaf);
    frontier_append(&j->after.rows, &leaf, done);
    j->after.last = row->at;
}

static int write_fresh(struct row_journal *j)
{
    struct span bytes = buf_span(&j->fresh);
    if (j->fresh.failed)
        return errno = ENOMEM, -1;
    if (lseek(j->fd, (off_t)j->end, SEEK_SET) < 0 || file_write_all(j->fd, bytes) != 0 ||
        fdatasync(j->fd) != 0)
        return -1;
    j->end += bytes.n;
    return 0;
}

int row_journal_commit(struct row_journal *j)
{
    if (write_fresh(j) != 0) {
        row_journal_close(j);
        return -1;
    }
    j->interval = j->after;
    buf_clear(&j->fresh);
    return 0;
}

int row_journal_end(struct row_journal *j, int64_t until)
{
    char from[ROW_PATH_MAX], to[ROW_PATH_MAX], name[ROW_NAME_MAX];
    row_file_of_interval(name, j->interval.from, until);
    path_of(j, from);
    row_file_path(j->folder, to, name);
    if (rename(from, to) != 0)
        return -1;
    row_journal_close(j);
    /* If that fails, `open` may be there again after a loss of power, whole: no row goes into
     * another before it was made, which syncs the folder, too. */
    directory_sync(j->folder->path);
    return 0;
}
