/* Whom an answer of the rules is about, and since when it is in the log. */
#ifndef CLIENT_FINDINGS_ANSWER_ABOUT_H
#define CLIENT_FINDINGS_ANSWER_ABOUT_H

#include "client/audit/audit.h"

struct answer_about {
    int64_t accepted; /* of its entry; NO_TIME: not known */
    enum kind kind;   /* of its entry; KIND_NONE where it does not count */
    /* Who asked: of the request that it is about; where there is none, whom the entry's signer is
     * enrolled for, unless that is a data holder. "": nobody. */
    const char *authority;
    const char *holder; /* who was asked, or who signed; "": nobody */
};

/* The texts are valid until the audit is closed or looks at another entry. */
struct answer_about answer_about(const struct audit *a, const struct rule_answer *x);

/* How an entry is looked at: "bitacora show 12". */
void answer_link(char out[static 64], uint64_t entry);

#endif
