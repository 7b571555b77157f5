/* The ids of what a monitor has told and its state cannot remember yet, as something in the log is
 * undecided: so that none of it is told each time that the log is looked at. It lasts as long as
 * the process. Zeroes are an empty one. One thread. */
#ifndef CLIENT_MONITOR_TOLD_AHEAD_H
#define CLIENT_MONITOR_TOLD_AHEAD_H

#include <stdbool.h>

#include "client/base/key_index.h"

#define TOLD_ID_DIGITS 32 /* hexadecimal */

struct told_ahead {
    bool any; /* the rest is open */
    struct key_index index;
    struct shelf ids; /* TOLD_ID_DIGITS bytes each */
};

/* Whether that id was told ahead. */
bool told_ahead_has(const struct told_ahead *t, struct span id);

/* Takes an id of TOLD_ID_DIGITS bytes. What there is no room for is recorded as lost. */
void told_ahead_add(struct told_ahead *t, struct span id);

/* Forgets all, and frees it. */
void told_ahead_clear(struct told_ahead *t);

#endif
