/* The small changes of a line's numbers that leave all its partitions as they are: what protect.c
 * moves from one line to another. */
#ifndef CLIENT_REPORT_PROTECT_CHANGES_H
#define CLIENT_REPORT_PROTECT_CHANGES_H

#include "client/report/report.h"

#define CHANGE_MAX 10

/* A few measures of a line, each 1 more or 1 less. */
struct change {
    uint8_t n;
    uint8_t measure[CHANGE_MAX]; /* enum measure */
    int8_t by[CHANGE_MAX];
};

struct changes {
    struct change *list;
    size_t n, cap;
};

/* Makes, for each measure, the changes whose first part is 1 more of it, into changes that are all
 * zeroes. What there is no memory for is recorded as lost (client/base/lost.h). */
void changes_make(struct changes changes[static MEASURES]);
void changes_free(struct changes changes[static MEASURES]);

#endif
