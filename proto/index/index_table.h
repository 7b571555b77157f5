/* A table made of its rows, in one pass and without keeping them: its root, and the files that it
 * is served by. docs/FORMATS.md, 24.2 and 24.3. One thread. */
#ifndef PROTO_INDEX_INDEX_TABLE_H
#define PROTO_INDEX_INDEX_TABLE_H

#include "proto/index/index_row.h"
#include "proto/tlog/tree.h"

/* What an `index` entry says of a table, and where it begins. */
struct index_table {
    uint64_t from, to; /* entries; to: without */
    uint64_t rows, unkeyed;
    struct hash root;
};

#define DIRECTORY_ITEM_BYTES (ROW_BYTES + HASH_BYTES)
#define DIRECTORY_ITEMS 256
#define DIRECTORY_LEVELS 8 /* more than any table has */

/* A file of a table: level 0 is a page, above it a directory. */
struct index_table_file {
    unsigned level;
    uint64_t n;
};

/* How many leaves so many rows have; how many rows that leaf has, 0 if there is none; how many
 * files there are of a level (level 0: pages); the highest level; how many bytes that file has, 0
 * if there is none. */
uint64_t index_table_leaves(uint64_t rows);
size_t index_table_leaf_rows(uint64_t rows, uint64_t leaf);
uint64_t index_table_files(uint64_t rows, unsigned level);
unsigned index_table_levels(uint64_t rows);
size_t index_table_file_bytes(uint64_t rows, const struct index_table_file *f);

/* Longer than any path "index/⟨R⟩/⟨L⟩/⟨N⟩", with its zero. */
#define INDEX_PATH_MAX 144
#define INDEX_NEWEST "index/newest"

/* Writes the path of a file, without a slash before it. */
void index_table_path(char out[INDEX_PATH_MAX], const struct hash *root,
                      const struct index_table_file *f);

/* Parses such a path, canonical only. Returns 0 or -1. */
MUST_USE int index_table_path_parse(struct hash *root, struct index_table_file *f,
                                    struct span path);

/* Takes a whole file. Returns 0 to go on. NULL wherever one is asked for: nobody wants them. */
typedef int index_table_file_fn(void *ctx, const struct index_table_file *f, struct span bytes);

struct index_table_builder {
    uint64_t rows, unkeyed;
    struct index_row last;
    index_table_file_fn *file;
    void *ctx;
    /* The rest is its own. */
    struct index_row page[PAGE_ROWS];
    struct index_directory {
        uint8_t bytes[DIRECTORY_ITEMS * DIRECTORY_ITEM_BYTES];
        size_t items;
        uint64_t full;             /* how many were handed out */
        struct frontier below;     /* of the roots of its items */
    } directory[DIRECTORY_LEVELS]; /* of level 1 and up */
};

/* About 160 kB: not on a stack. */
void index_table_builder_begin(struct index_table_builder *b, index_table_file_fn *file, void *ctx);

/* Adds a row. Returns 0; -1 if it is not higher than the last; else what file() returned. */
MUST_USE int index_table_builder_add(struct index_table_builder *b, const struct index_row *row);

/* Hands out what is left, and sets rows, unkeyed and root of *out. Returns 0, or what file()
 * returned. Once. */
MUST_USE int index_table_builder_end(struct index_table_builder *b, struct index_table *out);

/* ---- finding, in files that nobody believes ---------------------------------------------------
 */

/* Appends a file, whole. Returns 0, or -1; ctx keeps why. One file is asked for several times: a
 * proof takes some ten reads of the same few files. */
typedef int index_table_read_fn(void *ctx, const struct hash *root,
                                const struct index_table_file *f, struct buf *out);

/* The place of the first row of a table that is not lower than *row, from its files; table->rows if
 * there is none. Wrong files give a wrong place, which a proof shows. Returns 0, or -1 if a file
 * cannot be read or has another length than it should. */
MUST_USE int index_table_find(uint64_t *place, const struct index_table *table,
                              const struct index_row *row, index_table_read_fn *read, void *ctx);

/* Reads the page in which that row is: sets *rows to its rows, in *out, and *n to how many there
 * are. Clears *out first. Returns 0, or -1 as above. */
MUST_USE int index_table_page(struct buf *out, const struct index_row **rows, size_t *n,
                              const struct index_table *table, uint64_t page,
                              index_table_read_fn *read, void *ctx);

/* As a subtree_fn (proto/tlog/shared_proof.h): hashes over the table's leaves, from its files. */
struct index_table_tree {
    const struct index_table *table;
    index_table_read_fn *read;
    void *ctx;
};
int index_table_subtree(void *index_table_tree, uint64_t from, uint64_t to, struct hash *out);

#endif
