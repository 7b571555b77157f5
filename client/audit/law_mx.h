/* What the law of Mexico fixes and no ruleset file says: codes, terms and exceptions that the rules
 * of docs/RULES.md need. Elsewhere are: the codes of the law and what a ruleset can say of them
 * (proto/rulesets); when a judge is needed, and what an emergency is (proto/gate/gate_law.h); the
 * rules themselves, with their sources and sentences (rule.c); the laws' names for readers
 * (client/show/label_laws_mx.c); what a CURP, an RFC, a CLABE, a plate and a phone number are
 * (proto/record/identifier_mexico.c, identifier_phone.c). A report asks this file,
 * too. Pure functions; times are Unix milliseconds. */
#ifndef CLIENT_AUDIT_LAW_MX_H
#define CLIENT_AUDIT_LAW_MX_H

#include "client/audit/event.h"

/* CNPP 303 (R03): by when a judge must be told of an emergency that was fulfilled then. */
int64_t law_judge_told_by(int64_t fulfilled);

/* LGN 9-XXVI: a basis that asks for no judge where CPEUM 16 does. */
bool law_basis_conflicts(const char *basis);

/* LMTR 183 (R17): by when a holder must answer a request for retained data that was accepted then.
 * data_from: from when the data are; NO_TIME: not said. */
int64_t law_answered_by(int64_t accepted, int64_t data_from);

/* CNPP 303 (R14): until when data can be ordered to be preserved. */
int64_t law_preserved_until(int64_t accepted);

/* R09: until when a warrant for live data that begins then may last, with its extensions (CNPP
 * 292). In matters of national security (LSN 43): until when it may be granted, and until when with
 * the one extension that is allowed. */
bool law_matter_is_security(const char *matter);
int64_t law_live_until(int64_t from);
int64_t law_security_granted_until(int64_t from);
int64_t law_security_until(int64_t from);
#define LAW_SECURITY_EXTENSIONS 1

/* CPEUM 16 (R12): a matter in which no communication may be intercepted. */
bool law_matter_excludes_content(const char *matter);

/* LGMDFP 12 Bis and 12 Quater (R13): a function that may ask for biometric identity. */
bool law_function_may_identify(const char *function);

#endif
