/* sequencer.h over a store that fails: nothing is acknowledged that is not committed, and what is
 * in memory afterwards is what the store says. */
#include "daemon/append/sequencer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "daemon/state/log_mark.h"
#include "proto/base/scan.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

/* ---- a sequencer at work --------------------------------------------------------------------- */

#define NOTES_MAX 8

/* What somebody sent: notes, and what became of them. */
struct sent {
    struct submission submission; /* first */
    struct submitted note[NOTES_MAX];
    struct buf bytes[NOTES_MAX];
};

struct desk {
    struct world *world;
    struct sequencer *sequencer;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct sent *finished[16]; /* in the order in which they were handed back */
    size_t n;
    unsigned open, fatal; /* notes handed back undecided; how often fatal was called */
};

static void take_finished(void *ctx, struct submission *first)
{
    struct desk *d = ctx;
    pthread_mutex_lock(&d->lock);
    for (; first != NULL; first = submission_of(first->work.next)) {
        for (size_t i = 0; i < first->count; i++)
            d->open += first->note[i].outcome == OUTCOME_OPEN;
        if (d->n < COUNT(d->finished))
            d->finished[d->n++] = (struct sent *)(void *)first;
    }
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

static void take_fatal(void *ctx)
{
    struct desk *d = ctx;
    pthread_mutex_lock(&d->lock);
    d->fatal++;
    pthread_mutex_unlock(&d->lock);
}

static struct desk *desk_open(void)
{
    struct desk *d = calloc(1, sizeof *d);
    const struct sequencer_callbacks callbacks = { .finish = take_finished,
                                                   .fatal = take_fatal,
                                                   .ctx = d };
    d->world = world_new(0);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, NULL);
    d->sequencer =
        sequencer_new(&d->world->service, d->world->signer, &d->world->tip, &callbacks, NULL);
    assert_non_null(d->sequencer);
    return d;
}

