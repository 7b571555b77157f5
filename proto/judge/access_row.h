/* The rows that an `access` entry commits to: who read what of a log that does not let everybody
 * read. docs/FORMATS.md, "Access". */
#ifndef PROTO_JUDGE_ACCESS_ROW_H
#define PROTO_JUDGE_ACCESS_ROW_H

#include "proto/base/buf.h"
#include "proto/base/must_use.h"
#include "proto/record/record.h"
#include "proto/tlog/tree.h"

#define ACCESS_VERSION 1
#define ACCESS_SALT_BYTES SALT_BYTES

struct access_row {
    int64_t at; /* milliseconds */
    char reader[SIGNER_NAME_MAX + 1];
    struct entry_ref under;
    char method[TOKEN_METHOD_MAX + 1]; /* GET or HEAD */
    char path[TOKEN_PATH_MAX + 1];
    struct hash token; /* SHA-256 of its note */
};

/* Appends a row, which has its form: at most ACCESS_ROW_MAX bytes, no newline. */
void access_row_write(struct buf *out, const struct access_row *row);

/* Parses a row. Returns 0, or -1 with REASON_ACCESS_FORM, or REASON_MEMORY. */
MUST_USE int access_row_parse(struct access_row *out, struct span line, struct refusal *why);

/* The leaf of a row and its salt. */
void access_row_leaf(struct hash *out, const uint8_t salt[static ACCESS_SALT_BYTES],
                     struct span row);

/* Appends the line of a row, its newline included, and sets its leaf. */
void access_line_write(struct buf *out, const struct access_row *row,
                       const uint8_t salt[static ACCESS_SALT_BYTES], struct hash *leaf);

#define ACCESS_LINE_MAX (ACCESS_ROW_MAX + 91) /* bytes, with the newline */

/* Parses a line without its newline, and sets the row's leaf. Returns 0, or -1 with
 * REASON_ACCESS_FORM, or REASON_MEMORY. */
MUST_USE int access_line_parse(struct access_row *row, struct hash *leaf, struct span line,
                               struct refusal *why);

/* What an entry commits to. */
struct access_claim {
    uint64_t version;
    int64_t from, until; /* milliseconds */
    uint64_t count;
    struct hash root;
};

/* Reads it from a record of kind `access`, which has its form. */
void access_claim_of(struct access_claim *out, const struct record *r);

/* Appends it as members of a record: JSON without braces. */
void access_claim_json(struct buf *out, const struct access_claim *claim);

/* Rows at hand, held against what an entry commits to, one after the other. */
struct access_check {
    struct access_claim claim; /* of version 1 */
    struct frontier rows;
    int64_t last; /* `at` of the row before */
};

/* Begins with what is wrong with the claim alone. Returns 0, or -1 with REASON_ACCESS_ROWS. */
MUST_USE int access_check_begin(struct access_check *c, const struct access_claim *claim,
                                struct refusal *why);

/* Takes the next line, without its newline. Returns 0, with the row; or -1 with
 * REASON_ACCESS_FORM, _ROWS or REASON_MEMORY: then the check is over. */
MUST_USE int access_check_line(struct access_check *c, struct span line, struct access_row *row,
                               struct refusal *why);

/* Whether these were all rows, and give the root. Returns 0, or -1 with REASON_ACCESS_ROWS. */
MUST_USE int access_check_end(const struct access_check *c, struct refusal *why);

#endif
