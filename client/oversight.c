#include "client/oversight.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/clock.h"
#include "client/identity.h"

/* What an enroll entry says, if it is for oversight. */
static bool take(struct oversight *out, const struct shown *e)
{
    struct vkey key;
    const char *cause;
    if (e->record.kind != KIND_ENROLL ||
        role_of_name(record_string(&e->record, "role")) != ROLE_OVERSIGHT ||
        vkey_parse(&key, span_str(record_string(&e->record, "vkey")), &cause) != 0)
        return false;
    snprintf(out->name, sizeof out->name, "%.*s", SIGNER_NAME_MAX, key.name);
    memcpy(out->key, key.key, PUBLIC_KEY_BYTES);
    out->to.entry = e->index;
    memcpy(out->to.hash, e->leaf.b, HASH_BYTES);
    return true;
}

/* ---- is it revoked? -------------------------------------------------------------------------- */

struct revocation {
    struct service *service;
    const char *vkey;
    bool found;
};

static bool look_for_revocation(void *ctx, uint64_t index)
{
    struct revocation *r = ctx;
    struct shown e;
    struct answer answer;
    if (service_entry(r->service, index, &e, &answer) != SHOW_PROVEN)
        return true;
    r->found =
        e.record.kind == KIND_REVOKE && strcmp(record_string(&e.record, "vkey"), r->vkey) == 0;
    shown_free(&e);
    return !r->found;
}

static bool is_revoked(struct service *s, const struct shown *enrolment)
{
    struct revocation r = { .service = s, .vkey = record_string(&enrolment->record, "vkey") };
    struct buf query = { 0 };
    struct answer answer;
    buf_adds(&query, "signer=");
    fetch_escape(&query, record_string(&enrolment->record, "name"));
    bool asked = service_find(s, buf_str(&query), look_for_revocation, &r, &answer);
    buf_free(&query);
    return r.found || !asked; /* in doubt nothing is sealed to it */
}

static bool in_force(const struct record *enrolment)
{
    int64_t now = clock_now(), from, until;
    return (!record_time(enrolment, "from", &from) || from <= now) &&
           (!record_time(enrolment, "until", &until) || now < until);
}

/* ---- the only one ---------------------------------------------------------------------------- */

struct search {
    struct service *service;
    struct oversight *out;
    struct buf names; /* of those in force, with their entries */
    size_t found;
};

static bool consider(void *ctx, uint64_t index)
{
    struct search *search = ctx;
    struct shown e;
    struct oversight candidate;
    struct answer answer;
    if (service_entry(search->service, index, &e, &answer) != SHOW_PROVEN)
        return true;
    if (take(&candidate, &e) && in_force(&e.record) && !is_revoked(search->service, &e)) {
        *search->out = candidate;
        search->found++;
        buf_addf(&search->names, "%s%s (%" PRIu64 ")", search->found > 1 ? ", " : "",
                 candidate.name, index);
    }
    shown_free(&e);
    return search->found < 8;
}

int oversight_find(struct oversight *out, struct service *s, const char *member,
                   struct complaint *complaint)
{
    struct search search = { .service = s, .out = out };
    struct answer answer;
    struct refusal why;
    if (!service_find(s, "role=oversight", consider, &search, &answer)) {
        service_complaint(s, &answer, complaint);
        buf_free(&search.names);
        return -1;
    }
    if (search.found == 1) {
        buf_free(&search.names);
        say(TR("sealed to %s, the only oversight key in force (that there is no other is the "
               "operator's word; a replay proves it)",
               "sellado a %s, la única clave de supervisión en vigor (que no hay otra lo dice "
               "quien opera; verificar toda la bitácora lo prueba)"),
            out->name);
        return 0;
    }
    refuse(&why, search.found == 0 ? REASON_OVERSIGHT_NONE : REASON_OVERSIGHT_SEVERAL,
           search.found == 0 ? member : buf_str(&search.names));
    buf_free(&search.names);
    return complain(complaint, &why);
}

int oversight_at(struct oversight *out, struct service *s, uint64_t index,
                 struct complaint *complaint)
{
    struct shown e;
    struct answer answer;
    struct refusal why;
    bool good = false;
    switch (service_entry(s, index, &e, &answer)) {
    case SHOW_PROVEN:
        good = take(out, &e);
        shown_free(&e);
        break;
    case SHOW_FAILED:
        service_complaint(s, &answer, complaint);
        return -1;
    default:
        break;
    }
    if (good)
        return 0;
    refuse(&why, REASON_REF_KIND, "to");
    return complain(complaint, &why);
}

int oversight_named(struct oversight *out, struct service *s, const struct entry_ref *to,
                    struct complaint *complaint)
{
    struct refusal why;
    if (oversight_at(out, s, to->entry, complaint) != 0)
        return -1;
    if (memcmp(out->to.hash, to->hash, HASH_BYTES) == 0)
        return 0;
    refuse(&why, REASON_REF_HASH, "to");
    return complain(complaint, &why);
}
