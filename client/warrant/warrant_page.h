/* The answer about a warrant, as text of 100 columns or as a page for a case file, on standard
 * output. complete: the log is proven and the case concluded; else no fact is shown. */
#ifndef CLIENT_WARRANT_WARRANT_PAGE_H
#define CLIENT_WARRANT_WARRANT_PAGE_H

#include "client/warrant/warrant_case.h"

void warrant_print(const struct warrant_case *c, bool complete);
void warrant_html(const struct warrant_case *c, bool complete);

#endif
