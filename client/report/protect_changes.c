#include "client/report/protect_changes.h"

#include <stdlib.h>

#include "client/base/lost.h"

static struct change with(struct change c, enum measure m, int by)
{
    c.measure[c.n] = (uint8_t)m;
    c.by[c.n++] = (int8_t)by;
    return c;
}

static void append_change(struct changes *s, struct change c)
{
    if (room_for_one(&s->list, s->n, &s->cap, sizeof *s->list))
        s->list[s->n++] = c;
}

static int by_of(const struct change *c, enum measure m)
{
    for (int i = 0; i < c->n; i++)
        if (c->measure[i] == m)
            return c->by[i];
    return 0;
}

/* Adds c; and, as each overdue notice is also a policy finding and each late judge a critical one,
 * c with these findings changed as well. */
static void add_with_findings(struct changes *s, struct change c)
{
    int overdue = by_of(&c, OVERDUE), late = by_of(&c, JUDGE_LATE);
    append_change(s, c);
    if (overdue != 0)
        append_change(s, with(c, FINDINGS_POLICY, overdue));
    if (late != 0)
        append_change(s, with(c, FINDINGS_CRITICAL, late));
    if (overdue != 0 && late != 0)
        append_change(s, with(with(c, FINDINGS_POLICY, overdue), FINDINGS_CRITICAL, late));
}

/* Adds c; and, if it changes how many requests there are, c with as many automated decisions: in a
 * line all of whose requests are automated nothing else is possible. */
static void add_change(struct changes *s, struct change c)
{
    int received = by_of(&c, RECEIVED);
    add_with_findings(s, c);
    if (received != 0)
        add_with_findings(s, with(c, AUTOMATED, received));
}

/* Adds c; and c with one emergency more, in each part of the partition of emergencies, without and
 * with a judge's refusal. */
static void add_with_emergencies(struct changes *s, struct change c)
{
    add_change(s, c);
    for (int e = JUDGE_IN_TIME; e <= JUDGE_AWAITED; e++) {
        struct change more = with(with(c, EMERGENCIES, 1), (enum measure)e, 1);
        add_change(s, more);
        add_change(s, with(more, REFUSED, 1));
    }
}

static void add_with_due(struct changes *s, struct change c, int by, bool emergencies)
{
    for (int n = SENT; n <= OVERDUE; n++) {
        struct change more = with(with(c, DUE, by), (enum measure)n, by);
        if (emergencies)
            add_with_emergencies(s, more);
        else
            add_change(s, more);
    }
}

static void changes_of_answers(struct changes *s, enum measure m)
{
    static const struct change none;
    for (int a = FULL; a <= UNANSWERED; a++) {
        if (m == RECEIVED || m == (enum measure)a) {
            struct change c = with(with(none, m, 1), m == RECEIVED ? (enum measure)a : RECEIVED, 1);
            add_with_emergencies(s, c);
            add_with_due(s, c, 1, true);
        } else {
            struct change c = with(with(none, m, 1), (enum measure)a, -1);
            add_change(s, c);
            add_with_due(s, c, 1, false);
            add_with_due(s, c, -1, false);
        }
    }
}

/* The changes that begin with 1 more of m, which is `whole` or one of its parts from..to: one part
 * more and another less; or the whole and a part more, alone or with one request more. */
static void changes_of_part(struct changes *s, enum measure m, enum measure whole, int from, int to)
{
    static const struct change none;
    for (int p = from; p <= to; p++) {
        struct change c = with(none, m, 1);
        if (m != whole && m != (enum measure)p)
            add_change(s, with(c, (enum measure)p, -1));
        if (m != whole && m != (enum measure)p)
            continue;
        c = with(c, m == whole ? (enum measure)p : whole, 1);
        add_change(s, c);
        for (int a = FULL; a <= UNANSWERED; a++) {
            struct change more = with(with(c, RECEIVED, 1), (enum measure)a, 1);
            add_change(s, more);
            if (whole == EMERGENCIES) {
                add_change(s, with(more, REFUSED, 1));
                add_with_due(s, more, 1, false);
            } else {
                add_with_emergencies(s, more);
            }
        }
        for (int a = FULL; a <= UNANSWERED && whole == DUE; a++)
            for (int b = FULL; b <= UNANSWERED; b++)
                if (a != b)
                    add_change(s, with(with(c, (enum measure)a, 1), (enum measure)b, -1));
    }
}

void changes_make(struct changes changes[static MEASURES])
{
    static const struct change none;
    for (int m = 0; m < MEASURES; m++) {
        struct changes *s = &changes[m];
        if (m <= UNANSWERED) {
            changes_of_answers(s, (enum measure)m);
        } else if (m >= EMERGENCIES && m <= JUDGE_AWAITED) {
            changes_of_part(s, (enum measure)m, EMERGENCIES, JUDGE_IN_TIME, JUDGE_AWAITED);
        } else if (m >= DUE && m <= OVERDUE) {
            changes_of_part(s, (enum measure)m, DUE, SENT, OVERDUE);
        } else {
            add_change(s, with(none, (enum measure)m, 1));
        }
        for (int a = FULL; a <= UNANSWERED && m == REFUSED; a++)
            for (int e = JUDGE_IN_TIME; e <= JUDGE_AWAITED; e++) {
                struct change c =
                    with(with(with(none, REFUSED, 1), RECEIVED, 1), (enum measure)a, 1);
                c = with(with(c, EMERGENCIES, 1), (enum measure)e, 1);
                add_change(s, c);
                add_with_due(s, c, 1, false);
            }
    }
}

void changes_free(struct changes changes[static MEASURES])
{
    for (int m = 0; m < MEASURES; m++)
        free(changes[m].list);
}
