/* Records in the making: what a request, a warrant, a response say, and the act of it. */
#ifndef SIMULATOR_RECORDS_H
#define SIMULATOR_RECORDS_H

#include "tests/simulator/sim.h"

enum category {
    COMMS_CONTENT_LIVE,
    COMMS_CONTENT_STORED,
    DEVICE_CONTENT,
    GEOLOCATION_LIVE,
    TRAFFIC_RETAINED,
    LOCATION_RETAINED,
    SUBSCRIBER,
    PRESERVATION,
    BANK,
    FISCAL,
    IDENTITY_BIOMETRIC,
    VEHICLE,
    PROPERTY,
    COMMERCIAL,
    FIREARMS,
    DETENTION,
    PRISON,
    VIDEO,
    HEALTH,
    TRANSPORT,
    OTHER,
    ANTENNA_DUMP, /* known from the second ruleset on */
    CATEGORIES,
};
#define BIT(c) (1u << (c))
#define RETAINED (BIT(TRAFFIC_RETAINED) | BIT(LOCATION_RETAINED) | BIT(SUBSCRIBER))

/* A person, as a record names it. */
struct someone {
    const char *type;
    char commit[45], sealed[45];
    unsigned to; /* number of the oversight key */
};

/* A warrant. 0 and NULL are left out, where that may be. */
struct order {
    struct desk *by;
    char ref[80];
    const char *matter;
    const char *used_by[2];
    const char *holders[3];
    unsigned categories;
    const char *unknown; /* a category more, by its name */
    const struct someone *who;
    unsigned whos;
    int64_t from, until, data_from, data_until;
};

/* A request. */
struct ask {
    struct desk *by, *holder;
    const char *function; /* NULL: the body's */
    unsigned categories;
    const char *unknown;
    const char *source, *basis, *purpose, *ground, *scheme;
    char warrant[400]; /* its members, "" without */
    const struct someone *who;
    unsigned whos;
    int64_t data_from, data_until, term, after;
};

/* Some of the categories of a mask, at least one. */
unsigned some_of(struct chance *c, unsigned mask);
const char *one_of(struct chance *c, const char *const *text, size_t n);
#define ONE_OF(c, ...)                                                                             \
    one_of(c, (const char *const[]){ __VA_ARGS__ },                                                \
           sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

struct someone someone(struct sim *s);
void people(struct sim *s, struct someone *who, unsigned n);

/* Gives a warrant the next number of its court. */
void order_number(struct order *o);
struct act *act_order(struct story *y, int64_t t, char slot, const struct order *o);
/* Names a warrant in a request, in one of the ways that find it; slot is the warrant's. */
void under_warrant(struct sim *s, struct ask *q, const struct order *o, char slot);

struct act *act_ask(struct story *y, int64_t t, char slot, const struct ask *q);
struct act *act_answer(struct story *y, int64_t t, char request, struct desk *by,
                       const char *outcome, int64_t received, int64_t answered);
struct act *act_tell(struct story *y, int64_t t, struct desk *by, char request);
struct act *act_inform(struct story *y, int64_t t, struct desk *by, char request,
                       int64_t fulfilled);
struct act *act_ratify(struct story *y, int64_t t, struct desk *by, char request,
                       const char *result, unsigned categories);
struct act *act_defer(struct story *y, int64_t t, struct desk *by, char request, int64_t until);
struct act *act_extend(struct story *y, int64_t t, struct desk *by, char warrant, int64_t until);
struct act *act_transfer(struct story *y, int64_t t, struct desk *by, const char *requests,
                         const char *country, const char *instrument);
struct act *act_product(struct story *y, int64_t t, struct desk *by, const char *requests);
struct act *act_close(struct story *y, int64_t t, struct desk *by, char warrant, int64_t from,
                      int64_t until);
struct act *act_erase(struct story *y, int64_t t, struct desk *by, const char *blob);

/* The acts of answering and what comes after take no slot, but closing and erasure 'P': see kept(). */

/* Somebody of a court that an authority goes to: of its level, a state's own. */
struct desk *judge_for(struct sim *s, const struct desk *d);
/* The act's entry is remembered in that slot, too. */
static inline struct act *kept(struct act *a, char slot)
{
    a->slot = (int8_t)(slot - 'A');
    return a;
}

/* The person is told in time, by whoever asked or by oversight, now and then later by order of a judge.
 * after: of the request's `notify`, or 0. */
void tell_in_time(struct story *y, struct desk *by, char request, int64_t delivered, int64_t after);

#endif
