/* What a data holder's gate answers, without HTTP: tickets for requests that are presented, and
 * whether data may go out for a ticket. One thread, but for what gate_mirror.h and gate_appender.h
 * do in theirs.
 *
 * Every answer about a request whose key signed waits for its row in the journal: what gate_present()
 * and gate_decide() answer with `journaled` goes out after gate_sync() alone. */
#ifndef CLIENT_GATE_GATE_H
#define CLIENT_GATE_GATE_H

#include "client/gate/gate_appender.h"
#include "client/gate/gate_files.h"
#include "client/gate/gate_journal.h"
#include "client/gate/gate_mirror.h"
#include "proto/gate/gate_ask.h"
#include "proto/gate/gate_ticket.h"

#define GATE_TICKET_MS 600000           /* for which a ticket is good, at most */
#define GATE_STALE_S 30                 /* what is known of the log may be so old, by default */
#define GATE_EVERY_S 2                  /* between two looks at the log, by default */
#define GATE_PRESENTED_MAX (2048 + 685) /* bytes of a presentation with its opening */
#define GATE_STATUSES 8                 /* that are counted one by one */

/* All texts are borrowed: they must outlive the gate. */
struct gate_options {
    struct trust_options trust;
    struct keyfile key;       /* the holder's private key */
    const char *state;        /* folder of what the gate keeps */
    int64_t stale_ms;         /* what is known of the log may be so old */
    unsigned every_ms;        /* between two looks at the log */
    bool require_warrant;     /* let in only requests under a warrant that the log holds */
    void (*moved)(void *ctx); /* called by other threads: waiting presentations may go on */
    void *ctx;
};

struct gate {
    struct gate_options options;
    struct skey *key;
    uint8_t ticket_key[TICKET_KEY_BYTES];
    const char *origin;             /* of the log; the mirror's */
    char *mirror_dir, *journal_dir; /* in the state folder */
    struct gate_mirror *mirror;
    struct gate_files *files;
    struct gate_journal *journal;
    struct gate_appender *appender;
    bool failing; /* the journal could not be written; that was said, and is not said again */
    uint64_t answered[2][GATE_STATUSES]; /* tickets, data; by status; the last: others */
};

/* Reads key, policy and journal, and takes the state folder. Returns OUTCOME_PROVEN, or another
 * outcome after having said why. *g needs gate_close() in any case. */
enum outcome gate_open(struct gate *g, const struct gate_options *options);
/* Starts the threads: after the sandbox was entered. Returns 0, or -1 after having said why. */
MUST_USE int gate_start(struct gate *g);
void gate_close(struct gate *g);

/* With what outcome the gate must end; OUTCOME_PROVEN: it need not. */
enum outcome gate_broken(const struct gate *g);

struct gate_answer {
    int status; /* 201, 204; else that of the problem */
    bool journaled;
    bool waits; /* of gate_present() alone: nothing is known yet, ask again later */
    struct refusal why;
    struct buf ticket; /* 201; secret */
    /* 204: */
    uint64_t entry;
    struct buf categories, subject; /* subject is secret */
    struct gate_period period;
};
void gate_answer_wipe(struct gate_answer *a);

/* One who asks. */
struct gate_asker {
    struct hash bearer; /* what the gate knows him by */
    int64_t since;      /* when he asked first, milliseconds by the gate's clock */
    bool last;          /* his time is over: no more waiting */
};

/* Answers a presentation. May be asked again with the same bytes while it says `waits`: the log may
 * not have come to the request yet, or not to the response that the ticket rests on. */
void gate_present(struct gate *g, struct span text, const struct gate_asker *asker,
                  struct gate_answer *out);

/* Answers whether data may go out for a ticket. */
void gate_decide(struct gate *g, struct span ticket, const struct gate_asker *asker,
                 struct gate_answer *out);

/* Writes the journal's rows. Returns 0, or -1: then what waited for it is answered with *why. */
MUST_USE int gate_sync(struct gate *g, struct refusal *why);

/* Whether requests can be decided now; NULL, or why not. */
const struct refusal *gate_readiness(struct gate *g, struct refusal *why);

/* Appends the page of metrics (Prometheus text). */
void gate_metrics(struct gate *g, struct buf *out);
void gate_count(struct gate *g, bool data, int status);

#endif
