/* The people whom requests are about, and what they are to be told, beside what the casebook holds:
 * taken down while a log is audited. Whom a request names stays sealed here. */
#ifndef CLIENT_NOTIFY_NOTICES_H
#define CLIENT_NOTIFY_NOTICES_H

#include "client/audit/audit.h"
#include "client/show/institution.h"

/* A subject of a request, as its record seals it. */
struct person {
    uint32_t request; /* its number in the casebook */
    uint32_t number;  /* as `open` counts what a record seals */
    word type;
    uint64_t to;      /* the entry that enrols whom it is sealed to, */
    struct hash leaf; /* and its leaf hash */
    uint8_t commit[HASH_BYTES];
    uint8_t sealed[HASH_BYTES];
};

/* Of each request, under the number that the casebook gave it. Times are NO_TIME where there is
 * none. */
struct notice_facts {
    struct hash leaf;
    uint32_t people, people_n;        /* its subjects, in notices.people */
    uint32_t transfer, last_transfer; /* in notices.transfers, abroad or not; NO_TRANSFER: none */
    struct window data_window;
    word case_scheme, case_number;
    word delivered; /* outcome of the last delivering response */
    /* holder whose response that is, or the last answering one where nothing was delivered */
    word answerer;
    word deferral_court, deferral_reason;
    int64_t deferral_accepted; /* of the last one */
    word ratifier, ratified;   /* court and result of the last ratification, */
    uint32_t ratified_categories,
        ratified_categories_n; /* and in notices.categories what it names */
    int64_t ratification_accepted;

    /* By entries that are newer than what was audited, which may withhold and show nothing: */
    uint64_t newer_notice; /* the first that says that the person was told, or NO_ENTRY */
    int64_t newer_until;   /* the latest end of a deferral */
};

#define NO_TRANSFER UINT32_MAX

/* As it is about one request. */
struct transfer {
    uint64_t entry;
    uint32_t next; /* about the same request, or NO_TRANSFER */
    word country, authority;
    word instrument; /* 0: none is named */
    int64_t accepted;
};

struct notices {
    struct audit *audit;
    const struct ruleset *ruleset; /* of the last entry; NULL before the first */
    struct shelf facts;            /* struct notice_facts, by request */
    struct shelf people;           /* struct person, by request */
    struct shelf transfers;        /* struct transfer */
    struct shelf categories;       /* word */
    struct institutions names;     /* of authorities */
};

/* Has the audit tell it of each entry; before the run. */
void notices_open(struct notices *n, struct audit *audit);
/* Takes down what an entry says that is newer than all that was audited, as it was judged. */
void notices_newer(struct notices *n, const struct judged *e);

/* Of one of zeroes, too. */
void notices_close(struct notices *n);

/* How a notice stands at a moment. */
enum notice_state {
    NOTICE_NONE,     /* nothing was handed over, or the person was told, if only by a newer entry */
    NOTICE_DEFERRED, /* not yet: withheld */
    NOTICE_DUE,
    NOTICE_OVERDUE,
};
enum notice_state notice_state(const struct request *r, const struct notice_facts *f,
                               int64_t moment);

/* Before when nobody may be told: the latest of the last deferral's end, that of any newer one, and
 * notify.after; NO_TIME: there is none of them. */
int64_t notice_not_before(const struct request *r, const struct notice_facts *f);
static inline bool notice_withheld(const struct request *r, const struct notice_facts *f,
                                   int64_t moment)
{
    return moment < notice_not_before(r, f);
}

/* By their numbers, which must be there. */
const struct request *notices_request(const struct notices *n, uint32_t number);
const struct notice_facts *notices_facts(const struct notices *n, uint32_t number);

#endif
