/* The replay of a whole log, from the first entry or from a state, up to a checkpoint: what
 * `bitacora replay` and the library's replay have in common. The caller provides the files and a
 * place for look-ups, and stores the state. One thread.
 *
 *     log_replay_checkpoint -> log_replay_run -> log_replay_conclude -> log_replay_free */
#ifndef PROTO_VERIFY_LOG_REPLAY_H
#define PROTO_VERIFY_LOG_REPLAY_H

#include "proto/verify/index_replay.h"
#include "proto/verify/replay.h"
#include "proto/verify/replay_state.h"

/* All of it must outlive the struct log_replay. */
struct log_replay_setup {
    const struct policy *policy; /* of one log */
    const struct hash *pin;      /* leaf hash that entry 0 must have; NULL: any */
    bool structure;              /* the tree only; no record is looked at */
    bool keep;                   /* a state will be made of it */
    const struct source *source; /* the log's files */
    const struct source *again;  /* the same files, for entries that are read once more; best a
                                  * kept_source() */
    /* Kind and leaf hash of each entry, in order, from the first one that is read; and back, for
     * indexes that were remembered: LOOKUP_UNKNOWN for one that was not kept, which is then read
     * and proven again. NULL for both: none is kept. */
    void (*remember)(void *ctx, enum kind kind, const struct hash *leaf);
    lookup_fn *recall;
    void *recall_ctx;
    /* Tapes for what grows with a log's index, as in struct recount_setup; NULL: there are none, and
     * an index is `busy`. */
    int (*open)(void *ctx, struct tape tape[static RECOUNT_TAPES]);
    void *open_ctx;
    index_table_read_fn *table_file; /* the log's files of tables; NULL: there are none */
    void *table_ctx;
    finding_fn *found; /* told of each finding when it is made; NULL: they are only listed */
    void *found_ctx;
    judged_fn *judged; /* as in struct judge_setup; NULL: nobody looks on */
    void *judged_ctx;
    bool (*progress)(void *ctx, uint64_t done, uint64_t size); /* as in struct replay_setup */
    void *progress_ctx;
};

/* Begins all zeroes but for `setup`. If the caller read a state by replay_state_parse(), it also
 * sets `state`, `from_state` and `findings`. */
struct log_replay {
    struct log_replay_setup setup;
    struct findings findings;
    struct replay_state state;
    bool from_state;            /* the replay goes on from `state` */
    struct accepted accepted;   /* the checkpoint that was shown; size 0 where there was none */
    struct log_keys keys;       /* of the log */
    struct judge *judge;        /* NULL where no entry could be judged */
    struct index_replay *index; /* NULL there, and where no record is looked at */
    struct edge edge;
    uint64_t first;     /* entries below it were replayed in an earlier run */
    int64_t first_time; /* acceptance of the entry `first` */
    bool replayed;      /* entries were read, and `end` is set */
    enum replay_end end;
    bool pin_differs;   /* entry 0 is not the one that was pinned */
    bool file_findings; /* something is wrong with these files, not with what was signed */
    enum verdict verdict;
    struct buf evidence; /* against the log, if there is any */
};

/* Frees what it holds. */
void log_replay_free(struct log_replay *r);

/* Adds a finding about files or the log. A finding_fn; its ctx is the struct log_replay. */
void log_replay_found(void *log_replay, const struct finding *f);

/* Opens the checkpoint note in r->accepted.note (see accepted_judge(), also for max_age and now),
 * and asks whether it extends that of the state. Returns false if nothing can be replayed: then
 * call log_replay_conclude() next. */
MUST_USE bool log_replay_checkpoint(struct log_replay *r, int64_t max_age, int64_t now);

enum log_replay_run {
    LOG_REPLAY_RAN,
    LOG_REPLAY_STATE, /* the judge refused the state: nothing was read */
    LOG_REPLAY_MEMORY,
};

/* Reads and judges every entry from r->first on, and asks the clocks. */
MUST_USE enum log_replay_run log_replay_run(struct log_replay *r);

/* The verdict, and evidence of a bad entry. Returns r->verdict. */
enum verdict log_replay_conclude(struct log_replay *r);

/* Whether every entry up to the checkpoint was read and judged, they have its root, and entry 0 is
 * the pinned one, if any. There may be findings about entries all the same. */
bool log_replay_proven(const struct log_replay *r);

/* Whether a state may be stored: all that it would say is proven. */
bool log_replay_may_keep(const struct log_replay *r);

#endif
