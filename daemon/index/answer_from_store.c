#include "daemon/index/answer_from_store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/state/cover_find.h"

struct answering {
    struct store *store;
    const struct index_folder *tables;
    enum store_result failed; /* why something could not be read */
    /* The table that was read last: */
    int fd;
    struct hash root;
    uint64_t rows;
};

static int unread(struct answering *a, enum store_result r)
{
    a->failed = r;
    return -1;
}

static int entry_of_store(void *ctx, uint64_t index, struct buf *out)
{
    struct answering *a = ctx;
    struct store_txn *t;
    struct hash stored, leaf;
    size_t before = out->n;
    enum store_result r = store_begin(&t, a->store, STORE_READ);
    if (r == STORE_OK) {
        r = store_entry(t, index, out, &stored);
        store_end(t);
    }
    if (r == STORE_OK) { /* who asks would hold a damaged one for a lie */
        hash_leaf(&leaf, span_of(out->p + before, out->n - before));
        r = hash_eq(&leaf, &stored) ? STORE_OK : STORE_DAMAGED;
    }
    return r == STORE_OK ? 0 : unread(a, r == STORE_ABSENT ? STORE_DAMAGED : r);
}

static int tile_of_store(void *ctx, const struct tile *tile, struct hash *out)
{
    struct answering *a = ctx;
    struct store_txn *t;
    struct buf file = { 0 };
    enum store_result r = store_begin(&t, a->store, STORE_READ);
    if (r == STORE_OK) {
        r = store_tile(t, tile, &file);
        store_end(t);
    }
    if (r == STORE_OK)
        memcpy(out, file.p, tile->width * sizeof *out);
    buf_free(&file);
    return r == STORE_OK ? 0 : unread(a, r == STORE_ABSENT ? STORE_DAMAGED : r);
}

static int open_table(struct answering *a, const struct hash *root)
{
    if (a->fd >= 0 && hash_eq(&a->root, root))
        return 0;
    if (a->fd >= 0)
        close(a->fd);
    a->fd = table_file_open(a->tables, root);
    if (a->fd < 0)
        return unread(a, errno == ENOENT ? STORE_ABSENT : STORE_IO);
    a->root = *root;
    a->rows = table_file_rows(a->fd);
    return 0;
}

static int part_of_table(void *ctx, const struct hash *root, const struct index_table_file *f,
                         struct buf *out)
{
    struct answering *a = ctx;
    if (open_table(a, root) != 0)
        return -1;
    return table_file_read(a->fd, a->rows, f, out) == 0
               ? 0
               : unread(a, errno == ENOMEM ? STORE_MEMORY : STORE_IO);
}

static enum store_result newest_index(struct store *store, uint64_t size, uint64_t *index)
{
    struct store_txn *t;
    enum store_result r = store_begin(&t, store, STORE_READ);
    if (r != STORE_OK)
        return r;
    r = cover_find_entry(index, t, size);
    store_end(t);
    return r == STORE_OK && *index == NO_ENTRY ? STORE_ABSENT : r;
}

enum store_result answer_from_store(struct buf *out, struct store *store,
                                    const struct index_folder *tables, const struct answer_ask *ask)
{
    struct answering a = { .store = store, .tables = tables, .fd = -1 };
    const struct tile_source tiles = { .read = tile_of_store, .ctx = &a, .size = ask->size };
    const struct answer_source source = {
        .entry = entry_of_store, .table = part_of_table, .tiles = &tiles, .ctx = &a
    };
    struct answer_ask asked = *ask;
    uint64_t to, end;
    asked.own_tables = true;
    if (asked.index == NO_ENTRY) {
        enum store_result r = newest_index(store, ask->size, &asked.index);
        if (r != STORE_OK)
            return r;
    } else if (asked.index >= ask->size) {
        return STORE_ABSENT;
    }
    enum answer_made made = answer_make(out, &asked, &source, &to, &end);
    if (a.fd >= 0)
        close(a.fd);
    switch (made) {
    case ANSWER_MADE:
        return STORE_OK;
    case ANSWER_NO_INDEX:
    case ANSWER_RANGE:
        return STORE_ABSENT;
    case ANSWER_MEMORY:
        return STORE_MEMORY;
    case ANSWER_UNREAD:
        break;
    }
    return a.failed == STORE_OK ? STORE_DAMAGED : a.failed;
}
