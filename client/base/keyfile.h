/* A private key from its file: read, wiped from where it passed, and its owner warned of who else can read it. */
#ifndef CLIENT_BASE_KEYFILE_H
#define CLIENT_BASE_KEYFILE_H

#include "client/base/say.h"
#include "proto/tlog/key.h"

/* What it is for, the caller judges by its type and name. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after
 * having said why; *out is then wiped. */
enum outcome keyfile_read(struct skey *out, const char *path);

#endif
