#include "proto/json.h"

#include <stdio.h>

#include "proto/limits.h"
#include "proto/scan.h"

/* What jansson would let through and records may not contain: other white space, negative numbers,
 * fractions, exponents, deep nesting. Not a parser: jansson still judges all the rest. */
static int scan_bytes_of(struct span line, bool plain, struct refusal *why)
{
    bool in_string = false;
    int depth = 0;
    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.p[i];
        if (c < 0x20)
            return refuse(why, REASON_JSON_CHARACTER, "the line");
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        bool after_digit = i > 0 && line.p[i - 1] >= '0' && line.p[i - 1] <= '9';
        if (c == '"' && plain) { /* nothing in it needs a look */
            const uint8_t *end = memchr(line.p + i + 1, '"', line.n - i - 1);
            i = end == NULL ? line.n : (size_t)(end - line.p);
        } else if (c == '"')
            in_string = true;
        else if ((c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
            return refuse(why, REASON_JSON_DEPTH, "nesting");
        else if (c == '}' || c == ']')
            depth--;
        else if (c == '-' || c == '.' || c == 'E' || (c == 'e' && after_digit))
            return refuse(why, REASON_JSON_NUMBER, "number");
    }
    return 0;
}

/* In quotes: a member may be called like a cause. */
static int refuse_member(struct refusal *why, enum reason reason, const char *member)
{
    char quoted[sizeof why->subject];
    snprintf(quoted, sizeof quoted, "'%.*s'", (int)sizeof quoted - 3, member);
    return refuse(why, reason, quoted);
}

/* plain: the line has no character that could be forbidden, so no string has. */
static int walk(const json_t *v, const char *member, bool plain, struct refusal *why)
{
    const char *name;
    json_t *child;
    size_t i, name_length;
    switch (json_typeof(v)) {
    case JSON_STRING:
        if (!plain && !text_is_plain(span_of(json_string_value(v), json_string_length(v))))
            return refuse_member(why, REASON_JSON_CHARACTER, member);
        return 0;
    case JSON_INTEGER:
        if (json_integer_value(v) > INTEGER_MAX)
            return refuse_member(why, REASON_JSON_NUMBER, member);
        return 0;
    case JSON_ARRAY:
        json_array_foreach (v, i, child)
            if (walk(child, member, plain, why) != 0)
                return -1;
        return 0;
    case JSON_OBJECT:
        json_object_keylen_foreach ((json_t *)(uintptr_t)v, name, name_length, child) {
            if (!plain && !text_is_plain(span_of(name, name_length)))
                return refuse(why, REASON_JSON_CHARACTER, "a member's name");
            if (walk(child, name, plain, why) != 0)
                return -1;
        }
        return 0;
    default:
        return 0;
    }
}

json_t *json_strict(struct span line, struct refusal *why)
{
    if (line.n < 2 || line.p[0] != '{' || line.p[line.n - 1] != '}') {
        refuse(why, REASON_JSON_FORM, "{…}");
        return NULL;
    }
    /* Printable ASCII and no escape: what strings say is what stands there. */
    bool plain = ascii_run(line) == line.n && memchr(line.p, '\\', line.n) == NULL;
    if (scan_bytes_of(line, plain, why) != 0)
        return NULL;
    json_error_t error;
    json_t *v = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, &error);
    if (v == NULL) {
        enum json_error_code code = json_error_code(&error);
        refuse(why,
               code == json_error_duplicate_key      ? REASON_JSON_DUPLICATE
               : code == json_error_numeric_overflow ? REASON_JSON_NUMBER
               : code == json_error_null_character || code == json_error_null_byte_in_key
                   ? REASON_JSON_CHARACTER
               : code == json_error_out_of_memory ? REASON_MEMORY
                                                  : REASON_JSON_FORM,
               error.text);
        return NULL;
    }
    if (walk(v, "the object", plain, why) != 0) {
        json_decref(v);
        return NULL;
    }
    return v;
}
