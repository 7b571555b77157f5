#include <string.h>

#include "daemon/append/batch_redo.h"
#include "daemon/append/sequencer_state.h"
#include "daemon/append/signer_standing.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/state/signers.h"
#include "daemon/witnesses/feed.h"

/* ---- finishing the journaled batch ----------------------------------------------------------- */

static void tell_listener(void *ctx, uint64_t index, const struct hash *leaf, int64_t accepted,
                          const struct record *record)
{
    struct sequencer *s = ctx;
    const struct sequenced e = {
        .index = index, .leaf = leaf, .accepted = accepted, .record = record, .txn = s->append.txn
    };
    if (s->listener.appended != NULL)
        s->listener.appended(s->listener.ctx, &e);
}

/* In a transaction of its own. s->append.signer says what the signer said. */
static enum store_result redo(struct sequencer *s, const struct journaled *j)
{
    struct store_txn *txn;
    struct batch_journal *journal = s->append.journal;
    enum store_result r = store_begin(&txn, s->service->store, STORE_WRITE);
    if (r != STORE_OK)
        return r;
    s->append.journal = NULL; /* it stays as it is until the batch is in the store */
    append_begin(&s->append, txn, &s->tip);
    r = batch_redo(&s->append, *j, signers_registry(&s->service->signers), tell_listener, s);
    if (r == STORE_OK)
        r = append_finish(&s->append, s->signer);
    s->append.journal = journal;
    if (r == STORE_OK)
        return store_commit(txn);
    store_end(txn);
    return r;
}

/* Makes the batch an end of the log. Memory is read from the store again in any case. */
static enum reason finish_batch(struct sequencer *s, const struct journaled *j, const char **fatal)
{
    enum store_result r = redo(s, j);
    s->stale = true;
    if (r == STORE_OK) {
        s->unfinished = false;
        log_line(LOG_INFO, "the batch behind entry %llu was finished, as the signer was asked for",
                 (unsigned long long)j->size - 1);
        metric_add(METRIC_COMMITS, 1);
        return REASON_NONE;
    }
    if (s->append.signer == LOG_SIGNER_REFUSES)
        *fatal = "the signer refuses to sign the batch in the journal";
    else if (r == STORE_DAMAGED)
        *fatal = "the batch in the journal does not go on from this log";
    else if (r == STORE_IO)
        *fatal = "the disk failed under the batch in the journal";
    s->compared = s->compared && s->append.signer == LOG_SIGNER_OK;
    return *fatal != NULL                        ? REASON_STOPPING
           : r == STORE_FULL                     ? REASON_FULL
           : s->append.signer == LOG_SIGNER_AWAY ? REASON_SIGNER_AWAY
                                                 : REASON_MEMORY;
}

/* ---- before each batch ----------------------------------------------------------------------- */

static enum reason compare(struct sequencer *s, const struct journaled *j, const char **fatal)
{
    switch (signer_standing(log_signer_last(s->signer), s->service->store, &s->tip, j)) {
    case STANDING_BEHIND:
        log_line(LOG_WARNING, "the signer has signed less than the log has: was it set back?");
        s->compared = true;
        return REASON_NONE;
    case STANDING_SAME:
    case STANDING_UNFINISHED:
        s->compared = true;
        return REASON_NONE;
    case STANDING_EMPTY:
        *fatal = "the signer has signed nothing, and there is a log: start it with --adopt";
        return REASON_STOPPING;
    case STANDING_LOST:
        *fatal = "the store does not hold what the signer has signed last";
        return REASON_STOPPING;
    case STANDING_UNKNOWN:
        break;
    }
    return REASON_MEMORY;
}

/* With what is in the journal; *bytes is scratch. */
static enum reason go_on(struct sequencer *s, struct buf *bytes, const char **fatal)
{
    struct journaled j;
    int read =
        s->unfinished || !s->compared ? batch_journal_read(&j, bytes, s->service->journal) : 0;
    bool next = read == 1 && journaled_follows(&j, &s->tip.edge);
    if (read < 0)
        return REASON_MEMORY;
    enum reason r = s->compared ? REASON_NONE : compare(s, next ? &j : NULL, fatal);
    if (r == REASON_NONE && next)
        return finish_batch(s, &j, fatal);
    s->unfinished = s->unfinished && r != REASON_NONE;
    return r;
}

enum reason signer_turn(struct sequencer *s, const char **fatal)
{
    struct buf bytes = { 0 };
    bool anew;
    *fatal = NULL;
    switch (log_signer_reach(s->signer, &anew)) {
    case LOG_SIGNER_OK:
        break;
    case LOG_SIGNER_MEMORY:
        return REASON_MEMORY;
    case LOG_SIGNER_AWAY:
        return REASON_SIGNER_AWAY;
    case LOG_SIGNER_REFUSES:
        *fatal = "the signer is not this log's";
        return REASON_STOPPING;
    }
    if (s->service->journal == NULL)
        return REASON_NONE;
    s->compared = s->compared && !anew;
    enum reason r = go_on(s, &bytes, fatal);
    buf_free(&bytes);
    return r;
}
