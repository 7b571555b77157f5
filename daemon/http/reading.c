#include "daemon/http/reading.h"

#include <stdlib.h>

#include "daemon/witnesses/feed.h"
#include "proto/sys/clock.h"

static void release_reading(struct exchange *e)
{
    struct reading *r = (struct reading *)(void *)e;   /* exchange is its first member */
    metric_add(METRIC_READ_BYTES, -(int64_t)r->built); /* by now they count as METRIC_REPLY_BYTES */
    metric_add(r->counted, -1);
    visit_free(r->visit);
    free(e);
}

/* Asked again before the answer is built, as many may have been admitted at once: what is built
 * beyond reply_bytes is then at most one answer for each reader. */
static bool has_room_to_read(const struct reading *r)
{
    return metric_get(METRIC_REPLY_BYTES) + metric_get(METRIC_READ_BYTES) <
           r->exchange.service->config.reply_bytes;
}

static void refuse_reading(struct reading *r, const struct refusal *why)
{
    problem_reply(&r->exchange.reply, why, r->exchange.language);
    exchange_return(&r->exchange);
}

/* Whether the token is good, if one is needed. If not, it was refused. */
static bool is_admitted(struct reading *r)
{
    struct refusal why;
    if (r->visit == NULL || visit_judge(r->visit, r->exchange.service,
                                        r->may != NULL ? r->may : visit_any_role, &why) == 0)
        return true;
    refuse_reading(r, &why);
    return false;
}

/* Who asks is known before he may wait: nobody else keeps others from waiting. */
static bool must_wait(struct reading *r)
{
    return r->witnessed && feed_quorum_size(r->exchange.service, NULL) <= r->index;
}

/* What is not there is 404; all else that goes wrong may be right in a moment. */
static void read_now(struct reading *r)
{
    struct refusal why;
    enum store_result result = r->read(r);
    if (result == STORE_OK && r->exchange.reply.body.failed)
        result = STORE_MEMORY;
    if (result != STORE_OK || r->withheld) {
        refuse(&why,
               result == STORE_ABSENT ? REASON_NOT_FOUND
               : result != STORE_OK   ? REASON_MEMORY
                                      : REASON_ERASURE_DUE,
               r->absent != NULL ? r->absent : "beyond the end of the log");
        problem_reply(&r->exchange.reply, &why, r->exchange.language);
    } else if (r->visit != NULL) {
        r->exchange.reply.cache = CACHE_PRIVATE;
    }
    r->built = r->exchange.reply.body.n;
    metric_add(METRIC_READ_BYTES, (int64_t)r->built);
    visit_end(r->visit, &r->exchange);
}

/* Nothing is read for those who were told that it is too late: that would keep the others
 * waiting. */
static void run_reading(struct work *w)
{
    struct reading *r = (struct reading *)(void *)w;
    struct refusal why;
    if (clock_steady() >= r->exchange.deadline || !has_room_to_read(r)) {
        refuse(&why, REASON_BUSY, "");
        refuse_reading(r, &why);
    } else if (is_admitted(r)) {
        if (must_wait(r))
            exchange_await(&r->exchange);
        else
            read_now(r);
    }
}

struct reading *reading_new(struct call *c, enum store_result (*read)(struct reading *r),
                            enum metric counted)
{
    struct reading *r = calloc(1, sizeof *r);
    if (r == NULL) {
        call_refuse(c, REASON_MEMORY, "");
        return NULL;
    }
    r->read = read;
    r->exchange.release = release_reading;
    r->exchange.work.run = run_reading;
    r->counted = counted;
    metric_add(counted, 1);
    return r;
}

struct reading *reading_admit(struct call *c, enum store_result (*read)(struct reading *r))
{
    return call_may_read(c, 0) ? reading_new(c, read, METRIC_READS) : NULL;
}

void reading_start(struct call *c, struct reading *r)
{
    bool asked = r->may != NULL || (!r->open && visits_needed(c->service));
    if (asked && (r->visit = visit_begin(c)) == NULL) {
        release_reading(&r->exchange);
        return;
    }
    r->exchange.awaits = r->index;
    call_defer(c, &r->exchange);
    call_push(c, r->counted == METRIC_ANSWERS ? c->service->answerer : c->service->readers,
              &r->exchange.work);
}