static void desk_close(struct desk *d)
{
    sequencer_free(d->sequencer);
    assert_int_equal(d->open, 0);
    world_free(d->world);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

/* Notes that are sent together; each is verified as a worker of the daemon verifies it. */
static struct sent *sent_new(void)
{
    struct sent *s = calloc(1, sizeof *s);
    s->submission.note = s->note;
    return s;
}

static struct submitted *sent_add(struct sent *s, struct world *w, struct span bytes)
{
    assert_in_range(s->submission.count, 0, NOTES_MAX - 1);
    struct buf *copy = &s->bytes[s->submission.count];
    struct submitted *n = &s->note[s->submission.count++];
    struct refusal why;
    buf_add_span(copy, bytes);
    *n = (struct submitted){ .submission = &s->submission, .note = buf_span(copy) };
    assert_int_equal(record_parse(&n->record, n->note, &why), 0);
    if (signers_signer(&w->service.signers, &n->record, &n->signer, &why) != 0)
        submitted_refuse(n, &why);
    s->submission.batch = s->submission.count > 1;
    return n;
}

static struct submitted *sent_draft(struct sent *s, struct world *w, struct draft d)
{
    struct buf note = { 0 };
    log_note(&note, &w->log, &d);
    struct submitted *n = sent_add(s, w, buf_span(&note));
    buf_free(&note);
    return n;
}

/* The same notes again. */
static struct sent *sent_again(const struct sent *s, struct world *w)
{
    struct sent *again = sent_new();
    for (size_t i = 0; i < s->submission.count; i++)
        sent_add(again, w, buf_span(&s->bytes[i]));
    return again;
}

static void sent_free(struct sent *s)
{
    for (size_t i = 0; i < s->submission.count; i++) {
        record_free(&s->note[i].record);
        buf_free(&s->note[i].entry);
        buf_free(&s->bytes[i]);
    }
    free(s);
}

static void push(struct desk *d, struct sent *s)
{
    if (!s->submission.batch)
        sequencer_expect(d->sequencer);
    sequencer_push(d->sequencer, &s->submission);
}

/* Waits until so many submissions were handed back. */
static void await(struct desk *d, size_t n)
{
    struct timespec until;
    int failed = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    pthread_mutex_lock(&d->lock);
    while (d->n < n && failed == 0)
        failed = pthread_cond_timedwait(&d->changed, &d->lock, &until);
    pthread_mutex_unlock(&d->lock);
    assert_int_equal(failed, 0);
}

static void send_and_await(struct desk *d, struct sent *s)
{
    size_t before = d->n;
    push(d, s);
    await(d, before + 1);
}

static void expect_refused(const struct submitted *n, enum reason reason)
{
    assert_int_equal(n->outcome, OUTCOME_REFUSED);
    assert_int_equal(n->why.reason, reason);
}

static void expect_at(const struct submitted *n, enum note_outcome outcome, uint64_t index)
{
    assert_int_equal(n->outcome, outcome);
    assert_int_equal(n->index, index);
}

/* The entry at index, as a fresh reader of the store sees it. Returns when it was accepted. */
static int64_t stored_note(const struct world *w, uint64_t index, struct buf *note)
{
    struct store_txn *txn;
    struct buf bytes = { 0 };
    struct entry e;
    struct refusal why;
    assert_int_equal(store_begin(&txn, w->service.store, STORE_READ), STORE_OK);
    assert_int_equal(store_entry(txn, index, &bytes, NULL), STORE_OK);
    store_end(txn);
    assert_int_equal(entry_parse(&e, buf_span(&bytes), &why), 0);
    assert_int_equal(e.index, index);
    buf_clear(note);
    buf_add_span(note, e.note);
    buf_free(&bytes);
    return e.accepted;
}

static bool stands_at(const struct world *w, uint64_t index, struct span note)
{
    struct buf stored = { 0 };
    stored_note(w, index, &stored);
    bool same = span_eq(buf_span(&stored), note);
    buf_free(&stored);
    return same;
}

/* ---- order ----------------------------------------------------------------------------------- */

static void appends_in_the_order_of_arrival(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct sent *s[6];
    uint64_t next = d->world->log.n;
    for (size_t i = 0; i < COUNT(s); i++) {
        s[i] = sent_new();
        sent_draft(s[i], d->world, BY(REQUESTER, KIND_PRODUCT));
        if (i % 3 == 2)
            sent_draft(s[i], d->world, BY(AUDITOR, KIND_ANCHOR));
    }
    for (size_t i = 0; i < COUNT(s); i++)
        push(d, s[i]);
    await(d, COUNT(s));
    for (size_t i = 0; i < COUNT(s); i++) {
        assert_ptr_equal(d->finished[i], s[i]);
        for (size_t k = 0; k < s[i]->submission.count; k++) {
            expect_at(&s[i]->note[k], OUTCOME_APPENDED, next);
            assert_true(stands_at(d->world, next++, s[i]->note[k].note));
        }
        /* A single note comes back with its entry. */
        assert_int_equal(s[i]->note[0].entry.n > 0, !s[i]->submission.batch);
        sent_free(s[i]);
    }
    assert_int_equal(d->fatal, 0);
    world_agrees(d->world);
    desk_close(d);
}

static void acceptance_never_goes_back(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct buf note = { 0 };
    int64_t last = d->world->tip.last_time, now = d->world->log.now;
    const struct {
        int64_t clock, accepted;
    } steps[] = { { now + 5000, now + 5000 }, /* as the clock says */
                  { now, now + 5000 },        /* somebody has set it back */
                  { 0, now + 5000 },
                  { now + 5001, now + 5001 } };
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct sent *s = sent_new();
        clock_fake_set(steps[i].clock);
        sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT, .at = now + 5000));
        send_and_await(d, s);
        assert_int_equal(s->note[0].outcome, OUTCOME_APPENDED);
        int64_t accepted = stored_note(d->world, s->note[0].index, &note);
        assert_int_equal(accepted, steps[i].accepted);
        assert_true(accepted >= last);
        last = accepted;
        sent_free(s);
    }
    buf_free(&note);
    desk_close(d);
}

