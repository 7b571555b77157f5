#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/append/sequencer.h"
#include "daemon/host/cmd.h"
#include "daemon/host/datadir.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/http/http_wait.h"
#include "daemon/http/replies.h"
#include "daemon/http/server.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "daemon/witnesses/feed.h"
#include "daemon/witnesses/rollback.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/tlog/policy.h"

struct run {
    const struct cmd_args *args;
    struct datadir datadir;
    struct service service;
    struct tip tip;
    struct log_signer *signer;
    struct policy *witnesses; /* what the log is to be witnessed under; NULL: it signs alone */
    struct server *server;
};

static int read_settings(struct run *r)
{
    struct config *config = &r->service.config;
    const char *listen = r->args->listen;
    config_default(config);
    if (r->args->config != NULL && config_read(config, r->args->config) != 0)
        return EXIT_USAGE;
    if (listen != NULL && strlen(listen) >= sizeof config->listen)
        return cmd_usage(&command_run,
                         TR("--listen %s: it must be HOST:PORT, at most %u bytes",
                            "--listen %s: debe ser HOST:PUERTO, a lo sumo %u bytes"),
                         listen, LISTEN_MAX - 1);
    if (listen != NULL)
        snprintf(config->listen, sizeof config->listen, "%s", listen);
    if (config->workers == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        config->workers = cores < 1 ? 1 : cores > 256 ? 256 : cores;
    }
    return 0;
}

/* ---- policy ---------------------------------------------------------------------------------- */

/* A policy of another log would have its witnesses cosign in vain. */
static bool is_of_this_log(const struct policy *policy, const struct vkey *key, const char *path)
{
    for (size_t i = 0; policy_one_log(policy) && i < policy_logs(policy); i++)
        if (vkey_eq(&policy_log(policy, i)->key, key))
            return true;
    struct buf ours = { 0 };
    vkey_format(&ours, key);
    if (policy_logs(policy) != 1)
        terminal_print(
            stderr,
            TR("bitacorad: %s names %zu logs: a policy to run under names one, this log (%s)\n",
               "bitacorad: %s nombra %zu bitácoras: una política para operar nombra una, esta "
               "(%s)\n"),
            path, policy_logs(policy), buf_str(&ours));
    else
        terminal_print(
            stderr,
            TR("bitacorad: %s is not a policy of this log: its log key is another (%s) than that "
               "of log.key (%s)\n",
               "bitacorad: %s no es una política de esta bitácora: su clave es otra (%s) que la "
               "de log.key (%s)\n"),
            path, policy_log(policy, 0)->key.name, buf_str(&ours));
    buf_free(&ours);
    return false;
}

static struct policy *parse_policy(struct span text, const char *path)
{
    struct refusal why;
    struct policy *policy = policy_parse(text, &why);
    if (policy == NULL) {
        struct buf sentence = { 0 };
        refusal_sentence(&sentence, &why, language_get());
        terminal_print(stderr, "bitacorad: %s: %s\n", path, buf_str(&sentence));
        buf_free(&sentence);
    }
    return policy;
}

/* Reads --policy: witnesses, their URLs and the quorum. Returns 0, with NULL where the log signs
 * alone, or an exit code. */
static int read_own_policy(const struct run *r, struct policy **out)
{
    struct buf text = { 0 };
    *out = NULL;
    if (r->args->policy == NULL)
        return 0;
    if (file_read_at_once(&text, r->args->policy, POLICY_MAX) != FILE_OK) {
        terminal_print(stderr,
                       TR("bitacorad: cannot read %s: %s\n", "bitacorad: no se pudo leer %s: %s\n"),
                       r->args->policy, errno_words(errno));
        buf_free(&text);
        return EXIT_USAGE;
    }
    struct policy *policy = parse_policy(buf_span(&text), r->args->policy);
    buf_free(&text);
    bool good = policy != NULL && is_of_this_log(policy, &r->service.vkey, r->args->policy);
    if (good && !policy_trusts_log_alone(policy))
        *out = policy;
    else
        policy_free(policy);
    return good ? 0 : EXIT_USAGE;
}

/* ---- the parts, in order --------------------------------------------------------------------- */

static int load_log(struct run *r)
{
    struct store_txn *txn;
    struct registry *registry;
    const char *cause = "it cannot be read";
    enum store_result result = store_begin(&txn, r->service.store, STORE_READ);
    if (result == STORE_OK) {
        result = tip_load(&r->tip, &registry, txn, &r->service.vkey, &cause);
        store_end(txn);
    }
    if (result != STORE_OK) {
        log_line(LOG_ERROR, "the log in %s is damaged: %s; run bitacorad fsck", r->args->dir,
                 cause);
        return EXIT_DAMAGE;
    }
    signers_replace(&r->service.signers, registry);
    if (receipts_open(&r->service) != 0) {
        log_line(LOG_ERROR, "the store cannot be read: out of memory");
        return EXIT_DAMAGE;
    }
    newest_set(&r->service.newest, &r->tip);
    metric_set(METRIC_APPENDING, 1);
    return 0;
}

