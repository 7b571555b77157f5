#include "daemon/running.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/backup/manifest.h"
#include "daemon/host/cmd.h"
#include "daemon/host/log.h"
#include "daemon/host/log_key.h"
#include "daemon/host/metrics.h"
#include "daemon/host/rate.h"
#include "daemon/index/indexer.h"
#include "daemon/mark/marking.h"
#include "daemon/signer_start.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "daemon/witnesses/feed.h"
#include "daemon/witnesses/restored.h"
#include "daemon/witnesses/rollback.h"
#include "proto/sys/clock.h"

/* ---- the parts, in order --------------------------------------------------------------------- */

/* Who can write a backup of the log can list a key in it. */
static void warn_of_keys(const struct log_own_keys *k, const char *dir)
{
    for (size_t i = 1; i < k->all.n; i++) {
        struct buf key = { 0 };
        vkey_format(&key, &k->key[i]);
        if (!k->vouch[i].vouched)
            log_line(LOG_WARNING,
                     "no key of this log has handed over to %s, which %s/log.keys lists: was it an "
                     "earlier version that made it, or somebody else?",
                     buf_str(&key), dir);
        buf_free(&key);
    }
}

int running_read_log(struct service *s, const char *dir, struct tip *tip,
                     struct registry **registry)
{
    struct store_txn *txn;
    const char *cause = "it cannot be read";
    enum store_result result = store_begin(&txn, s->store, STORE_READ);
    if (result == STORE_OK) {
        result = own_keys_read(&s->own_keys, txn, dir, &cause);
        if (result == STORE_OK && own_keys_find(&s->own_keys, &s->vkey) == NULL) {
            cause = "it is not one that log.key signed";
            result = STORE_DAMAGED;
        }
        if (result == STORE_OK)
            result = tip_load(tip, registry, txn, &s->own_keys, &cause);
        store_end(txn);
    }
    if (result == STORE_OK) {
        warn_of_keys(&s->own_keys, dir);
        return 0;
    }
    log_line(LOG_ERROR, "the log in %s is damaged: %s; run bitacorad fsck", dir, cause);
    return EXIT_DAMAGE;
}

static int load_log(struct running *r)
{
    struct registry *registry;
    int code = running_read_log(&r->service, r->datadir.path, &r->tip, &registry);
    if (code != 0)
        return code;
    signers_replace(&r->service.signers, registry);
    if (receipts_open(&r->service) != 0) {
        log_line(LOG_ERROR, "the store cannot be read: out of memory");
        return EXIT_DAMAGE;
    }
    newest_set(&r->service.newest, &r->tip);
    r->service.verified_from = r->tip.edge.frontier.size;
    metric_set(METRIC_APPENDING, 1);
    metric_set(METRIC_STARTING, 1);
    metric_set(METRIC_RELOAD_SUCCESSFUL, 1);
    metric_set(METRIC_RELOAD_SUCCESS, clock_wall() / 1000);
    service_measure(&r->service);
    return 0;
}

struct pending_limits running_pending_limits(const struct config *config)
{
    return (struct pending_limits){ .blobs = config->pending_blobs,
                                    .bytes = config->pending_bytes,
                                    .share = config->pending_share };
}

