#include "client/report/protect.h"

#include <stdlib.h>

#define CHANGE_MAX 10
#define NEVER 1000000

/* A few measures of a line, each 1 more or 1 less, that keep its partitions. */
struct change {
    uint8_t n;
    uint8_t measure[CHANGE_MAX];
    int8_t by[CHANGE_MAX];
};

struct changes {
    struct change *list;
    size_t n, cap;
};

struct hiding {
    struct report *r;
    struct changes changes[MEASURES]; /* those that begin with it, 1 more */
    /* Of the total and each line of a summary: */
    uint64_t (*rest)[MEASURES]; /* in rows that are not listed, all together */
    uint64_t *listed;           /* [line][category][measure]: in rows that are listed */
    size_t categories;
    uint32_t *category; /* of a row, from 0 */
    bool *safe;         /* [line][measure] */
    bool lenient; /* a small number may become one that is not: no mark says which are small */
    struct best {
        int cost;
        size_t line, other; /* of a row: other is 0 */
        const struct change *change;
    } best;
};

static struct line *line_at(const struct hiding *h, size_t i)
{
    return &h->r->lines[i];
}

static bool is_small(uint64_t n)
{
    return n > 0 && n < REPORT_LEAST;
}

/* ---- changes --------------------------------------------------------------------------------- */

static struct change with(struct change c, enum measure m, int by)
{
    c.measure[c.n] = (uint8_t)m;
    c.by[c.n++] = (int8_t)by;
    return c;
}

static void append(struct changes *s, struct change c)
{
    if (s->n == s->cap) {
        s->cap = s->cap == 0 ? 32 : 2 * s->cap;
        s->list = must(reallocarray(s->list, s->cap, sizeof *s->list));
    }
    s->list[s->n++] = c;
}

static int by_of(const struct change *c, enum measure m)
{
    for (int i = 0; i < c->n; i++)
        if (c->measure[i] == m)
            return c->by[i];
    return 0;
}

/* And with the findings that being overdue, or late, is. */
static void add_with_findings(struct changes *s, struct change c)
{
    int overdue = by_of(&c, OVERDUE), late = by_of(&c, JUDGE_LATE);
    append(s, c);
    if (overdue != 0)
        append(s, with(c, FINDINGS_POLICY, overdue));
    if (late != 0)
        append(s, with(c, FINDINGS_CRITICAL, late));
    if (overdue != 0 && late != 0)
        append(s, with(with(c, FINDINGS_POLICY, overdue), FINDINGS_CRITICAL, late));
}

/* And with automated decisions, for lines that have no other requests. */
static void add_change(struct changes *s, struct change c)
{
    int received = by_of(&c, RECEIVED);
    add_with_findings(s, c);
    if (received != 0)
        add_with_findings(s, with(c, AUTOMATED, received));
}

/* To what is there, what keeps emergencies within requests, and each their partition. */
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

/* A partition of `whole` into from..to, alone or with the requests. */
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

