/* What the daemon and the signer's process say to each other (docs/INTERFACES.md, section 30): one
 * message is a length and a text. Nothing here reads or writes anything but memory. Any thread. */
#ifndef DAEMON_SIGNER_SIGNER_MESSAGE_H
#define DAEMON_SIGNER_SIGNER_MESSAGE_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/tlog/add_checkpoint.h"

/* ---- frames ---------------------------------------------------------------------------------- */

#define SIGNER_HEAD 4         /* bytes of the length: a number, high byte first */
#define SIGNER_BODY_MAX 65536 /* bytes of a text */
#define SIGNER_FRAME_MAX (SIGNER_HEAD + SIGNER_BODY_MAX)

/* Whether bytes begin with a whole message. Returns 1 and sets *body, its text, into bytes; 0 if
 * more bytes are needed; -1 if its length is 0 or more than SIGNER_BODY_MAX. */
MUST_USE int signer_frame(struct span *body, struct span bytes);

/* ---- what was signed last -------------------------------------------------------------------- */

/* Whether the log has ended. */
enum signer_freeze {
    FREEZE_NONE,
    FREEZE_SIGNED, /* a `freeze` record was signed, and no larger checkpoint since: one more may */
    FREEZE_ENDED,  /* that one was signed, too: the log has its last size */
};

/* The newest checkpoint that was signed. All zero: none ever was. */
struct last_signed {
    uint64_t size; /* 0: nothing was signed */
    struct hash root;
    enum signer_freeze freeze;
};

/* The text that says it: the signer's state file, and its answer to ASK_STATUS. */
void last_signed_format(struct buf *out, const struct vkey *key, const struct last_signed *last);
/* Reads that text. Returns 0 or -1. */
MUST_USE int last_signed_parse(struct vkey *key, struct last_signed *last, struct span text);

/* ---- requests -------------------------------------------------------------------------------- */

enum signer_ask {
    ASK_STATUS,     /* what was signed last? */
    ASK_GENESIS,    /* the text of a `genesis`, and when entry 0 is accepted */
    ASK_RECORD,     /* the text of an `index`, `access` or `freeze` */
    ASK_CHECKPOINT, /* the text of a checkpoint, and how it extends an earlier one */
};

struct signer_request {
    enum signer_ask ask;
    struct span text; /* what is to be signed; not looked at; into the request's bytes */
    int64_t accepted; /* ASK_GENESIS: milliseconds since 1970 */
    /* ASK_CHECKPOINT: */
    uint64_t old_size;
    size_t n; /* hashes in the proof */
    struct hash proof[ADD_CHECKPOINT_PROOF_MAX];
};

/* Splits the text of a request, which must outlive it. Returns 0, or -1 if it is none. */
MUST_USE int signer_request_parse(struct signer_request *out, struct span body);

/* Appends a whole message. One that is longer than a message may be sets out->failed. */
void signer_request_format(struct buf *out, const struct signer_request *r);

/* ---- answers --------------------------------------------------------------------------------- */

/* X(NAME, code, words for the logs). What is refused stays refused. */
// clang-format off
#define SIGNER_REFUSALS(X)                                                                         \
    X(NONE, "none", "nothing is wrong")                                                            \
    X(REQUEST, "request", "it is no request")                                                      \
    X(FORM, "form", "what is to be signed does not have the form that it must have")               \
    X(ORIGIN, "origin", "it is of another log")                                                    \
    X(EMPTY, "empty", "nothing was signed before, so a genesis comes first")                       \
    X(BEGUN, "begun", "another genesis was signed before")                                         \
    X(OLDER, "older", "the checkpoint is smaller than the last one that was signed")               \
    X(FORK, "fork", "another root was signed at that size")                                        \
    X(BASE, "base", "the checkpoint does not extend the last one that was signed, but another")    \
    X(PROOF, "proof", "the proof does not show that it extends the last one that was signed")      \
    X(KIND, "kind", "the log does not sign records of that kind")                                  \
    X(UNDER, "under", "the record is not under entry 0")                                           \
    X(FROZEN, "frozen", "a freeze was signed: the log has ended")                                  \
    X(ORDER, "order", "its operator did not order the end of the log: no --freeze")
// clang-format on

enum signer_refusal {
#define X(name, code, words) SIGNER_##name,
    SIGNER_REFUSALS(X)
#undef X
};

const char *signer_refusal_code(enum signer_refusal r);
const char *signer_refusal_words(enum signer_refusal r);

enum signer_reply {
    REPLY_STATE,   /* to ASK_STATUS */
    REPLY_SIGNED,  /* the note */
    REPLY_REFUSED, /* and would be again */
    REPLY_FAILED,  /* not signed for want of something: may work later */
};

struct signer_answer {
    enum signer_reply reply;
    struct vkey key;         /* REPLY_STATE: the signer's */
    struct last_signed last; /* REPLY_STATE */
    struct span note;        /* REPLY_SIGNED; not looked at; into the answer's bytes */
    enum signer_refusal why; /* REPLY_REFUSED */
};

/* Splits the text of an answer, which must outlive it. Returns 0, or -1 if it is none. */
MUST_USE int signer_answer_parse(struct signer_answer *out, struct span body);

/* Appends a whole message. One that is longer than a message may be sets out->failed. */
void signer_answer_format(struct buf *out, const struct signer_answer *a);

#endif
