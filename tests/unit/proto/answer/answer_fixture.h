/* What the tests of answers share: a log with an index, honest or not, whose tables' files are in
 * memory; answers made of it; and answers written by hand, to leave out or put in what no honest
 * log would. Out of memory fails the test. */
#ifndef TESTS_UNIT_PROTO_ANSWER_ANSWER_FIXTURE_H
#define TESTS_UNIT_PROTO_ANSWER_ANSWER_FIXTURE_H

#include "proto/answer/answer_make.h"
#include "tests/unit/fixture.h"

#define REFERENCE "37/2026"

struct table_file_kept {
    struct hash root;
    struct index_table_file f;
    struct buf bytes;
};

struct indexed {
    struct log l;
    struct table_file_kept file[512];
    size_t files;
    struct tile_source tiles;
    size_t reads_left;   /* of entries and files, until one fails; 0: none does */
    uint64_t warrant[2]; /* of REFERENCE, and of what looks like it */
    uint64_t other;      /* a warrant of another reference */
    struct policy *policy;
};

/* log_start(), then two warrants of one skeleton and one of another, and requests, responses,
 * corrections under them. */
void indexed_start(struct indexed *x);
void indexed_free(struct indexed *x);

/* A request under the warrant at that entry, with its `ref`; returns its index. */
uint64_t add_request(struct indexed *x, uint64_t warrant, const char *ref);
/* A correction of that entry. */
uint64_t add_correction(struct indexed *x, uint64_t about);
/* Something that has no form: of no kind, or of version 2. */
uint64_t add_unkeyed(struct indexed *x, bool version);

/* The rows of the entries from..to-1, as 24.1 gives them; the caller frees *out. */
size_t honest_rows(struct indexed *x, uint64_t from, uint64_t to, struct index_row **out);

/* Sets *out to a table of these rows, in whatever order, and keeps its files. */
void put_table(struct indexed *x, struct index_table *out, uint64_t from, uint64_t to,
               const struct index_row *rows, size_t n, uint64_t unkeyed);
void put_honest_table(struct indexed *x, struct index_table *out, uint64_t from, uint64_t to);

/* Appends an `index` entry. */
uint64_t add_index(struct indexed *x, const struct cover *cover);
/* One with honest tables that end there; *out (may be NULL) is its cover. */
uint64_t add_honest_index(struct indexed *x, const uint64_t *ends, size_t tables,
                          struct cover *out);
/* An auditor's anchor that names an index; `who` signs it. */
uint64_t add_anchor(struct indexed *x, uint64_t index, enum who who);

struct answer_source source_of(struct indexed *x);

struct answer_question question_of(enum index_key_type type, const char *value);

/* What is asked: at the log's size, the rest zero. */
struct answer_ask ask_of(struct indexed *x, uint64_t index, const struct answer_question *q);

/* Makes all parts, one behind the other, with the checkpoint of ask->size. */
void make_answer(struct buf *out, struct indexed *x, const struct answer_ask *ask);

/* A part in numbers: what it carries, not the bytes. */
struct part_draft {
    struct span head; /* the first two lines */
    uint64_t from, to, end, index, audit;
    uint64_t size; /* of the checkpoint */
    uint64_t entry[512];
    size_t entries;
    struct {
        uint64_t number;
        uint64_t leaf[64];
        size_t leaves;
    } table[TABLES_MAX];
    size_t tables;
};

/* Reads the numbers of an honest part; head points into it. */
void draft_read(struct part_draft *out, struct span part);
/* Leaves an entry out, or puts one in. */
void draft_drop(struct part_draft *d, uint64_t index);
void draft_add(struct part_draft *d, uint64_t index);
/* Appends the part of a draft, with good proofs for what it carries. */
void draft_write(struct buf *out, struct indexed *x, const struct part_draft *d);

/* Puts the right SHA-256 at the end of a part that was changed. */
void sum_again(struct buf *part);
/* Replaces the first `from` in a part by `to`, and the sum. */
void replace(struct buf *part, const char *from, const char *to);

/* Judges a file, part by part; returns the worst. p (may be NULL) becomes the last part, which the
 * caller frees. */
enum verdict judge_file(struct indexed *x, struct span text, struct found *found,
                        struct answer_part *p);

#endif