/* ---- what is refused, and what stands there already ------------------------------------------- */

static void a_text_is_appended_once(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    uint64_t next = d->world->log.n;
    struct sent *s = sent_new();
    sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
    sent_add(s, d->world, s->note[0].note); /* twice in one batch */
    const char *id = text_of("00000000-0000-7000-8000-%012u", d->world->log.ids);
    sent_draft(s, d->world, BY(REQUESTER, KIND_REQUEST, .id = id)); /* the id, for another text */
    sent_draft(s, d->world, BY(AUDITOR, KIND_ANCHOR, .id = id));    /* the id of somebody else */
    send_and_await(d, s);
    expect_at(&s->note[0], OUTCOME_APPENDED, next);
    expect_at(&s->note[1], OUTCOME_SEEN, next);
    expect_refused(&s->note[2], REASON_ID_USED);
    expect_at(&s->note[3], OUTCOME_APPENDED, next + 1);
    struct sent *again = sent_again(s, d->world);
    unsigned commits = store_fake_commits(d->world->service.store);
    send_and_await(d, again);
    expect_at(&again->note[0], OUTCOME_SEEN, next);
    expect_at(&again->note[1], OUTCOME_SEEN, next);
    expect_refused(&again->note[2], REASON_ID_USED);
    expect_at(&again->note[3], OUTCOME_SEEN, next + 1);
    assert_int_equal(store_fake_commits(d->world->service.store), commits);
    sent_free(s);
    sent_free(again);
    world_agrees(d->world);
    desk_close(d);
}

static void a_batch_may_be_half_refused(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    uint64_t next = d->world->log.n;
    int64_t now = d->world->log.now;
    const char *elsewhere = text_of("{\"entry\":%llu,\"hash\":\"%s\"}", 99ULL,
                                    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    struct sent *s = sent_new();
    sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
    sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT, .at = now - 601 * INT64_C(1000)));
    sent_draft(s, d->world, BY(AUDITOR, KIND_ANCHOR));
    sent_draft(s, d->world,
               BY(REQUESTER, KIND_PRODUCT,
                  .members = text_of("\"requests\":[%s],\"class\":\"other\"", elsewhere)));
    sent_draft(s, d->world, BY(STRANGER, KIND_ANCHOR));
    sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT, .at = now - 600 * INT64_C(1000)));
    send_and_await(d, s);
    expect_at(&s->note[0], OUTCOME_APPENDED, next);
    expect_refused(&s->note[1], REASON_SKEW);
    expect_at(&s->note[2], OUTCOME_APPENDED, next + 1);
    assert_int_equal(s->note[3].outcome, OUTCOME_REFUSED);
    assert_int_equal(s->note[4].outcome, OUTCOME_REFUSED); /* before it was pushed */
    expect_at(&s->note[5], OUTCOME_APPENDED, next + 2);
    sent_free(s);
    world_agrees(d->world);
    desk_close(d);
}

static void a_change_of_signers_ends_its_batch(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct world *w = d->world;
    struct sent *s = sent_new();
    uint64_t next = w->log.n;
    unsigned commits = store_fake_commits(w->service.store);
    sent_draft(s, w, BY(REQUESTER, KIND_PRODUCT));
    sent_draft(s, w, BY(REGISTRAR, KIND_ENROLL));
    sent_draft(s, w, BY(REQUESTER, KIND_PRODUCT));
    sent_draft(s, w, BY(REGISTRAR, KIND_REVOKE)); /* the auditor's key: */
    sent_draft(s, w, BY(AUDITOR, KIND_ANCHOR));   /* too late, though it was good when it came */
    sent_draft(s, w, BY(REQUESTER, KIND_PRODUCT));
    send_and_await(d, s);
    for (size_t i = 0; i < 4; i++)
        expect_at(&s->note[i], OUTCOME_APPENDED, next + i);
    assert_int_equal(s->note[4].outcome, OUTCOME_REFUSED);
    expect_at(&s->note[5], OUTCOME_APPENDED, next + 4);
    assert_int_equal(store_fake_commits(w->service.store), commits + 3);
    sent_free(s);
    world_agrees(w);
    desk_close(d);
}

