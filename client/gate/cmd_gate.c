/* bitacora gate: no data without a request that the log holds, and whose key asks. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/cmd.h"
#include "client/gate/gate_bearer.h"
#include "client/gate/gate_http.h"
#include "client/remote/trust_options.h"
#include "client/serving/serving_confine.h"
#include "proto/base/scan.h"
#include "proto/process/supervisor.h"

#define LONGEST_S 3600

/* Seconds from 1 to an hour; `fallback` where the option is not there. */
static bool read_seconds(const char *option, const char *text, uint64_t fallback, uint64_t *out)
{
    *out = fallback;
    if (text == NULL || (decimal_parse(out, span_str(text)) == 0 && *out >= 1 && *out <= LONGEST_S))
        return true;
    say(TR("--%s SECONDS (1 - %d)", "--%s SEGUNDOS (1 - %d)"), option, LONGEST_S);
    return false;
}

static enum outcome confine_gate(const struct serving_options *served, const struct args *a)
{
    static struct sandbox_plan plan; /* 270 kB */
    plan.network = SANDBOX_CONNECTS;
    sandbox_add_data(&plan, a->state);
    sandbox_add_replaced(&plan, a->policy);
    sandbox_add_replaced(&plan, a->cacert);
    sandbox_add_replaced(&plan, a->cert);
    sandbox_add_replaced(&plan, a->cert_key);
    sandbox_add_replaced(&plan, getenv("SSL_CERT_FILE"));
    return serving_confine(served, &plan, !a->no_sandbox);
}

static enum outcome serve_gate(struct gate_http *h, const struct gate_http_options *options,
                               const struct args *a)
{
    enum outcome outcome = confine_gate(&options->serving, a);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    printf("listening on %s\n", gate_http_url(h));
    fflush(stdout);
    supervisor_ready("decides");
    return gate_http_run(h);
}

/* Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said which option is wrong. */
static enum outcome read_options(struct gate_http_options *out, const struct args *a)
{
    uint64_t every, stale;
    *out = (struct gate_http_options){
        .gate = { .key = { a->key, a->passphrase_file }, .state = a->state },
        .serving = { .listen = a->listen,
                     .tls = { .cert = a->tls_cert,
                              .key = a->tls_key,
                              .client_ca = a->tls_client_ca },
                     .plaintext = a->plaintext },
        .trusted_proxy = a->trusted_proxy,
    };
    if (!args_operands(a, 0, 0, TR("no operand", "ningún operando")))
        return OUTCOME_USAGE;
    if ((a->tls_cert == NULL) != (a->tls_key == NULL))
        return say_usage(TR("--tls-cert and --tls-key need each other",
                            "--tls-cert y --tls-key se necesitan uno al otro"));
    if (!gate_proxies_allowed(a->trusted_proxy))
        return say_usage(TR("--trusted-proxy %s: addresses in numbers, with commas between, such "
                            "as 127.0.0.1,::1",
                            "--trusted-proxy %s: direcciones en números, separadas por comas, como "
                            "127.0.0.1,::1"),
                         a->trusted_proxy);
    if (!read_seconds("every", a->every, GATE_EVERY_S, &every) ||
        !read_seconds("stale-after", a->stale_after, GATE_STALE_S, &stale))
        return OUTCOME_USAGE;
    out->gate.every_ms = (unsigned)every * 1000;
    out->gate.stale_ms = (int64_t)stale * 1000;
    out->gate.require_warrant = a->require_warrant;
    return trust_options_read(&out->gate.trust, a);
}

static enum outcome main_gate(const struct args *a)
{
    struct gate_http_options options;
    enum outcome outcome = read_options(&options, a);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN); /* until the server takes it, all is read for the first time */
    supervisor_begin();
    outcome = serving_become(&options.serving, a->user);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    /* What has no name lies in the state's folder, too: the sandbox knows no other. */
    setenv("TMPDIR", a->state, 1);
    struct gate_http *h = gate_http_open(&options, &outcome);
    if (h == NULL)
        return outcome;
    outcome = serve_gate(h, &options, a);
    gate_http_close(h);
    return outcome;
}

static const struct form_option own[] = {
    FORM_OWN("key", "KEY", "CLAVE", "the data holder's private key",
             "la clave privada del poseedor de datos"),
    FORM_OWN("state", "DIR", "CARPETA",
             "the folder of what the gate keeps: its mirror of the log, its journal",
             "la carpeta de lo que la puerta guarda: su copia de la bitácora, su diario"),
    FORM_OWN("every", "SECONDS", "SEGUNDOS", "how often to look at the log: 1 to 3600; absent: 2",
             "cada cuánto mirar la bitácora: de 1 a 3600; si falta: 2"),
    FORM_END,
};

const struct command command_gate = {
    .name = "gate",
    .run = main_gate,
    .form =
        FORM_FETCHING "log key! passphrase-file- listen! state! every stale-after trusted-proxy "
                      "require-warrant "
                      "[ tls-cert= tls-key= tls-client-ca | plaintext= ] user no-sandbox",
    .own = own,
    .summary = { "let data out only for requests that the log holds, to whoever signed them",
                 "deja salir datos solo por solicitudes que están en la bitácora, a quien las "
                 "firmó" },
};
