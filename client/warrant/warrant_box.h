/* The box at the top of the answer about a warrant: what is proven, how old it is, and what a
 * reader must know before they rely on it. */
#ifndef CLIENT_WARRANT_WARRANT_BOX_H
#define CLIENT_WARRANT_WARRANT_BOX_H

#include "client/show/sheet.h"
#include "client/warrant/warrant_case.h"

/* Adds it, of a case that is proven and concluded. It is bad where something lies outside the scope
 * or rests on a warrant that is not there. It is undecided where a scope cannot be told, a rule has
 * a finding, the newest entry is older than a week, or the policy asks for no witness. Otherwise it
 * is good; of a warrant that is not there, neutral. */
void warrant_box(struct sheet *s, const struct warrant_case *c);

#endif