static void make_changes(struct hiding *h)
{
    static const struct change none;
    for (int m = 0; m < MEASURES; m++) {
        struct changes *s = &h->changes[m];
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

/* ---- is a move possible, and what would have to be hidden for it ------------------------------ */

static int cost_of(const struct hiding *h, size_t line, enum measure m)
{
    const struct line *l = line_at(h, line);
    if (l->hidden[m])
        return 0;
    if (line == 0 || (line >= h->r->rows && m == RECEIVED))
        return NEVER;
    int cost = line < h->r->rows ? 12 : l->n[m] == 0 ? 3 : 2;
    return m == RECEIVED ? 8 * cost : cost;
}

/* What is known of any requests beside the partitions. */
static bool numbers_possible(const int64_t n[MEASURES])
{
    return n[EMERGENCIES] <= n[RECEIVED] && n[REFUSED] <= n[RECEIVED] &&
           n[AUTOMATED] <= n[RECEIVED] && n[DUE] <= n[RECEIVED] - n[UNANSWERED] &&
           n[FULL] + n[PARTIAL] + n[DIRECT] <= n[DUE] && n[OVERDUE] <= n[FINDINGS_POLICY] &&
           n[JUDGE_LATE] <= n[FINDINGS_CRITICAL];
}

static const char *basis_of(const struct hiding *h, size_t line)
{
    const struct report *r = h->r;
    bool has = line >= r->rows ||
               (r->by == BY_BASIS && line >= r->first[SUMMARY_BY] && line < r->last[SUMMARY_BY]);
    return has ? casebook_text(&r->audit->cb, line_at(h, line)->key[BY_BASIS]) : "";
}

/* And of those of a line, by what the line is about. */
static bool line_possible(const struct hiding *h, size_t line, const int64_t n[MEASURES])
{
    const struct report *r = h->r;
    bool about =
        line >= r->first[SUMMARY_STATUS] && (line < r->last[SUMMARY_STATUS] || line >= r->rows);
    if (!numbers_possible(n))
        return false;
    if (strcmp(basis_of(h, line), "CNPP-303-EXC") == 0 && n[EMERGENCIES] != n[RECEIVED])
        return false;
    if (!about)
        return true;
    switch (line_at(h, line)->key[BY_STATUS]) {
    case WARRANT_BEFORE:
        return true;
    case WARRANT_REFUSED:
        return n[EMERGENCIES] == n[RECEIVED] && n[REFUSED] == n[RECEIVED];
    case WARRANT_RATIFIED:
    case WARRANT_PENDING:
        return n[EMERGENCIES] == n[RECEIVED] && n[REFUSED] == 0;
    default:
        return n[EMERGENCIES] == 0;
    }
}

/* The cost of a line's part in a move, NEVER if it cannot be. */
static int line_cost(const struct hiding *h, size_t line, const struct change *c, int sign)
{
    const struct line *l = line_at(h, line);
    int64_t n[MEASURES];
    int cost = 0;
    if (l->unknown)
        return NEVER; /* everybody knows that it has no requests */
    for (int m = 0; m < MEASURES; m++)
        n[m] = (int64_t)l->n[m];
    for (int i = 0; i < c->n; i++) {
        enum measure m = (enum measure)c->measure[i];
        bool small = is_small(l->n[m]);
        n[m] += sign * c->by[i];
        if (n[m] < (m == RECEIVED && line >= h->r->rows) ||
            (small && !is_small((uint64_t)n[m]) && !h->lenient))
            return NEVER;
        cost += cost_of(h, line, m);
    }
    return line_possible(h, line, n) ? cost : NEVER;
}

/* ---- rows that are not listed ------------------------------------------------------------------ */

/* The total and the three lines that a row is part of. */
static size_t group_of(const struct hiding *h, size_t row, int s)
{
    return s == SUMMARIES ? 0 : line_at(h, row)->group[s];
}

static uint64_t *listed_of(const struct hiding *h, size_t group, size_t category)
{
    return &h->listed[(group * h->categories + category) * MEASURES];
}

/* Nobody can tell how many rows are not listed, or which: only what they come to together. */
static void leave_out(struct hiding *h, size_t row)
{
    struct line *l = line_at(h, row);
    l->left_out = true;
    for (int s = 0; s <= SUMMARIES; s++)
        for (int m = 0; m < MEASURES; m++) {
            size_t group = group_of(h, row, s);
            h->rest[group][m] += l->n[m];
            listed_of(h, group, h->category[row - h->r->rows])[m] -= l->n[m];
        }
}

/* What all rows that are not listed come to is itself no small number, where it can be computed. */
static bool leave_out_more(struct hiding *h)
{
    const struct report *r = h->r;
    bool any = false;
    for (size_t g = 0; g < r->rows; g++) {
        size_t least = 0;
        if (!is_small(h->rest[g][RECEIVED]) || line_at(h, g)->hidden[RECEIVED])
            continue;
        for (size_t i = r->rows; i < r->count; i++)
            for (int s = 0; s <= SUMMARIES && !line_at(h, i)->left_out; s++)
                if (group_of(h, i, s) == g &&
                    (least == 0 || line_at(h, i)->n[RECEIVED] < line_at(h, least)->n[RECEIVED]))
                    least = i;
        if (least == 0)
            continue; /* no row of it is listed: it is the line itself */
        leave_out(h, least);
        any = true;
    }
    return any;
}

/* Of a sum that is greater than what is shown nothing can be computed; and what was added up of
 * its parts may have wrapped. */
static bool is_at_least(const struct hiding *h, size_t line, int m)
{
    return line_at(h, line)->n[m] == REPORT_MOST;
}

/* Whether they, too, could come to that much more or less. */
static bool rest_possible(const struct hiding *h, size_t group, const struct change *c, int sign)
{
    int64_t n[MEASURES];
    for (int m = 0; m < MEASURES; m++)
        n[m] = (int64_t)h->rest[group][m];
    for (int i = 0; i < c->n; i++) {
        n[c->measure[i]] += sign * c->by[i];
        if (n[c->measure[i]] < 0 && !is_at_least(h, group, c->measure[i]))
            return false;
    }
    return numbers_possible(n);
}

/* No category has more than the line of a summary has. */
static bool listed_possible(const struct hiding *h, size_t group, size_t category,
                            const struct change *c, int row, int line)
{
    const uint64_t *n = listed_of(h, group, category);
    for (int i = 0; i < c->n; i++)
        if (!is_at_least(h, group, c->measure[i]) &&
            (int64_t)n[c->measure[i]] + row * c->by[i] >
                (int64_t)line_at(h, group)->n[c->measure[i]] + line * c->by[i])
            return false;
    return true;
}

/* ---- another report that agrees with this one -------------------------------------------------- */

static bool line_moves(const struct hiding *h, size_t line, const struct change *c, int sign)
{
    for (size_t i = 0; i < h->categories; i++)
        if (!listed_possible(h, line, i, c, 0, sign))
            return false;
    return rest_possible(h, line, c, sign);
}

/* One line has more, another of the same summary as much less. */
static void search_line(struct hiding *h, size_t line, enum measure m, size_t first, size_t last)
{
    for (size_t i = 0; i < 2 * h->changes[m].n; i++) {
        const struct change *c = &h->changes[m].list[i / 2];
        int sign = i % 2 == 0 ? 1 : -1, own = line_cost(h, line, c, sign);
        if (own >= h->best.cost || !line_moves(h, line, c, sign))
            continue;
        for (size_t other = first; other < last; other++) {
            int cost = other == line ? NEVER : own + line_cost(h, other, c, -sign);
            if (cost < h->best.cost && line_moves(h, other, c, -sign))
                h->best = (struct best){ cost, line, other, c };
        }
    }
}

/* A row has more, and what is not listed as much less. */
static void search_row(struct hiding *h, size_t row, enum measure m)
{
    for (size_t i = 0; i < 2 * h->changes[m].n; i++) {
        const struct change *c = &h->changes[m].list[i / 2];
        int sign = i % 2 == 0 ? 1 : -1, cost = line_cost(h, row, c, sign);
        bool possible = cost < h->best.cost;
        for (int s = 0; s <= SUMMARIES && possible; s++)
            possible =
                rest_possible(h, group_of(h, row, s), c, -sign) &&
                listed_possible(h, group_of(h, row, s), h->category[row - h->r->rows], c, sign, 0);
        if (possible)
            h->best = (struct best){ cost, row, 0, c };
    }
}

static int summary_of(const struct report *r, size_t line)
{
    for (int s = 0; s < SUMMARIES; s++)
        if (line >= r->first[s] && line < r->last[s])
            return s;
    return SUMMARIES; /* a row */
}

/* ---- hiding ---------------------------------------------------------------------------------- */

static void hide(struct hiding *h, size_t line, enum measure m)
{
    struct line *l = line_at(h, line);
    if (line == 0 || l->hidden[m])
        return;
    l->hidden[m] = true;
    for (int i = 0; m == RECEIVED && i < MEASURES; i++)
        if (l->n[i] > 0)
            hide(h, line, (enum measure)i); /* how many persons says much of how many requests */
}

static void apply_best(struct hiding *h)
{
    for (int i = 0; i < 2; i++)
        for (int m = 0; m < h->best.change->n; m++) {
            size_t line = i == 0 ? h->best.line : h->best.other;
            hide(h, line, (enum measure)h->best.change->measure[m]);
            h->safe[line * MEASURES + h->best.change->measure[m]] = line != 0;
        }
}

/* Of the listed rows of a line the one to leave out so that the line can be made safe: the
 * smallest, of those that have what it is about; 0 if there is none. */
static size_t row_of(const struct hiding *h, size_t line, enum measure m)
{
    const struct report *r = h->r;
    size_t best = 0;
    for (size_t i = r->rows; i < r->count; i++) {
        const struct line *l = line_at(h, i), *b = line_at(h, best);
        bool within = false;
        for (int s = 0; s < SUMMARIES; s++)
            within = within || l->group[s] == line;
        if (!within || l->left_out)
            continue;
        if (best == 0 || (l->n[m] > 0) > (b->n[m] > 0) ||
            ((l->n[m] > 0) == (b->n[m] > 0) && l->n[RECEIVED] < b->n[RECEIVED]))
            best = i;
    }
    return best;
}

/* One number that is hidden: with what else is hidden already; else with the least that has to
 * be hidden for it. */
static void make_safe(struct hiding *h, size_t line, enum measure m)
{
    static const int most[] = { 1, NEVER, NEVER };
    int s = summary_of(h->r, line);
    for (int pass = 0; pass < 3; pass++) {
        h->lenient = pass == 2;
        h->best.cost = most[pass];
        if (s == SUMMARIES)
            search_row(h, line, m);
        else
            search_line(h, line, m, h->r->first[s], h->r->last[s]);
        if (h->best.cost < most[pass]) {
            apply_best(h);
            return;
        }
    }
    if (s != SUMMARIES)
        line = row_of(h, line, m);
    if (line != 0)
        leave_out(h, line);
}

/* Returns whether anything changed: a number that is made safe may hide others, a row that is
 * left out, too. */
static bool make_all_safe(struct hiding *h)
{
    bool any = false;
    uint64_t rest = h->rest[0][RECEIVED];
    for (size_t i = 1; i < h->r->count; i++)
        for (int m = 0; m < MEASURES; m++) {
            const struct line *l = line_at(h, i);
            if (l->left_out || !l->hidden[m] || h->safe[i * MEASURES + (size_t)m])
                continue;
            make_safe(h, i, (enum measure)m);
            any = any || h->safe[i * MEASURES + (size_t)m];
        }
    return any || h->rest[0][RECEIVED] != rest;
}

/* What cannot be made safe is given away by the total, which is never hidden, and is shown:
 * nobody is protected by a mark that tells its value. */
static void hide_all(struct hiding *h)
{
    const struct report *r = h->r;
    for (size_t i = r->rows; i < r->count; i++)
        if (is_small(line_at(h, i)->n[RECEIVED]))
            leave_out(h, i);
    for (size_t i = 1; i < r->count; i++)
        for (int m = 0; m < MEASURES; m++)
            if (is_small(line_at(h, i)->n[m]))
                hide(h, i, (enum measure)m);
    for (bool more = true; more;) {
        bool left = leave_out_more(h);
        more = make_all_safe(h) || left;
    }
    for (size_t i = 1; i < r->count; i++)
        for (int m = 0; m < MEASURES; m++)
            if (!h->safe[i * MEASURES + (size_t)m])
                line_at(h, i)->hidden[m] = false;
}

static void hide_medians(struct report *r)
{
    for (size_t i = 1; i < r->count; i++) {
        struct line *l = &r->lines[i];
        l->median_hidden = l->hidden[RECEIVED] || l->hidden[UNANSWERED] || is_small(l->answered);
    }
}

/* ---- tables to look things up in -------------------------------------------------------------- */

static void add_up(struct hiding *h)
{
    const struct report *r = h->r;
    size_t rows = r->count - r->rows;
    h->category = must(calloc(rows + 1, sizeof *h->category));
    h->rest = must(calloc(r->rows, sizeof *h->rest));
    h->categories = r->statements_count;
    h->listed = must(calloc(r->rows * h->categories * MEASURES + 1, sizeof *h->listed));
    for (size_t i = r->rows; i < r->count; i++) {
        const struct line *l = line_at(h, i);
        for (size_t c = 0; c < r->statements_count; c++)
            if (r->statements[c].category == l->key[BY_CATEGORY])
                h->category[i - r->rows] = (uint32_t)c;
        for (int s = 0; s <= SUMMARIES; s++)
            for (int m = 0; m < MEASURES; m++)
                listed_of(h, group_of(h, i, s), h->category[i - r->rows])[m] += l->n[m];
    }
}

/* If it did not hold of the log itself, nothing could be made safe, and all would be shown. */
static void must_be_possible(const struct hiding *h)
{
    for (size_t i = 0; i < h->r->count; i++) {
        const struct line *l = line_at(h, i);
        int64_t n[MEASURES],
            rest[3] = { (int64_t)l->n[RECEIVED], (int64_t)l->n[EMERGENCIES], (int64_t)l->n[DUE] };
        for (int m = 0; m < MEASURES; m++) {
            n[m] = (int64_t)l->n[m];
            rest[0] -= m >= FULL && m <= UNANSWERED ? n[m] : 0;
            rest[1] -= m >= JUDGE_IN_TIME && m <= JUDGE_AWAITED ? n[m] : 0;
            rest[2] -= m >= SENT && m <= OVERDUE ? n[m] : 0;
        }
        if (!line_possible(h, i, n) || rest[0] != 0 || rest[1] != 0 || rest[2] != 0)
            exit(say_undecided("impossible: report line %zu", i));
    }
}

void protect(struct report *r)
{
    struct hiding h = { .r = r };
    make_changes(&h);
    add_up(&h);
    must_be_possible(&h);
    h.safe = must(calloc(r->count * MEASURES, sizeof *h.safe));
    hide_all(&h);
    hide_medians(r);
    for (int m = 0; m < MEASURES; m++)
        free(h.changes[m].list);
    free(h.rest);
    free(h.listed);
    free(h.category);
    free(h.safe);
}
