/* When a key and a signature are good: docs/FORMATS.md, section 2. Versions of libsodium differ at
 * the edges; this adds the checks that the one at hand lacks. */
#ifndef PROTO_TLOG_SIGNING_H
#define PROTO_TLOG_SIGNING_H

#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/base/span.h"

/* Tries keys and signatures at the edges, to find out what the library leaves to us to check. Call
 * it once at the start of a program, before other threads start; without it, only the library
 * decides. Returns NULL, or the name of an edge that the library decides otherwise and that we
 * cannot mend: then nothing may be verified with it. */
MUST_USE const char *signing_begin(void);

/* Whether a key is a point of order exactly L in its canonical encoding. Any thread. */
bool key_good(const uint8_t key[static PUBLIC_KEY_BYTES]);

/* Whether a signature is good; the key must be. Any thread. */
bool signature_good(const uint8_t key[static PUBLIC_KEY_BYTES], struct span message,
                    const uint8_t signature[static SIGNATURE_BYTES]);

#endif
