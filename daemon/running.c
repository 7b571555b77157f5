#include "daemon/running.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/index/indexer.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "daemon/witnesses/feed.h"
#include "daemon/witnesses/rollback.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/tlog/policy.h"

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
static int read_own_policy(const struct running *r, struct policy **out)
{
    struct buf text = { 0 };
    *out = NULL;
    if (r->policy == NULL)
        return 0;
    if (file_read_at_once(&text, r->policy, POLICY_MAX) != FILE_OK) {
        terminal_print(stderr,
                       TR("bitacorad: cannot read %s: %s\n", "bitacorad: no se pudo leer %s: %s\n"),
                       r->policy, errno_words(errno));
        buf_free(&text);
        return EXIT_USAGE;
    }
    struct policy *policy = parse_policy(buf_span(&text), r->policy);
    buf_free(&text);
    bool good = policy != NULL && is_of_this_log(policy, &r->service.vkey, r->policy);
    if (good && !policy_trusts_log_alone(policy))
        *out = policy;
    else
        policy_free(policy);
    return good ? 0 : EXIT_USAGE;
}

/* ---- the parts, in order --------------------------------------------------------------------- */

static int load_log(struct running *r)
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
        log_line(LOG_ERROR, "the log in %s is damaged: %s; run bitacorad fsck", r->datadir.path,
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
static int open_blobs(struct running *r)
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

static int open_tables(struct running *r)
{
    if (table_files_open(&r->tables, r->datadir.path) != 0) {
        log_line(LOG_ERROR, "%s/index cannot be made: %s", r->datadir.path, strerror(errno));
        return EXIT_DAMAGE;
    }
    r->service.tables = &r->tables;
    return 0;
}

/* Reads the log's key: its private part is the signer's from then on. */
static int open_signer(struct running *r)
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

static int open_store(struct running *r)
{
    char dir[PATH_MAX];
    const struct config *config = &r->service.config;
    unsigned transactions =
        (unsigned)(config->workers + config->read_threads) + 16 + POLICY_WITNESSES_MAX;
    datadir_file(&r->datadir, dir, r->datadir.store);
    return store_open(&r->service.store, dir, STORE_USE, (uint64_t)config->map_size,
                      transactions) == 0
               ? 0
               : EXIT_DAMAGE;
}

static int open_all(struct running *r)
{
    int code = open_signer(r);
    if (code == 0)
        code = read_own_policy(r, &r->witnesses);
    if (code == 0)
        code = open_store(r);
    if (code == 0)
        code = load_log(r);
    if (code == 0)
        code = open_blobs(r);
    return code == 0 ? open_tables(r) : code;
}

static void close_all(struct running *r)
{
    struct service *s = &r->service;
    erasing_free(s->erasing);
    blobs_close(s->blobs);
    if (s->store != NULL) {
        receipts_close(s);
        snapshot_release(s->newest.snapshot);
        store_close(s->store);
    }
    policy_free(r->witnesses);
    log_signer_free(r->signer);
}

int running_open(struct running *r, const char *dir, const char *policy)
{
    r->policy = policy;
    signal(SIGPIPE, SIG_IGN);
    json_object_seed(0); /* before there are threads */
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (signers_init(&r->service.signers) != 0 ||
        pthread_mutex_init(&r->service.newest.lock, NULL) != 0)
        return EXIT_DAMAGE;
    int code = datadir_open(&r->datadir, dir, store_folder());
    if (code == 0) {
        code = open_all(r);
        if (code == 0)
            return 0;
        close_all(r);
        datadir_close(&r->datadir);
    }
    pthread_mutex_destroy(&r->service.newest.lock);
    signers_destroy(&r->service.signers);
    return code;
}

void running_close(struct running *r)
{
    close_all(r);
    datadir_close(&r->datadir);
    pthread_mutex_destroy(&r->service.newest.lock);
    signers_destroy(&r->service.signers);
}

/* ---- threads --------------------------------------------------------------------------------- */

int running_start_feed(struct running *r, void (*changed)(void *ctx), void *ctx)
{
    struct service *s = &r->service;
    if (r->witnesses == NULL)
        return rollback_judge_alone(s, r->datadir.path) == 0 ? 0 : EXIT_DAMAGE;
    s->feed = feed_new(s, r->witnesses, r->datadir.path, changed, ctx);
    r->witnesses = NULL; /* the feed's now */
    return s->feed != NULL && feed_start(s->feed) == 0 ? 0 : EXIT_DAMAGE;
}

int running_start_sequencer(struct running *r, const struct sequencer_callbacks *callbacks)
{
    struct service *s = &r->service;
    struct sequencer_listener listener = { .ctx = NULL };
    if (s->config.index_every > 0) {
        s->indexer = indexer_new(s, &r->tables, r->tip.edge.frontier.size);
        if (s->indexer != NULL)
            listener = indexer_listener(s->indexer);
    }
    if (s->config.index_every == 0 || s->indexer != NULL)
        s->sequencer = sequencer_new(s, r->signer, &r->tip, callbacks, &listener);
    if (s->sequencer != NULL)
        return 0;
    log_line(LOG_ERROR, "threads cannot be started: out of memory");
    return EXIT_DAMAGE;
}

void running_stop_sequencer(struct running *r)
{
    struct service *s = &r->service;
    indexer_stop(s->indexer);
    sequencer_free(s->sequencer);
    s->sequencer = NULL;
    indexer_free(s->indexer);
    s->indexer = NULL;
}
