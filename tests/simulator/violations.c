/* What each rule is there to find, in each of the ways that its row in docs/RULES.md names; and what else
 * such a case makes other rules find. */
#include <stdio.h>

#include "tests/simulator/cases.h"

static void unknown_warrant(struct plot *p, struct ask *q)
{
    snprintf(q->warrant, sizeof q->warrant, "\"ref\":\"inexistente/%llu\"",
             (unsigned long long)p->s->order);
}

/* ---- R01 to R06: no warrant ----------------------------------------------------------------------- */

static void r01(struct plot *p)
{
    static const unsigned what[] = { BIT(COMMS_CONTENT_LIVE), BIT(DEVICE_CONTENT),
                                     BIT(COMMS_CONTENT_STORED), BIT(COMMS_CONTENT_STORED),
                                     BIT(ANTENNA_DUMP) };
    unsigned v = p->v == 4 && !law_at(p->s, p->t)->new_codes ? 0 : p->v;
    struct ask q = asking(p, "prosecution", "federal", "telecom", what[v], "CNPP-291");
    if (v == 2)
        unknown_warrant(p, &q);
    if (v == 3)
        q.ground = "life_or_integrity"; /* does not help for content */
    struct act *a = act_ask(p->y, p->t, 'A', &q);
    PLANT(a, "R01", 'A');
    if (v == 2)
        PLANT(a, "R19", 'A');
    if (v == 3)
        inform_and_rule(p, &q, 'A', p->t + 22 * HOUR, "total");
    settle(p, &q, 'A', p->t, 20 * HOUR);
}

static void r02(struct plot *p)
{
    bool police = p->v == 1 && law_at(p->s, p->t)->subscriber_contested;
    static const unsigned what[] = { BIT(TRAFFIC_RETAINED), BIT(LOCATION_RETAINED),
                                     BIT(GEOLOCATION_LIVE), BIT(LOCATION_RETAINED) };
    struct ask q = asking(p, police ? "police" : "prosecution", NULL, "telecom",
                          police ? BIT(SUBSCRIBER) : what[p->v], police ? "LMTR-183" : "CNPP-303");
    if (p->v == 3)
        unknown_warrant(p, &q);
    struct act *a = act_ask(p->y, p->t, 'A', &q);
    PLANT(a, "R02", 'A');
    if (p->v == 3)
        PLANT(a, "R19", 'A');
    settle(p, &q, 'A', p->t, 20 * HOUR);
}

static void r03(struct plot *p)
{
    struct ask q = emergency(p, BIT(GEOLOCATION_LIVE) | BIT(SUBSCRIBER));
    int64_t done = some_time(p, HOUR, 10 * HOUR), answered = done - MINUTE;
    act_ask(p->y, p->t, 'A', &q);
    if (p->v == 2) { /* nothing was delivered: what the requester itself says */
        act_answer(p->y, done, 'A', q.holder, "none_held", p->t + MINUTE, done);
        struct act *a = act_inform(p->y, done + 48 * HOUR + 1, q.by, 'A', done);
        PLANT(a, "R03", 'A');
        act_ratify(p->y, done + 60 * HOUR, judge_for(p->s, q.by), 'A', "total", 0);
        return;
    }
    if (p->v == 3) /* answered long before it says so to the log */
        answered = p->t + 10 * MINUTE;
    struct act *a = act_answer(p->y, done, 'A', q.holder, "full", p->t + MINUTE, answered);
    tell_in_time(p->y, q.by, 'A', done, 0);
    plant(a, "R03", 'A', answered + 48 * HOUR);
    int64_t late = p->v == 1   ? answered + 48 * HOUR + some_time(p, 1, 30 * HOUR) - p->t
                   : p->v == 3 ? answered + 48 * HOUR + 1
                               : 0;
    if (late != 0)
        inform_and_rule(p, &q, 'A', late, "total");
}

static void r04(struct plot *p)
{
    struct ask q = emergency(p, BIT(LOCATION_RETAINED));
    act_ask(p->y, p->t, 'A', &q);
    int64_t done = some_time(p, HOUR, 5 * HOUR), told = done + 3 * HOUR;
    deliver(p, &q, 'A', done);
    struct act *a = act_inform(p->y, told, q.by, 'A', done);
    int64_t deadline = told + law_at(p->s, told)->hours;
    plant(a, "R04", 'A', deadline);
    if (p->v == 1)
        act_ratify(p->y, deadline + 1, judge_for(p->s, q.by), 'A', "total", 0);
    if (p->v == 2)
        act_ratify(p->y, deadline + 3 * DAY, judge_for(p->s, q.by), 'A', "refused", 0);
}

