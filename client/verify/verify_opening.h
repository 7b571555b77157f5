/* bitacora verify --opening: that an entry concerns somebody. */
#ifndef CLIENT_VERIFY_VERIFY_OPENING_H
#define CLIENT_VERIFY_VERIFY_OPENING_H

#include "client/base/args.h"

/* Judges the disclosure in --opening; with an operand, also that it is about the entry of that receipt. */
enum outcome verify_opening(const struct args *a);

#endif
