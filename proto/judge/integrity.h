/* What integrity asks of one record, one question each. The daemon asks before it appends, a judge
 * (judge.h) of every entry: so they cannot come to disagree. Pure; any thread that may read the
 * registry. */
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

enum verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_UNDECIDED };

/* Something found. why points at nothing; related is another entry that it rests on, or
 * NO_ENTRY. */
struct finding {
    enum verdict verdict;
    struct refusal why;
    uint64_t entry; /* NO_ENTRY where it is about a file or the whole log */
    uint64_t related;
};

typedef void finding_fn(void *ctx, const struct finding *f);

/* Who hears of what is found while a file is judged, and may stop it. */
struct watch {
    finding_fn *found;
    bool (*go_on)(void *ctx); /* asked before each entry; false: stop. NULL: never asked */
    void *ctx;                /* of both */
};

/* Whether the record is signed by an enrolled key of the name and id on its signature line, that
 * of `under` first, or, of the kinds that are the log's, by its own. Sets *number and returns 0,
 * or -1 with REASON_KEY_UNKNOWN or REASON_SIGNATURE. */
MUST_USE int judge_signer(const struct registry *r, const struct record *record, uint32_t *number,
                          struct refusal *why);

/* Whether that signer's enrolment was in force for it at `accepted` in an entry after all that r
 * holds: `under`, from, until, revocation, role, authority, level, holder, and for enroll and
 * revoke what they do. `complete`: r holds all enrolments, so that a key it lacks is not
 * enrolled. origin is the log's, log its key. Returns 0, or -1; *related is the entry that
 * speaks against it. */
MUST_USE int judge_enrolment(const struct registry *r, const struct record *record, uint32_t number,
                             int64_t accepted, const struct vkey *log, bool complete,
                             uint64_t *related, struct refusal *why);

/* Whether every {entry, hash} of the record points at an entry below index, of the right kind,
 * by its leaf hash, and an index covers entries below it only. Fills *out and returns -1 at the
 * first that does not or cannot be decided; 0 else. */
MUST_USE int judge_references(const struct record *record, uint64_t index, lookup_fn *lookup,
                              void *ctx, struct finding *out);

/* Whether `accepted` lies within skew (milliseconds) of the record's `at`. Returns 0 or -1. */
MUST_USE int judge_skew(const struct record *record, int64_t accepted, int64_t skew,
                        struct refusal *why);

#endif
