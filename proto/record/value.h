/* The values of one line of strict JSON (proto/record/json.h): a tree that does not change, in one piece of memory.
 *
 * Never changed once it is made: any thread may read it. Those that ask take NULL for a value that is not there, and
 * answer as if it were one of another type; value_copy() and value_next() do not. */
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

/* What stands in an array or object follows it at once, each with all that stands in it. */
struct value {
    const char *name; /* of a member; NULL of elements and of the outermost */
    union {
        const char *text; /* a string's, unescaped, with a zero behind it and none in it */
        int64_t integer;  /* 0 to INTEGER_MAX; a boolean's: 0 or 1 */
    } is;
    uint32_t count; /* a string's bytes, an array's elements, an object's members */
    uint32_t span;  /* values in it, itself among them */
    enum value_type type;
};

/* The same, in memory of its own: value_free(). NULL when out of memory. */
struct value *value_copy(const struct value *v);

/* An outermost value, and all in it. NULL is harmless. */
void value_free(struct value *v);

static inline bool value_is(const struct value *v, enum value_type type)
{
    return v != NULL && v->type == type;
}

/* An object's member of that name, or NULL. */
const struct value *value_member(const struct value *object, const char *name);

/* What stands first in an array or object, and what stands behind something in it; NULL at the end. */
const struct value *value_first(const struct value *v);
const struct value *value_next(const struct value *v, const struct value *child);

/* All elements of an array, members of an object, in their order. */
#define value_foreach(v, child)                                                                    \
    for (const struct value *child = value_first(v); child != NULL; child = value_next(v, child))

/* Elements of an array or members of an object; 0 of anything else. */
static inline size_t value_size(const struct value *v)
{
    return value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT) ? v->count : 0;
}

/* A string's text, or NULL. */
static inline const char *value_text(const struct value *v)
{
    return value_is(v, VALUE_STRING) ? v->is.text : NULL;
}

/* The same with its length; empty if it is none. */
static inline struct span value_span(const struct value *v)
{
    return value_is(v, VALUE_STRING) ? span_of(v->is.text, v->count) : span_of("", 0);
}

/* An integer, or 0. */
static inline int64_t value_integer(const struct value *v)
{
    return value_is(v, VALUE_INTEGER) ? v->is.integer : 0;
}

static inline bool value_true(const struct value *v)
{
    return value_is(v, VALUE_BOOLEAN) && v->is.integer != 0;
}

#endif
