#include "daemon/settings.h"

#include <unistd.h>

int settings_read(struct config *c, const struct settings_from *from, objections *to)
{
    config_default(c);
    c->plaintext = from->plaintext;
    c->socket = from->socket;
    if (from->file != NULL && config_read(c, from->file, to) != 0)
        return -1;
    if (from->listen != NULL)
        snprintf(c->listen, sizeof c->listen, "%s", from->listen);
    if (c->workers == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        c->workers = cores < 1 ? 1 : cores > 256 ? 256 : cores;
    }
    return 0;
}
