#include "tests/simulator/records.h"

#include <stdlib.h>

#include "client/base/say.h"

static const char *const category_names[CATEGORIES] = { "comms_content_live",
                                                        "comms_content_stored",
                                                        "device_content",
                                                        "geolocation_live",
                                                        "traffic_retained",
                                                        "location_retained",
                                                        "subscriber",
                                                        "preservation",
                                                        "bank",
                                                        "fiscal",
                                                        "identity_biometric",
                                                        "vehicle",
                                                        "property",
                                                        "commercial",
                                                        "firearms",
                                                        "detention",
                                                        "prison",
                                                        "video",
                                                        "health",
                                                        "transport",
                                                        "other",
                                                        "antenna_dump" };

unsigned some_of(struct chance *c, unsigned mask)
{
    unsigned some = (unsigned)chance_next(c) & mask;
    while (some == 0)
        some = (unsigned)chance_next(c) & mask;
    return some;
}

const char *one_of(struct chance *c, const char *const *text, size_t n)
{
    return text[chance_below(c, n)];
}

struct someone someone(struct sim *s)
{
    struct someone w;
    w.type = ONE_OF(&s->chance, "phone", "phone", "phone", "curp", "imei", "email", "plate", "rfc");
    w.to = (unsigned)chance_below(&s->chance, OVERSIGHT_MAX);
    chance_hash(&s->chance, w.commit);
    chance_hash(&s->chance, w.sealed);
    return w;
}

void people(struct sim *s, struct someone *who, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        who[i] = someone(s);
}

/* ---- parts --------------------------------------------------------------------------------------- */

static void add_categories(struct buf *out, unsigned mask, const char *unknown)
{
    bool first = true;
    buf_adds(out, ",\"categories\":[");
    for (int i = 0; i < CATEGORIES; i++)
        if (mask & BIT(i)) {
            buf_addf(out, "%s\"%s\"", first ? "" : ",", category_names[i]);
            first = false;
        }
    if (unknown != NULL)
        buf_addf(out, "%s\"%s\"", first ? "" : ",", unknown);
    buf_adds(out, "]");
}

static void add_texts(struct buf *out, const char *member, const char *const *text, size_t n)
{
    if (n == 0 || text[0] == NULL)
        return;
    buf_addf(out, ",\"%s\":[\"%s\"", member, text[0]);
    for (size_t i = 1; i < n && text[i] != NULL; i++)
        buf_addf(out, ",\"%s\"", text[i]);
    buf_adds(out, "]");
}

static void add_subjects(struct buf *out, const struct someone *who, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        buf_addf(out, "%s{\"type\":\"%s\",\"commit\":\"%s\",\"sealed\":\"%s\",\"to\":@%u}%s",
                 i == 0 ? ",\"subjects\":[" : ",", who[i].type, who[i].commit, who[i].sealed,
                 who[i].to, i + 1 == n ? "]" : "");
}

static void add_window(struct buf *out, const char *member, int64_t from, int64_t until)
{
    if (until != 0)
        buf_addf(out, ",\"%s\":{\"from\":\"%s\",\"until\":\"%s\"}", member, AT(from), AT(until));
}

static void add_code(struct buf *out, const char *member, const char *code)
{
    if (code != NULL)
        buf_addf(out, ",\"%s\":\"%s\"", member, code);
}

static void add_number(struct buf *out, struct sim *s, const struct ask *q)
{
    unsigned long long n = chance_below(&s->chance, 1000000);
    if (q->scheme != NULL)
        buf_addf(out, ",\"case\":{\"scheme\":\"%s\",\"number\":\"%s/%06llu/2026\"}", q->scheme,
                 q->by->body->code, n);
}

/* ---- warrants and requests ----------------------------------------------------------------------- */

void order_number(struct order *o)
{
    struct body *court = (struct body *)(uintptr_t)o->by->body; /* its numbers are its own */
    court->warrants++;
    if (court->plain_refs)
        snprintf(o->ref, sizeof o->ref, "%u/2026", court->warrants);
    else
        snprintf(o->ref, sizeof o->ref, "%s/%u/2026", court->code, court->warrants);
}

