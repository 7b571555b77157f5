#include "client/import/records.h"

#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/import/values.h"
#include "proto/record/kind.h"

static void set_text(json_t *record, const char *member, const char *value)
{
    if (value != NULL)
        json_put(record, member, json_text(value));
}

static json_t *new_record(struct object *o, const char *kind)
{
    json_t *record = json_made(json_pack("{s:s}", "kind", kind));
    uint8_t uuid[UUID_BYTES];
    if (uuid_parse(uuid, span_str(o->at.id)) == 0) {
        set_text(record, "id", o->at.id);
        json_decref(take(o->value, "ObjectIdentifier"));
    }
    return record;
}

/* What is left of an object is named, and gone. */
static void end_object(struct object *o)
{
    name_rest(&o->at, "", o->value);
    o->value = NULL;
}

/* ---- warrants ------------------------------------------------------------------------------- */

bool document_is_warrant(const struct object *o)
{
    const char *type = dictionary_value(peek(o->value, "DocumentType"), "DocumentType");
    return type != NULL && strcmp(type, "Warrant") == 0;
}

/* A timespan's window, if it has one; what else it has is named. */
static json_t *take_timespan(struct object *o, const char *name)
{
    json_t *timespan = take_object(o->value, name);
    json_t *window = take_window(&o->at, timespan);
    name_rest(&o->at, name, timespan);
    return window;
}

json_t *warrant_of(struct object *o)
{
    bool document = object_is(o, "DocumentObject");
    json_t *record = new_record(o, "warrant");
    json_t *ref =
        take_reference(o->value, document ? "DocumentReference" : "AuthorisationReference");
    json_t *window = take_timespan(o, document ? "DocumentTimespan" : "AuthorisationTimespan");
    if (document)
        json_decref(take(o->value, "DocumentType"));
    if (ref != NULL) {
        json_put(record, "ref", ref);
        o->ref = kept(strdup(json_string_value(ref)));
    }
    if (o->sender != NULL)
        json_put(record, "used_by", json_made(json_pack("[s]", o->sender)));
    if (window != NULL)
        json_put(record, "window", window);
    end_object(o);
    return record;
}

json_t *complete_warrant(struct object *o, json_t *warrant)
{
    json_t *timespan = peek(o->value, "DocumentTimespan"),
           *had = json_object_get(warrant, "window");
    json_t *copy = json_deep_copy(timespan), *window = take_window(&o->at, copy);
    json_decref(take(o->value, "DocumentReference"));
    json_decref(take(o->value, "DocumentType"));
    if (window != NULL && (had == NULL || json_equal(had, window))) {
        json_decref(take(o->value, "DocumentTimespan"));
        name_rest(&o->at, "DocumentTimespan", copy);
        json_object_set(warrant, "window", window);
    } else {
        json_decref(copy);
        json_decref(window);
        window = NULL;
    }
    end_object(o);
    return window;
}

/* ---- requests ------------------------------------------------------------------------------- */

/* ETSI's dictionary RequestType, which says which data are asked for. */
static const struct {
    const char *value;
    const char *category[2];
} request_types[] = {
    { "SubscriberData", { "subscriber", NULL } },
    { "UserIdentifyingData", { "subscriber", NULL } },
    { "TrafficData", { "traffic_retained", NULL } },
    { "StoredContentData", { "comms_content_stored", NULL } },
    { "SubscriberDataAndUserIdentifyingData", { "subscriber", NULL } },
    { "TrafficDataAndStoredContentData", { "traffic_retained", "comms_content_stored" } },
};

static json_t *retained_categories(const json_t *details)
{
    const char *type = dictionary_value(peek(details, "Type"), "RequestType");
    for (size_t i = 0; type != NULL && i < sizeof request_types / sizeof *request_types; i++)
        if (strcmp(type, request_types[i].value) == 0)
            return json_made(
                json_pack("[ss*]", request_types[i].category[0], request_types[i].category[1]));
    return NULL;
}

static json_t *live_categories(const struct object *o)
{
    const char *type = dictionary_value(peek(o->value, "DeliveryType"), "TaskDeliveryType");
    if (type == NULL || (strcmp(type, "IRIandCC") != 0 && strcmp(type, "CCOnly") != 0))
        return NULL;
    return json_made(json_pack("[s]", "comms_content_live"));
}

