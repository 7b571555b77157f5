#include "proto/answer/answer_rows.h"

int table_files_read(void *ctx, const struct hash *root, const struct index_table_file *f,
                     struct buf *out)
{
    struct kept_table_files *k = ctx;
    for (size_t i = 0; i < TABLE_FILES_KEPT; i++) {
        const struct kept_table_file *at = &k->file[i];
        if (at->used && hash_eq(&at->root, root) && at->f.level == f->level && at->f.n == f->n) {
            buf_add_span(out, buf_span(&at->bytes));
            k->memory = k->memory || out->failed;
            return out->failed ? -1 : 0;
        }
    }
    struct kept_table_file *new = &k->file[k->next];
    new->used = false;
    buf_clear(&new->bytes);
    int failed = k->source->table(k->source->ctx, root, f, &new->bytes);
    k->memory = k->memory || new->bytes.failed;
    if (failed != 0 || new->bytes.failed)
        return -1;
    new->root = *root;
    new->f = *f;
    new->used = true;
    k->next = (k->next + 1) % TABLE_FILES_KEPT;
    buf_add_span(out, buf_span(&new->bytes));
    k->memory = k->memory || out->failed;
    return out->failed ? -1 : 0;
}

static enum answer_made unread(const struct kept_table_files *k)
{
    return k->memory ? ANSWER_MEMORY : ANSWER_UNREAD;
}

void table_files_free(struct kept_table_files *k)
{
    for (size_t i = 0; i < TABLE_FILES_KEPT; i++)
        buf_free(&k->file[i].bytes);
}

enum answer_made row_find(struct kept_table_files *files, const struct index_table *table,
                          const struct index_key *key, uint64_t entry, uint64_t *place)
{
    struct index_row row;
    index_row_set(&row, key, entry);
    return index_table_find(place, table, &row, table_files_read, files) == 0 ? ANSWER_MADE
                                                                              : unread(files);
}

enum answer_made row_at(struct row_walk *w, uint64_t place, struct index_row *out)
{
    const struct index_row *rows = (const struct index_row *)w->page.p;
    size_t n;
    if (w->page.n == 0 || w->number != place / PAGE_ROWS) {
        w->number = place / PAGE_ROWS;
        if (index_table_page(&w->page, &rows, &n, w->table, w->number, table_files_read,
                             w->files) != 0) {
            buf_clear(&w->page);
            return unread(w->files);
        }
    }
    *out = rows[place % PAGE_ROWS];
    return ANSWER_MADE;
}

enum answer_made row_next(struct row_walk *w, uint64_t *entry)
{
    struct index_row row;
    *entry = NO_ENTRY;
    if (w->place >= w->table->rows)
        return ANSWER_MADE;
    enum answer_made made = row_at(w, w->place, &row);
    if (made == ANSWER_MADE && index_row_has_key(&row, &w->key) && index_row_entry(&row) < w->to)
        *entry = index_row_entry(&row);
    return made;
}
