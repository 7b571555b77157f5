/* ETSI TS 103 120 (the warrant interface, HI-1) in its JSON form, as records for submit. What a
 * message says and a record has no place for is named, never dropped in silence: INTERFACES,
 * "Import". */
#ifndef CLIENT_IMPORT_TS103120_H
#define CLIENT_IMPORT_TS103120_H

#include <jansson.h>

#include "client/base/say.h"

struct ts103120; /* the messages read so far */

/* NULL, recorded as lost (client/base/lost.h), if there is no memory. */
struct ts103120 *ts103120_new(void);
void ts103120_free(struct ts103120 *t);

/* Reads one message; name is what to call it. Takes in AuthorisationObjects and DocumentObjects as
 * warrants, tasks as requests, and takes them out of the message, which is not to be used any more.
 * Returns 0, or -1 after having said what is wrong with it. What memory is lacking for is left out,
 * and recorded as lost. */
int ts103120_read(struct ts103120 *t, const char *name, json_t *message);

/* The records, warrants first, as a new array of objects with `kind` beside the record's members
 * and neither `at` nor `under`. Says what could not be mapped, and what was filled in because the
 * message does not say it. `set` is {member: value}: it sets or replaces that member in all
 * records whose kind has it. To be called once. *outcome is OUTCOME_UNDECIDED, after having said
 * why, where a message gave nothing or a record would be too large, or where something was lost for
 * want of memory; else OUTCOME_PROVEN. */
json_t *ts103120_records(struct ts103120 *t, const json_t *set, enum outcome *outcome);

#endif
