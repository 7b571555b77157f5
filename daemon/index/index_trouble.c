#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/index/indexer_state.h"
#include "proto/sys/clock.h"

#define RETRY_MS 2000 /* after the first failure; after each further one twice as long, up to */
#define RETRY_MS_MOST 64000

void index_fail(struct indexer *ix, const char *cause)
{
    if (!ix->waiting)
        log_line(LOG_WARNING, "index: nothing is written for now: %s", cause);
    ix->retry_ms = !ix->waiting || ix->retry_ms == 0 ? RETRY_MS
                   : ix->retry_ms < RETRY_MS_MOST    ? 2 * ix->retry_ms
                                                     : RETRY_MS_MOST;
    ix->waiting = true;
    ix->retry_at = clock_steady() + ix->retry_ms;
    metric_set(METRIC_INDEXING, 0);
    metric_add(METRIC_INDEX_FAILURES, 1); /* last: who sees it sees the rest, too */
}

void index_give_up(struct indexer *ix, const char *cause)
{
    log_line(LOG_ERROR, "index: no more is written until the daemon is started anew: %s", cause);
    ix->stopped = true;
    metric_set(METRIC_INDEXING, 0);
    metric_set(METRIC_INDEX_STOPPED, 1);
    metric_add(METRIC_INDEX_FAILURES, 1);
}

void index_ends(struct indexer *ix)
{
    log_line(LOG_INFO, "index: the log has ended: no more is written");
    ix->stopped = true;
    metric_set(METRIC_INDEXING, 0);
}

void index_goes_on(struct indexer *ix)
{
    if (ix->waiting)
        log_line(LOG_INFO, "index: goes on");
    ix->waiting = false;
    metric_set(METRIC_INDEXING, 1);
}
