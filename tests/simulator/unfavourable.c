/* Orders of arrival and moments that invite mistakes: most of them are found to be good, the others are
 * planted like violations. What is meant stands in docs/RULES.md. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/simulator/cases.h"

/* So many calendar months later or earlier; a day that the month lacks becomes its last. */
static int64_t months_from(int64_t t, int months)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    struct moment m = moment_of(t);
    int all = atoi(m.text) * 12 + atoi(m.text + 5) - 1 + months;
    int year = all / 12, month = all % 12, day = atoi(m.text + 8);
    int last = days[month] + (month == 1 && year % 4 == 0);
    char text[40];
    int64_t out;
    snprintf(text, sizeof text, "%04d-%02d-%02d%s", year, month + 1, day > last ? last : day,
             m.text + 10);
    if (when_parse(&out, span_str(text)) != 0)
        abort();
    return out;
}

/* ---- emergencies --------------------------------------------------------------------------------- */

/* The judge is told, and rules, before or after they should be. */
static void order_of_notice(struct plot *p)
{
    struct ask q = emergency(p, BIT(LOCATION_RETAINED));
    struct desk *judge = judge_for(p->s, q.by);
    int64_t t = p->t;
    act_ask(p->y, t, 'A', &q);
    if (p->v == 0) { /* ruled on before anybody told it to the log */
        deliver(p, &q, 'A', t + 2 * HOUR);
        act_ratify(p->y, t + 3 * HOUR, judge, 'A', "total", 0);
        act_inform(p->y, t + 5 * HOUR, q.by, 'A', t + 2 * HOUR);
    } else if (p->v == 1) { /* told before it was answered */
        act_inform(p->y, t + HOUR, q.by, 'A', t + 30 * MINUTE);
        act_ratify(p->y, t + HOUR + law_at(p->s, t + HOUR)->hours, judge, 'A', "total", 0);
        deliver(p, &q, 'A', t + 9 * HOUR);
    } else if (p->v == 2) { /* told twice: hours run from the first time */
        int64_t deadline = t + 4 * HOUR + law_at(p->s, t + 4 * HOUR)->hours;
        deliver(p, &q, 'A', t + 2 * HOUR);
        plant(act_inform(p->y, t + 4 * HOUR, q.by, 'A', t + 2 * HOUR), "R04", 'A', deadline);
        act_inform(p->y, t + 30 * HOUR, q.by, 'A', t + 2 * HOUR);
        act_ratify(p->y, deadline + HOUR, judge, 'A', "total", 0);
    } else { /* refused, but after what it refuses */
        deliver(p, &q, 'A', t + 2 * HOUR);
        act_product(p->y, t + 3 * HOUR, q.by, "@A");
        inform_and_rule(p, &q, 'A', t + 5 * HOUR, "refused");
    }
}

/* When was it fulfilled? The judge is told 48 hours later to the millisecond, or one too late. */
static void fulfilled(struct plot *p)
{
    struct ask q = emergency(p, BIT(SUBSCRIBER) | BIT(GEOLOCATION_LIVE));
    int64_t done = p->t + 6 * HOUR, f = done;
    bool late = p->v % 2 == 1;
    act_ask(p->y, p->t, 'A', &q);
    if (p->v / 2 == 0) { /* the holder says it was long before */
        f = p->t + HOUR;
        act_answer(p->y, p->t + 30 * MINUTE, 'A', q.holder, "pending", p->t + MINUTE,
                   p->t + MINUTE);
    }
    struct act *a = act_answer(p->y, done, 'A', q.holder, "partial", p->t + MINUTE,
                               p->v / 2 == 1 ? done + 3 * DAY : f); /* or that it will be */
    if (p->v / 2 == 2) /* the second one does not matter, whatever it says */
        act_answer(p->y, done + HOUR, 'A', q.holder, "full", p->t + MINUTE, p->t + 2 * MINUTE);
    tell_in_time(p->y, q.by, 'A', done, 0);
    if (late)
        plant(a, "R03", 'A', f + 48 * HOUR);
    int64_t told = f + 48 * HOUR + late;
    act_inform(p->y, told, q.by, 'A', f);
    int64_t deadline = told + law_at(p->s, told)->hours;
    act_ratify(p->y, deadline, judge_for(p->s, q.by), 'A', "total", 0); /* just in time */
}

