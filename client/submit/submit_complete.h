/* The members of a record that its signer need not write: `id`, `at`, `under`. */
#ifndef CLIENT_SUBMIT_SUBMIT_COMPLETE_H
#define CLIENT_SUBMIT_SUBMIT_COMPLETE_H

#include <jansson.h>

#include "client/remote/identity.h"

/* A record with id, at and under first, then the members as they were given, which may replace
 * these. A new id is a UUID of version 7, `at` is now, `under` the enrolment of *id. Takes the
 * reference of given. Returns a new object, or NULL if there is no memory. */
json_t *submit_complete(json_t *given, const struct identity *id);

#endif
