/* A record in the making: answers by the paths of its members ("window", "purpose.code"), and the
 * JSON that they give by the table of kinds. */
#ifndef CLIENT_NEW_DRAFT_H
#define CLIENT_NEW_DRAFT_H

#include <jansson.h>

#include "client/base/say.h"
#include "client/base/zone.h"
#include "proto/base/must_use.h"
#include "proto/record/member.h"

struct draft;

/* A draft without answers. NULL, recorded as lost (client/base/lost.h), if there is no memory. */
struct draft *draft_new(enum kind kind);
void draft_free(struct draft *d);

/* From now on times without a Z are of that zone (copied); NULL: UTC, as at first. */
void draft_zone(struct draft *d, const struct zone *z);

/* Whether that answer is a time without its Z: of which clocks it is, nobody said. */
bool draft_is_unzoned(const struct draft *d, const char *path, const char *text);
/* Warns that such a time was read in UTC, where times are shown by other clocks. */
void draft_say_read_as_utc(const char *text, const struct zone *shown);

/* The member of a path, or NULL if the kind has none such. */
const struct member *draft_member(const struct draft *d, const char *path);

/* Takes an answer to a member as people write it: several for an array, one after another or with
 * commas between codes, numbers and indexes; "FROM/UNTIL" for a window; the index of an entry for a
 * reference (also as PATH.entry); "TYPE=VALUE" for a subject, or "@FILE" with one a line; "@FILE"
 * for the SHA-256 of a file; dates without a time. Returns 0, or -1 with *cause in the reader's
 * language. */
MUST_USE int draft_answer(struct draft *d, const char *path, const char *text, const char **cause);

/* Whether a member has an answer; which (borrowed); and takes it back. */
bool draft_has(const struct draft *d, const char *path);
const json_t *draft_get(const struct draft *d, const char *path);
void draft_forget(struct draft *d, const char *path);

/* The next member without an answer that the record needs, with its path; NULL when there is
 * none. */
const struct member *draft_missing(const struct draft *d, char path[static 96]);

/* The record so far, with `kind`: a new reference. References have but their `entry` yet. */
json_t *draft_record(const struct draft *d);

/* Calls visit for each {"entry": N} of a record that lacks its hash; stops at and returns the first
 * nonzero result. */
int draft_each_reference(json_t *record, int (*visit)(void *ctx, json_t *reference, uint64_t index),
                         void *ctx);

#endif
