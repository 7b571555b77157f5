/* Charts as SVG within a page: every value printed, told apart in black and white by patterns, with
 * a title and a description for those who do not see them. What is suppressed is drawn as a mark
 * that has the same size whatever its value. Nothing of a suppressed value is looked at. */
#ifndef CLIENT_SHOW_CHART_H
#define CLIENT_SHOW_CHART_H

#include "client/base/say.h"

#define CHART_SERIES_MAX 6

struct chart_row {
    const char *label;      /* of a bar, of a month */
    const uint64_t *values; /* one for each series */
    const bool *suppressed; /* the same; NULL: none is */
};

struct chart {
    const char *id;          /* [a-z0-9-], another for each chart of a page */
    const char *title;       /* printed above it */
    const char *description; /* what it shows, in a sentence; not printed */
    const char *const *series;
    size_t series_count; /* 1 to CHART_SERIES_MAX; with one there is no legend */
    const struct chart_row *rows;
    size_t rows_count;
    const char *suppressed; /* how a suppressed value is written: "<5", "1–4" */
    bool wide;              /* twice as wide, as reports before format 4 have it */
};

enum chart_form {
    CHART_BARS,    /* horizontal, a group for each row; labels may be long */
    CHART_GROUPED, /* columns, a group for each row, twelve rows beside each other */
    /* columns, the series of a row upon each other; suppressed ones are named above it */
    CHART_STACKED,
};

/* Appends a <figure>. Without rows, or with all values 0 and none suppressed, it says that there is
 * nothing to show. */
void chart_add(struct buf *out, const struct chart *c, enum chart_form form);

#endif
