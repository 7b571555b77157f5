#include "client/ts103120.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "proto/scan.h"
#include "proto/when.h"

/* An HI1Object that is created, with where it came from. */
struct object {
    char *file;
    char *sender; /* as an authority; NULL if it cannot be one */
    json_t *value;
    const char *type; /* local name of its type, such as "LITaskObject"; into value */
    const char *id;   /* its ObjectIdentifier, or "" */
    json_t *record;   /* that was made of it; NULL if none was. Borrowed. */
};

struct ts103120 {
    struct object *list;
    size_t n, cap;
};

/* ---- reading ------------------------------------------------------------------------------- */

/* The name behind a namespace prefix: "auth:AuthorisationReference", "{uri}LITaskObject". */
static const char *local_name(const char *name)
{
    const char *brace = strrchr(name, '}'), *colon = strrchr(name, ':');
    const char *cut = brace > colon ? brace : colon;
    return cut == NULL ? name : cut + 1;
}

static json_t *get(const json_t *object, const char *name)
{
    const char *key;
    json_t *v;
    json_object_foreach ((json_t *)(uintptr_t)object, key, v) {
        if (key[0] != '@' && strcmp(local_name(key), name) == 0)
            return v;
    }
    return NULL;
}

static const char *get_text(const json_t *object, const char *name)
{
    return json_string_value(get(object, name));
}

/* What XML repeats is an array in JSON, or a lone value where there is just one. */
static size_t items(const json_t *v)
{
    return json_is_array(v) ? json_array_size(v) : v == NULL ? 0 : 1;
}

static json_t *item(json_t *v, size_t i)
{
    return json_is_array(v) ? json_array_get(v, i) : v;
}

/* {CountryCode, UniqueIdentifier} as an authority or holder: "xx.actor01". To be freed; NULL if it is
 * not there or cannot be one. */
static char *authority_of(const json_t *v)
{
    const char *country = get_text(v, "CountryCode"), *unique = get_text(v, "UniqueIdentifier");
    if (country == NULL || unique == NULL || *country == 0 || *unique == 0)
        return NULL;
    size_t n = strlen(country) + strlen(unique) + 2;
    char *out = must(malloc(n));
    snprintf(out, n, "%s.%s", country, unique);
    for (char *p = out; *p != 0; p++) {
        *p = (char)tolower((unsigned char)*p);
        if (!isalnum((unsigned char)*p) && strchr("._-", *p) == NULL) {
            free(out);
            return NULL;
        }
    }
    if (n - 1 <= CODE_MAX)
        return out;
    free(out);
    return NULL;
}

static void name_unmapped(const char *file, const char *what, const char *id, const char *why)
{
    say(TR("%s: %s %s: not mapped: %s", "%s: %s %s: sin correspondencia: %s"), file, what, id, why);
}

static const char *type_of(const json_t *object)
{
    const char *type = json_string_value(json_object_get(object, "@xsi:type"));
    return type == NULL ? "HI1Object" : local_name(type);
}

static void add_object(struct ts103120 *t, const char *file, const char *sender, json_t *value)
{
    if (t->n == t->cap) {
        t->cap = t->cap == 0 ? 16 : t->cap * 2;
        t->list = must(realloc(t->list, t->cap * sizeof *t->list));
    }
    const char *id = get_text(value, "ObjectIdentifier");
    t->list[t->n++] = (struct object){ .file = must(strdup(file)),
                                       .sender = sender == NULL ? NULL : must(strdup(sender)),
                                       .value = json_incref(value),
                                       .type = type_of(value),
                                       .id = id == NULL ? "" : id };
}