struct act *act_order(struct story *y, int64_t t, char slot, const struct order *o)
{
    struct buf m = { 0 };
    buf_addf(&m, "\"ref\":\"%s\",\"matter\":\"%s\"", o->ref, o->matter);
    add_texts(&m, "used_by", o->used_by, 2);
    add_categories(&m, o->categories, o->unknown);
    add_subjects(&m, o->who, o->whos);
    add_texts(&m, "holders", o->holders, 3);
    add_window(&m, "window", o->from, o->until);
    add_window(&m, "data_window", o->data_from, o->data_until);
    if (chance_in(&y->sim->chance, 50)) {
        char document[45];
        chance_hash(&y->sim->chance, document);
        buf_addf(&m, ",\"document\":\"%s\"", document);
    }
    struct act *a = act(y, t, o->by, KIND_WARRANT, slot, "%s", buf_str(&m));
    buf_free(&m);
    return a;
}

void under_warrant(struct sim *s, struct ask *q, const struct order *o, char slot)
{
    uint64_t how = chance_below(&s->chance, 4);
    int n = snprintf(q->warrant, sizeof q->warrant, "\"ref\":\"%s\"", o->ref);
    if (how < 2 || (how == 2 && o->by->body->plain_refs))
        n += snprintf(q->warrant + n, sizeof q->warrant - (size_t)n, ",\"court\":\"%s\"",
                      o->by->body->code);
    if (how % 2 == 1)
        snprintf(q->warrant + n, sizeof q->warrant - (size_t)n, ",#%c", slot);
}

struct act *act_ask(struct story *y, int64_t t, char slot, const struct ask *q)
{
    struct sim *s = y->sim;
    struct buf m = { 0 };
    const struct body *b = q->by->body;
    unsigned persons = q->whos > 0 ? q->whos : 1 + (unsigned)chance_below(&s->chance, 3);
    buf_addf(&m, "\"authority\":\"%s\",\"function\":\"%s\",\"level\":\"%s\",\"holder\":\"%s\"",
             b->code, q->function != NULL ? q->function : b->function, b->level,
             q->holder->body->code);
    add_code(&m, "source", q->source);
    add_categories(&m, q->categories, q->unknown);
    add_code(&m, "basis", q->basis);
    if (q->warrant[0] != 0)
        buf_addf(&m, ",\"warrant\":{%s}", q->warrant);
    add_code(&m, "ground", q->ground);
    add_number(&m, s, q);
    buf_addf(&m, ",\"purpose\":{\"code\":\"%s\"", q->purpose);
    if (chance_in(&s->chance, 10)) {
        struct someone note = someone(s);
        buf_addf(&m, ",\"note\":{\"commit\":\"%s\",\"sealed\":\"%s\",\"to\":@%u}", note.commit,
                 note.sealed, note.to);
    }
    buf_adds(&m, "}");
    add_subjects(&m, q->who, q->whos);
    buf_addf(&m, ",\"persons\":%u", persons);
    add_window(&m, "data_window", q->data_from, q->data_until);
    if (q->term != 0)
        buf_addf(&m, ",\"term\":\"%s\"", AT(q->term));
    if (chance_in(&s->chance, 5))
        buf_adds(&m, ",\"automated\":true");
    if (q->after != 0)
        buf_addf(&m, ",\"notify\":{\"after\":\"%s\"}", AT(q->after));
    struct act *a = act(y, t, q->by, KIND_REQUEST, slot, "%s", buf_str(&m));
    buf_free(&m);
    return a;
}

/* ---- what follows -------------------------------------------------------------------------------- */

struct act *act_answer(struct story *y, int64_t t, char request, struct desk *by,
                       const char *outcome, int64_t received, int64_t answered)
{
    struct buf m = { 0 };
    if (request != 0)
        buf_addf(&m, "\"request\":@%c,", request);
    buf_addf(&m, "\"holder\":\"%s\",\"outcome\":\"%s\",\"received_at\":\"%s\"", by->body->code,
             outcome, AT(received));
    if (answered != 0)
        buf_addf(&m, ",\"answered_at\":\"%s\"", AT(answered));
    unsigned records = (unsigned)chance_below(&y->sim->chance, 900);
    if (strcmp(outcome, "full") == 0 || strcmp(outcome, "partial") == 0)
        buf_addf(&m, ",\"records\":%u", records + 1);
    struct act *a = act(y, t, by, KIND_RESPONSE, 0, "%s", buf_str(&m));
    buf_free(&m);
    return a;
}

struct act *act_tell(struct story *y, int64_t t, struct desk *by, char request)
{
    struct chance *c = &y->sim->chance;
    const char *means = ONE_OF(c, "in_person", "post", "email", "electronic_portal",
                               "through_counsel", "public_notice");
    int64_t before = chance_between(c, MINUTE, 3 * DAY);
    return act(y, t, by, KIND_NOTICE, 0, "\"request\":@%c,\"delivered_at\":\"%s\",\"means\":\"%s\"",
               request, AT(t - before), means);
}

