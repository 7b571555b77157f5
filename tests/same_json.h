/* Strict JSON held against another parser, jansson: for the unit test and the fuzzer. */
#ifndef TESTS_SAME_JSON_H
#define TESTS_SAME_JSON_H

#include <jansson.h>

#include "proto/base/limits.h"
#include "proto/base/scan.h"
#include "proto/record/json.h"

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

/* Whether jansson's values have one that strict JSON refuses for that reason. */
static inline bool has_cause(json_t *v, enum reason reason, int depth)
{
    const char *name;
    json_t *item;
    size_t i;
    bool found = reason == REASON_JSON_DEPTH && depth > JSON_DEPTH_MAX &&
                 (json_is_object(v) || json_is_array(v));
    if (reason == REASON_JSON_NUMBER)
        found = json_is_real(v) || (json_is_integer(v) && (json_integer_value(v) < 0 ||
                                                           json_integer_value(v) > INTEGER_MAX));
    if (reason == REASON_JSON_CHARACTER && json_is_string(v))
        found = !text_is_plain(span_of(json_string_value(v), json_string_length(v)));
    json_array_foreach (v, i, item)
        found = found || has_cause(item, reason, depth + 1);
    json_object_foreach (v, name, item)
        found = found || has_cause(item, reason, depth + 1) ||
                (reason == REASON_JSON_CHARACTER && !text_is_plain(span_str(name)));
    return found;
}

/* Whether the reason that a line was refused for is in it, though jansson reads it. */
static inline bool has_reason(struct span line, json_t *other, enum reason reason)
{
    bool control = false, minus_zero = false, quoted = false;
    for (size_t i = 0; i < line.n; i++) {
        control = control || line.p[i] < 0x20;
        if (quoted && line.p[i] == '\\')
            i++; /* escaped */
        else if (line.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && line.p[i] == '-') /* any other is seen in its value */
            minus_zero = minus_zero || line.p[i + 1] == '0';
    }
    if (line.n < 2 || line.p[0] != '{' || line.p[line.n - 1] != '}')
        return reason == REASON_JSON_FORM;
    return (reason == REASON_JSON_CHARACTER && control) ||
           (reason == REASON_JSON_NUMBER && minus_zero) || has_cause(other, reason, 1);
}

/* What is strict JSON is JSON, and says the same, also when it was copied; what is refused is refused by jansson,
 * too, or has what strict JSON forbids. */
static inline bool agrees_with_jansson(struct span line)
{
    struct refusal why = { .reason = REASON_NONE };
    struct value *v = json_strict(line, &why), *copy = v == NULL ? NULL : value_copy(v);
    json_t *other = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
    bool agrees = v != NULL ? other != NULL && same_value(v, other)
                            : other == NULL || has_reason(line, other, why.reason);
    if (v == NULL && why.reason == REASON_MEMORY)
        agrees = false; /* there is enough: it would be a verdict withheld */
    value_free(v);
    if (v != NULL && agrees)
        agrees = copy != NULL && same_value(copy, other);
    value_free(copy);
    json_decref(other);
    return agrees;
}

#endif
