#include "daemon/append/sequencer.h"

#include <stdlib.h>

#include "daemon/append/record_blobs.h"
#include "daemon/append/sequencer_state.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "daemon/witnesses/feed.h"
#include "proto/sys/clock.h"

/* Single notes that a batch waits for at most: some milliseconds of verifying. */
#define GATHER_MOST 64

/* Between two looks for a signer that is away, and at one that is there while nothing is appended. */
#define LOOK_AGAIN_MS 500
#define LOOK_IDLE_MS 1000

/* That the log may have stood still before somebody has to bear its clock out. */
#define CLOCK_DOUBT_MS (60 * 60 * 1000)

/* ---- one note -------------------------------------------------------------------------------- */

/* Keeps the blobs that a record names, once it has passed all checks. *absent: one of them has
 * expired. Returns why the batch is spoilt, or STORE_OK. */
static enum store_result keep_blobs(struct sequencer *s, const struct record *record, bool *absent,
                                    struct refusal *why)
{
    enum blob_result r = record_blobs_keep(s->service, record, why);
    *absent = r == BLOB_ABSENT;
    return r == BLOB_OK || r == BLOB_ABSENT ? STORE_OK
           : r == BLOB_FULL                 ? STORE_FULL
           : r == BLOB_MEMORY               ? STORE_MEMORY
                                            : STORE_IO;
}

/* A note that is judged good: it becomes an entry. */
static enum store_result append_note(struct sequencer *s, struct submitted *n, int64_t accepted)
{
    struct append *a = &s->append;
    struct hash leaf;
    struct buf *bytes = n->submission->batch ? &a->bytes : &n->entry;
    enum store_result r =
        append_record(a, &n->record, n->signer, accepted, bytes, &n->index, &leaf);
    if (r != STORE_OK)
        return r;
    if (s->listener.appended != NULL) {
        const struct sequenced e = { .index = n->index,
                                     .leaf = &leaf,
                                     .accepted = accepted,
                                     .record = &n->record,
                                     .txn = a->txn };
        s->listener.appended(s->listener.ctx, &e);
    }
    n->outcome = OUTCOME_APPENDED;
    s->appended++;
    s->cut = registry_takes(n->record.kind);
    return STORE_OK;
}

/* When a record is accepted. A record of others is signed by somebody whose clock agrees with ours,
 * within the log's skew; nobody's clock stands behind the log's own. If the wall clock was set
 * forward since it last agreed with somebody, they go by the steady one: else nothing could be
 * accepted until the time has come that they say. */
static int64_t acceptance(const struct sequencer *s, const struct submitted *n, int64_t now)
{
    int64_t expected = s->clock_offset + clock_steady();
    if (n->submission->own && now > expected + s->tip.skew)
        now = expected;
    return now > s->append.next.last_time ? now : s->append.next.last_time;
}

/* A machine that starts with a clock that is far ahead must not make the log sign that: acceptance
 * never decreases, and honest records would be refused until that time has come. What the log says
 * itself can wait until somebody bears the clock out; its end is ordered by hand. */
static bool is_too_early(const struct sequencer *s, const struct submitted *n, int64_t now)
{
    return n->submission->own && own_record_of(n->submission)->kind != KIND_FREEZE &&
           atomic_load(&s->service->clock_doubted) &&
           now > s->append.next.last_time + CLOCK_DOUBT_MS;
}

/* Judges a note, and appends it if it is good. Anything but STORE_OK spoils the batch. */
static enum store_result sequence(struct sequencer *s, struct submitted *n, int64_t now)
{
    struct append *a = &s->append;
    struct refusal why;
    uint64_t used;
    int64_t accepted = acceptance(s, n, now);
    s->taken[s->taken_count++] = n;
    if (is_too_early(s, n, now)) {
        refuse(&why, REASON_CLOCK_DOUBTED, "");
        submitted_refuse(n, &why);
        return STORE_OK;
    }
    if (n->submission->own &&
        own_record_make(own_record_of(n->submission), s->signer,
                        signers_registry(&s->service->signers), accepted, &why) != 0) {
        submitted_refuse(n, &why);
        return STORE_OK;
    }
    enum store_result r = note_judge_seen(a->txn, n, &used);
    if (r != STORE_OK || n->outcome == OUTCOME_SEEN)
        return r;
    const struct note_position at = { .txn = a->txn,
                                      .size = a->next.edge.frontier.size,
                                      .accepted = accepted,
                                      .skew = s->tip.skew,
                                      .cover = &a->next.cover };
    if (note_judge_rest(&s->judge, n, &at, used, &why) != 0) {
        submitted_refuse(n, &why);
        return STORE_OK;
    }
    bool absent;
    r = keep_blobs(s, &n->record, &absent, &why);
    if (absent)
        submitted_refuse(n, &why);
    if (absent || r != STORE_OK)
        return r;
    if (!n->submission->own) {
        s->clock_offset = now - clock_steady();
        atomic_store(&s->service->clock_doubted, false);
    }
    return append_note(s, n, accepted);
}

