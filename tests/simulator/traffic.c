/* What is done as it should be: no rule finds anything. Arguments of one call never draw twice from chance:
 * compilers evaluate them in different orders. */
#include "tests/simulator/records.h"

#define PLACE(d) ((d)->body->place)

static int64_t between(struct sim *s, int64_t from, int64_t until)
{
    return chance_between(&s->chance, from, until);
}

static bool odds(struct sim *s, unsigned percent)
{
    return chance_in(&s->chance, percent);
}

static const char *purpose(struct sim *s)
{
    return ONE_OF(&s->chance, "criminal_investigation", "criminal_investigation", "prosecution",
                  "missing_person");
}

static struct desk *prosecutor(struct sim *s)
{
    return desk_of(s, ROLE_REQUESTER, "prosecution", odds(s, 40) ? "federal" : "state", NULL);
}

/* What may be done with an answer, and what oversight and signers put right later. */
static void use_answer(struct story *y, const struct ask *q, char request, int64_t t)
{
    struct sim *s = y->sim;
    char ref[3] = { '@', request, 0 };
    if (odds(s, 8))
        act_product(y, t + between(s, HOUR, 20 * DAY), q->by, ref);
    if (odds(s, 3)) {
        bool abroad = odds(s, 60), named = abroad || odds(s, 50);
        const char *country = ONE_OF(&s->chance, "US", "ES", "GT", "CO");
        int64_t when = t + between(s, HOUR, 20 * DAY);
        act_transfer(y, when, q->by, ref, abroad ? country : "MX", named ? "MLAT 2021/4" : NULL);
    }
    if (odds(s, 2))
        act(y, t + between(s, DAY, 60 * DAY), q->holder, KIND_DESTRUCTION, 0, "\"requests\":[%s]",
            ref);
}

static void put_right(struct story *y, const struct ask *q, char request, int64_t t)
{
    struct sim *s = y->sim;
    const char *cause =
        ONE_OF(&s->chance, "clerical", "wrong_identifier", "duplicate", "technical");
    if (odds(s, 2))
        act(y, t + between(s, HOUR, 20 * DAY), q->by, KIND_CORRECTION, 0,
            "\"about\":@%c,\"cause\":\"%s\"", request, cause);
    if (odds(s, 1)) {
        struct someone note = someone(s);
        act(y, t + between(s, DAY, 60 * DAY), s->oversight[0], KIND_ERROR_REPORT, 0,
            "\"about\":@%c,\"cause\":\"%s\",\"note\":{\"commit\":\"%s\",\"sealed\":\"%s\",\"to\":@%"
            "u}",
            request, cause, note.commit, note.sealed, note.to);
    }
}

/* The holder answers between a few minutes and `limit` after t, at first perhaps that it will. Returns when
 * it delivered, or 0. */
static int64_t answer(struct story *y, const struct ask *q, char request, int64_t t, int64_t limit)
{
    struct sim *s = y->sim;
    int64_t received = t + between(s, MINUTE, 20 * MINUTE);
    int64_t done = t + between(s, 25 * MINUTE, limit);
    if (odds(s, 12))
        act_answer(y, received + MINUTE, request, colleague(s, q->holder), "pending", received, 0);
    const char *outcome =
        ONE_OF(&s->chance, "full", "full", "full", "full", "full", "full", "full", "full", "full",
               "full", "full", "partial", "partial", "direct_access", "none_held", "none_held",
               "none_held", "rejected_form", "rejected_no_authority", "error");
    bool delivers = outcome[0] == 'f' || outcome[0] == 'p' || outcome[0] == 'd';
    int64_t answered = odds(s, 85) ? done - between(s, SECOND, 5 * MINUTE) : 0;
    act_answer(y, done, request, colleague(s, q->holder), outcome, received, answered);
    put_right(y, q, request, done);
    return delivers ? done : 0;
}

/* Answered, and the person told. */
static void answer_and_tell(struct story *y, const struct ask *q, char request, int64_t t,
                            int64_t limit)
{
    int64_t done = answer(y, q, request, t, limit);
    if (done == 0)
        return;
    use_answer(y, q, request, done);
    tell_in_time(y, q->by, request, done, q->after);
}

/* ---- under a warrant ----------------------------------------------------------------------------- */

