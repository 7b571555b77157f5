/* Private keys in files. */
#ifndef CLIENT_BASE_KEYFILE_H
#define CLIENT_BASE_KEYFILE_H

#include "client/base/say.h"
#include "proto/tlog/key.h"

/* Reads a private key, and wipes its text from memory. Warns if others than the owner can read the
 * file. The caller must look at type and name of the key: whether it is one for this purpose.
 * Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said why; then there is no key in *out. */
enum outcome keyfile_read(struct skey *out, const char *path);

/* The same of a signer's key (FORMATS, 2), looked at. */
enum outcome keyfile_read_signer(struct skey *out, const char *path);

#endif
