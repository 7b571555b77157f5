/* The log's private key, and the only code of a running daemon that signs with it. Nobody else
 * sees the key: a process of its own that signs can take the place of log_signer.c. */
#ifndef DAEMON_APPEND_LOG_SIGNER_H
#define DAEMON_APPEND_LOG_SIGNER_H

#include "proto/base/must_use.h"
#include "proto/record/kind.h"
#include "proto/tlog/key.h"

struct log_signer;

/* Takes over a private key: copies it and wipes *key. NULL when out of memory, *key wiped too. Main
 * thread. */
struct log_signer *log_signer_new(struct skey *key);

/* Wipes the key and frees. Not while somebody signs. NULL is harmless. */
void log_signer_free(struct log_signer *s);

/* The public key, the signer's. Any thread. */
const struct vkey *log_signer_vkey(const struct log_signer *s);

/* Appends to *out the note of a checkpoint's text with the log's signature. Returns 0, or -1 with
 * *out as it was: out of memory. The caller may be inside a write transaction of the store, and
 * must be able to give it up. One thread at a time. */
MUST_USE int log_signer_sign(struct log_signer *s, struct span text, struct buf *out);

/* The same for the text of a record of that kind, which must be one of `index`, `access` and
 * `freeze`; else -1. */
MUST_USE int log_signer_sign_record(struct log_signer *s, enum kind kind, struct span text,
                                    struct buf *out);

#endif
