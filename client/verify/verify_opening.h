/* bitacora verify --opening: that an entry concerns somebody. */
#ifndef CLIENT_VERIFY_VERIFY_OPENING_H
#define CLIENT_VERIFY_VERIFY_OPENING_H

#include "client/remote/trust.h"

struct opening_options {
    struct trust_options trust;
    const char *opening; /* file of the disclosure */
    const char *receipt; /* file of a receipt that the reader holds, or NULL */
    bool json;
};

/* Judges a disclosure, and says what it shows, offline; with a receipt, also that it is about the
 * entry of that receipt. Writes evidence where there is any. Returns the outcome of its verdict;
 * OUTCOME_USAGE or OUTCOME_UNDECIDED after having said why nothing could be judged. */
enum outcome verify_opening(const struct opening_options *options);

#endif
