/* What a recount holds: for the files of this folder. Others use recount.h. */
#ifndef PROTO_RECOUNT_RECOUNT_INNER_H
#define PROTO_RECOUNT_RECOUNT_INNER_H

#include "proto/recount/known_keys.h"
#include "proto/recount/recount.h"

enum recount_tape { TAPE_ITEMS, TAPE_WARRANTS, TAPE_PENDING, TAPE_RUNS };

/* Entries whose keys are not known. */
struct unknown_entries {
    uint64_t from, to; /* to: without */
    bool told;         /* they could not be read at all: it is known why */
};

/* The rows of a table in force, as the entries give them. */
struct table_rows {
    bool at_hand;
    bool right; /* it was computed, and is what the `index` entry says */
    struct row_run run;
};

struct recount {
    struct recount_setup setup;
    struct tape tape[RECOUNT_TAPES];
    bool collecting; /* rows are kept of each entry */
    bool failed;     /* out of memory or of room: no rows are known any more */
    struct known_keys known;
    struct row_sorter *again; /* takes the rows of what is read again; NULL: they are kept */
    struct unknown_entries *unknown;
    size_t unknowns, unknown_cap;
    struct cover cover; /* in force */
    struct hash leaf;   /* of its entry */
    struct table_rows table[TABLES_MAX];
    uint64_t covers;
    uint64_t pending; /* place of the first row of an entry that is not covered */
    struct index_table_builder builder;
};

/* ---- recount_entries.c ----------------------------------------------------------------------- */

enum rests_on {
    ALL_KNOWN,
    SOME_TOLD,   /* entries that could not be read, or rest on such ones */
    SOME_UNREAD, /* entries that could not be read again */
};

/* What the rows of these entries rest on: the worst of them. */
enum rests_on recount_rests_on(const struct recount *x, uint64_t from, uint64_t to);

/* From now on rows are kept as entries come; those below `to` that no cover has so far are read
 * again. */
void recount_begin(struct recount *x, uint64_t to);

/* Adds the rows of these entries, which are read again, to a sorter. */
void recount_sort_again(struct recount *x, uint64_t from, uint64_t to, struct row_sorter *sorter);

/* ---- recount_tables.c ------------------------------------------------------------------------ */

/* Rows that wait for a cover, in the order of entries. */
struct waiting_rows {
    struct row_reader reader;
    struct index_row_source source;
    struct index_row row; /* the next one */
    int left;             /* 1: there is one; 0: none; -1: they cannot be read */
    uint64_t at;          /* its place on the tape */
};

void waiting_rows_open(struct waiting_rows *w, const struct recount *x);

enum computed {
    COMPUTED_RIGHT,
    COMPUTED_WRONG,
    COMPUTED_NOT,    /* x->failed; or it rests on what could not be read */
    COMPUTED_UNREAD, /* something could not be read again */
};

/* Computes a new table, of earlier ones and of rows that wait. Takes those from *w. */
enum computed recount_table(struct recount *x, const struct index_table *t, struct waiting_rows *w,
                            struct table_rows *out);

/* Gives the room of a run back. */
void recount_forget(struct recount *x, const struct row_run *run);

#endif
