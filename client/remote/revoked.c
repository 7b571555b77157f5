#include "client/remote/revoked.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/remote/escape.h"
#include "proto/base/when.h"
#include "proto/record/entry.h"

/* The key that signed a carried entry, as its enrolment writes it; NULL where none did, as with
 * genesis. */
static const char *key_of(const struct record *signed_record, const struct record *enrolment)
{
    const struct value *registrars = value_member(enrolment->object, "registrars");
    if (enrolment->kind == KIND_ENROLL)
        return record_string(enrolment, "vkey");
    value_foreach (registrars, registrar) {
        struct vkey key;
        const char *cause;
        if (vkey_parse(&key, value_span(registrar), &cause) == 0 &&
            record_signed_by(signed_record, &key))
            return value_text(registrar);
    }
    return NULL;
}

/* What was answered about a key; signed_entry and signed_at are left out. */
struct asked_key {
    char *vkey;
    uint64_t unproven; /* an entry that was named and not shown, or NO_ENTRY */
    struct revocation *list;
    size_t count;
};

struct revocation_search {
    struct revocations *out;
    struct asked_key *key;
};

static void append_revocation(struct revocation **list, size_t *count, const struct revocation *x)
{
    struct revocation *longer = realloc(*list, (*count + 1) * sizeof **list);
    if (longer == NULL) {
        lost(ENOMEM);
        return;
    }
    *list = longer;
    (*list)[(*count)++] = *x;
}

static void take_revocation(struct asked_key *key, const struct shown *e)
{
    struct revocation x = { .entry = e->index, .accepted = e->accepted };
    x.has_since = record_time(&e->record, "since", &x.since);
    snprintf(x.reason, sizeof x.reason, "%s", record_string(&e->record, "reason"));
    snprintf(x.name, sizeof x.name, "%.*s", (int)strcspn(key->vkey, "+"), key->vkey);
    append_revocation(&key->list, &key->count, &x);
}

/* A hint is worth what its receipt proves. */
static bool look_at(void *ctx, uint64_t index)
{
    struct revocation_search *a = ctx;
    struct shown e;
    struct answer answer;
    enum show shown = log_client_entry(a->out->client, index, &e, &answer);
    if (shown == SHOW_BAD) {
        a->out->asked = false;
        a->out->bad = index;
        return false;
    }
    if (shown != SHOW_PROVEN) {
        a->key->unproven = index; /* it may be the one that revokes the key */
        return false;
    }
    if (e.record.kind == KIND_REVOKE && strcmp(record_string(&e.record, "vkey"), a->key->vkey) == 0)
        take_revocation(a->key, &e);
    shown_free(&e);
    return true;
}

/* What the log says of a key; asked once. NULL, recorded as lost, if there is no memory. */
static const struct asked_key *know(struct revocations *r, const char *vkey)
{
    for (size_t i = 0; i < r->known_count; i++)
        if (strcmp(r->known[i].vkey, vkey) == 0)
            return &r->known[i];
    struct answer answer;
    struct buf query = { 0 };
    char *copy = kept(strdup(vkey));
    if (copy == NULL ||
        !room_for_one(&r->known, r->known_count, &r->known_room, sizeof *r->known)) {
        free(copy);
        return NULL;
    }
    struct asked_key *key = &r->known[r->known_count++];
    *key = (struct asked_key){ .vkey = copy, .unproven = NO_ENTRY };
    buf_adds(&query, "vkey=");
    query_escape(&query, vkey);
    const char *text = kept_text(&query);
    if (query.failed ||
        !log_client_find(r->client, text, look_at, &(struct revocation_search){ r, key }, &answer))
        r->asked = false;
    buf_free(&query);
    return key;
}

static void ask_about(struct revocations *r, const char *vkey, const struct entry *entry)
{
    const struct asked_key *key = know(r, vkey);
    if (key == NULL) {
        r->asked = false;
        return;
    }
    if (key->unproven != NO_ENTRY)
        r->unproven = key->unproven;
    for (size_t i = 0; i < key->count; i++) {
        struct revocation x = key->list[i];
        x.signed_entry = entry->index;
        x.signed_at = entry->accepted;
        append_revocation(&r->list, &r->count, &x);
    }
}

/* The key that signed entry i, which the next one enrolled. */
static void ask_for(struct revocations *r, const struct receipt *receipt, size_t i)
{
    struct entry e, by;
    struct record record, enrolment;
    struct refusal why;
    if (entry_parse(&e, receipt->entry[i].bytes, &why) != 0 ||
        entry_parse(&by, receipt->entry[i + 1].bytes, &why) != 0 ||
        record_parse(&record, e.note, &why) != 0) {
        lost_to_memory(&why); /* it was judged: nothing else can be */
        return;
    }
    if (record_parse(&enrolment, by.note, &why) == 0) {
        const char *vkey = key_of(&record, &enrolment);
        if (vkey != NULL)
            ask_about(r, vkey, &e);
        record_free(&enrolment);
    } else {
        lost_to_memory(&why);
    }
    record_free(&record);
}

void revocations_ask(struct revocations *r, const struct receipt *receipt)
{
    r->count = 0;
    r->unproven = NO_ENTRY;
    for (size_t i = 0; i + 1 < receipt->entries && r->asked; i++)
        ask_for(r, receipt, i);
}

void revocations_free(struct revocations *r)
{
    for (size_t i = 0; i < r->known_count; i++) {
        free(r->known[i].vkey);
        free(r->known[i].list);
    }
    free(r->known);
    free(r->list);
    log_client_free(r->client);
}

enum revoked revoked_meaning(const struct revocation *r)
{
    if (r->entry < r->signed_entry)
        return REVOKED_BEFORE;
    bool in_doubt =
        strcmp(r->reason, "key_compromise") == 0 && (!r->has_since || r->since <= r->signed_at);
    return in_doubt ? REVOKED_IN_DOUBT : REVOKED_LATER;
}

static json_t *time_json(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    when_format(text, ms);
    return json_text(text);
}

json_t *revocations_json(const struct revocations *r)
{
    if (!r->asked)
        return json_null();
    json_t *list = json_list();
    for (size_t i = 0; i < r->count; i++) {
        const struct revocation *x = &r->list[i];
        json_push(list,
                  json_made(json_pack("{s:I,s:o,s:s,s:I,s:s,s:o}", "entry", (json_int_t)x->entry,
                                      "accepted", time_json(x->accepted), "signer", x->name, "of",
                                      (json_int_t)x->signed_entry, "reason", x->reason, "since",
                                      x->has_since ? time_json(x->since) : json_null())));
    }
    return list;
}
