/* What this thread has found good before, so that a run over many receipts of one log does not ask
 * the same again. Whether a key is a good point depends on its 32 bytes alone, and whether a
 * signature is good on key, signature and message alone. So a kept verdict is the verdict, whoever
 * shows the bytes, and nothing of trust is kept. Bad verdicts are not kept. Each thread has a table
 * of its own, of a fixed size; a newer verdict takes the place of an older one. */
#ifndef PROTO_TLOG_CHECKED_H
#define PROTO_TLOG_CHECKED_H

#include "proto/base/limits.h"
#include "proto/base/span.h"

/* What key_good() says (signing.h). */
bool checked_key(const uint8_t key[static PUBLIC_KEY_BYTES]);

/* What signature_good() says. For signatures that later files of a run carry again, such as those
 * of enrolments and checkpoints: for others it costs a hash more. */
bool checked_signature(const uint8_t key[static PUBLIC_KEY_BYTES], struct span message,
                       const uint8_t signature[static SIGNATURE_BYTES]);

/* Forgets what this thread has found. */
void checked_forget(void);

#endif
