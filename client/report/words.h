/* What the numbers and dimensions of a report are called: by programs, and by people in the
 * reader's language. */
#ifndef CLIENT_REPORT_WORDS_H
#define CLIENT_REPORT_WORDS_H

#include "client/report/report.h"

/* For programs: "received", "median_hours" (MEASURES); "month", "authority". */
const char *measure_code(enum measure m);
const char *dimension_code(enum dimension d);

/* For people; short ones, as headings of tables. MEASURES: the median. */
const char *measure_word(enum measure m);
const char *dimension_word(enum dimension d);
const char *status_word(enum warrant_status s);

/* What a number counts, in a sentence. */
const char *measure_meaning(enum measure m);

/* Appends the code of a key, for programs: "2026-01", "mx.fgr", "before"; nothing where the log
 * does not say. */
void report_code(struct buf *out, const struct report *r, enum dimension d, uint32_t key);

/* Appends what the key of a line is called. */
void line_label(struct buf *out, const struct report *r, enum dimension d, uint32_t key);

/* A number as it is shown in text: "*" where it is hidden. */
#define HIDDEN_MARK "*"
/* And where it is not known. */
#define UNKNOWN_MARK "–"

/* How it is counted, how small numbers are hidden: paragraph i of a report of that format, NULL
 * behind the last. */
const char *report_method(int format, size_t i);

#endif
