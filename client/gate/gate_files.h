/* What a gate reads in the mirror's folder for a decision: the record of a request, and the ruleset
 * that was in force when the log accepted it. Both are kept for the next time, as neither ever
 * changes. One thread. */
#ifndef CLIENT_GATE_GATE_FILES_H
#define CLIENT_GATE_GATE_FILES_H

#include "client/gate/gate_mirror.h"
#include "proto/record/ruleset.h"

struct gate_files;

/* dir is copied. NULL, recorded as lost (client/base/lost.h), without memory. gate_files_free(NULL)
 * is harmless. */
struct gate_files *gate_files_new(const char *dir);
void gate_files_free(struct gate_files *f);

/* The record of an entry with that leaf hash, in a tree of that size; it lasts until the next call.
 * NULL where it cannot be read, or is another now. */
const struct record *gate_files_request(struct gate_files *f, uint64_t size,
                                        const struct entry_ref *request);

/* The ruleset in force at an acceptance (milliseconds) by the entries below `before`; it lasts as
 * long as f. NULL: its file is not in the folder (yet), or is another. */
const struct ruleset *gate_files_ruleset(struct gate_files *f, const struct registry *r,
                                         int64_t accepted, uint64_t before);

#endif