static bool maps(const char *type)
{
    static const char *const types[] = { "AuthorisationObject", "DocumentObject", "LITaskObject",
                                         "LDTaskObject", "LPTaskObject" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

static void read_action(struct ts103120 *t, const char *file, const char *sender, json_t *action)
{
    const char *verb;
    json_t *v;
    json_object_foreach (action, verb, v) {
        json_t *object = get(v, "HI1Object");
        const char *type = object == NULL ? "" : type_of(object);
        const char *id = object == NULL ? NULL : get_text(object, "ObjectIdentifier");
        if (strcmp(local_name(verb), "ActionIdentifier") == 0)
            continue;
        if (strcmp(local_name(verb), "CREATE") == 0 && object != NULL && maps(type))
            add_object(t, file, sender, object);
        else
            name_unmapped(file, local_name(verb), id == NULL ? "-" : id, type);
    }
}

static void name_header(const char *file, const json_t *header)
{
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)(uintptr_t)header, name, v) {
        if (strcmp(local_name(name), "SenderIdentifier") != 0)
            name_unmapped(file, "Header", "-", local_name(name));
    }
}

int ts103120_read(struct ts103120 *t, const char *name, const json_t *message)
{
    const json_t *header = get(message, "Header");
    const json_t *payload = get(get(message, "Payload"), "RequestPayload");
    json_t *actions = get(get(payload, "ActionRequests"), "ActionRequest");
    if (header == NULL || items(actions) == 0) {
        say(TR("%s is not a TS 103 120 request (Header, Payload.RequestPayload.ActionRequests)",
               "%s no es una petición TS 103 120 (Header, Payload.RequestPayload.ActionRequests)"),
            name);
        return -1;
    }
    char *sender = authority_of(get(header, "SenderIdentifier"));
    if (sender == NULL)
        name_unmapped(name, "Header", "-", "SenderIdentifier");
    name_header(name, header);
    for (size_t i = 0; i < items(actions); i++)
        read_action(t, name, sender, item(actions, i));
    free(sender);
    return 0;
}

struct ts103120 *ts103120_new(void)
{
    return must(calloc(1, sizeof(struct ts103120)));
}

void ts103120_free(struct ts103120 *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->list[i].file);
        free(t->list[i].sender);
        json_decref(t->list[i].value);
    }
    free(t->list);
    free(t);
}

/* ---- mapping ------------------------------------------------------------------------------- */

