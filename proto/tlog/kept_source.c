#include "proto/tlog/kept_source.h"

static bool is_same(const struct tile *a, const struct tile *b)
{
    return a->level == b->level && a->n == b->n && a->width == b->width;
}

static void keep_tile(struct kept_files *k, const struct tile *t, struct span bytes)
{
    if (bytes.n > KEPT_BYTES)
        return;
    struct kept_file *f = &k->file[k->oldest];
    k->oldest = (k->oldest + 1) % KEPT_FILES;
    f->tile = *t;
    buf_clear(&f->bytes);
    buf_add_span(&f->bytes, bytes);
    if (f->bytes.failed) {
        buf_free(&f->bytes);
        f->tile.width = 0;
    }
}

static enum fetch read_kept(void *ctx, const struct tile *t, size_t max, struct buf *out,
                            struct refusal *why)
{
    struct kept_files *k = ctx;
    size_t start = out->n;
    for (size_t i = 0; i < KEPT_FILES; i++)
        if (is_same(&k->file[i].tile, t)) {
            buf_add_span(out, buf_span(&k->file[i].bytes));
            return FETCH_OK; /* or out->failed, as below */
        }
    enum fetch got = k->below->tile(k->below->ctx, t, max, out, why);
    if (got == FETCH_OK && !out->failed)
        keep_tile(k, t, span_of(out->p + start, out->n - start));
    return got;
}

struct source kept_source(struct kept_files *k)
{
    return (struct source){ .tile = read_kept, .ctx = k };
}

void kept_files_free(struct kept_files *k)
{
    for (size_t i = 0; i < KEPT_FILES; i++) {
        buf_free(&k->file[i].bytes);
        k->file[i].tile.width = 0;
    }
}
