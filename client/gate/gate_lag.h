/* Since when what a gate has proven is all that its log has signed. A log whose witnesses are away
 * goes on appending, and serves the last checkpoint that they cosigned: what it appended since may
 * be a revocation. So the log is asked how many entries it has signed. That proves nothing. A log
 * that wants to hide an entry can say less; one whose witnesses are away has no reason to. One
 * thread. */
#ifndef CLIENT_GATE_GATE_LAG_H
#define CLIENT_GATE_GATE_LAG_H

#include "client/remote/fetch.h"
#include "client/remote/trust.h"

struct gate_lag {
    struct fetcher *log;
    /* The last question: */
    int64_t asked; /* milliseconds */
    bool has_said; /* the log answered */
    uint64_t said; /* so many entries it had signed */
    /* What is waited for; size 0: nothing. */
    int64_t at; /* when the log said `size`, which was not proven then */
    uint64_t size;
    int64_t known; /* what gate_lag_take() returned last */
};

/* The policy's URL must be known; `trust` must outlive it. Returns false, recorded as lost, without
 * memory. *lag needs gate_lag_close() in any case. */
bool gate_lag_open(struct gate_lag *lag, const struct trust *trust);
void gate_lag_close(struct gate_lag *lag);

/* Asks the log how many entries it has signed; before its checkpoint is fetched. */
void gate_lag_ask(struct gate_lag *lag, int64_t now);

/* `proven` entries are proven now. Returns the newest time at which all that the log said that it
 * had signed is proven by now; 0: there is none. Where it does not say, that is what it served. */
int64_t gate_lag_take(struct gate_lag *lag, uint64_t proven);

/* Whether entries have waited for their quorum so long that somebody should know. */
bool gate_lag_is_long(const struct gate_lag *lag);

#endif
