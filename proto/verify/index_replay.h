/* A recount (proto/recount/recount.h) of what a judge judges: it reads entries again through a
 * source and proves them, tells findings, and goes on from a state. One thread. */
#ifndef PROTO_VERIFY_INDEX_REPLAY_H
#define PROTO_VERIFY_INDEX_REPLAY_H

#include <jansson.h>

#include "proto/judge/judge.h"
#include "proto/recount/recount.h"
#include "proto/tlog/source.h"
#include "proto/verify/proven.h"

/* What it points at must outlive the replay. */
struct index_replay_setup {
    /* As in struct recount_setup. */
    int (*open)(void *ctx, struct tape tape[static RECOUNT_TAPES]);
    void *open_ctx;
    const struct source *again;  /* the log's files, best a kept_source() */
    const struct accepted *cp;   /* into whose tree entries are proven */
    const struct policy *policy; /* evidence is to convince by it, and by the pin (may be NULL) */
    const struct hash *pin;
    /* The leaf hash of an entry that this run judged; LOOKUP_UNKNOWN: it is not remembered. NULL:
     * none is. */
    lookup_fn *recall;
    void *recall_ctx;
    index_table_read_fn *file; /* the log's files of tables; NULL: there are none */
    void *file_ctx;
    finding_fn *found;
    void *found_ctx;
    bool eager; /* as in struct recount_setup */
};

struct index_replay;

/* Copies *setup. NULL when out of memory. free(NULL) is harmless. */
struct index_replay *index_replay_new(const struct index_replay_setup *setup);
void index_replay_free(struct index_replay *x);

/* Told of each entry, in order, after it was judged. cover: what is in force after it, or NULL.
 * Tells `index`, bad, if a new table of an `index` entry that took effect is not that of the
 * entries; undecided if one cannot be computed; `busy` for want of room. */
void index_replay_entry(struct index_replay *x, const struct judged *e, const struct cover *cover);

/* As recount_files(). */
MUST_USE int index_replay_files(struct index_replay *x, size_t number, index_table_file_fn *file,
                                void *ctx);

/* What is to be said of it. */
struct index_replay_report {
    uint64_t entries; /* `index` entries that were recomputed, in earlier runs, too */
    uint64_t newest;  /* the last one that took effect; NO_ENTRY: there is none */
    struct hash leaf; /* its leaf hash */
    uint64_t end;     /* entries below it are covered by it; 0 without any */
    bool right;       /* every table of it was computed, and is that of the entries */
};
void index_replay_report(const struct index_replay *x, struct index_replay_report *out);

/* Evidence of the first wrong table of which the files were at hand; empty if there is none. Lasts
 * as long as the replay. */
struct span index_replay_evidence(const struct index_replay *x);

/* What a later run needs beside the judge's cover, as a JSON value: a new reference, or NULL when
 * out of memory. */
json_t *index_replay_export(const struct index_replay *x);

/* Gives that to a new replay, and the cover that its judge took in. state NULL: nothing is known of
 * the cover, and what is needed of it is computed. Returns 0, or -1 if it is another value. */
MUST_USE int index_replay_import(struct index_replay *x, const json_t *state,
                                 const struct cover *cover);

#endif
