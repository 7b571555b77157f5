#include <inttypes.h>
#include <stdio.h>

#include "daemon/host/cmd.h"
#include "daemon/index/indexer.h"
#include "daemon/running.h"
#include "proto/sys/language.h"

static int read_settings(struct config *config, const struct cmd_args *args)
{
    config_default(config);
    if (args->config != NULL && config_read(config, args->config, objections_printed) != 0)
        return EXIT_USAGE;
    if (config->index_every == 0) /* the running log writes none: the operator asks for one */
        config->index_every = 4096;
    config->workers = 1;
    return 0;
}

/* Nobody submits anything: only the sequencer's own records come back to it. */
static void nothing_to_finish(void *ctx, struct submission *first)
{
    (void)ctx;
    (void)first;
}

/* The sequencer has said why; what could not be written is told below. */
static void nothing_to_end(void *ctx)
{
    (void)ctx;
}

static int print_done(enum indexed did, uint64_t entry, uint64_t covered)
{
    switch (did) {
    case INDEXED:
        printf(TR("entry %" PRIu64 " is an index of the %" PRIu64 " entries before it\n",
                  "el asiento %" PRIu64 " es un índice de los primeros %" PRIu64 " asientos\n"),
               entry, covered);
        return EXIT_FINE;
    case INDEXED_NOTHING:
        fputs(TR("the newest index covers all entries already\n",
                 "el índice más nuevo ya cubre todos los asientos\n"),
              stdout);
        return EXIT_FINE;
    case INDEXED_WRONG:
    case INDEXED_NOT:
        fputs(TR("bitacorad: no index was written\n", "bitacorad: no se escribió un índice\n"),
              stderr);
        break;
    }
    return EXIT_DAMAGE;
}

static int write_index(struct running *r)
{
    uint64_t entry = NO_ENTRY, covered = 0;
    const struct sequencer_callbacks callbacks = { .finish = nothing_to_finish,
                                                   .fatal = nothing_to_end };
    int code = running_start_feed(r, nothing_to_end, NULL);
    if (code == 0)
        code = running_start_sequencer(r, &callbacks);
    if (code == 0) {
        enum indexed did = indexer_run_once(r->service.indexer, &entry, &covered);
        code = print_done(did, entry, covered);
    }
    running_stop_feed(r);
    running_stop_sequencer(r);
    running_free_feed(r);
    return code;
}

static int main_index(const struct cmd_args *args)
{
    static struct running r; /* 80 kB */
    int code = read_settings(&r.service.config, args);
    r.passphrase_file = args->passphrase_file;
    if (code == 0)
        code = running_open(&r, args->dir, args->policy);
    if (code != 0)
        return code;
    code = write_index(&r);
    running_close(&r);
    return code;
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder; no daemon may be running on it",
             "la carpeta de la bitácora, sin un daemon que la use"),
    FORM_OWN("policy", "POLICY", "POLÍTICA",
             "the one that the log is run under: its witnesses are asked before anything is signed",
             "aquella con la que opera: se pregunta a sus testigos antes de firmar nada"),
    FORM_OWN("config", "FILE", "ARCHIVO", "the settings that it is run with",
             "los ajustes con los que opera"),
    FORM_END,
};

const struct subcommand command_index = {
    .name = "index",
    .run = main_index,
    .form = "dir! passphrase-file now! policy config",
    .own = own,
    .summary = { "appends an index of all entries that the newest one does not cover",
                 "asienta un índice de los asientos que el más nuevo no cubre" },
};
