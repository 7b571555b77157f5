/* The members of a record that its signer need not write: `id`, `at`, `under`. */
#ifndef CLIENT_SUBMIT_SUBMIT_COMPLETE_H
#define CLIENT_SUBMIT_SUBMIT_COMPLETE_H

#include <jansson.h>

#include "client/remote/identity.h"
#include "proto/record/fresh_id.h"

/* A record with id, at and under first, then the members as they were given, which may replace
 * these. A new id is a UUID of version 7, `at` is now, `under` the enrolment of *id. Takes the
 * reference of given. Returns a new object, or NULL if there is no memory. */
json_t *submit_complete(json_t *given, const struct identity *id);

/* Writes the id of a line that has none, and a zero byte: the same whenever the same signer sends
 * the same line to the same log, so that what is in the log already is found there. Nobody without
 * the signer's private key can compute it, and so try out whom a record may name. occurrence: how
 * many lines before it, in the same input, say the same. */
void submit_line_id(char out[static ID_TEXT + 1], const struct identity *id, const char *origin,
                    const json_t *line, uint64_t occurrence);

#endif
