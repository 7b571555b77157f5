/* The static files of a log, as answers are made from them: tiles, bundles, tables of the index. In
 * a folder or behind a URL; nothing in them is believed. One thread. */
#ifndef CLIENT_ANSWER_ANSWER_FILES_H
#define CLIENT_ANSWER_ANSWER_FILES_H

#include "client/remote/logfiles.h"
#include "proto/answer/answer_make.h"

#define TABLE_FILES 64 /* of tables that are kept: each is at most 24 KiB */

struct answer_files {
    struct logfiles *files;
    uint64_t size; /* of the tree */
    struct refusal why;
    struct source_tiles from;
    struct tile_source tiles;
    struct answer_source source;
    struct table_file {
        struct hash root;
        struct index_table_file file;
        struct buf bytes; /* empty: the place is free */
    } kept[TABLE_FILES];
    size_t oldest;
};

/* Begins with files, which must outlive it, of a tree of that size. It must not be moved; its
 * `source` is what answer_make() takes, and `why` says what it failed for. */
void answer_files_open(struct answer_files *f, struct logfiles *files, uint64_t size);
void answer_files_close(struct answer_files *f);

/* How many bundles are read from the end of a log, where nothing says where its newest index is. */
#define BUNDLES_SEARCHED 64

enum newest_index {
    NEWEST_FOUND,
    NEWEST_NONE,   /* there is none among the last BUNDLES_SEARCHED bundles */
    NEWEST_UNREAD, /* f->why */
};

/* Sets *index to the newest `index` entry of a known version in the tree: the one that index/newest
 * names, if it is one, else the last that is found from the end of the log on. */
enum newest_index answer_files_newest(struct answer_files *f, uint64_t *index);

#endif
