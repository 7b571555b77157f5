/* Hides small numbers: from 1 to REPORT_LEAST - 1, and as many others as it takes that none of them
 * can be computed.
 *
 * For each number that is hidden there is another report that agrees with all that is shown, and in
 * which it is another number. That is looked for, not assumed, so that it holds against whatever
 * can be computed: a line of a summary has 1 more of something, another line 1 less; or a row has 1
 * more, and the rows that are not listed have 1 less. A row of the full breakdown is listed if it
 * has REPORT_LEAST requests or more, unless what is not listed would be a small number itself. What
 * is taken as known to the reader: everything that is shown; that a line's answers are a partition,
 * and so on; how many categories and statuses the requests of each line have (which is not even
 * shown); what a status means for emergencies; that no number is below 0, and no category's above
 * its summary's. The total is never hidden.
 *
 * tests/interop/report_attacker.py tries to compute what a report hides. */
#ifndef CLIENT_REPORT_PROTECT_H
#define CLIENT_REPORT_PROTECT_H

#include "client/report/report.h"

/* Sets hidden, median_hidden and left_out of the lines. Returns false after having said why the
 * numbers contradict each other, or if there was no memory, which is recorded as lost
 * (client/base/lost.h): such a report must not be shown. */
MUST_USE bool protect(struct report *r);

#endif
