/* What a report was made from beside the log itself, as it says at its beginning in one line. */
#ifndef CLIENT_REPORT_PARAMETERS_H
#define CLIENT_REPORT_PARAMETERS_H

#include "client/base/say.h"

/* Changes with all that changes a byte of a report. The formats from the first on are still made,
 * to check reports that were published: INTERFACES, "Report". */
#define REPORT_FORMAT 6
#define REPORT_FORMAT_FIRST 2
#define REPORT_MAX (64 * 1024 * 1024)
#define REPORT_MONTHS_MAX 240

enum report_form { REPORT_HTML, REPORT_JSON, REPORT_CSV, REPORT_FORMS };

struct parameters {
    uint32_t from, to; /* months, 12 * year + month - 1; both are in the period */
    const char *by;    /* "authority", "holder", "category", "basis", "state" */
    enum language language;
    enum report_form form;
    int format;
    struct buf note; /* the checkpoint that the report is of */
    /* Read in the note by whoever opened it: */
    struct hash root;
    uint64_t size;
};

/* "2026-01". Returns false for all else: a day could be meant to be in the period, or to end it. */
bool month_parse(uint32_t *out, const char *text);
void month_text(char out[static 8], uint32_t month);
/* Its first moment. */
int64_t month_start(uint32_t month);
uint32_t month_of(int64_t ms);

/* The words of --by, from 0 on; NULL behind the last. */
const char *parameters_by_at(size_t i);

/* One of the five that --by takes, as a literal; NULL for any other. */
const char *parameters_by(const char *text);

/* Appends the line that a report begins with, without what its form puts around it. */
void parameters_add(struct buf *out, const struct parameters *p);

enum parameters_read {
    PARAMETERS_OK,
    PARAMETERS_NONE,    /* does not begin as a report does */
    PARAMETERS_DAMAGED, /* it does; but it cannot be read what it was made from */
    PARAMETERS_OTHER,   /* a report of another format: another version of the program made it */
};

/* Reads what a file begins with, given with the line ends of report_text(); out->note is to be
 * freed in any case. Whether the note is any good is not looked at. */
enum parameters_read parameters_read(struct parameters *out, struct span file);

/* What stands before and behind that line, by form: fixed bytes. */
const char *parameters_before(enum report_form f);
const char *parameters_behind(enum report_form f);

#endif