/* xs:dateTime with Z or an offset, any fraction, as a time of records. Returns 0 or -1. */
static int time_of(char out[WHEN_TEXT + 1], const char *text)
{
    char shape[WHEN_TEXT + 1] = "0000-00-00T00:00:00.000Z";
    int64_t ms, offset = 0;
    if (text == NULL || strlen(text) < 20)
        return -1;
    memcpy(shape, text, 19);
    const char *p = text + 19;
    if (*p == '.')
        for (int i = 0; isdigit((unsigned char)*++p); i++)
            if (i < 3)
                shape[20 + i] = *p;
    if (*p == '+' || *p == '-') {
        int hours, minutes, used = 0;
        if (sscanf(p + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 || used != 5 || p[6] != 0)
            return -1;
        offset = (int64_t)(hours * 60 + minutes) * 60000 * (*p == '+' ? 1 : -1);
    } else if (strcmp(p, "Z") != 0) {
        return -1;
    }
    if (when_parse(&ms, span_of(shape, WHEN_TEXT)) != 0)
        return -1;
    when_format(out, ms - offset);
    return 0;
}

/* {StartTime, EndTime} as a window; NULL if it is none. */
static json_t *window_of(const json_t *v)
{
    char from[WHEN_TEXT + 1], until[WHEN_TEXT + 1];
    if (time_of(from, get_text(v, "StartTime")) != 0 ||
        time_of(until, get_text(v, "EndTime")) != 0 || strcmp(from, until) >= 0)
        return NULL;
    return json_pack("{s:s,s:s}", "from", from, "until", until);
}

static void set_text(json_t *record, const char *member, const char *value)
{
    if (value != NULL)
        json_object_set_new(record, member, must(json_string(value)));
}

/* Which members of an object found their place; the rest is named. */
static void name_rest(const struct object *o, const char *mapped)
{
    const char *name;
    json_t *v;
    json_object_foreach (o->value, name, v) {
        const char *local = local_name(name);
        size_t n = strlen(local);
        bool found = name[0] == '@';
        for (const char *p = mapped; !found && (p = strstr(p, local)) != NULL; p += n)
            found = (p == mapped || p[-1] == ' ') && (p[n] == 0 || p[n] == ' ');
        if (!found)
            name_unmapped(o->file, o->type, o->id, local);
    }
}

static bool is(const struct object *o, const char *type)
{
    return strcmp(o->type, type) == 0;
}

static json_t *new_record(const struct object *o, const char *kind)
{
    json_t *record = must(json_pack("{s:s}", "kind", kind));
    uint8_t uuid[UUID_BYTES];
    if (uuid_parse(uuid, span_str(o->id)) == 0)
        set_text(record, "id", o->id);
    else
        name_unmapped(o->file, o->type, o->id, "ObjectIdentifier");
    return record;
}

/* A warrant from an AuthorisationObject, or from a DocumentObject that has none. */
static json_t *warrant_of(const struct object *o)
{
    bool document = is(o, "DocumentObject");
    const char *reference = document ? "DocumentReference" : "AuthorisationReference";
    const char *timespan = document ? "DocumentTimespan" : "AuthorisationTimespan";
    char mapped[128];
    json_t *record = new_record(o, "warrant"), *window = window_of(get(o->value, timespan));
    set_text(record, "ref", get_text(o->value, reference));
    if (o->sender != NULL)
        json_object_set_new(record, "used_by", json_pack("[s]", o->sender));
    if (window != NULL)
        json_object_set_new(record, "window", window);
    snprintf(mapped, sizeof mapped, "ObjectIdentifier %s %s", reference,
             window != NULL ? timespan : "");
    name_rest(o, mapped);
    return record;
}

/* A DocumentObject of a warrant that is there already gives it what it lacks. */
static bool complete_warrant(const struct object *o, json_t *records)
{
    const char *ref = get_text(o->value, "DocumentReference");
    json_t *record;
    size_t i;
    bool found = false;
    json_array_foreach (records, i, record) {
        const char *have = json_string_value(json_object_get(record, "ref"));
        if (ref == NULL || have == NULL || strcmp(ref, have) != 0)
            continue;
        json_t *window = window_of(get(o->value, "DocumentTimespan"));
        if (json_object_get(record, "window") == NULL && window != NULL)
            json_object_set(record, "window", window);
        json_decref(window);
        found = true;
    }
    if (found)
        name_rest(o, "DocumentReference DocumentTimespan");
    return found;
}

/* The reference of the authorisation that a task belongs to: one of the same message before others. */
static const char *warrant_ref_of(const struct ts103120 *t, const struct object *task)
{
    json_t *list = get(get(task->value, "AssociatedObjects"), "AssociatedObject");
    const char *found = NULL;
    for (size_t i = 0; i < items(list); i++) {
        const char *id = json_string_value(item(list, i));
        for (size_t k = 0; id != NULL && k < t->n; k++) {
            const struct object *o = &t->list[k];
            if (!is(o, "AuthorisationObject") || strcmp(o->id, id) != 0)
                continue;
            bool same = strcmp(o->file, task->file) == 0;
            if (found == NULL || same)
                found = get_text(o->value, "AuthorisationReference");
            if (same)
                return found;
        }
    }
    return found;
}

/* What a task asks for, as a category; NULL if the message does not say one that records have. */
static const char *category_of(const struct object *o)
{
    const char *delivery = get_text(get(o->value, "DeliveryType"), "Value");
    if (is(o, "LDTaskObject"))
        return "traffic_retained";
    if (is(o, "LPTaskObject"))
        return "preservation";
    return delivery != NULL &&
                   (strcmp(delivery, "IRIandCC") == 0 || strcmp(delivery, "CCOnly") == 0)
               ? "comms_content_live"
               : NULL;
}

/* The values of FormatName (ETSI TS 103 280) that are identifiers of a type of ours. */
static const struct {
    const char *format;
    const char *type;
    const char *prefix; /* that our form has and theirs has not */
} formats[] = {
    { "InternationalE164", "phone", "+" },
    { "IMSI", "imsi", "" },
    { "SUPIIMSI", "imsi", "" },
    { "IMEI", "imei", "" },
    { "IMEICheckDigit", "imei", "" },
    { "IMEISV", "imei", "" },
    { "EmailAddress", "email", "" },
    { "InternationalizedEmailAddress", "email", "" },
};

/* One target: {"type", "value"}, which submit commits to and seals. */
static json_t *subject_of(const struct object *o, const json_t *target)
{
    const char *format = get_text(get(target, "FormatType"), "FormatName");
    const char *value = get_text(target, "Value");
    if (value == NULL)
        return NULL;
    for (size_t i = 0; format != NULL && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(format, formats[i].format) == 0)
            return json_pack("{s:s,s:s+}", "type", formats[i].type, "value",
                             value[0] == '+' ? "" : formats[i].prefix, value);
    name_unmapped(o->file, format == NULL ? "FormatType" : format, o->id,
                  TR("the subject's type is `other`", "el tipo del sujeto es `other`"));
    return json_pack("{s:s,s:s}", "type", "other", "value", value);
}

static void add_subjects(const struct object *o, json_t *values, json_t *subjects)
{
    for (size_t i = 0; i < items(values); i++) {
        json_t *subject = subject_of(o, item(values, i));
        if (subject == NULL)
            name_unmapped(o->file, o->type, o->id,
                          TR("a target without a value", "un objetivo sin valor"));
        else
            json_array_append_new(subjects, subject);
    }
}

/* As many persons as there are target values; those that have one become subjects. */
static void map_targets(const struct object *o, json_t *record)
{
    json_t *live = get(get(get(o->value, "TargetIdentifier"), "TargetIdentifierValues"),
                       "TargetIdentifierValue");
    json_t *kept = get(get(get(o->value, "RequestDetails"), "RequestValues"), "RequestValue");
    json_t *subjects = must(json_array());
    add_subjects(o, live, subjects);
    add_subjects(o, kept, subjects);
    json_object_set_new(record, "persons", json_integer((json_int_t)(items(live) + items(kept))));
    if (json_array_size(subjects) > 0)
        json_object_set(record, "subjects", subjects);
    json_decref(subjects);
}

/* The data's window, whom it is about, and what else RequestDetails says. */
static void map_details(const struct object *o, json_t *record)
{
    bool live = is(o, "LITaskObject");
    const json_t *details = get(o->value, live ? "TimeSpan" : "RequestDetails");
    json_t *window = window_of(details);
    const char *name;
    json_t *v;
    if (window != NULL)
        json_object_set_new(record, "data_window", window);
    map_targets(o, record);
    json_object_foreach ((json_t *)(uintptr_t)details, name, v) {
        const char *local = local_name(name);
        bool mapped =
            window != NULL && (strcmp(local, "StartTime") == 0 || strcmp(local, "EndTime") == 0);
        if (!mapped && strcmp(local, "RequestValues") != 0)
            name_unmapped(o->file, o->type, o->id, local);
    }
}

static json_t *request_of(const struct ts103120 *t, const struct object *o)
{
    json_t *record = new_record(o, "request");
    const char *category = category_of(o), *ref = warrant_ref_of(t, o);
    char *holder = authority_of(get(o->value, "CSPID"));
    char term[WHEN_TEXT + 1], mapped[256];
    bool has_term = time_of(term, get_text(o->value, "DesiredPreservationExpiration")) == 0;
    set_text(record, "authority", o->sender);
    set_text(record, "holder", holder);
    if (category != NULL)
        json_object_set_new(record, "categories", json_pack("[s]", category));
    if (ref != NULL)
        json_object_set_new(record, "warrant", json_pack("{s:s}", "ref", ref));
    if (has_term)
        set_text(record, "term", term);
    map_details(o, record);
    snprintf(mapped, sizeof mapped,
             "ObjectIdentifier RequestDetails TimeSpan TargetIdentifier %s %s %s %s",
             ref != NULL ? "AssociatedObjects" : "", holder != NULL ? "CSPID" : "",
             category != NULL && is(o, "LITaskObject") ? "DeliveryType" : "",
             has_term ? "DesiredPreservationExpiration" : "");
    name_rest(o, mapped);
    free(holder);
    return record;
}

/* ---- the records --------------------------------------------------------------------------- */

/* What the message did not say and nobody set: the ruleset's words for that. */
static json_t *what_is_lacking(const json_t *record)
{
    static const char *const warrant = "{\"matter\":\"other\",\"categories\":[\"other\"],"
                                       "\"used_by\":[\"other\"]}";
    static const char *const request =
        "{\"authority\":\"other\",\"function\":\"other\",\"level\":\"other\",\"holder\":\"other\","
        "\"source\":\"other\",\"categories\":[\"other\"],\"basis\":\"NONE_STATED\","
        "\"purpose\":{\"code\":\"other\"}}";
    bool is_warrant = strcmp(json_string_value(json_object_get(record, "kind")), "warrant") == 0;
    json_t *all = must(json_loads(is_warrant ? warrant : request, 0, NULL)), *v;
    json_t *lacking = must(json_object());
    const char *member;
    json_object_foreach (all, member, v) {
        if (json_object_get(record, member) == NULL && json_object_set(lacking, member, v) != 0)
            die_of_memory();
    }
    json_decref(all);
    return lacking;
}

/* Fills it in, and says so in the form of --set: MEMBER=VALUE. */
static void fill(const struct object *o)
{
    json_t *lacking = what_is_lacking(o->record), *v;
    struct buf said = { 0 };
    const char *member;
    json_object_foreach (lacking, member, v) {
        char *text = json_is_string(v) ? NULL : must(json_dumps(v, JSON_COMPACT));
        buf_addf(&said, " %s=%s", member, text == NULL ? json_string_value(v) : text);
        free(text);
    }
    if (said.n > 0)
        say(TR("%s: %s %s: not said, filled in (see --set):%s",
               "%s: %s %s: no se dice, se completó (vea --set):%s"),
            o->file, o->type, o->id, buf_str(&said));
    if (said.failed || json_object_update(o->record, lacking) != 0)
        die_of_memory();
    buf_free(&said);
    json_decref(lacking);
}

static void apply_set(json_t *record, const json_t *set)
{
    enum kind kind = kind_of_name(span_str(json_string_value(json_object_get(record, "kind"))));
    const char *member;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)set, member, value) {
        if (kind_has_member(kind, member))
            json_object_set(record, member, value);
    }
}

