/* When a key and a signature are good: docs/FORMATS.md, section 2, whatever the libsodium at
 * hand makes of it. */
#ifndef PROTO_TLOG_SIGNING_H
#define PROTO_TLOG_SIGNING_H

#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/base/span.h"

/* Tries keys and signatures at the edges, and finds out what the library leaves to us to check.
 * Once at the start of a program, before there are other threads: without it the library is
 * taken at its word. Returns NULL, or what it decides otherwise and we cannot mend: then nothing
 * may be verified with it. */
MUST_USE const char *signing_begin(void);

/* A point of order exactly L in its canonical encoding. Any thread. */
bool key_good(const uint8_t key[static PUBLIC_KEY_BYTES]);

/* Of a good key. Any thread. */
bool signature_good(const uint8_t key[static PUBLIC_KEY_BYTES], struct span message,
                    const uint8_t signature[static SIGNATURE_BYTES]);

#endif
