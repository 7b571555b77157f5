#include "client/base/json_stream.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_gen.h>

#include "client/base/say.h"

struct json_stream {
    yajl_gen gen;
};

/* Its only failures are those of memory and of calls in the wrong order. */
static void done(yajl_gen_status status)
{
    if (status != yajl_gen_status_ok)
        die_of_memory();
}

/* What cannot be written is noticed when standard output is closed. */
static void print(void *ctx, const char *text, size_t n)
{
    (void)ctx;
    fwrite(text, 1, n, stdout);
}

static void add_text(yajl_gen g, const char *text, size_t n)
{
    done(yajl_gen_string(g, (const unsigned char *)text, n));
}

static void add(yajl_gen g, json_t *v);

static void add_members(yajl_gen g, json_t *object)
{
    const char *name;
    json_t *member;
    json_object_foreach (object, name, member) {
        add_text(g, name, strlen(name));
        add(g, member);
    }
}

static void add_items(yajl_gen g, json_t *array)
{
    size_t i;
    json_t *item;
    json_array_foreach (array, i, item)
        add(g, item);
}

static void add(yajl_gen g, json_t *v)
{
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
        add_text(g, json_string_value(v), json_string_length(v));
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

struct json_stream *json_stream_begin(void)
{
    struct json_stream *s = must(malloc(sizeof *s));
    s->gen = must(yajl_gen_alloc(NULL));
    yajl_gen_config(s->gen, yajl_gen_print_callback, print, NULL);
    json_stream_object(s);
    return s;
}

void json_stream_end(struct json_stream *s)
{
    json_stream_object_end(s);
    yajl_gen_free(s->gen);
    free(s);
    putchar('\n');
    fflush(stdout);
}

void json_stream_members(struct json_stream *s, json_t *object)
{
    add_members(s->gen, object);
    json_decref(object);
}

void json_stream_list(struct json_stream *s, const char *name)
{
    add_text(s->gen, name, strlen(name));
    done(yajl_gen_array_open(s->gen));
}

void json_stream_item(struct json_stream *s, json_t *item)
{
    add(s->gen, item);
    json_decref(item);
}

void json_stream_list_end(struct json_stream *s)
{
    done(yajl_gen_array_close(s->gen));
}

void json_stream_object(struct json_stream *s)
{
    done(yajl_gen_map_open(s->gen));
}

void json_stream_object_end(struct json_stream *s)
{
    done(yajl_gen_map_close(s->gen));
}
