/* What `bitacora new KIND --help` says: the members of that kind, as options take them, from the
 * table of kinds. */
#ifndef CLIENT_KINDS_KIND_HELP_H
#define CLIENT_KINDS_KIND_HELP_H

#include <stdio.h>

#include "client/base/say.h"

/* Lists the members of the kind of that name: what a value looks like, whether it is needed, what
 * it means, and the codes of the built-in ruleset. Lists the kinds that can be made where the name
 * is NULL or of no such kind. */
void kind_help(FILE *to, const char *name);

/* Says that there is no such kind, and which of those that can be made was probably meant. Returns
 * OUTCOME_USAGE. */
enum outcome kind_say_none(const char *name);

#endif
