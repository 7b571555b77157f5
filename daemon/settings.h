/* The settings of `bitacorad run` as they hold: defaults, then the file, then the command line. Main
 * thread, or the one that reads them again. */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include "daemon/host/config.h"
#include "daemon/host/objection.h"
#include "proto/base/must_use.h"

/* What the command line says of settings. */
struct settings_from {
    const char *file;   /* --config; NULL: none */
    const char *listen; /* --listen, shorter than LISTEN_MAX; NULL: as the file says */
    bool plaintext;     /* --plaintext */
    int socket;         /* that is listened on already; 0: none */
};

/* Sets *c. Returns 0, or -1 after it objected. */
MUST_USE int settings_read(struct config *c, const struct settings_from *from, objections *to);

#endif