/* ---- a batch --------------------------------------------------------------------------------- */

static bool next_submission(struct sequencer *s)
{
    if (s->current == NULL && s->ready == NULL)
        s->ready = queue_take_all(s->queue);
    if (s->current == NULL && s->ready != NULL) {
        s->current = submission_of(s->ready);
        s->ready = s->ready->next;
    }
    return s->current != NULL;
}

static void finish_current(struct sequencer *s)
{
    s->current->work.next = s->done == NULL ? NULL : &s->done->work;
    s->done = s->current;
    s->current = NULL;
}

/* Takes notes until the batch is full or there are no more. */
static enum store_result fill_batch(struct sequencer *s)
{
    enum store_result r = STORE_OK;
    int64_t now = clock_wall();
    size_t most = (size_t)s->service->config.batch;
    while (r == STORE_OK && !s->cut && s->taken_count < most && next_submission(s)) {
        struct submission *sub = s->current;
        while (r == STORE_OK && !s->cut && s->taken_count < most && sub->next < sub->count) {
            struct submitted *n = &sub->note[sub->next++];
            if (n->outcome == OUTCOME_OPEN)
                r = sequence(s, n, now);
        }
        if (sub->next == sub->count)
            finish_current(s);
    }
    return r;
}

/* Nothing of this batch happened. A note may have been refused because of another note in it, so
 * all of them are to be sent again, except those that stood in the log before. */
static void spoil(struct sequencer *s, enum reason reason)
{
    struct refusal why;
    uint64_t size = s->tip.edge.frontier.size;
    refuse(&why, reason, "");
    for (size_t i = 0; i < s->taken_count; i++)
        if (s->taken[i]->outcome != OUTCOME_SEEN || s->taken[i]->index >= size)
            submitted_refuse(s->taken[i], &why);
}

/* Less room than this explains a failed write, however little min_free is. */
#define ROOM_FOR_A_BATCH (64u * 1024 * 1024)

/* The registry's last change is in the last entry of the batch; NULL: it has none. */
static const struct submitted *change_of(const struct sequencer *s)
{
    return s->cut ? s->taken[s->taken_count - 1] : NULL;
}

static void apply_change(struct sequencer *s, const struct submitted *n)
{
    if (signers_apply(&s->service->signers, n->index, &s->tip.last_leaf, &n->record) != 0)
        s->stale = true; /* out of memory: no record is judged before it was read again */
    if (n->record.kind == KIND_ERASURE)
        erasing_order(s->service, &n->record);
}

/* The batch is on the disk. */
static void publish_batch(struct sequencer *s)
{
    const struct submitted *change = change_of(s);
    s->tip = s->append.next;
    if (change != NULL && change->record.kind == KIND_ERASURE)
        erasing_announce(s->service, &change->record);
    /* At once: readers see it in the store already, and to erase a blob takes a while. */
    newest_set(&s->service->newest, &s->tip);
    if (change != NULL)
        apply_change(s, change);
    sequencer_tell_feed(s);
    metric_set(METRIC_STORE_FULL, 0);
    metric_set(METRIC_APPENDING, 1);
    metric_add(METRIC_COMMITS, 1);
    metric_add(METRIC_APPENDED, (int64_t)s->appended);
    metric_set(METRIC_LAST_COMMIT, clock_wall() / 1000);
}

/* Answers one note without appending it. One that stands in the log already still gets
 * OUTCOME_SEEN. */
static void turn_away(struct sequencer *s, struct submitted *n, enum reason reason)
{
    struct store_txn *txn;
    struct refusal why;
    uint64_t used;
    if (!n->submission->own && store_begin(&txn, s->service->store, STORE_READ) == STORE_OK) {
        enum store_result r = note_judge_seen(txn, n, &used);
        store_end(txn);
        if (r == STORE_OK && n->outcome == OUTCOME_SEEN)
            return;
    }
    refuse(&why, reason, "");
    submitted_refuse(n, &why);
}

