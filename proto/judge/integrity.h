/* The questions that integrity asks of one record, a function for each. The daemon asks them before
 * it appends; a judge (judge.h) asks them of every entry. So the two cannot disagree. Any thread
 * that may read the registry. */
#ifndef PROTO_JUDGE_INTEGRITY_H
#define PROTO_JUDGE_INTEGRITY_H

#include "proto/base/must_use.h"
#include "proto/judge/registry.h"
#include "proto/record/entry.h"

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

/* Something that was found. It owns and points at nothing, so it may be copied. */
struct finding {
    enum verdict verdict;
    struct refusal why;
    uint64_t entry;   /* NO_ENTRY where it is about a file or the whole log */
    uint64_t related; /* another entry that speaks against it, or NO_ENTRY */
};

typedef void finding_fn(void *ctx, const struct finding *f);

/* Whoever is told of findings while a file is judged, and may stop it. */
struct watch {
    finding_fn *found;
    bool (*go_on)(void *ctx); /* asked before each entry; false: stop. NULL: never asked */
    void *ctx;                /* of both */
};

/* Whether an enrolled key with the name and id of the signature line signed the record. The key
 * that `under` enrols is tried first. Records of the log's own kinds must be signed by a key of the
 * log. Sets *number, the signer's in the registry, and returns 0; or -1 with REASON_KEY_UNKNOWN or
 * REASON_SIGNATURE. */
MUST_USE int judge_signer(const struct registry *r, const struct record *record, uint32_t *number,
                          struct refusal *why);

/* Whether that signer's enrolment allowed the record at `accepted` (milliseconds), in an entry
 * after all those that r holds: `under`, from, until, revocation, role, authority, level, holder;
 * for enroll and revoke also what they do. `complete`: r holds all enrolments, so a key that is not
 * in it is not enrolled. `log` is the log's key. Returns 0; or -1 with *why, and *related, the
 * entry that speaks against the record (NO_ENTRY: none). */
MUST_USE int judge_enrolment(const struct registry *r, const struct record *record, uint32_t number,
                             int64_t accepted, const struct vkey *log, bool complete,
                             uint64_t *related, struct refusal *why);

/* Whether every {entry, hash} of the record names an entry below index, of the right kind, by its
 * leaf hash; and whether an `index` covers only entries below it. Returns 0; or -1 with *out, the
 * finding about the first reference that is wrong or cannot be decided. */
MUST_USE int judge_references(const struct record *record, uint64_t index, lookup_fn *lookup,
                              void *ctx, struct finding *out);

/* Whether `accepted` lies within skew (milliseconds) of the record's `at`. Returns 0 or -1. */
MUST_USE int judge_skew(const struct record *record, int64_t accepted, int64_t skew,
                        struct refusal *why);

#endif