/* ---- room ------------------------------------------------------------------------------------ */

static void a_full_disk_refuses_until_there_is_room(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct store *store = d->world->service.store;
    uint64_t next = d->world->log.n;
    uint64_t least = (uint64_t)d->world->service.config.min_free;
    struct sent *s = sent_new(), *seen = sent_new();
    sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
    sent_add(seen, d->world, buf_span(&s->bytes[0]));
    store_fake_set_room(store, least - 1);
    send_and_await(d, s);
    expect_refused(&s->note[0], REASON_FULL);
    store_fake_set_room(store, least);
    struct sent *again = sent_again(s, d->world);
    send_and_await(d, again);
    expect_at(&again->note[0], OUTCOME_APPENDED, next);
    store_fake_set_room(store, 0);
    send_and_await(d, seen);
    expect_at(&seen->note[0], OUTCOME_SEEN, next); /* what stands there is still said */
    assert_int_equal(d->fatal, 0);
    sent_free(s);
    sent_free(again);
    sent_free(seen);
    world_agrees(d->world);
    desk_close(d);
}

/* ---- a store that fails ---------------------------------------------------------------------- */

/* A batch that does all that a batch may: new notes, one twice, one from before, a new signer. */
static struct sent *varied(struct world *w)
{
    struct sent *s = sent_new();
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&w->log.entry[w->log.request]), &why), 0);
    sent_draft(s, w, BY(REQUESTER, KIND_PRODUCT));
    sent_add(s, w, s->note[0].note);
    sent_add(s, w, e.note);
    sent_draft(s, w, BY(REGISTRAR, KIND_ENROLL));
    sent_draft(s, w, BY(REQUESTER, KIND_REQUEST));
    return s;
}

/* What was acknowledged is committed; what is refused is so for want of a store alone. */
static void expect_honest(const struct world *w, const struct sent *s)
{
    for (size_t i = 0; i < s->submission.count; i++) {
        const struct submitted *n = &s->note[i];
        if (n->outcome == OUTCOME_REFUSED)
            assert_true(n->why.reason == REASON_FULL || n->why.reason == REASON_MEMORY ||
                        n->why.reason == REASON_STOPPING);
        else
            assert_true(stands_at(w, n->index, n->note));
    }
}

/* How often the texts of varied() stand in the store: each once at most. */
static size_t count_stored(const struct world *w, const struct sent *s)
{
    struct tip tip;
    size_t found = 0;
    registry_free(world_load(w, &tip));
    for (uint64_t i = w->log.n; i < tip.edge.frontier.size; i++) {
        size_t here = 0;
        for (size_t k = 0; k < s->submission.count; k++)
            here += k != 1 && stands_at(w, i, s->note[k].note); /* 1 is 0 again */
        assert_int_equal(here, 1);
        found++;
    }
    return found;
}

/* Whether the daemon must end: the disk failed, or what is stored is wrong. */
static bool is_fatal(enum store_result r)
{
    return r == STORE_IO || r == STORE_DAMAGED;
}

/* Sends varied() into a store whose nth call from then on fails, and once more when it works
 * again. Returns whether it got as far as to fail. */
static bool fail_at(unsigned nth, enum store_result r, bool lands)
{
    struct desk *d = desk_open();
    struct world *w = d->world;
    struct store *store = w->service.store;
    struct sent *s = varied(w);
    store_fake_fail(store, nth, r, lands);
    send_and_await(d, s);
    bool failed = store_fake_failed(store);
    store_fake_fail(store, 0, STORE_OK, false);

    struct sent *again = sent_again(s, w); /* and with it, after STORE_PANIC, store_reopen() */
    send_and_await(d, again);
    expect_honest(w, s);
    expect_honest(w, again);
    size_t stored = count_stored(w, s);
    assert_in_range(d->fatal, 0, failed && is_fatal(r));
    if (d->fatal == 0) {
        for (size_t i = 0; i < again->submission.count; i++)
            assert_int_not_equal(again->note[i].outcome, OUTCOME_REFUSED);
        assert_int_equal(stored, 3);
        world_agrees(w);
    }
    sent_free(s);
    sent_free(again);
    desk_close(d);
    return failed;
}