/* What was ordered erased is gone before anybody can ask. */
static int open_blobs(struct running *r)
{
    char dir[PATH_MAX];
    struct service *s = &r->service;
    datadir_file(&r->datadir, dir, "blobs");
    if (datadir_make_blobs(&r->datadir) != 0)
        return EXIT_DAMAGE;
    const struct pending_limits limits = running_pending_limits(&s->config);
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

/* Whoever reads what enrolled keys alone may read is written down there (access/access.h). */
static int name_rows(struct running *r)
{
    r->service.rows = &r->rows;
    return access_folder_at(&r->rows, r->datadir.path) == 0 ? 0 : EXIT_USAGE;
}

/* Finds the signer's process; or reads the log's key, whose private part is the signer's from then
 * on. */
static int open_signer(struct running *r)
{
    const char *process = r->service.config.signer;
    if (process[0] != '\0') {
        int code = signer_start(&r->signer, process, &r->datadir, r->service.store);
        if (code == 0)
            r->service.vkey = *log_signer_vkey(r->signer);
        return code;
    }
    struct skey *key = datadir_read_key(&r->datadir, r->passphrase_file);
    if (key == NULL)
        return EXIT_USAGE;
    r->service.vkey = key->vkey;
    r->signer = log_signer_new(key);
    private_key_free(key);
    if (r->signer != NULL)
        return 0;
    log_line(LOG_ERROR, "out of memory");
    return EXIT_DAMAGE;
}

/* The witnesses of two policies may read at once, while one takes the other's place. */
static int open_store(struct running *r)
{
    char dir[PATH_MAX];
    const struct config *config = &r->service.config;
    unsigned transactions =
        (unsigned)(config->workers + config->read_threads) + 16 + 2 * POLICY_WITNESSES_MAX;
    datadir_file(&r->datadir, dir, r->datadir.store);
    return store_open(&r->service.store, dir, STORE_USE, (uint64_t)config->map_size,
                      transactions) == 0
               ? 0
               : EXIT_DAMAGE;
}

/* Does the signer's process stand where the store does? */
static int compare_signer(struct running *r)
{
    struct service *s = &r->service;
    if (log_signer_last(r->signer) == NULL)
        return 0;
    int code = signer_compare(&r->journal, r->signer, &r->datadir, s->store, &r->tip, r->freezing);
    if (code == 0)
        s->journal = &r->journal;
    uint64_t restored = manifest_restored_size(r->datadir.path);
    uint64_t signed_size = r->signer->last.size;
    if (code == 0 && signed_size > 0 && restored > signed_size)
        code = marking_say_unknown(r->datadir.path, restored, s->config.signer, signed_size);
    return code;
}

/* Is this the store that was signed last? Before a byte of it is changed. Of a log with a signer's
 * process that is what the signer says, and no mark is kept. */
static int open_mark(struct running *r)
{
    struct service *s = &r->service;
    struct mark_check m = { .datadir = &r->datadir,
                            .setting = s->config.mark,
                            .origin = s->vkey.name,
                            .store = s->store,
                            .newest = { .size = r->tip.edge.frontier.size },
                            .afresh = r->no_mark };
    const struct last_signed *last = log_signer_last(r->signer);
    edge_root(&r->tip.edge, &m.newest.root);
    if (last == NULL) {
        m.restored = manifest_restored_size(r->datadir.path);
        return marking_begin(&s->mark, &m);
    }
    return marking_retire(&m, last->size);
}

/* Where there are witnesses, they are to see the store, whatever let it go on. */
static int look_restored(struct running *r)
{
    bool witnessed = r->own.policy != NULL && !policy_trusts_log_alone(r->own.policy);
    if (restored_begin(&r->service, r->datadir.path, !witnessed) == 0)
        return 0;
    log_line(LOG_ERROR, "%s/restored cannot be read: %s", r->datadir.path, strerror(errno));
    return EXIT_DAMAGE;
}

static int open_rates(struct running *r)
{
    r->service.signer_rates = rate_table_new(RATE_SETS);
    if (r->service.signer_rates != NULL)
        return 0;
    log_line(LOG_ERROR, "out of memory");
    return EXIT_DAMAGE;
}

static int open_all(struct running *r)
{
    int code = open_store(r);
    if (code == 0)
        code = open_signer(r);
    if (code == 0 && r->policy != NULL &&
        own_policy_read(&r->own, r->policy, &r->service.vkey, objections_printed) != 0)
        code = EXIT_USAGE;
    if (code == 0)
        code = load_log(r);
    if (code == 0)
        shown_policy_set(&r->service.policy, buf_span(&r->own.text), &r->service.vkey);
    if (code == 0)
        code = compare_signer(r);
    if (code == 0)
        code = open_mark(r);
    if (code == 0)
        code = look_restored(r);
    if (code == 0)
        code = open_blobs(r);
    if (code == 0)
        code = open_tables(r);
    if (code == 0)
        code = open_rates(r);
    return code == 0 ? name_rows(r) : code;
}

static void close_all(struct running *r)
{
    struct service *s = &r->service;
    rate_table_free(s->signer_rates);
    erasing_free(s->erasing);
    blobs_close(s->blobs);
    if (s->store != NULL) {
        receipts_close(s);
        snapshot_release(s->newest.snapshot);
        store_close(s->store);
    }
    if (s->journal != NULL)
        batch_journal_close(s->journal);
    log_mark_close(s->mark);
    own_policy_free(&r->own);
    shown_policy_free(&s->policy);
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
        snprintf(r->service.dir, sizeof r->service.dir, "%s", r->datadir.path);
        code = datadir_refuse_backup(&r->datadir);
        if (code == 0)
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
    accelerator_close(&r->accelerator);
    pthread_mutex_destroy(&r->service.newest.lock);
    signers_destroy(&r->service.signers);
}

/* ---- threads --------------------------------------------------------------------------------- */

/* Makes the feed of a policy with witnesses, which it takes over, and starts it. */
static int start_feed(struct running *r, struct policy *policy)
{
    r->feed = feed_new(&r->service, policy, r->datadir.path, r->changed, r->ctx);
    if (r->feed == NULL)
        return -1;
    if (feed_start(r->feed) == 0)
        return 0;
    log_line(LOG_ERROR, "threads cannot be started: out of memory");
    feed_free(r->feed);
    r->feed = NULL;
    return -1;
}

static struct policy *take_policy(struct own_policy *own)
{
    struct policy *policy = own->policy;
    own->policy = NULL;
    return policy;
}

int running_start_feed(struct running *r, void (*changed)(void *ctx), void *ctx)
{
    r->changed = changed;
    r->ctx = ctx;
    bool alone = r->own.policy == NULL || policy_trusts_log_alone(r->own.policy);
    int failed = alone ? rollback_judge_alone(&r->service, r->datadir.path)
                       : start_feed(r, take_policy(&r->own));
    r->service.feed = r->feed;
    return failed == 0 ? 0 : EXIT_DAMAGE;
}

void running_stop_feed(struct running *r)
{
    feed_stop(r->feed);
}

void running_free_feed(struct running *r)
{
    r->service.feed = NULL;
    feed_free(r->feed);
    r->feed = NULL;
}

/* ---- another policy -------------------------------------------------------------------------- */

/* What the log was shown while it had witnesses must hold. The feed stays, as threads may be in it,
 * but nobody asks it any more. */
static int go_alone(struct running *r, struct policy *policy)
{
    if (r->service.feed == NULL) {
        policy_free(policy);
        return 0;
    }
    if (rollback_judge_alone(&r->service, r->datadir.path) != 0) {
        policy_free(policy);
        return -1;
    }
    if (feed_replace(r->feed, policy) != 0)
        return -1;
    r->service.feed = NULL;
    r->changed(r->ctx);
    log_line(LOG_WARNING, "policy: this log signs alone from now on");
    return 0;
}

static int go_witnessed(struct running *r, struct policy *policy)
{
    int failed = r->feed == NULL ? start_feed(r, policy) : feed_replace(r->feed, policy);
    if (failed == 0)
        r->service.feed = r->feed;
    return failed;
}

int running_reload_policy(struct running *r)
{
    struct own_policy next;
    if (r->policy == NULL)
        return 0;
    if (own_policy_read(&next, r->policy, &r->service.vkey, objections_logged) != 0)
        return -1;
    int failed = 0;
    if (!span_eq(buf_span(&next.text), buf_span(&r->own.text))) {
        bool alone = policy_trusts_log_alone(next.policy);
        failed = alone ? go_alone(r, take_policy(&next)) : go_witnessed(r, take_policy(&next));
        if (failed == 0) {
            struct buf former = r->own.text;
            r->own.text = next.text;
            next.text = former;
            shown_policy_set(&r->service.policy, buf_span(&r->own.text), &r->service.vkey);
        }
    }
    own_policy_free(&next);
    return failed;
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
