/* Private keys in files, with a passphrase or without: docs/FORMATS.md, section 2. Main thread. */
#ifndef PROTO_SYS_PRIVATE_KEY_H
#define PROTO_SYS_PRIVATE_KEY_H

#include "proto/sys/passphrase.h"
#include "proto/tlog/sealed_key.h"

/* Reads a private key of either form, in memory for secrets; "-" is standard input, unless
 * source->at_once. Gets the
 * passphrase where one is needed. Tells once in the life of the process that memory cannot be
 * locked. The caller must look at type and name of the key: whether it is one for this purpose; and
 * at who can read the file. Returns NULL after having told why. Free with private_key_free(). */
MUST_USE struct skey *private_key_read(const char *path, const struct passphrase_source *source);

/* A copy of a key in memory for secrets, which wipes *key; NULL when out of memory, *key wiped
 * too. */
MUST_USE struct skey *private_key_keep(struct skey *key);

/* Wipes and frees. NULL is harmless. */
void private_key_free(struct skey *key);

/* Reads the public part alone, which needs no passphrase. *encrypted says in which form the file
 * is. Returns 0, or -1 after having told why; only source->tell is used. */
MUST_USE int private_key_read_vkey(struct vkey *out, bool *encrypted, const char *path,
                                   const struct passphrase_source *source);

/* Makes the text of a key's file, of PRIVATE_KEY_TEXT_MAX bytes at most, in memory for secrets: in
 * Go's form if cost is NULL; else under a passphrase that it gets. `name`: what the user calls the
 * key. Returns 0, and *out for secret_buf_free(); or -1 after having told why. */
MUST_USE int private_key_text(struct buf *out, const struct skey *key, const char *name,
                              const struct sealed_key_cost *cost,
                              const struct passphrase_source *source);
#define PRIVATE_KEY_TEXT_MAX SEALED_KEY_TEXT_MAX

/* Puts that text in the place of a key's file, with mode 0600 and its owner as before; a link is
 * followed. Whenever it is interrupted, the file has its former text or this one. The bytes of the
 * former text are overwritten, unless the file had other names: *others says how many. Returns as
 * file_replace() does. */
MUST_USE int private_key_replace(const char *path, struct span text, unsigned long *others);

#endif
