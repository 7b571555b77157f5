#include "client/base/json_put.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "proto/base/base64.h"
#include "proto/base/reason.h"
#include "proto/base/scan.h"

json_t *json_made(json_t *v)
{
    return kept(v);
}

void json_put(json_t *object, const char *name, json_t *v)
{
    if (json_object_set_new(object, name, v) != 0)
        lost(ENOMEM);
}

void json_push(json_t *array, json_t *v)
{
    if (json_array_append_new(array, v) != 0)
        lost(ENOMEM);
}

json_t *json_text(const char *text)
{
    return json_made(json_string(text));
}

json_t *json_path(const char *path)
{
    char text[PATH_MAX];
    printable_copy(text, sizeof text, span_str(path));
    return json_text(text);
}

json_t *json_list(void)
{
    return json_made(json_array());
}

/* What a terminal might take for a command can stand in strings alone, and there an escape is
 * the same. Jansson escapes what JSON forbids; these are the others. */
static void add_json(struct buf *out, const char *text)
{
    struct span s = span_str(text);
    while (s.n > 0) {
        struct span before = s;
        int32_t c = utf8_next(&s);
        struct span one = span_of(before.p, before.n - s.n);
        if (c < 0x7F || (c != 0x2028 && c != 0x2029 && text_is_plain(one)))
            buf_add_span(out, one);
        else if (c <= 0xFFFF)
            buf_addf(out, "\\u%04x", (unsigned)c);
        else
            buf_addf(out, "\\u%04x\\u%04x", 0xD800 + (unsigned)((c - 0x10000) >> 10),
                     0xDC00 + (unsigned)((c - 0x10000) & 0x3FF));
    }
}

void json_line(struct buf *out, const json_t *v)
{
    char *text = kept(v == NULL ? NULL : json_dumps(v, JSON_COMPACT));
    if (text != NULL) {
        add_json(out, text);
        buf_adds(out, "\n");
    }
    if (out->failed)
        lost(ENOMEM);
    free(text);
}

/* An object from which something was lost is not shown: nobody could see that it is not whole. */
void say_json(json_t *v)
{
    struct buf out = { 0 };
    trouble_add(v);
    json_line(&out, v);
    if (!lost_any())
        fwrite(out.p, 1, out.n, stdout);
    fflush(stdout);
    buf_free(&out);
    json_decref(v);
}

json_t *json_of_hash(const struct hash *h)
{
    char text[48];
    base64_encode(text, h->b, HASH_BYTES);
    return json_text(text);
}

json_t *json_of_index(uint64_t index)
{
    return index == NO_ENTRY ? json_null() : json_made(json_integer((json_int_t)index));
}

static json_t *array_of(const struct value *v)
{
    json_t *out = json_list();
    value_foreach (v, element)
        json_push(out, json_of_value(element));
    return out;
}

static json_t *object_of(const struct value *v)
{
    json_t *out = json_made(json_object());
    value_foreach (v, member)
        json_put(out, member->name, json_of_value(member));
    return out;
}

json_t *json_of_value(const struct value *v)
{
    if (v == NULL)
        return NULL;
    switch (v->type) {
    case VALUE_STRING:
        return json_made(json_stringn(v->is.text, v->count));
    case VALUE_INTEGER:
        return json_made(json_integer(v->is.integer));
    case VALUE_BOOLEAN:
        return json_boolean(v->is.integer != 0);
    case VALUE_NULL:
        return json_null();
    case VALUE_ARRAY:
        return array_of(v);
    case VALUE_OBJECT:
        return object_of(v);
    }
    return NULL;
}
