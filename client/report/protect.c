#include "client/report/protect.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "client/report/protect_changes.h"
#include "proto/gate/gate_law.h"

#define NEVER 1000000

struct hiding {
    struct report *r;
    struct changes changes[MEASURES]; /* those that begin with it, 1 more */
    /* Of the total and each line of a summary: */
    uint64_t (*rest)[MEASURES]; /* in rows that are not listed, all together */
    uint64_t *listed;           /* [line][category][measure]: in rows that are listed */
    size_t categories;
    uint32_t *category; /* of a row, from 0 */
    bool *safe;         /* [line][measure] */
    /* In the other report a small number may be one that is not small. That is tried last: the mark
     * is the same for small numbers and for those hidden with them, so it rules nothing out. */
    bool lenient;
    struct best {
        int cost;
        size_t line, other; /* of a row: other is 0 */
        const struct change *change;
    } best;
};

static struct report_line *line_at(const struct hiding *h, size_t i)
{
    return &h->r->lines[i];
}

static bool is_small(uint64_t n)
{
    return n > 0 && n < REPORT_LEAST;
}

/* ---- is a move possible, and what would have to be hidden for it ----------------------------- */

static int cost_of(const struct hiding *h, size_t line, enum measure m)
{
    const struct report_line *l = line_at(h, line);
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
    if (gate_basis_is_emergency(basis_of(h, line)) && n[EMERGENCIES] != n[RECEIVED])
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
    const struct report_line *l = line_at(h, line);
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

/* ---- rows that are not listed ---------------------------------------------------------------- */

/* The total and the three lines that a row is part of. */
static size_t group_of(const struct hiding *h, size_t row, int s)
{
    return s == SUMMARIES ? 0 : line_at(h, row)->group[s];
}

static uint64_t *listed_of(const struct hiding *h, size_t group, size_t category)
{
    return &h->listed[(group * h->categories + category) * MEASURES];
}

/* Takes a row off the list. A reader can compute what the rows that are not listed come to
 * together, but not how many they are, or which. */
static void leave_out(struct hiding *h, size_t row)
{
    struct report_line *l = line_at(h, row);
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

/* ---- another report that agrees with this one ------------------------------------------------ */

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
    struct report_line *l = line_at(h, line);
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
        const struct report_line *l = line_at(h, i), *b = line_at(h, best);
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

/* Looks for another report in which this hidden number is another one. First one that changes only
 * what is hidden already (cost 0); then the one for which the least more has to be hidden; then the
 * same with `lenient`. If there is none, a row is left out, so that the next round finds one. */
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
            const struct report_line *l = line_at(h, i);
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
        struct report_line *l = &r->lines[i];
        l->median_hidden = l->hidden[RECEIVED] || l->hidden[UNANSWERED] || is_small(l->answered);
    }
}

/* ---- tables to look things up in ------------------------------------------------------------- */

/* Returns false if there is no memory. */
static bool make_tables(struct hiding *h)
{
    const struct report *r = h->r;
    h->categories = r->statements_count;
    h->category = kept(calloc(r->count - r->rows + 1, sizeof *h->category));
    h->rest = kept(calloc(r->rows, sizeof *h->rest));
    h->listed = kept(calloc(r->rows * h->categories * MEASURES + 1, sizeof *h->listed));
    h->safe = kept(calloc(r->count * MEASURES, sizeof *h->safe));
    return h->category != NULL && h->rest != NULL && h->listed != NULL && h->safe != NULL;
}

static void add_up(struct hiding *h)
{
    const struct report *r = h->r;
    for (size_t i = r->rows; i < r->count; i++) {
        const struct report_line *l = line_at(h, i);
        for (size_t c = 0; c < r->statements_count; c++)
            if (r->statements[c].category == l->key[BY_CATEGORY])
                h->category[i - r->rows] = (uint32_t)c;
        for (int s = 0; s <= SUMMARIES; s++)
            for (int m = 0; m < MEASURES; m++)
                listed_of(h, group_of(h, i, s), h->category[i - r->rows])[m] += l->n[m];
    }
}

/* Whether the numbers of the log themselves obey what another report must obey (line_possible(),
 * the partitions). If they did not, no other report would be found possible, so that nothing could
 * be made safe, and hide_all() would show all of it. Says so if they do not. */
static bool log_is_possible(const struct hiding *h)
{
    for (size_t i = 0; i < h->r->count; i++) {
        const struct report_line *l = line_at(h, i);
        int64_t n[MEASURES],
            rest[3] = { (int64_t)l->n[RECEIVED], (int64_t)l->n[EMERGENCIES], (int64_t)l->n[DUE] };
        for (int m = 0; m < MEASURES; m++) {
            n[m] = (int64_t)l->n[m];
            rest[0] -= m >= FULL && m <= UNANSWERED ? n[m] : 0;
            rest[1] -= m >= JUDGE_IN_TIME && m <= JUDGE_AWAITED ? n[m] : 0;
            rest[2] -= m >= SENT && m <= OVERDUE ? n[m] : 0;
        }
        if (!line_possible(h, i, n) || rest[0] != 0 || rest[1] != 0 || rest[2] != 0) {
            say_undecided(
                TR("the numbers of line %zu of the report contradict each other: it is not "
                   "shown. This is a fault of the program: please report it",
                   "los números de la línea %zu del informe se contradicen: no se "
                   "muestra. Es una falla del programa: por favor avise"),
                i);
            return false;
        }
    }
    return true;
}

bool protect(struct report *r)
{
    struct hiding h = { .r = r };
    changes_make(h.changes);
    bool possible = make_tables(&h) && !lost_any();
    if (possible) {
        add_up(&h);
        possible = log_is_possible(&h);
    }
    if (possible) {
        hide_all(&h);
        hide_medians(r);
    }
    changes_free(h.changes);
    free(h.rest);
    free(h.listed);
    free(h.category);
    free(h.safe);
    return possible;
}