static void r05(struct plot *p)
{
    struct ask q = emergency(p, BIT(TRAFFIC_RETAINED) | BIT(LOCATION_RETAINED));
    struct desk *judge = judge_for(p->s, q.by);
    struct act *a;
    bool partial = p->v == 3 || p->v == 5, response = partial || p->v == 0;
    act_ask(p->y, p->t, 'A', &q);
    if (!response)
        deliver(p, &q, 'A', p->t + 2 * HOUR);
    act_inform(p->y, p->t + 4 * HOUR, q.by, 'A', p->t + 2 * HOUR);
    if (p->v == 4) /* thought better of */
        act_ratify(p->y, p->t + 5 * HOUR, judge, 'A', "total", 0);
    act_ratify(p->y, p->t + 8 * HOUR, judge, 'A', partial ? "partial" : "refused",
               partial ? BIT(TRAFFIC_RETAINED) : 0);
    int64_t t = some_time(p, 9 * HOUR, 20 * HOUR);
    if (response) {
        a = act_answer(p->y, t, 'A', q.holder, p->v == 5 ? "direct_access" : "full", p->t + MINUTE,
                       t);
        tell_in_time(p->y, q.by, 'A', t, 0);
    } else if (p->v == 1) {
        a = act_transfer(p->y, t, q.by, "@A", "MX", "convenio 12/2020");
    } else {
        a = act_product(p->y, t, q.by, "@A");
    }
    PLANT(kept(a, 'O'), "R05", 'O');
}

static void r06(struct plot *p)
{
    struct ask q = emergency(p, BIT(GEOLOCATION_LIVE));
    q.ground = p->v == 0 ? NULL : "other";
    PLANT(act_ask(p->y, p->t, 'A', &q), "R06", 'A');
    deliver(p, &q, 'A', p->t + HOUR);
    inform_and_rule(p, &q, 'A', p->t + 3 * HOUR, "total");
}

/* ---- R07 to R12: not what the warrant says, or not a warrant for it ----------------------------- */

static void r07_closing(struct plot *p, struct order *o)
{
    act_order(p->y, p->t, 'A', o);
    struct desk *by = desk_of(p->s, ROLE_REQUESTER, "prosecution", NULL, NULL);
    bool before = chance_in(&p->s->chance, 50);
    struct act *a = act_close(p->y, p->t + 9 * DAY, by, 'A', before ? o->from - 1 : o->from + DAY,
                              before ? p->t + 5 * DAY : o->until + 1);
    PLANT(a, "R07", 'P');
}

static void r07(struct plot *p)
{
    unsigned category = BIT(p->v == 3 ? GEOLOCATION_LIVE : TRAFFIC_RETAINED);
    struct ask q = asking(p, "prosecution", NULL, "telecom", category, "CNPP-303");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), category);
    int64_t t = p->t + 6 * DAY;
    if (p->v == 0)
        o.from = t + 1; /* not yet */
    if (p->v == 1 || p->v == 5)
        o.until = t; /* not any more: until is not in it */
    if (p->v == 2) {
        o.data_from = p->t - 90 * DAY;
        o.data_until = p->t;
        q.data_from = o.data_from - 1;
        q.data_until = o.data_until;
    }
    if (p->v == 3) { /* the warrant does not say of when: live data are of its window */
        q.data_from = t;
        q.data_until = o.until + 1;
    }
    if (p->v == 4) {
        r07_closing(p, &o);
        return;
    }
    act_order(p->y, p->t, 'A', &o);
    if (p->v == 5) /* by a court that has no say */
        act_extend(p->y, p->t + DAY,
                   desk_of(p->s, ROLE_JUDGE, NULL,
                           strcmp(o.by->body->level, "state") == 0 ? "federal" : "state", NULL),
                   'A', t + 30 * DAY);
    under_warrant(p->s, &q, &o, 'A');
    PLANT(act_ask(p->y, t, 'B', &q), "R07", 'B');
    settle(p, &q, 'B', t, 20 * HOUR);
}

