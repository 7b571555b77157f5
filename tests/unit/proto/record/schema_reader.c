#include "tests/unit/proto/record/schema_reader.h"

#include <locale.h>
#include <regex.h>
#include <search.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/base/scan.h"

void schema_reader_start(void)
{
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8")); /* patterns are of characters */
    assert_int_not_equal(hcreate(4096), 0);
}

/* A pattern of ECMA-262 as POSIX has it; each is compiled once, and stays to the end. */
static const regex_t *compiled(const char *pattern)
{
    ENTRY *known = hsearch((ENTRY){ .key = (char *)(uintptr_t)pattern }, FIND);
    if (known != NULL)
        return known->data;
    char *posix = strdup(pattern);
    regex_t *r = calloc(1, sizeof *r);
    assert_true(posix != NULL && r != NULL);
    for (char *at; (at = strstr(posix, "(?:")) != NULL;)
        memmove(at + 1, at + 3, strlen(at + 3) + 1);
    assert_int_equal(regcomp(r, posix, REG_EXTENDED | REG_NOSUB), 0);
    free(posix);
    assert_non_null(hsearch((ENTRY){ .key = strdup(pattern), .data = r }, ENTER));
    return r;
}

static size_t characters(const char *text)
{
    struct span rest = span_str(text);
    size_t n = 0;
    while (rest.n > 0 && utf8_next(&rest) >= 0)
        n++;
    return n;
}

/* Whether a text has a character beside those of "[^ab-z…]". regcomp() has no ranges beyond
 * ASCII. */
static bool leaves_class(const char *pattern, struct span text)
{
    while (text.n > 0) {
        struct span class = span_of(pattern + 2, strlen(pattern) - 3);
        int32_t c = utf8_next(&text), last = -1;
        bool inside = false;
        while (class.n > 0 && !inside) {
            bool range = class.n > 1 && class.p[0] == '-' && last >= 0;
            if (range)
                class = span_of(class.p + 1, class.n - 1);
            int32_t next = utf8_next(&class);
            assert_true(next >= 0);
            inside = c == next || (range && c >= last && c <= next);
            last = range ? -1 : next;
        }
        if (!inside)
            return true;
    }
    return false;
}