/* Who ruled last is what counts, of whatever court. */
static void reversed(struct plot *p)
{
    struct ask q = emergency(p, BIT(TRAFFIC_RETAINED) | BIT(SUBSCRIBER));
    struct desk *first = judge_for(p->s, q.by), *other = first;
    int64_t t = p->t;
    while (other->body == first->body)
        other = desk_of(p->s, ROLE_JUDGE, NULL, NULL, NULL);
    act_ask(p->y, t, 'A', &q);
    act_inform(p->y, t + HOUR, q.by, 'A', t + 30 * MINUTE);
    bool refused_last = p->v == 1;
    act_ratify(p->y, t + 2 * HOUR, first, 'A', refused_last ? "total" : "refused", 0);
    if (p->v == 2) { /* handed over between the two */
        struct act *a =
            act_answer(p->y, t + 3 * HOUR, 'A', q.holder, "full", t + MINUTE, t + 2 * HOUR);
        PLANT(kept(a, 'O'), "R05", 'O');
        tell_in_time(p->y, q.by, 'A', t + 3 * HOUR, 0);
    }
    act_ratify(p->y, t + 5 * HOUR, other, 'A', refused_last ? "refused" : "total", 0);
    if (p->v == 2)
        return;
    struct act *a = deliver(p, &q, 'A', t + 9 * HOUR);
    if (refused_last)
        PLANT(kept(a, 'O'), "R05", 'O');
}

/* What a holder may say after a judge refused, or ratified a part. */
static void after_ruling(struct plot *p)
{
    static const char *const outcome[] = { "none_held", "rejected_no_authority",
                                           "partial",   "full",
                                           "full",      "cancelled" };
    struct ask q = emergency(p, BIT(TRAFFIC_RETAINED) | BIT(LOCATION_RETAINED));
    int64_t t = p->t, done = t + 8 * HOUR;
    bool refused = p->v < 2 || p->v == 5, delivers = p->v >= 2 && p->v < 5;
    act_ask(p->y, t, 'A', &q);
    act_inform(p->y, t + HOUR, q.by, 'A', t + 50 * MINUTE);
    act_ratify(p->y, t + 2 * HOUR, judge_for(p->s, q.by), 'A', refused ? "refused" : "partial",
               p->v == 2   ? BIT(TRAFFIC_RETAINED)
               : p->v == 3 ? q.categories
                           : 0);
    act_answer(p->y, done, 'A', q.holder, outcome[p->v], t + MINUTE, done);
    if (!delivers)
        return;
    tell_in_time(p->y, q.by, 'A', done, 0);
    act_product(p->y, done + DAY, q.by, "@A"); /* not evaluable, or good */
}

/* ---- warrants -------------------------------------------------------------------------------------- */

/* A warrant is prolonged just before it is used, or just after; or is used at its very limits. */
static void limits(struct plot *p)
{
    struct ask q = asking(p, "prosecution", NULL, "telecom", BIT(TRAFFIC_RETAINED), "CNPP-303");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), BIT(TRAFFIC_RETAINED));
    struct desk *same = colleague(p->s, o.by);
    int64_t t = p->t + 5 * DAY;
    if (p->v <= 2)
        o.until = p->t + 4 * DAY;
    if (p->v == 3)
        o.from = t;
    if (p->v == 4)
        o.until = t + 1;
    if (p->v == 6) {
        o.data_from = q.data_from = months_from(t, -13);
        o.data_until = q.data_until = t;
    }
    act_order(p->y, p->t, 'A', &o);
    if (p->v == 0 || p->v == 1) /* at the same moment, but before it in the log */
        act_extend(p->y, p->v == 0 ? t - 1 : t, same, 'A', t + 1);
    if (p->v == 5) /* cannot be shortened so */
        act_extend(p->y, t - DAY, same, 'A', t - HOUR);
    under_warrant(p->s, &q, &o, 'A');
    struct act *a = act_ask(p->y, t, 'B', &q);
    if (p->v == 2) {
        PLANT(a, "R07", 'B');
        act_extend(p->y, t, same, 'A', t + DAY); /* at the same moment, but after it */
    }
    settle(p, &q, 'B', t, 20 * HOUR);
}

