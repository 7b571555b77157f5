/* A transparency report: requests of a period, counted by month, authority, category and so on,
 * with the small numbers hidden. All that is in it follows from the log up to a checkpoint, the
 * parameters and REPORT_FORMAT: no clock, no chance, so that anybody can make it again and
 * compare. docs/FORMATS.md, "Report". */
#ifndef CLIENT_REPORT_REPORT_H
#define CLIENT_REPORT_REPORT_H

#include "client/audit/audit.h"
#include "client/report/observed.h"
#include "client/report/parameters.h"
#include "proto/base/limits.h"

/* What is counted. The first two lines are a partition of RECEIVED, and so on: protect.c relies on
 * the order. */
enum measure {
    RECEIVED,
    FULL, /* by the last answering outcome, but for DIRECT */
    PARTIAL,
    NONE_HELD,
    REJECTED,
    DIRECT, /* an outcome was direct_access */
    OTHER,  /* cancelled, error, and what else a ruleset has */
    UNANSWERED,
    PERSONS,
    IDENTIFIERS,
    EMERGENCIES,
    JUDGE_IN_TIME, /* these three are a partition of EMERGENCIES: RULES, R03 */
    JUDGE_LATE,
    JUDGE_AWAITED,
    REFUSED,
    TRANSFERS,
    DUE,  /* has a delivering response: the person is to be told */
    SENT, /* these four are a partition of DUE: RULES, R18 */
    DEFERRED,
    AWAITED,
    OVERDUE,
    AUTOMATED,
    FINDINGS_CRITICAL,
    FINDINGS_HIGH,
    FINDINGS_MEDIUM,
    FINDINGS_LOW,
    FINDINGS_POLICY,
    MEASURES
};

/* Of a request and a category. */
enum warrant_status {
    WARRANT_BEFORE,
    WARRANT_RATIFIED,
    WARRANT_REFUSED,
    WARRANT_PENDING,
    WARRANT_ABSENT,
    WARRANT_CONTESTED,
    WARRANT_NOT_NEEDED,
    WARRANT_STATUSES
};

/* What a line may be about. Months are numbered from 0 = January of the year 0; statuses are enum
 * warrant_status; the others are words of the casebook, 0 where the log does not say. */
enum dimension {
    BY_MONTH,
    BY_LEVEL,
    BY_AUTHORITY,
    BY_STATE,
    BY_SECTOR,
    BY_CATEGORY,
    BY_BASIS,
    BY_STATUS,
    DIMENSIONS
};

/* The summary tables, each a partition of the requests, or of pairs of request and category or
 * status. */
enum summary { SUMMARY_MONTH, SUMMARY_BY, SUMMARY_STATUS, SUMMARIES };

struct report_line {
    uint32_t key[DIMENSIONS];  /* of a summary's line only its own */
    uint32_t group[SUMMARIES]; /* of a row: the lines that it is part of */
    uint64_t n[MEASURES];
    bool hidden[MEASURES];
    bool median_hidden;
    bool unknown;  /* all of it comes before the log's first entry or after its last one: nothing is
                   * known, not even zeros */
    bool left_out; /* of a row: it is not listed */
    uint64_t answered; /* how many waits */
    uint64_t median;   /* tenths of hours to the first answer; if answered > 0 */
    struct waits {
        int64_t *ms;
        size_t n, cap;
    } waits;
};

struct report {
    const struct parameters *p;
    const struct audit *audit;
    const struct institutions *names;
    enum dimension by;
    int64_t began; /* when the log's first entry was accepted */
    /* The total, then the lines of the three summaries, then the rows. */
    struct report_line *lines;
    size_t count, rows;                       /* rows: the number of the first */
    size_t first[SUMMARIES], last[SUMMARIES]; /* last: behind it */
    struct statement *statements;             /* of each category that was asked for, in order */
    size_t statements_count, statements_cap;
    /* Names of holders that are enrolled and reported nothing, each a buffer, in order. */
    struct buf *silent;
    size_t silent_count, silent_cap;
    struct ruleset_used {
        const struct ruleset *ruleset;
        const struct pinned_ruleset *pinned; /* NULL: built in */
    } * rulesets;
    size_t rulesets_count, rulesets_cap;
    /* Of entries that were accepted in the period, about no request. */
    uint64_t findings_elsewhere[SEVERITIES];
};

/* What the law wants said of each object of requests, without numbers. */
struct statement {
    word category;
    uint64_t
        windows; /* requests that say the data's time; less than REPORT_LEAST: it is not told */
    uint64_t requests;
    int64_t from, until; /* of all of these; in whole months when told */
    bool status[WARRANT_STATUSES];
    word *bases;
    size_t bases_count, bases_cap;
};

/* Numbers from 1 on below this are hidden. */
#define REPORT_LEAST 5

/* The greatest number that JSON can carry between programs. A sum that is greater is this, and is
 * shown as "at least". */
#define REPORT_MOST ((uint64_t)INTEGER_MAX)

/* Whether a number is hidden; of MEASURES, the median. */
static inline bool line_hides(const struct report_line *l, int m)
{
    return m == MEASURES ? l->median_hidden : l->hidden[m];
}

/* Whether the period begins in a month before the log did. Formats before 6 take no notice. */
bool report_begins_before_log(const struct report *r);

/* Whether a number stands for itself or more. */
static inline bool line_at_least(const struct report_line *l, int m)
{
    return m < MEASURES && !l->hidden[m] && l->n[m] == REPORT_MOST;
}

/* Makes a report of an audit that was ended. p, audit and o must outlive it. Returns NULL after
 * having said why, or if there was no memory, which is recorded as lost (client/base/lost.h). */
struct report *report_new(const struct parameters *p, const struct audit *audit,
                          const struct observed *o);
/* NULL is harmless. */
void report_free(struct report *r);

/* A report of format 2 added modulo 2^64: one whose sums were greater than REPORT_MOST is not made
 * again. */
bool report_can_be_made(const struct report *r);

/* Append the report in a form, in the language that is set. */
void report_json(struct buf *out, const struct report *r);
void report_csv(struct buf *out, const struct report *r);
void report_page(struct buf *out, const struct report *r);

#endif
