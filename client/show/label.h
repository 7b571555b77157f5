/* What codes, kinds, roles and members are called by people, in the reader's language. The codes
 * are those of the built-in ruleset; of another country's, those that it shares with it. */
#ifndef CLIENT_SHOW_LABEL_H
#define CLIENT_SHOW_LABEL_H

#include "client/base/say.h"
#include "proto/record/member.h"

/* The words of a code; the code itself where there are none. */
const char *label(enum vocabulary v, const char *code);

/* The same in that language, NULL where there are none. */
const char *label_in(enum vocabulary v, const char *code, enum language language);

/* The words of TYPE_ROLE, TYPE_REASON (of a revocation), TYPE_RESULT (of a ratification); the word
 * itself where there are none. */
const char *label_word(enum type type, const char *word);
const char *label_word_in(enum type type, const char *word, enum language language);

/* The law number i, from 0: its abbreviation, as rules and codes cite it, and its name. Returns
 * false past the last. */
bool label_law(size_t i, const char **abbreviation, const char **name);

/* "request for data"; kind_meaning() says the same in half a sentence. */
const char *label_kind(enum kind k);
const char *label_kind_in(enum kind k, enum language language);

/* "requesting official". */
const char *label_role(enum role r);

/* A member of a record of that kind (the common ones included): "Data holder". Where there are no
 * words, what the table of kinds says that it means; where that does not have it either, its
 * name. */
const char *label_member(enum kind k, const char *member);
const char *label_member_in(const char *member, enum language language);

#endif
