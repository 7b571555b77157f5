/* What is shown of the lines of a case, as text and on the page alike, in the reader's language. */
#ifndef CLIENT_WARRANT_WARRANT_LINE_H
#define CLIENT_WARRANT_WARRANT_LINE_H

#include "client/show/sheet.h"
#include "client/warrant/warrant_case.h"

/* Told of each mark that a line gets, with its words, which are valid during the call. */
typedef void case_mark_fn(void *ctx, enum verdict v, const char *words);

/* Tells of the marks of an open line: its scope and why; then what other rules answer, but for what
 * is in order. */
void case_line_marks(const struct warrant_case *c, const struct case_line *l, case_mark_fn *mark,
                     void *ctx);

/* Append, of an open line, what a request cites that does not cite the case's warrant; and that
 * something it seals had been ordered erased before. */
void case_line_cites(struct buf *out, const struct case_line *l);
void case_line_erased(struct buf *out, const struct case_line *l);

/* Sets the members of a group as warrant_case_group() does. Returns how many lines there are beside
 * the warrant. */
size_t case_group_lines(const struct warrant_case *c, size_t of, bool *member);

/* The heading of a group. */
const char *case_group_heading(const struct warrant_case *c, size_t of);

/* Adds the terms of the warrant in that line. */
void case_warrant_terms(struct sheet *s, const struct warrant_case *c, size_t line);

#endif