/* How long may live data be collected? To the millisecond, in months that end differently. */
static void long_warrants(struct plot *p)
{
    static const char *const from[] = { "2025-08-31T10:00:00.000Z", "2025-08-29T10:00:00.000Z",
                                        "2023-08-31T00:00:00.000Z", "2025-12-31T23:59:59.999Z",
                                        "2025-03-31T12:00:00.000Z", "2025-11-30T06:00:00.000Z" };
    struct desk *by = desk_of(p->s, ROLE_REQUESTER, "prosecution", "federal", NULL);
    struct desk *judge = desk_of(p->s, ROLE_JUDGE, NULL, "federal", NULL);
    struct desk *other = desk_of(p->s, ROLE_JUDGE, NULL, "state", NULL);
    struct order o = ordering(p, by, judge, BIT(COMMS_CONTENT_LIVE));
    bool late = p->v % 2 == 1;
    struct act *a;
    if (p->v < 12) {
        if (when_parse(&o.from, span_str(from[p->v / 2])) != 0)
            abort();
        o.until = months_from(o.from, 6) + late;
        a = act_order(p->y, p->t, 'A', &o);
        act_extend(p->y, p->t + DAY, other, 'A', o.until + 90 * DAY); /* has no say */
    } else {
        o.matter = "national_security";
        o.until = o.from + 180 * DAY;
        act_order(p->y, p->t, 'A', &o);
        a = act_extend(p->y, p->t + DAY, judge, 'A', o.from + 360 * DAY + late);
        act_extend(p->y, p->t + 2 * DAY, other, 'A', o.from + 500 * DAY);
    }
    if (late)
        PLANT(a, "R09", 'A');
}

/* Several warrants of one number. */
static void same_number(struct plot *p)
{
    struct ask q = asking(p, "prosecution", NULL, "bank", BIT(BANK), "LIC-142");
    struct order o =
        ordering(p, q.by, desk_of(p->s, ROLE_JUDGE, NULL, "federal", NULL), q.categories);
    struct order other = o;
    const char *court = o.by->body->code;
    int64_t t = p->t + DAY;
    bool one_court = p->v >= 2 && p->v < 4;
    snprintf(o.ref, sizeof o.ref, "igual/%llu", (unsigned long long)p->s->order);
    snprintf(other.ref, sizeof other.ref, "%s", o.ref);
    other.by = one_court ? colleague(p->s, o.by) : desk_of(p->s, ROLE_JUDGE, NULL, "state", NULL);
    act_order(p->y, p->t, 'A', &o);
    act_order(p->y, p->v == 4 ? t + 1 : p->t + HOUR, 'C',
              &other);          /* 4: the second comes too late */
    if (p->v == 0 || p->v == 2) /* the court is enough, unless it gave the number twice */
        snprintf(q.warrant, sizeof q.warrant, "\"ref\":\"%s\",\"court\":\"%s\"", o.ref, court);
    else if (p->v == 4)
        snprintf(q.warrant, sizeof q.warrant, "\"ref\":\"%s\"", o.ref);
    else
        snprintf(q.warrant, sizeof q.warrant, "\"ref\":\"%s\",#A", o.ref);
    struct act *a = act_ask(p->y, t, 'B', &q);
    if (p->v == 2)
        PLANT(a, "R19", 'B');
    settle(p, &q, 'B', t, 5 * DAY);
}

/* ---- answers and notices ------------------------------------------------------------------------- */

