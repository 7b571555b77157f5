#include "client/base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/lost.h"

char *path_join(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + 2;
    char *path = kept(malloc(n));
    if (path != NULL)
        snprintf(path, n, "%s/%s", dir, name);
    return path;
}
