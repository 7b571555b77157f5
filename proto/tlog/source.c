#include "proto/tlog/source.h"

enum fetch source_hashes(const struct source *s, const struct tile *t, struct hash *out,
                         struct refusal *why)
{
    struct buf b = { 0 };
    size_t want = (size_t)t->width * HASH_BYTES;
    char path[TILE_PATH_MAX];
    tile_path(path, t);
    enum fetch got = s->tile(s->ctx, t, want, &b, why);
    if (got == FETCH_OK && b.failed) {
        refuse(why, REASON_MEMORY, "");
        got = FETCH_FAILED;
    } else if (got == FETCH_OK && b.n != want) {
        refuse(why, REASON_TILE, path);
        got = FETCH_FAILED;
    } else if (got == FETCH_OK) {
        memcpy(out, b.p, want);
    } else if (got == FETCH_MISSING) {
        refuse(why, REASON_MISSING, path);
    }
    buf_free(&b);
    return got;
}

int source_read_tile(void *source_tiles, const struct tile *t, struct hash *out)
{
    struct source_tiles *s = source_tiles;
    return source_hashes(s->source, t, out, &s->why) == FETCH_OK ? 0 : -1;
}
