#include "daemon/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/datadir.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/receipts.h"
#include "daemon/witness.h"
#include "proto/base64.h"

#define ROUND_MS 2000 /* a quorum that has not come together by then may never do on this size */
#define AGAIN_MS 500  /* after a first failure; doubled up to */
#define AGAIN_MAX_MS 30000
#define DOZE_MS 100  /* a piece of news that came while nobody listened waits so long */
#define BEHIND_MAX 3 /* times that a witness may say that it is elsewhere, for one target */

struct witness {
    struct feed *feed;
    size_t number;
    const struct policy_witness *who;
    struct witness_link *link;
    struct asking asking; /* its thread's */
    pthread_t thread;
    bool running;
    /* Under the lock: */
    uint64_t under_way;    /* size that it is being asked about, or 0 */
    bool asked;            /* once, or it could not be */
    uint64_t size;         /* that it cosigned last, as far as known */
    struct buf line;       /* its cosignature of the target, if it has one */
    int64_t cosigned_at;   /* steady milliseconds; of that line */
    int64_t cosigned_wall; /* seconds since 1970 */
    int64_t not_before;    /* steady; after a failure */
    unsigned failures;     /* in a row */
    uint64_t failures_total;
    enum asked said; /* what the log was told last of it */
};

struct feed {
    struct service *service;
    struct policy *policy;
    char dir[PATH_MAX - 64];
    void (*changed)(void *ctx);
    void *ctx;
    pthread_mutex_t publishing; /* one at a time writes DIR/witnessed; taken before the lock */
    pthread_mutex_t lock;       /* never held for long */
    pthread_cond_t news;        /* a newer checkpoint, a first answer, or the end */
    atomic_bool stopping;
    atomic_bool rolled_back;
    /* The checkpoint that is to be cosigned: */
    uint64_t target_size;
    struct hash target_root;
    char target[OWN_CHECKPOINT_MAX];
    size_t target_length;
    int64_t target_since;
    bool reached; /* it has its quorum */
    /* What DIR/witnessed said at the start: */
    uint64_t shown_size;
    struct hash shown_root;
    /* The newest that has: */
    uint64_t witnessed_size;
    struct buf witnessed;
    size_t count;
    struct witness witness[];
};

/* ---- what is kept ---------------------------------------------------------------------------- */

static void path_of(const struct feed *f, char out[PATH_MAX], const char *name)
{
    snprintf(out, PATH_MAX, "%s/%s", f->dir, name);
}

/* The root of our own tree at some size, which it has. Returns STORE_OK or why not. */
static enum store_result root_at(struct feed *f, uint64_t size, struct hash *root)
{
    struct store_txn *txn;
    enum store_result r = store_begin(&txn, f->service->store, STORE_READ);
    if (r != STORE_OK)
        return r;
    r = receipt_root(root, txn, size);
    store_end(txn);
    return r;
}

/* DIR/witnessed: the checkpoint that people have been shown survives a restart. Our own signature on it is
 * enough to hold the store against it; that it is served takes the quorum of the policy. */
static int read_witnessed(struct feed *f)
{
    char path[PATH_MAX];
    struct signed_checkpoint cp;
    struct note note;
    struct refusal why;
    path_of(f, path, "witnessed");
    if (file_read(&f->witnessed, path, CHECKPOINT_MAX) != 0) {
        if (errno == ENOENT)
            return 0;
        log_line(LOG_ERROR, "%s cannot be read: %s", path, strerror(errno));
        return -1;
    }
    if (note_parse(&note, buf_span(&f->witnessed), &why) != 0 ||
        note_verify(&note, &f->service->key.vkey) != NOTE_GOOD ||
        checkpoint_parse(&cp.checkpoint, note.text, &why) != 0) {
        log_line(LOG_ERROR, "%s is not a checkpoint of this log: put it aside to go on", path);
        return -1;
    }
    f->shown_size = cp.checkpoint.size;
    f->shown_root = cp.checkpoint.root;
    if (policy_open(&cp, f->policy, buf_span(&f->witnessed), &why) == 0 && cp.quorum) {
        f->witnessed_size = cp.checkpoint.size;
        return 0;
    }
    log_line(LOG_WARNING, "%s has not the quorum of this policy: it is not served", path);
    buf_clear(&f->witnessed);
    return 0;
}

/* DIR/rolled_back: what was found out once is not forgotten by a restart. It is lifted when the store holds what it
 * lacked, or by hand. "SEEN SIZE ROOT": the size that a witness had seen (0: another history), and our
 * newest checkpoint then. */
