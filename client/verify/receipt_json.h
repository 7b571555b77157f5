/* A receipt as JSON, as `receipt show --json` prints it: FORMATS 10. */
#ifndef CLIENT_VERIFY_RECEIPT_JSON_H
#define CLIENT_VERIFY_RECEIPT_JSON_H

#include <jansson.h>

#include "client/verify/receipt_show.h"

/* A new object, the caller's. What memory is lacking for is recorded as lost (lost.h). */
json_t *receipt_json(const struct receipt_show *v, const struct shown_receipt *x);

#endif
