/* What institutions are called: the name that a registrar enrolled (`enroll.display`), by the code
 * of the authority. A name is for readers. It is never compared, and the code always stands beside
 * it. */
#ifndef CLIENT_SHOW_INSTITUTION_H
#define CLIENT_SHOW_INSTITUTION_H

#include "client/base/key_index.h"
#include "proto/base/buf.h"
#include "proto/record/value.h"

struct institutions {
    struct key_index places;
    struct shelf text; /* code and name, a zero behind each */
};

/* Makes an empty one, to be closed in any case; one of zeroes may be closed, too. */
void institutions_open(struct institutions *x);
void institutions_close(struct institutions *x);

/* Takes the name from a checked `enroll` object. The last one that gives a name counts. What there
 * is no room for is recorded as lost. */
void institutions_take(struct institutions *x, const struct value *enrolment);

/* The name, or NULL; until the next is taken. */
const char *institution_name(const struct institutions *x, const char *code);

/* Appends "Fiscalía General de la República (mx.fgr)"; the code alone where it has no name. */
void institution_add(struct buf *out, const struct institutions *x, const char *code);

#endif
