/* Who asks, where that is asked for: the token that came with a request, whose it is, and the row
 * that says so. Of a log that enrolled keys read (`readers = enrolled`) every answer that needs a
 * token has a row, which is on the disk before it goes out. */
#ifndef DAEMON_HTTP_VISIT_H
#define DAEMON_HTTP_VISIT_H

#include "daemon/access/access.h"
#include "daemon/http/call.h"

struct http_visit {
    struct bearer *bearer; /* owned; NULL once it was judged good */
    bool good;             /* the token is: who is set */
    struct visitor who;
    struct access_note note;
};

/* Whether whoever reads this log shows a token. */
bool visits_needed(const struct service *s);

/* Takes what may be a token from the request. NULL: the call was refused, as there is no memory.
 * Event loop. */
MUST_USE struct http_visit *visit_new(struct call *c);

/* The same where there must be one: also refuses the call where none came. Event loop. */
MUST_USE struct http_visit *visit_begin(struct call *c);

/* NULL is harmless. */
void visit_free(struct http_visit *v);

/* Judges the token, as bearer_judge(). May be called again for another `may` once it was good: what
 * is refused then has no row either. On a reader thread. */
MUST_USE int visit_judge(struct http_visit *v, struct service *s, bool (*may)(enum role role),
                         struct refusal *why);

/* What any role may. */
bool visit_any_role(enum role role);

/* Passes an exchange back to the event loop; if the log's readers show tokens, v's was good (v may
 * be NULL), and the answer is none of 500 and above, after its row was written. An answer whose row
 * cannot be written becomes a problem. */
void visit_end(struct http_visit *v, struct exchange *e);

/* The access thread's `finish`. */
void visits_recorded(struct access_note *first, enum access_recorded result);

#endif
