#include "client/base/json_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_gen.h>

#include "client/base/lost.h"
#include "client/base/trouble.h"

struct json_stream {
    yajl_gen gen;
};

/* Its only failures are those of memory and of calls in the wrong order. */
static void done(yajl_gen_status status)
{
    if (status != yajl_gen_status_ok)
        lost(ENOMEM);
}

/* What cannot be written is noticed when standard output is closed. */
static void print(void *ctx, const char *text, size_t n)
{
    (void)ctx;
    fwrite(text, 1, n, stdout);
}

static void write_text(yajl_gen g, const char *text, size_t n)
{
    done(yajl_gen_string(g, (const unsigned char *)text, n));
}

static void write_value(yajl_gen g, json_t *v);

static void add_members(yajl_gen g, json_t *object)
{
    const char *name;
    json_t *member;
    json_object_foreach (object, name, member) {
        write_text(g, name, strlen(name));
        write_value(g, member);
    }
}

static void add_items(yajl_gen g, json_t *array)
{
    size_t i;
    json_t *item;
    json_array_foreach (array, i, item)
        write_value(g, item);
}

static void write_value(yajl_gen g, json_t *v)
{
    if (v == NULL) /* which was recorded when it could not be made */
        return;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        done(yajl_gen_map_open(g));
        add_members(g, v);
        done(yajl_gen_map_close(g));
        return;
    case JSON_ARRAY:
        done(yajl_gen_array_open(g));
        add_items(g, v);
        done(yajl_gen_array_close(g));
        return;
    case JSON_STRING:
        write_text(g, json_string_value(v), json_string_length(v));
        return;
    case JSON_INTEGER:
        done(yajl_gen_integer(g, json_integer_value(v)));
        return;
    case JSON_REAL:
        done(yajl_gen_double(g, json_real_value(v)));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        done(yajl_gen_bool(g, json_is_true(v)));
        return;
    case JSON_NULL:
        done(yajl_gen_null(g));
        return;
    }
}

static bool is_writable(const struct json_stream *s)
{
    return s != NULL && !lost_any();
}

struct json_stream *json_stream_begin(void)
{
    struct json_stream *s = kept(calloc(1, sizeof *s));
    trouble_shown();
    if (s == NULL)
        return NULL;
    s->gen = kept(yajl_gen_alloc(NULL));
    if (s->gen == NULL) {
        free(s);
        return NULL;
    }
    yajl_gen_config(s->gen, yajl_gen_print_callback, print, NULL);
    json_stream_object(s);
    return s;
}

void json_stream_end(struct json_stream *s)
{
    json_stream_object_end(s);
    if (is_writable(s))
        putchar('\n');
    fflush(stdout);
    if (s != NULL)
        yajl_gen_free(s->gen);
    free(s);
}

void json_stream_members(struct json_stream *s, json_t *object)
{
    trouble_add(object);
    if (is_writable(s))
        add_members(s->gen, object);
    json_decref(object);
}

void json_stream_list(struct json_stream *s, const char *name)
{
    if (!is_writable(s))
        return;
    write_text(s->gen, name, strlen(name));
    done(yajl_gen_array_open(s->gen));
}

void json_stream_item(struct json_stream *s, json_t *item)
{
    if (is_writable(s))
        write_value(s->gen, item);
    json_decref(item);
}

void json_stream_list_end(struct json_stream *s)
{
    if (is_writable(s))
        done(yajl_gen_array_close(s->gen));
}

void json_stream_object(struct json_stream *s)
{
    if (is_writable(s))
        done(yajl_gen_map_open(s->gen));
}

void json_stream_object_end(struct json_stream *s)
{
    if (is_writable(s))
        done(yajl_gen_map_close(s->gen));
}
