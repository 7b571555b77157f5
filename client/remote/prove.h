/* Proofs made from a log's own files and verified at once: entries under a root, one checkpoint as
 * an extension of another, and evidence where that fails. */
#ifndef CLIENT_REMOTE_PROVE_H
#define CLIENT_REMOTE_PROVE_H

#include "client/remote/findings.h"
#include "client/remote/logfiles.h"
#include "client/remote/trust.h"
#include "proto/verify/contradiction.h"
#include "proto/verify/evidence.h"
#include "proto/verify/proven.h"

/* Opens a checkpoint note that is already in out->note. Tells what is wrong with it. */
enum verdict accepted_open(struct accepted *out, const struct trust *t, struct findings *f);

/* Fetches the log's checkpoint and opens it: absent is undecided, malformed or unsigned bad, short
 * of its quorum or too old undecided (out is filled then, too). */
enum verdict accepted_fetch(struct accepted *out, const struct trust *t, struct logfiles *l,
                            struct findings *f);

/* Whether newer extends older, from the files of newer. Bad: a fork (evidence is filled), tiles
 * that are not of the tree that was signed, or a witness that cosigned the smaller tree in a later
 * second than the larger. Undecided: newer is smaller, or tiles are missing. */
enum verdict prove_extends(const struct trust *t, const struct accepted *older,
                           const struct accepted *newer, struct logfiles *l, struct findings *f,
                           struct buf *evidence);

/* The same, and that the clocks of the log and of the witnesses of either checkpoint allow both
 * (FORMATS 9.4): what is asked wherever an older copy meets a newer log. Undecided where they do
 * not. */
enum verdict prove_follows(const struct trust *t, const struct accepted *older,
                           const struct accepted *newer, struct logfiles *l, struct findings *f,
                           struct buf *evidence);

/* Fetches the entry at index and proves it into the root of that size. Returns VERDICT_BAD if
 * what is there does not lead to the root, VERDICT_UNDECIDED if something is missing; why says
 * what. *out needs proven_free() in any case. */
enum verdict prove_entry(struct proven *out, struct logfiles *l, uint64_t size,
                         const struct hash *root, uint64_t index, struct refusal *why);

/* Entries of a log, each proven into the tree of cp: what it says, to be held against receipts. */
#define ENTRIES_SHOWN_MAX 64
struct log_said {
    struct proven *entry[ENTRIES_SHOWN_MAX];
    size_t entries;
};

/* Fetches one more, if the tree holds that index and it is not there yet. What fails is told.
 * Returns false then, or if there is no room. */
bool log_said_add(struct log_said *s, struct logfiles *l, const struct accepted *cp, uint64_t index,
                  struct findings *f);
void log_said_free(struct log_said *s);

/* The same checkpoint without its cosignatures, sharing its bytes; returns out. What
 * cosignatures say of the entries of their own statement is not asked (contradiction.h): these
 * are held against them apart. */
const struct accepted *accepted_bare(struct accepted *out, const struct accepted *a);

/* What was fetched, as a statement; list is to have room for all entries. */
struct shown_tree log_said_statement(const struct log_said *s, const struct accepted *cp,
                                     struct proven_entry list[static ENTRIES_SHOWN_MAX],
                                     int64_t skew);

/* Appends evidence that the tree of cp holds the bad entry that the finding names; leaves out empty
 * if it cannot be shown from the log's files. */
void prove_bad_entry(struct buf *out, const struct trust *t, struct logfiles *l,
                     const struct accepted *cp, const struct finding *f);

/* The same for the first of all findings for which it can be shown, if out is still empty. */
void prove_findings(struct buf *out, const struct trust *t, struct logfiles *l,
                    const struct accepted *cp, const struct findings *f);

#endif
