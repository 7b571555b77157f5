/* The tables of a log's `index` entries, computed again from its entries: docs/FORMATS.md, 24.5.
 *
 * Nothing is kept before the first `index` entry comes: what it covers is read again then. From
 * there on the rows of each entry are kept as it comes, and those of the tables in force as runs;
 * all that grows with the log is on tapes. What an `index` entry says goes by 24.4 before it comes
 * here. One thread. */
#ifndef PROTO_RECOUNT_RECOUNT_H
#define PROTO_RECOUNT_RECOUNT_H

#include "proto/base/tape.h"
#include "proto/index/cover.h"
#include "proto/index/entry_keys.h"
#include "proto/index/row_sorter.h"

#define RECOUNT_TAPES 4
#define RECOUNT_ROWS (128 * 1024) /* that are sorted in memory, 3 MiB */

struct recount;

/* An entry. */
struct recount_entry {
    uint64_t index;
    const struct hash *leaf;
    bool readable; /* its bytes are those that the tree has */
    struct span bytes;
    const struct record *record; /* of these bytes; NULL: parsed where it is needed */
    bool covers;                 /* recount_cover() comes next */
};

/* Why a table could not be computed. */
enum recount_lack {
    RECOUNT_UNREAD, /* an entry could not be read again */
    RECOUNT_MEMORY, /* out of memory, or of room on a tape: nothing more is computed */
};

/* A table that is not what its entries give. */
struct recount_wrong {
    const struct cover *cover;
    size_t number;           /* of the table in it */
    const struct tape *tape; /* where its right rows are; valid during the call */
    const struct row_run *run;
};

/* What it points at must outlive the recount. */
struct recount_setup {
    /* Opens so many empty tapes; called once, when the first is needed. Returns 0, or -1 if there
     * is no room. They are the caller's to close, after recount_free(). */
    int (*open)(void *ctx, struct tape tape[static RECOUNT_TAPES]);
    /* Reads entries again, from `from` up to, and without, `to`, and calls recount_read_entry()
     * for each of them, in order. */
    void (*read_again)(void *ctx, struct recount *x, uint64_t from, uint64_t to);
    /* One entry that another names: NAMED_UNKNOWN if it cannot be read. */
    entry_read_fn *read;
    /* Files of a table that is in force; NULL: there are none. What they hold is not believed. */
    index_table_read_fn *file;
    /* Told once for an `index` entry of which a table is wrong: the first such table. */
    void (*wrong)(void *ctx, const struct recount_wrong *w);
    /* Told once for one of which a table could not be computed, and none is wrong; why else is not
     * told. */
    void (*lacks)(void *ctx, const struct cover *cover, size_t number, enum recount_lack lack);
    void *ctx;
    size_t memory; /* rows that are sorted in memory; 0: RECOUNT_ROWS */
    bool eager;    /* there will be an `index` entry: rows are kept from the first entry on */
};

/* Copies *setup. NULL when out of memory. free(NULL) is harmless. */
struct recount *recount_new(const struct recount_setup *setup);
void recount_free(struct recount *x);

/* Takes the next entry. Each one is taken, in order, from the first on, or from the one after
 * those that recount_resume() says are known. */
void recount_take(struct recount *x, const struct recount_entry *e);

/* For setup->read_again. An entry that is not readable, and was so before, too, is no news. */
void recount_read_entry(struct recount *x, const struct recount_entry *e);

/* Takes the cover of the `index` entry that was taken last, which took effect, and said `covers`. */
void recount_cover(struct recount *x, const struct cover *cover, const struct hash *leaf);

/* Instead of earlier entries: a cover that was accepted in an earlier run. right: of each of its
 * tables, whether that run found it so; NULL: of none. */
void recount_resume(struct recount *x, const struct cover *cover, const struct hash *leaf,
                    const bool *right);

/* Hands out the files of a table of the newest cover, by its number, from its rows: those of its
 * root, if it is right. Returns 0; -1 if its rows are not at hand; else what file returned. */
MUST_USE int recount_files(struct recount *x, size_t number, index_table_file_fn *file, void *ctx);

/* What was found. */
struct recount_report {
    const struct cover *cover; /* of the newest; its entry is NO_ENTRY if there is none so far */
    struct hash leaf;          /* its leaf hash */
    uint64_t covers;           /* `index` entries that were taken in this run */
    bool right[TABLES_MAX];    /* of its tables: it was computed, and is that of the entries */
    bool all_right;            /* there is one, and all of its tables are */
};
void recount_report(const struct recount *x, struct recount_report *out);

#endif
