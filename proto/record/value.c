#include "proto/record/value.h"

#include <stdlib.h>

const struct value *value_first(const struct value *v)
{
    return value_size(v) > 0 ? v + 1 : NULL;
}

const struct value *value_next(const struct value *v, const struct value *child)
{
    const struct value *next = child + child->span;
    return next < v + v->span ? next : NULL;
}

const struct value *value_member(const struct value *object, const char *name)
{
    if (!value_is(object, VALUE_OBJECT))
        return NULL;
    value_foreach (object, member)
        if (member->name[0] == name[0] && strcmp(member->name, name) == 0)
            return member;
    return NULL;
}

static size_t text_bytes(const struct value *v)
{
    return (v->name == NULL ? 0 : strlen(v->name) + 1) +
           (v->type == VALUE_STRING ? v->count + 1 : 0);
}

/* Moves *at behind the copy of n bytes and a zero. */
static const char *copy_text(char **at, const char *text, size_t n)
{
    char *copy = memcpy(*at, text, n + 1);
    *at += n + 1;
    return copy;
}

struct value *value_copy(const struct value *v)
{
    size_t bytes = v->span * sizeof *v;
    for (uint32_t i = 0; i < v->span; i++)
        bytes += text_bytes(&v[i]);
    struct value *copy = malloc(bytes);
    if (copy == NULL)
        return NULL;
    memcpy(copy, v, v->span * sizeof *v);
    char *text = (char *)(copy + v->span);
    for (uint32_t i = 0; i < v->span; i++) {
        if (v[i].name != NULL)
            copy[i].name = copy_text(&text, v[i].name, strlen(v[i].name));
        if (v[i].type == VALUE_STRING)
            copy[i].is.text = copy_text(&text, v[i].is.text, v[i].count);
    }
    return copy;
}

void value_free(struct value *v)
{
    free(v);
}
