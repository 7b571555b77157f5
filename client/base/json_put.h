/* Building JSON and writing it to standard output. What cannot be added for want of memory is
 * recorded as lost (client/base/lost.h), so that no caller has to look. All of these accept NULL
 * for what could not be made before. */
#ifndef CLIENT_BASE_JSON_PUT_H
#define CLIENT_BASE_JSON_PUT_H

#include <jansson.h>

#include "proto/base/buf.h"
#include "proto/base/hash.h"
#include "proto/record/value.h"

/* Returns v, new from jansson. NULL is recorded as lost. */
json_t *json_made(json_t *v);

/* Adds a member to an object, or an item to an array. They take the reference of v, whatever
 * happens. */
void json_put(json_t *object, const char *name, json_t *v);
void json_push(json_t *array, json_t *v);

/* New values. A path may be any bytes: what is no text in it stands as a question mark. */
json_t *json_text(const char *text);
json_t *json_path(const char *path);
json_t *json_list(void);

/* Appends one JSON object and a newline to *out, without any character that a terminal might take
 * for a command. Keeps the caller's reference. NULL appends nothing, and is recorded as lost. */
void json_line(struct buf *out, const json_t *v);

/* Writes one JSON object and a newline to standard output. Takes the reference. Writes nothing if v
 * is NULL or anything was lost for want of room (client/base/lost.h). */
void say_json(json_t *v);

/* New values: a hash as a string of base64, an index as an integer, or null for NO_ENTRY; a value
 * of a record with all that is in it. */
json_t *json_of_hash(const struct hash *h);
json_t *json_of_index(uint64_t index);
json_t *json_of_value(const struct value *v);

#endif
