/* Values of TS 103 120 and TS 103 280 as values of records: authorities, times, codes, subjects.
 * Each of these takes out of the message what it could use, and leaves the rest there to be
 * named. */
#ifndef CLIENT_IMPORT_VALUES_H
#define CLIENT_IMPORT_VALUES_H

#include <jansson.h>

#include "client/import/message.h"
#include "proto/base/when.h"

/* {CountryCode, UniqueIdentifier} as an authority or holder: "xx.actor01". To be freed; NULL, and
 * nothing is taken, if it is not there or cannot be one. */
char *take_authority(json_t *v);

/* A text of records, 1 to TEXT_MAX bytes: to be given up by json_decref(); NULL, and nothing is
 * taken. */
json_t *take_reference(json_t *object, const char *name);

/* xs:dateTime with Z or an offset that RFC 3339 allows; what is finer than a millisecond is cut
 * off. What cannot be one is named with its value, and taken, too. Returns false where there is
 * none. */
bool take_time(char out[static WHEN_TEXT + 1], const struct import_place *at, json_t *object,
               const char *name);

/* {StartTime, EndTime} as a new window; NULL, and both are left there or named, if it is none. */
json_t *take_window(const struct import_place *at, json_t *object);

/* A DictionaryEntry of ETSI's dictionary of that name: its value, borrowed; NULL for any other. */
const char *dictionary_value(const json_t *entry, const char *dictionary);

/* Targets ({FormatType, Value}, any number of them) become {"type", "value"} in subjects, which
 * submit commits to and seals. Names what is no identifier of ours, and never the value. Returns
 * how many targets there are. Gives values up; path is what to call one. */
size_t take_targets(const struct import_place *at, const char *path, json_t *values,
                    json_t *subjects);

#endif
