/* Private keys in files. */
#ifndef CLIENT_BASE_KEYFILE_H
#define CLIENT_BASE_KEYFILE_H

#include "client/base/say.h"
#include "proto/sys/private_key.h"

/* A private key's file, and that of its passphrase; both borrowed. */
struct keyfile {
    const char *path;            /* NULL where there is no key */
    const char *passphrase_file; /* --passphrase-file, or NULL: see proto/sys/passphrase.h */
};

/* Reads a private key, and warns if others than the owner can read the file. The caller must look
 * at type and name of the key: whether it is one for this purpose. Returns OUTCOME_PROVEN, and
 * *out for private_key_free(); or OUTCOME_USAGE after having said why, or recorded that memory was
 * lost: then *out is NULL. */
enum outcome keyfile_read(struct skey **out, const struct keyfile *file);

/* The same of a signer's key (FORMATS, 2), looked at. */
enum outcome keyfile_read_signer(struct skey **out, const struct keyfile *file);

/* Where passphrases come from in this program. */
struct passphrase_source keyfile_source(const char *passphrase_file);

/* Warns if others than the owner can read the file of a private key. */
void keyfile_warn_of_readers(const char *path);

#endif
