/* What the lines of a warrant's case say, in half sentences, in the reader's language; they are
 * open. Everything is appended to a buffer; free text of records stands in quotation marks. */
#ifndef CLIENT_WARRANT_WARRANT_WORDS_H
#define CLIENT_WARRANT_WARRANT_WORDS_H

#include "client/warrant/warrant_case.h"

/* As locale_time(); a time that no calendar of ours reaches is the last one that it does. */
void words_time(struct buf *out, int64_t ms);

/* As locale_until(), likewise. */
void words_until(struct buf *out, int64_t ms);

/* "“CJF-1/2026”". */
void words_quoted(struct buf *out, const char *text);

/* The label of a code; an alias is called what it stands for. */
const char *words_code(const struct case_line *l, enum vocabulary v, const char *code);

/* The labels of an array of codes, with commas between them. */
void words_codes(struct buf *out, const struct case_line *l, enum vocabulary v, const char *member);

/* The same of an array of authorities, each by its name and code. */
void words_authorities(struct buf *out, const struct warrant_case *c, const struct case_line *l,
                       const char *member);

/* "2 × CURP, 1 × telephone number", never who: the persons that `subjects` seals. Nothing where
 * there are none. */
void words_subjects(struct buf *out, const struct case_line *l);

#define WORDS_LISTED 20

/* "4, 5 and 6": of a list that has `total` entries in all, of which n, at least the first
 * WORDS_LISTED, are given; behind these "and 3 more". */
void words_entry_list(struct buf *out, const uint64_t *entry, size_t n, uint64_t total);

/* What a line says; for warrants nothing, as they have a list of terms of their own. */
void words_of_line(struct buf *out, const struct warrant_case *c, const struct case_line *l);

/* "fgr.example.mx/a.lopez, requesting official, Fiscalía General (mx.fgr), federal". */
void words_signer(struct buf *out, const struct warrant_case *c, const struct enrolment *e);

/* Why a request has no warrant. */
void words_unresolved(struct buf *out, const struct warrant_case *c, const struct case_line *l);

/* "inside the warrant's scope"; "" for SCOPE_NONE. */
const char *words_scope(const struct case_line *l);
enum verdict scope_verdict(enum scope s);

/* The sentence of an answer, with words for codes and dates for times. */
void words_answer(struct buf *out, const struct warrant_case *c, const struct rule_answer *a);

#endif
