/* The charts of a report's page. */
#ifndef CLIENT_REPORT_PAGE_CHARTS_H
#define CLIENT_REPORT_PAGE_CHARTS_H

#include "client/report/report.h"

/* Appends the charts, in the language that is set: by month, by authorisation, of emergencies, and
 * by the report's dimension. */
void report_charts(struct buf *out, const struct report *r);

#endif
