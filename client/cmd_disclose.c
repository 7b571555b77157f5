/* bitacora disclose: one subject of one entry, to be shown to somebody, and no other. */
#include "client/cmd.h"

enum outcome cmd_disclose(const struct args *a)
{
    (void)a;
    return OUTCOME_UNDECIDED;
}
