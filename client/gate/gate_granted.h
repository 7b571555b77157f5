/* The headers of a gate's 204: what may go out. Any thread. */
#ifndef CLIENT_GATE_GATE_GRANTED_H
#define CLIENT_GATE_GATE_GRANTED_H

#include "client/gate/gate.h"
#include "client/serving/serving.h"
#include "proto/base/when.h"

/* `header` points into here and into the answer: neither may move. */
struct gate_granted {
    char entry[24], from[WHEN_TEXT + 1], until[WHEN_TEXT + 1];
    struct serving_header header[6]; /* the last one's name is NULL */
};

/* Of an answer 204. A limit of the period that there is not has no header. */
void gate_grant(struct gate_granted *out, struct gate_answer *a);

#endif
