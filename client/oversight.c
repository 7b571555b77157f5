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

/* ---- is it in force? ------------------------------------------------------------------------- */

struct revocation {
    struct service *service;
    const char *vkey;
    bool found, failed, unwitnessed;
};

/* Whatever is not proven may be the revocation. */
static bool look_for_revocation(void *ctx, uint64_t index)
{
    struct revocation *r = ctx;
    struct shown e;
    struct answer answer;
    enum show shown = service_good_entry(r->service, index, &e, &answer);
    r->failed = shown != SHOW_PROVEN;
    r->unwitnessed = shown == SHOW_UNWITNESSED;
    if (r->failed)
        return false;
    r->found =
        e.record.kind == KIND_REVOKE && strcmp(record_string(&e.record, "vkey"), r->vkey) == 0;
    shown_free(&e);
    return !r->found;
}

enum force { IN_FORCE, NOT_IN_FORCE, FORCE_UNKNOWN, FORCE_UNWITNESSED };

static enum force force_of(struct service *s, const struct shown *enrolment)
{
    const struct record *record = &enrolment->record;
    struct revocation r = { .service = s, .vkey = record_string(record, "vkey") };
    struct buf query = { 0 };
    struct answer answer;
    struct vkey key;
    const char *cause;
    int64_t now = clock_now(), from, until;
    if ((record_time(record, "from", &from) && now < from) ||
        (record_time(record, "until", &until) && now >= until))
        return NOT_IN_FORCE;
    if (vkey_parse(&key, span_str(r.vkey), &cause) != 0)
        return FORCE_UNKNOWN;
    identity_query(&query, &key);
    bool asked = service_find(s, buf_str(&query), look_for_revocation, &r, &answer);
    buf_free(&query);
    return r.found              ? NOT_IN_FORCE
           : r.unwitnessed      ? FORCE_UNWITNESSED
           : asked && !r.failed ? IN_FORCE
                                : FORCE_UNKNOWN;
}

/* ---- the only one ---------------------------------------------------------------------------- */

struct search {
    struct service *service;
    struct oversight *out;
    struct buf names; /* of those in force, with their entries */
    size_t found;
    bool unknown;     /* of one it cannot be told: in doubt nothing is sealed, */
    bool unwitnessed; /* as no witness has seen it */
};

static bool consider(void *ctx, uint64_t index)
{
    struct search *search = ctx;
    struct shown e;
    struct oversight candidate;
    struct answer answer;
    enum show shown = service_good_entry(search->service, index, &e, &answer);
    search->unknown = shown != SHOW_PROVEN;
    search->unwitnessed = shown == SHOW_UNWITNESSED;
    if (search->unknown)
        return false;
    if (take(&candidate, &e)) {
        enum force force = force_of(search->service, &e);
        search->unwitnessed = force == FORCE_UNWITNESSED;
        search->unknown = force == FORCE_UNKNOWN || search->unwitnessed;
        if (force == IN_FORCE) {
            *search->out = candidate;
            search->found++;
            buf_addf(&search->names, "%s%s (%" PRIu64 ")", search->found > 1 ? ", " : "",
                     candidate.name, index);
        }
    }
    shown_free(&e);
    return !search->unknown && search->found < 8;
}

static int conclude(struct search *search, const char *member, struct complaint *complaint)
{
    struct refusal why;
    if (search->unknown)
        refuse(&why, search->unwitnessed ? REASON_RESTS_UNWITNESSED : REASON_OVERSIGHT_UNKNOWN,
               member);
    else if (search->found == 0)
        refuse(&why, REASON_OVERSIGHT_NONE, member);
    else if (search->found > 1)
        refuse(&why, REASON_OVERSIGHT_SEVERAL, buf_str(&search->names));
    else
        return 0;
    return complain(complaint, &why);
}

int oversight_find(struct oversight *out, struct service *s, const char *member,
                   struct complaint *complaint)
{
    struct search search = { .service = s, .out = out };
    struct answer answer;
    bool asked = service_find(s, "role=oversight", consider, &search, &answer);
    if (!asked && !search.unknown)
        service_complaint(s, &answer, complaint);
    int failed = asked || search.unknown ? conclude(&search, member, complaint) : -1;
    buf_free(&search.names);
    if (failed == 0)
        say(TR("sealed to %s, the only oversight key in force (that there is no other is the "
               "operator's word; a replay proves it)",
               "sellado a %s, la única clave de supervisión en vigor (que no hay otra lo dice "
               "quien opera; verificar toda la bitácora lo prueba)"),
            out->name);
    return failed;
}

int oversight_at(struct oversight *out, struct service *s, uint64_t index,
                 struct complaint *complaint)
{
    struct shown e;
    struct answer answer;
    struct refusal why;
    enum force force = NOT_IN_FORCE;
    switch (service_good_entry(s, index, &e, &answer)) {
    case SHOW_PROVEN:
        if (take(out, &e))
            force = force_of(s, &e);
        shown_free(&e);
        break;
    case SHOW_UNWITNESSED:
        force = FORCE_UNWITNESSED;
        break;
    case SHOW_FAILED:
        service_complaint(s, &answer, complaint);
        return -1;
    default:
        break;
    }
    if (force == IN_FORCE)
        return 0;
    refuse(&why,
           force == FORCE_UNKNOWN       ? REASON_OVERSIGHT_UNKNOWN
           : force == FORCE_UNWITNESSED ? REASON_RESTS_UNWITNESSED
                                        : REASON_OVERSIGHT_NOT,
           "to");
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
