/* What the answer about a warrant says beside the list of entries: the sentence of what is
 * complete, the warrant itself, what all of it rests on; as sheets, for text and page alike. */
#ifndef CLIENT_WARRANT_WARRANT_SHEET_H
#define CLIENT_WARRANT_WARRANT_SHEET_H

#include "client/show/sheet.h"
#include "client/warrant/warrant_case.h"

/* "Complete up to entry 41 of the log ORIGIN with root ROOT." Of a log that was proven. */
void warrant_statement(struct buf *out, const struct warrant_case *c);

/* What it is about: "Warrant “REF”", with --court "Warrant “REF” of COURT". */
void warrant_title(struct buf *out, const struct warrant_case *c);

/* The answer in short. Where it is not complete: that it is none, and what was found; no facts. */
void warrant_answer_sheet(struct sheet *s, const struct warrant_case *c, bool complete);

/* The heading of one warrant: "The warrant of COURT (entry 4)". */
void warrant_heading(struct buf *out, const struct warrant_case *c, const struct case_line *l);

/* One warrant: who gave it, what it allows. */
void warrant_terms_sheet(struct sheet *s, const struct warrant_case *c, const struct case_line *l);

/* The log, its checkpoint, witnesses, rulesets; the rules that are named; what it cannot show. */
void warrant_basis_sheet(struct sheet *s, const struct warrant_case *c);

/* Sets named[r] for each rule that has another answer than a pass: those that the basis explains. */
void warrant_rules_named(const struct warrant_case *c, bool named[static RULE_COUNT]);

/* The rulesets that the case was judged by, each once, the one in force at the end if there is
 * none; returns how many there are, of which it gives `most` at most. */
size_t warrant_rulesets(const struct warrant_case *c, const struct ruleset **out, size_t most);

#endif