/* What was ordered erased is gone before anybody can ask. */
static int open_blobs(struct run *r)
{
    char dir[PATH_MAX];
    struct service *s = &r->service;
    datadir_file(&r->datadir, dir, "blobs");
    if (datadir_make_blobs(&r->datadir) != 0)
        return EXIT_DAMAGE;
    const struct pending_limits limits = { .blobs = s->config.pending_blobs,
                                           .bytes = s->config.pending_bytes,
                                           .share = s->config.pending_share };
    s->blobs = blobs_open(dir, &limits);
    s->erasing = erasing_new();
    if (s->blobs == NULL || s->erasing == NULL)
        return EXIT_DAMAGE;
    erasing_all(s);
    return 0;
}

static int start_threads(struct run *r)
{
    struct service *s = &r->service;
    s->workers = pool_new((unsigned)s->config.workers);
    s->readers = s->workers == NULL ? NULL : pool_new((unsigned)s->config.readers);
    const struct sequencer_callbacks callbacks = { .finish = replies_finish,
                                                   .fatal = server_fail,
                                                   .ctx = r->server };
    if (s->readers != NULL)
        s->sequencer = sequencer_new(s, r->signer, &r->tip, &callbacks);
    if (s->sequencer != NULL)
        return 0;
    log_line(LOG_ERROR, "threads cannot be started: out of memory");
    return EXIT_DAMAGE;
}

/* By now nothing is under way: what the threads still hold has been answered. */
static void stop_threads(struct service *s)
{
    feed_stop(s->feed);
    pool_free(s->readers);
    sequencer_free(s->sequencer);
    pool_free(s->workers);
    feed_free(s->feed);
    s->feed = NULL;
}

/* Witnesses are asked before anything is signed: the sequencer waits for their first answers. */
static int start_feed(struct run *r)
{
    struct service *s = &r->service;
    if (r->witnesses == NULL)
        return rollback_judge_alone(s, r->datadir.path) == 0 ? 0 : EXIT_DAMAGE;
    s->feed = feed_new(s, r->witnesses, r->datadir.path, waits_witnessed, r->server);
    r->witnesses = NULL; /* the feed's now */
    return s->feed != NULL && feed_start(s->feed) == 0 ? 0 : EXIT_DAMAGE;
}

static int serve(struct run *r)
{
    r->server = server_new(&r->service);
    if (r->server == NULL)
        return EXIT_USAGE;
    int code = start_feed(r);
    if (code == 0)
        code = start_threads(r);
    if (code == 0) {
        printf("listening on %s\n", server_url(r->server));
        fflush(stdout);
        code = server_run(r->server);
    }
    stop_threads(&r->service);
    server_free(r->server);
    return code;
}

/* Reads the log's key: its private part is the signer's from then on. */
static int open_signer(struct run *r)
{
    struct skey key;
    if (datadir_read_key(&r->datadir, &key) != 0)
        return EXIT_USAGE;
    r->service.vkey = key.vkey;
    r->signer = log_signer_new(&key);
    if (r->signer != NULL)
        return 0;
    log_line(LOG_ERROR, "out of memory");
    return EXIT_DAMAGE;
}

static int open_store(struct run *r)
{
    char dir[PATH_MAX];
    const struct config *config = &r->service.config;
    unsigned transactions =
        (unsigned)(config->workers + config->readers) + 16 + POLICY_WITNESSES_MAX;
    datadir_file(&r->datadir, dir, r->datadir.store);
    return store_open(&r->service.store, dir, STORE_USE, (uint64_t)config->map_size,
                      transactions) == 0
               ? 0
               : EXIT_DAMAGE;
}

static int run_on_store(struct run *r)
{
    struct service *s = &r->service;
    int code = load_log(r);
    if (code == 0)
        code = open_blobs(r);
    if (code == 0)
        code = serve(r);
    erasing_free(s->erasing);
    blobs_close(s->blobs);
    receipts_close(s);
    snapshot_release(s->newest.snapshot);
    store_close(s->store);
    return code;
}

static int run_locked(struct run *r)
{
    int code = open_signer(r);
    if (code == 0)
        code = read_own_policy(r, &r->witnesses);
    if (code == 0)
        code = open_store(r);
    if (code == 0)
        code = run_on_store(r);
    policy_free(r->witnesses);
    log_signer_free(r->signer);
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
    static struct run r; /* 70 kB */
    r.args = args;
    int code = read_settings(&r);
    if (code != 0)
        return code;
    signal(SIGPIPE, SIG_IGN);
    tune_malloc();
    json_object_seed(0); /* before there are threads */
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (signers_init(&r.service.signers) != 0 ||
        pthread_mutex_init(&r.service.newest.lock, NULL) != 0)
        return EXIT_DAMAGE;
    code = datadir_open(&r.datadir, args->dir, store_folder());
    if (code == 0) {
        code = run_locked(&r);
        datadir_close(&r.datadir);
    }
    pthread_mutex_destroy(&r.service.newest.lock);
    signers_destroy(&r.service.signers);
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
    .form = "dir! listen policy config",
    .own = own,
    .summary = { "serves the log, until it is ended",
                 "sirve la bitácora, hasta que se le termine" },
    .print_more = print_settings,
};
