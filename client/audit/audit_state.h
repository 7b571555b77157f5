/* What an audit knew at the size of a --state FILE, in FILE.audit-SIZE beside it: so that one
 * from there says exactly what a whole one would. The verifier's own; believed, but checked for
 * damage. */
#ifndef CLIENT_AUDIT_AUDIT_STATE_H
#define CLIENT_AUDIT_AUDIT_STATE_H

#include "client/audit/audit.h"

/* Changes with what the shelves hold. */
#define AUDIT_STATE_FORMAT "bitacora/audit2"

/* Writes it for the size that a->r was replayed to, before FILE itself is. Those of other sizes are
 * taken away when FILE is read the next time. FILE's lock is held. Returns OUTCOME_PROVEN, or
 * OUTCOME_UNDECIDED after having said why. */
enum outcome audit_state_write(struct audit *a, const char *path);

/* Reads that of a size; the lock is held. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having
 * said why. */
enum outcome audit_state_read(struct audit *a, const char *path, uint64_t size);

#endif
