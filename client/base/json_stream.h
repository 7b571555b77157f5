/* One JSON object on standard output that is written as it is made, for what would not fit into
 * memory at once. The program ends (OUTCOME_UNDECIDED) when out of memory. */
#ifndef CLIENT_BASE_JSON_STREAM_H
#define CLIENT_BASE_JSON_STREAM_H

#include <jansson.h>

struct json_stream;

/* begin, then members and lists in any order, then end, which frees it. */
struct json_stream *json_stream_begin(void);
void json_stream_end(struct json_stream *s);

/* All members of an object, which it takes, into what is open. */
void json_stream_members(struct json_stream *s, json_t *object);

/* A member that is a list: its items one by one, each of which it takes, and its end. */
void json_stream_list(struct json_stream *s, const char *name);
void json_stream_item(struct json_stream *s, json_t *item);
void json_stream_list_end(struct json_stream *s);

/* An item of a list that is an object, written in pieces, too, and its end. */
void json_stream_object(struct json_stream *s);
void json_stream_object_end(struct json_stream *s);

#endif
