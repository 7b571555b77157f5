/* What integrity says of records and entries. The functions judge one question each, and the daemon
 * asks them before it appends; `struct judge` asks all of them of one entry after another, and is
 * what replays, receipts and evidence rest on. */
#ifndef PROTO_JUDGE_H
#define PROTO_JUDGE_H

#include "proto/entry.h"
#include "proto/registry.h"

/* What is known of an earlier entry. */
struct known_entry {
    enum kind kind; /* KIND_NONE: its form is wrong; KIND_UNDECIDED: cannot be known */
    struct hash leaf;
};

enum lookup {
    LOOKUP_FOUND,
    LOOKUP_UNKNOWN, /* not at hand: what needs it is not judged */
    LOOKUP_FAILED,  /* it should be at hand and could not be read: undecided */
};

/* Finds an entry below the one being judged. */
typedef enum lookup lookup_fn(void *ctx, uint64_t index, struct known_entry *out);

enum verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_UNDECIDED };

/* Something found. why points at nothing; related is another entry that it rests on, or NO_ENTRY. */
struct finding {
    enum verdict verdict;
    struct refusal why;
    uint64_t entry; /* NO_ENTRY where it is about a file or the whole log */
    uint64_t related;
};

typedef void finding_fn(void *ctx, const struct finding *f);

/* Whether the record is signed by an enrolled key of the name and id on its signature line; that of
 * `under` first. Sets *number and returns 0, or -1 with REASON_KEY_UNKNOWN or REASON_SIGNATURE. */
__attribute__((warn_unused_result)) int judge_signer(const struct registry *r,
                                                     const struct record *record, uint32_t *number,
                                                     struct refusal *why);

/* Whether that signer's enrolment was in force for it at `accepted` in an entry after all that r
 * holds: `under`, from, until, revocation, role, authority, level, holder, and for enroll and revoke
 * what they do. `complete`: r holds all enrolments, so that a key it lacks is not enrolled. origin is
 * the log's, log its key. Returns 0, or -1; *related is the entry that speaks against it. */
__attribute__((warn_unused_result)) int judge_enrolment(const struct registry *r,
                                                        const struct record *record,
                                                        uint32_t number, int64_t accepted,
                                                        const struct vkey *log, bool complete,
                                                        uint64_t *related, struct refusal *why);

/* Whether every {entry, hash} of the record points at an entry below index, of the right kind, by
 * its leaf hash. Fills *out and returns -1 at the first that does not or cannot be decided; 0 else. */
__attribute__((warn_unused_result)) int judge_references(const struct record *record,
                                                         uint64_t index, lookup_fn *lookup,
                                                         void *ctx, struct finding *out);

/* Whether `accepted` lies within skew (milliseconds) of the record's `at`. Returns 0 or -1. */
__attribute__((warn_unused_result)) int judge_skew(const struct record *record, int64_t accepted,
                                                   int64_t skew, struct refusal *why);

struct judge_setup {
    struct vkey log;            /* the log's key; its name is the origin */
    bool has_pin;               /* entry 0 must have this leaf hash */
    struct hash pin;
    bool structure;             /* header, index, link and time only; records are not looked at */
    bool partial;               /* only some entries are at hand, in ascending order */
    bool keep;                  /* keep what judge_export() needs */
    lookup_fn *lookup;
    void *lookup_ctx;
    finding_fn *found;
    void *found_ctx;
};

struct judge;

/* NULL when out of memory. */
struct judge *judge_new(const struct judge_setup *setup);
void judge_free(struct judge *j);

/* Judges the entry at index, whose leaf hash is known to stand in the tree; indexes ascend, and
 * without `partial` none is left out. Tells `found` of all that is wrong with it. Returns what is to
 * be known of it by later entries. */
enum kind judge_entry(struct judge *j, uint64_t index, const struct hash *leaf, struct span bytes);

/* Takes note that the entry at index could not be read, or was altered on its way here: what rests
 * on it is undecided. The finding itself is the caller's. */
void judge_unreadable(struct judge *j, uint64_t index, const struct hash *leaf);

/* Record signatures that were verified and good. */
uint64_t judge_signatures(const struct judge *j);

/* Leaf hash of entry 0, if it was seen; and acceptance of the last entry that could be read. */
bool judge_genesis(const struct judge *j, struct hash *out);
int64_t judge_last_time(const struct judge *j);
int64_t judge_skew_of_log(const struct judge *j);
const struct registry *judge_registry(const struct judge *j);

/* What a later judge needs to go on after the last entry, as a JSON object (a new reference), with
 * `keep` set from the start; and back. Import returns 0 or -1: not such an object, or out of memory.
 * The object is the verifier's own and is believed. */
json_t *judge_export(const struct judge *j);
__attribute__((warn_unused_result)) int judge_import(struct judge *j, const json_t *state);

#endif
