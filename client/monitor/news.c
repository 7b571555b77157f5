#include "client/monitor/news.h"

#include <string.h>

#include "client/audit/rules.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/findings/audit_report.h"

void news_open(struct news *n)
{
    *n = (struct news){ .listed = 0 };
    shelf_open(&n->before, sizeof(struct rule_answer));
}

void news_close(struct news *n)
{
    shelf_close(&n->before);
}

/* What the rules that have a deadline find now; the audit's own list stays as it is, as it goes into
 * the state. Each of these rules answers once about an entry. */
static void ask_deadlines(struct audit *a, struct shelf *findings)
{
    uint64_t count[RULE_COUNT][RESULTS], n = a->answers.list.n;
    memcpy(count, a->answers.count, sizeof count);
    rules_at_end(&a->answers, &a->cb, a->now);
    for (uint64_t i = n; i < a->answers.list.n; i++) {
        const struct rule_answer *x = shelf_at(&a->answers.list, i);
        if (x->result == RESULT_FINDING)
            shelf_push(findings, x);
    }
    a->answers.list.n = n;
    memcpy(a->answers.count, count, sizeof count);
}

void news_of_state(struct news *n, struct audit *a)
{
    n->listed = a->answers.list.n;
    ask_deadlines(a, &n->before);
}

/* The order in which they are asked: of all requests by entry and rule, then of warrants. */
static int order(const struct rule_answer *a, const struct rule_answer *b)
{
    if ((a->rule == R09) != (b->rule == R09))
        return a->rule == R09 ? 1 : -1;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static bool says_the_same(const struct rule_answer *a, const struct rule_answer *b)
{
    bool same = a->causes == b->causes && memcmp(a->related, b->related, sizeof a->related) == 0;
    for (size_t i = 0; same && i < a->causes; i++)
        same = a->cause[i].cause == b->cause[i].cause && a->cause[i].code == b->cause[i].code &&
               a->cause[i].time == b->cause[i].time;
    return same;
}

static enum syslog_severity gravity(const struct rule_answer *x)
{
    static const enum syslog_severity of[SEVERITIES] = { [SEVERITY_POLICY] = SYSLOG_INFO,
                                                         [SEVERITY_LOW] = SYSLOG_NOTICE,
                                                         [SEVERITY_MEDIUM] = SYSLOG_WARNING,
                                                         [SEVERITY_HIGH] = SYSLOG_ERROR,
                                                         [SEVERITY_CRITICAL] = SYSLOG_CRITICAL };
    return of[rule_severity((enum rule)x->rule)];
}

static void tell_finding(struct audit *a, const struct rule_answer *x, struct teller *t)
{
    if (x->result == RESULT_FINDING)
        telling_give(t, audit_answer_json(a, x), gravity(x));
}

/* It was a finding: the deadline was moved, or what was due is there after all. */
static void tell_withdrawn(const struct rule_answer *x, struct teller *t, const struct audit *a)
{
    char now[WHEN_TEXT + 1];
    when_format(now, answer_time(a->now));
    telling_give(t,
                 json_made(json_pack("{s:s,s:s,s:o,s:s}", "type", "withdrawn", "rule",
                                     rule_name((enum rule)x->rule), "entry",
                                     json_of_index(x->entry), "now", now)),
                 SYSLOG_INFO);
}

/* Which comes first, of old from its i-th on and new from its k-th on, not both at their ends: below
 * 0 old, above 0 new, 0 both. */
static int first_of(const struct shelf *old, uint64_t i, const struct shelf *new, uint64_t k)
{
    if (i == old->n)
        return 1;
    return k == new->n ? -1 : order(shelf_at(old, i), shelf_at(new, k));
}

/* Two lists in one order. */
static void tell_differences(struct news *n, struct audit *a, struct shelf *now, struct teller *t)
{
    const struct shelf *before = &n->before;
    uint64_t i = 0, k = 0;
    while (i < before->n || k < now->n) {
        int o = first_of(before, i, now, k);
        if (o < 0)
            tell_withdrawn(shelf_at(before, i), t, a);
        else if (o > 0 || !says_the_same(shelf_at(before, i), shelf_at(now, k)))
            tell_finding(a, shelf_at(now, k), t);
        i += o <= 0;
        k += o >= 0;
    }
}

void news_tell_before(const struct news *n, struct audit *a, uint64_t sure, struct teller *t)
{
    for (uint64_t i = n->listed; i < sure; i++)
        tell_finding(a, shelf_at(&a->answers.list, i), t);
}

void news_tell(struct news *n, struct audit *a, struct teller *t)
{
    struct shelf now;
    shelf_open(&now, sizeof(struct rule_answer));
    news_tell_before(n, a, a->answers.list.n, t);
    ask_deadlines(a, &now);
    tell_differences(n, a, &now, t);
    shelf_close(&now);
}
