#include "client/gate/gate_mirror.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/scratch.h"
#include "client/gate/gate_code.h"
#include "client/gate/gate_lag.h"
#include "client/gate/gate_tell.h"
#include "client/mirror/mirror.h"
#include "client/replay/check_ahead.h"
#include "proto/sys/clock.h"

#define LEAST_MS 100 /* between two looks, however often it is poked */

struct gate_mirror {
    struct gate_mirror_options options;
    struct mirror mirror;
    struct logfiles *files; /* of the copy, for the judge */
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    _Atomic enum outcome broken;

    /* Under the lock; changed by the thread alone. */
    pthread_mutex_t lock;
    atomic_bool wanted; /* somebody waits for the lock */
    struct judge *judge;
    struct gate_book *book;
    bool whole; /* the book was read to the end of a proven tree, and nothing of it is in doubt */
    char holder[CODE_MAX + 1]; /* "": not known yet */
    uint64_t size, look, judged;
    int64_t known;

    /* The thread's own. */
    bool holds; /* the lock */
    struct gate_lag lag;
    struct edge edge;
    struct scratch *scratch;
    struct check_ahead *ahead;
    struct findings findings; /* of the entries, all since the judge began */
    struct findings of_files; /* of the last replay */
    bool failed;              /* the book could not take an entry in */
    enum reason told;         /* what was said last to be in the way; REASON_NONE: nothing */
    size_t told_bad;          /* so many bad entries were told of */

    /* Of the wait between two looks. */
    pthread_mutex_t waiting;
    pthread_cond_t poked;
    bool poke;
};

/* ---- the lock -------------------------------------------------------------------------------- */

static void hold(struct gate_mirror *m)
{
    if (!m->holds)
        pthread_mutex_lock(&m->lock);
    m->holds = true;
}

static void let_go(struct gate_mirror *m)
{
    if (m->holds)
        pthread_mutex_unlock(&m->lock);
    m->holds = false;
}

/* A lock that is taken again at once would never be had by anybody else. */
static void give_way(struct gate_mirror *m)
{
    if (!m->holds || !atomic_load(&m->wanted))
        return;
    let_go(m);
    while (atomic_load(&m->wanted))
        sched_yield();
    hold(m);
}

void gate_mirror_look(struct gate_mirror *m, struct gate_view *out)
{
    atomic_store(&m->wanted, true);
    pthread_mutex_lock(&m->lock);
    atomic_store(&m->wanted, false);
    *out = (struct gate_view){ .size = m->size, .look = m->look, .judged = m->judged };
    memcpy(out->holder, m->holder, sizeof out->holder);
    if (!m->whole)
        return;
    out->book = m->book;
    out->registry = judge_registry(m->judge);
    out->known = m->known;
    out->own = registry_find_key(out->registry, m->options.key->key, &out->own_number);
}

void gate_mirror_leave(struct gate_mirror *m)
{
    pthread_mutex_unlock(&m->lock);
}

/* ---- judging --------------------------------------------------------------------------------- */

static enum fetch read_without_lock(void *ctx, const struct tile *t, size_t max, struct buf *out,
                                    struct refusal *why)
{
    struct gate_mirror *m = ctx;
    const struct source *files = logfiles_source(m->files);
    let_go(m);
    enum fetch got = files->tile(files->ctx, t, max, out, why);
    hold(m);
    return got;
}

static enum lookup look_up(void *ctx, uint64_t index, struct known_entry *out)
{
    struct gate_mirror *m = ctx;
    return scratch_get(m->scratch, index, out);
}

static void keep_seen(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf)
{
    struct gate_mirror *m = ctx;
    (void)index;
    scratch_add(m->scratch, kind, leaf);
    check_ahead_learn(m->ahead, judge_registry(m->judge));
}

static void take_into_book(void *ctx, const struct judged *e)
{
    struct gate_mirror *m = ctx;
    const struct registry *r = judge_registry(m->judge);
    m->judged++;
    if (m->book != NULL && !m->failed)
        m->failed = gate_book_take(m->book, e, r) != 0;
    give_way(m);
}

