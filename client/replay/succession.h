/* What a log says of the log before it and of the one behind it: `predecessor` of genesis, and its
 * last entry, `freeze`. One thread. */
#ifndef CLIENT_REPLAY_SUCCESSION_H
#define CLIENT_REPLAY_SUCCESSION_H

#include <jansson.h>
#include <stdio.h>

#include "proto/judge/judge.h"

/* All zero at the start. Entries of earlier runs (--state) are not among those that it is told. */
struct succession {
    json_t *predecessor; /* the member, as it stands; NULL: there is none */
    json_t *frozen;      /* {"entry":…,"successor":the member or null}; NULL: it has not ended */
};

/* Takes note of an entry that was judged. */
void succession_take(struct succession *s, const struct judged *e);

/* Says it for people, if there is something. */
void succession_print(const struct succession *s, FILE *to);

/* Adds `predecessor` and `frozen` to a report, as far as there are. */
void succession_json(const struct succession *s, json_t *report);

void succession_free(struct succession *s);

#endif
