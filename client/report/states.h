/* States that a reader takes for one and a report for two. */
#ifndef CLIENT_REPORT_STATES_H
#define CLIENT_REPORT_STATES_H

#include "client/audit/audit.h"

/* Says of each two jurisdictions of signers that look the same (docs/FORMATS.md, 5.5) that they are counted apart, which
 * entries enrolled the first of either, and which code points differ. Nothing of it stands in the report: whoever checks
 * it makes the same bytes. */
void report_say_states(const struct audit *a);

#endif
