/* bitacora witness: cosigns checkpoints of logs that grow append-only, and of no others. */
#include <signal.h>
#include <stdio.h>

#include "client/base/cmd.h"
#include "client/remote/trust_options.h"
#include "client/witness/witness_confine.h"
#include "proto/process/supervisor.h"

static enum outcome serve(struct witness *w, const struct witness_http_options *served,
                          const struct args *a)
{
    struct witness_http *http = witness_http_new(w, served);
    if (http == NULL)
        return OUTCOME_USAGE;
    enum outcome outcome = witness_confine(served, a->policy, a->state, !a->no_sandbox);
    if (outcome == OUTCOME_PROVEN) {
        printf("listening on %s\n", witness_http_url(http));
        fflush(stdout);
        supervisor_ready("cosigns");
        outcome = witness_http_run(http);
    }
    witness_http_free(http);
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
    struct witness_http_options served = {
        .listen = a->listen,
        .tls = { .cert = a->tls_cert, .key = a->tls_key },
        .plaintext = a->plaintext,
    };
    struct witness_options options = { .key = { a->key, a->passphrase_file },
                                       .state = a->state,
                                       .begin = a->begin };
    signal(SIGPIPE, SIG_IGN);
    supervisor_begin();
    enum outcome outcome = witness_become(&served, a->user);
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
