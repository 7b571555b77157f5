/* What the process of a command that others ask gives up before it serves: its user, and in the
 * sandbox what it never needs. Main thread. */
#ifndef CLIENT_SERVING_SERVING_CONFINE_H
#define CLIENT_SERVING_SERVING_CONFINE_H

#include "client/base/say.h"
#include "client/serving/serving.h"
#include "proto/process/sandbox.h"

/* Takes the socket that was passed; or, with a user to become, listens while it may. Then becomes
 * that user; NULL: stays who it is, and warns of root. Returns OUTCOME_PROVEN, or another outcome
 * after having said why. */
enum outcome serving_become(struct serving_options *options, const char *user);

/* Enters the sandbox, unless it is not wanted, and says what of it is active. All is open by now
 * that is opened once. The plan gets what the server itself reads again. Returns as
 * serving_become() does. */
enum outcome serving_confine(const struct serving_options *options, struct sandbox_plan *plan,
                             bool wanted);

#endif
