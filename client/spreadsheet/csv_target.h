/* What a cell can become: a member of a record, by its path. */
#ifndef CLIENT_SPREADSHEET_CSV_TARGET_H
#define CLIENT_SPREADSHEET_CSV_TARGET_H

#include "client/base/say.h"
#include "proto/base/must_use.h"
#include "proto/record/member.h"
#include "proto/record/ruleset.h"

#define TARGET_PATH_MAX 95

/* Which part of the member it is. */
enum target_part {
    TARGET_WHOLE,
    TARGET_FROM,         /* of a window */
    TARGET_UNTIL,        /* of a window */
    TARGET_ENTRY,        /* of a reference */
    TARGET_HASH,         /* of a reference */
    TARGET_NOTE,         /* a text that submit seals */
    TARGET_PERSON,       /* subjects.curp and the like: the type is in the path */
    TARGET_PERSON_TYPE,  /* subjects.type, */
    TARGET_PERSON_VALUE, /* subjects.value: these two belong together */
};

struct cell_target {
    char path[TARGET_PATH_MAX + 1];
    const struct member *m; /* the leaf; of a person, the array of them */
    enum target_part part;
    bool always; /* no record of the kind is without it */
    bool beside; /* nor is the object that it belongs to, where that is there */
};

/* Finds what a path means in a kind of record, by the table of kinds; the types of persons are
 * those of the ruleset. Returns 0; or -1 with *why a sentence in the reader's language (valid until
 * the next call). */
MUST_USE int target_find(struct cell_target *out, enum kind kind, const struct ruleset *r,
                         const char *path, const char **why);

/* Calls visit for each path that target_find() knows, in the order of the table of kinds; those of
 * persons with each type. */
void target_each(enum kind kind, const struct ruleset *r,
                 void (*visit)(void *ctx, const struct cell_target *t), void *ctx);

/* What it means, in the reader's language. */
const char *target_meaning(const struct cell_target *t);

/* Whether its cells are times; whether a day that ends there counts as a whole (`until =
 * included`): the end of a window, `until`, `term`. */
bool target_is_time(const struct cell_target *t);
bool target_ends(const struct cell_target *t);

#endif
