/* The token that came with a request, on its way to whoever judges it. */
#ifndef DAEMON_ACCESS_BEARER_H
#define DAEMON_ACCESS_BEARER_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"

#define TOKEN_TEXT_MAX ((TOKEN_NOTE_MAX + 2) / 3 * 4) /* of its note in base64 */

/* 7.5 kB. All zero before the first header is taken. */
struct bearer {
    enum { BEARER_NONE, BEARER_BAD, BEARER_TOKEN } came; /* BAD: what came is no token */
    char text[TOKEN_TEXT_MAX + 1];                       /* of BEARER_TOKEN */
    char method[TOKEN_METHOD_MAX + 1];                   /* of the request, as sent */
    char target[TOKEN_PATH_MAX + 1];                     /* likewise; "" of a longer one */
    int64_t asked;                                       /* when it came: milliseconds */
};

/* Takes method and target of a request that comes now. Any thread. */
void bearer_begin(struct bearer *b, const char *method, const char *target);

/* Takes the value of one of its Authorization headers: "Bearer", in any case, one or more spaces,
 * base64. A second one makes it BEARER_BAD. Any thread. */
void bearer_take(struct bearer *b, const char *value);

/* Whose token it is. */
struct visitor {
    enum role role;
    uint32_t number; /* of the enrolment, in the registry */
    char name[SIGNER_NAME_MAX + 1];
    struct entry_ref under;
    struct hash token; /* SHA-256 of its note */
};

/* Judges it as docs/INTERFACES.md, "Tokens", says, by the time at which the request came and the
 * registry as it is now; and whether the signer's role may. Returns 0, or -1 with
 * REASON_TOKEN_MISSING, _FORM, _TARGET, _TIME, _SIGNER or _ROLE, or REASON_MEMORY. Not on the event
 * loop, as it waits for the registry's lock. */
MUST_USE int bearer_judge(const struct bearer *b, struct service *s, bool (*may)(enum role role),
                          struct visitor *out, struct refusal *why);

#endif
