#include "daemon/index/table_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/scan.h"
#include "proto/sys/files.h"

#define ROOT_HEX (2 * HASH_BYTES)

int table_files_at(struct index_folder *f, const char *dir)
{
    int n = snprintf(f->path, sizeof f->path, "%s/index", dir);
    if (n >= 0 && (size_t)n < sizeof f->path)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

int table_files_open(struct index_folder *f, const char *dir)
{
    if (table_files_at(f, dir) != 0)
        return -1;
    if (mkdir(f->path, 0700) != 0)
        return errno == EEXIST ? 0 : -1;
    return directory_sync(dir);
}

void table_file_path(const struct index_folder *f, char out[TABLE_PATH_MAX],
                     const struct hash *root)
{
    char hex[ROOT_HEX + 1];
    hex_format(hex, root->b, HASH_BYTES);
    snprintf(out, TABLE_PATH_MAX, "%s/%s", f->path, hex);
}

/* ---- where what is in a file ----------------------------------------------------------------- */

/* Where the directories of a level begin; of the level above the highest, where the file ends. */
static uint64_t level_place(uint64_t rows, unsigned level)
{
    uint64_t place = rows * ROW_BYTES;
    for (unsigned below = 0; below + 1 < level; below++)
        place += index_table_files(rows, below) * DIRECTORY_ITEM_BYTES;
    return place;
}

uint64_t table_file_bytes(uint64_t rows)
{
    return level_place(rows, index_table_levels(rows) + 1);
}

uint64_t table_file_place(uint64_t rows, const struct index_table_file *part)
{
    if (part->level == 0)
        return part->n * PAGE_ROWS * ROW_BYTES;
    return level_place(rows, part->level) + part->n * DIRECTORY_ITEMS * DIRECTORY_ITEM_BYTES;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int read_at(int fd, uint8_t *to, size_t n, uint64_t at)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO;
        if (got <= 0)
            return -1;
        to += got;
        n -= (size_t)got;
        at += (uint64_t)got;
    }
    return 0;
}

bool table_file_is_there(const struct index_folder *f, const struct index_table *table)
{
    char path[TABLE_PATH_MAX];
    struct stat s;
    table_file_path(f, path, &table->root);
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) &&
           (uint64_t)s.st_size == table_file_bytes(table->rows);
}

int table_file_open(const struct index_folder *f, const struct hash *root)
{
    char path[TABLE_PATH_MAX];
    table_file_path(f, path, root);
    return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* nobody waits at a pipe */
}

/* A file has some 24 bytes for a row and a little more: halving finds the number of rows. */
uint64_t table_file_rows(int fd)
{
    struct stat s;
    if (fstat(fd, &s) != 0 || s.st_size <= 0)
        return 0;
    uint64_t bytes = (uint64_t)s.st_size, low = 0, high = bytes / ROW_BYTES;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (table_file_bytes(middle) <= bytes)
            low = middle;
        else
            high = middle - 1;
    }
    return table_file_bytes(low) == bytes ? low : 0;
}

int table_file_read(int fd, uint64_t rows, const struct index_table_file *part, struct buf *out)
{
    size_t n = index_table_file_bytes(rows, part);
    if (n == 0) {
        errno = ENOENT;
        return -1;
    }
    uint8_t *to = buf_reserve(out, n);
    if (to == NULL) {
        errno = ENOMEM;
        return -1;
    }
    if (read_at(fd, to, n, table_file_place(rows, part)) != 0)
        return -1;
    out->n += n;
    return 0;
}

/* ---- reading in order ------------------------------------------------------------------------ */

int table_reader_open(struct table_reader *r, const struct index_folder *f,
                      const struct index_table *table)
{
    r->fd = table_file_open(f, &table->root);
    r->rows = table->rows;
    r->failed = false;
    r->read = r->n = r->next = 0;
    memset(&r->leaves, 0, sizeof r->leaves);
    return r->fd < 0 ? -1 : 0;
}

void table_reader_close(struct table_reader *r)
{
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
}

static int read_page(struct table_reader *r)
{
    struct hash leaf, done[64];
    uint64_t left = r->rows - r->read;
    size_t n = left < PAGE_ROWS ? (size_t)left : PAGE_ROWS;
    r->failed = read_at(r->fd, r->row[0].b, n * ROW_BYTES, r->read * ROW_BYTES) != 0;
    if (r->failed)
        return -1;
    for (size_t i = 0; i < n; i += LEAF_ROWS) {
        index_row_leaf(&leaf, &r->row[i], n - i < LEAF_ROWS ? n - i : LEAF_ROWS);
        frontier_append(&r->leaves, &leaf, done);
    }
    r->read += n;
    r->n = n;
    r->next = 0;
    return 0;
}

static int next_row(void *ctx, struct index_row *out)
{
    struct table_reader *r = ctx;
    if (r->next == r->n) {
        if (r->read == r->rows)
            return 0;
        if (read_page(r) != 0)
            return -1;
    }
    *out = r->row[r->next++];
    return 1;
}

struct index_row_source table_reader_source(struct table_reader *r)
{
    return (struct index_row_source){ .next = next_row, .ctx = r };
}

void table_reader_root(const struct table_reader *r, struct hash *out)
{
    frontier_root(&r->leaves, out);
}

/* ---- tidying --------------------------------------------------------------------------------- */

void table_file_remove(const struct index_folder *f, const struct hash *root)
{
    char path[TABLE_PATH_MAX];
    table_file_path(f, path, root);
    unlink(path);
}

static bool is_needed(const char *name, bool (*needed)(void *ctx, const struct hash *root),
                      void *ctx)
{
    struct hash root;
    return hex_parse(root.b, HASH_BYTES, span_str(name)) == 0 && needed(ctx, &root);
}

void table_files_sweep(const struct index_folder *f,
                       bool (*needed)(void *ctx, const struct hash *root), void *ctx)
{
    DIR *dir = opendir(f->path);
    for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            !is_needed(e->d_name, needed, ctx))
            unlinkat(dirfd(dir), e->d_name, 0);
    if (dir != NULL)
        closedir(dir);
}