static void turn_all_away(struct sequencer *s, enum reason reason)
{
    while (next_submission(s)) {
        struct submission *sub = s->current;
        for (; sub->next < sub->count; sub->next++)
            if (sub->note[sub->next].outcome == OUTCOME_OPEN)
                turn_away(s, &sub->note[sub->next], reason);
        finish_current(s);
    }
}

/* A failed write or sync is never tried again: what the disk holds then may not be what it
 * reports. */
static void spoil_failed(struct sequencer *s, enum store_result r)
{
    bool full = r == STORE_FULL || (r == STORE_IO && sequencer_lacks_room(s, ROOM_FOR_A_BATCH));
    enum reason reason = full                                     ? REASON_FULL
                         : s->append.signer == LOG_SIGNER_AWAY    ? REASON_SIGNER_AWAY
                         : s->append.signer == LOG_SIGNER_REFUSES ? REASON_STOPPING
                                                                  : REASON_MEMORY;
    s->unfinished = s->unfinished || s->append.journaled;
    s->compared = s->compared && s->append.signer == LOG_SIGNER_OK;
    s->look_again = s->append.signer == LOG_SIGNER_AWAY;
    metric_add(METRIC_COMMIT_FAILURES, 1);
    s->stale = true;
    sequencer_revive(s); /* at once, and not for the next note: who reads waits for it */
    if (full) {
        metric_set(METRIC_STORE_FULL, 1); /* the map, or a quota: the disk may have room */
        metric_set(METRIC_APPENDING, 0);
    }
    spoil(s, reason);
    if (s->taken_count == 0) /* not even begun: to wait for better times would be to spin */
        turn_all_away(s, reason);
    if (s->append.signer == LOG_SIGNER_REFUSES)
        sequencer_end(s, "the signer refuses to sign what comes next");
    if (r == STORE_IO && !full)
        sequencer_end(s, "the disk failed while there was room on it");
    else if (r == STORE_DAMAGED)
        sequencer_end(s, "the store is damaged: run bitacorad fsck");
}

/* A commit of somebody else between two of ours means a second writer: a lock that did not hold. */
static enum store_result same_head(struct sequencer *s)
{
    struct buf note = { 0 };
    enum store_result r = store_head(s->append.txn, &note);
    if (r == STORE_OK &&
        !span_eq(buf_span(&note), span_of(s->tip.checkpoint, s->tip.checkpoint_length))) {
        sequencer_end(s, "somebody else wrote to the store");
        r = STORE_DAMAGED;
    }
    buf_free(&note);
    return r;
}

static enum store_result write_batch(struct sequencer *s)
{
    struct store_txn *txn;
    int64_t first = clock_steady_us(), began = first;
    enum store_result r = store_begin(&txn, s->service->store, STORE_WRITE);
    if (r != STORE_OK)
        return r;
    append_begin(&s->append, txn, &s->tip);
    r = same_head(s);
    if (r == STORE_OK)
        r = fill_batch(s);
    if (r == STORE_OK && s->appended > 0 && blobs_settle(s->service->blobs) != BLOB_OK)
        r = STORE_IO;
    if (r == STORE_OK && s->appended > 0)
        r = append_finish(&s->append, s->signer);
    metric_add(METRIC_SEQUENCE_US, clock_steady_us() - began);
    if (r != STORE_OK || s->appended == 0) {
        store_end(txn);
        return r;
    }
    began = clock_steady_us();
    r = store_commit(txn);
    metric_add(METRIC_COMMIT_US, clock_steady_us() - began);
    if (clock_steady_us() - first > metric_get(METRIC_BATCH_LONGEST_US))
        metric_set(METRIC_BATCH_LONGEST_US, clock_steady_us() - first);
    if (r == STORE_OK && sequencer_mark(s, &s->append.next) != 0)
        r = STORE_IO;
    else if (r == STORE_OK)
        publish_batch(s);
    return r;
}

/* ---- when appending is not possible ---------------------------------------------------------- */

static void run_batch(struct sequencer *s)
{
    enum reason doubt = feed_refuses(s->service);
    if (s->stale)
        sequencer_revive(s);
    s->cut = false;
    s->taken_count = 0;
    s->appended = 0;
    s->append.txn = NULL;
    s->append.signer = LOG_SIGNER_OK;
    s->append.journaled = false;
    if (s->ended) {
        turn_all_away(s, REASON_STOPPING);
    } else if (doubt != REASON_NONE) {
        turn_all_away(s, doubt);
    } else if (s->held) {
        turn_all_away(s, REASON_STOPPING);
    } else if (!sequencer_has_room(s)) {
        turn_all_away(s, REASON_FULL);
    } else if ((doubt = sequencer_ready(s)) != REASON_NONE) {
        turn_all_away(s, doubt);
    } else {
        enum store_result r = write_batch(s);
        if (r != STORE_OK)
            spoil_failed(s, r);
    }
}