struct act *act_inform(struct story *y, int64_t t, struct desk *by, char request, int64_t fulfilled)
{
    return act(y, t, by, KIND_JUDICIAL_NOTICE, 0,
               "\"request\":@%c,\"fulfilled_at\":\"%s\",\"notified_at\":\"%s\"", request,
               AT(fulfilled), AT(t - 5 * MINUTE));
}

struct act *act_ratify(struct story *y, int64_t t, struct desk *by, char request,
                       const char *result, unsigned categories)
{
    struct buf m = { 0 };
    buf_addf(&m, "\"request\":@%c,\"result\":\"%s\"", request, result);
    if (categories != 0)
        add_categories(&m, categories, NULL);
    struct act *a = act(y, t, by, KIND_RATIFICATION, 0, "%s", buf_str(&m));
    buf_free(&m);
    return a;
}

struct act *act_defer(struct story *y, int64_t t, struct desk *by, char request, int64_t until)
{
    return act(y, t, by, KIND_DEFERRAL, 0, "\"request\":@%c,\"until\":\"%s\",\"reason\":\"%s\"",
               request, AT(until),
               ONE_OF(&y->sim->chance, "ongoing_investigation", "risk_to_witness", "risk_to_life",
                      "evidence_at_risk"));
}

struct act *act_extend(struct story *y, int64_t t, struct desk *by, char warrant, int64_t until)
{
    return act(y, t, by, KIND_EXTENSION, 0, "\"warrant\":@%c,\"until\":\"%s\"", warrant, AT(until));
}

struct act *act_transfer(struct story *y, int64_t t, struct desk *by, const char *requests,
                         const char *country, const char *instrument)
{
    struct buf m = { 0 };
    buf_addf(&m, "\"requests\":[%s],\"recipient\":{\"country\":\"%s\",\"authority\":\"%s.%s\"}",
             requests, country, country, strcmp(country, "MX") == 0 ? "fgr" : "justice");
    if (instrument != NULL)
        buf_addf(&m, ",\"instrument\":\"%s\"", instrument);
    struct act *a = act(y, t, by, KIND_TRANSFER, 0, "%s", buf_str(&m));
    buf_free(&m);
    return a;
}

struct act *act_product(struct story *y, int64_t t, struct desk *by, const char *requests)
{
    return act(y, t, by, KIND_PRODUCT, 0, "\"requests\":[%s],\"class\":\"%s\"", requests,
               ONE_OF(&y->sim->chance, "intelligence_report", "link_analysis", "profile", "alert",
                      "geolocation_report"));
}

struct act *act_close(struct story *y, int64_t t, struct desk *by, char warrant, int64_t from,
                      int64_t until)
{
    return act(y, t, by, KIND_CLOSING, 'P',
               "\"warrant\":@%c,\"executed\":{\"from\":\"%s\",\"until\":\"%s\"}", warrant, AT(from),
               AT(until));
}

struct act *act_erase(struct story *y, int64_t t, struct desk *by, const char *blob)
{
    char order[45];
    chance_hash(&y->sim->chance, order);
    return act(y, t, by, KIND_ERASURE, 'P', "\"blob\":\"%s\",\"order\":\"%s\"", blob, order);
}

struct desk *judge_for(struct sim *s, const struct desk *d)
{
    bool state = strcmp(d->body->level, "state") == 0;
    return desk_of(s, ROLE_JUDGE, NULL, state ? "state" : "federal", state ? d->body->place : NULL);
}

void tell_in_time(struct story *y, struct desk *by, char request, int64_t delivered, int64_t after)
{
    struct sim *s = y->sim;
    int64_t base = after > delivered ? after : delivered;
    int64_t within = law_at(s, delivered)->notify;
    if (chance_in(&s->chance, 12)) {
        int64_t until = base + chance_between(&s->chance, 5 * DAY, 70 * DAY);
        int64_t t = delivered + chance_between(&s->chance, HOUR, 10 * DAY);
        act_defer(y, t, judge_for(s, by), request, until);
        base = until;
    }
    int64_t t = base + chance_between(&s->chance, HOUR, within - HOUR);
    if (chance_in(&s->chance, 10))
        by = s->oversight[chance_below(&s->chance, OVERSIGHT_MAX)];
    act_tell(y, t, by, request);
}
