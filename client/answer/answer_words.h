/* An answer in words, for people: what was asked, which entries there are and that there are no
 * others, who vouches for that, and what it does not cover. In the reader's language. */
#ifndef CLIENT_ANSWER_ANSWER_WORDS_H
#define CLIENT_ANSWER_ANSWER_WORDS_H

#include "client/answer/answer_check.h"
#include "client/show/sheet.h"

/* "Everything under the warrant reference “CJF-1/2026”", of any question. */
void answer_title(struct buf *out, const struct answer_facts *f);

/* Who vouches for there being no others: the operator, and an auditor. */
void answer_vouchers(struct sheet *s, const struct answer_facts *f);

/* Entries that have no form, loudly; nothing where there are none. */
void answer_doubts_unkeyed(struct sheet *s, const struct answer_facts *f);

/* The answer of a check that has ended, whole, as text on standard output. If its verdict is
 * not good: that it is none, and why; no facts. */
void answer_print(const struct answer_check *c);

#endif
