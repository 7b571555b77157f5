/* The entries of an answer in words, one after the other. Entries that stand directly one behind the
 * other and say the same are one item, so that a person can read a long list. In the reader's
 * language. */
#ifndef CLIENT_ANSWER_ANSWER_LINES_H
#define CLIENT_ANSWER_ANSWER_LINES_H

#include "client/answer/answer_facts.h"

/* Prints them on standard output: first, of more than a few, how many there are of each kind.
 * Nothing if there are none. */
void answer_lines_print(const struct answer_facts *f);

#endif