/* One identifier created in several messages: the same record is printed once; another keeps its
 * content and gets an id of its own when it is submitted. */
static bool settle_id(const struct object *o, json_t *records, json_t *record)
{
    const json_t *id = json_object_get(record, "id");
    json_t *other;
    size_t i;
    json_array_foreach (records, i, other) {
        if (id == NULL || !json_equal(id, json_object_get(other, "id")))
            continue;
        if (json_equal(other, record)) {
            name_unmapped(
                o->file, o->type, o->id,
                TR("said before, in the same words", "dicho antes, con las mismas palabras"));
            return false;
        }
        name_unmapped(o->file, o->type, o->id,
                      TR("ObjectIdentifier (created twice with other content: this record gets an "
                         "id of its own)",
                         "ObjectIdentifier (creado dos veces con otro contenido: este registro "
                         "tendrá un id propio)"));
        json_object_del(record, "id");
        return true;
    }
    return true;
}

static void add_record(struct object *o, json_t *records, json_t *record)
{
    if (!settle_id(o, records, record))
        json_decref(record);
    else if (json_array_append_new(records, record) != 0)
        die_of_memory();
    else
        o->record = record;
}

json_t *ts103120_records(struct ts103120 *t, const json_t *set)
{
    json_t *records = must(json_array());
    for (size_t k = 0; k < t->n; k++)
        if (is(&t->list[k], "AuthorisationObject"))
            add_record(&t->list[k], records, warrant_of(&t->list[k]));
    for (size_t k = 0; k < t->n; k++)
        if (is(&t->list[k], "DocumentObject") && !complete_warrant(&t->list[k], records))
            add_record(&t->list[k], records, warrant_of(&t->list[k]));
    for (size_t k = 0; k < t->n; k++)
        if (!is(&t->list[k], "AuthorisationObject") && !is(&t->list[k], "DocumentObject"))
            add_record(&t->list[k], records, request_of(t, &t->list[k]));
    for (size_t k = 0; k < t->n; k++) {
        if (t->list[k].record == NULL)
            continue;
        apply_set(t->list[k].record, set);
        fill(&t->list[k]);
    }
    return records;
}
