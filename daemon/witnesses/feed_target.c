#include "daemon/witnesses/feed_state.h"

#include "daemon/host/datadir.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/tlog/merge.h"

#define WRITE_AGAIN_MS 2000
#define ROUND_MS 2000 /* a quorum that has not come together by then may never do on this size */

/* Our own signature on DIR/witnessed is enough to compare the store with it. To be served, it also
 * needs the quorum of the policy. */
int target_recall(struct feed *f)
{
    struct signed_checkpoint cp;
    struct refusal why;
    enum file read = rollback_witnessed(&f->panel->rollback, &f->witnessed, &cp.checkpoint);
    if (read != FILE_OK)
        return read == FILE_MISSING ? 0 : -1;
    f->shown_size = cp.checkpoint.size;
    f->shown_root = cp.checkpoint.root;
    if (policy_open(&cp, f->panel->policy, buf_span(&f->witnessed), &why) == 0 && cp.quorum) {
        f->witnessed_size = cp.checkpoint.size;
        return 0;
    }
    log_line(LOG_WARNING, "%s/witnessed has not the quorum of this policy: it is not served",
             f->dir);
    buf_clear(&f->witnessed);
    return 0;
}

/* Has the target had its time? Witnesses that are being asked about it may still answer. */
static bool is_late(const struct feed *f, int64_t now)
{
    int64_t patience = ROUND_MS;
    for (size_t i = 0; i < f->panel->count; i++)
        if (f->panel->witness[i].under_way == f->target_size)
            patience = f->service->config.witness_timeout * 1000 + ROUND_MS;
    return now - f->target_since >= patience;
}

/* Witnesses are asked no more often than was agreed with them. */
static bool is_early(const struct feed *f, int64_t now)
{
    return now - f->target_since < f->service->config.witness_interval * 1000;
}

void target_move(struct feed *f)
{
    struct hash root;
    uint64_t size;
    int64_t now = clock_steady();
    char note[OWN_CHECKPOINT_MAX];
    if (f->target_size != 0 && (is_early(f, now) || (!f->reached && !is_late(f, now))))
        return;
    size_t n = newest_get(&f->service->newest, &size, &root, note);
    if (size <= f->target_size)
        return;
    memcpy(f->target, note, n);
    f->target_length = n;
    f->target_size = size;
    f->target_root = root;
    f->target_since = now;
    if (f->waiting_since == 0)
        f->waiting_since = now;
    f->reached = false;
    for (size_t i = 0; i < f->panel->count; i++)
        buf_clear(&f->panel->witness[i].line);
    pthread_cond_broadcast(&f->news);
}

/* Our checkpoint with the cosignatures that there are so far. */
static void assemble_note(const struct feed *f, struct buf *out)
{
    buf_add(out, f->target, f->target_length);
    for (size_t i = 0; i < f->panel->count; i++)
        buf_add_span(out, buf_span(&f->panel->witness[i].line));
}

/* Takes note of a checkpoint that has its quorum and is on the disk. Under the lock; true if it
 * is news. */
static bool set_witnessed(struct feed *f, uint64_t size, const struct buf *note)
{
    bool grown = size > f->witnessed_size;
    if (size < f->witnessed_size)
        return false;
    f->reached = f->reached || size == f->target_size;
    f->witnessed_size = size;
    buf_clear(&f->witnessed);
    buf_add_span(&f->witnessed, buf_span(note));
    f->waiting_since = f->target_size > size ? clock_steady() : 0;
    metric_set(METRIC_WITNESSED_SIZE, (int64_t)size);
    target_move(f);
    return grown;
}

void target_publish(struct feed *f)
{
    char path[PATH_MAX];
    struct buf now = { 0 }, before = { 0 }, note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    bool grown = false;
    pthread_mutex_lock(&f->publishing);
    rollback_path(&f->panel->rollback, path, "witnessed");
    pthread_mutex_lock(&f->lock);
    assemble_note(f, &now);
    buf_add_span(&before, buf_span(&f->witnessed));
    pthread_mutex_unlock(&f->lock);
    /* Of one size no cosignature that was served is given up for an older one, or for none. */
    checkpoint_merge(&note, f->panel->policy, buf_span(&before), buf_span(&now));
    note.failed = note.failed || now.failed || before.failed;
    if (!note.failed && policy_open(&cp, f->panel->policy, buf_span(&note), &why) == 0 &&
        cp.quorum) {
        bool kept = file_replace(path, buf_span(&note), 0600) == 0;
        if (!kept)
            log_line(LOG_ERROR, "%s could not be written: its checkpoint is not served", path);
        pthread_mutex_lock(&f->lock);
        f->write_again = kept ? 0 : clock_steady() + WRITE_AGAIN_MS;
        grown = kept && set_witnessed(f, cp.checkpoint.size, &note);
        pthread_mutex_unlock(&f->lock);
    }
    pthread_mutex_unlock(&f->publishing);
    buf_free(&now);
    buf_free(&before);
    buf_free(&note);
    if (grown)
        f->changed(f->ctx);
}

int64_t feed_waits_ms(struct feed *f)
{
    pthread_mutex_lock(&f->lock);
    int64_t since = f->waiting_since;
    pthread_mutex_unlock(&f->lock);
    return since == 0 ? 0 : clock_steady() - since;
}

bool feed_waits_long(struct feed *f)
{
    return feed_waits_ms(f) > 2 * (f->service->config.witness_timeout * 1000 + ROUND_MS);
}

bool target_unwritten(struct feed *f)
{
    if (f->write_again == 0 || clock_steady() < f->write_again)
        return false;
    f->write_again = 0;
    return true;
}

bool target_serves_on(const struct feed *f, const struct panel *next)
{
    struct signed_checkpoint cp;
    struct refusal why;
    return f->witnessed.n > 0 &&
           policy_open(&cp, next->policy, buf_span(&f->witnessed), &why) == 0 && cp.quorum;
}

void target_take_over(struct feed *f, bool serves_on)
{
    if (!serves_on) {
        if (f->witnessed.n > 0)
            log_line(LOG_WARNING,
                     "the checkpoint of size %llu has not the quorum of the new policy: it is not "
                     "served any more",
                     (unsigned long long)f->witnessed_size);
        buf_clear(&f->witnessed);
        f->witnessed_size = 0;
    }
    f->reached = serves_on && f->witnessed_size == f->target_size;
    if (f->panel->count == 0 || f->target_size <= f->witnessed_size)
        f->waiting_since = 0;
    else if (f->waiting_since == 0)
        f->waiting_since = clock_steady();
    metric_set(METRIC_WITNESSED_SIZE, f->panel->count == 0 ? 0 : (int64_t)f->witnessed_size);
}