static struct order give_order(struct sim *s, struct desk *for_whom, struct desk *judge, int64_t t,
                               unsigned categories, const struct someone *who)
{
    struct order o = { .by = judge, .matter = "criminal", .categories = categories };
    o.used_by[0] = for_whom->body->code;
    o.from = t - between(s, 0, 12 * HOUR);
    o.until = t + between(s, 10 * DAY, 60 * DAY);
    if (odds(s, 15))
        o.used_by[1] = "mx.fgr";
    if (odds(s, 60)) {
        o.who = who;
        o.whos = 1 + (unsigned)chance_below(&s->chance, 3);
    }
    if (odds(s, 50)) {
        o.data_until = t;
        o.data_from = t - between(s, 10 * DAY, 700 * DAY);
    }
    if (odds(s, 40))
        for (int i = 0; i < 2; i++)
            o.holders[i] = desk_of(s, ROLE_HOLDER, "telecom", NULL, NULL)->body->code;
    order_number(&o);
    return o;
}

static struct desk *holder_of(struct sim *s, const struct order *o)
{
    struct desk *d;
    do
        d = desk_of(s, ROLE_HOLDER, "telecom", NULL, NULL);
    while (o->holders[0] != NULL && d->body->code != o->holders[0] &&
           d->body->code != o->holders[1]);
    return d;
}

/* Part of what the warrant allows. */
static struct ask ask_under(struct sim *s, struct desk *by, const struct order *o, char slot,
                            int64_t t)
{
    struct ask q = { .by = colleague(s, by), .basis = "CNPP-303", .source = "call_records" };
    q.holder = holder_of(s, o);
    q.categories = some_of(&s->chance, o->categories);
    q.purpose = purpose(s);
    q.scheme = PLACE(by)[0] != 0 ? "STATE_NUC" : "FGR_CI";
    q.term = t + between(s, DAY, 5 * DAY);
    if (o->whos > 0 && odds(s, 92)) {
        q.who = o->who;
        q.whos = 1 + (unsigned)chance_below(&s->chance, o->whos);
    }
    if (o->data_until != 0 && odds(s, 95)) {
        q.data_from = o->data_from + between(s, 0, 3 * DAY);
        q.data_until = o->data_until - between(s, 0, 3 * DAY);
    } else if (o->data_until == 0 && odds(s, 50)) {
        q.data_from = t - between(s, 5 * DAY, 340 * DAY);
        q.data_until = t - HOUR;
    }
    if (odds(s, 15))
        q.after = t + between(s, 5 * DAY, 50 * DAY);
    under_warrant(s, &q, o, slot);
    return q;
}

/* Below the hours that a holder has for retained data. */
static int64_t hours_for(const struct ask *q, int64_t t)
{
    bool recent = q->data_until != 0 && q->data_from > t - 368 * DAY;
    return recent ? 23 * HOUR : 40 * HOUR;
}

static void close_order(struct story *y, struct desk *by, char slot, const struct order *o,
                        int64_t end)
{
    struct sim *s = y->sim;
    int64_t until = o->from + (end - o->from) / 3 * 2, t = until + (end - until) / 2;
    if (odds(s, 30))
        act_close(y, t, by, slot, o->from + 13 * HOUR, until);
}

static void retained_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    struct someone who[3];
    bool police = odds(s, 15);
    struct desk *by = police ? desk_of(s, ROLE_REQUESTER, "police", NULL, NULL) : prosecutor(s);
    people(s, who, 3);
    unsigned what = some_of(&s->chance, RETAINED);
    struct order o = give_order(s, by, judge_for(s, by), t, what, who);
    int64_t end = o.until;
    unsigned requests = 1 + (unsigned)chance_below(&s->chance, 3);
    act_order(y, t, 'A', &o);
    if (odds(s, 12)) {
        end = o.until + between(s, 10 * DAY, 30 * DAY);
        int64_t when = o.until - between(s, HOUR, 5 * DAY);
        act_extend(y, when, colleague(s, o.by), 'A', end);
    }
    for (unsigned i = 0; i < requests; i++) {
        char slot = (char)('B' + i);
        bool late = end > o.until && i + 1 == requests; /* only the extension lets it */
        int64_t at = late ? between(s, o.until, end - HOUR) : between(s, t + HOUR, o.until - HOUR);
        struct ask q = ask_under(s, by, &o, 'A', at);
        if (police)
            q.basis = ONE_OF(&s->chance, "LMTR-183", "LFTR-190", "LMTR-182");
        act_ask(y, at, slot, &q);
        answer_and_tell(y, &q, slot, at, hours_for(&q, at));
    }
    close_order(y, by, 'A', &o, o.until);
    story_planned(y);
}

