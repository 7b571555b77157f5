/* SIGHUP: settings, policy and the files of TLS are read again, while the log is served.
 *
 * Settings that are RELOADED (host/config.h) hold from then on; of others it is logged that they
 * changed, and that they need a restart. The policy comes into force at once (witnesses/feed.h).
 * Certificate, key and authorities of TLS are read again also where no setting changed, and are for
 * the connections that come from then on.
 *
 * Settings, policy and the files of TLS are each taken or refused as a whole, without regard to the
 * others; but where settings are refused TLS stays as it is, too. What cannot be taken is logged,
 * stays as it was, and shows in bitacora_config_last_reload_successful. */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include "daemon/http/server.h"
#include "daemon/running.h"
#include "daemon/settings.h"

/* All zero, but for the first three. */
struct reload {
    struct running *running;
    struct server *server;
    struct settings_from from;
    struct work work; /* a chore's, or in the mailbox, while busy */
    bool busy, again; /* the event loop's */
    /* What the chore found: */
    struct config next;
    bool settings_failed, policy_failed;
    struct transport *transport; /* NULL: it cannot be taken */
};

/* Begins to read them again; at once after that, if they are being read just now. ctx is a struct
 * reload, which must live until service.chores has ended. Event loop. */
void reload_begin(void *ctx);

#endif
