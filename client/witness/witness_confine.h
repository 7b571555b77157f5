/* What a witness's process gives up before it serves: its user, and in the sandbox what it never
 * needs. Main thread. */
#ifndef CLIENT_WITNESS_WITNESS_CONFINE_H
#define CLIENT_WITNESS_WITNESS_CONFINE_H

#include "client/base/say.h"
#include "client/witness/witness_http.h"

/* Takes the socket that was passed; or, with a user to become, listens while it may. Then becomes
 * that user; NULL: stays who it is, and warns of root. Returns OUTCOME_PROVEN, or another outcome
 * after having said why. */
enum outcome witness_become(struct witness_http_options *options, const char *user);

/* Enters the sandbox, unless it is not wanted, and says what of it is active. All is open by now
 * that the witness opens once. Returns as witness_become() does. */
enum outcome witness_confine(const struct witness_http_options *options, const char *policy,
                             const char *state, bool wanted);

#endif