static bool may_go_on(void *ctx, uint64_t done, uint64_t size)
{
    const struct gate_mirror *m = ctx;
    (void)done;
    (void)size;
    return !atomic_load(&m->stopping) && !m->failed;
}

/* Nothing that was read counts any more. */
static void begin_anew(struct gate_mirror *m)
{
    hold(m);
    m->whole = m->failed = false;
    judge_free(m->judge);
    gate_book_free(m->book);
    m->judge = NULL;
    m->book = NULL;
    let_go(m);
    scratch_free(m->scratch);
    m->scratch = NULL;
    m->edge = (struct edge){ 0 };
    findings_free(&m->findings);
    m->told_bad = 0;
}

/* Returns false without memory, or room for a temporary file. */
static bool begin_judging(struct gate_mirror *m)
{
    const struct trust *t = &m->mirror.trust;
    struct judge_setup setup = { .log = *trust_log(t),
                                 .keys = trust_log_keys(t),
                                 .has_pin = t->has_pin,
                                 .pin = t->pin,
                                 .lookup = look_up,
                                 .lookup_ctx = m,
                                 .found = findings_add,
                                 .found_ctx = &m->findings,
                                 .judged = take_into_book,
                                 .judged_ctx = m };
    if (m->judge != NULL)
        return true;
    m->scratch = scratch_new(0);
    struct judge *judge = m->scratch == NULL ? NULL : judge_new(&setup);
    struct gate_book *book = m->holder[0] == 0 ? NULL : gate_book_new(m->holder);
    hold(m);
    m->judge = judge;
    m->book = book;
    let_go(m);
    return judge != NULL && (book != NULL || m->holder[0] == 0);
}

static enum replay_end replay(struct gate_mirror *m, const struct checkpoint *cp)
{
    const struct source source = { read_without_lock, m };
    findings_free(&m->of_files);
    m->ahead = check_ahead_new(cp->size - m->edge.frontier.size, NULL);
    check_ahead_learn(m->ahead, judge_registry(m->judge));
    struct replay_setup setup = { .source = &source,
                                  .size = cp->size,
                                  .root = cp->root,
                                  .judge = m->judge,
                                  .seen = keep_seen,
                                  .seen_ctx = m,
                                  .found = findings_add,
                                  .found_ctx = &m->of_files,
                                  .progress = may_go_on,
                                  .progress_ctx = m,
                                  .ahead = check_ahead_ahead(m->ahead) };
    enum replay_end end = replay_run(&setup, &m->edge);
    let_go(m);
    check_ahead_free(m->ahead);
    m->ahead = NULL;
    return end;
}

/* ---- whose book it is ------------------------------------------------------------------------ */

/* A copy is gone over before its entries are judged. So the book of the first replay is that of the
 * right holder, unless the log has enrolments of the gate's key that do not count. */
static void look_for_code(void *ctx, const struct judged *e)
{
    struct gate_mirror *m = ctx;
    char code[CODE_MAX + 1] = "";
    if (m->holder[0] != 0 || !gate_code_find(code, e->bytes, m->options.key))
        return;
    hold(m);
    memcpy(m->holder, code, sizeof m->holder);
    let_go(m);
}

enum whose_book { BOOK_RIGHT, BOOK_OTHER, BOOK_NOBODY };

/* The code stands in the enrolment of the gate's key, which a replay shows. BOOK_OTHER: there was no
 * book, or one that was made for another; the code is known now. */
static enum whose_book whose_book(struct gate_mirror *m)
{
    uint32_t number;
    const struct enrolment *own =
        registry_find_key(judge_registry(m->judge), m->options.key->key, &number);
    if (own == NULL || own->role != ROLE_HOLDER)
        return BOOK_NOBODY;
    if (m->book != NULL && strcmp(m->holder, own->authority) == 0)
        return BOOK_RIGHT;
    hold(m);
    memcpy(m->holder, own->authority, sizeof m->holder);
    let_go(m);
    return BOOK_OTHER;
}