static void write_mark(struct feed *f, uint64_t seen, const struct target *target)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    path_of(f, path, "rolled_back");
    buf_addf(&text, "%llu %llu ", (unsigned long long)seen, (unsigned long long)target->size);
    buf_add_base64(&text, target->root.b, HASH_BYTES);
    buf_adds(&text, "\n");
    if (text.failed || file_replace(path, buf_span(&text)) != 0)
        log_line(LOG_ERROR, "%s could not be written: do not restart before this was looked into",
                 path);
    buf_free(&text);
}

/* Is there a mark, and does the store still lack what it says? What cannot be read counts as one. */
static bool is_marked(struct feed *f, uint64_t newest)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    unsigned long long seen, size;
    char base64[64];
    struct hash then, now;
    path_of(f, path, "rolled_back");
    if (file_read(&text, path, 256) != 0) {
        buf_free(&text);
        return errno != ENOENT;
    }
    bool known = sscanf(buf_str(&text), "%llu %llu %63s", &seen, &size, base64) == 3 &&
                 base64_decode_exact(then.b, HASH_BYTES, span_str(base64)) == 0;
    buf_free(&text);
    bool lifted = known && newest >= size && newest >= seen;
    if (lifted && seen == 0) /* another history than the one that it was then */
        lifted = root_at(f, size, &now) == STORE_OK && !hash_eq(&now, &then);
    if (lifted)
        unlink(path);
    return !lifted;
}

/* What shows that the log was rolled back: our newest checkpoint and what the witness said. */
static void keep_evidence(struct feed *f, const struct witness *w, const struct target *target)
{
    char path[PATH_MAX], name[64];
    struct buf text = { 0 };
    path_of(f, path, "evidence");
    mkdir(path, 0700);
    buf_addf(&text, "witness %s %s\nasked with old size %llu\nanswered HTTP %ld\n\n", w->who->name,
             w->who->url, (unsigned long long)w->asking.size, w->asking.status);
    buf_add_span(&text, buf_span(&w->asking.body));
    buf_adds(&text, "\nwhen our checkpoint was\n\n");
    buf_add_span(&text, target->note);
    snprintf(name, sizeof name, "evidence/rollback-%lld-%zu", (long long)clock_wall(), w->number);
    path_of(f, path, name);
    if (text.failed || file_replace(path, buf_span(&text)) != 0)
        log_line(LOG_ERROR, "the evidence could not be written to %s", path);
    else
        log_line(LOG_ERROR, "the evidence is in %s", path);
    buf_free(&text);
}

/* On the witness's thread, without the lock: what is written takes its time. */
static void roll_back(struct feed *f, const struct witness *w, enum asked asked,
                      const struct target *target)
{
    if (atomic_exchange(&f->rolled_back, true))
        return;
    metric_set(METRIC_ROLLED_BACK, 1);
    log_line(LOG_ERROR,
             "THE LOG WAS ROLLED BACK: witness %s has %s. Nothing is signed any more. Was an old "
             "copy of the data directory restored? Put back the newest one",
             w->who->name,
             asked == ASKED_AHEAD ? "cosigned a larger checkpoint than any that is here"
                                  : "cosigned another history than the one that is here");
    write_mark(f, asked == ASKED_AHEAD ? w->asking.size : 0, target);
    keep_evidence(f, w, target);
}

/* ---- the target ------------------------------------------------------------------------------ */

/* Has the target had its time? Witnesses that are being asked about it may still answer. */
static bool is_late(const struct feed *f, int64_t now)
{
    int64_t patience = ROUND_MS;
    for (size_t i = 0; i < f->count; i++)
        if (f->witness[i].under_way == f->target_size)
            patience = f->service->config.witness_timeout * 1000 + ROUND_MS;
    return now - f->target_since >= patience;
}

/* Takes up the newest checkpoint if it is time to. Under the lock. */
static void move_target(struct feed *f)
{
    struct hash root;
    uint64_t size;
    int64_t now = clock_steady();
    char note[OWN_CHECKPOINT_MAX];
    if (f->target_size != 0 && !f->reached && !is_late(f, now))
        return;
    size_t n = newest_get(&f->service->newest, &size, &root, note);
    if (size <= f->target_size)
        return;
    memcpy(f->target, note, n);
    f->target_length = n;
    f->target_size = size;
    f->target_root = root;
    f->target_since = now;
    f->reached = false;
    for (size_t i = 0; i < f->count; i++)
        buf_clear(&f->witness[i].line);
    pthread_cond_broadcast(&f->news);
}

