/* Hashes, such as those of sealed identifiers, and which lines of a case have them. It grows on
 * shelves; what there is no room for is recorded as lost (client/base/lost.h). */
#ifndef CLIENT_WARRANT_CASE_SEALS_H
#define CLIENT_WARRANT_CASE_SEALS_H

#include "client/base/key_index.h"
#include "proto/base/hash.h"

struct case_seals {
    struct shelf hashes;  /* struct case_hash */
    struct shelf namings; /* struct case_naming, in the order of their lines */
    struct key_index by_hash;
};

/* A hash that lines have. */
struct case_hash {
    uint8_t hash[HASH_BYTES];
    uint32_t first, last; /* of its namings, counted from 1; 0: none */
    uint64_t lines;       /* how many lines have it */
};

/* That a line has a hash. */
struct case_naming {
    uint32_t line;
    uint32_t hash; /* its number in hashes */
    uint32_t next; /* the next naming of that hash, counted from 1; 0: none */
};

/* Makes an empty one, to be closed in any case. */
void case_seals_open(struct case_seals *s);
void case_seals_close(struct case_seals *s);

/* Adds that a line has a hash. Lines come in ascending order; a line that has a hash twice counts
 * once. */
void case_seals_add(struct case_seals *s, const uint8_t hash[static HASH_BYTES], uint32_t line);

/* Sets *number to the number of a hash. Returns false if no line has it. */
bool case_seals_find(const struct case_seals *s, const uint8_t hash[static HASH_BYTES],
                     uint32_t *number);

/* Stores the first lines that have the hash of that number. Returns how many, `most` at most. */
size_t case_seals_lines(const struct case_seals *s, uint32_t number, uint32_t *line, size_t most);

#endif