/* ---- a look ---------------------------------------------------------------------------------- */

/* Said once for each reason; REASON_NONE where all is known. */
static void tell_once(struct gate_mirror *m, enum reason reason, enum gate_stand stand,
                      const struct findings *f)
{
    if (m->told == reason)
        return;
    m->told = reason;
    if (f != NULL)
        findings_print(f, stderr);
    gate_tell_stand(stand);
}

static void know(struct gate_mirror *m, const struct checkpoint *cp)
{
    int64_t known = gate_lag_take(&m->lag, cp->size);
    hold(m);
    m->size = cp->size;
    m->known = known;
    m->whole = true;
    let_go(m);
    if (gate_lag_is_long(&m->lag))
        tell_once(m, REASON_QUORUM, STAND_UNWITNESSED, NULL);
    else
        tell_once(m, REASON_NONE, STAND_KNOWN, NULL);
    if (m->findings.bad && m->findings.total != m->told_bad)
        gate_tell_bad_entries();
    m->told_bad = m->findings.total;
}

static enum reason first_reason(const struct findings *f)
{
    return f->kept > 0 ? f->list[0].why.reason : REASON_UNREADABLE;
}

/* Of a copy of which each entry could be judged. */
static void take_book(struct gate_mirror *m, const struct checkpoint *cp)
{
    switch (whose_book(m)) {
    case BOOK_RIGHT:
        know(m, cp);
        break;
    case BOOK_OTHER:
        begin_anew(m);
        gate_mirror_poke(m);
        break;
    case BOOK_NOBODY:
        tell_once(m, REASON_GATE_KEY, STAND_NO_HOLDER, NULL);
        break;
    }
}

/* What stands in the copy was proven before it was written: what does not fit now was altered
 * since, and is read again from the start. An entry that this version cannot judge may be what
 * matters. */
static void take_in(struct gate_mirror *m, const struct checkpoint *cp)
{
    if (!begin_judging(m)) {
        begin_anew(m);
        tell_once(m, REASON_MEMORY, STAND_UNKNOWN, NULL);
        return;
    }
    enum replay_end end = replay(m, cp);
    if (atomic_load(&m->stopping))
        return;
    if (end != REPLAY_PROVEN || m->failed || m->of_files.total > 0) {
        tell_once(m, first_reason(&m->of_files), STAND_UNKNOWN, &m->of_files);
        begin_anew(m);
    } else if (m->findings.undecided) {
        hold(m);
        m->whole = false;
        let_go(m);
        tell_once(m, first_reason(&m->findings), STAND_UNKNOWN, &m->findings);
    } else {
        take_book(m, cp);
    }
}

static void look(struct gate_mirror *m)
{
    lost_forget();
    gate_lag_ask(&m->lag, clock_wall());
    enum outcome outcome = mirror_update(&m->mirror);
    bool grown = m->mirror.kept;
    if (grown && !atomic_load(&m->stopping))
        take_in(m, &m->mirror.now.cp.checkpoint);
    else if (!grown && !atomic_load(&m->stopping))
        tell_once(m, first_reason(&m->mirror.findings), STAND_UNKNOWN, &m->mirror.findings);
    if (!mirror_may_mend(&m->mirror, outcome)) {
        (void)trust_write_evidence(&m->mirror.trust, &m->mirror.evidence);
        atomic_store(&m->broken, outcome);
    }
    buf_clear(&m->mirror.evidence);
    mirror_next(&m->mirror, grown);
}

/* ---- the thread ------------------------------------------------------------------------------ */

