/* The values of one line of strict JSON (proto/record/json.h), as a tree in one piece of memory.
 *
 * A tree never changes once it is made: any thread may read it. Accessors accept NULL and treat it
 * as a value of another type; only value_copy() and value_next() do not. */
#ifndef PROTO_RECORD_VALUE_H
#define PROTO_RECORD_VALUE_H

#include <stdint.h>

#include "proto/base/span.h"

enum value_type {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
};

/* A tree is an array of these. The children of an array or object follow it, in order, each with
 * its own children behind it. */
struct value {
    const char *name; /* of an object's member; NULL for others */
    union {
        const char *text; /* a string, unescaped; zero-terminated, with no zero inside */
        int64_t integer;  /* 0 to INTEGER_MAX; of a boolean 0 or 1 */
    } is;
    uint32_t count; /* bytes of a string, elements of an array, members of an object */
    uint32_t span;  /* how many values the subtree has, this one included */
    enum value_type type;
};

/* Copies a value and its children. The caller frees the copy by value_free(). NULL when out of
 * memory. v is not NULL. */
struct value *value_copy(const struct value *v);

/* Frees a whole tree; v is its root. NULL is harmless. */
void value_free(struct value *v);

static inline bool value_is(const struct value *v, enum value_type type)
{
    return v != NULL && v->type == type;
}

/* The member of that name; NULL if there is none, or if it is no object. */
const struct value *value_member(const struct value *object, const char *name);

/* The first child of an array or object, and the one after `child`. NULL if there is none. In
 * value_next() neither argument is NULL, and child is one of v's. */
const struct value *value_first(const struct value *v);
const struct value *value_next(const struct value *v, const struct value *child);

/* A loop over the elements of an array or the members of an object, in their order. */
#define value_foreach(v, child)                                                                    \
    for (const struct value *child = value_first(v); child != NULL; child = value_next(v, child))

/* How many elements an array or members an object has; 0 for other types. */
static inline size_t value_size(const struct value *v)
{
    return value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT) ? v->count : 0;
}

/* The text of a string; NULL for other types. */
static inline const char *value_text(const struct value *v)
{
    return value_is(v, VALUE_STRING) ? v->is.text : NULL;
}

/* The same, but "" for other types, and for NULL. */
static inline const char *value_text_or_empty(const struct value *v)
{
    return value_is(v, VALUE_STRING) ? v->is.text : "";
}

/* The same of a member. */
static inline const char *value_text_of(const struct value *object, const char *member)
{
    return value_text_or_empty(value_member(object, member));
}

/* The same with its length; empty for other types. */
static inline struct span value_span(const struct value *v)
{
    return value_is(v, VALUE_STRING) ? span_of(v->is.text, v->count) : span_of("", 0);
}

/* The value of an integer; 0 for other types. */
static inline int64_t value_integer(const struct value *v)
{
    return value_is(v, VALUE_INTEGER) ? v->is.integer : 0;
}

/* Whether it is the boolean true. */
static inline bool value_true(const struct value *v)
{
    return value_is(v, VALUE_BOOLEAN) && v->is.integer != 0;
}

#endif
