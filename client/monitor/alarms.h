/* What a monitor raises about the log as a whole, or about itself: JSON objects of type `alarm`
 * (docs/INTERFACES.md, 10.1), each told at once, everywhere, and once until something changes. One
 * thread. */
#ifndef CLIENT_MONITOR_ALARMS_H
#define CLIENT_MONITOR_ALARMS_H

#include "client/monitor/round.h"

enum alarm {
    ALARM_CONVICTED,   /* what the log signed proves that it is bad */
    ALARM_ROLLBACK,    /* it keeps showing a smaller tree than it signed before */
    ALARM_WRONG,       /* what is answered in its place is wrong */
    ALARM_SILENT,      /* for long it could not be followed */
    ALARM_OUTBOX_FULL, /* nothing new is told, until the receiver has taken more */
    ALARM_OVER,        /* what was raised before is over */
    ALARMS
};

#define ROUNDS_SHORTER 3 /* in a row, before a smaller tree is taken for a rollback */
#define ALARMS_MAX 10000 /* of one process */

struct alarms {
    struct teller *telling;
    const char *state;   /* path: what is written beside it */
    int64_t silent_ms;   /* how long a log may be silent */
    int64_t good;        /* steady time at which all was well last */
    unsigned shorter;    /* rounds in a row that showed a smaller tree */
    unsigned raised;     /* so many were; beyond ALARMS_MAX none is any more */
    enum alarm standing; /* the last one that was raised; ALARM_OVER: none stands */
    char said[128];      /* the key of what was said of the last round; "": all was well */
    char key[128];       /* of what was raised last */
};

/* Takes what came of a round. Returns the exit code that goes with it, for a monitor that ends now.
 * *convicted is set to true where the log is proven bad, or keeps showing a smaller tree. */
enum outcome alarms_take(struct alarms *a, struct look *r, bool *convicted);

#endif
