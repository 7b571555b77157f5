/* A log replayed from the first entry, or from a --state, for whatever command wants to look on:
 *
 *     open -> run -> (look at it; add findings) -> conclude -> (report) -> close
 *
 * What is true of the log is the same for all of them: the same findings, the same exit code. */
#ifndef CLIENT_REPLAY_REPLAYING_H
#define CLIENT_REPLAY_REPLAYING_H

#include <jansson.h>

#include "client/base/period.h"
#include "client/base/scratch.h"
#include "client/remote/prove.h"
#include "client/remote/state.h"
#include "client/replay/check_ahead.h"
#include "client/replay/succession.h"
#include "client/show/institution.h"
#include "proto/accel/accelerator.h"
#include "proto/verify/index_replay.h"
#include "proto/verify/replay.h"

/* Which log is replayed, from where, and what is kept of it. All texts are borrowed: they must
 * outlive the struct replaying that is opened with them. */
struct replay_options {
    struct trust_options trust;
    const char *dir; /* folder of a mirror to read from; NULL: the log's URL */
    /* With a `dir`: the newest checkpoint, and what the folder does not have, are the URL's. */
    bool and_url;
    const char
        *state;     /* file to go on from and to write in the end; NULL: from entry 0, keep none */
    bool recalls;   /* with a state: says that the log was convicted (conviction.h) */
    bool structure; /* check the tree only, look at no record */
    const char *accelerator; /* the plug-in; NULL: the environment's, or none */
};

struct replaying {
    struct replay_options options;
    enum patience patience; /* with the log's server; may be set before the run */
    struct trust trust;
    struct findings findings;   /* to be added to until replaying_conclude() */
    struct accepted accepted;   /* the checkpoint that was shown; size 0 where there was none */
    struct judge *judge;        /* NULL where no entry could be judged */
    struct index_replay *index; /* of its `index` entries; NULL where no record was looked at */
    uint64_t first;             /* entries below it were replayed in an earlier run */
    bool replayed;              /* it came to the entries, and to this end: */
    enum replay_end end;
    bool carried;         /* it was replaying_carried(), not a run */
    bool pin_differs;     /* entry 0 is not the one that --genesis names */
    enum verdict verdict; /* once it is concluded */
    struct succession succession;

    /* Of a command that keeps a state of its own beside the --state; may be set before the run.
     * begin is told once, right after a state was read, of r->state; keep before the state is
     * written, if it will be. Both are called under its lock: what does not return OUTCOME_PROVEN
     * stops it, after having said why. */
    enum outcome (*begin)(void *look_ctx);
    enum outcome (*fits)(void *look_ctx); /* once the judge has taken that state in; no lock */
    enum outcome (*keep)(void *look_ctx);
    /* Asked after each bundle; false: the run is given up, and nothing can be concluded. May be NULL,
     * and be set before the run. */
    bool (*go_on)(void *look_ctx);

    /* The rest is its own. */
    bool concluded;
    judged_fn *look;
    void *look_ctx;
    struct logfiles *files;
    struct logfiles *old_files; /* the same, for entries that are asked for again */
    struct state state;
    struct accepted met; /* of another run, which ours was held against */
    struct edge edge;
    struct scratch *scratch;
    struct tape tape[RECOUNT_TAPES]; /* of `index` */
    struct check_ahead *check_ahead; /* during the replay */
    struct accelerator accelerator;
    int64_t first_time; /* acceptance of the entry `first` */
    bool file_findings; /* something is wrong with these files, not with what was signed */
    struct buf evidence;
};

/* Opens the policy and the log's files. With both a `dir` and a URL the log is read from `dir`; the
 * URL is for blobs. Returns NULL after having said why, with *outcome set. */
struct replaying *replaying_open(const struct replay_options *options, enum outcome *outcome);

/* Fetches the checkpoint, and replays the log up to it from --state, or from the start. look
 * (may be NULL) is told of each entry from r->first on, once, in order, when it has been judged
 * and has taken effect in the registry; it may ask judge_registry(r->judge). Whether the entries
 * are the log's is not known before the end: replaying_proven(). Returns OUTCOME_PROVEN if there
 * is something to conclude and report, bad or good; else what is to be returned, after having
 * said why. */
enum outcome replaying_run(struct replaying *r, judged_fn *look, void *look_ctx);

/* An entry that is known to stand in the log. */
struct given_entry {
    uint64_t index;
    const struct hash *leaf;
    struct span bytes;
};

/* Instead of a run: judges only n entries (ascending, entry 0 first) that were proven under the
 * checkpoint in `note`, and tells look of them. What rests on others (revocations, rulesets) is not
 * known then. get(ctx, i, …) gives the entry number i; it is valid until the next call. Returns
 * OUTCOME_PROVEN if there is something to conclude; OUTCOME_UNDECIDED without memory (lost). */
enum outcome replaying_carried(struct replaying *r, struct span note, uint64_t n,
                               void (*get)(void *ctx, uint64_t i, struct given_entry *out),
                               void *ctx, judged_fn *look, void *look_ctx);

/* After a run: whether every entry up to the checkpoint was read and judged, they have its root,
 * and entry 0 is the one that was pinned, if any. Findings about entries may still be there; but
 * the registry is the log's. */
bool replaying_proven(const struct replaying *r);

/* After a run: the entry at index, fetched again and proven into the checkpoint's root; what
 * fails is a finding. *out needs proven_free() in any case. */
enum verdict replaying_entry(struct replaying *r, uint64_t index, struct proven *out);

/* The verdict of all findings, and the exit code that goes with it; looks for evidence; writes the
 * --state if all that it would say is proven. Nothing may be added to the findings after this. */
enum outcome replaying_conclude(struct replaying *r);

/* For people: the findings and, if it came to the entries, how the log stands, how much of it was
 * replayed in an earlier run, and whose word entry 0 is. */
void replaying_print(const struct replaying *r, FILE *to);

/* The same as a new object, which a command adds its own members to: ok, verdict, origin, size,
 * root, signatures, from, genesis, findings_total, findings, as in FORMATS 10.1. */
json_t *replaying_json(const struct replaying *r);

/* After a run that found nothing: if a filter names an authority or holder that no key is enrolled
 * for (NULL: no filter), says so, and whose code was probably meant: one that is nearly that, ends
 * so ("fgr"), or is called so in `names`. */
void replaying_say_meant(const struct replaying *r, const struct institutions *names,
                         const char *option, const char *code);

/* After a run: if a period goes beyond the last entry, says when that was accepted, as nothing is
 * known of what came later. */
void replaying_say_end(const struct replaying *r, const struct period *period);

/* After the report: says what the policy does not protect against, writes the evidence, frees it
 * all. Returns the worse of outcome and what came of that. r may be NULL. */
enum outcome replaying_close(struct replaying *r, enum outcome outcome);

#endif
