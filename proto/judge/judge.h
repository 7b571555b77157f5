/* Judges one entry after another: form, chain, signer, enrolment, references, clocks, ids. What
 * replays, receipts and evidence rest on. */
#ifndef PROTO_JUDGE_JUDGE_H
#define PROTO_JUDGE_JUDGE_H

#include <jansson.h>

#include "proto/base/must_use.h"
#include "proto/judge/integrity.h"

#define NO_SIGNER LOG_SIGNER /* nobody, or the log itself */

/* An entry as it was judged; what this points at is gone when the call returns. */
struct judged {
    uint64_t index;
    const struct hash *leaf;
    struct span bytes; /* as it stands in the tree; empty where it could not be read */
    enum kind kind;    /* what judge_entry() returns; KIND_UNDECIDED where it could not be read */
    bool has_header;
    int64_t accepted;            /* if it has_header */
    const struct record *record; /* NULL: could not be read, not looked at, or not of its form */
    bool counts; /* key, signature, enrolment and role are good; of genesis: it took effect */
    uint32_t
        signer; /* if it counts, its number in judge_registry(); NO_SIGNER of what the log signed */
};

typedef void judged_fn(void *ctx, const struct judged *e);

struct judge_setup {
    struct vkey log; /* the log's key; its name is the origin */
    /* All that it has had, by the policy, or NULL: only that one. They outlive the judge. */
    const struct log_keys *keys;
    bool has_pin; /* entry 0 must have this leaf hash */
    struct hash pin;
    uint64_t size;  /* of the tree; 0 where it is not known */
    bool structure; /* header, index, link and time only; records are not looked at */
    bool partial;   /* only some entries are at hand, in ascending order */
    bool keep;      /* keep what judge_export() needs */
    lookup_fn *lookup;
    void *lookup_ctx;
    finding_fn *found;
    void *found_ctx;
    /* Told of every entry once it was judged and has taken effect in the registry; may be NULL.
     * Not of those that judge_import() takes in. */
    judged_fn *judged;
    void *judged_ctx;
};

struct judge;

/* NULL when out of memory. */
struct judge *judge_new(const struct judge_setup *setup);
void judge_free(struct judge *j);

/* Judges the entry at index, whose leaf hash is known to stand in the tree; indexes ascend, and
 * without `partial` none is left out. Tells `found` of all that is wrong with it. Returns what
 * is to be known of it by later entries. */
enum kind judge_entry(struct judge *j, uint64_t index, const struct hash *leaf, struct span bytes);

/* The same, of an entry whose note was record_check()ed; checked may be NULL, and is ignored if
 * it is of another. */
enum kind judge_entry_checked(struct judge *j, uint64_t index, const struct hash *leaf,
                              struct span bytes, const struct checked_note *checked);

/* Takes note that the entry at index could not be read, or was altered on its way here: what rests
 * on it is undecided. The finding itself is the caller's. */
void judge_unreadable(struct judge *j, uint64_t index, const struct hash *leaf);

/* Whether records are looked at. */
bool judge_of_records(const struct judge *j);

/* Record signatures that were verified and good. */
uint64_t judge_signatures(const struct judge *j);

/* Leaf hash of entry 0, if it was seen; and acceptance of the last entry that could be read. */
bool judge_genesis(const struct judge *j, struct hash *out);
/* Whether a leaf hash is pinned and entry 0 is another one, or was not seen. pin may be NULL. */
bool judge_pin_differs(const struct judge *j, const struct hash *pin);
int64_t judge_last_time(const struct judge *j);
int64_t judge_skew_of_log(const struct judge *j);
const struct registry *judge_registry(const struct judge *j);

/* What a later judge needs to go on after the last entry, as a JSON object (a new reference), with
 * `keep` set from the start; and back. Export is NULL when out of memory. Import returns 0, -1: not such
 * an object, or -2: out of memory. The object is the verifier's own: what it says is believed, but looked at as input,
 * number by number. */
json_t *judge_export(const struct judge *j);
MUST_USE int judge_import(struct judge *j, const json_t *state);

#endif
