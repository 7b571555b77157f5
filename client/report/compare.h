/* Whether a file is the report that was made again, and what it looks like if it is no report. */
#ifndef CLIENT_REPORT_COMPARE_H
#define CLIENT_REPORT_COMPARE_H

#include "client/base/say.h"

/* Appends the file without a byte order mark, its lines ended by "\n". What there is no memory for
 * is recorded as lost (client/base/lost.h). */
void report_text(struct buf *out, struct span file);

enum comparison {
    COMPARISON_SAME, /* byte for byte */
    /* but for line ends, a byte order mark or the newline at the end of the last line */
    COMPARISON_LINE_ENDS,
    COMPARISON_OTHER,
};

/* *line: the first line that is not the same, from 1; 0 if all are. Says what differs, unless it is
 * the same. */
enum comparison report_compare(uint64_t *line, struct span made, struct span file);

/* Says what a file that does not begin as a report does seems to be, and what to ask for. Returns
 * what to exit with. */
enum outcome report_refuse(const char *path, struct span file);

#endif