/* Our checkpoint with the cosignatures that there are so far. */
static void assemble(const struct feed *f, struct buf *out)
{
    buf_add(out, f->target, f->target_length);
    for (size_t i = 0; i < f->count; i++)
        buf_add_span(out, buf_span(&f->witness[i].line));
}

/* Takes note of a checkpoint that has its quorum and is on the disk. Under the lock; true if it is news. */
static bool take_witnessed(struct feed *f, uint64_t size, const struct buf *note)
{
    bool grown = size > f->witnessed_size;
    if (size < f->witnessed_size)
        return false;
    f->reached = f->reached || size == f->target_size;
    f->witnessed_size = size;
    buf_clear(&f->witnessed);
    buf_add_span(&f->witnessed, buf_span(note));
    metric_set(METRIC_WITNESSED_SIZE, (int64_t)size);
    move_target(f);
    return grown;
}

/* Makes the target the newest witnessed checkpoint if it has its quorum. Without the lock, which the event
 * loop needs, too: disk and signatures take their time. */
static void publish(struct feed *f)
{
    char path[PATH_MAX];
    struct buf note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    bool grown = false;
    path_of(f, path, "witnessed");
    pthread_mutex_lock(&f->publishing);
    pthread_mutex_lock(&f->lock);
    assemble(f, &note);
    pthread_mutex_unlock(&f->lock);
    if (!note.failed && policy_open(&cp, f->policy, buf_span(&note), &why) == 0 && cp.quorum) {
        bool kept = file_replace(path, buf_span(&note)) == 0;
        if (!kept)
            log_line(LOG_ERROR, "%s could not be written: its checkpoint is not served", path);
        pthread_mutex_lock(&f->lock);
        grown = kept && take_witnessed(f, cp.checkpoint.size, &note);
        pthread_mutex_unlock(&f->lock);
    }
    pthread_mutex_unlock(&f->publishing);
    buf_free(&note);
    if (grown)
        f->changed(f->ctx);
}

/* ---- one witness ----------------------------------------------------------------------------- */

/* Is there something to ask it? Also an old cosignature is renewed, for those who want a young one. */
static bool has_work(struct feed *f, const struct witness *w)
{
    int64_t now = clock_steady();
    move_target(f);
    if (f->target_size == 0 || now < w->not_before)
        return false;
    return w->line.n == 0 ? w->size <= f->target_size
                          : now - w->cosigned_at > f->service->config.refresh * 1000 &&
                                w->size == f->target_size;
}

/* Sleeps until there is news, at most a little. */
static void doze(struct feed *f)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += DOZE_MS * 1000 * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&f->news, &f->lock, &until);
}

static void take_line(struct feed *f, struct witness *w, uint64_t size)
{
    w->size = size;
    w->failures = 0;
    if (size != f->target_size)
        return; /* the target has moved on; it is asked again at once */
    buf_clear(&w->line);
    buf_add_span(&w->line, buf_span(&w->asking.line));
    w->cosigned_at = clock_steady();
    w->cosigned_wall = clock_wall() / 1000;
}

static void take_failure(struct witness *w)
{
    int64_t wait = AGAIN_MS;
    for (unsigned i = 0; i < w->failures && wait < AGAIN_MAX_MS; i++)
        wait *= 2;
    w->failures++;
    w->failures_total++;
    w->not_before = clock_steady() + (wait < AGAIN_MAX_MS ? wait : AGAIN_MAX_MS);
    metric_add(METRIC_WITNESS_FAILURES, 1);
}

/* Says once what changed about a witness. */
static void say(struct witness *w, enum asked asked)
{
    bool good = asked == ASKED_COSIGNED, was = w->said == ASKED_COSIGNED;
    if (asked == ASKED_BEHIND || (w->said != ASKED_NOTHING && good == was))
        return;
    w->said = asked;
    if (good)
        log_line(LOG_INFO, "witness %s cosigns", w->who->name);
    else
        log_line(LOG_WARNING, "witness %s does not cosign: %s", w->who->name, w->asking.cause);
}

static void take(struct feed *f, struct witness *w, enum asked asked, uint64_t size)
{
    if (asked != ASKED_AHEAD && asked != ASKED_OTHER)
        say(w, asked);
    switch (asked) {
    case ASKED_COSIGNED:
        take_line(f, w, size);
        break;
    case ASKED_AHEAD:
    case ASKED_OTHER:
        break; /* roll_back() has seen to it */
    case ASKED_BEHIND:
        w->size = w->asking.size;
        break;
    case ASKED_NOTHING:
    case ASKED_REFUSED:
    case ASKED_FAILED:
        take_failure(w);
        break;
    }
    w->asked = true;
    pthread_cond_broadcast(&f->news);
}

