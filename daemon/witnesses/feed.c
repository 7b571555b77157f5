#include "daemon/witnesses/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/clock.h"
#include "daemon/host/datadir.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/witnesses/rollback.h"
#include "daemon/witnesses/witness_client.h"
#include "proto/tlog/merge.h"

#define ROUND_MS 2000 /* a quorum that has not come together by then may never do on this size */
#define AGAIN_MS 500  /* after a first failure; doubled up to */
#define AGAIN_MAX_MS 30000
#define DOZE_MS 100 /* a piece of news that came while nobody listened waits so long */
#define CLAIMS_MAX 8
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
    /* Why nothing is expected of it until it cosigns. */
    enum { ASIDE_NOT, ASIDE_MARKED, ASIDE_SAID } aside; /* a mark that names nobody; its own word */
    unsigned claims;                                    /* times that it was set aside */
};

struct feed {
    struct service *service;
    struct policy *policy;
    struct rollback rollback;
    void (*changed)(void *ctx);
    void *ctx;
    pthread_mutex_t publishing; /* one at a time writes DIR/witnessed; taken before the lock */
    pthread_mutex_t lock;       /* never held for long */
    pthread_cond_t news;        /* a newer checkpoint, a first answer, or the end */
    atomic_bool stopping;
    atomic_bool rolled_back; /* it was shown: for good */
    atomic_bool doubted;     /* too many witnesses are set aside: until enough of them cosign */
    bool marked;             /* DIR/rolled_back is there, and shows nothing */
    bool mark_answered;      /* and enough witnesses cosigned since */
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

/* DIR/witnessed: the checkpoint that people have been shown survives a restart. Our own
 * signature on it is enough to hold the store against it; that it is served takes the quorum of
 * the policy. */
static int read_witnessed(struct feed *f)
{
    char path[PATH_MAX];
    struct signed_checkpoint cp;
    struct note note;
    struct refusal why;
    rollback_path(&f->rollback, path, "witnessed");
    if (file_read(&f->witnessed, path, CHECKPOINT_MAX) != 0) {
        if (errno == ENOENT)
            return 0;
        log_line(LOG_ERROR, "%s cannot be read: %s", path, strerror(errno));
        return -1;
    }
    if (note_parse(&note, buf_span(&f->witnessed), &why) != 0 ||
        note_verify(&note, &f->service->vkey) != NOTE_GOOD ||
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

/* ---- a witness that says that it has seen something else ------------------------------------- */

/* What a witness said and what shows it, for people. */
static void format_evidence(struct buf *out, const struct witness *w, const struct target *target,
                            struct span shown)
{
    buf_addf(out, "witness %s %s\nasked with old size %llu\nanswered HTTP %ld\n\n", w->who->name,
             w->who->url, (unsigned long long)w->asking.size, w->asking.status);
    buf_add_span(out, buf_span(&w->asking.body));
    buf_adds(out, "\nand showed\n\n");
    buf_add_span(out, shown);
    buf_adds(out, "\nwhen our checkpoint was\n\n");
    buf_add_span(out, target->note);
}

/* On the witness's thread, without the lock: what is written takes its time. */
static void roll_back(struct feed *f, const struct witness *w, const struct target *target,
                      struct span shown, enum shown by)
{
    struct checkpoint cp;
    struct note n;
    struct refusal why;
    struct buf evidence = { 0 };
    if (atomic_exchange(&f->rolled_back, true) || note_parse(&n, shown, &why) != 0 ||
        checkpoint_parse(&cp, n.text, &why) != 0)
        return;
    metric_set(METRIC_ROLLED_BACK, 1);
    log_line(LOG_ERROR,
             "THE LOG WAS ROLLED BACK: witness %s shows a checkpoint of size %llu that %s and that "
             "is not part of what is here (size %llu). Nothing is signed any more. Was an old copy "
             "of the data directory restored? Put back the newest one",
             w->who->name, (unsigned long long)cp.size,
             by == SHOWN_BY_LOG ? "this log's key signed" : "a witness cosigned",
             (unsigned long long)target->size);
    rollback_mark(&f->rollback, shown, &cp, target->size, &target->root);
    format_evidence(&evidence, w, target, shown);
    rollback_evidence(&f->rollback, buf_span(&evidence));
    buf_free(&evidence);
}

/* A witness's word that it is ahead of us or elsewhere is a rollback only if it shows it. Returns
 * whether it did; w->asking.cause says what it said. Without the lock. */
static bool is_shown(struct feed *f, struct witness *w, enum asked asked,
                     const struct target *target)
{
    struct buf note = { 0 };
    struct checkpoint cp;
    if (asked == ASKED_AHEAD)
        snprintf(w->asking.cause, sizeof w->asking.cause,
                 "it says that it cosigned size %llu (HTTP %ld)",
                 (unsigned long long)w->asking.size, w->asking.status);
    else
        snprintf(w->asking.cause, sizeof w->asking.cause,
                 "it refuses our proof from size %llu, which is right (HTTP %ld)",
                 (unsigned long long)w->asking.size, w->asking.status);
    enum shown shown = SHOWN_NOT;
    if (witness_show(w->link, &note))
        shown = rollback_shown(&f->rollback, buf_span(&note), &cp);
    if (shown != SHOWN_NOT)
        roll_back(f, w, target, buf_span(&note), shown);
    buf_free(&note);
    return shown != SHOWN_NOT;
}

/* Keeps who is set aside, and removes a mark that was answered. Without the lock. */
static void save_aside(struct feed *f)
{
    bool aside[POLICY_WITNESSES_MAX];
    pthread_mutex_lock(&f->publishing);
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->count; i++)
        aside[i] = f->witness[i].aside == ASIDE_SAID;
    bool answered = f->mark_answered;
    f->mark_answered = false;
    pthread_mutex_unlock(&f->lock);
    rollback_write_aside(&f->rollback, aside);
    if (answered)
        rollback_remove_mark(&f->rollback);
    pthread_mutex_unlock(&f->publishing);
}

/* Could those that are asked and not set aside make the quorum? Silent ones count: they have
 * said nothing against us. One that is never asked will never say anything: nothing is expected
 * of it once another has spoken against us. Under the lock. */
static void judge_doubt(struct feed *f)
{
    bool able[POLICY_WITNESSES_MAX], before = atomic_load(&f->doubted);
    size_t said = 0;
    for (size_t i = 0; i < f->count; i++) {
        able[i] = f->witness[i].aside == ASIDE_NOT && f->witness[i].link != NULL;
        said += f->witness[i].aside == ASIDE_SAID;
    }
    bool doubted = (said > 0 || f->marked) && !policy_quorum_of(f->policy, able);
    metric_set(METRIC_SET_ASIDE, (int64_t)said);
    atomic_store(&f->doubted, doubted);
    if (!atomic_load(&f->rolled_back))
        metric_set(METRIC_ROLLED_BACK, doubted);
    if (doubted && !before)
        log_line(
            LOG_ERROR,
            "THE LOG MAY HAVE BEEN ROLLED BACK: without the witnesses that are set aside there "
            "is no quorum. Nothing is signed until enough of them cosign. Was an old copy of "
            "the data directory restored? Put back the newest one");
    if (doubted || !before)
        return;
    log_line(LOG_WARNING, "enough witnesses cosign what is here: appending goes on");
    for (size_t i = 0; i < f->count; i++)
        if (f->witness[i].aside == ASIDE_MARKED)
            f->witness[i].aside = ASIDE_NOT;
    f->mark_answered = f->marked;
    f->marked = false;
}

/* It said what it does not show: the others go on without it, and it is asked again. Under the
 * lock. */
static void set_aside(struct feed *f, struct witness *w, enum asked asked)
{
    if (w->aside != ASIDE_SAID)
        log_line(LOG_ERROR,
                 "WITNESS %s IS SET ASIDE: %s, and shows no checkpoint to prove it. Either it is "
                 "dishonest or broken, or this log was rolled back: find out which",
                 w->who->name, w->asking.cause);
    w->aside = ASIDE_SAID;
    w->said = asked;
    w->size = 0;
    w->claims += w->claims < CLAIMS_MAX;
    if (w->failures < w->claims) /* one that changes its mind all the time is asked seldom */
        w->failures = w->claims;
    judge_doubt(f);
}

/* It has cosigned what is here. Under the lock. Returns whether it was set aside. */
static bool come_back(struct feed *f, struct witness *w)
{
    if (w->aside == ASIDE_NOT)
        return false;
    if (w->aside == ASIDE_SAID)
        log_line(LOG_WARNING, "witness %s cosigns again, and is not set aside any more",
                 w->who->name);
    w->aside = ASIDE_NOT;
    judge_doubt(f);
    return true;
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

/* Takes note of a checkpoint that has its quorum and is on the disk. Under the lock; true if it
 * is news. */
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

/* Makes the target the newest witnessed checkpoint if it has its quorum. Without the lock, which
 * the event loop needs, too: disk and signatures take their time. */
static void publish(struct feed *f)
{
    char path[PATH_MAX];
    struct buf now = { 0 }, before = { 0 }, note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    bool grown = false;
    rollback_path(&f->rollback, path, "witnessed");
    pthread_mutex_lock(&f->publishing);
    pthread_mutex_lock(&f->lock);
    assemble(f, &now);
    buf_add_span(&before, buf_span(&f->witnessed));
    pthread_mutex_unlock(&f->lock);
    /* Of one size no cosignature that was served is given up for an older one, or for none. */
    checkpoint_merge(&note, f->policy, buf_span(&before), buf_span(&now));
    note.failed = note.failed || now.failed || before.failed;
    if (!note.failed && policy_open(&cp, f->policy, buf_span(&note), &why) == 0 && cp.quorum) {
        bool kept = file_replace(path, buf_span(&note)) == 0;
        if (!kept)
            log_line(LOG_ERROR, "%s could not be written: its checkpoint is not served", path);
        pthread_mutex_lock(&f->lock);
        grown = kept && take_witnessed(f, cp.checkpoint.size, &note);
        pthread_mutex_unlock(&f->lock);
    }
    pthread_mutex_unlock(&f->publishing);
    buf_free(&now);
    buf_free(&before);
    buf_free(&note);
    if (grown)
        f->changed(f->ctx);
}

/* ---- one witness ----------------------------------------------------------------------------- */

/* Is there something to ask it? Also an old cosignature is renewed, for those who want a young
 * one. */
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
        set_aside(f, w, asked);
        take_failure(w);
        break;
    case ASKED_BEHIND:
        w->size = w->asking.size;
        break;
    case ASKED_NOTHING:
    case ASKED_REFUSED:
    case ASKED_FAILED:
        take_failure(w);
        break;
    }
}

/* What a witness is that says that it is at a larger size than the target. Looked up after the
 * answer, and on the disk: somebody with a receipt may have shown it a checkpoint of ours that
 * was committed a moment ago. */
static enum asked judge_size(struct feed *f, struct asking *a)
{
    uint64_t newest;
    if (rollback_newest(&f->rollback, &newest) == STORE_OK)
        return a->size > newest ? ASKED_AHEAD : ASKED_BEHIND;
    snprintf(a->cause, sizeof a->cause, "the store could not be read");
    return ASKED_FAILED;
}

/* Asks until it is known where it stands. Without the lock. */
static enum asked ask_until(struct feed *f, struct witness *w, const struct target *target)
{
    enum asked asked = ASKED_BEHIND;
    for (int i = 0; asked == ASKED_BEHIND && i < BEHIND_MAX; i++) {
        asked = witness_ask(w->link, f->service->store, target, &w->asking);
        if (asked == ASKED_BEHIND && w->asking.size > target->size)
            return judge_size(f, &w->asking);
    }
    if (asked == ASKED_BEHIND) {
        snprintf(w->asking.cause, sizeof w->asking.cause, "it says another size each time");
        asked = ASKED_FAILED;
    }
    return asked;
}

/* Asks it about the target; the lock is let go of meanwhile. */
static void ask(struct feed *f, struct witness *w)
{
    char note[OWN_CHECKPOINT_MAX];
    struct target target = { .size = f->target_size, .root = f->target_root };
    memcpy(note, f->target, f->target_length);
    target.note = span_of(note, f->target_length);
    w->asking.size = w->size;
    w->under_way = target.size;
    pthread_mutex_unlock(&f->lock);
    enum asked asked = ask_until(f, w, &target);
    bool claims = asked == ASKED_AHEAD || asked == ASKED_OTHER;
    bool shown = claims && is_shown(f, w, asked, &target);
    pthread_mutex_lock(&f->lock);
    w->under_way = 0;
    bool changed = claims && w->aside != ASIDE_SAID;
    if (!shown)
        take(f, w, asked, target.size);
    if (asked == ASKED_COSIGNED)
        changed = come_back(f, w);
    w->asked = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
    if (changed && !shown)
        save_aside(f);
    if (asked == ASKED_COSIGNED)
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

/* Is DIR/witnessed a part of the store? */
static bool holds_witnessed(const struct feed *f)
{
    struct hash root;
    uint64_t newest;
    if (f->shown_size == 0)
        return true;
    return rollback_newest(&f->rollback, &newest) == STORE_OK && f->shown_size <= newest &&
           rollback_root(&f->rollback, f->shown_size, &root) == STORE_OK &&
           hash_eq(&root, &f->shown_root);
}

/* Was it shown before that the log was rolled back, and is it still? */
static bool is_known_bad(const struct feed *f, enum mark mark)
{
    if (mark == MARK_SHOWN)
        log_line(LOG_ERROR,
                 "THE LOG WAS ROLLED BACK, as %s/rolled_back shows, and it still is. Nothing is "
                 "signed",
                 f->rollback.dir);
    else if (!holds_witnessed(f))
        log_line(LOG_ERROR,
                 "THE LOG WAS ROLLED BACK: %s/witnessed is not a part of what is in the store. "
                 "Nothing is signed",
                 f->rollback.dir);
    else
        return false;
    return true;
}

/* What was found out or said once is not forgotten by a restart. Before the threads. */
static void recall(struct feed *f)
{
    bool aside[POLICY_WITNESSES_MAX] = { false };
    enum mark mark = rollback_read_mark(&f->rollback);
    if (is_known_bad(f, mark)) {
        metric_set(METRIC_ROLLED_BACK, 1);
        atomic_store(&f->rolled_back, true);
    }
    f->marked = mark == MARK_CLAIMED;
    if (f->marked)
        log_line(LOG_WARNING,
                 "%s/rolled_back shows nothing: it is judged anew, by what witnesses say now",
                 f->rollback.dir);
    rollback_read_aside(&f->rollback, aside);
    for (size_t i = 0; i < f->count; i++) {
        struct witness *w = &f->witness[i];
        w->aside = aside[i] ? ASIDE_SAID : f->marked && w->link != NULL ? ASIDE_MARKED : ASIDE_NOT;
        if (aside[i])
            log_line(LOG_WARNING, "witness %s is still set aside", w->who->name);
    }
    judge_doubt(f);
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
    f->rollback = (struct rollback){ .service = service, .policy = policy };
    snprintf(f->rollback.dir, sizeof f->rollback.dir, "%s", dir);
    for (size_t i = 0; i < count; i++) {
        struct witness *w = &f->witness[i];
        w->feed = f;
        w->number = i;
        w->who = policy_witness(policy, i);
        w->asked = !witness_is_asked(w->who);
        w->link = w->asked ? NULL
                           : witness_link_new(w->who, service->vkey.name,
                                              (long)service->config.witness_timeout, &f->stopping);
        if (!w->asked && w->link == NULL) {
            log_line(LOG_ERROR, "out of memory");
            feed_free(f);
            return NULL;
        }
        if (w->asked)
            log_line(LOG_WARNING, "witness %s is not asked: %s", w->who->name,
                     w->who->url == NULL ? "the policy has no URL of it"
                                         : "its key is of a type that this version does not know");
    }
    if (read_witnessed(f) != 0) {
        feed_free(f);
        return NULL;
    }
    recall(f);
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

bool feed_compare(struct feed *f)
{
    int64_t until = clock_steady() + (BEHIND_MAX + 1) * f->service->config.witness_timeout * 1000;
    pthread_mutex_lock(&f->lock);
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

enum reason feed_refuses(struct feed *f)
{
    return atomic_load(&f->rolled_back) ? REASON_LOG_ROLLED_BACK
           : atomic_load(&f->doubted)   ? REASON_LOG_DOUBTED
                                        : REASON_NONE;
}

void feed_set_aside(struct feed *f, struct buf *out)
{
    char name[128];
    json_t *names = json_array();
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->count; i++) {
        if (f->witness[i].aside != ASIDE_SAID)
            continue;
        printable_copy(name, sizeof name, span_str(f->witness[i].who->name));
        json_array_append_new(names, json_string(name));
    }
    pthread_mutex_unlock(&f->lock);
    char *text = names == NULL ? NULL : json_dumps(names, JSON_COMPACT);
    json_decref(names);
    if (text == NULL)
        out->failed = true;
    else
        buf_adds(out, text);
    free(text);
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
                  "bitacora_witness_failures_total counter\n# TYPE "
                  "bitacora_witness_set_aside gauge\n");
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
        buf_addf(out, "bitacora_witness_set_aside{witness=\"%s\"} %d\n", buf_str(&name),
                 w->aside == ASIDE_SAID);
    }
    pthread_mutex_unlock(&f->lock);
    buf_free(&name);
}
