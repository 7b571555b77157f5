/* A sheet for people: headings, terms and what stands for them, items, answers; written once, shown
 * as text on a terminal or as part of a page. */
#ifndef CLIENT_SHOW_SHEET_H
#define CLIENT_SHOW_SHEET_H

#include <stdio.h>

#include "client/base/say.h"
#include "proto/tlog/policy.h"

enum sheet_line {
    SHEET_STATUS,  /* an answer, with its verdict; what explains it is a SHEET_PARAGRAPH */
    SHEET_NEUTRAL, /* the same of an answer that is neither good nor bad */
    SHEET_NEWS,    /* more of such an answer, with its verdict; before what explains it */
    SHEET_HEADING,
    SHEET_PARAGRAPH,
    SHEET_TERM, /* followed by one or more of: */
    SHEET_VALUE,
    SHEET_CODE,         /* hashes, keys */
    SHEET_FILE,         /* the name of a file beside this one, without a folder */
    SHEET_HINT,         /* about the value before */
    SHEET_MARK,         /* a value with its verdict */
    SHEET_ITEM,         /* of a list, with its verdict */
    SHEET_ITEM_NEUTRAL, /* the same, neither good nor bad */
    SHEET_POINT,        /* of a list, without a verdict */
    SHEET_VERBATIM,     /* a line of text as it stands somewhere */
};

struct sheet {
    struct sheet_entry {
        enum sheet_line line;
        enum verdict verdict;
        char *text; /* owned */
    } * entry;
    size_t entries, cap;
    size_t
        part; /* its number on a page of several, so that no two headings share an id; 0: alone */
};

/* An empty sheet is one of zeroes. verdict counts for SHEET_STATUS, _NEWS, _MARK and _ITEM only. */
void sheet_add(struct sheet *s, enum sheet_line line, enum verdict verdict, const char *text);
void sheet_addf(struct sheet *s, enum sheet_line line, enum verdict verdict, const char *format,
                ...) __attribute__((format(printf, 4, 5)));
/* The buffer's contents, which it loses. */
void sheet_take(struct sheet *s, enum sheet_line line, enum verdict verdict, struct buf *text);
void sheet_free(struct sheet *s);

/* Adds a list of the abbreviations of laws, written out, that occur in the sheet or in `also` (may
 * be NULL); nothing where there are none. */
void sheet_laws(struct sheet *s, const char *also);

/* Adds what the policy asks of its witnesses, and whether that is met. A policy that asks for none is
 * undecided, whatever `met` says. */
void sheet_quorum(struct sheet *s, const struct policy *p, bool met);

void sheet_print(const struct sheet *s, FILE *to);
/* Appends what client/show/html.h makes of it, to stand within a page. Each heading can be linked
 * to: its id is html_id() of its text. */
void sheet_html(const struct sheet *s, struct buf *out);
/* The same, with links to all headings before the first one. */
void sheet_html_contents(const struct sheet *s, struct buf *out);
/* Appends such links, as items of contents that html_contents_begin() began. */
void sheet_contents(const struct sheet *s, struct buf *out);

#endif
