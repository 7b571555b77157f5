#include "daemon/starting.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "daemon/host/confine.h"
#include "daemon/host/log.h"
#include "daemon/net/transport.h"
#include "proto/net/listening.h"
#include "proto/process/passed_socket.h"
#include "proto/sys/language.h"

/* ---- the socket ------------------------------------------------------------------------------ */

static int listen_now(int *fd, const struct config *config)
{
    const struct listening_options options = transport_listening(config);
    enum listening_result result = listening_bind(fd, &options);
    transport_object_listening(result, config->listen, objections_logged);
    return result == LISTENING_OPEN ? 0 : EXIT_USAGE;
}

int starting_socket(struct settings_from *from, const char *user)
{
    static struct config config; /* some kilobytes */
    const char *cause;
    if (passed_socket_take(&from->socket, &cause, (unsigned)language_get()) != 0) {
        object(objections_printed, "%s", cause);
        return EXIT_USAGE;
    }
    if (from->socket != 0)
        log_line(LOG_INFO, "a socket was passed: the setting listen means nothing");
    if (from->socket != 0 || user == NULL)
        return 0;
    if (settings_read(&config, from, objections_printed) != 0)
        return EXIT_USAGE;
    return listen_now(&from->socket, &config);
}

/* ---- the accelerator ------------------------------------------------------------------------- */

int starting_accelerator(struct running *r)
{
    struct accelerator *a = &r->accelerator;
    if (accelerator_open(a, accelerator_path(r->service.config.accelerator)) != 0) {
        object(objections_printed, "%s", a->fallback);
        return EXIT_USAGE;
    }
    if (a->fallback[0] != 0)
        log_line(LOG_WARNING, "%s", a->fallback);
    if (a->verifier.lanes != NULL) {
        log_line(LOG_INFO, "requests and responses are judged by the accelerator %s (%s)", a->name,
                 a->software);
        r->service.accelerator = a->name;
    }
    r->service.verifier = &a->verifier;
    return 0;
}

/* ---- the sandbox ----------------------------------------------------------------------------- */

/* Whom it connects to: witnesses, which a policy may get while the log runs; the signer. */
static enum sandbox_network network_of(const struct running *r)
{
    return r->policy != NULL                  ? SANDBOX_CONNECTS
           : r->service.config.signer[0] != 0 ? SANDBOX_LOCAL
                                              : SANDBOX_NO_NETWORK;
}

/* The authorities of witnesses' certificates, as libcurl and OpenSSL look for them. */
static void add_authorities(struct sandbox_plan *plan, const struct config *config)
{
    const char *folder = getenv("SSL_CERT_DIR");
    sandbox_add_replaced(plan, config->cacert);
    sandbox_add_replaced(plan, getenv("SSL_CERT_FILE"));
    if (folder != NULL && access(folder, F_OK) == 0)
        sandbox_add(plan, SANDBOX_READ, folder);
}

int starting_sandbox(const struct running *r, const struct settings_from *from)
{
    static struct sandbox_plan plan; /* 270 kB */
    const struct config *config = &r->service.config;
    plan.network = network_of(r);
    sandbox_add_data(&plan, r->datadir.path);
    sandbox_add_replaced(&plan, from->file);
    sandbox_add_replaced(&plan, r->policy);
    sandbox_add_replaced(&plan, config->tls_cert);
    sandbox_add_replaced(&plan, config->tls_key);
    sandbox_add_replaced(&plan, config->tls_client_ca);
    if (plan.network == SANDBOX_CONNECTS)
        add_authorities(&plan, config);
    return confine(&plan, config->sandbox == SANDBOX_ON);
}

void starting_print_sandbox(const struct config *c)
{
    struct sandbox_state state = { SANDBOX_UNWANTED, SANDBOX_UNWANTED };
    if (c->sandbox == SANDBOX_ON)
        state = sandbox_look();
    printf(TR("sandbox: %s\n", "confinamiento: %s\n"),
           sandbox_words(state, (unsigned)language_get()));
}
