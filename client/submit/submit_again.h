/* Whether what a line says is in the log already. */
#ifndef CLIENT_SUBMIT_SUBMIT_AGAIN_H
#define CLIENT_SUBMIT_SUBMIT_AGAIN_H

#include <jansson.h>

#include "client/remote/log_client.h"
#include "proto/base/must_use.h"

/* Looks for the entry in which a signer has used the `id` of a line: *entry, or NO_ENTRY if the log
 * lists none that proves it (or the line has no id of the right form). Returns 0, or -1 with
 * *complaint if the log does not answer. */
MUST_USE int submit_again_find(struct log_client *client, const struct vkey *signer,
                               const json_t *line, uint64_t *entry, struct complaint *complaint);

/* Whether that entry says what the line says, but for `at`, what is sealed (which is another each
 * time), and what submit fills in. Returns false with *complaint. */
MUST_USE bool submit_again_same(struct log_client *client, const json_t *line, uint64_t entry,
                                struct complaint *complaint);

#endif