static const enum store_result failures[] = { STORE_FULL, STORE_MEMORY, STORE_IO, STORE_PANIC,
                                              STORE_DAMAGED };

static void acknowledges_only_what_is_committed(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(failures); k++) {
        unsigned nth = 1;
        while (fail_at(nth, failures[k], false))
            nth++;
        assert_in_range(nth, 25, 200); /* calls of two batches: it was a real sweep */
    }
}

static void a_commit_that_landed_though_it_failed_is_found_again(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(failures); k++)
        for (unsigned nth = 1; fail_at(nth, failures[k], true); nth++)
            ;
}

/* Two notes sent together: a request, and a product of it by the request's place and hash, which
 * are known before it is appended, as is the time. */
static struct sent *request_and_product(struct world *w)
{
    struct sent *s = sent_new();
    struct entry e;
    struct refusal why;
    clock_fake_set(w->log.now);
    uint64_t index = log_add(&w->log, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(entry_parse(&e, buf_span(&w->log.entry[index]), &why), 0);
    sent_add(s, w, e.note);
    sent_draft(
        s, w,
        BY(REQUESTER, KIND_PRODUCT,
           .members = text_of("\"requests\":[%s],\"class\":\"other\"", log_ref(&w->log, index))));
    return s;
}

/* What a record of a lost batch referred to must not be taken for what stands there now. */
static void references_into_a_lost_batch_are_forgotten(void **state)
{
    (void)state;
    bool failed = true;
    for (unsigned nth = 1; failed; nth++) {
        struct desk *d = desk_open();
        struct world *w = d->world;
        struct sent *lost = request_and_product(w);
        store_fake_fail(w->service.store, nth, STORE_MEMORY, false);
        send_and_await(d, lost);
        failed = store_fake_failed(w->service.store);
        store_fake_fail(w->service.store, 0, STORE_OK, false);
        if (failed && lost->note[0].outcome == OUTCOME_REFUSED) {
            buf_free(&w->log.entry[--w->log.n]);
            struct sent *next = request_and_product(w);
            send_and_await(d, next);
            assert_int_equal(next->note[0].outcome, OUTCOME_APPENDED);
            assert_int_equal(next->note[1].outcome, OUTCOME_APPENDED);
            sent_free(next);
        }
        sent_free(lost);
        desk_close(d);
    }
}

/* The call that commits one note alone; the last that can fail. */
static unsigned calls_of_one(void)
{
    struct desk *d = desk_open();
    struct sent *s = sent_new();
    sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
    store_fake_fail(d->world->service.store, 0, STORE_OK, false);
    send_and_await(d, s);
    unsigned calls = store_fake_calls(d->world->service.store);
    assert_int_equal(s->note[0].outcome, OUTCOME_APPENDED);
    sent_free(s);
    desk_close(d);
    return calls;
}

static void a_failed_commit_says_why(void **state)
{
    (void)state;
    const struct {
        enum store_result result;
        uint64_t room;
        enum reason first, second; /* REASON_NONE: it is appended */
        unsigned fatal;
    } cases[] = {
        { STORE_FULL, UINT64_MAX, REASON_FULL, REASON_NONE, 0 },
        { STORE_MEMORY, UINT64_MAX, REASON_MEMORY, REASON_NONE, 0 },
        { STORE_PANIC, UINT64_MAX, REASON_MEMORY, REASON_NONE, 0 },
        { STORE_IO, UINT64_MAX, REASON_MEMORY, REASON_STOPPING, 1 },
        { STORE_IO, 64u * 1024 * 1024 - 1, REASON_FULL, REASON_NONE, 0 }, /* a full disk says so */
        { STORE_DAMAGED, UINT64_MAX, REASON_MEMORY, REASON_STOPPING, 1 },
    };
    unsigned commit = calls_of_one();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct desk *d = desk_open();
        struct store *store = d->world->service.store;
        struct sent *s = sent_new();
        d->world->service.config.min_free = 0;
        sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
        store_fake_set_room(store, cases[i].room);
        store_fake_fail(store, commit, cases[i].result, false);
        send_and_await(d, s);
        assert_true(store_fake_failed(store));
        expect_refused(&s->note[0], cases[i].first);
        store_fake_set_room(store, UINT64_MAX);
        struct sent *again = sent_again(s, d->world);
        send_and_await(d, again);
        if (cases[i].second == REASON_NONE)
            expect_at(&again->note[0], OUTCOME_APPENDED, d->world->log.n);
        else
            expect_refused(&again->note[0], cases[i].second);
        assert_int_equal(d->fatal, cases[i].fatal);
        sent_free(s);
        sent_free(again);
        desk_close(d);
    }
}

