/* Words of a line that were mistyped: what is wrong, and which word was probably meant. */
#ifndef CLIENT_SUBMIT_SUBMIT_MEANT_H
#define CLIENT_SUBMIT_SUBMIT_MEANT_H

#include <jansson.h>

#include "client/remote/log_client.h"
#include "proto/record/kind.h"
#include "proto/text/nearest.h"

/* The kind of a line that somebody may submit. Returns KIND_NONE after having filled *why in: the
 * member is missing, is no kind, or is genesis, which the log alone signs. */
enum kind submit_kind(const json_t *line, struct complaint *why);

/* Appends to what *c says the word that was probably meant, if *n has one. */
void complaint_meant(struct complaint *c, const struct nearest *n);

/* Fills *c in: a line of that kind was refused by its form. Of a member that does not belong
 * there, and of a word of the format (role, reason, result), it says which was probably meant.
 * Returns -1. */
int complain_form(struct complaint *c, const struct refusal *why, enum kind kind,
                  const json_t *line);

#endif
