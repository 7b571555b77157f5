/* How records are described: one table of all kinds and their members, from which validation, the
 * JSON Schemas, the tables of docs/FORMATS.md and the questions of `bitacora new` are made. */
#ifndef PROTO_RECORD_MEMBER_H
#define PROTO_RECORD_MEMBER_H

#include "proto/record/kind.h"

enum type {
    TYPE_CODE, /* codes, authorities, holders: [A-Za-z0-9][A-Za-z0-9._-]{0,63} */
    TYPE_TEXT, /* 1 to 256 bytes of UTF-8 after unescaping */
    TYPE_VKEY, /* the same; that it is a good one is judged with the enrolment */
    TYPE_TIME,
    TYPE_UUID,
    TYPE_INTEGER,
    TYPE_COUNT, /* an integer, not 0 */
    TYPE_SKEW,  /* 1 to 86,400 */
    TYPE_BOOL,
    TYPE_HASH,    /* base64 of 32 bytes */
    TYPE_BLOB,    /* the same, and names a blob that must be there */
    TYPE_PROOF,   /* base64 of 64 bytes */
    TYPE_TOKEN,   /* base64 of at most 16,384 characters */
    TYPE_NAME,    /* a signer's or log's name */
    TYPE_COUNTRY, /* [A-Z]{2} */
    TYPE_ROLE,    /* these three belong to the format, not to a ruleset: type_words() */
    TYPE_REASON,
    TYPE_RESULT,
    TYPE_WINDOW, /* {from, until}, from < until */
    TYPE_REF,    /* {entry, hash} */
    TYPE_OBJECT, /* of the members in `shape` */
};

enum {
    OPTIONAL = 1,
    ARRAY = 2,  /* 1 to 256 of it */
    PAIRED = 4, /* all members of an object that have this, or none of them */
    FEW = 8,    /* of an array: 1 to 32 */
};

struct member {
    const char *name; /* NULL behind the last */
    enum type type;
    unsigned flags;
    const struct member *shape; /* TYPE_OBJECT */
    enum kind target;           /* TYPE_REF */
    enum vocabulary vocabulary; /* TYPE_CODE: the list that the code is of */
    const char *meaning[2];     /* by enum language */
};

struct kind_row {
    const char *name;
    const struct member *members;
    unsigned signers; /* a bit for each enum role */
    const char *meaning[2];
};

/* Rows from KIND_GENESIS on. */
extern const struct kind_row kind_table[KIND_COUNT];

/* What all kinds but genesis have besides: id, at, under. */
extern const struct member common_members[];

/* The shapes that are looked for by what they are: a sealed thing, a warrant named by its
 * reference, a table of an index; and that of a case number, which several kinds share. */
extern const struct member note_shape[], subject_shape[], warrant_ref_shape[], case_shape[],
    table_shape[];

/* How an object is called that has a name ("note", "subject", "case", "table"); NULL for others. */
const char *shape_name(const struct member *shape);

/* The words of TYPE_ROLE, TYPE_REASON or TYPE_RESULT, ending with NULL; NULL for other types. */
const char *const *type_words(enum type type);

/* Whether a string is of that type (any but BOOL, INTEGER, COUNT, SKEW, WINDOW, REF, OBJECT). */
bool type_allows(enum type type, struct span s);

/* The most items that an array may have. */
static inline size_t items_max(const struct member *m)
{
    return m->flags & FEW ? TABLES_MAX : ITEMS_MAX;
}

#endif
