/* Which word of a list somebody meant who wrote another: for "did you mean …?". */
#ifndef PROTO_TEXT_NEAREST_H
#define PROTO_TEXT_NEAREST_H

#include <stddef.h>

/* Longer words are not compared. */
#define NEAREST_MAX 63

/* Begin with { .said = WORD }, offer each word that there is, then read `best`. */
struct nearest {
    const char *said; /* what was written */
    const char *best; /* the word offered that is most like it, or NULL; the first of equals */
    size_t distance;  /* between the two; of use to nearest_offer() alone */
};

/* Compares by the least number of characters that must be put in, left out, changed or swapped with
 * their neighbour; upper and lower case of ASCII are the same. Up to a third of the characters
 * written, and always one, may differ; a word that begins as it was written, three characters at
 * least, differs in one. Does not keep copies: both words must live on. */
void nearest_offer(struct nearest *n, const char *word);

#endif