/* Twenty-four hours, or forty-eight; twelve months to the millisecond. */
static void hours_to_answer(struct plot *p)
{
    struct ask q = asking(p, "prosecution", NULL, "telecom", BIT(LOCATION_RETAINED), "CNPP-303");
    struct order o = ordering(p, q.by, judge_for(p->s, q.by), BIT(LOCATION_RETAINED));
    int64_t t = p->t + HOUR, hours = (p->v < 3 ? 24 : 48) * HOUR;
    bool late = p->v == 1 || p->v == 4;
    q.data_from = months_from(t, -12) - (p->v >= 3);
    q.data_until = t;
    if (p->v == 5)
        q.data_from = q.data_until = 0;
    act_order(p->y, p->t, 'A', &o);
    under_warrant(p->s, &q, &o, 'A');
    struct act *a = act_ask(p->y, t, 'B', &q);
    if (late)
        plant(a, "R17", 'B', t + hours);
    if (p->v == 2) { /* a refusal is an answer, too */
        act_answer(p->y, t + hours, 'B', q.holder, "rejected_form", t + MINUTE, 0);
        deliver(p, &q, 'B', t + hours + 3 * DAY);
    } else {
        act_answer(p->y, t + hours - HOUR, 'B', q.holder, "pending", t + MINUTE, t + MINUTE);
        deliver(p, &q, 'B', t + hours + late);
    }
}

/* Told on the last millisecond, or after it; deferred after the fact. */
static void told(struct plot *p)
{
    struct ask q = asking(p, "police", NULL, "public", BIT(DETENTION), "LSNIIMSP-47");
    struct desk *judge = judge_for(p->s, q.by);
    int64_t done = p->t + 2 * DAY, notify = law_at(p->s, done)->notify;
    act_ask(p->y, p->t, 'A', &q);
    struct act *a = act_answer(p->y, done, 'A', q.holder, "direct_access", p->t + MINUTE, 0);
    if (p->v == 0)
        act_tell(p->y, done + notify, q.by, 'A');
    if (p->v == 1) {
        plant(a, "R18", 'A', done + notify);
        act_tell(p->y, done + notify + 1, q.by, 'A');
    }
    if (p->v == 2) { /* deferred after it was told */
        act_tell(p->y, done + 5 * DAY, p->s->oversight[1], 'A');
        act_defer(p->y, done + 10 * DAY, judge, 'A', done + 100 * DAY);
    }
    if (p->v == 3) { /* overdue, until a judge moves the day */
        int64_t until = done + notify + 10 * DAY;
        plant(a, "R18", 'A', done + notify);
        a->plant[0].lifted = done + notify + 2 * DAY;
        act_defer(p->y, done + notify + 2 * DAY, judge, 'A', until);
        act_tell(p->y, until + notify, q.by, 'A');
    }
    if (p->v ==
        4) { /* told before it was answered again, and before a deferral to an earlier day */
        act_tell(p->y, done + HOUR, q.by, 'A');
        act_answer(p->y, done + 20 * DAY, 'A', q.holder, "full", p->t + MINUTE, 0);
        act_defer(p->y, done + 21 * DAY, judge, 'A', done + DAY);
    }
}

/* On either side of the moment at which another ruleset comes into force. */
static void change_of_law(struct plot *p)
{
    struct sim *s = p->s;
    const struct law *law = &s->law[p->v < 4 ? 1 : 4];
    bool after = p->v % 4 >= 2, late = p->v % 2 == 1;
    int64_t done = law->from - !after, notify = law_at(s, done)->notify,
            hours = law_at(s, done)->hours;
    p->t = done - 2 * DAY;
    struct ask q = asking(p, "police", NULL, "public", BIT(PRISON), "LSNIIMSP-47");
    act_ask(p->y, p->t, 'A', &q);
    struct act *a = act_answer(p->y, done, 'A', q.holder, "full", p->t + MINUTE, done - MINUTE);
    act_tell(p->y, done + notify + late, q.by, 'A');
    if (late)
        plant(a, "R18", 'A', done + notify);
    q = emergency(p, BIT(LOCATION_RETAINED));
    act_ask(p->y, p->t + 40 * HOUR, 'B', &q);
    deliver(p, &q, 'B', p->t + 41 * HOUR);
    a = act_inform(p->y, done, q.by, 'B', p->t + 41 * HOUR);
    act_ratify(p->y, done + hours + late, judge_for(s, q.by), 'B', "total", 0);
    if (late)
        plant(a, "R04", 'B', done + hours);
}

