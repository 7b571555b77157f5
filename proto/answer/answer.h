/* Answers: all entries of one key, proven from an `index` entry. docs/FORMATS.md, 25. One thread.
 */
#ifndef PROTO_ANSWER_ANSWER_H
#define PROTO_ANSWER_ANSWER_H

#include "proto/index/cover.h"
#include "proto/index/entry_keys.h"
#include "proto/judge/judge.h"
#include "proto/tlog/policy.h"

#define ANSWER_FORMAT "bitacora/v1 answer"
#define ANSWER_PART_MAX (32 * 1024 * 1024)
#define ANSWER_ENTRIES_MAX 16384
#define ANSWER_HASHES_MAX 65536
#define ANSWER_LEAVES_MAX 65536 /* of one table */

/* What is asked. */
struct answer_question {
    enum index_key_type type; /* SIGNER to WARRANT */
    struct span value;        /* as it stands in the file */
    struct index_key key;
};

/* Reads a question. Returns 0, or -1 with REASON_QUESTION (the value is none of that type) or
 * REASON_MEMORY. */
MUST_USE int answer_question_of(struct answer_question *out, enum index_key_type type,
                                struct span value, struct refusal *why);

/* An entry of a part. */
struct answer_entry {
    uint64_t index;
    struct span bytes;
    struct hash leaf;
    bool has_key;   /* it has the key that is asked for */
    bool asked;     /* the same, and it is in the part's range */
    bool unkeyed;   /* it has no form: if it is in the range it is part of every answer */
    enum kind kind; /* of its record; KIND_NONE if it is unkeyed */
    enum role role; /* that its signer is enrolled for; ROLE_NONE if that was not proven */
    char authority[CODE_MAX + 1]; /* of the same enrolment; "" if it has none */
    int64_t accepted;             /* milliseconds; 0 if its header has not its form */
};

/* One part, after answer_judge(). Spans point into the text. Freed by answer_part_free(). */
struct answer_part {
    struct answer_question question;
    uint64_t from, to, end; /* F, T, E */
    uint64_t index;         /* the index entry */
    uint64_t audit;         /* the anchor; NO_ENTRY: none */
    struct span checkpoint;
    struct signed_checkpoint cp; /* size 0 where it did not open */
    struct answer_entry *entry;  /* ascending */
    size_t entries;
    struct cover cover;   /* of the index entry */
    struct cover audited; /* of the one that the anchor names */
    int64_t date;         /* acceptance of entry T - 1, milliseconds */
    int64_t indexed;      /* acceptance of the index entry */
    struct hash genesis;  /* leaf hash of entry 0 */
    enum verdict verdict; /* what answer_judge() returned */
    struct buf evidence;  /* against the log, if its index was found wrong; else empty */
};

/* Splits and judges the part that `text` begins with; *used becomes its length (0 if it has not its
 * form: then nothing else of *out is set). found hears of everything that is wrong; pin (may be
 * NULL): the leaf hash that entry 0 must have. asked (may be NULL): the part must answer this
 * question, else REASON_ANSWER_OTHER, bad. *out needs answer_part_free() in any case.
 *
 * VERDICT_GOOD says all that section 25 says is proven of the range. */
enum verdict answer_judge(struct answer_part *out, size_t *used, const struct policy *policy,
                          struct span text, const struct answer_question *asked,
                          const struct hash *pin, const struct watch *watch);
void answer_part_free(struct answer_part *p);

/* The carried entry of that index, or NULL. */
struct answer_entry *answer_part_entry(const struct answer_part *p, uint64_t index);

/* A whole file, part by part. Begins all zeroes, owns nothing. */
struct answer_file {
    struct hash common; /* of what all parts have in common */
    uint64_t next, end; /* where the next part must begin, and the last one end */
    size_t parts;
};

/* Whether this part, which was judged, goes on from those before. Returns 0, or -1 with
 * REASON_ANSWER_PARTS. */
MUST_USE int answer_file_add(struct answer_file *f, const struct answer_part *part,
                             struct refusal *why);
/* Whether nothing is missing. Returns 0, or -1 with REASON_ANSWER_PARTS. */
MUST_USE int answer_file_end(const struct answer_file *f, struct refusal *why);

/* True if a file begins as an answer does. */
bool answer_is(struct span text);

#endif
