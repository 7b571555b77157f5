/* The journal of a gate: a row for each decision about a request whose key signed, on the disk
 * before anybody hears of the decision. It names entries and bearers, and no person. A file a day,
 * a line of JSON a row.
 *
 * It also remembers who showed a presentation first, for as long as the presentation is good: it is
 * taken from nobody else, after a restart neither. One thread. */
#ifndef CLIENT_GATE_GATE_JOURNAL_H
#define CLIENT_GATE_GATE_JOURNAL_H

#include "client/base/say.h"
#include "proto/base/hash.h"
#include "proto/base/must_use.h"

struct gate_journal;

/* Takes the folder, which is made where it is missing, for this process, and reads what was
 * presented lately. A last line that is cut off, as a loss of power leaves it, is removed: nobody
 * heard of it. NULL after having said why, with *outcome set. */
struct gate_journal *gate_journal_open(const char *dir, int64_t now, enum outcome *outcome);
void gate_journal_close(struct gate_journal *j);

enum gate_claim {
    CLAIM_FIRST, /* nobody has shown it; a row says that this bearer did */
    CLAIM_SAME,  /* he has shown it before */
    CLAIM_OTHER, /* somebody else has */
    CLAIM_FULL,  /* too many were shown lately */
};
/* Whose a presentation is: `text` is the hash of what its key signed. */
enum gate_claim gate_journal_claim(struct gate_journal *j, const struct hash *text,
                                   const struct hash *bearer, uint64_t entry, int64_t now);

/* A decision. */
struct gate_row {
    int64_t at;
    const char *what;   /* "ticket": of a presentation; "data": of a ticket */
    int status;         /* of the answer */
    const char *code;   /* why not; "" where it was let in */
    uint64_t entry;     /* of the request */
    uint64_t response;  /* that it rests on, or NO_ENTRY */
    struct hash bearer; /* to whom */
    bool subject;       /* for one person */
};
void gate_journal_add(struct gate_journal *j, const struct gate_row *row);

/* Whether rows wait to be written. */
bool gate_journal_waits(const struct gate_journal *j);

/* Writes what waits, and syncs it. Returns 0; or -1 with errno: then none of it is there, and what
 * rests on it must be refused. */
MUST_USE int gate_journal_sync(struct gate_journal *j, int64_t now);

/* Whether it is unknown what the disk holds: the gate must end, and may be started again. */
bool gate_journal_broken(const struct gate_journal *j);

#endif