static void await_reader(struct store *store)
{
    struct store_txn *txn;
    for (int i = 0; i < 30000 && store_begin(&txn, store, STORE_READ) != STORE_OK; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    assert_non_null(txn);
    store_end(txn);
}

/* The engine gives up where a page that it cannot do without was not written. The disk may be full
 * then, and stay so: whoever reads does not wait for a note that finds room. */
static void readers_are_served_again_though_the_engine_gave_up_on_a_full_disk(void **state)
{
    (void)state;
    unsigned commit = calls_of_one();
    for (unsigned tries = 0; tries < 3; tries++) {
        struct desk *d = desk_open();
        struct store *store = d->world->service.store;
        struct sent *s = sent_new();
        sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
        store_fake_fail(store, commit, STORE_FULL, false);
        store_fake_give_up(store, tries);
        send_and_await(d, s);
        expect_refused(&s->note[0], REASON_FULL);
        store_fake_set_room(store, 0);
        await_reader(store);
        store_fake_set_room(store, UINT64_MAX);
        struct sent *again = sent_again(s, d->world);
        send_and_await(d, again);
        expect_at(&again->note[0], OUTCOME_APPENDED, d->world->log.n);
        assert_int_equal(d->fatal, 0);
        sent_free(s);
        sent_free(again);
        desk_close(d);
    }
}

static void a_second_writer_ends_the_daemon(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct world *w = d->world;
    uint64_t before = w->log.n;
    struct sent *s = sent_new();
    sent_draft(s, w, BY(REQUESTER, KIND_PRODUCT));
    log_add(&w->log, BY(AUDITOR, KIND_ANCHOR));
    world_append(w->service.store, w->signer, &w->log, before, &w->tip);
    send_and_await(d, s);
    assert_int_equal(s->note[0].outcome, OUTCOME_REFUSED);
    assert_int_equal(d->fatal, 1);
    struct sent *again = sent_again(s, w);
    send_and_await(d, again);
    expect_refused(&again->note[0], REASON_STOPPING);
    assert_int_equal(d->fatal, 1);
    struct tip tip;
    registry_free(world_load(w, &tip));
    assert_int_equal(tip.edge.frontier.size, before + 1);
    sent_free(s);
    sent_free(again);
    desk_close(d);
}

/* ---- the mark -------------------------------------------------------------------------------- */

/* A mark of the log as it stands, in a file of that name. */
static void mark_world(struct world *w, char path[static 32])
{
    struct marked says = { .size = w->tip.edge.frontier.size };
    strcpy(path, "/tmp/bitacora-mark.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    edge_root(&w->tip.edge, &says.root);
    assert_int_equal(log_mark_make(path, ORIGIN, &says), LOG_MARK_OK);
    assert_int_equal(log_mark_open(&w->service.mark, path, ORIGIN, &says), LOG_MARK_OK);
}

static void marked_as(const char *path, struct marked *says)
{
    struct log_mark *m;
    assert_int_equal(log_mark_open(&m, path, ORIGIN, says), LOG_MARK_OK);
    log_mark_close(m);
}

/* What is acknowledged is marked before. */
static void marks_what_it_signs(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct marked says;
    struct hash root;
    char path[32];
    mark_world(d->world, path);
    for (size_t i = 0; i < 3; i++) {
        struct sent *s = sent_new();
        sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
        send_and_await(d, s);
        assert_int_equal(s->note[0].outcome, OUTCOME_APPENDED);
        sent_free(s);
    }
    sequencer_free(d->sequencer);
    d->sequencer = NULL;
    log_mark_close(d->world->service.mark);
    marked_as(path, &says);
    uint64_t size;
    newest_get(&d->world->service.newest, &size, &root, NULL);
    assert_int_equal(says.size, size);
    assert_int_equal(says.size, d->world->log.n + 3);
    assert_true(hash_eq(&says.root, &root));
    unlink(path);
    desk_close(d);
}

/* A batch that cannot be marked is shown to nobody, and is the last one. */
static void shows_nothing_that_is_not_marked(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct rlimit before, none;
    struct marked says;
    struct hash root;
    uint64_t size;
    char path[32];
    mark_world(d->world, path);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    struct sent *s = sent_new();
    sent_draft(s, d->world, BY(REQUESTER, KIND_PRODUCT));
    send_and_await(d, s);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(s->note[0].outcome, OUTCOME_REFUSED);
    assert_int_equal(d->fatal, 1);
    newest_get(&d->world->service.newest, &size, &root, NULL);
    assert_int_equal(size, d->world->tip.edge.frontier.size);
    struct sent *again = sent_again(s, d->world);
    send_and_await(d, again);
    assert_int_not_equal(again->note[0].outcome, OUTCOME_APPENDED);
    newest_get(&d->world->service.newest, &size, &root, NULL);
    assert_int_equal(size, d->world->tip.edge.frontier.size);
    sent_free(s);
    sent_free(again);
    sequencer_free(d->sequencer);
    d->sequencer = NULL;
    log_mark_close(d->world->service.mark);
    marked_as(path, &says);
    assert_int_equal(says.size, size);
    unlink(path);
    desk_close(d);
}

static void what_was_pushed_is_finished_before_the_end(void **state)
{
    (void)state;
    struct desk *d = desk_open();
    struct sent *s[8];
    for (size_t i = 0; i < COUNT(s); i++) {
        s[i] = sent_new();
        sent_draft(s[i], d->world, BY(REQUESTER, KIND_PRODUCT));
    }
    for (size_t i = 0; i < COUNT(s); i++)
        push(d, s[i]);
    sequencer_free(d->sequencer);
    d->sequencer = NULL;
    assert_int_equal(d->n, COUNT(s));
    for (size_t i = 0; i < COUNT(s); i++) {
        assert_int_equal(s[i]->note[0].outcome, OUTCOME_APPENDED);
        sent_free(s[i]);
    }
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_in_the_order_of_arrival),
        cmocka_unit_test(acceptance_never_goes_back),
        cmocka_unit_test(a_text_is_appended_once),
        cmocka_unit_test(a_batch_may_be_half_refused),
        cmocka_unit_test(a_change_of_signers_ends_its_batch),
        cmocka_unit_test(a_full_disk_refuses_until_there_is_room),
        cmocka_unit_test(acknowledges_only_what_is_committed),
        cmocka_unit_test(a_commit_that_landed_though_it_failed_is_found_again),
        cmocka_unit_test(references_into_a_lost_batch_are_forgotten),
        cmocka_unit_test(a_failed_commit_says_why),
        cmocka_unit_test(readers_are_served_again_though_the_engine_gave_up_on_a_full_disk),
        cmocka_unit_test(a_second_writer_ends_the_daemon),
        cmocka_unit_test(marks_what_it_signs),
        cmocka_unit_test(shows_nothing_that_is_not_marked),
        cmocka_unit_test(what_was_pushed_is_finished_before_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
