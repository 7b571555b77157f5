/* The page of a report while it is made, and its tables: between write_page.c and page_tables.c
 * only. */
#ifndef CLIENT_REPORT_PAGE_TABLES_H
#define CLIENT_REPORT_PAGE_TABLES_H

#include "client/report/report.h"

struct page {
    struct buf *out;
    const struct report *r;
    struct buf text;     /* of one element at a time */
    struct buf contents; /* links to the sections so far */
};

/* Since format 4 sections can be linked to, and tables of many columns be read on a phone. */
bool page_is_new(const struct page *g);

/* " (UTC)", or nothing: behind months and days, since format 5. */
const char *page_zone(const struct report *r);

/* A heading, and a link to it in the contents. */
void page_section(struct page *g, const char *text);

/* A table, row by row: each begins with its first cell. heading: that of the cell's column, as it
 * was given to page_begin_table(). words: as for html_wide_begin(). */
void page_begin_table(struct page *g, const char *caption, const char *const *heading, size_t n,
                      bool words);
void page_begin_row(struct page *g, const char *first);
void page_add_cell(struct page *g, const char *heading, const char *text);

/* What g->text holds; emptied; put out as a paragraph. */
const char *page_text(struct page *g);
void page_clear(struct page *g);
void page_paragraph(struct page *g);

/* Appends a number of a line as it is shown. */
void page_add_number(struct buf *out, const struct report_line *l, int m);

/* The total of the period, number by number; the tables of a summary. */
void page_add_figures(struct page *g);
void page_add_tables(struct page *g, enum summary s, enum dimension d);

#endif
