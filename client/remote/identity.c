#include "client/remote/identity.h"

#include <errno.h>

#include "client/base/lost.h"
#include "client/remote/escape.h"

enum outcome identity_read(struct identity *out, const struct keyfile *file)
{
    *out = (struct identity){ .enrolled = false };
    return keyfile_read_signer(&out->key, file);
}

void identity_wipe(struct identity *id)
{
    private_key_free(id->key);
    id->key = NULL;
    registry_free(id->registry);
    id->registry = NULL;
    id->enrolled = false;
}

/* True if the record enrols that key, or is a genesis that names it as a registrar. */
static bool enrols_key(const struct record *r, const struct vkey *key)
{
    struct buf ours = { 0 };
    vkey_format(&ours, key);
    const char *text = kept_text(&ours);
    bool found = false;
    if (r->kind == KIND_ENROLL)
        found = strcmp(record_string(r, "vkey"), text) == 0;
    const struct value *registrars =
        r->kind == KIND_GENESIS ? value_member(r->object, "registrars") : NULL;
    value_foreach (registrars, registrar)
        if (span_is(value_span(registrar), text))
            found = true;
    buf_free(&ours);
    return found;
}

struct enrolment_search {
    struct identity *id;
    struct log_client *client;
    bool failed; /* the service did not answer */
    struct answer answer;
};

/* Takes the enrolment that an entry shows. */
static void take_enrolment(struct identity *id, const struct shown *e)
{
    registry_free(id->registry);
    id->registry = kept(registry_new());
    if (id->registry == NULL || registry_apply(id->registry, e->index, &e->leaf, &e->record) != 0) {
        lost(ENOMEM);
        return;
    }
    id->enrolled = registry_find_key(id->registry, id->key->vkey.key, &id->number) != NULL;
    id->good = e->good;
    id->under.entry = e->index;
    memcpy(id->under.hash, e->leaf.b, HASH_BYTES);
}

/* Whether an entry enrols our key: shown by its receipt, not by the service's word. */
static bool try_entry(void *ctx, uint64_t index)
{
    struct enrolment_search *search = ctx;
    struct shown e;
    enum show shown = log_client_entry(search->client, index, &e, &search->answer);
    search->failed = shown == SHOW_FAILED;
    if (shown != SHOW_PROVEN)
        return !search->failed;
    if (enrols_key(&e.record, &search->id->key->vkey))
        take_enrolment(search->id, &e);
    shown_free(&e);
    return !search->id->enrolled;
}

void identity_query(struct buf *out, const struct vkey *key)
{
    struct buf text = { 0 };
    vkey_format(&text, key);
    buf_adds(out, "vkey=");
    query_escape(out, kept_text(&text));
    buf_free(&text);
}

int identity_find(struct identity *id, struct log_client *s, struct complaint *complaint)
{
    struct enrolment_search search = { .id = id, .client = s };
    struct refusal why;
    struct buf query = { 0 };
    if (id->enrolled)
        return 0;
    identity_query(&query, &id->key->vkey);
    const char *text = kept_text(&query);
    bool found = !query.failed && log_client_find(s, text, try_entry, &search, &search.answer);
    buf_free(&query);
    if (id->enrolled)
        return 0;
    if (lost_any())
        return complain_memory(complaint);
    if (!found || search.failed) {
        log_client_complaint(s, &search.answer, complaint);
        return -1;
    }
    refuse(&why, REASON_KEY_UNKNOWN, id->key->vkey.name);
    return complain(complaint, &why);
}
