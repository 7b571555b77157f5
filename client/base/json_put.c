#include "client/base/json_put.h"

#include <errno.h>

#include "client/base/lost.h"

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

json_t *json_list(void)
{
    return json_made(json_array());
}
