#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/access/access.h"
#include "daemon/check.h"
#include "daemon/host/cmd.h"
#include "daemon/host/confine.h"
#include "daemon/host/log.h"
#include "daemon/http/http_wait.h"
#include "daemon/http/replies.h"
#include "daemon/http/server.h"
#include "daemon/http/visit.h"
#include "daemon/index/indexer.h"
#include "daemon/reload.h"
#include "daemon/running.h"
#include "daemon/starting.h"
#include "proto/process/supervisor.h"
#include "proto/sys/language.h"

static int check_listen(const char *listen)
{
    if (listen == NULL || strlen(listen) < LISTEN_MAX)
        return 0;
    return cmd_usage(&command_run,
                     TR("--listen %s: it must be HOST:PORT, at most %u bytes",
                        "--listen %s: debe ser HOST:PUERTO, a lo sumo %u bytes"),
                     listen, LISTEN_MAX - 1);
}

/* ---- threads --------------------------------------------------------------------------------- */

static int start_threads(struct running *r, struct server *server)
{
    struct service *s = &r->service;
    s->workers = pool_new((unsigned)s->config.workers);
    s->readers = s->workers == NULL ? NULL : pool_new((unsigned)s->config.read_threads);
    s->answerer = s->readers == NULL ? NULL : pool_new(1);
    s->chores = s->answerer == NULL ? NULL : pool_new(1);
    const struct sequencer_callbacks callbacks = { .finish = replies_finish,
                                                   .fatal = server_fail,
                                                   .ctx = server };
    if (s->chores != NULL) {
        int code = running_start_sequencer(r, &callbacks);
        if (code != 0 || ((s->indexer == NULL || indexer_start(s->indexer) == 0) &&
                          (s->access == NULL || access_start(s->access, visits_recorded) == 0)))
            return code;
    }
    log_line(LOG_ERROR, "threads cannot be started: out of memory");
    return EXIT_DAMAGE;
}

/* By now nothing is under way: what the threads still hold has been answered. */
static void stop_threads(struct running *r)
{
    struct service *s = &r->service;
    pool_free(s->chores);
    running_stop_feed(r);
    pool_free(s->answerer);
    pool_free(s->readers);
    access_stop(s->access);
    running_stop_sequencer(r);
    pool_free(s->workers);
    running_free_feed(r);
    access_free(s->access);
}

static int serve(struct running *r, const struct settings_from *from)
{
    struct server *server = server_new(&r->service);
    static struct reload reload; /* some kilobytes */
    if (server == NULL)
        return EXIT_USAGE;
    reload = (struct reload){ .running = r, .server = server, .from = *from };
    server_on_hangup(server, reload_begin, &reload);
    int code = access_open(&r->service.access, &r->service, r->datadir.path) == 0 ? 0 : EXIT_DAMAGE;
    if (code == 0)
        code = starting_sandbox(r, from);
    if (code == 0)
        code = running_start_feed(r, waits_witnessed, server);
    if (code == 0)
        code = start_threads(r, server);
    if (code == 0) {
        printf("listening on %s\n", server_url(server));
        fflush(stdout);
        supervisor_ready("serves");
        code = server_run(server);
    }
    stop_threads(r);
    server_free(server);
    return code;
}

/* Answers of some kilobytes are made by one thread and freed by another: glibc's malloc would
 * join its small pieces anew each time, and give memory back to the system only to ask for it
 * again. */
static void tune_malloc(void)
{
    mallopt(M_MXFAST, 0);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
}

static int main_run(const struct cmd_args *args)
{
    static struct running r; /* 80 kB */
    struct settings_from from = { .file = args->config,
                                  .listen = args->listen,
                                  .plaintext = args->plaintext };
    signal(SIGHUP, SIG_IGN); /* until the server takes it, all is read for the first time */
    supervisor_begin();
    int code = check_listen(args->listen);
    if (code == 0 && !args->check)
        code = starting_socket(&from, args->user);
    if (code == 0 && (args->user != NULL || !args->check)) /* what it can read from now on, it can
                                                            * read at SIGHUP, too */
        code = confine_user(args->user);
    const struct check_of all = {
        .dir = args->dir,
        .policy = args->policy,
        .passphrase_file = args->passphrase_file,
        .no_mark = args->no_mark,
        .from = from,
    };
    if (code != 0 || args->check)
        return code != 0 ? code : check_start(&all);
    if (settings_read(&r.service.config, &from, objections_printed) != 0)
        return EXIT_USAGE;
    log_from((enum log_level)r.service.config.log_level);
    log_as((enum log_format)r.service.config.log_format);
    tune_malloc();
    r.no_mark = args->no_mark;
    r.service.clock_doubted = true;
    r.passphrase_file = args->passphrase_file;
    code = starting_accelerator(&r);
    if (code == 0)
        code = running_open(&r, args->dir, args->policy);
    if (code != 0)
        return code;
    code = serve(&r, &from);
    running_close(&r);
    return code;
}

/* As part of --help, behind the options. */
static void print_settings(FILE *to)
{
    fputs(TR("\nSettings, with what holds if they are absent:\n",
             "\nAjustes, con lo que vale si faltan:\n"),
          to);
    config_print(to);
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder, as init made it",
             "la carpeta de la bitácora, como la hizo init"),
    FORM_END,
};

const struct subcommand command_run = {
    .name = "run",
    .run = main_run,
    .form = "dir! passphrase-file listen plaintext policy config no-mark user check",
    .own = own,
    .summary = { "serves the log, until it is ended",
                 "sirve la bitácora, hasta que se le termine" },
    .print_more = print_settings,
};
