/* Messages of TS 103 120, taken apart: whatever is mapped is taken out of the JSON, and what is
 * left in the end is named. So a member that nobody thought of is named, too. */
#ifndef CLIENT_IMPORT_MESSAGE_H
#define CLIENT_IMPORT_MESSAGE_H

#include <jansson.h>

#include "client/import/ts103120.h"

/* Where something stands, for people; borrowed. */
struct import_place {
    const char *file, *type, *id;
};

/* An HI1Object that is created, with where it came from. */
struct object {
    struct import_place at; /* points at the next two, and at the message's file */
    char *type;             /* a local name such as "LITaskObject" */
    char *id;               /* ObjectIdentifier, or "" */
    size_t message;         /* number of the message */
    char *sender;           /* as an authority; NULL if it cannot be one */
    json_t *value;          /* what is left of it */
    char *ref; /* of an AuthorisationObject, once it is mapped: what tasks cite, or NULL */
};

struct ts103120 {
    struct object *list;
    size_t n, cap;
    struct message {
        char *file;
        bool mapped; /* it gave a record, or completed one */
    } * messages;
    size_t messages_n, messages_cap;
};

static inline bool object_is(const struct object *o, const char *type)
{
    return strcmp(o->at.type, type) == 0;
}

/* The name behind a namespace prefix, as in "auth:AuthorisationReference" or "{uri}LITaskObject":
 * points into name. */
const char *local_name(const char *name);

/* A member by its local name, whatever its namespace: borrowed, or NULL. */
json_t *peek(const json_t *object, const char *name);
const char *peek_text(const json_t *object, const char *name);

/* The same, taken out: to be given up by json_decref() or name_rest(). NULL, and nothing is taken,
 * where it is not there, or (take_object) is no object. */
json_t *take(json_t *object, const char *name);
json_t *take_object(json_t *object, const char *name);

/* What XML repeats is an array in JSON, or a lone value where there is just one. How many there are
 * (0 for NULL), and number i of them, from 0: borrowed from v. */
size_t items(const json_t *v);
json_t *item(json_t *v, size_t i);

/* Says that something is not mapped. */
void name_unmapped(const struct import_place *at, const char *what);

/* Names what is left in rest, each member behind "path." (or alone, with path ""), and gives rest
 * up. What is no object is named as a whole; NULL is nothing. */
void name_rest(const struct import_place *at, const char *path, json_t *rest);

#endif
