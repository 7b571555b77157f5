/* A record before it is signed, as its signer reads it. */
#ifndef CLIENT_NEW_DRAFT_PRINT_H
#define CLIENT_NEW_DRAFT_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "client/base/zone.h"
#include "proto/record/kind.h"

/* Prints the members of a record, a line each: name, value, and what the member means, in the
 * reader's language; codes also in words, times as the clocks of the zone show them, with UTC
 * beside. Says of values that name a person that they will be sealed. */
void draft_print(FILE *to, enum kind kind, const json_t *record, const struct zone *z);

#endif