static void r08(struct plot *p)
{
    struct someone who[2];
    people(p->s, who, 2);
    struct ask q = asking(p, "prosecution", NULL, "telecom", BIT(LOCATION_RETAINED), "CNPP-303");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), RETAINED);
    if (p->v == 0)
        o.used_by[0] = "mx.sspc";
    if (p->v == 1) {
        o.categories = BIT(TRAFFIC_RETAINED);
        q.categories |= BIT(TRAFFIC_RETAINED);
    }
    if (p->v == 2)
        o.holders[0] = "mx.telco-otra";
    if (p->v >= 3) {
        o.who = &who[0];
        o.whos = 1;
        q.who = &who[1];
        q.whos = 1;
    }
    act_order(p->y, p->t, 'A', &o);
    if (p->v == 4) { /* the same commitment, said to be of another kind of identifier */
        who[1] = who[0];
        who[1].type = strcmp(who[0].type, "imsi") == 0 ? "rfc" : "imsi";
    }
    int64_t t = some_time(p, HOUR, 9 * DAY);
    under_warrant(p->s, &q, &o, 'A');
    PLANT(act_ask(p->y, t, 'B', &q), "R08", 'B');
    settle(p, &q, 'B', t, 20 * HOUR);
}

static void r09(struct plot *p)
{
    struct desk *by = desk_of(p->s, ROLE_REQUESTER, "prosecution", "federal", NULL);
    struct desk *judge = desk_of(p->s, ROLE_JUDGE, NULL, "federal", NULL);
    struct order o = ordering(p, by, judge, BIT(p->v == 0 ? GEOLOCATION_LIVE : COMMS_CONTENT_LIVE));
    if (p->v >= 2)
        o.matter = "national_security";
    if (p->v == 0)
        o.until = o.from + 185 * DAY;
    if (p->v == 2)
        o.until = o.from + 180 * DAY + 1;
    struct act *a = act_order(p->y, p->t, 'A', &o);
    if (p->v == 1)
        a = act_extend(p->y, p->t + DAY, judge, 'A', o.from + 185 * DAY);
    if (p->v == 3) {
        act_extend(p->y, p->t + DAY, judge, 'A', o.until + 10 * DAY);
        a = act_extend(p->y, p->t + 2 * DAY, judge, 'A', o.until + 20 * DAY);
    }
    if (p->v == 4)
        a = act_extend(p->y, p->t + DAY, judge, 'A', o.from + 360 * DAY + 1);
    PLANT(a, "R09", 'A');
}

static void r10(struct plot *p)
{
    static const unsigned what[] = { BIT(COMMS_CONTENT_STORED),
                                     BIT(DEVICE_CONTENT) | BIT(TRAFFIC_RETAINED),
                                     BIT(COMMS_CONTENT_LIVE) };
    struct ask q = asking(p, "prosecution", "state", "telecom", what[p->v], "CNPP-291");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), what[p->v]);
    act_order(p->y, p->t, 'A', &o);
    int64_t t = some_time(p, HOUR, 9 * DAY);
    under_warrant(p->s, &q, &o, 'A');
    PLANT(act_ask(p->y, t, 'B', &q), "R10", 'B');
    settle(p, &q, 'B', t, 20 * HOUR);
}

/* A police force of a municipality, which no basis of retained data empowers. */
static struct desk *municipal(struct plot *p)
{
    struct body *b =
        body_new(p->s, ROLE_REQUESTER, "mx.policia-municipal", "municipal", "police", "MX-JAL", 1);
    b->apart = true;
    enrol(p->y, p->t - MINUTE, p->s->registrar[0], b->desk[0], 0, "");
    return b->desk[0];
}

