/* Where the files of a log come from: a mirror folder, HTTP, the store. A source may be asked again
 * for a file; it belongs to one thread. */
#ifndef PROTO_TLOG_SOURCE_H
#define PROTO_TLOG_SOURCE_H

#include "proto/base/reason.h"
#include "proto/tlog/tile.h"

enum fetch {
    FETCH_OK,
    FETCH_MISSING, /* it is not there */
    FETCH_FAILED,  /* it may be there, but could not be got: *why says what happened */
};

/* Appends the file of a tile or bundle to out. Of a file that is larger than max it appends
 * max + 1 bytes and returns FETCH_OK: the caller then finds it malformed. Out of memory is
 * FETCH_FAILED with REASON_MEMORY. */
typedef enum fetch fetch_tile_fn(void *ctx, const struct tile *t, size_t max, struct buf *out,
                                 struct refusal *why);

struct source {
    fetch_tile_fn *tile;
    void *ctx;
};

/* Reads a tile's hashes through a source. Returns FETCH_OK only with exactly t->width hashes;
 * a file of another size is FETCH_FAILED with REASON_TILE. */
enum fetch source_hashes(const struct source *s, const struct tile *t, struct hash *out,
                         struct refusal *why);

/* A tile_read_fn over a source, for building proofs. `why` keeps the last cause. */
struct source_tiles {
    const struct source *source;
    struct refusal why;
};
int source_read_tile(void *source_tiles, const struct tile *t, struct hash *out);

#endif