static void content_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    struct someone who[3];
    struct desk *by = prosecutor(s);
    struct desk *judge = desk_of(s, ROLE_JUDGE, NULL, "federal", NULL);
    unsigned what = some_of(&s->chance, BIT(COMMS_CONTENT_LIVE) | BIT(COMMS_CONTENT_STORED) |
                                            BIT(DEVICE_CONTENT) | BIT(GEOLOCATION_LIVE));
    people(s, who, 3);
    struct order o = give_order(s, by, judge, t, what, who);
    int64_t end = o.until, at = between(s, t + HOUR, t + 3 * DAY);
    o.data_from = o.data_until = 0;
    act_order(y, t, 'A', &o);
    if (odds(s, 40)) {
        end = o.until + between(s, 10 * DAY, 60 * DAY);
        int64_t when = o.until - between(s, HOUR, 3 * DAY);
        act_extend(y, when, colleague(s, judge), 'A', end);
    }
    struct ask q = ask_under(s, by, &o, 'A', at);
    q.data_from = o.from;
    q.data_until = odds(s, 80) ? o.until : 0;
    q.basis = q.categories == BIT(GEOLOCATION_LIVE) ? "CNPP-303"
              : q.categories == BIT(DEVICE_CONTENT) ? "1aJ-115-2012"
                                                    : "CNPP-291";
    q.source = q.categories & BIT(COMMS_CONTENT_LIVE) ? "interception" : "content_store";
    act_ask(y, at, 'B', &q);
    answer_and_tell(y, &q, 'B', at, 6 * DAY);
    close_order(y, by, 'A', &o, end);
    story_planned(y);
}

static void national_security_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    struct desk *by = desk_of(s, ROLE_REQUESTER, "intelligence", "federal", NULL);
    struct order o = { .matter = "national_security", .categories = BIT(COMMS_CONTENT_LIVE) };
    o.by = desk_of(s, ROLE_JUDGE, NULL, "federal", NULL);
    o.used_by[0] = by->body->code;
    o.from = t;
    o.until = t + between(s, 60 * DAY, 180 * DAY);
    order_number(&o);
    act_order(y, t, 'A', &o);
    if (odds(s, 40))
        act_extend(y, o.until - DAY, o.by, 'A', o.until + between(s, 30 * DAY, 170 * DAY));
    int64_t at = t + between(s, HOUR, 20 * DAY);
    struct ask q = ask_under(s, by, &o, 'A', at);
    q.basis = "LSN-34";
    q.source = "interception";
    q.scheme = NULL;
    q.purpose = "national_security";
    q.data_from = o.from;
    q.data_until = o.until;
    q.after = at + 200 * DAY;
    act_ask(y, at, 'B', &q);
    answer_and_tell(y, &q, 'B', at, 3 * DAY);
    story_planned(y);
}

/* A blob is erased by a judge of the court that let it be asked for, after the person was told. */
static void erased_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    struct someone who = someone(s);
    struct desk *by = prosecutor(s);
    struct order o = give_order(s, by, judge_for(s, by), t, BIT(SUBSCRIBER), &who);
    o.who = &who;
    o.whos = 1;
    act_order(y, t, 'A', &o);
    int64_t at = t + between(s, HOUR, 3 * DAY);
    struct ask q = ask_under(s, by, &o, 'A', at);
    q.who = &who;
    q.whos = 1;
    act_ask(y, at, 'B', &q);
    int64_t done = at + between(s, HOUR, 20 * HOUR), told = done + between(s, DAY, 15 * DAY);
    bool held = odds(s, 70);
    act_answer(y, done, 'B', q.holder, held ? "full" : "none_held", at + MINUTE, done - MINUTE);
    if (held)
        act_tell(y, told, by, 'B');
    int64_t when = told + between(s, DAY, 40 * DAY);
    act_erase(y, when, colleague(s, o.by), who.sealed);
    story_planned(y);
}

/* ---- without a warrant --------------------------------------------------------------------------- */