static bool is_of_type(const json_t *v, const char *type)
{
    static const struct {
        const char *name;
        int type[2];
    } types[] = {
        { "object", { JSON_OBJECT, JSON_OBJECT } },    { "array", { JSON_ARRAY, JSON_ARRAY } },
        { "string", { JSON_STRING, JSON_STRING } },    { "boolean", { JSON_TRUE, JSON_FALSE } },
        { "integer", { JSON_INTEGER, JSON_INTEGER } },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            return (int)json_typeof(v) == types[i].type[0] ||
                   (int)json_typeof(v) == types[i].type[1];
    fail_msg("type %s", type);
    return false;
}

static bool object_accepted(const json_t *root, const char *keyword, const json_t *x,
                            const json_t *schema, const json_t *v)
{
    const char *name;
    json_t *value;
    size_t i;
    if (strcmp(keyword, "additionalProperties") == 0) {
        assert_true(json_is_false(x));
        json_object_foreach ((json_t *)(uintptr_t)v, name, value)
            if (json_object_get(json_object_get(schema, "properties"), name) == NULL)
                return false;
    } else if (strcmp(keyword, "properties") == 0) {
        json_object_foreach ((json_t *)(uintptr_t)x, name, value)
            if (json_object_get(v, name) != NULL &&
                !schema_accepts(root, value, json_object_get(v, name)))
                return false;
    } else if (strcmp(keyword, "dependentRequired") == 0) {
        json_t *list;
        json_object_foreach ((json_t *)(uintptr_t)x, name, list)
            json_array_foreach (list, i, value)
                if (json_object_get(v, name) != NULL &&
                    json_object_get(v, json_string_value(value)) == NULL)
                    return false;
    } else {
        assert_string_equal(keyword, "required");
        json_array_foreach (x, i, value)
            if (json_object_get(v, json_string_value(value)) == NULL)
                return false;
    }
    return true;
}

static bool array_accepted(const json_t *root, const char *keyword, const json_t *x,
                           const json_t *v)
{
    json_t *item;
    size_t i;
    if (strcmp(keyword, "minItems") == 0)
        return (json_int_t)json_array_size(v) >= json_integer_value(x);
    if (strcmp(keyword, "maxItems") == 0)
        return (json_int_t)json_array_size(v) <= json_integer_value(x);
    assert_string_equal(keyword, "items");
    json_array_foreach (v, i, item)
        if (!schema_accepts(root, x, item))
            return false;
    return true;
}

static bool string_accepted(const char *keyword, const json_t *x, const char *text)
{
    if (strcmp(keyword, "minLength") == 0)
        return (json_int_t)characters(text) >= json_integer_value(x);
    if (strcmp(keyword, "maxLength") == 0)
        return (json_int_t)characters(text) <= json_integer_value(x);
    assert_string_equal(keyword, "pattern");
    if (strncmp(json_string_value(x), "[^", 2) == 0)
        return leaves_class(json_string_value(x), span_str(text));
    return regexec(compiled(json_string_value(x)), text, 0, NULL, 0) == 0;
}

const json_t *schema_referred(const json_t *root, const json_t *reference)
{
    const char *text = json_string_value(reference);
    assert_int_equal(strncmp(text, "#/$defs/", 8), 0);
    const json_t *schema = json_object_get(json_object_get(root, "$defs"), text + 8);
    if (schema == NULL)
        fail_msg("no %s", text);
    return schema;
}

static bool one_accepts(const json_t *root, const json_t *list, const json_t *v)
{
    json_t *each;
    size_t i;
    assert_true(json_array_size(list) > 0);
    json_array_foreach (list, i, each)
        if (schema_accepts(root, each, v))
            return true;
    return false;
}

static bool enumerated(const json_t *list, const json_t *v)
{
    json_t *each;
    size_t i;
    json_array_foreach (list, i, each)
        if (json_equal(each, v))
            return true;
    return false;
}

/* Keywords of one type of value let others pass. */
static bool keyword_accepted(const json_t *root, const json_t *schema, const char *keyword,
                             const json_t *x, const json_t *v)
{
    static const char others[] = " $schema $id $defs $comment title description ",
                      objects[] = " additionalProperties properties dependentRequired required ",
                      arrays[] = " minItems maxItems items ",
                      strings[] = " minLength maxLength pattern ";
    char word[64];
    snprintf(word, sizeof word, " %s ", keyword);
    if (strcmp(keyword, "$ref") == 0)
        return schema_accepts(root, schema_referred(root, x), v);
    if (strcmp(keyword, "type") == 0)
        return is_of_type(v, json_string_value(x));
    if (strcmp(keyword, "enum") == 0)
        return enumerated(x, v);
    if (strcmp(keyword, "anyOf") == 0)
        return one_accepts(root, x, v);
    if (strcmp(keyword, "not") == 0)
        return !schema_accepts(root, x, v);
    if (strcmp(keyword, "minimum") == 0)
        return !json_is_integer(v) || json_integer_value(v) >= json_integer_value(x);
    if (strcmp(keyword, "maximum") == 0)
        return !json_is_integer(v) || json_integer_value(v) <= json_integer_value(x);
    if (strstr(objects, word) != NULL)
        return !json_is_object(v) || object_accepted(root, keyword, x, schema, v);
    if (strstr(arrays, word) != NULL)
        return !json_is_array(v) || array_accepted(root, keyword, x, v);
    if (strstr(strings, word) != NULL)
        return !json_is_string(v) || string_accepted(keyword, x, json_string_value(v));
    if (strstr(others, word) == NULL)
        fail_msg("%s: no keyword of these schemas", keyword);
    return true;
}

bool schema_accepts(const json_t *root, const json_t *schema, const json_t *v)
{
    const char *keyword;
    json_t *x;
    assert_true(json_is_object(schema));
    json_object_foreach ((json_t *)(uintptr_t)schema, keyword, x)
        if (!keyword_accepted(root, schema, keyword, x, v))
            return false;
    return true;
}
