#include "client/findings/between.h"

#include <inttypes.h>

#include "client/base/period.h"
#include "client/base/written_time.h"
#include "proto/base/scan.h"

static bool read_point(struct point *out, const char *text)
{
    char time[WHEN_TEXT + 1];
    *out = (struct point){ .entries = NO_ENTRY };
    if (decimal_parse(&out->entries, span_str(text)) == 0)
        return true;
    out->entries = NO_ENTRY;
    char day[PERIOD_DAY];
    const char *wrong = written_time_here(time, period_day(day, text));
    out->timed = wrong == NULL && when_parse(&out->time, span_of(time, WHEN_TEXT)) == 0;
    if (!out->timed)
        say(TR("--between %s: it takes how many entries, or a time; %s",
               "--between %s: lleva cuántos asientos, o un tiempo; %s"),
            text, wrong == NULL ? written_time_form() : wrong);
    return out->timed;
}

bool between_read(struct between *out, const char *from, const char *to)
{
    *out = (struct between){ .before = NULL };
    if (!read_point(&out->from, from) || !read_point(&out->to, to))
        return false;
    if (out->from.timed != out->to.timed ||
        (out->from.timed ? out->from.time < out->to.time : out->from.entries < out->to.entries))
        return true;
    say(TR("--between %s %s: the first must be before the second",
           "--between %s %s: el primero debe ser anterior al segundo"),
        from, to);
    return false;
}

bool between_open(struct between *b, struct replaying *r, const struct audit_options *options)
{
    b->before = audit_open(r, options);
    b->now = audit_open(r, options);
    return b->before != NULL && b->now != NULL;
}

void between_close(struct between *b)
{
    audit_close(b->before);
    audit_close(b->now);
}

static void look_until(struct point *p, struct audit *a, const struct judged *e)
{
    if (p->entries == NO_ENTRY && e->has_header && e->accepted >= p->time)
        p->entries = e->index;
    a->stop = p->entries;
    audit_look(a, e);
}

void between_look(void *ctx, const struct judged *e)
{
    struct between *b = ctx;
    look_until(&b->from, b->before, e);
    look_until(&b->to, b->now, e);
}

bool between_end(struct between *b, enum outcome *outcome)
{
    uint64_t size = b->now->r->accepted.cp.checkpoint.size;
    b->from.entries = b->from.entries == NO_ENTRY ? size : b->from.entries;
    b->to.entries = b->to.entries == NO_ENTRY ? size : b->to.entries;
    if (b->to.entries > size || b->from.entries > b->to.entries) {
        *outcome = outcome_worse(*outcome,
                                 say_usage(TR("--between: that is from %" PRIu64
                                              " entries to %" PRIu64 ", and the log has %" PRIu64,
                                              "--between: eso es de %" PRIu64 " asientos a %" PRIu64
                                              ", y la bitácora tiene %" PRIu64),
                                           b->from.entries, b->to.entries, size));
        return false;
    }
    if (audit_end(b->now) && audit_end(b->before))
        return true;
    *outcome = outcome_worse(*outcome, OUTCOME_UNDECIDED);
    return false;
}