/* A ruleset whose name does not say of which country it is; and the moment at which it is gone. */
static void nameless(struct plot *p)
{
    struct sim *s = p->s;
    int64_t back = s->law[3].from, t = p->v == 0 ? s->law[2].from : p->v == 1 ? back - 1 : back;
    p->t = t - 2 * DAY;
    struct ask q = asking(p, "prosecution", NULL, "public", BIT(PROPERTY), "LSNIIMSP-30");
    act_ask(p->y, p->t, 'A', &q);
    deliver(p, &q, 'A', p->t + DAY);
    struct act *a = act_transfer(p->y, t, q.by, "@A", p->v == 3 ? "MX" : "US", NULL);
    if (p->v == 2)
        PLANT(a, "R16", 'A');
}

/* ---- people ----------------------------------------------------------------------------------------- */

/* Keys that go between what they signed and what comes of it. */
static void gone_between(struct plot *p)
{
    struct sim *s = p->s;
    struct ask q = asking(p, "police", NULL, "public", BIT(FIREARMS), "LSNIIMSP-30");
    const struct body *b = p->v == 0 ? q.holder->body : q.by->body;
    struct desk *d = desk_new(s, b), *boss = q.by;
    int64_t t = p->t + DAY;
    struct vkey key = enrol(p->y, p->t, s->registrar[0], d, 0, "")->key->vkey;
    if (p->v > 0)
        q.by = d;
    act_ask(p->y, t, 'A', &q);
    if (p->v == 0)
        act_answer(p->y, t + HOUR, 'A', d, "pending", t, 0);
    struct act *a = revoke(p->y, t + 2 * HOUR, s->registrar[1], &key, "key_compromise",
                           p->v == 2 ? t : t + HOUR + 1);
    if (p->v == 2)
        PLANT(a, "R22", 'A');
    q.by = boss;
    deliver(p, &q, 'A', t + 9 * HOUR);
}

static struct act *ask_without_term(struct plot *p, int64_t t, struct desk *holder, char slot)
{
    struct ask q = asking(p, "prosecution", NULL, "public", BIT(COMMERCIAL), "LSNIIMSP-39");
    q.holder = holder;
    q.term = 0;
    return act_ask(p->y, t, slot, &q);
}

/* A holder's sector is what its last enrolment before the request said, of those that say one. */
static void sectors(struct plot *p)
{
    char code[32];
    snprintf(code, sizeof code, "mx.mudable-%llu", (unsigned long long)p->s->order);
    struct body *b = body_new(p->s, ROLE_HOLDER, code, "federal", "commerce", "", 1);
    struct desk *d = b->desk[0];
    b->apart = true;
    ask_without_term(p, p->t, d, 'A'); /* not known: not evaluable */
    enrol(p->y, p->t + HOUR, any_registrar(p->s), d, 0, "");
    PLANT(ask_without_term(p, p->t + 2 * HOUR, d, 'B'), "R15", 'B');
    d = desk_new(p->s, b);
    d->function = "public";
    enrol(p->y, p->t + 3 * HOUR, any_registrar(p->s), d, 0, "");
    ask_without_term(p, p->t + 4 * HOUR, d, 'C');
    d = desk_new(p->s, b);
    d->function = NULL;
    enrol(p->y, p->t + 5 * HOUR, any_registrar(p->s), d, 0, "");
    ask_without_term(p, p->t + 6 * HOUR, d, 'D'); /* still public */
}

/* What somebody's enrolment says outranks what the request says; where it says nothing, the request does. */
static void functions(struct plot *p)
{
    struct ask q = asking(p, "prosecution", NULL, "public", BIT(IDENTITY_BIOMETRIC), "LSNIIMSP-28");
    struct desk *d = desk_new(p->s, q.by->body);
    q.by = d;
    q.scheme = "FUB";
    q.function = "police";
    if (p->v == 1)
        d->function = NULL;
    enrol(p->y, p->t - HOUR / 2, any_registrar(p->s), d, 0, "");
    struct act *a = act_ask(p->y, p->t, 'A', &q);
    if (p->v == 1)
        PLANT(a, "R13", 'A');
    act_answer(p->y, p->t + DAY, 'A', q.holder, "none_held", p->t + HOUR, 0);
}

/* ---- the rest --------------------------------------------------------------------------------------- */

