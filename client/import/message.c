#include "client/import/message.h"

#include "client/base/lost.h"

const char *local_name(const char *name)
{
    const char *brace = strrchr(name, '}'), *colon = strrchr(name, ':');
    const char *cut = brace > colon ? brace : colon;
    return cut == NULL ? name : cut + 1;
}

/* Namespaces and types: they say nothing by themselves. */
static bool is_notation(const char *name)
{
    return strncmp(name, "@xmlns", 6) == 0 || strncmp(name, "@xsi:", 5) == 0;
}

static const char *find_member(const json_t *object, const char *name, json_t **value)
{
    const char *key;
    json_object_foreach ((json_t *)(uintptr_t)object, key, *value) {
        if (key[0] != '@' && strcmp(local_name(key), name) == 0)
            return key;
    }
    *value = NULL;
    return NULL;
}

json_t *peek(const json_t *object, const char *name)
{
    json_t *v;
    find_member(object, name, &v);
    return v;
}

const char *peek_text(const json_t *object, const char *name)
{
    return json_string_value(peek(object, name));
}

json_t *take(json_t *object, const char *name)
{
    json_t *v;
    const char *key = find_member(object, name, &v);
    if (key == NULL)
        return NULL;
    json_incref(v);
    json_object_del(object, key);
    return v;
}

json_t *take_object(json_t *object, const char *name)
{
    return json_is_object(peek(object, name)) ? take(object, name) : NULL;
}

size_t items(const json_t *v)
{
    return json_is_array(v) ? json_array_size(v) : v == NULL ? 0 : 1;
}

json_t *item(json_t *v, size_t i)
{
    return json_is_array(v) ? json_array_get(v, i) : v;
}

void name_unmapped(const struct import_place *at, const char *what)
{
    say(TR("%s: %s %s: not mapped: %s", "%s: %s %s: sin correspondencia: %s"), at->file, at->type,
        at->id, what);
}

void name_rest(const struct import_place *at, const char *path, json_t *rest)
{
    const char *name;
    json_t *v;
    struct buf b = { 0 };
    json_object_foreach (rest, name, v) {
        if (is_notation(name))
            continue;
        buf_clear(&b);
        buf_addf(&b, "%s%s%s", path, *path == 0 ? "" : ".", local_name(name));
        name_unmapped(at, kept_text(&b));
    }
    if (rest != NULL && !json_is_object(rest))
        name_unmapped(at, path);
    buf_free(&b);
    json_decref(rest);
}
