/* A judge: judges one entry after another (form, chain, signer, enrolment, references, clocks,
 * ids). Replays, receipts and evidence all use it. A judge belongs to one thread. */
#ifndef PROTO_JUDGE_JUDGE_H
#define PROTO_JUDGE_JUDGE_H

#include <jansson.h>

#include "proto/base/must_use.h"
#include "proto/index/cover.h"
#include "proto/judge/integrity.h"

#define NO_SIGNER LOG_SIGNER /* no enrolled signer: nobody, or the log itself */

/* An entry that was judged. All that it points at is valid during the callback only. */
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
    /* All keys that the policy names for the log; they outlive the judge. NULL: only `log`. */
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
    /* Called for each entry after it was judged and the registry took it in; may be NULL. Not
     * called for entries that judge_import() takes in. */
    judged_fn *judged;
    void *judged_ctx;
};

struct judge;

/* Copies *setup; what it points at must outlive the judge. NULL when out of memory.
 * judge_free(NULL) is harmless. */
struct judge *judge_new(const struct judge_setup *setup);
void judge_free(struct judge *j);

/* Judges the entry at index; the caller knows that its leaf hash is in the tree. Indexes ascend;
 * unless the setup says `partial`, none is left out. Calls `found` for all that is wrong. Returns
 * the kind that later references may rely on (KIND_UNDECIDED where that cannot be known). */
enum kind judge_entry(struct judge *j, uint64_t index, const struct hash *leaf, struct span bytes);

/* The same for an entry whose note went through record_check(). checked may be NULL; one of another
 * note is ignored. */
enum kind judge_entry_checked(struct judge *j, uint64_t index, const struct hash *leaf,
                              struct span bytes, const struct checked_note *checked);

/* The same for an entry whose note record_parse() has parsed into *record, which stays the
 * caller's. NULL: it was not parsed yet. */
enum kind judge_entry_parsed(struct judge *j, uint64_t index, const struct hash *leaf,
                             struct span bytes, const struct record *record);

/* Instead of judge_entry(), for an entry that could not be read or was altered on its way: what
 * rests on it becomes undecided. The caller reports the finding. */
void judge_unreadable(struct judge *j, uint64_t index, const struct hash *leaf);

/* Whether records are looked at: false for a judge of the structure alone. */
bool judge_of_records(const struct judge *j);

/* How many record signatures were good. */
uint64_t judge_signatures(const struct judge *j);

/* Sets *out to the leaf hash of entry 0, and returns whether that entry was seen. */
bool judge_genesis(const struct judge *j, struct hash *out);

/* Whether a leaf hash is pinned, and entry 0 is another entry or was not seen. pin may be NULL. */
bool judge_pin_differs(const struct judge *j, const struct hash *pin);

/* Acceptance of the last entry that could be read, in milliseconds; 0 if there is none. */
int64_t judge_last_time(const struct judge *j);

/* The log's skew, in milliseconds: that of its genesis, or the default. */
int64_t judge_skew_of_log(const struct judge *j);

/* What the last `index` entry covers that took effect (docs/FORMATS.md, 24.4); its entry is NO_ENTRY
 * if none did. Lives as long as the judge; changes with each entry. */
const struct cover *judge_cover(const struct judge *j);

/* Who is enrolled by the entries so far. Lives as long as the judge; changes with each entry. */
const struct registry *judge_registry(const struct judge *j);

/* What a later judge needs to go on after the last entry, as a JSON object: a new reference, or
 * NULL when out of memory. The setup must have said `keep` from the start. judge_import() gives it
 * to a new judge, and returns 0; -1 for another object, or -2 when out of memory: then the judge
 * can only be freed. The object comes from the verifier's own state file: what it says is believed,
 * but every number is checked as input. */
json_t *judge_export(const struct judge *j);
MUST_USE int judge_import(struct judge *j, const json_t *state);

#endif
