#include "client/kinds/ruleset_file.h"

#include <errno.h>

#include "client/base/lost.h"
#include "proto/base/limits.h"
#include "proto/sys/files.h"

static struct ruleset *parse_ruleset(const struct buf *file, const char *path)
{
    struct refusal why;
    struct ruleset *r = ruleset_parse(buf_span(file), &why);
    if (r == NULL)
        say_refusal(path, &why);
    return r;
}

struct ruleset *ruleset_file_read(struct buf *file, const char *path)
{
    enum file read = FILE_OK;
    if (path != NULL)
        read = file_read(file, path, RULESET_MAX);
    else
        buf_add_span(file, ruleset_builtin());
    if (read == FILE_OK && file->failed) {
        lost(ENOMEM);
        return NULL;
    }
    if (read != FILE_OK) {
        say(TR("the ruleset %s could not be read: %s",
               "no se pudo leer el conjunto de reglas %s: %s"),
            path, file_cause(read));
        return NULL;
    }
    return parse_ruleset(file, path);
}

struct ruleset *ruleset_file_newest(struct buf *file)
{
    buf_add_span(file, ruleset_newest());
    if (!file->failed)
        return parse_ruleset(file, NULL);
    lost(ENOMEM);
    return NULL;
}
