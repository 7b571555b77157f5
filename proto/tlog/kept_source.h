/* A source that keeps the last files that were read, for many look-ups of one tree: a tile or
 * bundle of a given width never changes. */
#ifndef PROTO_TLOG_KEPT_SOURCE_H
#define PROTO_TLOG_KEPT_SOURCE_H

#include "proto/tlog/source.h"

#define KEPT_FILES 64
#define KEPT_BYTES (1024 * 1024) /* a larger file is not kept */

struct kept_file {
    struct tile tile; /* width 0: the place is free */
    struct buf bytes;
};

/* Begins all zeroes but for `below`. One thread. It must not be moved after kept_source(). */
struct kept_files {
    const struct source *below;
    struct kept_file file[KEPT_FILES];
    size_t oldest;
};

/* The source that asks `below` for what is not kept. It lasts as long as *k. */
struct source kept_source(struct kept_files *k);

/* Forgets and frees all files. */
void kept_files_free(struct kept_files *k);

#endif
