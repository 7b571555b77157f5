/* The log's signature, and who makes it: this process, which has the key (log_signer_new), or the
 * signer's, which has it instead and remembers what it signed last (signer_client.h). Nobody else
 * in a running daemon signs with the log's key. One thread at a time. */
#ifndef DAEMON_APPEND_LOG_SIGNER_H
#define DAEMON_APPEND_LOG_SIGNER_H

#include "daemon/signer/handover.h"
#include "daemon/signer/signer_message.h"
#include "proto/base/must_use.h"
#include "proto/record/kind.h"
#include "proto/tlog/key.h"

enum log_signer_result {
    LOG_SIGNER_OK,
    LOG_SIGNER_MEMORY,  /* out of memory; nothing was signed */
    LOG_SIGNER_AWAY,    /* no answer: what was asked for may have been signed, or will be */
    LOG_SIGNER_REFUSES, /* and would again: the log says why */
};

/* What a signer is asked to sign. */
struct log_signer_text {
    enum signer_ask ask; /* any but ASK_STATUS */
    struct span text;
    int64_t accepted;         /* ASK_GENESIS: when entry 0 is accepted, milliseconds since 1970 */
    const struct hash *proof; /* ASK_CHECKPOINT: that it extends log_signer_last() */
    size_t n;                 /* hashes of the proof */
};

struct log_signer;

/* What a maker fills in. */
struct log_signer_way {
    enum log_signer_result (*reach)(struct log_signer *s, bool *anew);
    enum log_signer_result (*sign)(struct log_signer *s, const struct log_signer_text *t,
                                   struct buf *out);
    void (*free)(struct log_signer *s);
};

struct log_signer {
    const struct log_signer_way *way;
    struct vkey vkey;
    bool remembers;          /* `last` says what was signed last: it must be shown how a new
                                checkpoint extends that, and a batch must be journaled before */
    struct last_signed last; /* once it was reached */
};

/* The maker for a process that has the key: copies it into locked memory and wipes *key. NULL when
 * out of memory, *key wiped too. */
struct log_signer *log_signer_new(struct skey *key);

/* Frees it; a key is wiped. NULL is harmless. */
void log_signer_free(struct log_signer *s);

/* The public key. Any thread. */
static inline const struct vkey *log_signer_vkey(const struct log_signer *s)
{
    return &s->vkey;
}

/* What it signed last, as it said when it was reached and by what it signed since. NULL: it does
 * not remember. */
static inline const struct last_signed *log_signer_last(const struct log_signer *s)
{
    return s->remembers ? &s->last : NULL;
}

/* Whether it can be asked now. *anew becomes true if that was found out anew: then log_signer_last()
 * may be other than before, and whoever asks compares it with the store. Waits for some seconds at
 * most. */
MUST_USE enum log_signer_result log_signer_reach(struct log_signer *s, bool *anew);

/* Appends to *out the note of a text with the log's signature, which was verified. Otherwise *out is
 * as it was. May be called inside a write transaction of the store, which the caller must be able
 * to give up. Waits for some seconds at most. */
MUST_USE enum log_signer_result log_signer_sign(struct log_signer *s,
                                                const struct log_signer_text *t, struct buf *out);

/* Appends to *out the note by which the key of a signer in this process hands over
 * (daemon/signer/handover.h). Another signer's process does that by itself: LOG_SIGNER_REFUSES. */
MUST_USE enum log_signer_result log_signer_hand_over(struct log_signer *s,
                                                     const struct key_handover *h, struct buf *out);

#endif