/* Is that more than we ever signed? Looked up after the answer, and on the disk: somebody with a receipt may have
 * shown it a checkpoint of ours that was committed a moment ago. */
static bool is_ahead(struct feed *f, uint64_t size)
{
    struct store_txn *txn;
    uint64_t newest = 0;
    enum store_result r = store_begin(&txn, f->service->store, STORE_READ);
    if (r == STORE_OK) {
        r = standing_size(txn, &newest);
        store_end(txn);
    }
    return r == STORE_OK && size > newest;
}

/* Asks it about the target; the lock is let go of meanwhile. */
static void ask(struct feed *f, struct witness *w)
{
    char note[OWN_CHECKPOINT_MAX];
    struct target target = { .size = f->target_size, .root = f->target_root };
    memcpy(note, f->target, f->target_length);
    target.note = span_of(note, f->target_length);
    enum asked asked = ASKED_BEHIND;
    w->asking.size = w->size;
    w->under_way = target.size;
    pthread_mutex_unlock(&f->lock);
    for (int i = 0; asked == ASKED_BEHIND && i < BEHIND_MAX; i++) {
        asked = witness_ask(w->link, f->service->store, &target, &w->asking);
        if (asked == ASKED_BEHIND && w->asking.size > target.size)
            break;
    }
    if (asked == ASKED_BEHIND && is_ahead(f, w->asking.size))
        asked = ASKED_AHEAD;
    if (asked == ASKED_BEHIND && w->asking.size <= target.size) {
        snprintf(w->asking.cause, sizeof w->asking.cause, "it says another size each time");
        asked = ASKED_FAILED;
    }
    if (asked == ASKED_AHEAD || asked == ASKED_OTHER)
        roll_back(f, w, asked, &target);
    pthread_mutex_lock(&f->lock);
    w->under_way = 0;
    take(f, w, asked, target.size);
    if (asked != ASKED_COSIGNED)
        return;
    pthread_mutex_unlock(&f->lock);
    publish(f);
    pthread_mutex_lock(&f->lock);
}

static void *attend(void *ctx)
{
    struct witness *w = ctx;
    struct feed *f = w->feed;
    pthread_mutex_lock(&f->lock);
    while (!f->stopping && !atomic_load(&f->rolled_back)) {
        if (has_work(f, w))
            ask(f, w);
        else
            doze(f);
    }
    w->asked = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

/* ---- life and death -------------------------------------------------------------------------- */

static int init_lock(struct feed *f)
{
    pthread_condattr_t steady;
    if (pthread_condattr_init(&steady) != 0)
        return -1;
    int failed = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) != 0 ||
                 pthread_cond_init(&f->news, &steady) != 0;
    pthread_condattr_destroy(&steady);
    return failed || pthread_mutex_init(&f->lock, NULL) != 0 ||
                   pthread_mutex_init(&f->publishing, NULL) != 0
               ? -1
               : 0;
}

struct feed *feed_new(struct service *service, struct policy *policy, const char *dir,
                      void (*changed)(void *ctx), void *ctx)
{
    size_t count = policy_witnesses(policy);
    struct feed *f = calloc(1, sizeof *f + count * sizeof *f->witness);
    if (f == NULL || init_lock(f) != 0) {
        free(f);
        policy_free(policy);
        log_line(LOG_ERROR, "out of memory");
        return NULL;
    }
    f->service = service;
    f->policy = policy;
    f->changed = changed;
    f->ctx = ctx;
    f->count = count;
    snprintf(f->dir, sizeof f->dir, "%s", dir);
    for (size_t i = 0; i < count; i++) {
        struct witness *w = &f->witness[i];
        w->feed = f;
        w->number = i;
        w->who = policy_witness(policy, i);
        w->asked = w->who->url == NULL;
        w->link = w->asked ? NULL
                           : witness_link_new(w->who, (long)service->config.witness_timeout,
                                              &f->stopping);
        if (!w->asked && w->link == NULL) {
            log_line(LOG_ERROR, "out of memory");
            feed_free(f);
            return NULL;
        }
        if (w->asked)
            log_line(LOG_WARNING, "witness %s has no URL in the policy: it is not asked",
                     w->who->name);
    }
    if (read_witnessed(f) != 0) {
        feed_free(f);
        return NULL;
    }
    metric_set(METRIC_WITNESSED_SIZE, (int64_t)f->witnessed_size);
    return f;
}

int feed_start(struct feed *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct witness *w = &f->witness[i];
        if (w->link == NULL)
            continue;
        if (thread_start(&w->thread, attend, w) != 0)
            return -1;
        w->running = true;
    }
    return 0;
}

