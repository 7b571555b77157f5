/* The file of a log's private key, with a passphrase or without. Every function that fails says why
 * on standard error. Main thread. */
#ifndef DAEMON_HOST_LOG_KEY_H
#define DAEMON_HOST_LOG_KEY_H

#include "proto/base/must_use.h"
#include "proto/sys/private_key.h"

/* Reads the key of a log. Nobody but the file's owner may have any right to it. passphrase_file:
 * what --passphrase-file says, or NULL (proto/sys/passphrase.h). Returns NULL if there is no such
 * key. Free with private_key_free(). */
MUST_USE struct skey *log_key_read(const char *file, const char *passphrase_file);

enum log_key_look {
    LOG_KEY_OPENS,
    LOG_KEY_CLOSED, /* it needs a passphrase, which no file and no credential gives */
    LOG_KEY_NONE,   /* said why */
};

/* Would log_key_read() get it? Asks no terminal, and keeps nothing of the key. *out is its public
 * part, unless there is none. */
MUST_USE enum log_key_look log_key_look(struct vkey *out, const char *file,
                                        const char *passphrase_file);

/* The public part of such a key, which needs no passphrase. Returns 0 or -1. */
MUST_USE int log_key_read_vkey(struct vkey *out, const char *file);

/* Makes a key's text in memory for secrets: in Go's form; or encrypted, at the usual cost. `file`
 * is what the user calls it. Returns 0, and *out for secret_buf_free(); or -1. */
MUST_USE int log_key_text(struct buf *out, const struct skey *key, const char *file, bool encrypt,
                          const char *passphrase_file);

#endif
