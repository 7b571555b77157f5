/* The closed vocabulary of bitacora/v1: every kind of record, who may sign it, and the form of each
 * of its members, described once, in one table (member.h, kind_table.c). */
#ifndef PROTO_RECORD_KIND_H
#define PROTO_RECORD_KIND_H

#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/record/json.h"

enum kind {
    KIND_NONE,      /* not an entry of any kind: its form is wrong */
    KIND_UNDECIDED, /* cannot be known: altered, missing, or of a later version */
    KIND_GENESIS,
    KIND_ENROLL,
    KIND_REVOKE,
    KIND_RULESET,
    KIND_WARRANT,
    KIND_EXTENSION,
    KIND_RATIFICATION,
    KIND_DEFERRAL,
    KIND_ERASURE,
    KIND_ANCHOR,
    KIND_REQUEST,
    KIND_JUDICIAL_NOTICE,
    KIND_TRANSFER,
    KIND_PRODUCT,
    KIND_CLOSING,
    KIND_DESTRUCTION,
    KIND_NOTICE,
    KIND_CORRECTION,
    KIND_RESPONSE,
    KIND_ERROR_REPORT,
    KIND_INDEX, /* these three by the log's own key, after genesis */
    KIND_ACCESS,
    KIND_FREEZE,
    KIND_COUNT,
    KIND_ANY, /* in a reference: whatever exists */
};

/* From ROLE_REGISTRAR on in the order of role_words (kind_table.c); a new one comes before
 * ROLE_COUNT. What a role may sign says `signers` in kind_table; what it may do with blobs, which a
 * record that seals somebody needs, role_may_put_blobs() and role_may_read_blobs() of kind.c; what
 * it is called, the list `roles` of client/show/label.c. */
enum role {
    ROLE_NONE,
    ROLE_LOG, /* the log's own key */
    ROLE_REGISTRAR,
    ROLE_JUDGE,
    ROLE_REQUESTER,
    ROLE_HOLDER,
    ROLE_OVERSIGHT,
    ROLE_AUDITOR,
    ROLE_COUNT,
};

/* Lists of codes that a ruleset fills. */
enum vocabulary {
    VOCABULARY_NONE, /* authorities, holders, courts: any code */
    VOCABULARY_LEVEL,
    VOCABULARY_FUNCTION,
    VOCABULARY_SECTOR, /* of holders */
    VOCABULARY_FUNCTION_OR_SECTOR,
    VOCABULARY_MATTER,
    VOCABULARY_CATEGORY,
    VOCABULARY_BASIS,
    VOCABULARY_GROUND,
    VOCABULARY_PURPOSE,
    VOCABULARY_SOURCE,
    VOCABULARY_CASE_SCHEME,
    VOCABULARY_SUBJECT_TYPE,
    VOCABULARY_OUTCOME,
    VOCABULARY_PRODUCT_CLASS,
    VOCABULARY_MEANS,
    VOCABULARY_CAUSE,
    VOCABULARY_DEFERRAL_REASON,
    VOCABULARY_COUNT,
};

/* A reference to another entry: index and leaf hash. */
struct entry_ref {
    uint64_t entry;
    uint8_t hash[HASH_BYTES];
};

/* The kind of that name, or KIND_NONE. kind_name(): "-" for what is no kind. */
enum kind kind_of_name(struct span name);
const char *kind_name(enum kind k);
/* Part of a sentence that says what such a record is. */
const char *kind_meaning(enum kind k, enum language language);

/* The role that may be enrolled under that name, or ROLE_NONE; the log's own is none of them. */
enum role role_of_name(const char *name);
const char *role_name(enum role r);

/* True if signers of that role may sign that kind. */
bool role_may_sign(enum role r, enum kind k);

/* True if only the log's own key signs that kind: nobody submits it. */
bool kind_is_logs(enum kind k);

/* Who may put blobs and who may read sealed ones, with a token. */
bool role_may_put_blobs(enum role r);
bool role_may_read_blobs(enum role r);

/* Who may read the rows of `access` entries, with a token. */
bool role_may_read_access(enum role r);

/* Judges the form of a record's object: all members that the kind needs, none that it does not
 * have, each of its type. Returns 0, or -1 with REASON_MEMBER_*. */
MUST_USE int kind_check(enum kind k, const struct value *object, struct refusal *why);

/* True if records of that kind may have a top-level member of that name. */
bool kind_has_member(enum kind k, const char *name);

/* Called for each {entry, hash} in a record: the path of its member ("subjects.to"), what it says,
 * and the kind that it must point at (KIND_ANY for any). Return nonzero to stop. */
typedef int ref_visit_fn(void *ctx, const char *member, const struct entry_ref *ref,
                         enum kind target);

/* Visits every reference but `under`. Here and below, a checked object is one that passed
 * kind_check(). Returns 0, or what visit returned. */
int kind_visit_refs(enum kind k, const struct value *object, ref_visit_fn *visit, void *ctx);

/* Called for each blob that a record names, a sealed one or a ruleset's file, with the path of
 * the member. */
typedef int blob_visit_fn(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES]);

/* Visits `sealed`, and `sha256` of rulesets, in a checked object. Returns 0, or what visit
 * returned. */
int kind_visit_blobs(enum kind k, const struct value *object, blob_visit_fn *visit, void *ctx);

/* A subject or a note, as a record names it. */
struct sealed {
    const char *type; /* "curp", ...; "note" for a note; the record's */
    uint8_t commit[HASH_BYTES];
    uint8_t sealed[HASH_BYTES];
    struct entry_ref to; /* whom it is sealed to */
};

/* Called for each of them, with the path of the member that it is, or is an item of: "subjects",
 * "purpose.note". Return nonzero to stop. */
typedef int sealed_visit_fn(void *ctx, const char *member, const struct sealed *s);

/* Visits every subject and note in a checked object. Returns 0, or what visit returned. */
int kind_visit_sealed(const struct value *object, sealed_visit_fn *visit, void *ctx);

/* Called for each code of a vocabulary, with the path of its member. */
typedef int code_visit_fn(void *ctx, const char *member, enum vocabulary vocabulary,
                          const char *code);

/* Visits every code that a ruleset lists in a checked object. Returns 0, or what visit returned. */
int kind_visit_codes(enum kind k, const struct value *object, code_visit_fn *visit, void *ctx);

/* Called for each string whose characters somebody chose: texts, codes, names, and the name in a
 * vkey (up to the first '+'). `text` is true for TYPE_TEXT. Return nonzero to stop. */
typedef int text_visit_fn(void *ctx, const char *member, bool text, struct span characters);

/* Visits every such string in a checked object, with the path of its member ("warrant.ref").
 * Returns 0, or what visit returned. */
int kind_visit_texts(enum kind k, const struct value *object, text_visit_fn *visit, void *ctx);

/* Reads {entry, hash} from a checked object. Returns 0, or -1 if it is not one. */
MUST_USE int entry_ref_parse(struct entry_ref *out, const struct value *v);

/* Whether it has the form of a code: [A-Za-z0-9][A-Za-z0-9._-]{0,63}. */
bool code_allowed(struct span s);

/* A lower-case UUID of any version. Returns 0 or -1. */
MUST_USE int uuid_parse(uint8_t out[static UUID_BYTES], struct span text);

#endif
