#include "daemon/http/query.h"

#include <event2/http.h>
#include <stdbool.h>
#include <string.h>
#include <sys/queue.h>

static bool is_among(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static bool comes_again(const struct evkeyval *v)
{
    for (const struct evkeyval *w = TAILQ_NEXT(v, next); w != NULL; w = TAILQ_NEXT(w, next))
        if (strcmp(w->key, v->key) == 0)
            return true;
    return false;
}

/* A zero byte would end a C string early. */
int query_parse(struct evkeyvalq *out, const char *query, const char *const *names)
{
    struct evkeyval *v;
    if (query == NULL)
        query = "";
    if (strstr(query, "%00") != NULL || evhttp_parse_query_str(query, out) != 0)
        return -1;
    TAILQ_FOREACH (v, out, next) {
        if (is_among(names, v->key) && !comes_again(v))
            continue;
        evhttp_clear_headers(out);
        return -1;
    }
    return 0;
}