static void r11(struct plot *p)
{
    static const char *const who[] = { "police", "prosecution", "fiscal_financial",
                                       "police", "police",      "police" };
    bool narrow = p->v == 4 && law_at(p->s, p->t)->federal_24;
    struct ask q = asking(p, who[p->v], p->v == 1 || narrow ? "state" : NULL,
                          narrow ? "public" : "telecom", BIT(narrow ? VEHICLE : LOCATION_RETAINED),
                          narrow      ? "LSNIIMSP-24"
                          : p->v == 1 ? "LFCDO-16"
                          : p->v == 2 ? "LFTR-190"
                          : p->v == 3 ? "LMTR-183"
                                      : "CNPP-303");
    if (p->v == 3)
        q.by = municipal(p);
    while (p->v == 5 && q.by->function == NULL)
        q.by = desk_of(p->s, ROLE_REQUESTER, "police", NULL, NULL);
    if (p->v == 5)
        q.function = "prosecution"; /* it says; its enrolment says police */
    struct desk *judge = desk_of(p->s, ROLE_JUDGE, NULL, "federal", NULL);
    struct order o = ordering(p, q.by, judge, BIT(LOCATION_RETAINED));
    int64_t t = p->t;
    if (!narrow) {
        t = p->t + HOUR;
        act_order(p->y, p->t, 'A', &o);
        under_warrant(p->s, &q, &o, 'A');
    }
    PLANT(act_ask(p->y, t, 'B', &q), "R11", 'B');
    settle(p, &q, 'B', t, 20 * HOUR);
}

static void r12(struct plot *p)
{
    static const char *const matter[] = { "electoral", "fiscal", "mercantile",
                                          "civil",     "labour", "administrative" };
    struct ask q =
        asking(p, "prosecution", "federal", "telecom", BIT(COMMS_CONTENT_STORED), "CNPP-291");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), BIT(COMMS_CONTENT_STORED) | RETAINED);
    if (p->v % 2 == 0)
        o.categories = BIT(COMMS_CONTENT_LIVE) | BIT(COMMS_CONTENT_STORED);
    o.matter = matter[p->v];
    PLANT(act_order(p->y, p->t, 'A', &o), "R12", 'A');
    if (p->v < 3)
        return;
    under_warrant(p->s, &q, &o, 'A');
    act_ask(p->y, p->t + DAY, 'B', &q);
    settle(p, &q, 'B', p->t + DAY, 3 * DAY);
}

/* ---- R13 to R15: the request itself --------------------------------------------------------------- */

static void r13(struct plot *p)
{
    static const char *const who[] = { "search_commission", "police", "intelligence",
                                       "prosecution" };
    struct ask q = asking(p, who[p->v], NULL, "public", BIT(IDENTITY_BIOMETRIC),
                          p->v == 0 ? "LGMDFP-12BIS" : "LSNIIMSP-28");
    q.scheme = p->v == 0 || p->v == 3 ? NULL : "FUB";
    PLANT(act_ask(p->y, p->t, 'A', &q), "R13", 'A');
    settle(p, &q, 'A', p->t, 5 * DAY);
}

static void r14(struct plot *p)
{
    struct ask q = asking(p, "prosecution", NULL, "telecom", BIT(PRESERVATION), "CNPP-303-PRES");
    q.term = p->t + (p->v == 0 ? 90 * DAY + 1 : 180 * DAY);
    PLANT(act_ask(p->y, p->t, 'A', &q), "R14", 'A');
    settle(p, &q, 'A', p->t, 5 * DAY);
}

static void r15(struct plot *p)
{
    static const char *const sector[] = { "bank", "bank", "commerce", "health" };
    static const unsigned what[] = { BIT(BANK), BIT(BANK), BIT(COMMERCIAL), BIT(HEALTH) };
    static const char *const basis[] = { "LIC-142", "LIC-142", "LSNIIMSP-39", "LSNIIMSP-26" };
    struct ask q = asking(p, "prosecution", NULL, sector[p->v], what[p->v], basis[p->v]);
    if (p->v != 1)
        q.term = 0;
    if (p->v == 1 || p->v == 2)
        q.purpose = "other";
    PLANT(act_ask(p->y, p->t, 'A', &q), "R15", 'A');
    settle(p, &q, 'A', p->t, 5 * DAY);
}

/* ---- R16 to R18: afterwards ------------------------------------------------------------------------- */

