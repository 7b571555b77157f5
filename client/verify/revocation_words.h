/* A revocation, in words. */
#ifndef CLIENT_VERIFY_REVOCATION_WORDS_H
#define CLIENT_VERIFY_REVOCATION_WORDS_H

#include "client/remote/revoked.h"

/* Says which key was revoked, when and why, and which entry it signed. */
void revocation_say(const struct revocation *r);

#endif
