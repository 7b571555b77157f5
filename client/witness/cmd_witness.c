/* bitacora witness: cosigns checkpoints of logs that grow append-only, and of no others. */
#include <signal.h>
#include <stdio.h>

#include "client/base/cmd.h"
#include "client/remote/trust_options.h"
#include "client/serving/serving_confine.h"
#include "client/witness/witness_http.h"
#include "proto/process/supervisor.h"

static enum outcome confine_witness(const struct serving_options *served, const struct args *a)
{
    static struct sandbox_plan plan; /* 270 kB */
    plan.network = SANDBOX_NO_NETWORK;
    sandbox_add_data(&plan, a->state);
    sandbox_add_replaced(&plan, a->policy);
    return serving_confine(served, &plan, !a->no_sandbox);
}

static enum outcome serve(struct witness *w, const struct serving_options *served,
                          const struct args *a)
{
    struct witness_http http;
    if (witness_http_open(&http, w, served) != 0)
        return OUTCOME_USAGE;
    enum outcome outcome = confine_witness(served, a);
    if (outcome == OUTCOME_PROVEN) {
        printf("listening on %s\n", serving_url(http.serving));
        fflush(stdout);
        supervisor_ready("cosigns");
        outcome = serving_run(http.serving);
    }
    serving_free(http.serving);
    return outcome;
}

static enum outcome main_witness(const struct args *a)
{
    struct witness w;
    if (!args_operands(a, 0, 0, TR("no operand", "ningún operando")))
        return OUTCOME_USAGE;
    if ((a->tls_cert == NULL) != (a->tls_key == NULL))
        return say_usage(TR("--tls-cert and --tls-key need each other",
                            "--tls-cert y --tls-key se necesitan uno al otro"));
    struct serving_options served = {
        .listen = a->listen,
        .tls = { .cert = a->tls_cert, .key = a->tls_key },
        .plaintext = a->plaintext,
    };
    struct witness_options options = { .key = { a->key, a->passphrase_file },
                                       .state = a->state,
                                       .begin = a->begin };
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN); /* until the server takes it, all is read for the first time */
    supervisor_begin();
    enum outcome outcome = serving_become(&served, a->user);
    if (outcome == OUTCOME_PROVEN)
        outcome = trust_options_read(&options.trust, a);
    if (outcome == OUTCOME_PROVEN)
        outcome = witness_open(&w, &options);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = serve(&w, &served, a);
    witness_close(&w);
    return outcome;
}

static const struct form_option witness_options[] = {
    FORM_OWN("key", "FILE", "ARCHIVO", "the witness's private key", "la clave privada del testigo"),
    FORM_OWN("policy", "POLICY", "POLÍTICA", "file: the logs that are cosigned",
             "archivo: las bitácoras que se cofirman"),
    FORM_OWN("state", "DIR", "CARPETA", "the folder of what a witness must not forget",
             "la carpeta de lo que un testigo no debe olvidar"),
    FORM_END,
};

const struct command command_witness = {
    .name = "witness",
    .run = main_witness,
    .form =
        "key! passphrase-file- policy! listen! state! begin [ tls-cert= tls-key= | plaintext= ] "
        "user no-sandbox",
    .own = witness_options,
    .summary = { "cosign the checkpoints of logs that only grow (c2sp.org/tlog-witness)",
                 "cofirma los puntos de control de las bitácoras que solo crecen "
                 "(c2sp.org/tlog-witness)" },
};
