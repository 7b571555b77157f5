/* One JSON object on standard output that is written while it is made, for results that would not
 * fit into memory at once. Once anything was lost for want of room (client/base/lost.h) nothing
 * more is written: what is there then is no JSON, and nobody takes it for a whole result. */
#ifndef CLIENT_BASE_JSON_STREAM_H
#define CLIENT_BASE_JSON_STREAM_H

#include <jansson.h>

struct json_stream;

/* begin, then members and lists in any order, then end, which frees it. NULL, which begin returns
 * when out of memory, is a stream that writes nothing. */
struct json_stream *json_stream_begin(void);
void json_stream_end(struct json_stream *s);

/* Writes all members of an object into the object that is open. Takes the reference. */
void json_stream_members(struct json_stream *s, json_t *object);

/* A member that is a list: its name, its items one by one, and its end. Takes the reference of each
 * item. */
void json_stream_list(struct json_stream *s, const char *name);
void json_stream_item(struct json_stream *s, json_t *item);
void json_stream_list_end(struct json_stream *s);

/* An item of a list that is an object written in pieces: its begin and its end. */
void json_stream_object(struct json_stream *s);
void json_stream_object_end(struct json_stream *s);

#endif
