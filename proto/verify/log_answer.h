/* What a log answers over HTTP besides receipts: problem documents and lists. A stranger wrote this
 * JSON; it proves nothing. docs/INTERFACES.md, section 13. Any thread. */
#ifndef PROTO_VERIFY_LOG_ANSWER_H
#define PROTO_VERIFY_LOG_ANSWER_H

#include "proto/base/must_use.h"
#include "proto/base/span.h"

#define FIND_ANSWER_MAX (256 * 1024) /* bytes of a list */

/* An answer that is no success. Both texts are safe for a terminal, and cut off to fit. */
struct problem {
    char code[64];    /* the last segment of a problem's type, or "HTTP" and the status */
    char detail[600]; /* a sentence, or "HTTP" and the status */
};

/* Reads the body of an answer, which need not be a problem document (RFC 9457). */
void problem_read(struct problem *out, long status, struct span body);

/* Whether the same bytes should be sent again after a while: 429, 502, 503, 504. */
bool status_may_pass(long status);

/* A list of GET /v1/find; free(entry). */
struct hints {
    uint64_t *entry; /* n of them, ascending if the log is honest */
    size_t n;
    uint64_t size; /* of the log, as it says; NO_ENTRY: it does not */
    uint64_t next; /* the `after` of the next request; NO_ENTRY: there are no more */
};

/* Reads a list. Returns 0; -1 if it is none; -2 when out of memory. Then nothing needs to be
 * freed. */
MUST_USE int hints_parse(struct hints *out, struct span body);

#endif
