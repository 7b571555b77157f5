/* A log's files through the caller's callback, as a source for proofs and replays. */
#ifndef PROTO_LIB_LIB_FETCH_H
#define PROTO_LIB_LIB_FETCH_H

#include "proto/lib/lib_context.h"
#include "proto/tlog/source.h"

/* Lives as long as the call that the caller made. */
struct fetching {
    bitacora_context *ctx;
    bitacora_fetch_fn *fetch;
    void *arg;
};

/* A source that asks the callback; a partial file that is missing is read from the full one. Where
 * the caller cancelled, or memory ran out, files are FETCH_FAILED with REASON_MEMORY, and the
 * context knows which it was. */
struct source source_fetching(struct fetching *f);

/* Appends one file, by its path; max bytes and one more at most, as a fetch_tile_fn. */
enum fetch fetch_path(struct fetching *f, const char *path, size_t max, struct buf *out,
                      struct refusal *why);

#endif
