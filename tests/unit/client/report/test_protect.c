/* protect.h: no number that a report hides can be computed from what it shows. Small tables are
 * attacked by trying all reports that agree with what is shown. */
#include "client/report/protect.h"

#include <stdlib.h>

#include "tests/unit/fixture.h"

/* ---- small reports --------------------------------------------------------------------------- */

#define MONTHS 3
#define AUTHORITIES 2
#define LINES (1 + MONTHS + AUTHORITIES + 1 + MONTHS * AUTHORITIES)

/* A request is answered in one of these ways, or not yet: each says nothing else of it. */
static const enum measure ways[] = { NONE_HELD, REJECTED, UNANSWERED };

struct table {
    struct report report;
    struct audit *audit;
    struct statement statement;
    struct report_line line[LINES];
};

/* The same numbers each time. */
static uint32_t chance(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static void add_line(struct report_line *to, const struct report_line *row)
{
    for (int m = 0; m < MEASURES; m++)
        to->n[m] += row->n[m];
}

static void add_row(struct table *t, size_t month, size_t authority, const uint64_t n[COUNT(ways)])
{
    struct report *r = &t->report;
    struct report_line *row = &t->line[r->count];
    for (size_t i = 0; i < COUNT(ways); i++) {
        row->n[ways[i]] = n[i];
        row->n[RECEIVED] += n[i];
    }
    if (row->n[RECEIVED] == 0)
        return; /* there is no such row */
    row->key[BY_CATEGORY] = 1;
    row->key[BY_STATUS] = WARRANT_NOT_NEEDED;
    row->group[SUMMARY_MONTH] = (uint32_t)(r->first[SUMMARY_MONTH] + month);
    row->group[SUMMARY_BY] = (uint32_t)(r->first[SUMMARY_BY] + authority);
    row->group[SUMMARY_STATUS] = (uint32_t)r->first[SUMMARY_STATUS];
    add_line(&t->line[0], row);
    for (int s = 0; s < SUMMARIES; s++)
        add_line(&t->line[row->group[s]], row);
    r->count++;
}

/* A table of chance: most numbers are small, many are 0. */
static void make_table(struct table *t, uint32_t *seed)
{
    *t = (struct table){ .statement = { .category = 1 } };
    struct report *r = &t->report;
    t->audit = calloc(1, sizeof *t->audit);
    r->audit = t->audit;
    r->by = BY_AUTHORITY;
    r->lines = t->line;
    r->statements = &t->statement;
    r->statements_count = 1;
    r->first[SUMMARY_MONTH] = 1;
    r->last[SUMMARY_MONTH] = r->first[SUMMARY_BY] = 1 + MONTHS;
    r->last[SUMMARY_BY] = r->first[SUMMARY_STATUS] = 1 + MONTHS + AUTHORITIES;
    r->last[SUMMARY_STATUS] = r->rows = r->count = 2 + MONTHS + AUTHORITIES;
    t->line[r->first[SUMMARY_STATUS]].key[BY_STATUS] = WARRANT_NOT_NEEDED;
    for (size_t month = 0; month < MONTHS; month++)
        for (size_t authority = 0; authority < AUTHORITIES; authority++) {
            uint64_t n[COUNT(ways)];
            for (size_t i = 0; i < COUNT(ways); i++)
                n[i] = chance(seed, 2) == 0 ? 0 : chance(seed, chance(seed, 4) == 0 ? 12 : 4);
            add_row(t, month, authority, n);
        }
}

/* ---- an attacker who tries everything --------------------------------------------------------- */

/* Looks at one summary: what its lines may be, so that each way adds up over the lines to the
 * total's, and each line to what it received. */
struct attack {
    const struct report *r;
    size_t first, lines;
    uint64_t least[MONTHS][COUNT(ways)]; /* in rows that are listed */
    uint64_t n[MONTHS][COUNT(ways)], left[COUNT(ways)];
    uint64_t seen[MONTHS][COUNT(ways) + 1]; /* the first value that was found */
    bool any[MONTHS][COUNT(ways) + 1], several[MONTHS][COUNT(ways) + 1];
    size_t open; /* hidden numbers of which only one value was found so far */
};

static enum measure measure_at(size_t i)
{
    return i == COUNT(ways) ? RECEIVED : ways[i];
}

/* A report that agrees with all that is shown. */
static void note_one(struct attack *a)
{
    for (size_t k = 0; k < a->lines; k++) {
        uint64_t received = 0;
        for (size_t i = 0; i <= COUNT(ways); i++) {
            uint64_t n = i == COUNT(ways) ? received : a->n[k][i];
            received += i == COUNT(ways) ? 0 : n;
            if (!a->r->lines[a->first + k].hidden[measure_at(i)] || a->several[k][i])
                continue;
            if (a->any[k][i] && a->seen[k][i] != n) {
                a->several[k][i] = true;
                a->open--;
            }
            a->any[k][i] = true;
            a->seen[k][i] = n;
        }
    }
}

static void try_from(struct attack *a, size_t k, size_t i)
{
    if (a->open == 0)
        return;
    if (k == a->lines) {
        for (i = 0; i < COUNT(ways); i++)
            if (a->left[i] != 0)
                return;
        note_one(a);
        return;
    }
    const struct report_line *l = &a->r->lines[a->first + k];
    if (i == COUNT(ways)) {
        uint64_t received = 0;
        for (i = 0; i < COUNT(ways); i++)
            received += a->n[k][i];
        if (l->hidden[RECEIVED] || received == l->n[RECEIVED])
            try_from(a, k + 1, 0);
        return;
    }
    bool hidden = l->hidden[ways[i]];
    uint64_t from = hidden ? a->least[k][i] : l->n[ways[i]];
    uint64_t to = hidden ? a->left[i] : l->n[ways[i]];
    for (uint64_t n = from; n <= to && n <= a->left[i]; n++) {
        a->n[k][i] = n;
        a->left[i] -= n;
        try_from(a, k, i + 1);
        a->left[i] += n;
    }
}

/* How many hidden numbers of a summary can have one value only. */
static size_t computed(const struct report *r, enum summary s)
{
    struct attack a = { .r = r, .first = r->first[s], .lines = r->last[s] - r->first[s] };
    for (size_t i = 0; i < COUNT(ways); i++)
        a.left[i] = r->lines[0].n[ways[i]];
    for (size_t k = 0; k < a.lines; k++)
        for (size_t i = 0; i <= COUNT(ways); i++)
            a.open += r->lines[a.first + k].hidden[measure_at(i)];
    for (size_t row = r->rows; row < r->count; row++)
        for (size_t i = 0; i < COUNT(ways) && !r->lines[row].left_out; i++)
            if (!r->lines[row].hidden[ways[i]])
                a.least[r->lines[row].group[s] - a.first][i] += r->lines[row].n[ways[i]];
    try_from(&a, 0, 0);
    return a.open;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static bool is_small(uint64_t n)
{
    return n > 0 && n < REPORT_LEAST;
}

static size_t count_hidden(const struct report *r)
{
    size_t hidden = 0;
    for (size_t i = 0; i < r->count; i++)
        for (int m = 0; m < MEASURES; m++)
            hidden += r->lines[i].hidden[m];
    return hidden;
}

static void no_hidden_number_can_be_computed(void **state)
{
    (void)state;
    uint32_t seed = 1;
    size_t hidden = 0;
    for (int i = 0; i < 400; i += (int)every()) {
        struct table t;
        make_table(&t, &seed);
        assert_true(protect(&t.report));
        hidden += count_hidden(&t.report);
        if (computed(&t.report, SUMMARY_MONTH) != 0 || computed(&t.report, SUMMARY_BY) != 0)
            fail_msg("table %d gives a hidden number away", i);
        free(t.audit);
    }
    assert_in_range(hidden, 1000 / every(), 100000);
}

/* The attacker is worth something: hiding the small numbers alone is what it sees through. */
static void hiding_small_numbers_alone_would_not_do(void **state)
{
    (void)state;
    uint32_t seed = 1;
    size_t given_away = 0;
    for (int i = 0; i < 400; i++) {
        struct table t;
        make_table(&t, &seed);
        for (size_t line = 1; line < t.report.count; line++)
            for (int m = 0; m < MEASURES; m++)
                t.line[line].hidden[m] = is_small(t.line[line].n[m]);
        given_away += computed(&t.report, SUMMARY_MONTH) + computed(&t.report, SUMMARY_BY);
        free(t.audit);
    }
    assert_in_range(given_away, 100, 100000);
}

/* A small number is shown only where the total, which is never hidden, gives it away. */
static void small_numbers_are_hidden(void **state)
{
    (void)state;
    uint32_t seed = 77;
    size_t shown = 0, hidden = 0;
    for (int i = 0; i < 400; i++) {
        struct table t;
        make_table(&t, &seed);
        assert_true(protect(&t.report));
        for (size_t k = t.report.rows; k < t.report.count; k++)
            assert_true(t.line[k].left_out || !is_small(t.line[k].n[RECEIVED]));
        for (size_t k = 1; k < t.report.rows; k++)
            for (int m = 0; m < MEASURES; m++) {
                hidden += is_small(t.line[k].n[m]) && t.line[k].hidden[m];
                if (!is_small(t.line[k].n[m]) || t.line[k].hidden[m])
                    continue;
                shown++;
                assert_true(t.line[0].n[m] >= t.line[k].n[m]);
            }
        for (int m = 0; m < MEASURES; m++)
            assert_false(t.line[0].hidden[m]);
        free(t.audit);
    }
    assert_true(hidden > 4 * shown);
}

static void numbers_that_contradict_each_other_are_not_shown(void **state)
{
    (void)state;
    uint32_t seed = 5;
    struct table t;
    make_table(&t, &seed);
    t.line[1].n[UNANSWERED]++; /* more answers than requests */
    assert_false(protect(&t.report));
    free(t.audit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_hidden_number_can_be_computed),
        cmocka_unit_test(hiding_small_numbers_alone_would_not_do),
        cmocka_unit_test(small_numbers_are_hidden),
        cmocka_unit_test(numbers_that_contradict_each_other_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
