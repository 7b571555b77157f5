/* Before a batch: memory is what the store says, the store what the signer says, and there is
 * room. */
#include <inttypes.h>

#include "daemon/append/sequencer_state.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "daemon/witnesses/feed.h"

void sequencer_end(struct sequencer *s, const char *cause)
{
    if (s->ended)
        return;
    log_line(LOG_ERROR, "appending stops and the daemon ends: %s", cause);
    s->ended = true;
    s->callbacks.fatal(s->callbacks.ctx);
}

int sequencer_mark(struct sequencer *s, const struct tip *tip)
{
    if (service_mark(s->service, tip) == 0)
        return 0;
    sequencer_end(s, "the mark could not be written");
    return -1;
}

bool sequencer_lacks_room(const struct sequencer *s, uint64_t needed)
{
    service_measure(s->service);
    return s->service->room < needed;
}

void sequencer_tell_feed(struct sequencer *s)
{
    struct feed *feed = s->service->feed;
    if (feed != NULL)
        feed_newest(feed);
}

void sequencer_revive(struct sequencer *s)
{
    struct store_txn *txn;
    enum store_result r = store_begin(&txn, s->service->store, STORE_READ);
    store_end(txn);
    if (r == STORE_PANIC)
        r = store_reopen(s->service->store);
    s->dead = r != STORE_OK;
}

/* Reads the end of the log again. */
static bool reload(struct sequencer *s)
{
    struct store_txn *txn;
    struct registry *registry;
    const char *cause;
    enum store_result r = store_begin(&txn, s->service->store, STORE_READ);
    if (r != STORE_OK)
        return false;
    r = tip_load(&s->append.next, &registry, txn, &s->service->own_keys, &cause);
    store_end(txn);
    if (r == STORE_DAMAGED)
        sequencer_end(s, cause);
    if (r != STORE_OK || sequencer_mark(s, &s->append.next) != 0)
        return false;
    s->tip = s->append.next;
    receipts_forget(s->service);
    referenced_forget(&s->judge.memory);
    signers_replace(&s->service->signers, registry);
    erasing_all(s->service); /* a commit that failed may have reached the disk */
    newest_set(&s->service->newest, &s->tip);
    sequencer_tell_feed(s);
    metric_add(METRIC_RELOADS, 1);
    s->stale = false;
    return true;
}

/* Entries since the start may have been let in by lanes that are wrong: the operator is told which. */
static bool verifier_differs(struct sequencer *s)
{
    uint64_t from = s->service->verified_from, size = s->tip.edge.frontier.size;
    if (sig_verifier_state(s->service->verifier) != SIG_LANES_DIFFER)
        return false;
    if (!s->ended && size > from)
        log_line(LOG_ERROR,
                 "entries %" PRIu64 " to %" PRIu64
                 " may be judged wrongly: replay them without an accelerator",
                 from, size - 1);
    else if (!s->ended)
        log_line(LOG_ERROR, "no entry was appended since the start");
    sequencer_end(s, "the accelerator and libsodium judged a signature differently");
    return true;
}

enum reason sequencer_ready(struct sequencer *s)
{
    const char *fatal;
    if (verifier_differs(s))
        return REASON_STOPPING;
    if (s->stale && !reload(s))
        return REASON_MEMORY;
    enum reason r = signer_turn(s, &fatal);
    if (fatal != NULL)
        sequencer_end(s, fatal);
    if (r == REASON_NONE && s->stale && !reload(s))
        r = REASON_MEMORY;
    s->look_again = r != REASON_NONE && s->service->journal != NULL;
    metric_set(METRIC_APPENDING, r == REASON_NONE && metric_get(METRIC_STORE_FULL) == 0);
    return r;
}

bool sequencer_sees_signer(struct sequencer *s)
{
    bool anew;
    bool there = log_signer_reach(s->signer, &anew) == LOG_SIGNER_OK;
    s->compared = s->compared && there && !anew;
    s->look_again = !s->compared;
    return s->compared;
}

bool sequencer_has_room(struct sequencer *s)
{
    bool full = sequencer_lacks_room(s, (uint64_t)s->service->config.min_free);
    if (full != s->full)
        log_line(full ? LOG_WARNING : LOG_INFO, "%s",
                 full ? "less than min_free is left on the disk: appending is refused"
                      : "there is room again: appending goes on");
    s->full = full;
    if (full)
        metric_set(METRIC_APPENDING, 0);
    return !full;
}
