#include "daemon/append/submission.h"

void submitted_refuse(struct submitted *n, const struct refusal *why)
{
    record_free(&n->record);
    n->outcome = OUTCOME_REFUSED;
    n->why = *why;
}
