#include "proto/lib/lib_fetch.h"

struct bitacora_sink {
    struct buf *to;
    size_t start, max; /* max bytes from start on, and one more, which says that there are more */
};

int bitacora_sink_add(bitacora_sink *sink, const void *bytes, size_t n)
{
    if (sink == NULL || (bytes == NULL && n > 0))
        return -1;
    size_t room = sink->max + 1 - (sink->to->n - sink->start);
    buf_add(sink->to, bytes, n < room ? n : room);
    return sink->to->failed || sink->to->n - sink->start > sink->max ? -1 : 0;
}

enum fetch fetch_path(struct fetching *f, const char *path, size_t max, struct buf *out,
                      struct refusal *why)
{
    bitacora_sink sink = { out, out->n, max };
    if (context_cancelled(f->ctx)) {
        refuse(why, REASON_MEMORY, "");
        return FETCH_FAILED;
    }
    f->ctx->in_callback = true;
    bitacora_fetched got = f->fetch(f->arg, path, &sink);
    f->ctx->in_callback = false;
    if (out->failed) {
        refuse(why, REASON_MEMORY, "");
        return FETCH_FAILED;
    }
    /* A file that is too large is there, whatever the callback makes of a sink that is full. */
    if (got == BITACORA_FETCHED || out->n - sink.start > max)
        return FETCH_OK;
    out->n = sink.start;
    refuse(why, got == BITACORA_MISSING ? REASON_MISSING : REASON_UNREADABLE, path);
    return got == BITACORA_MISSING ? FETCH_MISSING : FETCH_FAILED;
}

static enum fetch fetch_file(struct fetching *f, const struct tile *t, size_t max, struct buf *out,
                             struct refusal *why)
{
    char path[TILE_PATH_MAX];
    tile_path(path, t);
    return fetch_path(f, path, max, out, why);
}

static enum fetch fetch_tile(void *ctx, const struct tile *t, size_t max, struct buf *out,
                             struct refusal *why)
{
    size_t start = out->n;
    enum fetch got = fetch_file(ctx, t, max, out, why);
    if (got != FETCH_MISSING || t->width == TILE_WIDTH)
        return got;
    const struct tile full = { .level = t->level, .n = t->n, .width = TILE_WIDTH };
    struct refusal of_full;
    got = fetch_file(ctx, &full, tile_bytes_max(&full), out, &of_full);
    if (got == FETCH_FAILED)
        *why = of_full;
    if (got != FETCH_OK)
        return got;
    size_t part = tile_part_of_full(span_of(out->p + start, out->n - start), t);
    out->n = start + part;
    return part == 0 ? FETCH_MISSING : FETCH_OK;
}

struct source source_fetching(struct fetching *f)
{
    return (struct source){ .tile = fetch_tile, .ctx = f };
}