static void r16(struct plot *p)
{
    while (law_at(p->s, p->t + 4 * DAY)->nameless || law_at(p->s, p->t + 5 * DAY)->nameless)
        p->t -= DAY; /* what is abroad is not known then */
    struct ask q = asking(p, "prosecution", NULL, "public", BIT(PROPERTY), "LSNIIMSP-30");
    const char *country = ONE_OF(&p->s->chance, "US", "GB", "IL", "CO");
    act_ask(p->y, p->t, 'A', &q);
    deliver(p, &q, 'A', p->t + DAY);
    if (p->v == 1) {
        act_ask(p->y, p->t + HOUR, 'B', &q);
        deliver(p, &q, 'B', p->t + 2 * DAY);
    }
    struct act *a =
        act_transfer(p->y, p->t + 4 * DAY, q.by, p->v == 1 ? "@A,@B" : "@A", country, NULL);
    PLANT(a, "R16", 'A');
    if (p->v == 1)
        PLANT(a, "R16", 'B');
    if (p->v == 2) /* each transfer is a finding of its own */
        PLANT(act_transfer(p->y, p->t + 5 * DAY, q.by, "@A", country, NULL), "R16", 'A');
    if (p->v == 3)
        act_transfer(p->y, p->t + 5 * DAY, q.by, "@A", country, "MLAT 2020/7");
}

static void r17(struct plot *p)
{
    struct ask q = asking(p, "prosecution", NULL, "telecom", BIT(SUBSCRIBER), "CNPP-303");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), BIT(SUBSCRIBER));
    int64_t t = p->t + HOUR, hours = (p->v < 2 ? 24 : 48) * HOUR;
    act_order(p->y, p->t, 'A', &o);
    under_warrant(p->s, &q, &o, 'A');
    if (p->v < 2 || p->v == 4) {
        q.data_from = t - (p->v == 4 ? 380 : 60) * DAY;
        q.data_until = t - 20 * DAY;
    }
    plant(act_ask(p->y, t, 'B', &q), "R17", 'B', t + hours);
    if (p->v == 1 || p->v == 2)
        act_answer(p->y, t + 2 * HOUR, 'B', q.holder, "pending", t + HOUR, 0);
    if (p->v != 3)
        deliver(p, &q, 'B', t + hours + some_time(p, 1, 20 * HOUR) - p->t);
}

static void r18(struct plot *p)
{
    struct ask q = asking(p, "police", NULL, "public", BIT(VEHICLE), "LSNIIMSP-30");
    int64_t done = some_time(p, HOUR, 3 * DAY), base = done;
    if (p->v == 3)
        base = q.after = done + 10 * DAY;
    act_ask(p->y, p->t, 'A', &q);
    struct act *a =
        act_answer(p->y, done, 'A', q.holder, p->v == 1 ? "partial" : "full", p->t + MINUTE, done);
    if (p->v == 2) {
        base = done + 15 * DAY;
        act_defer(p->y, done + 2 * DAY, judge_for(p->s, q.by), 'A', done + 40 * DAY);
        act_defer(p->y, done + 3 * DAY, judge_for(p->s, q.by), 'A', base); /* the last one counts */
    }
    int64_t deadline = base + law_at(p->s, done)->notify;
    plant(a, "R18", 'A', deadline);
    if (p->v != 0)
        act_tell(p->y, deadline + chance_between(&p->s->chance, 1, 5 * DAY), q.by, 'A');
}

/* ---- R19 to R22 and codes ------------------------------------------------------------------------- */

static void r19(struct plot *p)
{
    bool retained = p->v == 5;
    struct ask q =
        asking(p, "prosecution", NULL, retained ? "telecom" : "bank",
               BIT(retained ? TRAFFIC_RETAINED : BANK), retained ? "CNPP-303" : "LIC-142");
    struct order o =
        ordering(p, q.by, desk_of(p->s, ROLE_JUDGE, NULL, "federal", NULL), q.categories);
    struct order other =
        ordering(p, q.by, desk_of(p->s, ROLE_JUDGE, NULL, "state", NULL), q.categories);
    int64_t t = p->t + DAY;
    snprintf(o.ref, sizeof o.ref, "doble/%llu", (unsigned long long)p->s->order);
    if (p->v == 1)
        snprintf(other.ref, sizeof other.ref, "%s", o.ref);
    act_order(p->y, p->v == 3 ? t + 1 : p->t, 'A', &o);
    act_order(p->y, p->t + HOUR, 'C', &other);
    if (p->v == 0 || p->v == 5)
        unknown_warrant(p, &q);
    else
        snprintf(q.warrant, sizeof q.warrant, "\"ref\":\"%s\"%s%s%s", o.ref,
                 p->v == 2 ? ",\"court\":\"" : "", p->v == 2 ? other.by->body->code : "",
                 p->v == 2   ? "\""
                 : p->v == 4 ? ",#C"
                             : "");
    struct act *a = act_ask(p->y, t, 'B', &q);
    PLANT(a, "R19", 'B');
    if (retained)
        PLANT(a, "R02", 'B');
    settle(p, &q, 'B', t, 20 * HOUR);
}