static void emergency_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    struct someone who = someone(s);
    struct ask q = { .by = prosecutor(s), .source = "location_records", .scheme = "OFICIO" };
    q.holder = desk_of(s, ROLE_HOLDER, "telecom", NULL, NULL);
    q.categories = some_of(&s->chance, RETAINED | BIT(GEOLOCATION_LIVE));
    q.ground =
        ONE_OF(&s->chance, "life_or_integrity", "kidnapping", "extortion",
               "illegal_deprivation_of_liberty", "organised_crime", "object_of_crime_at_risk");
    q.basis = odds(s, 85) ? "CNPP-303-EXC" : "CNPP-303";
    q.purpose = ONE_OF(&s->chance, "emergency", "missing_person", "criminal_investigation");
    q.term = t + 6 * HOUR;
    q.who = &who;
    q.whos = odds(s, 80);
    act_ask(y, t, 'A', &q);
    int64_t done = answer(y, &q, 'A', t, 6 * HOUR);
    int64_t last = done != 0 ? done : t + 6 * HOUR; /* after the answer, if it delivered nothing */
    int64_t informed = last + between(s, 10 * MINUTE, 46 * HOUR);
    int64_t within = law_at(s, informed)->hours;
    act_inform(y, informed, colleague(s, q.by), 'A', last - 6 * MINUTE);
    uint64_t how = chance_below(&s->chance, 100);
    int64_t ruled = informed + between(s, 2 * HOUR, within - MINUTE);
    unsigned part = some_of(&s->chance, q.categories);
    act_ratify(y, ruled, judge_for(s, q.by), 'A',
               how < 74   ? "total"
               : how < 88 ? "partial"
                          : "refused",
               how >= 74 && how < 84 ? part : 0);
    if (done == 0) {
        story_planned(y);
        return;
    }
    if (how < 74)
        use_answer(y, &q, 'A', ruled);
    tell_in_time(y, q.by, 'A', done, 0);
    story_planned(y);
}

/* A register or a company is asked for what needs no judge. */
struct errand {
    enum category category;
    const char *source, *basis, *sector, *function, *level, *scheme;
};

static const struct errand errands[] = {
    { VEHICLE, "vehicle_registry", "LSNIIMSP-24", "public", "police", "federal", NULL },
    { VEHICLE, "vehicle_registry", "LSNIIMSP-30", "public", "police", NULL, NULL },
    { VEHICLE, "vehicle_registry", "LSNIIMSP-24", "public", "prosecution", "federal", "FGR_CI" },
    { VEHICLE, "central_platform", "LSNIIMSP-39", "public", "police", NULL, NULL },
    { VIDEO, "video_system", "LSNIIMSP-47", "public", "police", NULL, NULL },
    { VIDEO, "video_system", "LSNIIMSP-47", "commerce", "prosecution", NULL, "STATE_NUC" },
    { PROPERTY, "property_registry", "LSNIIMSP-30", "public", "prosecution", NULL, "STATE_NUC" },
    { COMMERCIAL, "commercial_db", "LSNIIMSP-39", "commerce", "intelligence", NULL, NULL },
    { FIREARMS, "firearms_registry", "LSNIIMSP-30", "public", "police", NULL, NULL },
    { DETENTION, "detention_registry", "LSNIIMSP-47", "public", "police", NULL, NULL },
    { PRISON, "prison_registry", "LSNIIMSP-47", "public", "prosecution", NULL, "CAUSA_PENAL" },
    { HEALTH, "health_records", "LSNIIMSP-26", "health", "prosecution", NULL, "STATE_NUC" },
    { TRANSPORT, "transport_records", "LSNIIMSP-24", "transport", "intelligence", NULL, NULL },
    { BANK, "bank_accounts", "LIC-142", "bank", "prosecution", NULL, "STATE_NUC" },
    { BANK, "bank_accounts", "LIC-142", "bank", "fiscal_financial", NULL, "OFICIO" },
    { BANK, "bank_accounts", "LIC-142", "bank", "prosecution", NULL, "FGR_CI" },
    { FISCAL, "tax_registry", "CFF-69", "public", "fiscal_financial", NULL, "OFICIO" },
    { IDENTITY_BIOMETRIC, "biometric_db", "LGMDFP-12BIS", "public", "search_commission", NULL,
      "FUB" },
    { IDENTITY_BIOMETRIC, "population_registry", "LGMDFP-12QUATER", "public", "search_commission",
      NULL, "FUB" },
    { IDENTITY_BIOMETRIC, "biometric_db", "LSNIIMSP-28", "public", "prosecution", NULL, "FUB" },
    { PRESERVATION, "call_records", "CNPP-303-PRES", "telecom", "prosecution", NULL, "FGR_CI" },
    { OTHER, "other", "OTHER", "public", "other", NULL, "OFICIO" },
};

