/* own_record.h and the log's end: what the log says itself, and that nothing follows a `freeze`. */
#include "daemon/append/own_record.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/append/sequencer.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

/* ---- made ------------------------------------------------------------------------------------ */

static void unused(struct own_record *o)
{
    (void)o;
}

static void is_a_record_of_the_log_itself(void **state)
{
    static const struct {
        enum kind kind;
        const char *members;
    } said[] = {
        { KIND_FREEZE, "" }, { KIND_FREEZE, NULL }, /* with a successor */
    };
    struct world *w = world_new(0);
    const struct registry *registry = signers_registry(&w->service.signers);
    (void)state;
    for (size_t i = 0; i < COUNT(said); i++) {
        struct own_record o;
        struct refusal why;
        own_record_begin(&o, said[i].kind, unused);
        buf_adds(&o.members,
                 said[i].members != NULL ? said[i].members : log_members(&w->log, said[i].kind));
        assert_int_equal(own_record_make(&o, w->signer, registry, w->log.now, &why), 0);
        assert_int_equal(o.note.record.kind, said[i].kind);
        assert_int_equal(o.note.record.under.entry, 0);
        assert_int_equal(o.note.record.at, w->log.now);
        assert_true(vkey_eq(&registry_get(registry, o.note.signer)->key, &w->service.vkey));
        assert_true(o.submission.own);
        assert_ptr_equal(own_record_of(&o.submission), &o);
        own_record_free(&o);
    }
    world_free(w);
}

static enum log_signer_result verdict; /* of the signer below */

static enum log_signer_result sign_not(struct log_signer *s, const struct log_signer_text *t,
                                       struct buf *out)
{
    (void)s;
    (void)out;
    assert_int_equal(t->ask, ASK_RECORD);
    return verdict;
}

static void without_a_signature_there_is_none(void **state)
{
    static const struct {
        enum log_signer_result result;
        enum reason reason;
    } cases[] = { { LOG_SIGNER_AWAY, REASON_SIGNER_AWAY },
                  { LOG_SIGNER_MEMORY, REASON_MEMORY },
                  { LOG_SIGNER_REFUSES, REASON_SIGNER_REFUSES } };
    const struct log_signer_way way = { .sign = sign_not };
    struct world *w = world_new(0);
    struct log_signer signer = { .way = &way, .vkey = w->service.vkey };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct own_record o;
        struct refusal why;
        own_record_begin(&o, KIND_FREEZE, unused);
        verdict = cases[i].result;
        assert_int_equal(
            own_record_make(&o, &signer, signers_registry(&w->service.signers), w->log.now, &why),
            -1);
        assert_int_equal(why.reason, cases[i].reason);
        own_record_free(&o);
    }
    world_free(w);
}

/* ---- appended -------------------------------------------------------------------------------- */

struct desk {
    struct world *world;
    struct sequencer *sequencer;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned n; /* submissions that were handed back */
};

static struct desk *the_desk; /* own records come back without a ctx */

static void one_more(struct desk *d)
{
    pthread_mutex_lock(&d->lock);
    d->n++;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

static void take_finished(void *ctx, struct submission *first)
{
    for (; first != NULL; first = submission_of(first->work.next))
        one_more(ctx);
}

static void take_own(struct own_record *o)
{
    (void)o;
    one_more(the_desk);
}

static void take_fatal(void *ctx)
{
    (void)ctx;
    abort();
}

static int desk_open(void **state)
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
    *state = the_desk = d;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *d = *state;
    sequencer_free(d->sequencer);
    world_free(d->world);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
    return 0;
}

static void await(struct desk *d, unsigned n)
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

static void push_own(struct desk *d, struct own_record *o, enum kind kind, const char *members)
{
    unsigned before = d->n;
    own_record_begin(o, kind, take_own);
    buf_adds(&o->members, members);
    sequencer_push_own(d->sequencer, o);
    await(d, before + 1);
}

/* What somebody else sends: a request of the world's log. */
static void push_request(struct desk *d, struct submitted *n, struct submission *s,
                         struct buf *bytes)
{
    struct refusal why;
    unsigned before = d->n;
    struct draft draft = BY(REQUESTER, KIND_REQUEST);
    log_note(bytes, &d->world->log, &draft);
    *s = (struct submission){ .note = n, .count = 1 };
    *n = (struct submitted){ .submission = s, .note = buf_span(bytes) };
    assert_int_equal(record_parse(&n->record, n->note, &why), 0);
    assert_int_equal(signers_signer(&d->world->service.signers, &n->record, &n->signer, &why), 0);
    sequencer_expect(d->sequencer);
    sequencer_push(d->sequencer, s);
    await(d, before + 1);
}

static uint64_t frozen_at(const struct desk *d)
{
    return registry_frozen(signers_registry(&d->world->service.signers));
}

static void nothing_follows_a_freeze(void **state)
{
    struct desk *d = *state;
    struct own_record end, again, other;
    struct submission s;
    struct submitted n;
    struct buf bytes = { 0 };
    assert_int_equal(frozen_at(d), NO_ENTRY);
    push_own(d, &end, KIND_FREEZE, log_members(&d->world->log, KIND_FREEZE));
    assert_int_equal(end.note.outcome, OUTCOME_APPENDED);
    assert_int_equal(end.note.index, 9);
    assert_int_equal(frozen_at(d), 9);
    push_own(d, &again, KIND_FREEZE, "");
    push_own(d, &other, KIND_ACCESS, log_members(&d->world->log, KIND_ACCESS));
    push_request(d, &n, &s, &bytes);
    const struct submitted *late[] = { &again.note, &other.note, &n };
    for (size_t i = 0; i < COUNT(late); i++) {
        assert_int_equal(late[i]->outcome, OUTCOME_REFUSED);
        assert_int_equal(late[i]->why.reason, REASON_LOG_FROZEN);
    }
    world_agrees(d->world);
    own_record_free(&end);
    own_record_free(&again);
    own_record_free(&other);
    record_free(&n.record);
    buf_free(&n.entry);
    buf_free(&bytes);
}

/* A freeze that the store does not take ends nothing. */
static void a_freeze_that_is_not_committed_is_none(void **state)
{
    struct desk *d = *state;
    struct own_record end;
    store_fake_set_room(d->world->service.store, 0);
    push_own(d, &end, KIND_FREEZE, "");
    assert_int_equal(end.note.outcome, OUTCOME_REFUSED);
    assert_int_equal(frozen_at(d), NO_ENTRY);
    own_record_free(&end);
    store_fake_set_room(d->world->service.store, UINT64_MAX);
    push_own(d, &end, KIND_FREEZE, "");
    assert_int_equal(end.note.outcome, OUTCOME_APPENDED);
    assert_int_equal(frozen_at(d), 9);
    world_agrees(d->world);
    own_record_free(&end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_record_of_the_log_itself),
        cmocka_unit_test(without_a_signature_there_is_none),
        cmocka_unit_test_setup_teardown(nothing_follows_a_freeze, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(a_freeze_that_is_not_committed_is_none, desk_open,
                                        desk_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