static void r20(struct plot *p)
{
    struct ask q = asking(p, "fiscal_financial", "federal", "bank", BIT(BANK), "LIC-142");
    struct desk *other = q.holder;
    if (p->v == 0) {
        struct act *a = act_answer(p->y, p->t, 0, other, "full", p->t - HOUR, p->t);
        PLANT(kept(a, 'O'), "R20", 'O');
        return;
    }
    while (other->body == q.holder->body)
        other = desk_of(p->s, ROLE_HOLDER, "bank", NULL, NULL);
    act_ask(p->y, p->t, 'A', &q);
    struct act *a =
        act_answer(p->y, p->t + HOUR, 'A', other, "none_held", p->t + MINUTE, p->t + HOUR);
    PLANT(kept(a, 'O'), "R20", 'O');
    settle(p, &q, 'A', p->t + 2 * HOUR, 20 * HOUR);
}

static void r21(struct plot *p)
{
    struct someone who = someone(p->s);
    struct ask q = asking(p, "prosecution", NULL, "telecom", BIT(LOCATION_RETAINED), "CNPP-303");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), BIT(LOCATION_RETAINED));
    struct desk *judge = o.by;
    o.who = q.who = &who;
    o.whos = q.whos = 1;
    while (p->v > 0 && judge->body == o.by->body)
        judge = desk_of(p->s, ROLE_JUDGE, NULL, NULL, NULL);
    act_order(p->y, p->t, 'A', &o);
    if (p->v == 2) { /* nobody asked yet; the warrant names it */
        PLANT(act_erase(p->y, p->t + DAY, judge, who.sealed), "R21", 'P');
        return;
    }
    under_warrant(p->s, &q, &o, 'A');
    act_ask(p->y, p->t + HOUR, 'B', &q);
    int64_t done = p->t + 9 * HOUR;
    act_answer(p->y, done, 'B', q.holder, "full", p->t + 2 * HOUR, done);
    act_tell(p->y, done + (p->v == 0 ? 15 * DAY : DAY), q.by, 'B');
    PLANT(act_erase(p->y, done + 5 * DAY, judge, who.sealed), "R21", 'P');
}

/* A key that is found out later: what it signed from `since` on. */
static struct act *found_out(struct plot *p, struct desk *by, struct desk *d, int64_t since)
{
    struct act *a = enrol(p->y, p->t, by, d, 0, "");
    struct vkey key = a->key->vkey;
    return revoke(p->y, p->t + 12 * DAY, p->s->registrar[0], &key, "key_compromise", since);
}

static void r22_registrar(struct plot *p)
{
    struct sim *s = p->s;
    struct desk *bad = desk_new(s, s->registrar[0]->body);
    struct desk *d = desk_new(s, desk_of(s, ROLE_REQUESTER, "police", NULL, NULL)->body);
    struct act *gone = found_out(p, s->registrar[0], bad, p->t + 2 * DAY);
    enrol(p->y, p->t + 3 * DAY, bad, d, 'A', ""); /* it stands, and is found */
    PLANT(gone, "R22", 'A');
}

static void r22(struct plot *p)
{
    struct sim *s = p->s;
    int64_t since = p->t + 3 * DAY;
    struct ask q = asking(p, "police", NULL, "public", BIT(VEHICLE), "LSNIIMSP-30");
    const struct body *b = p->v == 0   ? q.by->body
                           : p->v == 1 ? q.holder->body
                                       : desk_of(s, ROLE_JUDGE, NULL, NULL, NULL)->body;
    if (p->v == 3) {
        r22_registrar(p);
        return;
    }
    struct desk *d = desk_new(s, b);
    struct act *gone = found_out(p, s->registrar[1], d, since);
    if (p->v == 2) {
        struct order o = ordering(p, q.by, d, BIT(TRAFFIC_RETAINED));
        o.from = since - DAY;
        act_order(p->y, since, 'A', &o); /* at that very moment */
        PLANT(gone, "R22", 'A');
        return;
    }
    if (p->v == 0)
        q.by = d;
    act_ask(p->y, since - 1, 'A', &q);
    act_ask(p->y, since + DAY, 'B', &q);
    for (int i = 0; i < 2; i++) {
        struct act *a = act_answer(p->y, since + (2 + i) * DAY, (char)('A' + i),
                                   p->v == 1 ? d : q.holder, "none_held", since + DAY, 0);
        kept(a, (char)('C' + i));
    }
    if (p->v == 0)
        PLANT(gone, "R22", 'B');
    if (p->v == 1) {
        PLANT(gone, "R22", 'C');
        PLANT(gone, "R22", 'D');
    }
}

