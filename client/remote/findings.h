/* Findings, for people and for programs. */
#ifndef CLIENT_REMOTE_FINDINGS_H
#define CLIENT_REMOTE_FINDINGS_H

#include <jansson.h>
#include <stdio.h>

#include "client/base/say.h"
#include "proto/verify/finding_list.h"

/* One line a finding, in the reader's language, and how many more there are. */
void findings_print(const struct findings *f, FILE *to);

/* The array `findings` of docs/INTERFACES.md, 10.1, as a new reference. */
json_t *findings_json(const struct findings *f);

/* For findings that nobody is shown: records a loss if one of them is that memory ran out, or if one
 * is not listed for that reason. Returns whether it is so. */
bool findings_lost(const struct findings *f);

#endif