static void errand_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    const struct errand *e = &errands[chance_below(&s->chance, sizeof errands / sizeof *errands)];
    bool other = e->category == OTHER;
    struct someone who[2];
    people(s, who, 2);
    struct ask q = { .source = e->source, .basis = e->basis, .scheme = e->scheme, .who = who };
    q.by = desk_of(s, ROLE_REQUESTER, other ? "fiscal_financial" : e->function, e->level, NULL);
    q.holder = desk_of(s, ROLE_HOLDER, e->sector, NULL, NULL);
    q.categories = BIT(e->category);
    q.whos = (unsigned)chance_below(&s->chance, 3);
    q.purpose = other ? "administrative" : e->category == FISCAL ? "fiscal" : purpose(s);
    if (strcmp(e->sector, "public") != 0 || odds(s, 30))
        q.term = t + between(s, 2 * DAY, e->category == PRESERVATION ? 90 * DAY : 15 * DAY);
    if (odds(s, 10))
        q.after = t + between(s, DAY, 90 * DAY);
    act_ask(y, t, 'A', &q);
    answer_and_tell(y, &q, 'A', t, 7 * DAY);
    story_planned(y);
}

/* ---- keys and checkpoints ------------------------------------------------------------------------ */

static void anchor_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    struct buf m = { 0 };
    struct hash root;
    struct desk *by = odds(s, 40)   ? s->auditor
                      : odds(s, 70) ? s->oversight[chance_below(&s->chance, OVERSIGHT_MAX)]
                                    : desk_of(s, ROLE_JUDGE, NULL, NULL, NULL);
    edge_root(&s->writer.edge, &root);
    buf_addf(&m, "\"checkpoint\":{\"size\":%llu,\"root\":\"",
             (unsigned long long)writer_size(&s->writer));
    buf_add_base64(&m, root.b, sizeof root.b);
    buf_adds(&m, "\"}");
    if (odds(s, 30))
        buf_adds(&m, ",\"token\":\"MAMCAQA=\"");
    act(y, t + MINUTE, by, KIND_ANCHOR, 0, "%s", buf_str(&m));
    buf_free(&m);
    story_planned(y);
}

/* Somebody new takes a desk, and the key of who had it goes: perhaps known bad only since after its last
 * use, perhaps without a word about that. */
static void turnover_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    enum role role = odds(s, 70) ? ROLE_REQUESTER : odds(s, 50) ? ROLE_HOLDER : ROLE_JUDGE;
    struct desk *d = desk_of(s, role, NULL, NULL, NULL);
    struct vkey old = d->key.vkey;
    int64_t gone = t + between(s, MINUTE, 2 * DAY);
    enrol(y, t, any_registrar(s), d, 0, "");
    const char *reason = ONE_OF(&s->chance, "left_office", "superseded", "key_compromise", "other");
    int64_t since = between(s, t + 1, gone + DAY);
    if (odds(s, 50))
        since = INT64_MAX;
    revoke(y, gone, any_registrar(s), &old, reason, since);
    story_planned(y);
}

static void correction_story(struct sim *s, int64_t t)
{
    struct story *y = story_new(s);
    if (s->late.leaf[0] != 0)
        act(y, t, s->oversight[0], odds(s, 50) ? KIND_CORRECTION : KIND_ERROR_REPORT, 0,
            "\"about\":{\"entry\":%llu,\"hash\":\"%s\"},\"cause\":\"clerical\"",
            (unsigned long long)s->late.entry, s->late.leaf);
    story_planned(y);
}

void honest_story(struct sim *s, int64_t t)
{
    static const struct {
        unsigned weight;
        void (*begin)(struct sim *s, int64_t t);
    } mix[] = { { 36, retained_story },         { 42, errand_story },  { 9, emergency_story },
                { 4, content_story },           { 1, turnover_story }, { 2, erased_story },
                { 1, national_security_story }, { 2, anchor_story },   { 1, correction_story } };
    uint64_t n = chance_below(&s->chance, 98);
    size_t i = 0;
    while (n >= mix[i].weight)
        n -= mix[i++].weight;
    mix[i].begin(s, t);
}
