/* Asking a server again that is not there, or busy, until a time is over: how often that is depends
 * on the server, how long on nothing but the clock. A log's daemon that is restarted is away for a
 * moment, several times in a row if it must be. */
#ifndef CLIENT_REMOTE_RETRY_H
#define CLIENT_REMOTE_RETRY_H

#include "client/remote/fetch.h"

#define RETRY_SECONDS 60 /* for one question */

struct retry {
    const char *url; /* who is asked */
    long seconds;
    int64_t start; /* by the monotonic clock */
    unsigned tries;
    bool said;
};

/* Begins a question: the time runs from now on. url is borrowed. */
struct retry retry_for(const char *url, long seconds);

/* Whole seconds that are left; 0 or less once the time is over. */
long retry_left(const struct retry *r);

/* Whether the same question may be answered well later: nobody was there, the exchange broke off,
 * or the server, or a proxy before it, says so. What came and is wrong is no such answer, nor is
 * what this side had no memory for. */
bool answer_may_come(const struct answer *a);

/* Pauses before the next try, the longer the more there were, and at least as long as the answer
 * asks for. Says once, with `detail`, that it waits, if that takes more than a moment. Returns
 * false, without a pause, if the time is over. */
bool retry_pause(struct retry *r, const struct answer *a, const char *detail);

/* Says how long it was tried, if anything was said. */
void retry_say_over(const struct retry *r);

#endif
