#include "daemon/witnesses/feed_state.h"

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/sys/clock.h"

#define AGAIN_MS 500 /* after a first failure; doubled up to */
#define AGAIN_MAX_MS 30000
#define DOZE_MS 100 /* a piece of news that came while nobody listened waits so long */

/* Was it asked less than witness_interval ago? */
static bool is_too_soon(const struct feed *f, const struct feed_witness *w, int64_t now)
{
    return w->asked_at != 0 && now - w->asked_at < f->service->config.witness_interval * 1000;
}

/* Is there something to ask it? Also an old cosignature is renewed, for those who want a young
 * one. */
static bool has_work(struct feed *f, const struct feed_witness *w)
{
    int64_t now = clock_steady();
    target_move(f);
    if (f->target_size == 0 || now < w->not_before || is_too_soon(f, w, now))
        return false;
    return w->line.n == 0 ? w->size <= f->target_size
                          : now - w->cosigned_at > f->service->config.refresh * 1000 &&
                                w->size == f->target_size;
}

void feed_doze(struct feed *f)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += DOZE_MS * 1000 * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&f->news, &f->lock, &until);
}

static void keep_line(struct feed *f, struct feed_witness *w, uint64_t size)
{
    w->size = size;
    w->failures = 0;
    atomic_store(&f->service->clock_doubted, false); /* its time agrees with ours */
    if (size != f->target_size)
        return; /* the target has moved on; it is asked again at once */
    buf_clear(&w->line);
    buf_add_span(&w->line, buf_span(&w->asking.line));
    w->cosigned_at = clock_steady();
    w->cosigned_wall = clock_wall() / 1000;
}

static void count_failure(struct feed_witness *w)
{
    int64_t wait = AGAIN_MS;
    for (unsigned i = 0; i < w->failures && wait < AGAIN_MAX_MS; i++)
        wait *= 2;
    w->failures++;
    w->failures_total++;
    w->not_before = clock_steady() + (wait < AGAIN_MAX_MS ? wait : AGAIN_MAX_MS);
    metric_add(METRIC_WITNESS_FAILURES, 1);
}

/* Says once what changed about a witness: also another reason for which it does not cosign, as the
 * first one may be no more than that its connection broke. */
static void log_change(struct feed_witness *w, enum ask_result asked)
{
    bool good = asked == ASKED_COSIGNED, was = w->said == ASKED_COSIGNED;
    const char *cause = good ? "" : w->asking.cause;
    if (asked == ASKED_BEHIND ||
        (w->said != ASKED_NOTHING && good == was && strcmp(cause, w->told) == 0))
        return;
    w->said = asked;
    snprintf(w->told, sizeof w->told, "%s", cause);
    if (good)
        log_line(LOG_INFO, "witness %s cosigns", w->who->name);
    else
        log_line(LOG_WARNING, "witness %s does not cosign: %s", w->who->name, w->asking.cause);
}

static void keep_answer(struct feed *f, struct feed_witness *w, enum ask_result asked,
                        uint64_t size)
{
    if (asked != ASKED_AHEAD && asked != ASKED_OTHER)
        log_change(w, asked);
    switch (asked) {
    case ASKED_COSIGNED:
        keep_line(f, w, size);
        break;
    case ASKED_AHEAD:
    case ASKED_OTHER:
        doubt_set_aside(f, w, asked);
        count_failure(w);
        break;
    case ASKED_BEHIND:
        w->size = w->asking.size;
        break;
    case ASKED_NOTHING:
    case ASKED_REFUSED:
    case ASKED_FAILED:
        count_failure(w);
        break;
    }
}

/* What a witness is that says that it is at a larger size than the target. Looked up after the
 * answer, and on the disk: somebody with a receipt may have shown it a checkpoint of ours that
 * was committed a moment ago. */
static enum ask_result judge_size(const struct panel *p, struct ask_state *a)
{
    uint64_t newest;
    if (rollback_newest(&p->rollback, &newest) == STORE_OK)
        return a->size > newest ? ASKED_AHEAD : ASKED_BEHIND;
    snprintf(a->cause, sizeof a->cause, "the store could not be read");
    return ASKED_FAILED;
}

/* Asks until it is known where it stands. Without the lock. */
static enum ask_result ask_until(struct feed *f, struct feed_witness *w,
                                 const struct target *target)
{
    enum ask_result asked = ASKED_BEHIND;
    for (int i = 0; asked == ASKED_BEHIND && i < BEHIND_MAX; i++) {
        asked = witness_ask(w->link, f->service->store, target, &w->asking);
        if (asked == ASKED_BEHIND && w->asking.size > target->size)
            return judge_size(w->panel, &w->asking);
    }
    if (asked == ASKED_BEHIND) {
        snprintf(w->asking.cause, sizeof w->asking.cause, "it says another size each time");
        asked = ASKED_FAILED;
    }
    return asked;
}

/* Takes up what it answered, if its policy is still in force. Under the lock, which is let go of
 * meanwhile. */
static void take_up(struct feed *f, struct feed_witness *w, enum ask_result asked, uint64_t size)
{
    bool changed = (asked == ASKED_AHEAD || asked == ASKED_OTHER) && w->aside != ASIDE_SAID;
    if (f->panel != w->panel)
        return;
    keep_answer(f, w, asked, size);
    if (asked == ASKED_COSIGNED)
        changed = doubt_come_back(f, w);
    w->asked = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
    if (changed)
        doubt_save(f);
    if (asked == ASKED_COSIGNED)
        target_publish(f);
    pthread_mutex_lock(&f->lock);
}

/* Asks it about the target; the lock is let go of meanwhile. */
static void ask_witness(struct feed *f, struct feed_witness *w)
{
    char note[OWN_CHECKPOINT_MAX];
    struct target target = { .size = f->target_size, .root = f->target_root };
    memcpy(note, f->target, f->target_length);
    target.note = span_of(note, f->target_length);
    w->asking.size = w->size;
    w->under_way = target.size;
    w->asked_at = clock_steady();
    pthread_mutex_unlock(&f->lock);
    enum ask_result asked = ask_until(f, w, &target);
    bool shown =
        (asked == ASKED_AHEAD || asked == ASKED_OTHER) && doubt_is_shown(f, w, asked, &target);
    pthread_mutex_lock(&f->lock);
    w->under_way = 0;
    if (!shown)
        take_up(f, w, asked, target.size);
}

void *feed_attend(void *ctx)
{
    struct feed_witness *w = ctx;
    struct panel *p = w->panel;
    struct feed *f = p->feed;
    pthread_mutex_lock(&f->lock);
    while (!f->stopping && !p->ending && !atomic_load(&f->service->rolled_back)) {
        if (f->panel == p && target_unwritten(f)) {
            pthread_mutex_unlock(&f->lock);
            target_publish(f);
            pthread_mutex_lock(&f->lock);
        } else if (f->panel == p && has_work(f, w)) {
            ask_witness(f, w);
        } else {
            feed_doze(f);
        }
    }
    w->asked = true;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
    return NULL;
}
