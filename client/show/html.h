/* Pages for people: one file with all that it needs, nothing from outside, no scripts; made to be
 * read on a screen and to be put on paper as part of a case file. All text is escaped here; what is
 * not valid UTF-8, or could reorder or hide text, becomes U+FFFD. Everything is appended to a
 * buffer. */
#ifndef CLIENT_SHOW_HTML_H
#define CLIENT_SHOW_HTML_H

#include "client/base/say.h"
#include "client/show/html_style.h"

/* Text, for between tags and within quoted attributes. */
void html_text(struct buf *out, const char *text);
void html_span(struct buf *out, struct span text);

/* Begins a page in the reader's language. title: <title> and <h1>. kicker: a line above it, such as
 * "Receipt of an entry"; running: what stands at the foot of each printed page, beside its number;
 * each may be NULL. Between these two, any of what follows. */
void html_begin(struct buf *out, const char *title, const char *kicker, const char *running);
/* The same by another style sheet. */
void html_begin_as(struct buf *out, enum html_style style, const char *title, const char *kicker,
                   const char *running);
/* foot: a last line; may be NULL. */
void html_end(struct buf *out, const char *foot);

void html_heading(struct buf *out, int level, const char *text); /* level 2 or 3 */
/* A heading that can be linked to. id: letters, digits and hyphens; another for each of a page. */
void html_section(struct buf *out, int level, const char *id, const char *text);
/* An id made of a heading's text: its letters and digits, in lower case, with hyphens between. */
#define HTML_ID_MAX 64
void html_id(char out[static HTML_ID_MAX], const char *text);

/* Links to the sections of a long page, near its top; not on paper, where nobody can follow one. */
void html_contents_begin(struct buf *out);
void html_contents_item(struct buf *out, const char *id, const char *text);
void html_contents_end(struct buf *out);

void html_lead(struct buf *out, const char *text); /* a first paragraph, larger */
void html_paragraph(struct buf *out, const char *text);
/* A line as it stands somewhere else, in the face of code. */
void html_verbatim(struct buf *out, const char *text);

/* An answer, told by a mark (✓ ✗ ?), by words and by the form of its frame, never by colour alone:
 * a headline and an explanation (may be NULL). */
void html_status(struct buf *out, enum verdict v, const char *headline, const char *text);
/* The same in parts: the headline, more lines with a mark each, any other elements, the end. The
 * neutral one is neither good nor bad, such as a proven absence. */
void html_status_begin(struct buf *out, enum verdict v, const char *headline);
void html_status_neutral_begin(struct buf *out, const char *headline);
void html_status_more(struct buf *out, enum verdict v, const char *words);
void html_status_end(struct buf *out);
/* The first in a line, for tables and lists: the mark and the words. */
void html_mark(struct buf *out, enum verdict v, const char *words);
/* "✓", "✗", "?". */
const char *html_mark_of(enum verdict v);
/* "○". */
const char *html_mark_neutral(void);

/* Something to be borne in mind, framed at the left. */
void html_note(struct buf *out, const char *text);

/* A list of items, with bullets or, `marked`, with a mark each. */
void html_items_begin(struct buf *out, bool marked);
void html_item(struct buf *out, const char *text);
void html_item_marked(struct buf *out, enum verdict v, const char *text);
void html_item_neutral(struct buf *out, const char *text);
void html_items_end(struct buf *out);

/* A list of terms, each with one value or more. */
void html_terms_begin(struct buf *out);
void html_term(struct buf *out, const char *term);
void html_value(struct buf *out, const char *text);
void html_value_code(struct buf *out,
                     const char *text); /* hashes and keys: may be broken anywhere */
void html_value_hint(struct buf *out, const char *text); /* smaller, below the value before */
/* A link to a file beside the page. name: without a folder. */
void html_value_file(struct buf *out, const char *name);
void html_value_mark(struct buf *out, enum verdict v, const char *words);
void html_terms_end(struct buf *out);

/* A table whose headings are repeated on each page and whose rows are not broken. heading:
 * `columns` texts, one that begins with '#' for a column of numbers, aligned at the right, and the
 * '#' left out. caption may be NULL. */
void html_table_begin(struct buf *out, const char *caption, const char *const *heading,
                      size_t columns);
void html_row_begin(struct buf *out);
/* A row that can be linked to. */
void html_row_begin_at(struct buf *out, const char *id);
void html_cell(struct buf *out, const char *text);
void html_cell_number(struct buf *out, const char *text);
void html_cell_code(struct buf *out, const char *text);
void html_cell_mark(struct buf *out, enum verdict v, const char *words);
/* A table of many columns, with a caption or without. On a phone each row is a block: its first
 * cell, then each other one behind the heading of its column, two in a line, or where cells hold
 * `words` one below the other. Its cells are html_wide_first() and html_wide_cell() alone. */
void html_wide_begin(struct buf *out, const char *caption, const char *const *heading,
                     size_t columns, bool words);
void html_wide_row(struct buf *out);
void html_wide_first(struct buf *out, const char *text);
/* heading: as html_wide_begin() was given it. */
void html_wide_cell(struct buf *out, const char *heading, const char *text);

void html_row_end(struct buf *out);
void html_table_end(struct buf *out);

/* What stays together on paper: a section with its heading, a chart with its caption. */
void html_together_begin(struct buf *out);
void html_together_end(struct buf *out);

/* For letters: sender and addressee, each line of text (separated by newlines) on a line of its
 * own; and a place to sign. */
void html_address(struct buf *out, const char *lines);
void html_signature_line(struct buf *out, const char *name);

/* Begins a new page on paper. */
void html_page_break(struct buf *out);

#endif
