#include "daemon/index/table_writer.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define STEP_BYTES (1024 * 1024) /* written before they are synced */

int table_writer_open(struct table_writer *w, const struct index_folder *f, uint64_t rows)
{
    w->files = f;
    w->rows = rows;
    w->unsynced = 0;
    snprintf(w->name, sizeof w->name, "%s/table", f->path);
    return new_file_open(&w->file, w->name, 0600);
}

static int write_at(int fd, struct span bytes, uint64_t at)
{
    while (bytes.n > 0) {
        ssize_t put = pwrite(fd, bytes.p, bytes.n, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        bytes = span_of(bytes.p + put, bytes.n - (size_t)put);
        at += (uint64_t)put;
    }
    return 0;
}

int table_writer_put(void *table_writer, const struct index_table_file *part, struct span bytes)
{
    struct table_writer *w = table_writer;
    if (write_at(w->file.fd, bytes, table_file_place(w->rows, part)) != 0)
        return -1;
    w->unsynced += bytes.n;
    if (w->unsynced < STEP_BYTES)
        return 0;
    w->unsynced = 0;
    return fdatasync(w->file.fd);
}

/* What could not be synced is not there for good, and goes. */
int table_writer_keep(struct table_writer *w, const struct hash *root)
{
    table_file_path(w->files, w->name, root);
    int kept = new_file_keep(&w->file);
    if (kept == 0)
        return 0;
    int cause = errno;
    if (kept == FILE_NOT_SYNCED)
        unlink(w->name);
    errno = cause;
    return -1;
}

void table_writer_drop(struct table_writer *w)
{
    new_file_drop(&w->file);
}
