/* What the entries of a log have put in force: who may sign what (genesis, enroll, revoke), which
 * ruleset holds, which blobs are erased. It follows from the log alone: daemon and verifiers keep
 * the same registry by the same code. Not thread-safe: one writer, and readers only while it does
 * not write. Pointers that it returns are valid until the next registry_apply(). */
#ifndef PROTO_JUDGE_REGISTRY_H
#define PROTO_JUDGE_REGISTRY_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/record/record.h"

/* One key, enrolled once ever. Its number is its place in the order of enrolment, the registrars of
 * genesis first, in the order that genesis names them: the same in every registry of a log. */
struct enrolment {
    struct vkey key;
    enum role role;
    char authority[CODE_MAX + 1]; /* "" for the registrars of genesis */
    char level[CODE_MAX + 1];
    char function[CODE_MAX + 1]; /* "" if not stated */
    uint64_t entry;              /* what `under` must say: 0 for the registrars of genesis */
    struct hash leaf;
    int64_t from; /* in force if from <= acceptance < until; INT64_MIN, INT64_MAX if not given */
    int64_t until;
    uint64_t revoked; /* the entry that revoked it, or NO_ENTRY; the rest is of that entry */
    char reason[CODE_MAX + 1];
    int64_t since; /* known bad from then on; INT64_MAX if not given */
};

/* A ruleset that a registrar pinned. */
struct pinned_ruleset {
    uint64_t entry;
    int64_t from;
    uint8_t sha256[HASH_BYTES]; /* of its file, a public blob */
};

/* Stands for the number of the log's own key. That key signs under entry 0 and is in no list. */
#define LOG_SIGNER UINT32_MAX

struct registry;

/* Kinds whose entries change the registry. */
bool registry_takes(enum kind k);

/* NULL when out of memory. registry_free(NULL) is harmless. */
struct registry *registry_new(void);
void registry_free(struct registry *r);

size_t registry_count(const struct registry *r);
/* By its number; of LOG_SIGNER only where registry_log() is not NULL. */
const struct enrolment *registry_get(const struct registry *r, uint32_t number);

/* The log's own key, under entry 0 without an end; NULL before a genesis was taken in. */
const struct enrolment *registry_log(const struct registry *r);

/* Tells it the keys that a policy names for the log: they sign records of the log's own kinds as
 * the key of genesis does. They must outlive r. keys may be NULL. */
void registry_know_log(struct registry *r, const struct log_keys *keys);

/* The key of the log that signed a record of the log's own kinds, or NULL. Sets *any to whether a
 * key of the log has the name and id of its signature line. */
const struct vkey *registry_log_signer(const struct registry *r, const struct record *record,
                                       bool *any);

/* The entry by which the log ended, or NO_ENTRY. */
uint64_t registry_frozen(const struct registry *r);

/* The first enrolment of that key name and id whose number is at least *number. Sets *number to its
 * number; NULL if there is none. Begin with 0, go on with *number + 1. There are several only if
 * somebody made keys whose ids collide. */
const struct enrolment *registry_find(const struct registry *r, struct span name, uint32_t key_id,
                                      uint32_t *number);

/* The enrolment of a public key, whatever its name; NULL if there is none. */
const struct enrolment *registry_find_key(const struct registry *r,
                                          const uint8_t key[static PUBLIC_KEY_BYTES],
                                          uint32_t *number);

/* The ruleset in force at `accepted` (milliseconds), by the entries below index `before`: of those
 * whose `from` is not later, the one with the greatest `from`, then with the highest index. NULL:
 * the built-in one. */
const struct pinned_ruleset *registry_ruleset(const struct registry *r, int64_t accepted,
                                              uint64_t before);

/* The pinned rulesets, in the order of their entries. */
size_t registry_rulesets(const struct registry *r);
const struct pinned_ruleset *registry_get_ruleset(const struct registry *r, size_t i);

/* The first entry that orders the erasure of a blob, or NO_ENTRY. */
uint64_t registry_erased(const struct registry *r, const uint8_t blob[static HASH_BYTES]);

/* Calls visit for each erased blob with the first entry that orders it, in the order of these
 * entries; stops at and returns the first nonzero result. */
int registry_each_erased(const struct registry *r,
                         int (*visit)(void *ctx, const uint8_t blob[static HASH_BYTES],
                                      uint64_t entry),
                         void *ctx);

/* Whether an object's `origin` and `vkey` name another log than that of `origin`: a good vkey of
 * type 0x01 whose name is that origin. Returns 0 or -1. */
MUST_USE int vkey_of_log(struct vkey *out, const struct value *named, const char *origin);

/* Whether a genesis record makes sense for the log of that key: origin, vkey, registrars each a
 * good key, none twice, none the log's; the predecessor another log, and its proof good. Returns
 * 0 or -1 with REASON_GENESIS. */
MUST_USE int registry_check_genesis(const struct record *genesis, const struct vkey *log,
                                    struct refusal *why);

/* Takes in a record that has been judged good, standing at index with that leaf hash; kinds that
 * registry_takes() does not name change nothing. Returns 0, or -1: out of memory, nothing
 * changed. */
MUST_USE int registry_apply(struct registry *r, uint64_t index, const struct hash *leaf,
                            const struct record *record);

/* The same for an entry that an earlier registry took in: its keys are not judged again. */
MUST_USE int registry_apply_again(struct registry *r, uint64_t index, const struct hash *leaf,
                                  const struct record *record);

#endif
