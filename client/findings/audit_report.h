/* What `bitacora audit` prints: for people, as JSON Lines, as a table, as SARIF 2.1.0. Integrity findings come
 * first in all of them. complete: the rules were asked of the whole log, and audit_end() was
 * called; else only what is true of the log is printed. */
#ifndef CLIENT_FINDINGS_AUDIT_REPORT_H
#define CLIENT_FINDINGS_AUDIT_REPORT_H

#include "client/findings/wanted.h"

void audit_print(const struct audit *a, const struct audit_wanted *w, bool complete);
void audit_json(const struct audit *a, const struct audit_wanted *w, bool complete);
void audit_sarif(const struct audit *a, const struct audit_wanted *w, bool complete);
void audit_csv(const struct audit *a, const struct audit_wanted *w, bool complete, bool bom);

/* One line of audit_json(), as a new object: an answer of the run, of type `answer`; and the last one,
 * of type `audit`. */
json_t *audit_answer_json(const struct audit *a, const struct rule_answer *x);
json_t *audit_summary_json(const struct audit *a, bool complete);

/* How many findings of the rules there are, of an audit that has ended: a new object, `total` and by
 * severity. */
json_t *audit_all_rule_findings_json(const struct audit *a);

#endif
