/* What collect_lines.c does for collect.c: nobody else uses it. What there is no memory for is
 * recorded as lost (client/base/lost.h); collect.c asks for it after each stage. */
#ifndef CLIENT_REPORT_COLLECT_H
#define CLIENT_REPORT_COLLECT_H

#include "client/report/observed.h"
#include "client/report/report.h"

struct report_making {
    struct report *r;
    const struct casebook *cb;
    const struct observed *o;
    uint32_t (*findings)[SEVERITIES]; /* how many, by number of the request */
    struct pair {
        uint32_t key[DIMENSIONS];
        uint32_t request;
    } * pairs; /* each request with each of its categories, in the order of the keys */
    size_t pairs_n, pairs_cap;
};

/* Makes m->r->lines and m->pairs. m->findings must have been counted before. Both are freed by the
 * caller. */
void collect_lines(struct report_making *m);

/* Whether a time is in the period of the report. */
bool collect_in_period(const struct report *r, int64_t accepted);

/* Visits each request that was accepted in the period, in the order of the log. */
void collect_each_request(struct report_making *m,
                          void (*visit)(struct report_making *m, const struct request *q,
                                        uint32_t number));

/* Orders keys of a dimension: months and statuses by number, others by their text. */
int collect_compare_keys(const struct casebook *cb, enum dimension d, uint32_t a, uint32_t b);

/* The same for qsort_r() of keys; ctx is a struct sorting. */
struct sorting {
    const struct casebook *cb;
    enum dimension d;
};
int collect_compare_words(const void *x, const void *y, void *ctx);

#endif
