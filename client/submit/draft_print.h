/* A record before it is signed, as its signer reads it. */
#ifndef CLIENT_SUBMIT_DRAFT_PRINT_H
#define CLIENT_SUBMIT_DRAFT_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "proto/record/kind.h"

/* Prints the members of a record, a line each: name, value, and what the member means, in the
 * reader's language. Says of values that name a person that they will be sealed. */
void draft_print(FILE *to, enum kind kind, const json_t *record);

#endif