/* Names a dictionary entry with what it says: that decides what a person may have to --set. */
static void name_entry(const struct import_place *at, const char *path, json_t *object,
                       const char *member)
{
    const json_t *entry = peek(object, member);
    const char *owner = peek_text(entry, "Owner"), *name = peek_text(entry, "Name"),
               *value = peek_text(entry, "Value");
    struct buf b = { 0 };
    if (owner == NULL || name == NULL || value == NULL)
        return;
    buf_addf(&b, "%s %s %s %s", path, owner, name, value);
    name_unmapped(at, kept_text(&b));
    buf_free(&b);
    json_decref(take(object, member));
}

/* What a task asks for; nothing where the message does not say what records have a category for. */
static void map_categories(struct object *o, json_t *details, json_t *record)
{
    bool live = object_is(o, "LITaskObject");
    json_t *says = live ? o->value : details;
    const char *member = live ? "DeliveryType" : "Type";
    json_t *categories = object_is(o, "LPTaskObject") ? json_made(json_pack("[s]", "preservation"))
                         : live                       ? live_categories(o)
                                                      : retained_categories(details);
    if (categories == NULL || object_is(o, "LPTaskObject"))
        name_entry(&o->at, live ? member : "RequestDetails.Type", says, member);
    else
        json_decref(take(says, member));
    if (categories != NULL)
        json_put(record, "categories", categories);
}

/* As many persons as there are target values; those that have one that can be sealed become
 * subjects. */
static void map_targets(struct object *o, json_t *details, json_t *record)
{
    json_t *live = take_object(o->value, "TargetIdentifier");
    json_t *live_values = take_object(live, "TargetIdentifierValues");
    json_t *kept_values = take_object(details, "RequestValues");
    json_t *subjects = json_list();
    size_t persons =
        take_targets(&o->at, "TargetIdentifier.TargetIdentifierValues.TargetIdentifierValue",
                     take(live_values, "TargetIdentifierValue"), subjects) +
        take_targets(&o->at, "RequestDetails.RequestValues.RequestValue",
                     take(kept_values, "RequestValue"), subjects);
    name_rest(&o->at, "TargetIdentifier.TargetIdentifierValues", live_values);
    name_rest(&o->at, "TargetIdentifier", live);
    name_rest(&o->at, "RequestDetails.RequestValues", kept_values);
    if (persons > 0)
        json_put(record, "persons", json_made(json_integer((json_int_t)persons)));
    if (json_array_size(subjects) > 0)
        json_object_set(record, "subjects", subjects);
    json_decref(subjects);
}

/* The data's window, whom it is about, and what else the details say. */
static void map_details(struct object *o, json_t *record)
{
    json_t *details = take_object(o->value, "RequestDetails");
    json_t *window =
        object_is(o, "LITaskObject") ? take_timespan(o, "Timespan") : take_window(&o->at, details);
    if (window != NULL)
        json_put(record, "data_window", window);
    map_categories(o, details, record);
    map_targets(o, details, record);
    name_rest(&o->at, "RequestDetails", details);
}

static void map_holder(struct object *o, json_t *record)
{
    json_t *csp = take_object(o->value, "CSPID");
    char *holder = take_authority(csp);
    set_text(record, "holder", holder);
    name_rest(&o->at, "CSPID", csp);
    free(holder);
}

static void map_warrant(struct object *o, const char *ref, size_t number, json_t *record)
{
    if (ref == NULL)
        return;
    json_put(record, "warrant", json_made(json_pack("{s:s}", "ref", ref)));
    json_t *associated = take_object(o->value, "AssociatedObjects");
    json_t *list = take(associated, "AssociatedObject");
    if (json_is_array(list) && json_array_size(list) > 1) {
        json_array_remove(list, number);
        name_unmapped(&o->at, "AssociatedObjects.AssociatedObject");
    }
    json_decref(list);
    name_rest(&o->at, "AssociatedObjects", associated);
}

json_t *request_of(struct object *o, const char *ref, size_t number)
{
    char term[WHEN_TEXT + 1];
    json_t *record = new_record(o, "request");
    set_text(record, "authority", o->sender);
    map_holder(o, record);
    map_warrant(o, ref, number, record);
    if (object_is(o, "LPTaskObject") &&
        take_time(term, &o->at, o->value, "DesiredPreservationExpiration"))
        set_text(record, "term", term);
    map_details(o, record);
    end_object(o);
    return record;
}