static struct timespec after_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* Until it is time for the next look. */
static void pause_between(struct gate_mirror *m)
{
    const struct timespec least = after_ms(LEAST_MS), most = after_ms(m->options.every_ms);
    int failed = 0;
    pthread_mutex_lock(&m->waiting);
    while (!atomic_load(&m->stopping) && failed == 0)
        failed = pthread_cond_timedwait(&m->poked, &m->waiting, &least);
    failed = 0;
    while (!atomic_load(&m->stopping) && !m->poke && failed == 0)
        failed = pthread_cond_timedwait(&m->poked, &m->waiting, &most);
    m->poke = false;
    pthread_mutex_unlock(&m->waiting);
}

static void *follow_log(void *ctx)
{
    struct gate_mirror *m = ctx;
    while (!atomic_load(&m->stopping) && atomic_load(&m->broken) == OUTCOME_PROVEN) {
        look(m);
        hold(m);
        m->look++;
        let_go(m);
        m->options.moved(m->options.ctx);
        pause_between(m);
    }
    return NULL;
}

void gate_mirror_poke(struct gate_mirror *m)
{
    pthread_mutex_lock(&m->waiting);
    m->poke = true;
    pthread_cond_signal(&m->poked);
    pthread_mutex_unlock(&m->waiting);
}

enum outcome gate_mirror_broken(const struct gate_mirror *m)
{
    return atomic_load(&m->broken);
}

const struct trust *gate_mirror_trust(const struct gate_mirror *m)
{
    return &m->mirror.trust;
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void init_locks(struct gate_mirror *m)
{
    pthread_condattr_t steady;
    pthread_mutex_init(&m->lock, NULL);
    pthread_mutex_init(&m->waiting, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&m->poked, &steady);
    pthread_condattr_destroy(&steady);
}

struct gate_mirror *gate_mirror_open(const struct gate_mirror_options *options,
                                     enum outcome *outcome)
{
    struct gate_mirror *m = kept(calloc(1, sizeof *m));
    const struct mirror_options of_mirror = { .trust = options->trust,
                                              .dir = options->dir,
                                              .no_patience = true,
                                              .passed = look_for_code,
                                              .ctx = m };
    *outcome = OUTCOME_UNDECIDED;
    if (m == NULL)
        return NULL;
    m->options = *options;
    m->told = REASON_NONE;
    init_locks(m);
    *outcome = mirror_open(&m->mirror, &of_mirror);
    if (*outcome == OUTCOME_PROVEN) {
        m->files = logfiles_of_dir(options->dir);
        *outcome = !gate_lag_open(&m->lag, &m->mirror.trust) || lost_any() ? OUTCOME_UNDECIDED
                                                                           : OUTCOME_PROVEN;
    }
    if (*outcome == OUTCOME_PROVEN)
        return m;
    gate_mirror_close(m);
    return NULL;
}

/* Asked during exchanges of any thread. */
static bool is_running(void *ctx)
{
    const struct gate_mirror *m = ctx;
    return !atomic_load(&m->stopping);
}

int gate_mirror_start(struct gate_mirror *m)
{
    fetch_while(is_running, m);
    int failed = pthread_create(&m->thread, NULL, follow_log, m);
    m->started = failed == 0;
    if (failed != 0)
        say(TR("no thread could be started: %s", "no se pudo iniciar un hilo: %s"),
            errno_words(failed));
    return failed == 0 ? 0 : -1;
}

void gate_mirror_stop(struct gate_mirror *m)
{
    if (m == NULL)
        return;
    atomic_store(&m->stopping, true);
    gate_mirror_poke(m);
}

void gate_mirror_close(struct gate_mirror *m)
{
    if (m == NULL)
        return;
    gate_mirror_stop(m);
    if (m->started)
        pthread_join(m->thread, NULL);
    fetch_while(NULL, NULL);
    begin_anew(m);
    findings_free(&m->of_files);
    logfiles_free(m->files);
    gate_lag_close(&m->lag);
    mirror_close(&m->mirror);
    pthread_cond_destroy(&m->poked);
    pthread_mutex_destroy(&m->waiting);
    pthread_mutex_destroy(&m->lock);
    free(m);
}
