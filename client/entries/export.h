/* Entries of a log as lines for programs, JSON or CSV. What is wanted is written to a file without a
 * name while the log is replayed: nothing is printed before it is proven. One thread.
 *
 *     open -> replaying_run(r, export_look, x) -> replaying_conclude -> export_print -> close */
#ifndef CLIENT_ENTRIES_EXPORT_H
#define CLIENT_ENTRIES_EXPORT_H

#include <stdio.h>

#include "client/entries/entry_filter.h"
#include "client/replay/replaying.h"
#include "client/show/institution.h"

struct export
{
    const struct entry_filter *filter; /* the caller's */
    const struct replaying *r;
    bool csv;
    bool bom;                  /* of a CSV */
    FILE *file;                /* owned */
    uint64_t taken;            /* entries in it */
    struct institutions names; /* of institutions, as far as the run met them */
};

/* Sets *out, whose members filter, r, csv and bom the caller has set, to be closed in any case.
 * Returns OUTCOME_PROVEN, or OUTCOME_UNDECIDED after having said that there is no room. */
MUST_USE enum outcome export_open(struct export *x);
void export_close(struct export *x);

/* A judged_fn; ctx is the export. No room is recorded as lost. */
void export_look(void *ctx, const struct judged *e);

/* After replaying_conclude() of a log that is replaying_proven(): writes all lines to standard
 * output. Nothing if anything was lost. */
void export_print(struct export *x);

#endif