void feed_quit(struct feed *f)
{
    if (f == NULL)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
}

void feed_stop(struct feed *f)
{
    if (f == NULL)
        return;
    feed_quit(f);
    for (size_t i = 0; i < f->count; i++) {
        if (f->witness[i].running)
            pthread_join(f->witness[i].thread, NULL);
        f->witness[i].running = false;
    }
}

void feed_free(struct feed *f)
{
    if (f == NULL)
        return;
    feed_stop(f);
    for (size_t i = 0; i < f->count; i++) {
        witness_link_free(f->witness[i].link);
        asking_free(&f->witness[i].asking);
        buf_free(&f->witness[i].line);
    }
    buf_free(&f->witnessed);
    policy_free(f->policy);
    pthread_cond_destroy(&f->news);
    pthread_mutex_destroy(&f->lock);
    pthread_mutex_destroy(&f->publishing);
    free(f);
}

static bool all_asked(const struct feed *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (!f->witness[i].asked)
            return false;
    return true;
}

/* Whether the store is what DIR/witnessed and an earlier finding say that it is not. */
static bool is_known_bad(struct feed *f)
{
    struct hash root;
    uint64_t size;
    newest_get(&f->service->newest, &size, &root, NULL);
    if (is_marked(f, size)) {
        log_line(LOG_ERROR,
                 "THE LOG WAS ROLLED BACK, as %s/rolled_back says, and it still is. Nothing "
                 "is signed",
                 f->dir);
        return true;
    }
    if (f->shown_size == 0 ||
        (f->shown_size <= size && root_at(f, f->shown_size, &root) == STORE_OK &&
         hash_eq(&root, &f->shown_root)))
        return false;
    log_line(LOG_ERROR,
             "THE LOG WAS ROLLED BACK: %s/witnessed is not a part of what is in the store. "
             "Nothing is signed",
             f->dir);
    return true;
}

bool feed_compare(struct feed *f)
{
    int64_t until = clock_steady() + (BEHIND_MAX + 1) * f->service->config.witness_timeout * 1000;
    bool bad = is_known_bad(f);
    pthread_mutex_lock(&f->lock);
    if (bad) {
        metric_set(METRIC_ROLLED_BACK, 1);
        atomic_store(&f->rolled_back, true);
    }
    while (!all_asked(f) && !f->stopping && !atomic_load(&f->rolled_back) && clock_steady() < until)
        doze(f);
    pthread_mutex_unlock(&f->lock);
    return !atomic_load(&f->rolled_back) && !f->stopping;
}

void feed_newest(struct feed *f)
{
    pthread_cond_broadcast(&f->news); /* the lock could make appending wait */
}

uint64_t feed_witnessed(struct feed *f, struct buf *out)
{
    pthread_mutex_lock(&f->lock);
    uint64_t size = f->witnessed.n == 0 ? 0 : f->witnessed_size;
    if (out != NULL)
        buf_add_span(out, buf_span(&f->witnessed));
    pthread_mutex_unlock(&f->lock);
    return size;
}

bool feed_rolled_back(struct feed *f)
{
    return atomic_load(&f->rolled_back);
}

/* A policy's name for a witness may hold a quotation mark or a backslash. */
static void label(struct buf *out, const char *name)
{
    for (const char *p = name; *p != 0; p++) {
        if (*p == '"' || *p == '\\')
            buf_adds(out, "\\");
        if (*p == '\n')
            buf_adds(out, "\\n");
        else
            buf_add(out, p, 1);
    }
}

void feed_metrics(struct feed *f, struct buf *out)
{
    struct buf name = { 0 };
    buf_adds(out, "# TYPE bitacora_witness_size gauge\n# TYPE "
                  "bitacora_witness_cosigned_timestamp_seconds gauge\n# TYPE "
                  "bitacora_witness_failures_total counter\n");
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->count; i++) {
        const struct witness *w = &f->witness[i];
        buf_clear(&name);
        label(&name, w->who->name);
        buf_addf(out, "bitacora_witness_size{witness=\"%s\"} %llu\n", buf_str(&name),
                 (unsigned long long)w->size);
        buf_addf(out, "bitacora_witness_cosigned_timestamp_seconds{witness=\"%s\"} %lld\n",
                 buf_str(&name), (long long)w->cosigned_wall);
        buf_addf(out, "bitacora_witness_failures_total{witness=\"%s\"} %llu\n", buf_str(&name),
                 (unsigned long long)w->failures_total);
    }
    pthread_mutex_unlock(&f->lock);
    buf_free(&name);
}