/* Words that the ruleset in force does not know, about a request where nothing else is wrong. */
static void code_beside(struct plot *p, const struct ask *q)
{
    struct act *a;
    int64_t done = p->t + DAY;
    act_ask(p->y, p->t, 'A', q);
    act_answer(p->y, done, 'A', q->holder, "full", p->t + MINUTE, done);
    if (p->v != 5)
        act_tell(p->y, done + 5 * DAY, q->by, 'A');
    if (p->v == 5)
        a = act(p->y, done + 5 * DAY, q->by, KIND_NOTICE, 'O',
                "\"request\":@A,\"delivered_at\":\"%s\",\"means\":\"pigeon\"", AT(done + 4 * DAY));
    else if (p->v == 6)
        a = act(p->y, done + DAY, q->by, KIND_PRODUCT, 'O',
                "\"requests\":[@A],\"class\":\"dossier\"");
    else if (p->v == 7)
        a = act(p->y, done + DAY, q->by, KIND_CORRECTION, 'O', "\"about\":@A,\"cause\":\"whim\"");
    else
        a = act(p->y, done + DAY, judge_for(p->s, q->by), KIND_DEFERRAL, 'O',
                "\"request\":@A,\"until\":\"%s\",\"reason\":\"discretion\"", AT(done + 2 * DAY));
    PLANT(a, "CODE", 'O');
}

static void code(struct plot *p)
{
    struct ask q = asking(p, "police", NULL, "public", BIT(VIDEO), "LSNIIMSP-47");
    struct someone who = someone(p->s);
    const struct law *law = law_at(p->s, p->t);
    if (p->v >= 5 && p->v < 9) {
        code_beside(p, &q);
        return;
    }
    if (p->v == 9) {
        struct desk *d = desk_new(p->s, q.by->body);
        d->function = "consulting";
        PLANT(enrol(p->y, p->t, any_registrar(p->s), d, 'A', ""), "CODE", 'A');
        return;
    }
    if (p->v == 0)
        q.source = "rumour";
    else if (p->v == 1)
        q.unknown = "thoughts";
    else if (p->v == 2 && (law->prevention && law->new_codes))
        q.purpose = "curiosity";
    else if (p->v == 2) /* known only later, or not any more */
        q.purpose = law->new_codes ? "prevention" : "asset_recovery";
    else if (p->v == 3)
        q.basis = "LSNIIMSP-99";
    else {
        who.type = "nickname";
        q.who = &who;
        q.whos = 1;
    }
    PLANT(act_ask(p->y, p->t, 'A', &q), "CODE", 'A');
    settle(p, &q, 'A', p->t, 5 * DAY);
}

void plan_violations(struct sim *s)
{
    static const struct plot_kind kinds[RULES] = {
        { "R01", 5, r01 }, { "R02", 4, r02 }, { "R03", 4, r03 },   { "R04", 3, r04 },
        { "R05", 6, r05 }, { "R06", 2, r06 }, { "R07", 6, r07 },   { "R08", 5, r08 },
        { "R09", 5, r09 }, { "R10", 3, r10 }, { "R11", 6, r11 },   { "R12", 6, r12 },
        { "R13", 4, r13 }, { "R14", 2, r14 }, { "R15", 4, r15 },   { "R16", 4, r16 },
        { "R17", 5, r17 }, { "R18", 4, r18 }, { "R19", 6, r19 },   { "R20", 2, r20 },
        { "R21", 3, r21 }, { "R22", 4, r22 }, { "CODE", 10, code }
    };
    plan_each(s, kinds, RULES, s->options.violations);
}
