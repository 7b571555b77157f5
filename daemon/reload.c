#include "daemon/reload.h"

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/net/transport.h"
#include "proto/process/supervisor.h"
#include "proto/sys/clock.h"

static struct reload *reload_of(struct work *w)
{
    return (struct reload *)(void *)((char *)w - offsetof(struct reload, work));
}

/* Returns whether it could be. */
static bool take_up_transport(struct reload *r)
{
    bool taken = r->transport != NULL &&
                 server_take_transport(r->server, r->transport, objections_logged) == 0;
    r->transport = NULL;
    return taken;
}

static const char *settings_words(const struct reload *r)
{
    if (!r->policy_failed && !r->settings_failed)
        return "settings and policy were read again";
    if (!r->policy_failed)
        return "the settings stay as they were; the policy was read again";
    return r->settings_failed ? "settings and policy stay as they were"
                              : "the policy stays as it was; the settings were read again";
}

/* In the event loop: the settings are its. */
static void take_up_settings(struct work *w)
{
    struct reload *r = reload_of(w);
    struct config *config = &r->running->service.config;
    bool former_tls = !take_up_transport(r) && !r->settings_failed;
    bool failed = former_tls || r->settings_failed || r->policy_failed;
    if (!r->settings_failed) {
        config_take(config, &r->next);
        log_from((enum log_level)config->log_level);
        log_as((enum log_format)config->log_format);
        const struct pending_limits limits = running_pending_limits(config);
        blobs_limit(r->running->service.blobs, &limits);
        server_take_limits(r->server);
    }
    metric_set(METRIC_RELOAD_SUCCESSFUL, !failed);
    if (!failed)
        metric_set(METRIC_RELOAD_SUCCESS, clock_wall() / 1000);
    log_line(failed ? LOG_ERROR : LOG_INFO, "SIGHUP: %s%s",
             former_tls ? "certificate and key of TLS stay as they were; " : "", settings_words(r));
    r->busy = false;
    if (r->again)
        reload_begin(r);
    else
        supervisor_ready(failed ? "serves; what was to be read again stays as it was, in part"
                                : "serves");
}

/* In a thread that may wait for the disk. */
static void read_again(struct work *w)
{
    struct reload *r = reload_of(w);
    r->settings_failed = settings_read(&r->next, &r->from, objections_logged) != 0;
    r->transport = r->settings_failed ? NULL : transport_open(&r->next, objections_logged);
    r->policy_failed = running_reload_policy(r->running) != 0;
    r->work.run = take_up_settings;
    queue_push(r->running->service.mailbox, &r->work);
}

void reload_begin(void *ctx)
{
    struct reload *r = ctx;
    r->again = r->busy;
    if (r->busy)
        return;
    r->busy = true;
    supervisor_reloading();
    r->work.run = read_again;
    pool_push(r->running->service.chores, &r->work);
}
