/* A GET that a reader thread answers from the disk: http_read.c, http_find.c, http_index.c,
 * http_answer.c. */
#ifndef DAEMON_HTTP_READING_H
#define DAEMON_HTTP_READING_H

#include "daemon/host/metrics.h"
#include "daemon/http/call.h"
#include "daemon/http/visit.h"
#include "proto/base/must_use.h"
#include "proto/index/index_table.h"

/* Which entries /v1/find looks for. */
struct find_query {
    enum { FIND_LIST, FIND_ID, FIND_REGISTRY, FIND_KEY } by;
    uint64_t from;        /* the lowest entry to find */
    enum store_list list; /* FIND_LIST */
    char name[TEXT_MAX + 1];
    uint8_t id[UUID_BYTES];        /* FIND_ID */
    enum role role;                /* FIND_REGISTRY: who is enrolled for it; ROLE_NONE: rulesets */
    uint8_t key[PUBLIC_KEY_BYTES]; /* FIND_KEY */
};

/* What /v1/answer is asked. */
struct answer_query {
    enum index_key_type type;
    char value[TEXT_MAX + 1]; /* decoded; of a vkey, too */
    uint64_t from, size;      /* size 0: the newest checkpoint that has its quorum, carried */
    uint64_t index;           /* NO_ENTRY: the newest below size */
    bool tail;
};

/* Of a log that enrolled keys read (`readers = enrolled`) whoever asks shows a token, but for what
 * is `open`; where there is a `may`, of every log. A good one has a row (visit.h). */
struct reading {
    struct exchange exchange; /* first */
    bool open;                /* for everybody */
    bool (*may)(enum role r); /* who may; NULL: any role */
    struct http_visit *visit; /* who asks; NULL: nobody asked */
    /* Fills exchange.reply, on a reader thread. STORE_ABSENT becomes 404, any other failure 503. */
    enum store_result (*read)(struct reading *r);
    enum metric counted;    /* which limit it counts towards */
    size_t built;           /* bytes of its answer, while they count in METRIC_READ_BYTES */
    const char *absent;     /* what a 404 names; NULL: what is beyond the end of the log */
    bool withheld;          /* its answer waits for an erasure */
    bool witnessed;         /* a receipt: against the newest witnessed checkpoint, awaited */
    uint64_t index;         /* of a receipt, or of an entry whose rows are asked for */
    uint64_t place;         /* in the text of these */
    struct tile tile;       /* of a tile */
    struct find_query find; /* of a search */
    struct hash root;       /* of a table */
    struct index_table_file part;
    struct answer_query answer;
};

/* Makes a reading that counts towards a limit, which the caller has checked. NULL: the call was
 * refused, as there is no memory. Event loop. */
MUST_USE struct reading *reading_new(struct call *c, enum store_result (*read)(struct reading *r),
                                     enum metric counted);

/* Makes one if there is room for one more (call_may_read). NULL: the call was refused. Event
 * loop. */
MUST_USE struct reading *reading_admit(struct call *c,
                                       enum store_result (*read)(struct reading *r));

/* Sends it to the readers, or to the answerer if it counts as METRIC_ANSWERS; where it needs a token
 * and none came, refuses the call. It is then not the caller's any more. Event loop. */
void reading_start(struct call *c, struct reading *r);

#endif
