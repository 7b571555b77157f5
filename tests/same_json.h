/* Strict JSON held against another parser, jansson: for the unit test and the fuzzer. */
#ifndef TESTS_SAME_JSON_H
#define TESTS_SAME_JSON_H

#include <jansson.h>

#include "proto/json.h"

/* Whether both say the same, members in the same order. */
static inline bool same_value(const struct value *v, json_t *other)
{
    const char *name;
    const struct value *child = value_first(v);
    json_t *item;
    size_t i;
    switch (v->type) {
    case VALUE_NULL:
        return json_is_null(other);
    case VALUE_BOOLEAN:
        return json_is_boolean(other) && value_true(v) == json_is_true(other);
    case VALUE_INTEGER:
        return json_is_integer(other) && value_integer(v) == json_integer_value(other);
    case VALUE_STRING:
        return json_is_string(other) && v->count == json_string_length(other) &&
               memcmp(v->is.text, json_string_value(other), v->count + 1) == 0;
    case VALUE_ARRAY:
        json_array_foreach (other, i, item) {
            if (child == NULL || child->name != NULL || !same_value(child, item))
                return false;
            child = value_next(v, child);
        }
        return json_is_array(other) && child == NULL && value_size(v) == json_array_size(other);
    case VALUE_OBJECT:
        json_object_foreach (other, name, item) {
            if (child == NULL || strcmp(child->name, name) != 0 || !same_value(child, item))
                return false;
            child = value_next(v, child);
        }
        return json_is_object(other) && child == NULL && value_size(v) == json_object_size(other);
    }
    return false;
}

/* What is strict JSON is JSON, and says the same; what is refused as no JSON at all, or for a name that is there
 * twice, is refused by jansson, too. */
static inline bool agrees_with_jansson(struct span line)
{
    struct refusal why = { .reason = REASON_NONE };
    struct value *v = json_strict(line, &why);
    json_t *other = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
    bool braces = line.n >= 2 && line.p[0] == '{' && line.p[line.n - 1] == '}';
    bool agrees = v != NULL
                      ? other != NULL && same_value(v, other)
                      : other == NULL || !braces ||
                            (why.reason != REASON_JSON_FORM && why.reason != REASON_JSON_DUPLICATE);
    if (v != NULL && agrees) {
        struct value *copy = value_copy(v);
        agrees = copy != NULL && same_value(copy, other);
        value_free(copy);
    }
    value_free(v);
    json_decref(other);
    return agrees;
}

#endif