/* Hands back, in the order in which they came. */
static void hand_back(struct sequencer *s)
{
    struct submission *first = NULL;
    while (s->done != NULL) {
        struct submission *sub = s->done;
        s->done = submission_of(sub->work.next);
        if (sub->own) {
            own_record_of(sub)->finish(own_record_of(sub));
            continue;
        }
        sub->work.next = first == NULL ? NULL : &first->work;
        first = sub;
    }
    if (first != NULL)
        s->callbacks.finish(s->callbacks.ctx, first);
}

/* Waits for the notes that are being verified. A note is taken off `expected` just before it is
 * pushed; here the two are read in the other order, so that no note is waited for in vain. */
static void gather(struct sequencer *s)
{
    size_t length = queue_length(s->queue), expected = atomic_load(&s->expected);
    queue_gather(s->queue, length + (expected < GATHER_MOST ? expected : GATHER_MOST));
}

/* Returns false when the end has come. Returns without notes, too, when it is time to look again. */
static bool wait_for_notes(struct sequencer *s)
{
    if ((s->look_again || s->dead) && !s->ended && !queue_gather_within(s->queue, 1, LOOK_AGAIN_MS))
        return true;
    while (s->service->journal != NULL && !s->ended &&
           !queue_gather_within(s->queue, 1, LOOK_IDLE_MS))
        if (!sequencer_sees_signer(s))
            return true;
    queue_gather(s->queue, 1);
    gather(s);
    return next_submission(s);
}

static void *sequence_all(void *ctx)
{
    struct sequencer *s = ctx;
    struct feed *feed = s->service->feed;
    s->held = feed != NULL && !feed_compare(feed);
    if (s->held)
        metric_set(METRIC_APPENDING, 0);
    metric_set(METRIC_STARTING, 0);
    s->started = true;
    for (;; s->turns++) {
        s->busy = false;
        bool first = s->turns == 0 && s->look_again; /* the batch in the journal waits for nobody */
        if (!first && s->current == NULL && s->ready == NULL && !wait_for_notes(s))
            return NULL;
        s->busy = true;
        run_batch(s);
        if (s->listener.settled != NULL)
            s->listener.settled(s->listener.ctx, s->tip.edge.frontier.size);
        hand_back(s);
    }
}

struct sequencer *sequencer_new(struct service *service, struct log_signer *signer,
                                const struct tip *tip, const struct sequencer_callbacks *callbacks,
                                const struct sequencer_listener *listener)
{
    struct sequencer *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->service = service;
    s->signer = signer;
    s->tip = *tip;
    s->callbacks = *callbacks;
    if (listener != NULL)
        s->listener = *listener;
    s->clock_offset = clock_wall() - clock_steady();
    s->judge.service = service;
    s->append.memory = &s->judge.memory;
    s->append.journal = service->journal;
    s->unfinished = s->look_again = service->journal != NULL;
    s->queue = queue_new(-1);
    if (s->queue != NULL && thread_start(&s->thread, sequence_all, s) == 0)
        return s;
    queue_free(s->queue);
    free(s);
    return NULL;
}

struct sequencer_pulse sequencer_pulse(struct sequencer *s)
{
    return (struct sequencer_pulse){ .works = s->started && (s->busy || queue_length(s->queue) > 0),
                                     .turns = s->turns };
}

void sequencer_expect(struct sequencer *s)
{
    atomic_fetch_add(&s->expected, 1);
}

void sequencer_push(struct sequencer *s, struct submission *submission)
{
    if (!submission->batch)
        atomic_fetch_sub(&s->expected, 1);
    queue_push(s->queue, &submission->work);
}

void sequencer_push_own(struct sequencer *s, struct own_record *own)
{
    queue_push(s->queue, &own->submission.work);
}

void sequencer_free(struct sequencer *s)
{
    if (s == NULL)
        return;
    queue_close(s->queue);
    pthread_join(s->thread, NULL);
    queue_free(s->queue);
    append_free(&s->append);
    note_judge_free(&s->judge);
    free(s);
}
