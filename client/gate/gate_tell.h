/* What a gate tells its operator of the log. Any thread. */
#ifndef CLIENT_GATE_GATE_TELL_H
#define CLIENT_GATE_GATE_TELL_H

#include "client/remote/findings.h"

/* How the gate stands to its log. */
enum gate_stand {
    STAND_KNOWN,
    STAND_UNKNOWN,     /* it could not be had, proven or judged */
    STAND_UNWITNESSED, /* it has signed entries that lack their quorum, for a while now */
    STAND_NO_HOLDER,   /* it enrols the gate's key for no holder */
};

void gate_tell_stand(enum gate_stand stand);
void gate_tell_bad_entries(void);

#endif
