/* What a log and its witnesses say to each other, c2sp.org/tlog-witness: the body of an
 * add-checkpoint request, and the bodies of its answers. The callers do the HTTP. Any thread. */
#ifndef PROTO_TLOG_ADD_CHECKPOINT_H
#define PROTO_TLOG_ADD_CHECKPOINT_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/tlog/note.h"

#define ADD_CHECKPOINT_PROOF_MAX 63
/* "old " and 19 digits, lines of 44 characters, an empty line, the checkpoint */
#define ADD_CHECKPOINT_MAX (4 + 19 + 1 + ADD_CHECKPOINT_PROOF_MAX * 45 + 1 + CHECKPOINT_MAX)
/* All lines that a note may have, each with a post-quantum signature and a long name. */
#define ADD_CHECKPOINT_ANSWER_MAX (1024 * 1024)

struct add_checkpoint {
    uint64_t old_size;
    size_t n; /* hashes in the proof */
    struct hash proof[ADD_CHECKPOINT_PROOF_MAX];
    struct span checkpoint; /* a note, not looked at; points into the body */
};

/* Splits the body of a request. Returns 0, or -1 with REASON_REQUEST_FORM. */
MUST_USE int add_checkpoint_parse(struct add_checkpoint *out, struct span body,
                                  struct refusal *why);

/* Appends the body of a request; proof has at most ADD_CHECKPOINT_PROOF_MAX hashes. */
void add_checkpoint_format(struct buf *out, uint64_t old_size, const struct hash *proof, size_t n,
                           struct span checkpoint);

/* The body of the answer 409, text/x.tlog.size: the size that the witness cosigned last, and a
 * newline. Returns 0 or -1. */
MUST_USE int add_checkpoint_size_parse(uint64_t *size, struct span body);
void add_checkpoint_size_format(struct buf *out, uint64_t size);

/* The body of the answer 200, signature lines: judges the cosignature of one witness over a
 * checkpoint's text. If it is good, appends its line to `line` and sets *seconds, its POSIX time,
 * which is not 0. Ignores lines of other keys. NOTE_BAD also for a body that is not signature
 * lines. */
enum note_verdict add_checkpoint_cosignature(struct buf *line, uint64_t *seconds, struct span body,
                                             struct span text, const struct vkey *witness);

#endif
