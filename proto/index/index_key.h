/* What an entry is found by: docs/FORMATS.md, 24.1. Any thread. */
#ifndef PROTO_INDEX_INDEX_KEY_H
#define PROTO_INDEX_INDEX_KEY_H

#include "proto/base/buf.h"
#include "proto/base/hash.h"
#include "proto/base/must_use.h"

#define INDEX_VERSION 1
#define INDEX_KEY_LENGTH 16

struct index_key {
    uint8_t b[INDEX_KEY_LENGTH];
};

enum index_key_type {
    INDEX_KEY_SIGNER,
    INDEX_KEY_VKEY,
    INDEX_KEY_AUTHORITY,
    INDEX_KEY_HOLDER,
    INDEX_KEY_SUBJECT,
    INDEX_KEY_WARRANT,
    INDEX_KEY_RULESET,
    INDEX_KEY_AUDITED,
    INDEX_KEY_TYPES,
};

/* The key of entries that are no v1 form. */
extern const struct index_key INDEX_UNKEYED;

/* The type's word in FORMATS; static. index_key_type_of() is its reverse: INDEX_KEY_TYPES if there
 * is none. */
const char *index_key_word(enum index_key_type type);
enum index_key_type index_key_type_of(struct span word);

/* The key of a value's bytes; of INDEX_KEY_WARRANT they are the skeleton. */
void index_key_of(struct index_key *out, enum index_key_type type, struct span value);

/* The key INDEX_KEY_WARRANT of a reference as it is written. Returns 0, or -1 when out of
 * memory. */
MUST_USE int index_key_of_reference(struct index_key *out, struct span reference);

static inline int index_key_compare(const struct index_key *a, const struct index_key *b)
{
    return memcmp(a->b, b->b, INDEX_KEY_LENGTH);
}

#endif
