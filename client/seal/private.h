/* The private part of records: the openings of what they seal, in a file (0600) that goes to the
 * people who act under a warrant, and to nobody else. One JSON object a line, only ever added to
 * (but for a last line that was cut off in writing, which goes): what a record seals is written
 * before it is sent, where it stands once it is in the log. docs/FORMATS.md, "Private part". */
#ifndef CLIENT_SEAL_PRIVATE_H
#define CLIENT_SEAL_PRIVATE_H

#include <jansson.h>

#include "client/base/say.h"
#include "proto/base/must_use.h"
#include "proto/record/opening.h"

#define PRIVATE_FORMAT "bitacora/v1 private"

struct private;

/* Opens a file of private parts; to write, it is made if it is not there. It must be readable by
 * nobody but its owner. Returns NULL after having said why, with *outcome set. */
struct private *private_open(const char *path, bool write, enum outcome *outcome);
void private_close(struct private *p);

/* One record's part; all of it belongs to the struct private. */
struct private_part {
    const char *id;
    enum kind kind;
    const char *ref; /* of a warrant, else NULL */
    bool has_entry;  /* it is known where it stands */
    struct entry_ref entry;
    const json_t *sealed; /* [{"member", "type", "value", "salt", "to"}] */
};

size_t private_count(const struct private *p);
void private_get(const struct private *p, size_t i, struct private_part *out);

/* The part of a record's id. Returns false if there is none. */
bool private_find(const struct private *p, const char *id, struct private_part *out);

/* Reads {entry, hash}, as files of the client's have it. Returns 0, or -1 if it is not that. */
MUST_USE int json_entry_ref(struct entry_ref *out, const json_t *v);

/* The opening of what a part's `sealed` says of that member (NULL: any), type and value; of a
 * value that was sealed in another spelling, under older rules (identifier_same()), that one.
 * Returns 0, or -1 if it says nothing. */
MUST_USE int private_opening(struct opening *out, const json_t *sealed, const char *member,
                             const char *type, const char *value);

/* Adds what a record seals: written and synced on return. ref may be NULL; takes the reference of
 * sealed. Returns 0, or -1 with errno. */
MUST_USE int private_add(struct private *p, const char *id, enum kind kind, const char *ref,
                         json_t *sealed);

/* Adds where a record stands. Returns 0, or -1 with errno. */
MUST_USE int private_add_entry(struct private *p, const char *id, uint64_t index,
                               const struct hash *leaf);

#endif