static void erasures(struct plot *p)
{
    struct someone who = someone(p->s);
    struct ask q = asking(p, "prosecution", NULL, "public", BIT(PROPERTY), "LSNIIMSP-30");
    struct desk *judge = judge_for(p->s, q.by);
    int64_t t = p->t + HOUR;
    bool twice = p->v == 2;
    q.who = &who;
    q.whos = p->v == 4 ? 0 : 1; /* nothing names it: not evaluable */
    act_ask(p->y, t, 'A', &q);
    if (p->v == 0) /* erased first, delivered then */
        act_erase(p->y, t + HOUR, judge, who.sealed);
    if (p->v == 1)
        act_answer(p->y, t + HOUR, 'A', q.holder, "pending", t, 0);
    if (p->v == 1) /* answered so far with nothing */
        act_erase(p->y, t + 2 * HOUR, judge, who.sealed);
    int64_t done = t + DAY;
    act_answer(p->y, done, 'A', q.holder, "full", t, done);
    act_tell(p->y, done + DAY, q.by, 'A');
    if (twice) { /* told of one request, not of the other */
        act_ask(p->y, t + HOUR, 'B', &q);
        act_answer(p->y, done + 2 * HOUR, 'B', q.holder, "partial", t, done);
        act_tell(p->y, done + 10 * DAY, q.by, 'B');
        PLANT(act_erase(p->y, done + 5 * DAY, judge, who.sealed), "R21", 'P');
    }
    if (p->v >= 3)
        act_erase(p->y, done + 5 * DAY, judge, who.sealed);
}

/* Two findings of one request; none of what looks like one. */
static void mixed(struct plot *p)
{
    unsigned what = BIT(COMMS_CONTENT_STORED) | BIT(TRAFFIC_RETAINED);
    struct ask q = asking(p, "prosecution", "federal", "telecom", what, "CNPP-291");
    const struct law *law = law_at(p->s, p->t);
    if (p->v == 1)
        q.categories = BIT(SUBSCRIBER); /* found as long as a ruleset has a judge for it */
    if (p->v == 2) {
        q.categories = BIT(PRESERVATION);
        q.basis = "CNPP-303-PRES";
        q.term = p->t + 90 * DAY; /* to the millisecond */
    }
    if (p->v == 3) { /* a public holder may be asked so */
        q = asking(p, "intelligence", NULL, "public", BIT(OTHER), "NONE_STATED");
        q.purpose = "other";
        q.term = 0;
    }
    if (p->v == 4) { /* kept, until when is not said */
        q = asking(p, "prosecution", NULL, "public", BIT(PRESERVATION), "CNPP-303-PRES");
        q.term = 0;
    }
    struct act *a = act_ask(p->y, p->t, 'A', &q);
    if (p->v == 0)
        PLANT(a, "R01", 'A');
    if (p->v == 0 || (p->v == 1 && law->subscriber_contested))
        PLANT(a, "R02", 'A');
    deliver(p, &q, 'A', p->t + 20 * HOUR);
    act_transfer(p->y, p->t + 3 * DAY, q.by, "@A", "MX", NULL); /* not abroad */
}

void plan_unfavourable(struct sim *s)
{
    static const struct plot_kind kinds[] = { { "order of notice", 4, order_of_notice },
                                              { "fulfilled", 6, fulfilled },
                                              { "reversed", 3, reversed },
                                              { "after ruling", 6, after_ruling },
                                              { "limits", 7, limits },
                                              { "long warrants", 14, long_warrants },
                                              { "same number", 5, same_number },
                                              { "hours to answer", 6, hours_to_answer },
                                              { "told", 5, told },
                                              { "gone between", 3, gone_between },
                                              { "sectors", 1, sectors },
                                              { "functions", 2, functions },
                                              { "erasures", 5, erasures },
                                              { "mixed", 5, mixed } };
    static const struct plot_kind once[] = { { "change of law", 8, change_of_law },
                                             { "nameless", 4, nameless } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) /* each variant, and more of them */
        plan_each(s, &kinds[i], 1,
                  s->options.violations > kinds[i].variants ? s->options.violations
                                                            : kinds[i].variants);
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        plan_each(s, &once[i], 1, once[i].variants);
}
